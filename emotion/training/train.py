"""Train the emotion network: ``python -m emotion.training.train --help``.

Resumable: every epoch is checkpointed in the run's folder, and the same command goes on where it
was cut. The same command trains on a GPU where there is one, on any Keras backend.
"""

import json
import logging
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import keras
import numpy as np
import tyro

from emotion.training.augment import AugmentConfig, Augmenter
from emotion.training.dataset import FaceDataset, Split, load_dataset
from emotion.training.network import NetworkConfig, build_network
from emotion.values import EMOTIONS

log = logging.getLogger(__name__)

HISTORY = "history.jsonl"
"""One line of figures per epoch."""


@dataclass(frozen=True)
class TrainConfig:
    """Every hyper-parameter of a run; saved beside its weights."""

    data: Path = Path("../shared/data/fer2013/fer2013.npz")
    """fer2013.npz, fer2013.csv or a folder of folders."""
    run: Path = Path("runs/resnet")
    """Folder for checkpoints, history and the trained network."""
    initial: Path | None = None
    """A trained ``.keras`` network of the same architecture to go on from, with a new cycle."""
    epochs: int = 30
    batch_size: int = 128
    peak_rate: float = 0.08
    """Learning rate at the top of the one cycle (Smith, 2018)."""
    warmup_epochs: float = 4.0
    momentum: float = 0.9
    ema_momentum: float = 0.998
    """Per step, of the averaged weights that are kept."""
    label_smoothing: float = 0.1
    """On FER2013's hard labels; FER+'s shares are soft already."""
    ferplus_weight: float = 1.0
    """Weight of the FER+ head's loss; the FER2013 head's is 1."""
    precision: str = "mixed_bfloat16"
    """Keras dtype policy while training; the saved network is float32."""
    limit: int = 0
    """Use only the first so many training faces; 0 is all. For trying things out."""
    seed: int = 0
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)


class FaceBatches(keras.utils.PyDataset):
    """Shuffled, augmented batches, the same for the same seed and epoch.

    Parameters
    ----------
    data : FaceDataset
    config : TrainConfig
    first_epoch : int
        Where a resumed run goes on, so that it sees the pictures an uncut one would.
    """

    def __init__(self, data: FaceDataset, config: TrainConfig, first_epoch: int = 0) -> None:
        # One worker: the order of the random numbers, and so the run, stays reproducible.
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._data = data
        self._config = config
        self._targets = loss_targets(data, config)
        self._epoch = first_epoch
        self._shuffle()

    def __len__(self) -> int:
        return len(self._data) // self._config.batch_size  # the rest: another epoch's shuffle

    def __getitem__(self, index: int):
        size = self._config.batch_size
        rows = self._order[index * size : (index + 1) * size]
        augment = Augmenter(self._config.augment, (self._config.seed, self._epoch, index))
        faces = augment(self._data.images[rows]).astype(np.float32)
        targets, weights = self._targets
        return (
            faces,
            {head: target[rows] for head, target in targets.items()},
            {head: weight[rows] for head, weight in weights.items()},
        )

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        self._epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        random = np.random.default_rng((self._config.seed, self._epoch))
        self._order = random.permutation(len(self._data))


def loss_targets(data: FaceDataset, config: TrainConfig):
    """Targets and sample weights per head, float32 (N, 7) and (N,)."""
    smoothing = config.label_smoothing
    hard = np.eye(len(EMOTIONS), dtype=np.float32)[data.labels]
    smooth = hard * (1 - smoothing) + smoothing / len(EMOTIONS)
    targets = {"fer2013": smooth, "ferplus": data.votes}
    weights = {
        "fer2013": np.ones(len(data), np.float32),
        "ferplus": data.has_votes.astype(np.float32) * config.ferplus_weight,
    }
    return targets, weights


def compile_network(network: keras.Model, config: TrainConfig, steps_per_epoch: int) -> None:
    """One-cycle SGD with Nesterov momentum and averaged weights."""
    warmup_steps = int(config.warmup_epochs * steps_per_epoch)
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.peak_rate / 25,
        warmup_target=config.peak_rate,
        warmup_steps=warmup_steps,
        decay_steps=max(1, config.epochs * steps_per_epoch - warmup_steps),
        alpha=1e-3,
    )
    network.compile(
        optimizer=keras.optimizers.SGD(
            rate,
            momentum=config.momentum,
            nesterov=True,
            use_ema=True,
            ema_momentum=config.ema_momentum,
        ),
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


def train(config: TrainConfig) -> keras.Model:
    """Train, or go on training, and save ``network.keras`` (averaged weights, float32).

    Returns
    -------
    keras.Model
        The trained float32 network.
    """
    keras.utils.set_random_seed(config.seed)
    config.run.mkdir(parents=True, exist_ok=True)
    (config.run / "config.json").write_text(json.dumps(asdict(config), indent=1, default=str))
    data = load_dataset(config.data)
    training, public = data.part(Split.TRAIN), data.part(Split.PUBLIC)
    if config.limit:
        training, public = training.where(slice(config.limit)), public.where(slice(config.limit))

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

    def on_epoch_begin(self, epoch: int, logs=None) -> None:  # noqa: ARG002  Keras's signature
        """Start the clock."""
        self._started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs=None) -> None:
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
