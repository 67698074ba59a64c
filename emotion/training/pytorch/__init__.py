"""The resnet family in plain PyTorch, which takes half of TensorFlow's time on a CPU.

PyTorch is none of the project's requirements: ``make train-pytorch`` installs it, apart from the
rest. What comes out is Keras's ``network.keras``: comparing, exporting and serving do not know how
it was trained.
"""
