"""How a network is asked: views, mixtures and temperatures."""

import logging
import os
import re

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from emotion.training.ask import (
    FRAMINGS,
    SETS_OF_VIEWS,
    SHARES,
    AskConfig,
    ask,
    judge,
    main,
    page,
    temperatures,
)
from emotion.training.config import NetworkConfig
from emotion.training.dataset import FaceDataset
from emotion.training.views import STRAIGHT, View, looks, seen
from tests.training.networks import save_two_networks

# Keras 3.15 and TensorFlow 2.21 with numpy 2.4 say this to themselves; not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SMALL = NetworkConfig(stem_filters=4, stage_filters=(4,), stage_blocks=(1,), squeeze_ratio=2)


@pytest.fixture(scope="module")
def network_path(tmp_path_factory):
    return save_two_networks(tmp_path_factory.mktemp("networks"), SMALL)[0]


def face_with_a_dot(across=30, down=20):
    faces = np.zeros((1, 48, 48), np.uint8)
    faces[0, down - 1 : down + 2, across - 1 : across + 2] = 255
    return faces


def dot_of(face):
    rows, columns = np.indices(face.shape)
    weight = face.astype(float)
    return (columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()


@pytest.mark.parametrize(
    ("view", "across", "down"),
    [
        (STRAIGHT, 30, 20),
        (View(right_px=1.5), 31.5, 20),
        (View(down_px=-2), 30, 18),
        (View(zoom=2), 23.5 + 2 * 6.5, 23.5 - 2 * 3.5),
        (View(rotation_deg=180), 17, 27),
    ],
)
def test_a_view_moves_what_is_seen(view, across, down):
    assert dot_of(seen(face_with_a_dot(), view)[0]) == pytest.approx((across, down), abs=0.1)


def test_each_view_is_mirrored_too():
    shown = list(looks(face_with_a_dot(), (STRAIGHT, View(down_px=3))))
    dots = [dot_of(one[0]) for one in shown]
    assert dots == [pytest.approx(at) for at in ((30, 20), (17, 20), (30, 23), (17, 23))]
    assert {one.dtype for one in shown} == {np.dtype(np.float32)}


def test_a_network_is_asked_about_every_view_and_its_mirror_image(network_path):
    network = keras.models.load_model(network_path)
    faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    views = (STRAIGHT, View(zoom=1.1))
    answers = [network.predict(one, verbose=0)["ferplus"] for one in looks(faces, views)]
    assert len(answers) == 4
    found = ask(network, faces, views)["ferplus"]
    np.testing.assert_allclose(found, np.mean(answers, axis=0), atol=1e-5)
    mirrored = ask(network, faces[:, :, ::-1])["fer2013"]
    np.testing.assert_allclose(ask(network, faces)["fer2013"], mirrored, atol=1e-5)


def sure_and_wrong(count=700):
    """Answers of certainty; the FER2013 head is right about half of the faces, FER+ about all."""
    labels = np.arange(count) % 7
    votes = np.eye(7, dtype=np.float32)[labels]
    votes[:7] = 0
    data = FaceDataset(
        np.zeros((count, 48, 48), np.uint8), labels, votes, np.ones(count), np.zeros(count, bool)
    )
    guessed = np.where(np.arange(count) // 7 % 2, labels, (labels + 1) % 7)
    return {"fer2013": 9 * np.eye(7)[guessed], "ferplus": 9 * np.eye(7)[labels]}, data


def test_a_head_that_is_too_sure_is_cooled_down():
    logits, data = sure_and_wrong()
    fitted = temperatures(logits, data)
    assert fitted["fer2013"] > 3
    assert fitted["ferplus"] < 2
    without = FaceDataset(
        data.images, data.labels, np.zeros_like(data.votes), data.split, data.duplicate
    )
    assert temperatures(logits, without)["ferplus"] == 1.0


def test_the_page_mixes_the_heads_by_their_shares():
    logits, data = sure_and_wrong()
    right = [judge(page(logits, data, share), data)["FER2013 right"] for share in (0.0, 0.5, 1.0)]
    assert right == [1.0, 1.0, pytest.approx(0.5)]
    for share in SHARES:
        np.testing.assert_allclose(page(logits, data, share).sum(axis=1), 1, atol=1e-6)
    figures = judge(page(logits, data, 1.0), data)
    assert figures["FER2013 calibration error"] < 0.02  # half sure, and right about half


def test_the_command_prints_a_row_for_each_way(network_path, stored, caplog):
    with caplog.at_level(logging.INFO):
        main(AskConfig(network_path, stored))
    rows = [line for line in caplog.messages if re.match(r"\| .* \| 0\.\d{4} \|", line)]
    assert len(rows) == 2 * (len(SHARES) + len(FRAMINGS) + len(SETS_OF_VIEWS))
    straight = [row for row in rows if row.startswith(("| 0.50 ", "| as FER2013's", "| the face "))]
    assert len(straight) == 6
    for three in (straight[:3], straight[3:]):  # the same question asked thrice
        assert len({row.split("|", 2)[2] for row in three}) == 1
