"""The bodies of the networks: from normalised faces to embeddings, in plain Keras 3.

Every function takes faces (N, 48, 48, 1), about -2..2, and a `NetworkConfig`, and returns
embeddings (N, D). `emotion.training.network` puts the normalisation before and the heads behind.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import keras
from keras import layers

from emotion.training.config import NetworkConfig
from emotion.training.normalization import FusedBatchNormalization, Tensor


def resnet(x: keras.KerasTensor, config: NetworkConfig) -> keras.KerasTensor:
    """ResNet-18's idea at 48x48 (He et al., 2015), ResNet-D shortcuts (He et al., 2019)."""
    x = layers.ReLU()(_convolve(x, config.stem_filters, config))  # 48x48
    for filters, blocks in zip(config.stage_filters, config.stage_blocks, strict=True):
        for block in range(blocks):
            x = _residual_block(x, filters, 2 if block == 0 else 1, config)
    return layers.GlobalAveragePooling2D()(x)


def vgg(x: keras.KerasTensor, config: NetworkConfig) -> keras.KerasTensor:
    """Stages of 3x3 convolutions and two dense layers, after Khaireddin & Chen (2021)."""
    for filters, blocks in zip(config.stage_filters, config.stage_blocks, strict=True):
        for _ in range(blocks):
            x = layers.ReLU()(_convolve(x, filters, config))
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dropout(config.dropout)(x)
        x = layers.Dense(config.dense_units, activation="relu", kernel_initializer="he_normal")(x)
    return x


def mobilenet(x: keras.KerasTensor, config: NetworkConfig) -> keras.KerasTensor:
    """Inverted residuals with squeeze-excitation, after MobileNetV3 (Howard et al., 2019)."""
    x = _convolve(x, config.stem_filters, config, strides=2)
    x = layers.Activation("hard_swish")(x)  # 24x24
    for stage, (filters, blocks) in enumerate(
        zip(config.stage_filters, config.stage_blocks, strict=True)
    ):
        for block in range(blocks):
            x = _inverted_residual(x, filters, 2 if stage and block == 0 else 1, config)
    x = _convolve(x, config.expansion * config.stage_filters[-1], config, size=1)
    return layers.GlobalAveragePooling2D()(layers.Activation("hard_swish")(x))


def vit(x: keras.KerasTensor, config: NetworkConfig) -> keras.KerasTensor:
    """Average the tokens of a small Vision Transformer (Dosovitskiy et al., 2021).

    Convolutions that halve the picture make its patches: with one linear layer, as in the paper,
    it collapsed (Xiao et al., 2021: "Early convolutions help transformers see better").
    """
    (width,), (depth,) = config.stage_filters, config.stage_blocks
    if config.patch_size.bit_count() != 1:
        raise ValueError(f"patch_size is {config.patch_size}, which no halvings reach.")
    halvings = config.patch_size.bit_length() - 1
    for left in reversed(range(halvings)):
        x = layers.ReLU()(_convolve(x, width >> left, config, strides=2))
    x = layers.Reshape((-1, width))(layers.Conv2D(width, 1)(x))
    x = PositionEmbedding()(x)
    for _ in range(depth):
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = layers.MultiHeadAttention(config.heads, width // config.heads)(y, y)
        x = layers.Add()([x, layers.Dropout(0.1)(y)])
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = layers.Dense(config.expansion * width, activation="gelu")(y)
        y = layers.Dense(width)(layers.Dropout(0.1)(y))
        x = layers.Add()([x, layers.Dropout(0.1)(y)])
    return layers.GlobalAveragePooling1D()(layers.LayerNormalization(epsilon=1e-6)(x))


def spoti_emo(
    x: keras.KerasTensor,
    config: NetworkConfig,  # noqa: ARG001  a recipe that has no settings
) -> keras.KerasTensor:
    """Four convolutions of 32 to 128 filters, dropout 0.25: spoti-emo's recipe."""
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.Dropout(0.25)(layers.MaxPooling2D()(x))
    for _ in range(2):
        x = layers.MaxPooling2D()(layers.Conv2D(128, 3, activation="relu")(x))
    x = layers.Flatten()(layers.Dropout(0.25)(x))
    return layers.Dense(1024, activation="relu")(x)


def emotion_dj(
    x: keras.KerasTensor,
    config: NetworkConfig,  # noqa: ARG001  a recipe that has no settings
) -> keras.KerasTensor:
    """Four convolutions and a dense layer, small enough to be run for Emotion-DJ's 100 epochs.

    That project says batch and epochs and no layers; these are the customary ones.
    """
    for filters in (32, 64, 128, 256):
        x = FusedBatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x))
        x = layers.Dropout(0.25)(layers.MaxPooling2D()(layers.ReLU()(x)))
    x = layers.Dense(512)(layers.Flatten()(x))
    return layers.Dropout(0.5)(layers.ReLU()(FusedBatchNormalization()(x)))


@keras.saving.register_keras_serializable(package="face_the_music")
class PositionEmbedding(layers.Layer):
    """Adds a learnt vector to every token, so that attention knows where it looks."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make one vector a token: (T, D)."""
        self.vectors = self.add_weight(
            shape=input_shape[1:],
            initializer=keras.initializers.RandomNormal(stddev=0.02),
            name="vectors",
        )

    def call(self, tokens: Tensor) -> Tensor:
        """Add them: (N, T, D) -> (N, T, D)."""
        return tokens + self.vectors


def _convolve(
    x: keras.KerasTensor,
    filters: int,
    config: NetworkConfig,
    size: int = 3,
    strides: int = 1,
    *,
    depthwise: bool = False,
) -> keras.KerasTensor:
    """Convolution and batch normalisation (Ioffe & Szegedy, 2015), no activation."""
    shared = {"strides": strides, "padding": "same", "use_bias": False}
    if depthwise:  # unpenalised: nine weights a channel over-fit nothing
        x = layers.DepthwiseConv2D(size, depthwise_initializer="he_normal", **shared)(x)
    else:
        penalty = keras.regularizers.L2(config.weight_decay / 2)
        x = layers.Conv2D(
            filters, size, kernel_initializer="he_normal", kernel_regularizer=penalty, **shared
        )(x)
    return FusedBatchNormalization(momentum=0.95)(x)


def _squeeze_excite(x: keras.KerasTensor, config: NetworkConfig) -> keras.KerasTensor:
    """Reweigh channels by what the whole picture shows (Hu et al., 2018)."""
    filters = x.shape[-1]
    scale = layers.GlobalAveragePooling2D(keepdims=True)(x)
    scale = layers.Conv2D(filters // config.squeeze_ratio, 1, activation="relu")(scale)
    scale = layers.Conv2D(filters, 1, activation="sigmoid")(scale)
    return layers.Multiply()([x, scale])


def _residual_block(
    x: keras.KerasTensor, filters: int, strides: int, config: NetworkConfig
) -> keras.KerasTensor:
    y = layers.ReLU()(_convolve(x, filters, config, strides=strides))
    y = _convolve(y, filters, config)
    if config.squeeze_ratio:
        y = _squeeze_excite(y, config)
    if strides > 1:  # average, then 1x1: a strided 1x1 would skip three pixels of four
        x = layers.AveragePooling2D(strides, padding="same")(x)
    if x.shape[-1] != filters:
        x = _convolve(x, filters, config, size=1)
    return layers.ReLU()(layers.Add()([x, y]))


def _inverted_residual(
    x: keras.KerasTensor, filters: int, strides: int, config: NetworkConfig
) -> keras.KerasTensor:
    wide = config.expansion * x.shape[-1]
    y = layers.Activation("hard_swish")(_convolve(x, wide, config, size=1))
    y = _convolve(y, wide, config, strides=strides, depthwise=True)
    y = layers.Activation("hard_swish")(y)
    if config.squeeze_ratio:
        y = _squeeze_excite(y, config)
    y = _convolve(y, filters, config, size=1)
    return layers.Add()([x, y]) if y.shape == x.shape else y


Body: TypeAlias = Callable[[keras.KerasTensor, NetworkConfig], keras.KerasTensor]

ARCHITECTURES: Mapping[str, Body] = MappingProxyType(
    {body.__name__: body for body in (resnet, vgg, mobilenet, vit, spoti_emo, emotion_dj)}
)
"""Name -> body."""
