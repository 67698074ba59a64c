"""FER2013 in miniature."""

import numpy as np
import pytest

from emotion.training import dataset as dataset_module
from emotion.training.dataset import FaceDataset
from emotion.values import EMOTIONS


@pytest.fixture
def data():
    """84 grey squares whose brightness is their label: learnable at a glance."""
    labels = np.tile(np.arange(7), 12)
    noise = np.random.default_rng(0).integers(0, 20, (84, 48, 48))
    images = (labels[:, None, None] * 33 + noise).astype(np.uint8)
    votes = np.eye(7, dtype=np.float32)[labels]
    votes[0] = 0  # a face nobody voted on
    split = np.repeat([0, 1, 2], [56, 14, 14])
    return FaceDataset(images, labels, votes, split, np.zeros(84, bool))


@pytest.fixture
def stored(data, tmp_path, monkeypatch):
    """The same in fer2013.npz's form, with the counts that the loader then expects."""
    counts = {name: (size,) * 7 for name, size in {"train": 8, "public": 2, "private": 2}.items()}
    monkeypatch.setattr(dataset_module, "FER2013_COUNTS", counts)
    votes = np.zeros((84, 10), np.uint8)
    columns = [EMOTIONS.index(emotion) for emotion in dataset_module.FERPLUS_COLUMNS]
    votes[:, :7] = (data.votes * 10)[:, columns]
    path = tmp_path / "fer2013.npz"
    np.savez(
        path,
        images=data.images,
        labels=data.labels,
        split=data.split,
        ferplus_votes=votes,
        ferplus_valid=np.ones(84, bool),
        exact_dup_of_train=data.duplicate,
    )
    return path
