"""Measure training steps, as a Markdown table: ``python -m tests.bench.training [RECIPE ...]``.

Made-up faces, each recipe's own batch size and network, on whatever Keras's backend runs. Where
the backend has a fused batch normalisation, the same network is measured with Keras's own beside
it, turn by turn, so that a busy machine disturbs both alike. Some minutes for all recipes.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from unittest import mock

import keras
import numpy as np

from emotion.training.batches import loss_targets
from emotion.training.config import TrainConfig
from emotion.training.dataset import FACE_SIZE, FaceDataset
from emotion.training.network import build_network
from emotion.training.recipes import RECIPES
from emotion.training.train import compile_network

WARM_UP, MEASURED = 2, 7
TRAINING_FACES = 28_709
NORMALISATION = "emotion.training.architectures.FusedBatchNormalization"


def stepper(config: TrainConfig) -> Callable[[], float]:
    """Build a recipe's network; what comes back does one step and tells its seconds."""
    random, count = np.random.default_rng(0), config.batch_size
    faces = FaceDataset(
        images=random.integers(0, 256, (count, FACE_SIZE, FACE_SIZE), np.uint8),
        labels=random.integers(0, 7, count),
        votes=random.dirichlet(np.ones(7), count).astype(np.float32),
        split=np.zeros(count, np.int64),
        duplicate=np.zeros(count, bool),
    )
    targets, weights = loss_targets(faces, config)
    network = build_network(config.network)
    compile_network(network, config, TRAINING_FACES // count)
    images = faces.images.astype(np.float32)

    def step() -> float:
        start = time.perf_counter()
        network.train_on_batch(images, targets, weights)
        return time.perf_counter() - start

    return step


def main() -> None:
    """Print a row for each recipe."""
    parser = argparse.ArgumentParser(description=__doc__.partition(",")[0])
    parser.add_argument("recipes", nargs="*", default=list(RECIPES), metavar="RECIPE")
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    print("| recipe | faces a step | ms a step | with Keras's normalisation | minutes an epoch |")
    print("|---|---|---|---|---|")
    for name in parser.parse_args().recipes:
        config = RECIPES[name][1]
        ours = stepper(config)
        with mock.patch(NORMALISATION, keras.layers.BatchNormalization):
            keras_own = stepper(config)
        rounds = [(ours(), keras_own()) for _ in range(WARM_UP + MEASURED)][WARM_UP:]
        own_ms, keras_ms = (1e3 * statistics.median(one) for one in zip(*rounds, strict=True))
        minutes = own_ms / 1e3 * (TRAINING_FACES // config.batch_size) / 60
        print(
            f"| {name} | {config.batch_size} | {own_ms:.0f} | {keras_ms:.0f} | {minutes:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
