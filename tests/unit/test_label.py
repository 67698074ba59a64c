"""Labelling tables of any size: the same answers as in memory, wherever it is cut."""

import csv
import errno
import gzip
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from distributed import LocalCluster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from music_mood.bulk import csv_source as csv_module
from music_mood.bulk import job as job_module
from music_mood.bulk.names import ANSWERS, kept_names
from music_mood.bulk.run import Request, Summary, label_file
from music_mood.bulk.workers import ask
from music_mood.commands.console import DONE, FAILED
from music_mood.commands.label import main
from music_mood.errors import MusicError, OutputError, PlaylistError
from music_mood.model.artefact import METADATA, MODEL_FOLDER, PIPELINES, model_version
from music_mood.model.classifier import MoodClassifier
from music_mood.values import FEATURE_NAMES, MOODS

ROOT = Path(__file__).resolve().parents[2]
PROGRESS = re.compile(r"[\d,]+ rows, \d+% of the input")
HUGE = 2**63 + 11  # does not fit any integer type

EXPORTIFY = {name: name.capitalize() for name in FEATURE_NAMES}


def songs(n: int, seed: int = 0) -> pd.DataFrame:
    """Titles with everything CSV has to quote, large ids, and the nine features."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(random.random((n, 9)).round(4), columns=list(FEATURE_NAMES))
    table["loudness"] = (-60 * table["loudness"]).round(3)
    table["tempo"] = (40 + 180 * table["tempo"]).round(3)
    table.insert(0, "title", [f'Say "{i}",\nçiğ 愛' for i in range(n)])
    table["id"] = [str(HUGE + i) for i in range(n)]
    return table


def in_memory(table: pd.DataFrame) -> pd.DataFrame:
    answers = MoodClassifier.load().predict(table)
    answers["confidence"] = answers[list(MOODS)].max(axis=1)
    return answers[list(ANSWERS)]


def read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype={"id": str}, keep_default_na=False)


def lines_of(table: pd.DataFrame) -> list[str]:
    """Each row as CSV, its title over two lines and all."""
    titles = '"' + table["title"].str.replace('"', '""') + '"'
    return [",".join(row) + "\n" for row in table.astype(str).assign(title=titles).to_numpy()]


def rejects(path: Path) -> dict[int, str]:
    with path.open(newline="") as file:
        return {int(line["row"]): line["reason"] for line in csv.DictReader(file)}


def same_answers(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert [*found["mood"]] == [*expected["mood"]]
    figures = [name for name in ANSWERS if name != "mood"]
    np.testing.assert_allclose(found[figures], expected[figures], rtol=0, atol=1e-6)


@pytest.fixture
def table() -> pd.DataFrame:
    return songs(250)


@pytest.fixture
def given_csv(table, tmp_path) -> Path:
    path = tmp_path / "tracks.csv"
    table.to_csv(path, index=False)
    return path


# -- the same answers as in memory


@pytest.mark.slow
@pytest.mark.parametrize("output", ["labelled.parquet", "labelled.csv"])
@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet", "utf-16", "exportify;"])
def test_every_kind_of_table_gets_the_answers_it_gets_in_memory(table, tmp_path, kind, output):
    source = tmp_path / f"tracks.{kind}"
    if kind == "parquet":
        table.to_parquet(source, row_group_size=70)
    elif kind == "exportify;":
        table.rename(columns=EXPORTIFY).to_csv(source, index=False, sep=";", decimal=",")
    elif kind == "csv.gz":
        with gzip.open(source, "wt", encoding="utf-8", newline="") as file:
            table.to_csv(file, index=False)
    else:
        table.to_csv(source, index=False, encoding="utf-16" if kind == "utf-16" else "utf-8")

    summary = label_file(Request(source, tmp_path / output, chunk_rows=64))

    found = read(tmp_path / output)
    same_answers(found, in_memory(table))
    assert [*found["title"]] == [*table["title"]]
    assert [*found["id"]] == [*table["id"]]
    given = found.rename(columns={new: name for name, new in EXPORTIFY.items()})
    np.testing.assert_allclose(given[list(FEATURE_NAMES)], table[list(FEATURE_NAMES)])
    assert set(found["model_version"]) == {model_version()}
    assert (summary.read, summary.labelled, summary.rejected) == (250, 250, 0)
    assert sum(summary.moods.values()) == 250
    assert {path.name for path in tmp_path.iterdir()} == {source.name, output}


@pytest.mark.slow
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.integers(1, 300),
    block=st.integers(2048, 20_000),
    torn=st.lists(st.integers(0, 249), max_size=20, unique=True),
)
def test_neither_chunks_nor_blocks_change_the_result(tmp_path_factory, rows, block, torn):
    folder = tmp_path_factory.mktemp("run")
    source, output = folder / "tracks.csv", folder / "labelled.parquet"
    table = songs(250)
    texts = lines_of(table)
    for at in torn:
        texts[at] = ["torn,1\n", "\n", ",".join("123456789012345") + "\n"][at % 3]
    source.write_text(",".join(table.columns) + "\n" + "".join(texts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_module, "BLOCK_BYTES", block)
        summary = label_file(Request(source, output, chunk_rows=rows))
    good, found = table.drop(index=torn), read(output)
    same_answers(found, in_memory(good))
    assert [*found["id"]] == [*good["id"]]
    wrong = sorted(at + 2 for at in torn if at % 3 != 1)
    assert [*(rejects(folder / "labelled.rejects.csv") if wrong else ())] == wrong
    assert (summary.rejected, summary.blank) == (len(wrong), len(torn) - len(wrong))


def test_columns_that_are_called_like_ours_are_kept_under_another_name(table, tmp_path):
    table["mood"] = "mine"
    table.to_parquet(tmp_path / "in.parquet")
    summary = label_file(Request(tmp_path / "in.parquet", tmp_path / "out.parquet"))
    assert summary.renamed == {"mood": "mood_2"}
    assert set(read(tmp_path / "out.parquet")["mood_2"]) == {"mine"}


@given(st.lists(st.sampled_from(["a", "a_2", "mood", "mood_2", "", "_2"])))
def test_names_become_unique_and_stay_where_they_can(names):
    kept = kept_names(names)
    assert len({*kept, *ANSWERS}) == len(kept) + len(ANSWERS)
    for at, name in enumerate(names):
        if name not in (*ANSWERS, *names[:at]):
            assert kept[at] == name


# -- bad rows


def test_every_bad_row_is_rejected_with_its_number_and_reason(table, tmp_path):
    texts = table.astype(str).map(lambda text: text.replace('"', "").replace("\n", ""))
    texts = texts.map(lambda text: text.replace(",", " "))
    cells = [[*row] for row in texts.to_numpy()]
    at = {name: [*texts.columns].index(name) for name in texts.columns}
    bad = {  # row in the file: what is written into which column, and the reason
        3: ("energy", "", "energy is missing"),
        5: ("valence", "loud", "valence is not a number"),
        70: ("tempo", "9000", "tempo is not within 0 to 400"),
        71: ("liveness", "NaN", "liveness is missing"),
        130: ("loudness", "-inf", "loudness is not within -80 to 10"),
        200: ("title", "Caf\udce9", "its text is not UTF-8 (see --encoding)"),
    }
    for row, (column, text, _) in bad.items():
        cells[row - 2][at[column]] = text
    cells[100][at["title"]] = ""  # is fine
    lines = [",".join(row) for row in cells]
    lines[40] += ",one,two"
    lines[41] = "half a ro"
    lines[251 - 2] = lines[251 - 2].replace(",", ',"', 1)  # the last one: never closed
    source = tmp_path / "tracks.csv"
    text = "\n".join([",".join(texts.columns), *lines]) + "\n"
    source.write_bytes(text.encode("utf-8", "surrogateescape"))

    summary = label_file(Request(source, tmp_path / "labelled.csv", chunk_rows=60))

    expected = {row: reason for row, (_, _, reason) in bad.items()} | {
        42: "it has 13 cells, and the header 11",
        43: "it has 1 cells, and the header 11",
        251: "it has 2 cells, and the header 11",
    }
    found = rejects(tmp_path / "labelled.rejects.csv")
    assert found == expected
    assert [*found] == sorted(found)
    assert summary.read == 250 == summary.labelled + len(expected)
    good = table.drop(index=[row - 2 for row in expected])
    same_answers(read(tmp_path / "labelled.csv"), in_memory(good))


def test_parquet_has_bad_rows_too(table, tmp_path):
    table.loc[0, "energy"] = np.nan
    table.loc[1, "tempo"] = np.inf
    table.loc[2, "valence"] = -0.1
    table.to_parquet(tmp_path / "in.parquet")
    label_file(Request(tmp_path / "in.parquet", tmp_path / "out.parquet"))
    assert rejects(tmp_path / "out.rejects.csv") == {
        1: "energy is missing",
        2: "tempo is not within 0 to 400",
        3: "valence is not within 0 to 1",
    }
    same_answers(read(tmp_path / "out.parquet"), in_memory(table[3:]))


def test_an_encoding_can_be_named(table, tmp_path):
    table["title"] = "Café"
    table.to_csv(tmp_path / "in.csv", index=False, encoding="cp1252")
    summary = label_file(Request(tmp_path / "in.csv", tmp_path / "a.csv", encoding="cp1252"))
    assert summary.labelled == 250
    assert set(read(tmp_path / "a.csv")["title"]) == {"Café"}


GERMAN = {
    "danceability": "Tanzbarkeit",
    "acousticness": "Akustik",
    "energy": "Energie",
    "instrumentalness": "Instrumentalität",
    "liveness": "Lebendigkeit",
    "valence": "Valenz",
    "loudness": "Lautstärke",
    "speechiness": "Sprachanteil",
    "tempo": "Tempo (BPM)",
}


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("above", ["", "Meine Lieder\n\n"])
def test_a_header_in_another_language_and_encoding_is_read(table, tmp_path, encoding, above):
    """The words are those of playlists, and the header tells the encoding."""
    table["title"] = "Grüße"
    text = above + table.rename(columns=GERMAN).to_csv(index=False)
    (tmp_path / "in.csv").write_bytes(text.encode(encoding))
    label_file(Request(tmp_path / "in.csv", tmp_path / "out.csv"))
    found = read(tmp_path / "out.csv")
    same_answers(found, in_memory(table))
    assert set(found["title"]) == {"Grüße"}
    assert "Lautstärke" in found.columns


def test_a_table_without_rows_gives_a_table_without_rows(table, tmp_path):
    table[:0].to_csv(tmp_path / "in.csv", index=False)
    label_file(Request(tmp_path / "in.csv", tmp_path / "out.parquet"))
    found = read(tmp_path / "out.parquet")
    assert len(found) == 0
    assert [*found.columns] == [*table.columns, *ANSWERS, "model_version"]


# -- cut, and gone on with


class CutError(Exception):
    pass


def cut_after(chunks: int):
    calls = []

    def progress(*_: object) -> None:
        calls.append(None)
        if len(calls) == chunks:
            raise CutError

    return progress


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_in_the_same_file(given_csv, tmp_path, monkeypatch):
    uncut = tmp_path / "uncut.parquet"
    label_file(Request(given_csv, uncut, chunk_rows=32))
    output = tmp_path / "cut.parquet"
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from music_mood.bulk.run import Request, label_file\n"
        "def kill(summary, *_):\n"
        "    if summary.read >= 96: os.kill(os.getpid(), signal.SIGKILL)\n"
        "label_file(Request(Path(sys.argv[1]), Path(sys.argv[2]), chunk_rows=32), kill)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, given_csv, output], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not output.exists()

    asked = []

    def counted(features, model):
        asked.append(len(features))
        return ask(features, model)

    monkeypatch.setattr("music_mood.bulk.workers.ask", counted)
    summary = label_file(Request(given_csv, output, chunk_rows=32))
    assert summary.kept == 96
    assert asked == [32, 32, 32, 32, 26]
    assert output.read_bytes() == uncut.read_bytes()
    assert not job_module.unfinished(output).exists()


@pytest.mark.slow
@pytest.mark.parametrize("change", ["input", "chunk size", "model"])
def test_what_changed_meanwhile_is_noticed(given_csv, tmp_path, change):
    model = tmp_path / "mood"
    model.mkdir()
    for name in (METADATA, PIPELINES):
        (model / name).write_bytes((MODEL_FOLDER / name).read_bytes())
    output = tmp_path / "labelled.csv"
    rows = 32
    with pytest.raises(CutError):
        label_file(Request(given_csv, output, chunk_rows=rows, model=model), cut_after(3))
    if change == "input":
        songs(250, seed=1).to_csv(given_csv, index=False)
    elif change == "model":
        metadata = (model / METADATA).read_text()
        threshold = MoodClassifier.load(model).unsure_below
        changed = metadata.replace(f'"unsure_below": {threshold}', '"unsure_below": 0.0')
        assert changed != metadata
        (model / METADATA).write_text(changed)
    else:
        rows = 33
    request = Request(given_csv, output, chunk_rows=rows, model=model)
    told = "unsure" if change == "model" else change
    with pytest.raises(OutputError, match=f"has changed since it began: .*{told}"):
        label_file(request)
    restarted = Request(given_csv, output, chunk_rows=rows, model=model, restart=True)
    assert label_file(restarted).kept == 0
    if change == "input":
        same_answers(read(output), in_memory(songs(250, seed=1)))


def test_a_damaged_answer_is_asked_for_again(given_csv, tmp_path):
    output = tmp_path / "labelled.parquet"
    with pytest.raises(CutError):
        label_file(Request(given_csv, output, chunk_rows=50), cut_after(3))
    part = job_module.unfinished(output) / "000001.arrow"
    part.write_bytes(part.read_bytes()[:-300])
    assert label_file(Request(given_csv, output, chunk_rows=50)).kept == 100
    same_answers(read(output), in_memory(songs(250)))


def test_two_runs_do_not_make_the_same_file_at_once(given_csv, tmp_path):
    request = Request(given_csv, tmp_path / "labelled.csv")

    def second(*_: object) -> None:
        with pytest.raises(OutputError, match="Another run"):
            label_file(request)

    label_file(request, second)
    assert len(read(request.output)) == 250


def test_what_is_done_is_not_overwritten_unless_asked(given_csv, tmp_path):
    request = Request(given_csv, tmp_path / "labelled.csv")
    label_file(request)
    with pytest.raises(OutputError, match="--restart"):
        label_file(request)
    assert main([str(given_csv), "-o", str(request.output), "--restart"]) == DONE


# -- a sentence, and nothing else


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"title,energy\nA,0.5\n", "no column for danceability"),
        (b"PK\x03\x04 spreadsheet", "save or export it as CSV"),
        (b"PAR1 and nothing more", "as Parquet"),
        (gzip.compress(os.urandom(4096))[:500], "damaged"),
        ((",".join(FEATURE_NAMES) + '\n"' + "1,2\n" * 900_000).encode(), "quotation mark"),
    ],
    ids=["empty", "columns", "spreadsheet", "parquet", "gzip", "quotation"],
)
def test_an_unreadable_input_gets_a_sentence(tmp_path, capsys, content, sentence):
    source = tmp_path / "tracks.csv"
    source.write_bytes(content)
    assert main([str(source), "-o", str(tmp_path / "out.csv")]) == FAILED
    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error
    assert not (tmp_path / "out.csv").exists()


def test_an_unusable_output_gets_a_sentence(given_csv, tmp_path):
    for output, sentence in {
        "none/labelled.csv": "cannot be written",
        "labelled.xlsx": "should end in",
        "tracks.csv": "same file",
    }.items():
        with pytest.raises(OutputError, match=sentence):
            label_file(Request(given_csv, tmp_path / output))
    with pytest.raises(PlaylistError, match="no file"):
        label_file(Request(tmp_path / "nothing.csv", tmp_path / "out.csv"))


@pytest.mark.slow
def test_a_full_disk_gets_a_sentence_and_the_command_goes_on(given_csv, tmp_path):
    """For real: no file of the process may grow beyond 20 000 bytes."""
    command = [sys.executable, "-m", "music_mood.label", given_csv, "--chunk-rows", "64"]
    command += ["-o", tmp_path / "out.csv"]
    limit = (20_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    full = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    assert full.returncode == FAILED
    assert full.stderr.count("\n") == 1
    assert "disk is full" in full.stderr
    assert not (tmp_path / "out.csv").exists()
    assert label_file(Request(given_csv, tmp_path / "out.csv", chunk_rows=64)).kept > 0


def test_no_room_for_answers_gets_a_sentence(given_csv, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(job_module.Job, "keep", full)
    with pytest.raises(OutputError, match="disk is full"):
        label_file(Request(given_csv, tmp_path / "out.csv"))


# -- Dask


@pytest.mark.slow
def test_local_workers_give_the_same_rows_and_leave_nothing(given_csv, tmp_path):
    output = tmp_path / "labelled.parquet"
    command = [sys.executable, "-m", "music_mood.label", given_csv, "-o", output]
    answer = subprocess.run(
        [*command, "--workers", "2", "--chunk-rows", "32"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == DONE, answer.stderr
    # Dask itself says nothing; a slow machine may show progress
    assert [*map(PROGRESS.fullmatch, answer.stderr.splitlines())].count(None) == 0
    assert "250 rows read = 250 labelled + 0 rejected" in answer.stdout
    same_answers(read(output), in_memory(songs(250)))
    assert pq.ParquetFile(output).num_row_groups == 8
    assert {path.name for path in tmp_path.iterdir()} == {"tracks.csv", "labelled.parquet"}


def test_a_running_cluster_gives_the_same_rows(given_csv, tmp_path):
    output = tmp_path / "labelled.parquet"
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,  # in threads: quick; the address and what travels are a cluster's
        protocol="tcp",
        dashboard_address=None,
    ) as cluster:
        assert cluster.scheduler_address.startswith("tcp://")
        label_file(Request(given_csv, output, dask=cluster.scheduler_address, chunk_rows=32))
    same_answers(read(output), in_memory(songs(250)))


@pytest.mark.slow
def test_no_cluster_gets_a_sentence(given_csv, tmp_path, monkeypatch):
    monkeypatch.setattr("music_mood.bulk.workers.CONNECT_SECONDS", 0.5)
    with pytest.raises(MusicError, match="No Dask cluster answers at tcp"):
        label_file(Request(given_csv, tmp_path / "out.csv", dask="tcp://127.0.0.1:9"))


def test_without_dask_one_worker_is_enough(given_csv, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(OutputError, match="requirements-dask"):
        label_file(Request(given_csv, tmp_path / "out.csv", workers=2))
    assert isinstance(label_file(Request(given_csv, tmp_path / "out.csv")), Summary)
