"""Small untrained networks on disk."""

from pathlib import Path

import keras

from emotion.training.config import NetworkConfig
from emotion.training.network import build_network


def save_two_networks(folder: Path, config: NetworkConfig) -> tuple[Path, Path]:
    """Save two networks that differ in their random weights."""
    paths = folder / "0.keras", folder / "1.keras"
    for seed, path in enumerate(paths):
        keras.utils.set_random_seed(seed)
        build_network(config).save(path)
    return paths
