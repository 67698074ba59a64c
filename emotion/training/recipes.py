"""Whole runs by name: ``python -m emotion.training.recipes vgg --help``.

The families that EXPERIMENTS.md compares, with the hyper-parameters they were run with. Each takes
the options of ``emotion.training.train``, to change what a recipe says.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import tyro

from emotion.training.augment import AugmentConfig
from emotion.training.config import NetworkConfig, TrainConfig
from emotion.training.train import train

UNDISTURBED = AugmentConfig(**dict.fromkeys(AugmentConfig.__dataclass_fields__, 0.0))
"""The pictures as they are."""

_BASELINE = TrainConfig(
    # Neither recipe knows FER+, smoothing, averaging, a schedule or disturbed pictures.
    optimizer="adamw",
    final_rate=1.0,
    warmup_epochs=0.0,
    ema_momentum=0.0,
    label_smoothing=0.0,
    ferplus_weight=0.0,
    augment=UNDISTURBED,
)

RECIPES: Mapping[str, tuple[str, TrainConfig]] = MappingProxyType(
    {
        "resnet": (
            "Residual network with squeeze-excitation: the family that ships.",
            TrainConfig(run=Path("runs/resnet"), epochs=60),
        ),
        "resnet-48": (
            "The same, one and a half times as wide.",
            TrainConfig(
                run=Path("runs/resnet-48"),
                epochs=100,
                mixup=0.3,
                ema_momentum=0.999,
                network=NetworkConfig(stem_filters=48, stage_filters=(96, 192, 384)),
            ),
        ),
        "resnet-wide": (
            "The same, wider: a teacher.",
            TrainConfig(
                run=Path("runs/resnet-wide"),
                epochs=120,
                mixup=0.3,
                network=NetworkConfig(
                    stem_filters=64, stage_filters=(128, 256, 512), stage_blocks=(2, 2, 2)
                ),
            ),
        ),
        "vgg": (
            "After Khaireddin & Chen (2021): VGG-style, 73.28 % in their paper.",
            TrainConfig(
                run=Path("runs/vgg"),
                epochs=20,
                peak_rate=0.03,
                network=NetworkConfig(
                    architecture="vgg",
                    stage_filters=(32, 64, 128, 256),
                    stage_blocks=(2, 2, 2, 2),
                    dropout=0.4,
                ),
            ),
        ),
        "mobilenet": (
            "Inverted residuals after MobileNetV3.",
            TrainConfig(
                run=Path("runs/mobilenet"),
                epochs=12,
                network=NetworkConfig(
                    architecture="mobilenet",
                    stem_filters=16,
                    stage_filters=(24, 48, 96),
                    stage_blocks=(2, 3, 4),
                    weight_decay=1e-4,
                ),
            ),
        ),
        "vit": (
            "A small Vision Transformer, as spoti-emo wished for.",
            TrainConfig(
                run=Path("runs/vit"),
                epochs=40,
                optimizer="adamw",
                peak_rate=1e-3,
                warmup_epochs=3.0,
                weight_decay=0.05,
                network=NetworkConfig(
                    architecture="vit",
                    stage_filters=(128,),
                    stage_blocks=(4,),
                    patch_size=8,
                    dropout=0.1,
                ),
            ),
        ),
        "spoti-emo": (
            "spoti-emo's recipe: 32-128 filters, dropout 0.25, Adam, 75 epochs.",
            replace(
                _BASELINE,
                run=Path("runs/spoti-emo"),
                epochs=75,
                batch_size=64,
                peak_rate=1e-4,
                network=NetworkConfig(architecture="spoti_emo", dropout=0.5),
            ),
        ),
        "emotion-dj": (
            "Emotion-DJ's recipe: batch 128, 100 epochs.",
            replace(
                _BASELINE,
                run=Path("runs/emotion-dj"),
                epochs=100,
                batch_size=128,
                peak_rate=5e-4,
                network=NetworkConfig(architecture="emotion_dj", dropout=0.0),
            ),
        ),
    }
)
"""Name -> what it is, and its hyper-parameters."""


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train(tyro.extras.overridable_config_cli(dict(RECIPES), description=__doc__))
