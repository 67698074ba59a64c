"""The fake Spotify answers as Spotify's own OpenAPI description says.

The description is not part of the project. Where it is absent these tests are skipped: they check
the fake, not the app. `FACE_THE_MUSIC_DATA` names the folder that holds ``spotify/``.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from tests.contract import spotify_objects as objects
from tests.contract.catalogue import song
from tests.contract.spotify import FOREIGN, OWN, FakePlaylist
from tests.contract.spotify_objects import spotify_id
from tests.contract.world import World

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("FACE_THE_MUSIC_DATA", ROOT / "../shared/data"))
DESCRIPTION = DATA / "spotify" / "official-open-api.yml"
HERE = "urn:spotify"

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.is_file(),
    reason=f"Spotify's OpenAPI description is not at {DESCRIPTION}, so the fake is not checked "
    "against it; the app's tests run all the same.",
)

EVERYTHING = "playlist-read-private user-library-read playlist-modify-private"


@cache
def description() -> dict[str, Any]:
    return yaml.safe_load(DESCRIPTION.read_text())


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference within the description."""
    while "$ref" in node:
        found: Any = description()
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def as_json_schema(node: Any) -> Any:
    """Put OpenAPI 3.0 into the words of JSON Schema, with references that work from anywhere."""
    if isinstance(node, list):
        return [as_json_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {
        key: HERE + value if key == "$ref" else as_json_schema(value) for key, value in node.items()
    }
    if found.pop("nullable", False) is True:
        found["type"] = [found["type"], "null"]
    if isinstance(found.get("required"), list):
        # Deprecated fields are gone for new apps, though the description still requires some.
        kept = [name for name in found["required"] if not _is_deprecated(found, name)]
        found["required"] = kept
        if not kept:
            del found["required"]
    return found


def _is_deprecated(schema: dict[str, Any], name: str) -> bool:
    return schema.get("properties", {}).get(name, {}).get("deprecated") is True


@cache
def validator(path: str, method: str, status: str) -> Draft4Validator:
    answer = resolved(description()["paths"][path][method]["responses"][status])
    schema = as_json_schema(answer["content"]["application/json"]["schema"])
    whole = Resource(contents=as_json_schema(description()), specification=DRAFT4)
    return Draft4Validator(schema, registry=Registry().with_resource(HERE, whole))


def problems(answer: requests.Response, path: str, method: str = "get") -> list[str]:
    found = validator(path, method, str(answer.status_code)).iter_errors(answer.json())
    # The parts of a oneOf tell more than the whole.
    leaves = [leaf for error in found for leaf in (error.context or [error])]
    return [f"{error.json_path}: {error.message[:200]}" for error in leaves]


@pytest.fixture(params=[False, True], ids=["new", "legacy"])
def ask(world: World, request: pytest.FixtureRequest):
    """Call the fake as a visitor."""
    world.spotify.legacy = request.param
    world.spotify.playlists[OWN].items = [
        objects.episode(),
        *[objects.track(song(number), world.spotify.preview(song(number))) for number in range(3)],
    ]
    headers = {"Authorization": f"Bearer {world.accounts.new_token('visitor', EVERYTHING)}"}

    def call(path: str, method: str = "get", **options: Any) -> requests.Response:
        url = f"{world.web.url}/spotify-api/v1{path}"
        return requests.request(method, url, headers=headers, timeout=5, **options)

    return call


@pytest.mark.parametrize(
    ("path", "described"),
    [
        ("/me", "/me"),
        ("/me/playlists", "/me/playlists"),
        ("/me/tracks?limit=2", "/me/tracks"),
        (f"/playlists/{OWN}", "/playlists/{playlist_id}"),
        (f"/playlists/{FOREIGN}", "/playlists/{playlist_id}"),
        (f"/playlists/{OWN}/items?limit=2&offset=1", "/playlists/{playlist_id}/items"),
        (f"/tracks/{song(1).spotify_id}", "/tracks/{id}"),
        (f"/albums/{spotify_id('album3x')}", "/albums/{id}"),
        ("/search?q=amber&limit=3", "/search"),
        (f"/audio-features?ids={song(1).spotify_id}", "/audio-features"),
        (f"/playlists/{FOREIGN}/items", "/playlists/{playlist_id}/items"),
    ],
)
def test_answers_are_as_described(ask, path: str, described: str) -> None:
    answer = ask(path)
    assert answer.status_code in (200, 403)
    assert problems(answer, described) == []


def test_a_playlist_is_made_as_described(ask) -> None:
    answer = ask("/me/playlists", "post", json={"name": "x", "public": False})
    assert answer.status_code == 201
    assert problems(answer, "/me/playlists", "post") == []
    path = f"/playlists/{answer.json()['id']}/items"
    answer = ask(path, "post", json={"uris": [f"spotify:track:{song(1).spotify_id}"]})
    assert answer.status_code == 201
    assert problems(answer, "/playlists/{playlist_id}/items", "post") == []


def test_the_check_finds_what_is_wrong(world: World, ask) -> None:
    world.spotify.playlists[OWN] = FakePlaylist("Mine", "visitor", items=[{"type": "track"}])
    assert problems(ask(f"/playlists/{OWN}/items"), "/playlists/{playlist_id}/items") == []
    world.spotify.playlists[OWN].items = [{"type": "track", "name": 5}]
    assert problems(ask(f"/playlists/{OWN}/items"), "/playlists/{playlist_id}/items")


def test_what_we_call_is_not_on_its_way_out() -> None:
    """Of what the app calls, only the endpoint for old apps is marked as deprecated."""
    called = {
        ("/me", "get"),
        ("/me/playlists", "get"),
        ("/me/playlists", "post"),
        ("/me/tracks", "get"),
        ("/playlists/{playlist_id}", "get"),
        ("/playlists/{playlist_id}/items", "get"),
        ("/playlists/{playlist_id}/items", "post"),
        ("/tracks/{id}", "get"),
        ("/albums/{id}", "get"),
        ("/search", "get"),
        ("/audio-features", "get"),
    }
    paths = description()["paths"]
    deprecated = {(path, how) for path, how in called if paths[path][how].get("deprecated")}
    assert deprecated == {("/audio-features", "get")}
