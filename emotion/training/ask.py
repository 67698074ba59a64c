"""How a network is best asked: ``python -m emotion.training.ask --network runs/a/network.keras``.

Three tables on PublicTest, plain and disturbed (nearer to a webcam's faces): which share each head
should have in what the page shows, how faces should be framed, and what more views would gain. The
temperatures are fitted on the faces that the table is about. PrivateTest is not looked at.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tyro

from emotion.classifier import softmax
from emotion.training.augment import AugmentConfig, Augmenter
from emotion.training.dataset import FaceDataset, Split, load_dataset
from emotion.training.metrics import expected_calibration_error, fit_temperature
from emotion.training.network import HEADS, PAGE_FER2013_SHARE
from emotion.training.views import STRAIGHT, View, looks
from emotion.values import EMOTIONS

log = logging.getLogger(__name__)

SHARES = (0.0, 0.25, 0.4, 0.5, 0.6, 0.75, 1.0)
"""Of the FER2013 head."""

FRAMINGS: Mapping[str, View] = {
    "as FER2013's": STRAIGHT,
    "0.85 times as large": View(zoom=0.85),
    "0.92 times": View(zoom=0.92),
    "1.08 times": View(zoom=1.08),
    "1.15 times": View(zoom=1.15),
    "2 px higher": View(down_px=-2),
    "2 px lower": View(down_px=2),
}

SETS_OF_VIEWS: Mapping[str, tuple[View, ...]] = {
    "the face": (STRAIGHT,),
    "and shifted 1.5 px left and right": (STRAIGHT, View(right_px=1.5), View(right_px=-1.5)),
    "and shifted 1.5 px up and down": (STRAIGHT, View(down_px=1.5), View(down_px=-1.5)),
    "and turned 6 degrees either way": (STRAIGHT, View(rotation_deg=6), View(rotation_deg=-6)),
    "and from nearer and farther": (STRAIGHT, View(zoom=1.08), View(zoom=0.94)),
}
"""What is averaged; each view is mirrored as well."""

Logits = Mapping[str, np.ndarray]
"""Per head, (N, 7)."""


@dataclass(frozen=True)
class AskConfig:
    """Whom to ask."""

    network: Path
    """A ``.keras`` file."""
    data: Path = Path("../shared/data/fer2013/fer2013.npz")
    """fer2013.npz, fer2013.csv or a folder of folders; FER+ votes are needed."""


def ask(network: keras.Model, faces: np.ndarray, views: Iterable[View] = (STRAIGHT,)) -> Logits:
    """Average the logits over views and their mirror images.

    Parameters
    ----------
    network : keras.Model
    faces : numpy.ndarray
        uint8, (N, 48, 48).
    views : iterable of View

    Returns
    -------
    mapping of str to numpy.ndarray
        Per head, (N, 7).
    """
    answers = [network.predict(look, batch_size=256, verbose=0) for look in looks(faces, views)]
    return {head: np.mean([answer[head] for answer in answers], axis=0) for head in HEADS}


def temperatures(logits: Logits, data: FaceDataset) -> dict[str, float]:
    """Fit what each head's logits are divided by.

    The FER2013 head is fitted to FER2013's labels, the FER+ head to the votes. Without votes the
    FER+ head stays as it came out of training.
    """
    targets: dict[str, np.ndarray] = {
        "fer2013": np.eye(len(EMOTIONS))[data.labels],
        "ferplus": data.votes,
    }
    rows = {"fer2013": np.ones(len(data), bool), "ferplus": data.has_votes}
    return {
        head: fit_temperature(logits[head][known], targets[head][known]) if known.any() else 1.0
        for head, known in rows.items()
    }


def page(logits: Logits, data: FaceDataset, fer2013_share: float) -> np.ndarray:
    """Mix the heads as the page does, with temperatures fitted to these very faces.

    Returns
    -------
    numpy.ndarray
        (N, 7), rows sum to 1.
    """
    shares = {"fer2013": fer2013_share, "ferplus": 1 - fer2013_share}
    fitted = temperatures(logits, data)
    parts = [share * softmax(logits[head] / fitted[head]) for head, share in shares.items()]
    mixed: np.ndarray = np.sum(parts, axis=0)
    return mixed


def judge(probabilities: np.ndarray, data: FaceDataset) -> dict[str, float]:
    """Accuracy and calibration error, against FER2013's labels and FER+'s majorities."""
    voted = data.has_votes
    sides = {
        "FER2013": (probabilities, data.labels),
        "FER+": (probabilities[voted], data.majority[voted]),
    }
    figures = {}
    for name, (answers, truth) in sides.items():
        figures[f"{name} right"] = float((answers.argmax(axis=1) == truth).mean())
        figures[f"{name} calibration error"] = expected_calibration_error(answers, truth)
    return figures


def main(config: AskConfig) -> None:
    """Print the tables as Markdown."""
    network = keras.models.load_model(config.network, compile=False)
    plain = load_dataset(config.data).part(Split.PUBLIC)
    disturbed = replace(plain, images=Augmenter(AugmentConfig(), seed=0)(plain.images))
    for kind, data in (("plain", plain), ("disturbed", disturbed)):
        once = ask(network, data.images)
        rows = {f"{share:.2f}": page(once, data, share) for share in SHARES}
        _print(f"{kind}: share of the FER2013 head in the page", rows, data)
        views = {name: (view,) for name, view in FRAMINGS.items()}
        for title, table in (("face", views), ("averaged, each mirrored too", SETS_OF_VIEWS)):
            rows = {
                name: page(ask(network, data.images, some), data, PAGE_FER2013_SHARE)
                for name, some in table.items()
            }
            _print(f"{kind}: {title}", rows, data)


def _print(title: str, rows: Mapping[str, np.ndarray], data: FaceDataset) -> None:
    judged = {name: judge(answers, data) for name, answers in rows.items()}
    columns = next(iter(judged.values()))
    log.info("\n| %s | %s |\n|---%s|", title, " | ".join(columns), "|---" * len(columns))
    for name, figures in judged.items():
        log.info("| %s | %s |", name, " | ".join(f"{one:.4f}" for one in figures.values()))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(tyro.cli(AskConfig, description=__doc__))
