"""Which expression a face shows: aligned 48x48 grey faces -> probabilities, on LiteRT.

The model's folder holds the graph (``emotion.tflite``) and ``metadata.json``, which says how the
graph was made and must be read. Nothing is served that does not match its metadata.
"""

import hashlib
import json
import threading
from collections.abc import Mapping
from math import isclose
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from emotion.errors import ModelError
from emotion.values import EMOTIONS
from i18n import Message

MODEL_FOLDER = Path(__file__).resolve().parent.parent / "models" / "emotion"
GRAPH = "emotion.tflite"
TEMPERATURES = (0.01, 100.0)
"""Beyond them, logits divided by one are no numbers any more; true ones are near 1."""
BATCH = 64
"""Most faces per call of the graph, so that memory stays bounded however many come."""


INCOMPLETE = Message(
    "The emotion model is missing or incomplete. Please restore the folder models/emotion from "
    "the repository."
)
UNREADABLE = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError),
    RecursionError,
)
"""What reading metadata of another form may raise."""


class EmotionClassifier:
    """The emotion network, ready to serve. Thread-safe: calls wait for one another.

    Parameters
    ----------
    graph : bytes
        A LiteRT model with one input ``faces``, float32 (N, 48, 48) with values 0..255, and one
        output of logits (N, 7) per head.
    temperatures : mapping of str to float
        Per head, what its logits are divided by so that probabilities mean what they say
        (temperature scaling, Guo et al., 2017).
    page_weights : mapping of str to float
        Share of each head in what the page shows; they sum to 1.
    """

    def __init__(
        self, graph: bytes, temperatures: Mapping[str, float], page_weights: Mapping[str, float]
    ) -> None:
        self._run = Interpreter(model_content=graph, num_threads=1).get_signature_runner()
        self._temperatures = dict(temperatures)
        self._page_weights = dict(page_weights)
        self._lock = threading.Lock()  # a LiteRT interpreter is not thread-safe

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> Self:
        """Load the model that ships with the app, or one from another folder of the same form.

        Raises
        ------
        ModelError
            A file is missing, was altered, or belongs to a model with other labels or input.
        """
        try:
            metadata = json.loads((folder / "metadata.json").read_text())
            graph = (folder / GRAPH).read_bytes()
            expected = metadata["files"][GRAPH]["sha256"]
            labels, size = metadata["labels"], metadata["input"]["shape"]
            heads = metadata["heads"]
            temperatures = {name: float(head["temperature"]) for name, head in heads.items()}
            weights = {name: float(head["page_weight"]) for name, head in heads.items()}
            _check_heads(temperatures, weights)
        except UNREADABLE as cause:
            raise ModelError(INCOMPLETE) from cause
        if hashlib.sha256(graph).hexdigest() != expected:
            raise ModelError(
                Message(
                    "The emotion model is not the one its metadata describes. Please restore the "
                    "folder models/emotion from the repository."
                )
            )
        if labels != [str(emotion) for emotion in EMOTIONS] or size != [48, 48]:
            raise ModelError(
                Message(
                    "The emotion model does not fit this version of the app: expected labels "
                    "{expected} for 48x48 faces, got {labels} for {size}.",
                    expected=", ".join(EMOTIONS),
                    labels=str(labels),
                    size=str(size),
                )
            )
        made = cls(graph, temperatures, weights)
        if not {*made.heads} <= {*made._run.get_output_details()}:
            raise ModelError(INCOMPLETE)
        return made

    @property
    def heads(self) -> tuple[str, ...]:
        """Names of the network's heads."""
        return tuple(self._temperatures)

    def predict(self, faces: np.ndarray, head: str | None = None) -> np.ndarray:
        """Classify aligned faces.

        Each face is looked at as it is and mirrored; the two logits are averaged (worth about
        half a point of accuracy on FER2013, and a face and its mirror image get one answer).

        Parameters
        ----------
        faces : numpy.ndarray
            uint8, (N, 48, 48), grey, 0..255, framed as `emotion.align` does. N may be 0.
        head : {"fer2013", "ferplus"}, optional
            One head alone, for measuring. By default the mean of the heads, weighted as the
            metadata say: what the page shows.

        Returns
        -------
        numpy.ndarray
            float32, (N, 7), probabilities in the order of `EMOTIONS`, rows sum to 1.
        """
        faces = np.asarray(faces)
        if faces.dtype != np.uint8 or faces.ndim != 3 or faces.shape[1:] != (48, 48):
            raise ValueError(f"expected uint8 faces (N, 48, 48), got {faces.dtype} {faces.shape}")
        if head is not None and head not in self._temperatures:
            raise ValueError(f"expected head in {self.heads}, got {head!r}")
        weights = self._page_weights if head is None else {head: 1.0}
        result = np.zeros((len(faces), len(EMOTIONS)), np.float32)
        for start in range(0, len(faces), BATCH):
            logits = self._logits(faces[start : start + BATCH])
            for name, weight in weights.items():
                scaled = softmax(logits[name] / self._temperatures[name])
                result[start : start + BATCH] += weight * scaled
        return result

    def _logits(self, faces: np.ndarray) -> dict[str, np.ndarray]:
        both = np.concatenate([faces, faces[:, :, ::-1]]).astype(np.float32)
        with self._lock:
            # copied: the runner's arrays are views into the interpreter's memory
            logits = {name: np.array(values) for name, values in self._run(faces=both).items()}
        return {name: (v[: len(faces)] + v[len(faces) :]) / 2 for name, v in logits.items()}


def softmax(logits: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Probabilities from logits along the last axis, without overflow."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: npt.NDArray[np.floating] = shifted / shifted.sum(axis=-1, keepdims=True)
    return shares


def _check_heads(temperatures: Mapping[str, float], weights: Mapping[str, float]) -> None:
    """Refuse figures of which no probabilities come.

    Raises
    ------
    ValueError
    """
    least, most = TEMPERATURES
    if not all(least <= one <= most for one in temperatures.values()):
        raise ValueError(f"expected temperatures, got {temperatures}")
    if not (all(one >= 0 for one in weights.values()) and isclose(sum(weights.values()), 1)):
        raise ValueError(f"expected weights whose sum is 1, got {weights}")
