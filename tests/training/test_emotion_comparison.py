"""Comparing networks on the same faces, and averaging their weights."""

import json
import os
import re
from dataclasses import replace

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from emotion.training.compare import CompareConfig, compare, difference, judge
from emotion.training.config import NetworkConfig
from emotion.training.dataset import FaceDataset
from emotion.training.network import build_network
from emotion.training.soup import SoupConfig, soup
from tests.training.networks import save_two_networks

# Keras 3.15 and TensorFlow 2.21 with numpy 2.4 say this to themselves; not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SMALL = NetworkConfig(stem_filters=4, stage_filters=(4,), stage_blocks=(1,), squeeze_ratio=2)
EYE = np.eye(7, dtype=np.float32)


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    labels = random.integers(0, 7, 30)
    votes = EYE[(labels + np.arange(30) % 2) % 7]  # every second face: the crowd disagrees
    votes[:6] = 0
    return FaceDataset(
        images=random.integers(0, 256, (30, 48, 48), np.uint8),
        labels=labels,
        votes=votes,
        split=np.ones(30, np.int64),
        duplicate=np.zeros(30, bool),
    )


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    return save_two_networks(tmp_path_factory.mktemp("members"), SMALL)


def test_a_difference_of_pairs_is_surer_than_one_of_accuracies():
    """90 of 100 faces are answered alike: only the other ten can tell."""
    reference = np.repeat([True, False], 50)
    right = reference.copy()
    right[:2], right[50:58] = False, True  # two lost, eight won
    found = difference(right, reference)
    assert found.mean == pytest.approx(0.06)
    assert found.error == pytest.approx(np.sqrt((10 - 6**2 / 100) / 100**2))
    assert str(found) == "+6.0 +- 3.1"
    alone = np.sqrt(2 * 0.5 * 0.5 / 100)  # of two independent accuracies
    assert found.error < alone / 2


def test_a_network_does_not_differ_from_itself():
    right = np.array([True, False, True])
    assert str(difference(right, right)) == "+0.0 +- 0.0"


def test_each_column_is_judged_by_its_own_labels(data):
    crowd = np.where(data.has_votes[:, None], data.votes, EYE[0])
    rights = judge({"fer2013": EYE[data.labels], "ferplus": crowd}, data)
    assert rights["FER2013 head"].all()
    assert len(rights["FER2013 head"]) == 30
    assert rights["FER+ head, FER+ majority"].all()
    assert len(rights["FER+ head, FER+ majority"]) == 24  # six faces have no votes
    other = judge({"fer2013": crowd, "ferplus": crowd}, data)["FER2013 head"]
    np.testing.assert_array_equal(other[6:], np.arange(6, 30) % 2 == 0)


@pytest.mark.slow
def test_without_votes_there_are_no_columns_about_voters(members, data, monkeypatch):
    unvoted = replace(data, votes=np.zeros_like(data.votes))
    monkeypatch.setattr("emotion.training.compare.load_dataset", lambda _: unvoted)
    for right in compare(CompareConfig(members)).values():
        assert set(right) == {"FER2013 head", "page"}


def test_the_page_is_the_mean_of_the_heads(data):
    unsure = 0.6 * EYE[(data.labels + 1) % 7] + 0.4 * EYE[data.labels]
    rights = judge({"fer2013": unsure, "ferplus": EYE[data.labels]}, data)
    assert not rights["FER2013 head"].any()
    assert rights["page"].all()


@pytest.mark.slow
def test_networks_are_compared_with_the_first_and_together(members, data, monkeypatch, caplog):
    monkeypatch.setattr("emotion.training.compare.load_dataset", lambda _: data)
    with caplog.at_level("INFO"):
        rights = compare(CompareConfig(members, together=True))
    assert list(rights) == [*map(str, members), "mean of their answers"]
    # Only its own: TensorFlow may warn here about networks that tests before this one built.
    table = [one.getMessage() for one in caplog.records if one.name == "emotion.training.compare"]
    assert len(table) == len(set(table)) == 5  # heading, rule, three different rows
    accuracy = re.escape(f"{rights[str(members[1])]['FER2013 head'].mean():.4f}")
    assert re.search(rf"1\.keras \| {accuracy} \([+-]\d+\.\d \+- \d+\.\d\) \|", "\n".join(table))


@pytest.mark.slow
def test_disturbed_faces_are_other_faces_and_always_the_same(members, data, monkeypatch):
    monkeypatch.setattr("emotion.training.compare.load_dataset", lambda _: data)
    seen = []

    def note(network, faces, config):
        seen.append(faces)
        return {head: np.tile(EYE[0], (len(faces), 1)) for head in ("fer2013", "ferplus")}

    monkeypatch.setattr("emotion.training.compare.look", note)
    compare(CompareConfig(members))
    compare(CompareConfig(members, disturbed=True))
    plain, plain_again, disturbed, disturbed_again = seen
    np.testing.assert_array_equal(plain, data.images)
    np.testing.assert_array_equal(plain, plain_again)
    assert (disturbed != plain).any(axis=(1, 2)).all()
    np.testing.assert_array_equal(disturbed, disturbed_again)


@pytest.mark.slow
def test_a_soup_is_the_mean_of_weights(members, tmp_path):
    whole = tmp_path / "deep" / "soup.keras"
    soup(SoupConfig(members, output=whole))
    weighed = soup(SoupConfig(members, shares=(3.0, 1.0), output=tmp_path / "weighed.keras"))
    first, second = (keras.models.load_model(path).get_weights() for path in members)
    for mean, a, b in zip(keras.models.load_model(whole).get_weights(), first, second, strict=True):
        np.testing.assert_allclose(mean, (a + b) / 2, atol=1e-6)
    for mean, a, b in zip(weighed.get_weights(), first, second, strict=True):
        np.testing.assert_allclose(mean, 0.75 * a + 0.25 * b, atol=1e-6)


def test_a_soup_keeps_what_its_members_are_made_of(members, tmp_path):
    paths = []
    for number, path in enumerate(members):
        paths.append(tmp_path / f"run-{number}" / "network.keras")
        paths[-1].parent.mkdir()
        paths[-1].write_bytes(path.read_bytes())
        (paths[-1].parent / "config.json").write_text(json.dumps({"epochs": number + 1}))
        lines = [json.dumps({"epoch": epoch, "loss": 0.5}) for epoch in range(number + 1)]
        (paths[-1].parent / "history.jsonl").write_text("\n".join(lines) + "\n")
    output = tmp_path / "soup" / "network.keras"
    soup(SoupConfig((*paths, members[0]), shares=(2.0, 1.0, 1.0), output=output))
    made_of = json.loads((output.parent / "config.json").read_text())["mean_of"]
    assert [one["share"] for one in made_of] == [0.5, 0.25, 0.25]
    assert [one["training"] for one in made_of] == [{"epochs": 1}, {"epochs": 2}, None]
    history = (output.parent / "history.jsonl").read_text().splitlines()
    assert [(line["run"], line["epoch"]) for line in map(json.loads, history)] == [
        ("run-0", 0),
        ("run-1", 0),
        ("run-1", 1),
    ]


def test_a_soup_of_different_networks_is_refused(members, tmp_path):
    other = tmp_path / "wider.keras"
    build_network(NetworkConfig(**{**vars(SMALL), "stem_filters": 8})).save(other)
    with pytest.raises(ValueError, match=r"wider\.keras and .*0\.keras have different weights"):
        soup(SoupConfig((members[0], other), output=tmp_path / "soup.keras"))
    with pytest.raises(ValueError, match="3 shares for 2 networks"):
        soup(SoupConfig(members, shares=(1.0, 2.0, 3.0), output=tmp_path / "soup.keras"))
    assert not (tmp_path / "soup.keras").exists()
