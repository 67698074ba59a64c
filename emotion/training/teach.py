"""Ask an ensemble: ``python -m emotion.training.teach --networks runs/a/network.keras ...``.

Writes the ensemble's probabilities for the training faces, which ``emotion.training.train
--teacher`` learns from (distillation, Hinton et al., 2015), and prints how good its members and the
whole are on PublicTest. PrivateTest is not looked at.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tyro

from emotion.classifier import softmax
from emotion.training.dataset import FaceDataset, Split, load_dataset
from emotion.training.network import HEADS
from emotion.training.views import STRAIGHT, View, looks
from emotion.values import EMOTIONS

log = logging.getLogger(__name__)

VIEWS = (STRAIGHT, View(zoom=1.08), View(rotation_deg=6), View(rotation_deg=-6), View(zoom=0.94))
"""The looks at a face; each is taken mirrored as well."""


@dataclass(frozen=True)
class TeachConfig:
    """Who teaches, and how closely they look."""

    networks: tuple[Path, ...]
    """The ensemble's members, ``.keras`` files."""
    data: Path = Path("../shared/data/fer2013/fer2013.npz")
    """fer2013.npz, fer2013.csv or a folder of folders."""
    output: Path = Path("runs/teacher.npz")
    views: int = 3
    """How many of `VIEWS` are averaged, 1 to 5."""
    temperature: float = 1.0
    """Divides the logits: above 1 the answers are softer."""
    batch_size: int = 256


def teach(config: TeachConfig) -> dict[str, float]:
    """Write the ensemble's answers.

    Returns
    -------
    dict of str to float
        PublicTest accuracy of the FER2013 head, per member and of the ``ensemble``.
    """
    data = load_dataset(config.data)
    public = data.part(Split.PUBLIC)
    parts = {"training": data.part(Split.TRAIN), "public": public}
    sums = {
        part: {head: np.zeros((len(faces), len(EMOTIONS)), np.float32) for head in HEADS}
        for part, faces in parts.items()
    }
    accuracies = {}
    for path in config.networks:
        network = keras.models.load_model(path)
        for part, faces in parts.items():
            answers = look(network, faces.images, config)
            for head in HEADS:
                sums[part][head] += answers[head] / len(config.networks)
            if part == "public":
                accuracies[str(path)] = _accuracy(answers, public)
    accuracies["ensemble"] = _accuracy(sums["public"], public)
    for name, accuracy in accuracies.items():
        log.info("%.4f on PublicTest, %d views: %s", accuracy, config.views, name)
    config.output.parent.mkdir(parents=True, exist_ok=True)
    answers = sums["training"]
    np.savez(config.output, fer2013=answers["fer2013"], ferplus=answers["ferplus"])
    return accuracies


def look(network: keras.Model, faces: np.ndarray, config: TeachConfig) -> dict[str, np.ndarray]:
    """Average a network's probabilities over several views of each face.

    Parameters
    ----------
    network : keras.Model
    faces : numpy.ndarray
        uint8, (N, 48, 48).
    config : TeachConfig

    Returns
    -------
    dict of str to numpy.ndarray
        Per head, float32, (N, 7), rows sum to 1.
    """
    views = VIEWS[: config.views]
    mean = {head: np.zeros((len(faces), network.output[head].shape[-1])) for head in HEADS}
    for shown in looks(faces, views):
        logits = network.predict(shown, batch_size=config.batch_size, verbose=0)
        for head in HEADS:
            mean[head] += softmax(logits[head] / config.temperature) / (2 * len(views))
    return {head: one.astype(np.float32) for head, one in mean.items()}


def _accuracy(answers: dict[str, np.ndarray], data: FaceDataset) -> float:
    return float((answers["fer2013"].argmax(axis=1) == data.labels).mean())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    teach(tyro.cli(TeachConfig, description=__doc__))
