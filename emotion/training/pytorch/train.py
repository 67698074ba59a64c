"""Train a resnet in PyTorch: ``python -m emotion.training.pytorch.train --help``.

The pictures, losses, schedule and averaged weights of `emotion.training.train`, eager, in bfloat16
and channels last. Resumable: every epoch is checkpointed in the run's folder, and the same command
goes on where it was cut. Crops make an epoch cheaper still (``--crop 40 --crop-epochs 45``).
"""

import copy
import json
import logging
import math
import time
from collections.abc import Iterable

import keras
import numpy as np
import torch
import tyro
from torch import nn
from torch.nn import functional

from emotion.training.batches import FaceBatches, PerHead
from emotion.training.config import TrainConfig
from emotion.training.dataset import FaceDataset
from emotion.training.network import HEADS
from emotion.training.pytorch.resnet import Convolution, ResNet, from_keras, to_keras
from emotion.training.recipes import RECIPES
from emotion.training.train import HISTORY, begin

log = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.pt"
"""Everything that a cut run goes on from."""

Figures = dict[str, float]


def train(config: TrainConfig) -> keras.Model:
    """Train, or go on training, and save ``network.keras`` (averaged weights, float32).

    Returns
    -------
    keras.Model

    Raises
    ------
    ValueError
        The config asks for what only `emotion.training.train` does.
    """
    if config.optimizer != "sgd":
        raise ValueError("PyTorch trains with SGD; Keras does the rest")
    torch.manual_seed(config.seed)
    torch.set_flush_denormal(True)  # weights that decay towards nothing would cost most
    training, public = begin(config)
    run = Run(config)
    done = run.go_on()
    batches = FaceBatches(training, config, first_epoch=done)
    log.info("%s parameters, %s epochs done", f"{run.size():,}", done)
    for epoch in range(done, config.epochs):
        started = time.monotonic()
        figures = run.epoch(batches, epoch) | run.judge(public)
        figures = {name: round(value, 5) for name, value in figures.items()}
        seconds = round(time.monotonic() - started, 1)
        with (config.run / HISTORY).open("a") as lines:
            lines.write(json.dumps({"epoch": epoch, "seconds": seconds, **figures}) + "\n")
        run.save(epoch + 1)
        log.info("epoch %d, %.0f s: %s", epoch, seconds, figures)
    network = to_keras(run.averaged, config.network)
    network.save(config.run / "network.keras")
    return network


class Run:
    """A network that learns, and the average of its weights over time.

    Parameters
    ----------
    config : TrainConfig

    Attributes
    ----------
    averaged : ResNet
        Does not train; what is kept in the end.
    """

    def __init__(self, config: TrainConfig) -> None:
        self._config = config
        self._network = _first(config).to(memory_format=torch.channels_last)
        self.averaged = copy.deepcopy(self._network).eval()
        decay, free = _by_penalty(self._network)
        self._optimizer = torch.optim.SGD(
            [{"params": decay, "weight_decay": config.network.weight_decay}, {"params": free}],
            lr=config.peak_rate,
            momentum=config.momentum,
            nesterov=True,
        )

    def size(self) -> int:
        """Count the parameters that learn."""
        return sum(weight.numel() for weight in self._network.parameters())

    def epoch(self, batches: FaceBatches, epoch: int) -> Figures:
        """Train on every batch once, and have the batches shuffle anew.

        Returns
        -------
        dict of str to float
            ``loss`` and ``fer2013_accuracy``, on disturbed faces.
        """
        self._network.train()
        losses, right = [], []
        for index in range(len(batches)):
            rate = rate_at(epoch * len(batches) + index, self._config, len(batches))
            for group in self._optimizer.param_groups:
                group["lr"] = rate
            faces, targets, weights = batches[index]
            with torch.autocast("cpu", torch.bfloat16):
                logits = self._network(torch.from_numpy(faces))
            loss = loss_of(logits, targets, weights)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            self._average()
            losses.append(float(loss.detach()))
            guessed = logits["fer2013"].detach().argmax(dim=1).numpy()
            right.append((guessed == targets["fer2013"].argmax(axis=1)).mean())
        batches.on_epoch_end()
        return {"loss": float(np.mean(losses)), "fer2013_accuracy": float(np.mean(right))}

    def judge(self, faces: FaceDataset) -> Figures:
        """Ask the averaged weights about whole faces, without their mirror images.

        Returns
        -------
        dict of str to float
            ``val_fer2013_accuracy`` against the labels, ``val_ferplus_accuracy`` against most
            votes.
        """
        answers: dict[str, list[torch.Tensor]] = {head: [] for head in HEADS}
        for first in range(0, len(faces), 256):
            seen = torch.from_numpy(faces.images[first : first + 256].astype(np.float32))
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                for head, logits in self.averaged(seen).items():
                    answers[head].append(logits)
        guessed = {head: torch.cat(parts).argmax(dim=1).numpy() for head, parts in answers.items()}
        voted = faces.has_votes
        majority = faces.votes.argmax(axis=1)
        return {
            "val_fer2013_accuracy": float((guessed["fer2013"] == faces.labels).mean()),
            "val_ferplus_accuracy": float((guessed["ferplus"] == majority)[voted].mean()),
        }

    def save(self, done: int) -> None:
        """Write the checkpoint after so many epochs, whole or not at all."""
        path = self._config.run / CHECKPOINT
        partial = path.with_suffix(".partial")
        state = {
            "done": done,
            "network": self._network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }
        torch.save(state, partial)
        partial.replace(path)

    def go_on(self) -> int:
        """Take up the checkpoint, if there is one; gives the epochs done."""
        path = self._config.run / CHECKPOINT
        if not path.exists():
            return 0
        state = torch.load(path, weights_only=True)
        self._network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self._optimizer.load_state_dict(state["optimizer"])
        return int(state["done"])

    def _average(self) -> None:
        """Move the average a little; what the normalisation counts is averaged, too."""
        share = 1 - self._config.ema_momentum
        means, now = _numbers(self.averaged), _numbers(self._network)
        with torch.no_grad():
            for mean, own in zip(means, now, strict=True):
                mean.lerp_(own, share)


def _first(config: TrainConfig) -> ResNet:
    """Make the network of before the first step: random weights, or trained ones."""
    if config.initial is None:
        return ResNet(config.network)
    return from_keras(keras.models.load_model(config.initial), config.network)


def rate_at(step: int, config: TrainConfig, steps_per_epoch: int) -> float:
    """Learning rate of a step: the cycle of `emotion.training.train.compile_network`."""
    warmup = int(config.warmup_epochs * steps_per_epoch)
    if step < warmup:
        start = config.peak_rate / 25
        return start + (config.peak_rate - start) * step / warmup
    share = min((step - warmup) / max(1, config.epochs * steps_per_epoch - warmup), 1)
    cosine = (1 + math.cos(math.pi * share)) / 2
    return config.peak_rate * ((1 - config.final_rate) * cosine + config.final_rate)


def loss_of(logits: dict[str, torch.Tensor], targets: PerHead, weights: PerHead) -> torch.Tensor:
    """Cross-entropy against shares, weighed face by face, the mean over faces; heads are added.

    Parameters
    ----------
    logits : dict of str to torch.Tensor
        Per head, float32, (N, 7).
    targets, weights : dict of str to numpy.ndarray
        Per head, float32, (N, 7) and (N,).

    Returns
    -------
    torch.Tensor
        A scalar.
    """
    losses = [
        functional.cross_entropy(logits[head], torch.from_numpy(targets[head]), reduction="none")
        @ torch.from_numpy(weights[head])
        / len(logits[head])
        for head in HEADS
    ]
    return torch.stack(losses).sum()


def _by_penalty(network: ResNet) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Weights that decay, those of the convolutions with normalisation, and all others."""
    decay = [
        layer.convolution.weight for layer in network.modules() if isinstance(layer, Convolution)
    ]
    known = {id(weight) for weight in decay}
    return decay, [weight for weight in network.parameters() if id(weight) not in known]


def _numbers(network: ResNet) -> Iterable[torch.Tensor]:
    """Weights and moving statistics; not the counters beside them."""
    return [state for state in network.state_dict().values() if state.is_floating_point()]


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    resnets = {
        name: (what, config)
        for name, (what, config) in RECIPES.items()
        if config.network.architecture == "resnet"
    }
    train(tyro.extras.overridable_config_cli(resnets, description=__doc__))
