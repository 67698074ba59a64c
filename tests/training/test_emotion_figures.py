"""The figures that the emotion model claims, measured anew where the data are."""

import json
import os
from pathlib import Path

import pytest

from emotion.classifier import MODEL_FOLDER, EmotionClassifier
from emotion.training.dataset import Split, load_dataset
from emotion.training.evaluate import evaluate

ROOT = Path(__file__).parents[2]
FER2013 = (
    Path(os.environ.get("FACE_THE_MUSIC_DATA", ROOT / "../shared/data")) / "fer2013/fer2013.npz"
)


@pytest.mark.slow
@pytest.mark.skipif(not FER2013.exists(), reason="FER2013 is not in ../shared/data")
def test_private_test_figures_are_what_the_metadata_say():
    claimed = json.loads((MODEL_FOLDER / "metadata.json").read_text())["metrics"]["private"]
    measured = evaluate(EmotionClassifier.load(), load_dataset(FER2013).part(Split.PRIVATE))
    for name, figures in measured.items():
        assert figures["accuracy"] == pytest.approx(claimed[name]["accuracy"], abs=0.002)
        assert figures["macro_f1"] == pytest.approx(claimed[name]["macro_f1"], abs=0.005)
    assert measured["fer2013 head"]["accuracy"] >= 0.68


def test_the_card_states_the_metadatas_figures():
    card = (MODEL_FOLDER / "MODEL_CARD.md").read_text()
    metrics = json.loads((MODEL_FOLDER / "metadata.json").read_text())["metrics"]["private"]
    for name, figures in metrics.items():
        assert f"| {name} | {figures['faces']} | {figures['accuracy']:.4f} |" in card
