"""Metadata of saved models that somebody changed; the models themselves are as they were."""

import json
import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from emotion.classifier import GRAPH, EmotionClassifier
from emotion.classifier import MODEL_FOLDER as EMOTION
from emotion.errors import ModelError as NoFaces
from music_mood.errors import ModelError as NoMoods
from music_mood.model.artefact import MODEL_FOLDER as MOOD
from music_mood.model.artefact import PIPELINES
from music_mood.model.classifier import MoodClassifier
from tests.fuzz.mutate import as_answer, broken_bytes, broken_json
from tests.fuzz.target import Target, check

WHICH = (EMOTION, MOOD)


@cache
def _folders() -> list[Path]:
    """Two folders beside which the true models lie."""
    made = []
    for source, name in zip(WHICH, (GRAPH, PIPELINES), strict=True):
        folder = Path(tempfile.mkdtemp(prefix="fuzz-model-"))
        (folder / name).symlink_to(source / name)
        made.append(folder)
    return made


@cache
def _metadata(folder: Path) -> Any:
    found = json.loads((folder / "metadata.json").read_text())
    kept = ("files", "labels", "input", "heads", "versions", "unsure_below")
    return {name: found[name] for name in kept if name in found}  # what is read of it


def _make(random: Random) -> tuple[int, bytes]:
    which = random.randrange(2)
    found = broken_json(random, [_metadata(WHICH[which])])
    if random.random() < 0.1:
        return which, broken_bytes(random, [json.dumps(found).encode(errors="replace")])
    return which, as_answer(random, found)


def _take(given: tuple[int, bytes]) -> None:
    which, metadata = given
    folder = _folders()[which]
    (folder / "metadata.json").write_bytes(metadata)
    if which:
        moods = MoodClassifier.load(folder)
        check(0 <= moods.unsure_below <= 1, f"unsure below {moods.unsure_below}")
    else:
        shares = EmotionClassifier.load(folder).predict(np.full((1, 48, 48), 99, np.uint8))
        check(bool(np.isclose(shares.sum(), 1, atol=1e-3)), f"no probabilities: {shares}")


TARGET = Target("models", _make, _take, (NoFaces, NoMoods), share=0.02)
