"""The library in SQLite and in a real PostgreSQL: what is kept comes back, and nothing else is."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from music_mood.errors import LibraryError
from music_mood.library.database import MIGRATION_LOCK
from music_mood.library.migrating import migration_config
from music_mood.library.schema import REVISION, metadata
from music_mood.library.store import CHUNK, Library
from music_mood.values import FEATURE_NAMES, AudioFeatures, LabelledTrack, LabelSource, Mood, Track
from tests.contract.catalogue import Song, song, songs
from tests.contract.databases import connected, rows

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120  # a cold start on a loaded machine
LINK = "https://www.deezer.com/playlist/20"
ASKED = "Deezer, ReccoBeats"


def track(one: Song) -> Track:
    return Track(
        one.title,
        one.artist,
        album=one.album,
        duration_ms=one.duration_s * 1000,
        isrc=one.isrc,
        features=AudioFeatures(**one.features),
        features_source="reccobeats",
    )


def keep(library: Library, *tracks: Track) -> None:
    library.keep_features(tracks, {str(t.isrc): t for t in tracks}, (), ASKED)


def age(url: str, table: str, column: str, by: timedelta) -> None:
    """Let rows be older than they are."""
    moment = datetime.now(UTC) - by
    with connected(url) as connection:
        moment = moment if connection.dialect.name == "postgresql" else f"{moment:%F %T}.000000"
        connection.execute(text(f"UPDATE {table} SET {column} = :m"), {"m": moment})  # noqa: S608


def test_features_come_back_with_their_source(library: Library, database_url: str) -> None:
    keep(library, *map(track, songs(3)))
    known = library.features([song(1).isrc, song(2).isrc, song(3).isrc])
    assert set(known) == {song(1).isrc, song(2).isrc}
    assert known[song(1).isrc].features == AudioFeatures(**song(1).features)
    assert known[song(1).isrc].source == "reccobeats"
    found = rows(database_url, f"SELECT {', '.join(FEATURE_NAMES)} FROM features")  # noqa: S608
    assert sorted(found) == sorted(
        tuple(one.features[name] for name in FEATURE_NAMES) for one in songs(3)
    )
    [(at,)] = rows(database_url, "SELECT DISTINCT CAST(found_at AS text) FROM features")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(f"{at[:19]}+00:00")).seconds < SECONDS


def test_newer_features_take_the_place_of_older_ones(library: Library) -> None:
    first = track(song(1))
    keep(library, first)
    keep(library, replace(first, features=track(song(2)).features, features_source="spotify"))
    known = library.features([first.isrc])[first.isrc]
    assert (known.features, known.source) == (track(song(2)).features, "spotify")


def test_more_tracks_than_a_query_takes(library: Library) -> None:
    many = [track(one) for one in songs(2 * CHUNK + 1)]
    keep(library, *many)
    assert len(library.features([one.isrc for one in many])) == len(many)


def test_who_knew_nothing_is_remembered_for_some_days(library: Library, database_url: str) -> None:
    library.keep_features([], {}, [song(9).isrc], ASKED)
    assert library.unknown([song(9).isrc, song(8).isrc], ASKED) == {song(9).isrc}
    assert library.unknown([song(9).isrc], f"{ASKED}, Spotify") == set()
    age(database_url, "unknown_features", "asked_at", timedelta(days=5))
    assert library.unknown([song(9).isrc], ASKED) == {song(9).isrc}
    age(database_url, "unknown_features", "asked_at", timedelta(days=7))
    assert library.unknown([song(9).isrc], ASKED) == set()


def test_an_isrc_found_out_is_known_by_deezers_id(library: Library) -> None:
    bare = Track("T", "A", deezer_id="3000001")
    library.keep_features([bare], {}, (), ASKED)
    assert library.isrcs([bare.uri]) == {}
    found = replace(bare, isrc=song(1).isrc)
    library.keep_features([found], {}, (), ASKED)
    library.keep_features([bare], {}, (), ASKED)  # a later one that knows less
    assert library.isrcs([bare.uri, "deezer:track:3000002"]) == {bare.uri: song(1).isrc}


def test_labels_belong_to_a_version_of_the_model(library: Library, database_url: str) -> None:
    sad, unsure, unknown = (track(one) for one in songs(3))
    keep(library, sad, unsure, unknown)
    labelled = [
        LabelledTrack(sad, Mood.SAD, (0.1, 0.1, 0.1, 0.7), LabelSource.MODEL),
        LabelledTrack(unsure, None, (0.3, 0.3, 0.2, 0.2), LabelSource.MODEL),
        LabelledTrack(unknown, None, None, LabelSource.NOBODY),
    ]
    uris = [sad.uri, unsure.uri, unknown.uri]
    library.keep_labels(labelled, "one")
    library.keep_labels(labelled, "one")
    assert library.labelled(uris, "one") == {sad.uri, unsure.uri}
    assert library.labelled(uris, "two") == set()
    found = rows(database_url, "SELECT model, mood, calm, sad FROM labels ORDER BY calm")
    assert found == [("one", "sad", 0.1, 0.7), ("one", None, 0.3, 0.2)]


def test_marked_playlists_gather_their_tracks(library: Library, database_url: str) -> None:
    assert library.marked() == ()
    library.mark(LINK)
    [marked] = library.marked()
    assert (marked.link, marked.title, marked.read_at) == (LINK, None, None)
    first, second, third = (track(one) for one in songs(3))
    assert library.append(LINK, "Title", [first, second, first]) == {first.uri, second.uri}
    library.mark(LINK, "Marked again")
    assert library.append(LINK, "New title", [second, third]) == {third.uri}
    [marked] = library.marked()
    assert (marked.title, marked.marked_at <= marked.read_at) == ("New title", True)
    assert marked.read_at.tzinfo == UTC
    assert rows(database_url, "SELECT count(*) FROM playlist_tracks") == [(3,)]
    assert (library.unmark(LINK), library.unmark(LINK)) == (True, False)
    assert library.marked() == ()
    assert library.append(LINK, "Too late", [first]) == set()
    assert rows(database_url, "SELECT count(*) FROM playlist_tracks") == [(0,)]
    assert rows(database_url, "SELECT count(*) FROM tracks") == [(3,)]


def test_the_schema_holds_no_person(library: Library, database_url: str) -> None:
    """Exactly these columns: whoever adds one thinks of photo, face, emotion and person first."""
    library.marked()  # opens it
    moods = {mood.value for mood in Mood}
    with connected(database_url) as connection:
        seen = inspect(connection)
        columns = {
            table: {column["name"] for column in seen.get_columns(table)}
            for table in seen.get_table_names()
        }
    ids = {"isrc", "spotify_id", "deezer_id"}
    about = {"title", "artist", "album", "duration_ms", "link", "first_seen"}
    assert columns == {
        "alembic_version": {"version_num"},
        "tracks": {"uri", *ids, *about},
        "features": {"identifier", *FEATURE_NAMES, "source", "found_at"},
        "unknown_features": {"identifier", "asked", "asked_at"},
        "labels": {"track_uri", "model", "mood", *moods, "made_at"},
        "playlists": {"link", "title", "marked_at", "read_at"},
        "playlist_tracks": {"link", "track_uri", "added_at"},
    }


def test_migrations_lead_to_the_schema(library: Library, database_url: str) -> None:
    assert ScriptDirectory.from_config(migration_config()).get_heads() == [REVISION]
    library.marked()
    with connected(database_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, metadata) == []


def test_strange_texts_can_be_kept(library: Library, database_url: str) -> None:
    strange = Track(
        "nul \0, half \ud83d", "é" * 3000, duration_ms=10**30, link="\0", uri="é\0\ud83d" * 999
    )
    library.mark(LINK)
    assert library.append(LINK, "\0\ud83d!", [strange]) == {strange.uri}
    assert library.append(LINK, "\0\ud83d!", [strange]) == set()
    labelled = LabelledTrack(strange, None, (0.25,) * 4, LabelSource.MODEL)
    library.keep_labels([labelled], "one")
    assert library.labelled([strange.uri], "one") == {strange.uri}
    # differs only behind what names can hold
    other = replace(strange, title="another title", uri=strange.uri + "x")
    assert library.append(LINK, "", [other]) == {other.uri}
    assert rows(database_url, "SELECT title, duration_ms FROM tracks ORDER BY title DESC") == [
        ("nul , half ?", None),
        ("another title", None),
    ]


def test_many_threads_keep_the_same_tracks(library: Library, database_url: str) -> None:
    """As many visitors do who paste the same link; in PostgreSQL, order matters (deadlocks)."""
    many = [track(one) for one in songs(200)]

    def visit(number: int) -> int:
        mine = many[number * 10 :] + many[: number * 10]
        keep(library, *(mine if number % 2 else reversed(mine)))
        return len(library.features([one.isrc for one in mine]))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(visit, range(16))) == [len(many)] * 16
    assert rows(database_url, "SELECT count(*) FROM tracks") == [(len(many),)]


OPEN = """
import sys
from music_mood.library.store import Library
library = Library(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
library.mark(sys.argv[2])
print("alembic" in sys.modules)
library.close()
"""


@contextmanager
def opener(url: str, link: str) -> Iterator[subprocess.Popen]:
    """Start a process that opens a library when it is told to."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", OPEN, url, link],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        yield process


def test_processes_may_open_a_fresh_database_at_once(database_url: str) -> None:
    with opener(database_url, "1") as one, opener(database_url, "2") as two:
        for process in (one, two):
            process.stdin.write("\n")
            process.stdin.flush()
        answers = [process.communicate(timeout=SECONDS) for process in (one, two)]
    assert [errors for _, errors in answers] == ["", ""]
    assert rows(database_url, "SELECT link FROM playlists ORDER BY link") == [("1",), ("2",)]
    with opener(database_url, "3") as later:
        output, errors = later.communicate("\n", timeout=SECONDS)
    assert (output, errors) == ("False\n", "")  # Alembic stays away when nothing is to be done


def test_only_one_process_at_a_time_migrates_postgresql(postgresql_url: str) -> None:
    """Held by this test, the lock keeps the library waiting, and its tables away."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with (
        closing(Library(postgresql_url)) as library,
        ThreadPoolExecutor(1) as pool,
        connected(postgresql_url) as holder,
    ):
        holder.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": MIGRATION_LOCK})
        marking = pool.submit(library.mark, LINK)
        deadline = time.monotonic() + SECONDS
        while rows(postgresql_url, waiting) != [(1,)]:
            assert time.monotonic() < deadline
            assert not marking.done()
        assert inspect(holder).get_table_names() == []
        holder.commit()
        marking.result(SECONDS)
        assert [one.link for one in library.marked()] == [LINK]


def test_a_database_of_a_newer_app_is_left_alone(database_url: str) -> None:
    library = Library(database_url)
    library.mark(LINK)
    library.close()
    with connected(database_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LibraryError, match="another version of this app"):
        library.marked()
    library.close()
    assert rows(database_url, "SELECT link FROM playlists") == [(LINK,)]


OLD_ROWS = """
INSERT INTO tracks VALUES ('111', 'DEA000000001', NULL, '111', 'One', 'A', NULL, 1, NULL, :m);
INSERT INTO tracks VALUES ('DEA000000001', 'DEA000000001', NULL, '111', 'One', 'A', NULL, 1, NULL, :m);
INSERT INTO tracks VALUES ('FRB000000002', 'FRB000000002', NULL, '222', 'Two', 'B', 'X', 2, 'l', :m);
INSERT INTO tracks VALUES ('s3', NULL, 's3', NULL, 'Three', 'C', NULL, NULL, NULL, :m);
INSERT INTO tracks VALUES ('GBC000000004', 'GBC000000004', NULL, NULL, 'Mine', 'D', NULL, 4, NULL, :m);
INSERT INTO labels VALUES ('111', 'm1', 'sad', 0.1, 0.1, 0.1, 0.7, :m);
INSERT INTO labels VALUES ('DEA000000001', 'm1', 'sad', 0.1, 0.1, 0.1, 0.7, :m);
INSERT INTO labels VALUES ('DEA000000001', 'm2', NULL, 0.25, 0.25, 0.25, 0.25, :m);
INSERT INTO labels VALUES ('GBC000000004', 'm1', 'calm', 0.7, 0.1, 0.1, 0.1, :m);
INSERT INTO playlists VALUES ('https://list', 'List', :m, :m);
INSERT INTO playlist_tracks VALUES ('https://list', '111', :m);
INSERT INTO playlist_tracks VALUES ('https://list', 'DEA000000001', :m);
INSERT INTO playlist_tracks VALUES ('https://list', 'FRB000000002', :m);
INSERT INTO features VALUES ('DEA000000001', 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, -7, 0.8, 90, 'reccobeats', :m);
INSERT INTO played VALUES ('visit', '111', :m);
"""  # noqa: E501 - one row a line


def at_revision(url: str, revision: str) -> None:
    """Migrate, up or down."""
    config = migration_config()
    with connected(url) as connection:
        config.attributes["connection"] = connection
        known = MigrationContext.configure(connection).get_current_revision() or "0000"
        move = command.upgrade if known < revision else command.downgrade
        move(config, revision)


def test_a_library_of_keys_becomes_one_of_uris(database_url: str) -> None:
    at_revision(database_url, "0001")
    moment = {"m": "2026-11-21 12:00:00.000000+00:00"}
    with connected(database_url) as connection:
        for statement in OLD_ROWS.strip().split(";\n"):
            connection.execute(text(statement.rstrip(";")), moment)
    with closing(Library(database_url)) as library:
        assert [one.title for one in library.marked()] == ["List"]
        assert rows(
            database_url, "SELECT uri, isrc, spotify_id, deezer_id, title FROM tracks ORDER BY uri"
        ) == [
            # told by Deezer, and so kept; the other one may be what somebody's file claimed
            ("deezer:track:111", "DEA000000001", None, "111", "One"),
            ("deezer:track:222", None, None, "222", "Two"),
            ("spotify:track:s3", None, "s3", None, "Three"),
        ]
        assert library.labelled(["deezer:track:111"], "m1") == {"deezer:track:111"}
        assert library.labelled(["deezer:track:111"], "m2") == {"deezer:track:111"}
        assert rows(database_url, "SELECT count(*) FROM labels") == [(2,)]
        assert rows(
            database_url, "SELECT link, track_uri FROM playlist_tracks ORDER BY track_uri"
        ) == [("https://list", "deezer:track:111"), ("https://list", "deezer:track:222")]
        assert set(library.features(["DEA000000001"])) == {"DEA000000001"}
        # nothing of the list is new, and unmarking takes its rows along, as before
        one = Track("One", "A", deezer_id="111")
        assert library.append("https://list", "List", [one]) == set()
        assert library.unmark("https://list")
        assert rows(database_url, "SELECT count(*) FROM playlist_tracks") == [(0,)]


def test_the_way_back_leads_to_tables_that_the_older_app_knows(database_url: str) -> None:
    library = Library(database_url)
    library.mark(LINK)
    library.append(LINK, "List", [Track("One", "A", deezer_id="111")])
    library.close()
    at_revision(database_url, "0001")
    assert rows(database_url, "SELECT key FROM tracks") == [("deezer:track:111",)]
    assert rows(database_url, "SELECT track_key FROM playlist_tracks") == [("deezer:track:111",)]
    assert rows(database_url, "SELECT count(*) FROM played") == [(0,)]
    with closing(Library(database_url)) as again:
        assert again.append(LINK, "List", [Track("One", "A", deezer_id="111")]) == set()
