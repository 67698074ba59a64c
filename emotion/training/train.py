"""Train the emotion network: ``python -m emotion.training.train --help``.

Resumable: every epoch is checkpointed in the run's folder, and the same command goes on where it
was cut. The same command trains on a GPU where there is one, on any Keras backend.
"""

import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import tyro

from emotion.training.batches import FaceBatches, loss_targets
from emotion.training.config import TrainConfig
from emotion.training.dataset import FaceDataset, Split, load_dataset
from emotion.training.network import build_network

log = logging.getLogger(__name__)

HISTORY = "history.jsonl"
"""One line of figures per epoch."""
CONFIG = "config.json"
"""The run's `TrainConfig`."""


def compile_network(network: keras.Model, config: TrainConfig, steps_per_epoch: int) -> None:
    """One cycle of the learning rate, and averaged weights."""
    warmup_steps = int(config.warmup_epochs * steps_per_epoch)
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.peak_rate / 25 if warmup_steps else config.peak_rate,
        warmup_target=config.peak_rate if warmup_steps else None,
        warmup_steps=warmup_steps,
        decay_steps=max(1, config.epochs * steps_per_epoch - warmup_steps),
        alpha=config.final_rate,
    )
    averaged = {"use_ema": True, "ema_momentum": config.ema_momentum}
    if config.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(rate, momentum=config.momentum, nesterov=True, **averaged)
    else:
        optimizer = keras.optimizers.AdamW(rate, weight_decay=config.weight_decay, **averaged)
    network.compile(
        optimizer=optimizer,
        loss={
            head: keras.losses.CategoricalCrossentropy(from_logits=True)
            for head in network.output_names
        },
        weighted_metrics={
            head: [keras.metrics.CategoricalAccuracy(name="accuracy")]
            for head in network.output_names
        },
        jit_compile=False,  # measured: XLA is 1.7 times slower on two CPU cores
    )


def begin(config: TrainConfig) -> tuple[FaceDataset, FaceDataset]:
    """Make the run's folder, write its settings there, and read the faces.

    Returns
    -------
    tuple of FaceDataset
        To train on, and PublicTest; both cut to ``config.limit``, if there is one.
    """
    config.run.mkdir(parents=True, exist_ok=True)
    (config.run / CONFIG).write_text(json.dumps(asdict(config), indent=1, default=str))
    data = load_dataset(config.data)
    training, public = data.part(Split.TRAIN), data.part(Split.PUBLIC)
    if config.limit:
        training, public = training.where(slice(config.limit)), public.where(slice(config.limit))
    return training, public


def train(config: TrainConfig) -> keras.Model:
    """Train, or go on training, and save ``network.keras`` (averaged weights, float32).

    Returns
    -------
    keras.Model
        The trained float32 network.

    Raises
    ------
    ValueError
        The config asks for crops.
    """
    if config.crop:
        raise ValueError("Crops are for emotion.training.pytorch.train: here they save nothing.")
    keras.utils.set_random_seed(config.seed)
    training, public = begin(config)

    keras.mixed_precision.set_global_policy(config.precision)
    network = build_network(config.network)
    if config.initial:
        network.set_weights(keras.models.load_model(config.initial).get_weights())
    backup = config.run / "backup"
    done = _epochs_done(config.run)
    batches = FaceBatches(training, config, first_epoch=done)
    compile_network(network, config, len(batches))
    targets, weights = loss_targets(public, config)
    log.info("%s parameters, %s epochs done", f"{network.count_params():,}", done)
    network.fit(
        batches,
        epochs=config.epochs,
        validation_data=(public.images.astype(np.float32), targets, weights),
        validation_batch_size=256,
        verbose=1 if os.isatty(1) else 2,
        callbacks=[
            # The backup comes first: it must hold the raw weights, not the swapped-in average,
            # or a resumed run would go on from the average.
            keras.callbacks.BackupAndRestore(backup, delete_checkpoint=False),
            keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
            History(config.run / HISTORY),
        ],
    )

    keras.mixed_precision.set_global_policy("float32")
    served = build_network(config.network)
    served.set_weights(network.get_weights())
    served.save(config.run / "network.keras")
    return served


class History(keras.callbacks.Callback):
    """Append each epoch's figures to a JSON-lines file, which survives a cut run."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def on_epoch_begin(
        self,
        epoch: int,  # noqa: ARG002  Keras's signature
        logs: Mapping[str, float] | None = None,  # noqa: ARG002  Keras's signature
    ) -> None:
        """Start the clock."""
        self._started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write one line."""
        figures = {name: round(float(value), 5) for name, value in (logs or {}).items()}
        seconds = round(time.monotonic() - self._started, 1)
        with self._path.open("a") as lines:
            lines.write(json.dumps({"epoch": epoch, "seconds": seconds, **figures}) + "\n")


def _epochs_done(run: Path) -> int:
    metadata = run / "backup" / "training_metadata.json"
    return json.loads(metadata.read_text())["epoch"] if metadata.exists() else 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train(tyro.cli(TrainConfig, description=__doc__))
