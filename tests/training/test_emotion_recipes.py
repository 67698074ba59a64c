"""The families of networks, mixing, and learning from a teacher, in miniature."""

import dataclasses
import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from emotion.classifier import softmax
from emotion.training.architectures import ARCHITECTURES
from emotion.training.augment import Augmenter
from emotion.training.batches import (
    FaceBatches,
    follow_teacher,
    loss_targets,
    mix,
    random_crops,
)
from emotion.training.config import NetworkConfig, TrainConfig
from emotion.training.dataset import FaceDataset
from emotion.training.network import HEADS, build_network
from emotion.training.recipes import RECIPES, UNDISTURBED
from emotion.training.teach import TeachConfig, look, teach
from emotion.training.train import compile_network
from tests.training.networks import save_two_networks

# Keras 3.15 and TensorFlow 2.21 with numpy 2.4 say this to themselves; not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

TINY = {
    "resnet": NetworkConfig(stem_filters=4, stage_filters=(8,), stage_blocks=(1,)),
    "vgg": NetworkConfig(stage_filters=(4, 8), stage_blocks=(1, 1), dense_units=8),
    "mobilenet": NetworkConfig(stem_filters=8, stage_filters=(8, 8), stage_blocks=(1, 2)),
    "vit": NetworkConfig(stage_filters=(8,), stage_blocks=(1,), heads=2),
    "spoti_emo": NetworkConfig(),
    "emotion_dj": NetworkConfig(),
}


def faces_of(count: int, seed: int = 0) -> FaceDataset:
    random = np.random.default_rng(seed)
    votes = random.dirichlet(np.ones(7), count).astype(np.float32)
    votes[0] = 0  # a face nobody voted on
    return FaceDataset(
        images=random.integers(0, 256, (count, 48, 48), np.uint8),
        labels=random.integers(0, 7, count),
        votes=votes,
        split=np.zeros(count, np.int64),
        duplicate=np.zeros(count, bool),
    )


def test_every_architecture_is_tried_here():
    assert set(TINY) == set(ARCHITECTURES)


@pytest.mark.slow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_answers_with_both_heads_and_survives_saving(name, tmp_path):
    keras.utils.set_random_seed(0)
    network = build_network(dataclasses.replace(TINY[name], architecture=name))
    faces = faces_of(3).images.astype(np.float32)
    answers = network.predict(faces, verbose=0)
    assert {head: answers[head].shape for head in HEADS} == dict.fromkeys(HEADS, (3, 7))
    assert answers["fer2013"].std(axis=0).max() > 0  # it looks at the faces
    network.save(tmp_path / "network.keras")
    again = keras.models.load_model(tmp_path / "network.keras").predict(faces, verbose=0)
    np.testing.assert_allclose(again["ferplus"], answers["ferplus"], atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_builds_the_network_it_speaks_of(name):
    config = RECIPES[name][1]
    family = name.removesuffix("-wide").removesuffix("-48").replace("-", "_")
    assert build_network(config.network).name == family


@pytest.mark.slow
def test_the_transformer_learns():
    """Seven places for a bright spot in noise; guessing gets a seventh of them right."""
    keras.utils.set_random_seed(0)
    labels = np.arange(70) % 7
    data = dataclasses.replace(
        faces_of(70), labels=labels, votes=np.eye(7, dtype=np.float32)[labels]
    )
    for face, label in zip(data.images, labels, strict=True):
        top, left = 16 * (label // 3) + 4, 16 * (label % 3) + 4
        face[top : top + 8, left : left + 8] = 255
    config = TrainConfig(
        optimizer="adamw", peak_rate=3e-3, final_rate=1.0, warmup_epochs=0.0, ema_momentum=0.0
    )
    network = build_network(
        NetworkConfig(architecture="vit", stage_filters=(16,), stage_blocks=(1,), heads=2)
    )
    compile_network(network, config, steps_per_epoch=2)
    faces = data.images.astype(np.float32)
    targets, weights = loss_targets(data, config)
    network.fit(faces, targets, 35, epochs=30, sample_weight=weights, verbose=0)
    guesses = network.predict(faces, verbose=0)
    for head in HEADS:
        assert (guesses[head].argmax(axis=1) == labels).mean() > 0.9


def test_patches_that_halving_cannot_make_are_refused():
    with pytest.raises(ValueError, match="patch_size is 6"):
        build_network(dataclasses.replace(TINY["vit"], architecture="vit", patch_size=6))


def test_the_transformer_knows_where_it_looks():
    """Without positions, a thing would look the same to it a whole patch away."""
    keras.utils.set_random_seed(0)
    config = NetworkConfig(architecture="vit", stage_filters=(8,), stage_blocks=(1,), heads=2)
    network = build_network(config)
    face = np.zeros((1, 48, 48), np.float32)
    face[:, 16:22, 16:22] = 255  # far from the edges, which its convolutions know
    moved = np.roll(face, (config.patch_size, config.patch_size), axis=(1, 2))
    answers = network.predict(np.concatenate([face, moved]), verbose=0)["fer2013"]
    assert np.abs(answers[0] - answers[1]).max() > 1e-4


@given(seed=st.integers(0, 1000), kind=st.sampled_from(["mixup", "cutmix"]))
def test_mixing_keeps_ranges_and_shares(seed, kind):
    data = faces_of(8, seed)
    config = TrainConfig(augment=UNDISTURBED, **{kind: 1.0})
    targets, weights = loss_targets(data, config)
    faces = data.images.astype(np.float32)
    mixed, blended, weighed = mix(faces, targets, weights, config, np.random.default_rng(seed))
    assert mixed.shape == faces.shape
    assert mixed.dtype == np.float32
    assert 0 <= mixed.min() <= mixed.max() <= 255.001  # rounding
    for head in HEADS:
        some = weighed[head] > 0
        np.testing.assert_allclose(blended[head][some].sum(axis=1), 1, atol=1e-5)
        assert weighed[head].max() <= 1 + 1e-6
    np.testing.assert_array_equal(faces, data.images)  # the originals are left alone


def test_the_share_of_a_label_is_the_share_of_its_pixels():
    faces = np.stack([np.zeros((48, 48)), np.full((48, 48), 255.0)]).astype(np.float32)
    targets = {"fer2013": np.eye(7, dtype=np.float32)[:2]}
    weights = {"fer2013": np.ones(2, np.float32)}
    for seed in range(20):
        random = np.random.default_rng(seed)
        for config in (TrainConfig(cutmix=1.0), TrainConfig(mixup=1.0)):
            mixed, blended, _ = mix(faces, targets, weights, config, random)
            white = mixed.mean(axis=(1, 2)) / 255
            np.testing.assert_allclose(white, blended["fer2013"][:, 1], atol=1e-5)


def test_crops_are_windows_of_their_faces_each_elsewhere():
    faces = faces_of(200).images
    crops = random_crops(faces, 44, np.random.default_rng(0))
    assert crops.shape == (200, 44, 44)
    places = set()
    for face, crop in zip(faces, crops, strict=True):
        found = [
            (top, left)
            for top in range(5)
            for left in range(5)
            if np.array_equal(face[top : top + 44, left : left + 44], crop)
        ]
        places.update(found)
        assert len(found) == 1
    assert len(places) == 25  # everywhere, the edges included


def test_batches_are_cropped_alike_for_the_same_seed_and_epoch():
    config = TrainConfig(batch_size=16, crop=40, crop_epochs=2)
    data = faces_of(64)
    batches, again = FaceBatches(data, config), FaceBatches(data, config)
    first, _, _ = batches[0]
    assert first.shape == (16, 40, 40)
    np.testing.assert_array_equal(first, again[0][0])
    batches.on_epoch_end()
    assert batches[0][0].shape == first.shape
    assert not np.array_equal(first, batches[0][0])
    batches.on_epoch_end()
    assert batches[0][0].shape == (16, 48, 48)  # the first two epochs were told to see crops
    later = FaceBatches(data, config, first_epoch=2)
    np.testing.assert_array_equal(batches[0][0], later[0][0])


def test_a_face_without_votes_leaves_its_partner_s_votes_whole():
    data = faces_of(2)
    config = TrainConfig(mixup=1.0)
    targets, weights = loss_targets(data, config)
    for seed in range(20):
        random = np.random.default_rng(seed)
        _, blended, weighed = mix(data.images, targets, weights, config, random)
        for row in range(2):
            if weighed["ferplus"][row] > 0:
                np.testing.assert_allclose(blended["ferplus"][row], data.votes[1], atol=1e-6)


def test_batches_are_mixed_as_often_as_asked():
    data = faces_of(400)
    config = TrainConfig(batch_size=4, mixup=0.25, cutmix=0.25, augment=UNDISTURBED)
    batches = FaceBatches(data, config)
    originals = {face.tobytes() for face in data.images.astype(np.float32)}
    whole = [{face.tobytes() for face in batches[i][0]} <= originals for i in range(100)]
    assert 30 <= whole.count(False) <= 70


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    config = NetworkConfig(**{**vars(TINY["vgg"]), "architecture": "vgg"})
    return save_two_networks(tmp_path_factory.mktemp("members"), config)


@pytest.mark.slow
def test_several_looks_are_the_mean_over_views(members):
    network = keras.models.load_model(members[0])
    faces = faces_of(5).images
    answer = look(network, faces, TeachConfig(members, views=1))["fer2013"]
    sides = [
        network.predict(one.astype(np.float32), verbose=0) for one in (faces, faces[:, :, ::-1])
    ]
    expected = np.mean([softmax(side["fer2013"]) for side in sides], axis=0)
    np.testing.assert_allclose(answer, expected, atol=1e-5)
    closer = look(network, faces, TeachConfig(members, views=4))["fer2013"]
    assert np.abs(closer - answer).max() > 1e-5
    np.testing.assert_allclose(closer.sum(axis=1), 1, atol=1e-5)


@pytest.mark.slow
def test_the_teacher_averages_its_members_and_is_followed(members, tmp_path, monkeypatch):
    data = faces_of(20)
    split = np.repeat([0, 1], [14, 6])
    data = FaceDataset(data.images, data.labels, data.votes, split, data.duplicate)
    monkeypatch.setattr("emotion.training.teach.load_dataset", lambda _: data)
    output = tmp_path / "deep" / "teacher.npz"
    accuracies = teach(TeachConfig(members, output=output, views=1))
    assert set(accuracies) == {*map(str, members), "ensemble"}
    with np.load(output) as answers:
        expected = np.mean(
            [
                look(keras.models.load_model(one), data.images[:14], TeachConfig(members, views=1))[
                    "ferplus"
                ]
                for one in members
            ],
            axis=0,
        )
        np.testing.assert_allclose(answers["ferplus"], expected, atol=1e-6)

    training = data.where(split == 0)
    config = TrainConfig(teacher=output, teacher_weight=0.6)
    targets, weights = loss_targets(training, config)
    blended, weighed = follow_teacher(targets, weights, config)
    np.testing.assert_allclose(
        blended["ferplus"][1:], 0.6 * expected[1:] + 0.4 * targets["ferplus"][1:], atol=1e-6
    )
    np.testing.assert_allclose(blended["ferplus"][0], expected[0], atol=1e-6)  # no votes
    assert weighed["ferplus"][0] == pytest.approx(0.6)


def test_a_teacher_of_other_faces_is_refused(tmp_path):
    np.savez(tmp_path / "t.npz", fer2013=np.ones((2, 7)) / 7, ferplus=np.ones((2, 7)) / 7)
    config = TrainConfig(teacher=tmp_path / "t.npz")
    with pytest.raises(ValueError, match="answered for 2 faces, expected 3"):
        FaceBatches(faces_of(3), config)


def test_undisturbed_means_undisturbed():
    faces = faces_of(3).images
    np.testing.assert_array_equal(Augmenter(UNDISTURBED, seed=0)(faces), faces)


def test_a_run_s_settings_can_be_written_down():
    for _, config in RECIPES.values():
        json.dumps(vars(config), default=str)
