"""Every hyper-parameter of a training run."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from emotion.training.augment import AugmentConfig


@dataclass(frozen=True)
class NetworkConfig:
    """What a network looks like."""

    architecture: str = "resnet"
    """A key of `emotion.training.architectures.ARCHITECTURES`."""
    stem_filters: int = 32
    stage_filters: tuple[int, ...] = (64, 128, 256)
    """Filters of each stage, each at half the resolution; a vit has one stage, its width."""
    stage_blocks: tuple[int, ...] = (1, 1, 2)
    """Blocks or convolutions of each stage."""
    squeeze_ratio: int = 8
    """Squeeze-and-excitation's bottleneck: filters / ratio; 0 leaves it out."""
    expansion: int = 4
    """Widening inside a mobilenet's or vit's blocks."""
    dense_units: int = 1024
    """Of a vgg's two dense layers."""
    patch_size: int = 8
    """Side in pixels of a vit's patches, a power of two."""
    heads: int = 4
    """Attention heads of a vit."""
    dropout: float = 0.3
    """Before the heads."""
    weight_decay: float = 5e-4
    """L2 penalty on convolution and dense kernels."""


@dataclass(frozen=True)
class TrainConfig:
    """Every hyper-parameter of a run; saved beside its weights."""

    data: Path = Path("../shared/data/fer2013/fer2013.npz")
    """fer2013.npz, fer2013.csv or a folder of folders."""
    run: Path = Path("runs/resnet")
    """Folder for checkpoints, history and the trained network."""
    initial: Path | None = None
    """A trained ``.keras`` network of the same architecture to go on from, with a new cycle."""
    teacher: Path | None = None
    """What ``python -m emotion.training.teach`` wrote: an ensemble's answers to learn from."""
    teacher_weight: float = 0.7
    """Share of the teacher's answer in the target; the rest are people's labels."""
    epochs: int = 30
    batch_size: int = 128
    optimizer: Literal["sgd", "adamw"] = "sgd"
    """SGD with Nesterov momentum, or AdamW (Loshchilov & Hutter, 2019)."""
    peak_rate: float = 0.08
    """Learning rate at the top of the one cycle (Smith, 2018)."""
    final_rate: float = 0.001
    """Learning rate at the end, as a share of the peak; 1 keeps it constant."""
    warmup_epochs: float = 4.0
    momentum: float = 0.9
    """Of SGD."""
    weight_decay: float = 0.0
    """Of AdamW; convolutions have their own, `NetworkConfig.weight_decay`."""
    ema_momentum: float = 0.998
    """Per step, of the averaged weights that are kept."""
    label_smoothing: float = 0.1
    """On FER2013's hard labels; FER+'s shares are soft already."""
    ferplus_weight: float = 1.0
    """Weight of the FER+ head's loss; the FER2013 head's is 1."""
    mixup: float = 0.0
    """Probability that a batch is blended face with face (Zhang et al., 2018)."""
    cutmix: float = 0.0
    """Probability that a batch has patches exchanged (Yun et al., 2019)."""
    mix_alpha: float = 0.4
    """Of the Beta distribution of the shares in mixup and cutmix."""
    crop: int = 0
    """Side in pixels of the random crops that the first epochs see, 0: whole faces from the start.
    Only with `emotion.training.pytorch`: TensorFlow takes as long for them. A multiple of 8, or
    they are halved otherwise than whole faces are."""
    crop_epochs: int = 0
    """How many epochs see crops; the others see whole faces."""
    precision: str = "mixed_bfloat16"
    """Keras dtype policy while training; the saved network is float32. PyTorch: always so."""
    limit: int = 0
    """Use only the first so many training faces; 0 is all. For trying things out."""
    seed: int = 0
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
