"""Compare networks: ``python -m emotion.training.compare --networks runs/a/network.keras ...``.

On PublicTest, face by face against the first: the difference of two networks that see the same
faces is known two to three times closer than either's accuracy. PrivateTest is not looked at.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tyro

from emotion.training.augment import AugmentConfig, Augmenter
from emotion.training.dataset import FaceDataset, Split, load_dataset
from emotion.training.metrics import measure
from emotion.training.network import HEADS, PAGE_FER2013_SHARE
from emotion.training.teach import TeachConfig, look

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CompareConfig:
    """Whom to compare."""

    networks: tuple[Path, ...]
    """``.keras`` files; the others are compared with the first."""
    together: bool = False
    """Also the mean of all their answers, as one more row."""
    data: Path = Path("../shared/data/fer2013/fer2013.npz")
    """fer2013.npz, fer2013.csv or a folder of folders."""
    views: int = 1
    """How many of `emotion.training.teach.VIEWS` are averaged, each mirrored as well."""
    disturbed: bool = False
    """Show the faces turned, lit, blurred and hidden as in training: nearer to a webcam's."""


@dataclass(frozen=True)
class Difference:
    """How much oftener one network is right than another, on the same faces."""

    mean: float
    """Share of faces, -1 to 1."""
    error: float
    """Standard error of the mean; of pairs, as in McNemar's test."""

    def __str__(self) -> str:
        return f"{100 * self.mean:+.1f} +- {100 * self.error:.1f}"


def difference(right: np.ndarray, reference: np.ndarray) -> Difference:
    """Compare two networks face by face.

    Parameters
    ----------
    right, reference : numpy.ndarray
        bool, (N,): whether each network is right about each face.

    Returns
    -------
    Difference
    """
    pairs = right.astype(float) - reference
    return Difference(float(pairs.mean()), float(pairs.std() / np.sqrt(len(pairs))))


def compare(config: CompareConfig) -> dict[str, dict[str, np.ndarray]]:
    """Print a Markdown table.

    Returns
    -------
    dict of str to dict
        Row -> column -> bool, (faces,): whether each face was read rightly.
    """
    public = load_dataset(config.data).part(Split.PUBLIC)
    if config.disturbed:  # the same for every network, and in every run
        public = replace(public, images=Augmenter(AugmentConfig(), seed=0)(public.images))
    looks = TeachConfig(networks=config.networks, views=config.views)
    answers = {
        str(path): look(keras.models.load_model(path, compile=False), public.images, looks)
        for path in config.networks
    }
    if config.together:
        answers["mean of their answers"] = {
            head: np.mean([one[head] for one in answers.values()], axis=0) for head in HEADS
        }
    rights = {name: judge(one, public) for name, one in answers.items()}
    reference = next(iter(rights.values()))
    log.info("| network | %s | macro-F1 |", " | ".join(reference))
    log.info("|---%s", "|---" * (len(reference) + 1) + "|")
    for name, right in rights.items():
        cells = [f"{one.mean():.4f}" for one in right.values()]
        if right is not reference:
            for column, one in enumerate(right):
                cells[column] += f" ({difference(right[one], reference[one])})"
        macro_f1 = measure(answers[name]["fer2013"], public.labels)["macro_f1"]
        log.info("| %s | %s | %.3f |", name, " | ".join(cells), macro_f1)
    return rights


def judge(answers: Mapping[str, np.ndarray], data: FaceDataset) -> dict[str, np.ndarray]:
    """Tell who is right about which face; heads are mixed before temperatures are fitted.

    Parameters
    ----------
    answers : mapping of str to numpy.ndarray
        Per head, (N, 7), rows sum to 1.
    data : FaceDataset

    Returns
    -------
    dict of str to numpy.ndarray
        Column -> bool, (N,), or (faces with votes,) for the columns named FER+, if anybody voted.
    """
    page = PAGE_FER2013_SHARE * answers["fer2013"] + (1 - PAGE_FER2013_SHARE) * answers["ferplus"]
    rights = {
        "FER2013 head": answers["fer2013"].argmax(axis=1) == data.labels,
        "page": page.argmax(axis=1) == data.labels,
    }
    voted = data.has_votes
    if voted.any():
        majority = data.majority[voted]
        rights["FER+ head, FER+ majority"] = answers["ferplus"][voted].argmax(axis=1) == majority
        rights["page, FER+ majority"] = page[voted].argmax(axis=1) == majority
    return rights


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    compare(tyro.cli(CompareConfig, description=__doc__))
