"""Average weights: ``python -m emotion.training.soup --networks runs/a/network.keras ...``.

One network from several that were trained on from a common one, at the price of one (model soups,
Wortsman et al., 2022). Whether it is any good, ``emotion.training.compare`` tells.
"""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tyro

from emotion.training.train import CONFIG, HISTORY

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SoupConfig:
    """What goes in."""

    networks: tuple[Path, ...]
    """``.keras`` files of one architecture."""
    shares: tuple[float, ...] = ()
    """Of each network, in their order; none means equal shares."""
    output: Path = Path("runs/soup/network.keras")


def soup(config: SoupConfig) -> keras.Model:
    """Write the network whose weights are the mean of the members'.

    Beside it: the members' settings and their histories one after the other, so that
    ``emotion.training.export`` takes the folder for a run.

    Returns
    -------
    keras.Model

    Raises
    ------
    ValueError
        The shares are not one for each network, or the networks have different weights.
    """
    shares = config.shares or (1.0,) * len(config.networks)
    if len(shares) != len(config.networks):
        raise ValueError(f"{len(shares)} shares for {len(config.networks)} networks")
    members = [keras.models.load_model(path, compile=False) for path in config.networks]
    shapes = [[weight.shape for weight in member.weights] for member in members]
    for path, one in zip(config.networks, shapes, strict=True):
        if one != shapes[0]:
            raise ValueError(f"{path} and {config.networks[0]} have different weights")
    mean = [
        np.average(weights, axis=0, weights=shares)
        for weights in zip(*(member.get_weights() for member in members), strict=True)
    ]
    members[0].set_weights(mean)
    config.output.parent.mkdir(parents=True, exist_ok=True)
    members[0].save(config.output)
    _record(config, shares)
    log.info("%s: the mean of %d networks", config.output, len(members))
    return members[0]


def _record(config: SoupConfig, shares: tuple[float, ...]) -> None:
    """Write config.json and history.jsonl; a history's lines say which ``run`` they are of."""
    settings, histories = [], []
    for path, share in zip(config.networks, shares, strict=True):
        run = path.parent
        known = run / CONFIG
        settings.append(
            {
                "network": str(path),
                "share": share / sum(shares),
                "training": json.loads(known.read_text()) if known.exists() else None,
            }
        )
        if (run / HISTORY).exists():
            histories.append(pd.read_json(run / HISTORY, lines=True).assign(run=run.name))
    folder = config.output.parent
    (folder / CONFIG).write_text(json.dumps({"mean_of": settings}, indent=1))
    history = pd.concat(histories) if histories else pd.DataFrame()
    history.to_json(folder / HISTORY, orient="records", lines=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    soup(tyro.cli(SoupConfig, description=__doc__))
