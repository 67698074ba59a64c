"""Training in PyTorch, in miniature: `make test-pytorch`, which installs what this needs."""

import json
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest
import torch

from emotion.training.batches import FaceBatches
from emotion.training.config import NetworkConfig, TrainConfig
from emotion.training.dataset import Split, load_dataset
from emotion.training.network import HEADS
from emotion.training.pytorch.resnet import ResNet, from_keras, to_keras
from emotion.training.pytorch.train import CHECKPOINT, Run, loss_of, rate_at, train
from emotion.training.recipes import RECIPES, UNDISTURBED
from emotion.training.train import HISTORY, compile_network

# Keras 3.15 with numpy 2.4, and PyTorch 2.14, say these to themselves; not ours to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*LeafSpec:DeprecationWarning"),
]

SMALL = NetworkConfig(
    stem_filters=8, stage_filters=(8, 16, 16), stage_blocks=(1, 2, 1), squeeze_ratio=2, dropout=0
)


@pytest.fixture
def config(stored, tmp_path):
    return TrainConfig(
        data=stored,
        run=tmp_path / "run",
        epochs=2,
        batch_size=14,
        warmup_epochs=1,
        ema_momentum=0.5,
        network=SMALL,
        augment=UNDISTURBED,
    )


def strange(network: ResNet) -> ResNet:
    """Give every weight and statistic a value of its own, as after a training."""
    torch.manual_seed(0)
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.weight, 0.5, 1.5)
            torch.nn.init.normal_(layer.bias, std=0.3)
            torch.nn.init.normal_(layer.running_mean, std=0.3)
            torch.nn.init.uniform_(layer.running_var, 0.5, 2)
        elif getattr(layer, "bias", None) is not None:
            torch.nn.init.normal_(layer.bias, std=0.3)
    return network.eval()


def history(config):
    return [json.loads(line) for line in (config.run / HISTORY).read_text().splitlines()]


@pytest.mark.parametrize(
    "network",
    [
        SMALL,
        # shapes that tell each layer from its neighbours, and twelve convolutions: 9, 10, 11
        NetworkConfig(stem_filters=8, stage_filters=(8,), stage_blocks=(3,), squeeze_ratio=4),
        RECIPES["resnet-48"][1].network,
    ],
    ids=["small", "equal", "resnet-48"],
)
def test_keras_answers_as_pytorch_does(network):
    trained = strange(ResNet(network))
    faces = np.random.default_rng(0).uniform(0, 255, (5, 48, 48)).astype(np.float32)
    with torch.no_grad():
        expected = trained(torch.from_numpy(faces))
    answers = to_keras(trained, network).predict(faces, verbose=0)
    for head in HEADS:
        np.testing.assert_allclose(answers[head], expected[head].numpy(), atol=1e-4)
    assert np.ptp(answers["fer2013"], axis=0).max() > 0.01  # faces make a difference


def test_a_second_network_of_the_same_session_is_carried_over_too():
    """Keras numbers on: conv2d_9, conv2d_10."""
    network = NetworkConfig(stem_filters=8, stage_filters=(8,), stage_blocks=(1,), squeeze_ratio=4)
    faces = np.random.default_rng(0).uniform(0, 255, (2, 48, 48)).astype(np.float32)
    trained = strange(ResNet(network))
    with torch.no_grad():
        expected = trained(torch.from_numpy(faces))["fer2013"].numpy()
    for _ in range(4):
        answers = to_keras(trained, network).predict(faces, verbose=0)
        np.testing.assert_allclose(answers["fer2013"], expected, atol=1e-4)


@pytest.mark.parametrize(
    "other",
    [NetworkConfig(architecture="vgg"), NetworkConfig(squeeze_ratio=0)],
)
def test_other_networks_are_refused(other):
    with pytest.raises(ValueError, match="resnet"):
        ResNet(other)


def test_what_only_keras_does_is_refused(config):
    with pytest.raises(ValueError, match="Keras"):
        train(replace(config, optimizer="adamw"))
    assert not config.run.exists()


@pytest.mark.parametrize("network", [SMALL, RECIPES["resnet-48"][1].network], ids=["small", "48"])
def test_the_way_there_and_back_changes_nothing(network):
    trained = strange(ResNet(network))
    back = from_keras(to_keras(trained, network), network)
    expected, states = trained.state_dict(), back.state_dict()
    assert expected.keys() == states.keys()
    for name, one in expected.items():
        assert torch.equal(states[name], one), name


@pytest.mark.parametrize(
    "other", [replace(SMALL, stem_filters=16), replace(SMALL, stage_blocks=(1, 1, 1))]
)
def test_another_network_s_weights_are_refused(other):
    with pytest.raises(ValueError, match=r"unlike|zip\(\)"):
        from_keras(to_keras(ResNet(other), other), SMALL)


def test_a_run_begins_with_the_network_it_was_given(config, tmp_path):
    first = strange(ResNet(SMALL))
    to_keras(first, SMALL).save(tmp_path / "network.keras")
    run = Run(replace(config, initial=tmp_path / "network.keras"))
    for states in (run._network.state_dict(), run.averaged.state_dict()):
        for name, one in first.state_dict().items():
            assert torch.equal(states[name], one), name


def test_training_learns_and_is_saved(config, stored):
    config = replace(config, epochs=30)
    network = train(config)
    lines = history(config)
    assert [line["epoch"] for line in lines] == list(range(30))
    assert lines[-1]["loss"] < 0.7 * lines[0]["loss"]
    assert lines[-1]["val_fer2013_accuracy"] > 0.5
    saved = keras.models.load_model(config.run / "network.keras")
    public = load_dataset(stored).part(Split.PUBLIC)
    faces = public.images.astype(np.float32)
    answers, again = network.predict(faces, verbose=0), saved.predict(faces, verbose=0)
    np.testing.assert_allclose(answers["fer2013"], again["fer2013"], atol=1e-6)
    right = (answers["fer2013"].argmax(axis=1) == public.labels).mean()
    assert right == pytest.approx(lines[-1]["val_fer2013_accuracy"], abs=0.08)  # bfloat16: a face


def test_a_cut_run_goes_on_as_if_it_had_not_been_cut(config, tmp_path):
    whole = replace(config, epochs=3)
    train(whole)
    cut = replace(whole, run=tmp_path / "cut")
    training = load_dataset(cut.data).part(Split.TRAIN)
    torch.manual_seed(cut.seed)
    run = Run(cut)
    run.epoch(FaceBatches(training, cut), 0)
    cut.run.mkdir()
    run.save(1)
    train(cut)
    losses = [line["loss"] for line in history(cut)]
    assert losses == pytest.approx([line["loss"] for line in history(whole)[1:]], rel=1e-3)
    assert not list(cut.run.glob("*.partial"))
    assert (cut.run / CHECKPOINT).exists()


def test_crops_first_then_whole_faces(config, monkeypatch):
    config = replace(config, crop=40, crop_epochs=1)
    seen = []
    forward = ResNet.forward

    def watched(self, faces):
        if self.training:
            seen.append(tuple(faces.shape[1:]))
        return forward(self, faces)

    monkeypatch.setattr(ResNet, "forward", watched)
    train(config)
    assert seen == [(40, 40)] * 4 + [(48, 48)] * 4


def test_the_average_is_of_weights_and_statistics_alike(config):
    training = load_dataset(config.data).part(Split.TRAIN)
    for momentum, same in ((0.0, True), (1.0, False)):
        run = Run(replace(config, ema_momentum=momentum))
        before = {name: one.clone() for name, one in run.averaged.state_dict().items()}
        run.epoch(FaceBatches(training, config), 0)
        learnt = run._network.state_dict()
        for name, one in run.averaged.state_dict().items():
            if one.is_floating_point():
                assert torch.equal(one, learnt[name] if same else before[name])
                assert not torch.equal(learnt[name], before[name])


@pytest.mark.parametrize("warmup", [0.0, 1.5])
def test_the_schedule_is_keras_s(config, warmup):
    config = replace(config, epochs=5, warmup_epochs=warmup, final_rate=0.01)
    network = to_keras(ResNet(SMALL), SMALL)
    compile_network(network, config, steps_per_epoch=10)
    schedule = network.optimizer._learning_rate
    for step in range(60):  # ten more than there are: it stays where it ended
        assert rate_at(step, config, 10) == pytest.approx(float(schedule(step)), rel=1e-4)


def test_the_loss_is_keras_s():
    random = np.random.default_rng(0)
    logits = {head: random.normal(size=(6, 7)).astype(np.float32) for head in HEADS}
    targets = {head: random.dirichlet(np.ones(7), 6).astype(np.float32) for head in HEADS}
    weights = {head: random.random(6).astype(np.float32) for head in HEADS}
    weights["ferplus"][0] = 0
    entropy = keras.losses.CategoricalCrossentropy(from_logits=True)
    expected = sum(
        float(entropy(targets[head], logits[head], sample_weight=weights[head])) for head in HEADS
    )
    loss = loss_of({head: torch.from_numpy(one) for head, one in logits.items()}, targets, weights)
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_convolutions_decay_and_nothing_else(config):
    run = Run(config)
    decay, free = run._optimizer.param_groups
    assert decay["weight_decay"] == config.network.weight_decay
    assert free["weight_decay"] == 0
    # Keras's L2 adds half the squares; both penalise what stands before a normalisation
    network = to_keras(ResNet(SMALL), SMALL)
    penalised = [
        layer.count_params()
        for layer in network.layers
        if getattr(layer, "kernel_regularizer", None) is not None
    ]
    assert sorted(weight.numel() for weight in decay["params"]) == sorted(penalised)


def test_the_command_line_answers_to_help():
    command = [sys.executable, "-m", "emotion.training.pytorch.train", "resnet-48", "--help"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "--crop-epochs" in answer.stdout
