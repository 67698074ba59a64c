"""The fused batch normalisation must be Keras's, only quicker."""

import os

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from emotion.training.normalization import FusedBatchNormalization

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

BATCH = np.random.default_rng(0).normal(3, 2, (16, 6, 6, 5)).astype(np.float32)


def trained_once(layer: keras.layers.Layer, batch: np.ndarray, precision: str = "float32"):
    """Normalise while training; give the answer and the gradients of input, gamma and beta."""
    layer.build(batch.shape)
    layer.gamma.assign([1.0, 2.0, 0.5, -1.0, 3.0])
    layer.beta.assign([0.0, 1.0, -1.0, 0.5, 2.0])
    inputs = tf.cast(batch, precision)
    pull = np.random.default_rng(1).normal(size=batch.shape)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        answer = layer(inputs, training=True)
        loss = tf.reduce_sum(tf.cast(answer, "float32") * pull)
    return answer, tape.gradient(loss, [inputs, layer.gamma.value, layer.beta.value])


@pytest.mark.parametrize("shape", [BATCH.shape, (16 * 36, 5)])
def test_it_normalises_and_learns_as_keras_does(shape):
    batch = BATCH.reshape(shape)
    fused, keras_own = FusedBatchNormalization(), keras.layers.BatchNormalization()
    answer, gradients = trained_once(fused, batch)
    expected, expected_gradients = trained_once(keras_own, batch)
    np.testing.assert_allclose(answer, expected, atol=1e-5)
    for own, theirs in zip(gradients, expected_gradients, strict=True):
        np.testing.assert_allclose(own, theirs, atol=1e-3)


def test_it_remembers_the_same_averages_and_answers_the_same_afterwards():
    fused = FusedBatchNormalization(momentum=0.5)
    keras_own = keras.layers.BatchNormalization(momentum=0.5)
    for layer in (fused, keras_own):
        trained_once(layer, BATCH)
    np.testing.assert_allclose(fused.moving_mean, keras_own.moving_mean, rtol=1e-5)
    # TensorFlow remembers the unbiased variance, Keras the biased: n / (n - 1), here 576 / 575.
    np.testing.assert_allclose(fused.moving_variance, keras_own.moving_variance, rtol=2e-3)


def test_with_the_same_weights_it_serves_the_same():
    fused, keras_own = FusedBatchNormalization(), keras.layers.BatchNormalization()
    trained_once(fused, BATCH)
    keras_own.build(BATCH.shape)
    keras_own.set_weights(fused.get_weights())
    served = fused(BATCH, training=False)
    np.testing.assert_allclose(served, keras_own(BATCH, training=False), rtol=1e-6)
    assert not np.allclose(served, fused(BATCH, training=True), atol=0.1)  # averages, not the batch


def test_it_keeps_the_precision_it_is_given():
    fused = FusedBatchNormalization(dtype="mixed_bfloat16")
    answer, _ = trained_once(fused, BATCH, "bfloat16")
    expected, _ = trained_once(keras.layers.BatchNormalization(), BATCH)
    assert answer.dtype == tf.bfloat16
    assert fused.moving_mean.dtype == "float32"
    np.testing.assert_allclose(tf.cast(answer, "float32"), expected, atol=0.05)
