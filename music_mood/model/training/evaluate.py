"""Measure the mood model's recipe: ``python -m music_mood.model.training.evaluate``.

Beside baselines. Everything is out of fold, with no artist on both sides, the mean over several
seeds, and all recipes see the same folds.
"""

import logging
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tyro
from scipy.stats import spearmanr

from music_mood.model.training.dataset import (
    MOOD_TABLES,
    AffectTracks,
    MoodTracks,
    load_affect_tracks,
    load_mood_tracks,
)
from music_mood.model.training.metrics import Report, mean_of, measure, unsure_threshold
from music_mood.model.training.model import (
    BASELINES,
    MakePipeline,
    ModelConfig,
    affect_out_of_fold,
    mood_network,
    out_of_fold,
    transfer,
)
from music_mood.model.training.record import write_json

log = logging.getLogger(__name__)

SHIPPED = "shipped"


@dataclass(frozen=True)
class EvaluateConfig:
    """What to measure, and how often."""

    data: Path = Path("../shared/data/music")
    """Folder of mood_playlists.csv, data_moods.csv and tag_valence_arousal.csv."""
    out: Path = Path("runs/mood")
    """Folder for report.json."""
    folds: int = 5
    seeds: int = 5
    """Repetitions of the folds, each with other folds and other first weights."""
    right_when_sure: float = 0.76
    """How often a labelled track must be right out of fold; less certain ones become "unsure".
    One point above what is promised (0.75), since folds vary."""
    model: ModelConfig = field(default_factory=ModelConfig)


def evaluate(config: EvaluateConfig) -> dict[str, Report]:
    """Measure all recipes and the affect regression, print a table, save ``report.json``."""
    tracks = load_mood_tracks(config.data)
    recipes = BASELINES | {SHIPPED: lambda seed: mood_network(config.model, seed)}
    report: dict[str, Report] = {}
    for name, make in recipes.items():
        balance = config.model.balance if name == SHIPPED else 0.0
        report[name] = measure_recipe(make, tracks, config, balance)
        log.info("%s", table_row(name, report[name]))
    report["affect"] = measure_affect(load_affect_tracks(config.data), config)
    log.info("Spearman correlation with the tags: %s", report["affect"])
    write_json(config.out / "report.json", report)
    return report


def measure_recipe(
    make: MakePipeline, tracks: MoodTracks, config: EvaluateConfig, balance: float
) -> Report:
    """Figures of one recipe: pooled, per table and from table to table; mean over the seeds."""
    rounds = [
        out_of_fold(make, tracks, config.folds, seed, balance) for seed in range(config.seeds)
    ]
    threshold = unsure_threshold(
        np.concatenate(rounds), np.tile(tracks.moods, config.seeds), config.right_when_sure
    )
    report = mean_of([measure(found, tracks.moods, threshold) for found in rounds])
    report["unsure_below"] = threshold
    for number, table in enumerate(MOOD_TABLES):
        rows = tracks.tables == number
        report[table] = mean_of([measure(found[rows], tracks.moods[rows]) for found in rounds])
    accuracy = [transfer(make, tracks, seed, balance) for seed in range(config.seeds)]
    report["transfer"] = {
        f"{MOOD_TABLES[a]} to {MOOD_TABLES[b]}": float(np.mean([one[a, b] for one in accuracy]))
        for a, b in accuracy[0]
    }
    return report


def measure_affect(tracks: AffectTracks, config: EvaluateConfig) -> dict[str, float]:
    """Rank correlation of the estimates with the tags."""
    rounds = []
    for seed in range(config.seeds):
        found = affect_out_of_fold(config.model, tracks, config.folds, seed)
        pairs = zip(("valence", "arousal"), found.T, tracks.affect.T, strict=True)
        rounds.append({name: float(spearmanr(a, b).statistic) for name, a, b in pairs})
    return mean_of(rounds)


def table_row(name: str, report: Report) -> str:
    """One line of a Markdown table; its header is `TABLE_HEAD`."""
    top = report["precision_at_10"].values()
    figures = (
        report["macro_f1"],
        report["accuracy"],
        *report["transfer"].values(),
        np.mean(list(top)),
        min(top),
        report["ece"],
        report["coverage"],
    )
    return f"| {name} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |"


TABLE_HEAD = (
    "| recipe | macro-F1 | accuracy | playlists to moods | moods to playlists | precision at 10 "
    "| its lowest mood | ECE | coverage |\n|---|---|---|---|---|---|---|---|---|"
)

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log.info("%s", TABLE_HEAD)
    evaluate(tyro.cli(EvaluateConfig, description=__doc__))
