"""`emotion.training.architectures.resnet` with its heads, and the ways to Keras and back."""

import math
from collections.abc import Iterator
from typing import TypeVar

import keras
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from emotion.training.config import NetworkConfig
from emotion.training.network import HEADS, PIXEL_DEVIATION, PIXEL_MEAN, build_network
from emotion.values import EMOTIONS

Layer = TypeVar("Layer", bound=nn.Module)


class ResNet(nn.Module):
    """Layer for layer what `emotion.training.network.build_network` makes of a "resnet".

    Layers are made in Keras's order: `to_keras` relies on it.

    Parameters
    ----------
    config : NetworkConfig

    Raises
    ------
    ValueError
        The config describes another network.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        if config.architecture != "resnet" or not config.squeeze_ratio:
            raise ValueError(f"PyTorch has a resnet with squeeze-excitation only, not {config}")
        self.stem = Convolution(1, config.stem_filters)
        blocks, width = [], config.stem_filters
        for filters, count in zip(config.stage_filters, config.stage_blocks, strict=True):
            for block in range(count):
                blocks.append(_Block(width, filters, 2 if block == 0 else 1, config.squeeze_ratio))
                width = filters
        self.blocks = nn.Sequential(*blocks)
        self.dropout = nn.Dropout(config.dropout)
        self.heads = nn.ModuleDict({head: nn.Linear(width, len(EMOTIONS)) for head in HEADS})
        for layer in (*_of_kind(self, nn.Conv2d), *_of_kind(self, nn.Linear)):
            if layer.bias is None:
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            else:  # squeeze-excitation and the heads: Keras's default
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, faces: torch.Tensor) -> dict[str, torch.Tensor]:
        """Answer for faces.

        Parameters
        ----------
        faces : torch.Tensor
            float32, (N, H, W), 0..255. Sides that are no multiple of 8 are halved otherwise than
            whole faces are.

        Returns
        -------
        dict of str to torch.Tensor
            Per head, float32 logits, (N, 7).
        """
        x = ((faces - PIXEL_MEAN) / PIXEL_DEVIATION)[:, None]
        x = functional.relu(self.stem(x.contiguous(memory_format=torch.channels_last)))
        x = self.dropout(self.blocks(x).mean((2, 3)))
        with torch.autocast("cpu", enabled=False):  # bfloat16 has too few digits for a loss
            return {head: layer(x.float()) for head, layer in self.heads.items()}


class Convolution(nn.Module):
    """Convolution, padded as Keras's "same" does, and batch normalisation."""

    def __init__(self, channels: int, filters: int, size: int = 3, strides: int = 1) -> None:
        super().__init__()
        self._size, self._strides = size, strides
        padding = size // 2 if strides == 1 else 0
        self.convolution = nn.Conv2d(channels, filters, size, strides, padding, bias=False)
        self.normalization = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.05)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Convolve (N, C, H, W)."""
        if self._strides > 1:
            below, right = (_missing(side, self._size, self._strides) for side in x.shape[2:])
            # the odd pixel goes to the right and below; PyTorch would have it everywhere
            edges = [right // 2, right - right // 2, below // 2, below - below // 2]
            x = functional.pad(x, edges)
        normalised: torch.Tensor = self.normalization(self.convolution(x))
        return normalised


class _Block(nn.Module):
    """Two convolutions, squeeze-excitation, and a shortcut that averages where it shrinks."""

    def __init__(self, channels: int, filters: int, strides: int, squeeze_ratio: int) -> None:
        super().__init__()
        self._strides = strides
        self.first = Convolution(channels, filters, strides=strides)
        self.second = Convolution(filters, filters)
        self.squeeze = nn.Conv2d(filters, filters // squeeze_ratio, 1)
        self.excite = nn.Conv2d(filters // squeeze_ratio, filters, 1)
        self.shortcut = Convolution(channels, filters, size=1) if channels != filters else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.second(functional.relu(self.first(x), inplace=True))
        scale = functional.relu(self.squeeze(y.mean((2, 3), keepdim=True)))
        y = y * torch.sigmoid(self.excite(scale))
        if self._strides > 1:
            x = functional.avg_pool2d(x, self._strides, ceil_mode=True)
        if self.shortcut is not None:
            x = self.shortcut(x)
        return functional.relu(x + y, inplace=True)


def to_keras(trained: ResNet, config: NetworkConfig) -> keras.Model:
    """Carry the weights over.

    Parameters
    ----------
    trained : ResNet
    config : NetworkConfig
        What it was built from.

    Returns
    -------
    keras.Model
        Answers as `trained` does when it does not train.
    """
    network = build_network(config)
    for layer, source in _pairs(network, trained):
        arrays = (_array(weight) for weight in _weights(source))
        layer.set_weights([array.transpose(_KERAS_AXES[array.ndim]) for array in arrays])
    return network


def from_keras(network: keras.Model, config: NetworkConfig) -> ResNet:
    """Carry the weights over the other way.

    Parameters
    ----------
    network : keras.Model
    config : NetworkConfig
        What it was built from.

    Returns
    -------
    ResNet

    Raises
    ------
    ValueError
        The network is another than `config` describes.
    """
    made = ResNet(config)
    with torch.no_grad():
        for layer, target in _pairs(network, made):
            for weight, array in zip(_weights(target), layer.get_weights(), strict=True):
                turned = array.transpose(_PYTORCH_AXES[array.ndim])
                if turned.shape != weight.shape:  # copying would stretch what is 1 wide
                    raise ValueError(f"{layer.name} has {array.shape}, unlike {config}")
                weight.copy_(torch.from_numpy(turned))
    return made


_KERAS_AXES = {4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}
"""Of kernels, by their dimensions: height, width, input, output; PyTorch has the output first."""
_PYTORCH_AXES = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}


def _pairs(network: keras.Model, trained: ResNet) -> Iterator[tuple[keras.Layer, nn.Module]]:
    """Each layer with the one that answers as it does."""
    yield from zip(
        _as_made(network, keras.layers.Conv2D), _of_kind(trained, nn.Conv2d), strict=True
    )
    yield from zip(
        _as_made(network, keras.layers.BatchNormalization),
        _of_kind(trained, nn.BatchNorm2d),
        strict=True,
    )
    for name, head in trained.heads.named_children():
        yield network.get_layer(name), head


def _weights(layer: nn.Module) -> list[torch.Tensor]:
    """Weights and moving statistics, in Keras's order."""
    names = ("weight", "bias", "running_mean", "running_var")
    found = (getattr(layer, name, None) for name in names)
    return [weight for weight in found if weight is not None]


def _missing(side: int, size: int, strides: int) -> int:
    """Pixels that "same" adds along a side."""
    return max((math.ceil(side / strides) - 1) * strides + size - side, 0)


def _as_made(network: keras.Model, kind: type[keras.Layer]) -> list[keras.Layer]:
    """Layers in the order in which they were made, which Keras numbers: name, name_1, name_2."""
    layers = [layer for layer in network.layers if isinstance(layer, kind)]
    # the longer name has the higher number: name_9 before name_10
    return sorted(layers, key=lambda layer: (len(layer.name), layer.name))


def _of_kind(trained: nn.Module, kind: type[Layer]) -> list[Layer]:
    return [layer for layer in trained.modules() if isinstance(layer, kind)]


def _array(weight: torch.Tensor) -> np.ndarray:
    array: np.ndarray = weight.detach().numpy()
    return array
