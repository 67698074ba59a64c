"""What the network is shown: shuffled, augmented, mixed batches and their targets."""

import keras
import numpy as np

from emotion.training.augment import Augmenter
from emotion.training.config import TrainConfig
from emotion.training.dataset import FaceDataset
from emotion.training.network import HEADS
from emotion.values import EMOTIONS

PerHead = dict[str, np.ndarray]


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
        self._targets, self._weights = follow_teacher(*loss_targets(data, config), config)
        self._epoch = first_epoch
        self._shuffle()

    def __len__(self) -> int:
        return len(self._data) // self._config.batch_size  # the rest: another epoch's shuffle

    def __getitem__(self, index: int) -> tuple[np.ndarray, PerHead, PerHead]:
        """Faces, float32 (N, H, W), 0..255; their targets and weights, as `loss_targets`."""
        size, seed = self._config.batch_size, (self._config.seed, self._epoch, index)
        rows = self._order[index * size : (index + 1) * size]
        faces = Augmenter(self._config.augment, seed)(self._data.images[rows]).astype(np.float32)
        if self._config.crop and self._epoch < self._config.crop_epochs:
            faces = random_crops(faces, self._config.crop, np.random.default_rng((*seed, 2)))
        targets = {head: target[rows] for head, target in self._targets.items()}
        weights = {head: weight[rows] for head, weight in self._weights.items()}
        return mix(faces, targets, weights, self._config, np.random.default_rng((*seed, 1)))

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        self._epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        random = np.random.default_rng((self._config.seed, self._epoch))
        self._order = random.permutation(len(self._data))


def random_crops(faces: np.ndarray, side: int, random: np.random.Generator) -> np.ndarray:
    """Cut a square out of each face, anywhere: (N, H, W) -> (N, side, side)."""
    windows = np.lib.stride_tricks.sliding_window_view(faces, (side, side), axis=(1, 2))
    top, left = (random.integers(0, most, len(faces)) for most in windows.shape[1:3])
    return windows[np.arange(len(faces)), top, left]


def loss_targets(data: FaceDataset, config: TrainConfig) -> tuple[PerHead, PerHead]:
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


def follow_teacher(
    targets: PerHead, weights: PerHead, config: TrainConfig
) -> tuple[PerHead, PerHead]:
    """Blend people's labels with a teacher's probabilities (Hinton et al., 2015).

    A face that nobody voted on learns FER+ from the teacher alone. Without a teacher in the config
    the labels stay as they are.

    Raises
    ------
    ValueError
        The teacher answered for another number of faces.
    """
    if config.teacher is None:
        return targets, weights
    share = config.teacher_weight
    blended, weighed = {}, {}
    with np.load(config.teacher) as answers:
        for head in HEADS:
            answer, people, weight = answers[head], targets[head], weights[head]
            if len(answer) < len(people):
                raise ValueError(
                    f"the teacher answered for {len(answer)} faces, expected {len(people)}"
                )
            answer = answer[: len(people)]  # fewer faces than the teacher's: TrainConfig.limit
            known = (weight > 0)[:, None]
            blended[head] = np.where(known, share * answer + (1 - share) * people, answer)
            weighed[head] = np.where(weight > 0, weight, share * config.ferplus_weight)
            weighed[head] = weighed[head].astype(np.float32)
            blended[head] = blended[head].astype(np.float32)
    return blended, weighed


def mix(
    faces: np.ndarray,
    targets: PerHead,
    weights: PerHead,
    config: TrainConfig,
    random: np.random.Generator,
) -> tuple[np.ndarray, PerHead, PerHead]:
    """Blend faces (mixup), exchange patches (cutmix) or leave the batch as it is.

    Parameters
    ----------
    faces : numpy.ndarray
        float32, (N, H, W), 0..255.
    targets, weights : dict of str to numpy.ndarray
        Per head, float32, (N, 7) and (N,).
    config : TrainConfig
        Its ``mixup``, ``cutmix`` and ``mix_alpha``.
    random : numpy.random.Generator

    Returns
    -------
    tuple
        The same three, new arrays where mixed.
    """
    draw = random.random()
    if draw >= config.mixup + config.cutmix:
        return faces, targets, weights
    partner = random.permutation(len(faces))
    share = float(random.beta(config.mix_alpha, config.mix_alpha))
    if draw < config.mixup:
        faces = share * faces + (1 - share) * faces[partner]
    else:
        faces, share = _exchange_patch(faces, faces[partner], share, random)
    mixed_targets, mixed_weights = {}, {}
    for head, target in targets.items():
        own, other = share * weights[head], (1 - share) * weights[head][partner]
        # A face without votes must not pull its partner's target towards nothing.
        total = own + other
        own_share = np.divide(own, total, out=np.zeros_like(own), where=total > 0)[:, None]
        mixed = own_share * target + (1 - own_share) * target[partner]
        mixed_targets[head] = mixed.astype(np.float32)
        mixed_weights[head] = total.astype(np.float32)
    return faces.astype(np.float32), mixed_targets, mixed_weights


def _exchange_patch(
    faces: np.ndarray, others: np.ndarray, share: float, random: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Paste a rectangle of the others' pictures; gives the share of the own pixels as well."""
    height, width = faces.shape[1:]
    side = np.sqrt(1 - share)
    tall, wide = round(height * side), round(width * side)
    top, left = random.integers(0, height - tall + 1), random.integers(0, width - wide + 1)
    faces = faces.copy()
    patch = (slice(None), slice(top, top + tall), slice(left, left + wide))
    faces[patch] = others[patch]
    return faces, 1 - tall * wide / (height * width)
