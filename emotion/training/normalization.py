"""Batch normalisation in one kernel: quicker training; figures in models/emotion/EXPERIMENTS.md."""

from typing import Any, TypeAlias

import keras

Tensor: TypeAlias = Any
"""What a layer is called with: a `keras.KerasTensor`, or an array of whichever backend runs."""


@keras.saving.register_keras_serializable(package="face_the_music")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """Keras's layer (Ioffe & Szegedy, 2015), with TensorFlow's fused kernel while it trains.

    Keras composes the layer of several passes over float32 copies of the pictures, on every
    backend; TensorFlow has one kernel for them, also for bfloat16. On other backends, for inputs
    that are not pictures, and when it does not train, this is Keras's layer; the weights are the
    same either way.
    """

    def call(
        self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None
    ) -> Tensor:
        """Normalise (N, H, W, C), or whatever `keras.layers.BatchNormalization` takes."""
        if not training or len(inputs.shape) != 4 or keras.backend.backend() != "tensorflow":
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf  # noqa: PLC0415  absent where another backend trains

        normalised, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            tf.cast(inputs, self.compute_dtype),
            tf.convert_to_tensor(self.gamma),
            tf.convert_to_tensor(self.beta),
            epsilon=self.epsilon,
            is_training=True,
        )
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(self.momentum * moving + (1 - self.momentum) * batch)
        return normalised
