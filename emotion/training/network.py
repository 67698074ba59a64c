"""The networks, in plain Keras 3.

Every network takes uint8-valued grey faces (N, 48, 48) and gives two rows of logits: one as
FER2013's labels would have it, one as FER+'s voters would. Normalisation is its first layer, so
that it travels with the weights.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import layers

from emotion.training.dataset import FACE_SIZE
from emotion.values import EMOTIONS

HEADS = ("fer2013", "ferplus")
"""Names of the two outputs, in output order."""

PIXEL_MEAN, PIXEL_DEVIATION = 129.5, 65.0
"""Of FER2013's training faces, grey levels 0..255."""


@dataclass(frozen=True)
class NetworkConfig:
    """What a network looks like."""

    architecture: str = "resnet"
    """A key of `ARCHITECTURES`."""
    stem_filters: int = 32
    stage_filters: tuple[int, ...] = (64, 128, 256)
    """Filters of each stage; every stage halves the resolution at its start."""
    stage_blocks: tuple[int, ...] = (1, 1, 2)
    """Residual blocks per stage."""
    squeeze_ratio: int = 8
    """Squeeze-and-excitation bottleneck: filters / ratio; 0 leaves it out."""
    dropout: float = 0.3
    """Before the heads."""
    weight_decay: float = 5e-4
    """L2 penalty on convolution and dense kernels."""


def build_network(config: NetworkConfig) -> keras.Model:
    """Build an untrained network.

    Returns
    -------
    keras.Model
        Input (N, 48, 48) with values 0..255; outputs ``fer2013`` and ``ferplus``, float32 logits
        (N, 7) in the order of `EMOTIONS`.
    """
    faces = keras.Input((FACE_SIZE, FACE_SIZE), name="faces")
    x = layers.Reshape((FACE_SIZE, FACE_SIZE, 1))(faces)
    x = layers.Rescaling(1 / PIXEL_DEVIATION, -PIXEL_MEAN / PIXEL_DEVIATION)(x)
    x = ARCHITECTURES[config.architecture](x, config)
    x = layers.Dropout(config.dropout)(x)
    # float32 logits: bfloat16 has too few digits for a loss
    outputs = {head: layers.Dense(len(EMOTIONS), dtype="float32", name=head)(x) for head in HEADS}
    return keras.Model(faces, outputs, name=config.architecture)


def _convolve(x, filters: int, config: NetworkConfig, size: int = 3, strides: int = 1):
    """Convolution and batch normalisation (He et al., 2015), no activation."""
    x = layers.Conv2D(
        filters,
        size,
        strides=strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.L2(config.weight_decay / 2),
    )(x)
    return layers.BatchNormalization(momentum=0.95)(x)


def _squeeze_excite(x, config: NetworkConfig):
    """Reweigh channels by what the whole picture shows (Hu et al., 2018)."""
    filters = x.shape[-1]
    scale = layers.GlobalAveragePooling2D(keepdims=True)(x)
    scale = layers.Conv2D(filters // config.squeeze_ratio, 1, activation="relu")(scale)
    scale = layers.Conv2D(filters, 1, activation="sigmoid")(scale)
    return layers.Multiply()([x, scale])


def _residual_block(x, filters: int, strides: int, config: NetworkConfig):
    y = layers.ReLU()(_convolve(x, filters, config, strides=strides))
    y = _convolve(y, filters, config)
    if config.squeeze_ratio:
        y = _squeeze_excite(y, config)
    if strides > 1:  # average, then 1x1: a strided 1x1 would skip three pixels of four
        x = layers.AveragePooling2D(strides, padding="same")(x)
    if x.shape[-1] != filters:
        x = _convolve(x, filters, config, size=1)
    return layers.ReLU()(layers.Add()([x, y]))


def _resnet(x, config: NetworkConfig):
    """ResNet-18's idea at 48x48 (He et al., 2015), ResNet-D shortcuts (He et al., 2019)."""
    x = layers.ReLU()(_convolve(x, config.stem_filters, config))  # 48x48
    for filters, blocks in zip(config.stage_filters, config.stage_blocks, strict=True):
        for block in range(blocks):
            x = _residual_block(x, filters, 2 if block == 0 else 1, config)
    return layers.GlobalAveragePooling2D()(x)


ARCHITECTURES: dict[str, Callable] = {"resnet": _resnet}
"""Name -> function from normalised faces (N, 48, 48, 1) to embeddings (N, D)."""
