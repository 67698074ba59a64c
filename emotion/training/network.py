"""The networks: normalisation, a body, two heads.

Every network takes uint8-valued grey faces (N, 48, 48) and gives two rows of logits: one as
FER2013's labels would have it, one as FER+'s voters would. Normalisation is its first layer, so
that it travels with the weights.
"""

import keras
from keras import layers

from emotion.training.architectures import ARCHITECTURES
from emotion.training.config import NetworkConfig
from emotion.training.dataset import FACE_SIZE
from emotion.values import EMOTIONS

HEADS = ("fer2013", "ferplus")
"""Names of the two outputs, in output order."""

PAGE_FER2013_SHARE = 0.5
"""Of the FER2013 head in what the page shows; the FER+ head has the rest."""

PIXEL_MEAN, PIXEL_DEVIATION = 129.5, 65.0
"""Of FER2013's training faces, grey levels 0..255."""


def build_network(config: NetworkConfig) -> keras.Model:
    """Build an untrained network.

    Parameters
    ----------
    config : NetworkConfig

    Returns
    -------
    keras.Model
        Input (N, 48, 48) with values 0..255; outputs ``fer2013`` and ``ferplus``, float32
        logits (N, 7) in the order of `EMOTIONS`.
    """
    faces = keras.Input((FACE_SIZE, FACE_SIZE), name="faces")
    x = layers.Reshape((FACE_SIZE, FACE_SIZE, 1))(faces)
    x = layers.Rescaling(1 / PIXEL_DEVIATION, -PIXEL_MEAN / PIXEL_DEVIATION)(x)
    x = ARCHITECTURES[config.architecture](x, config)
    x = layers.Dropout(config.dropout)(x)
    # float32 logits: bfloat16 has too few digits for a loss
    outputs = {head: layers.Dense(len(EMOTIONS), dtype="float32", name=head)(x) for head in HEADS}
    return keras.Model(faces, outputs, name=config.architecture)
