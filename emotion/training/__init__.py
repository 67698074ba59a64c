"""How the emotion model is made: data, augmentation, network, training, measuring, export.

The only TensorFlow/Keras code of the project, and nothing of it is imported by the app. All
networks are plain Keras 3: ``KERAS_BACKEND=tensorflow`` (default), ``torch`` or ``jax`` run them.
`emotion.training.pytorch` trains one family without Keras, for the sake of time.
"""
