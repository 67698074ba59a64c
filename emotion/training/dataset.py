"""FER2013 with FER+ votes, as arrays.

FER2013: Goodfellow et al., "Challenges in Representation Learning", ICONIP 2013.
FER+: Barsoum et al., "Training Deep Networks for Facial Expression Recognition with
Crowd-Sourced Label Distribution", ICMI 2016.
"""

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from emotion.values import EMOTIONS, Emotion

FACE_SIZE = 48
"""Width and height in pixels of a FER2013 face."""

FERPLUS_COLUMNS = (
    Emotion.NEUTRAL,
    Emotion.HAPPY,
    Emotion.SURPRISE,
    Emotion.SAD,
    Emotion.ANGRY,
    Emotion.DISGUST,
    Emotion.FEAR,
)
"""Emotions of the first seven FER+ vote columns; contempt, unknown, not-a-face follow."""

FER2013_COUNTS = {
    "train": (3995, 436, 4097, 7215, 4830, 3171, 4965),
    "public": (467, 56, 496, 895, 653, 415, 607),
    "private": (491, 55, 528, 879, 594, 416, 626),
}
"""Faces per emotion in each split of the original data set."""

KAGGLE_USAGES = {"Training": 0, "PublicTest": 1, "PrivateTest": 2}


class Split(IntEnum):
    """FER2013's three parts: fit on TRAIN, choose on PUBLIC, report PRIVATE."""

    TRAIN = 0
    PUBLIC = 1
    PRIVATE = 2


@dataclass(frozen=True)
class FaceDataset:
    """Labelled faces.

    Attributes
    ----------
    images : numpy.ndarray
        uint8, (N, 48, 48), grey, 0..255.
    labels : numpy.ndarray
        int64, (N,), indices into `EMOTIONS`.
    votes : numpy.ndarray
        float32, (N, 7), share of FER+ votes for each of `EMOTIONS`, rows sum to 1; a row of zeros
        where nobody voted for one of the seven.
    split : numpy.ndarray
        int64, (N,), values of `Split`.
    duplicate : numpy.ndarray
        bool, (N,), test faces that stand in the training part too.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    votes: npt.NDArray[np.float32]
    split: npt.NDArray[np.int64]
    duplicate: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.images.shape[1:] != (FACE_SIZE, FACE_SIZE) or self.images.dtype != np.uint8:
            raise ValueError(
                f"expected uint8 images (N, {FACE_SIZE}, {FACE_SIZE}), "
                f"got {self.images.dtype} {self.images.shape}"
            )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def has_votes(self) -> npt.NDArray[np.bool_]:
        """Which rows carry FER+ votes: bool, (N,)."""
        voted: npt.NDArray[np.bool_] = np.any(self.votes, axis=1)
        return voted

    @property
    def majority(self) -> npt.NDArray[np.int64]:
        """FER+ majority label: int64, (N,); meaningless where `has_votes` is False."""
        first: npt.NDArray[np.int64] = self.votes.argmax(axis=1)
        return first

    def part(self, split: Split) -> Self:
        """Only the rows of one split."""
        return self.where(self.split == split)

    def where(self, rows: npt.NDArray[np.bool_ | np.integer] | slice) -> Self:
        """Only the rows that a boolean mask, an index array or a slice selects."""
        return type(self)(
            self.images[rows],
            self.labels[rows],
            self.votes[rows],
            self.split[rows],
            self.duplicate[rows],
        )


def load_dataset(path: Path) -> FaceDataset:
    """Read FER2013 in any of the forms people have it.

    Parameters
    ----------
    path : Path
        ``fer2013.npz`` (images, labels, split, ferplus_votes, ferplus_valid,
        exact_dup_of_train); or Kaggle's ``fer2013.csv`` (emotion, pixels, Usage); or a folder
        ``train/angry/*.jpg ... test/angry/*.jpg``. Only the first has FER+ votes. In the folder
        form Kaggle's test part is PrivateTest and a tenth of train, every tenth file of each
        emotion by name, stands in for PublicTest.

    Raises
    ------
    ValueError
        The file is none of these, or FER2013's counts per emotion do not come out.
    """
    if path.is_dir():
        return _from_folders(path)
    if path.suffix == ".csv":
        return _from_csv(path)
    if path.suffix == ".npz":
        return _from_npz(path)
    raise ValueError(f"expected fer2013.npz, fer2013.csv or a folder of folders, got {path}")


def load_image_folder(path: Path) -> FaceDataset:
    """Read ``DIR/<emotion>/*`` as one PRIVATE part, e.g. somebody's own test set of face crops.

    Pictures are converted to grey and resized to 48x48; folders named otherwise are an error.
    """
    files = sorted(file for file in path.glob("*/*") if file.is_file())
    unknown = {file.parent.name for file in files} - {str(emotion) for emotion in EMOTIONS}
    if unknown or not files:
        raise ValueError(f"expected folders named {', '.join(EMOTIONS)} in {path}, got {unknown}")
    images = np.stack([_read_grey(file) for file in files])
    labels = np.array([EMOTIONS.index(Emotion(file.parent.name)) for file in files])
    return _without_votes(images, labels, np.full(len(files), Split.PRIVATE))


def votes_to_shares(votes: np.ndarray) -> npt.NDArray[np.float32]:
    """Turn raw FER+ votes (N, 10) into shares of the seven emotions (N, 7).

    Votes for contempt, unknown and not-a-face are left out: the page has no such classes.
    """
    shares = np.zeros((len(votes), len(EMOTIONS)), np.float32)
    for column, emotion in enumerate(FERPLUS_COLUMNS):
        shares[:, EMOTIONS.index(emotion)] = votes[:, column]
    total = shares.sum(axis=1, keepdims=True)
    np.divide(shares, total, out=shares, where=total > 0)
    return shares


def _from_npz(path: Path) -> FaceDataset:
    with np.load(path) as stored:
        votes = votes_to_shares(stored["ferplus_votes"])
        votes[~stored["ferplus_valid"].astype(bool)] = 0
        data = FaceDataset(
            images=stored["images"],
            labels=stored["labels"].astype(np.int64),
            votes=votes,
            split=stored["split"].astype(np.int64),
            duplicate=stored["exact_dup_of_train"].astype(bool),
        )
    _check_counts(data)
    return data


def _from_csv(path: Path) -> FaceDataset:
    table = pd.read_csv(path)
    missing = {"emotion", "pixels", "Usage"} - set(table.columns)
    if missing:
        raise ValueError(f"expected columns emotion, pixels, Usage, got no {', '.join(missing)}")
    images = np.stack([np.array(row.split(), np.uint8) for row in table["pixels"]])
    data = _without_votes(
        images.reshape(-1, FACE_SIZE, FACE_SIZE),
        table["emotion"].to_numpy(np.int64),
        table["Usage"].map(KAGGLE_USAGES).to_numpy(np.int64),
    )
    _check_counts(data)
    return data


def _from_folders(path: Path) -> FaceDataset:
    train, test = (load_image_folder(path / name) for name in ("train", "test"))
    split = np.full(len(train), Split.TRAIN)
    for label in range(len(EMOTIONS)):
        split[np.flatnonzero(train.labels == label)[::10]] = Split.PUBLIC
    return _without_votes(
        np.concatenate([train.images, test.images]),
        np.concatenate([train.labels, test.labels]),
        np.concatenate([split, test.split]),
    )


def _without_votes(images: np.ndarray, labels: np.ndarray, split: np.ndarray) -> FaceDataset:
    # Duplicates by content: the CSV and folder forms do not say which they are.
    train = {face.tobytes() for face in images[split == Split.TRAIN]}
    duplicate = np.array([face.tobytes() in train for face in images]) & (split != Split.TRAIN)
    votes = np.zeros((len(images), len(EMOTIONS)), np.float32)
    return FaceDataset(images, labels, votes, split, duplicate)


def _read_grey(file: Path) -> np.ndarray:
    with Image.open(file) as image:
        grey = image.convert("L")
        if grey.size != (FACE_SIZE, FACE_SIZE):
            grey = grey.resize((FACE_SIZE, FACE_SIZE), Image.Resampling.LANCZOS)
        return np.asarray(grey)


def _check_counts(data: FaceDataset) -> None:
    for split in Split:
        counts = tuple(np.bincount(data.part(split).labels, minlength=len(EMOTIONS)).tolist())
        expected = FER2013_COUNTS[split.name.lower()]
        if counts != expected:
            raise ValueError(f"expected {expected} faces in {split.name}, got {counts}")
