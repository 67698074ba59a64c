"""What is deployed: the image, compose, Kubernetes and nginx, as far as they can be judged here.

There is no Docker on this machine: nothing is built. nginx itself, and all that goes through it,
is tested in ``tests/browser/test_replicas.py``.
"""

import fnmatch
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from emotion.relay import VARIABLES as OF_RELAY
from music_mood.settings import SPOTIPY_VARIABLES, Settings
from serving import health
from serving.settings import VARIABLES as OF_SERVER
from tests.browser.nginx import configured, find_nginx
from tests.unit.test_rooms import ROOMS, ROOT

DOCKERFILE = ROOT / "Dockerfile"
COMPOSE = ROOT / "deploy" / "compose.yaml"
KUBERNETES = ROOT / "deploy" / "kubernetes.yaml"
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()

KNOWN = {*OF_RELAY, *OF_SERVER, *SPOTIPY_VARIABLES.values(), "DATABASE_URL"}
"""Variables that somebody reads, beside Streamlit's."""


def copied() -> Iterator[str]:
    """What the Dockerfile takes from the repository."""
    for line in DOCKERFILE.read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            yield from line.split()[1:-1]


def is_sent(path: str) -> bool:
    """Whether .dockerignore lets a file through to the build; the last line that matches rules."""
    sent = True
    for line in IGNORED:
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = Path(path).parts
        heads = ["/".join(parts[: n + 1]) for n in range(len(parts))]
        if "**/" in line:
            heads = list(parts)
        if any(fnmatch.fnmatchcase(head, pattern) for head in heads):
            sent = line.startswith("!")
    return sent


def services() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text())["services"]


def resources() -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in reversed([*yaml.safe_load_all(KUBERNETES.read_text())])}


def container() -> dict[str, Any]:
    (found,) = resources()["Deployment"]["spec"]["template"]["spec"]["containers"]
    return found


def test_the_dockerfile_is_in_order() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    answer = subprocess.run([linter, DOCKERFILE], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


def test_what_the_dockerfile_copies_exists_and_is_sent() -> None:
    missing = [path for path in copied() if not (ROOT / path).exists()]
    assert not missing
    assert not [path for path in copied() if not is_sent(path)]


def test_all_that_serves_is_copied_and_nothing_that_trains() -> None:
    assert {*ROOMS, "main.py", "models", ".streamlit"} <= set(copied())
    needed = ["emotion/reader.py", "models/mood/mood.joblib", "models/emotion/emotion.tflite"]
    needed += [".streamlit/config.toml", ".streamlit/page.css", "i18n/words.py", "CHANGELOG.md"]
    assert not [path for path in needed if not (ROOT / path).exists() or not is_sent(path)]
    kept_back = [".streamlit/secrets.toml", "emotion/training/train.py", ".git/config", ".env"]
    kept_back += ["face-the-music.db", "models/emotion/emotion.keras", "tests/conftest.py"]
    kept_back += ["emotion/__pycache__/reader.cpython-311.pyc", "deploy/.env", "shared/x"]
    assert not [path for path in kept_back if is_sent(path)]


def test_no_served_module_needs_what_is_kept_back() -> None:
    files = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    sent = [path for path in files if path.startswith(tuple(copied())) and is_sent(path)]
    assert len(sent) > 150
    wants = re.compile(r"^\s*(?:from|import) ([\w.]*training)\b", re.MULTILINE)
    assert not [path for path in sent if wants.search((ROOT / path).read_text())]


def test_the_image_runs_as_nobody_from_a_list_with_hashes() -> None:
    text = DOCKERFILE.read_text()
    stages = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(stages) == 2 and all("slim" in stage for stage in stages)
    user, group = map(int, re.findall(r"^USER (\d+):(\d+)$", text, re.MULTILINE)[-1])
    assert user >= 1000 and group >= 1000
    assert "--no-deps --require-hashes -r /requirements-serve.txt" in text
    assert "curl" not in text and "HEALTHCHECK" in text
    assert re.search(r'^CMD \["python", "-m", "streamlit", "run", "main.py"\]$', text, re.MULTILINE)


def test_the_health_check_asks_the_server_that_is_served(tmp_path: Path) -> None:
    (code,) = re.findall(r'"(import urllib[^"]+)"', DOCKERFILE.read_text())
    assert "8501/_stcore/health" in code
    answer = subprocess.run(
        [sys.executable, "-c", code.replace("8501", "9")], capture_output=True, check=False
    )
    assert answer.returncode != 0  # nobody listens there


SECRET = re.compile("SECRET|PASSWORD|TOKEN|DATABASE_URL|CLIENT_ID")


def test_no_secret_stands_in_any_of_it() -> None:
    given = [pair for one in services().values() for pair in one.get("environment", {}).items()]
    secret = {name: value for name, value in given if SECRET.search(name)}
    assert {"STREAMLIT_SERVER_COOKIE_SECRET", "POSTGRES_PASSWORD"} <= set(secret)
    assert all(re.search(r"\$\{[A-Z_]+:[?-]\}", value) for value in secret.values())
    (of_turn,) = [one for one in services()["turn"]["command"] if "auth-secret=" in one]
    assert of_turn.endswith("=${TURN_SECRET:?}")
    in_image = re.findall(r"\b([A-Z_]+)=(\S+)", DOCKERFILE.read_text())
    assert [value for name, value in in_image if SECRET.search(name)] == [
        "sqlite:////tmp/face-the-music.db"
    ]


def test_every_variable_is_one_that_somebody_reads() -> None:
    told = set(
        re.findall(r"\b((?:FACE_THE_MUSIC|SPOTIPY|DATABASE_URL)[A-Z_]*)", COMPOSE.read_text())
    )
    told |= {one["name"] for one in container()["env"]}
    told |= set(re.findall(r"^\s+([A-Z][A-Z_]+)=", DOCKERFILE.read_text(), re.MULTILINE))
    others = {name for name in told - KNOWN if not name.startswith("STREAMLIT_")}
    assert others <= {"PATH", "HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    assert {field.upper() for field in Settings.__dataclass_fields__} >= {"DATABASE_URL"}
    import streamlit.config

    streamlits = {option.env_var for option in streamlit.config.get_config_options().values()}
    assert {name for name in told if name.startswith("STREAMLIT_")} <= streamlits


@pytest.mark.parametrize("name", ["app-a", "app-b"])
def test_each_replica_knows_its_name_and_writes_nowhere(name: str) -> None:
    app = services()[name]
    assert app["environment"]["FACE_THE_MUSIC_REPLICA"] == name
    assert app["read_only"] is True
    assert app["cap_drop"] == ["ALL"]
    assert [one.partition(":")[0] for one in app["tmpfs"]] == ["/tmp"]  # noqa: S108
    assert "ports" not in app, "visitors come through the proxy, and operators from inside"


def test_both_replicas_share_all_but_their_names() -> None:
    both = [dict(services()[name]["environment"]) for name in ("app-a", "app-b")]
    assert len({one.pop("FACE_THE_MUSIC_REPLICA") for one in both}) == 2
    assert both[0] == both[1]


def test_only_the_proxy_is_published_and_to_this_machine_alone() -> None:
    published = {name: one["ports"] for name, one in services().items() if "ports" in one}
    assert published == {"proxy": ["127.0.0.1:8080:8080"]}
    assert services()["proxy"]["volumes"] == ["./nginx.conf:/etc/nginx/nginx.conf:ro"]


def test_nginx_knows_the_replicas_of_compose(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    names = {name for name in services() if name.startswith("app-")}
    assert set(re.findall(r"server (app-\w+):8501", text)) == names
    assert set(re.findall(r"^\s+(app-\w) app_\w;", text, re.MULTILINE)) == names


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    file = tmp_path / "nginx.conf"
    file.write_text(configured({"app-a": 1001, "app-b": 1002}, 1003, tmp_path))
    answer = subprocess.run(
        [find_nginx(), "-t", "-c", file, "-p", tmp_path, "-e", "stderr"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "warn" not in answer.stderr or os.geteuid() != 0


def test_photos_touch_no_disk_of_the_proxys_and_no_query_its_log() -> None:
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    assert "proxy_request_buffering off;" in nginx
    assert "proxy_max_temp_file_size 0;" in nginx
    (form,) = re.findall(r"log_format quiet (.*?);", nginx, re.DOTALL)
    told = set(re.findall(r"\$(\w+)", form))
    assert not told & {"request", "request_uri", "args", "query_string", "uri", "remote_addr"}
    assert not told & {"http_referer", "http_user_agent", "http_x_forwarded_for"}
    assert "error_log stderr emerg;" in nginx
    notes = resources()["Ingress"]["metadata"]["annotations"]
    ours = {key.rpartition("/")[2]: value for key, value in notes.items()}
    assert ours["proxy-request-buffering"] == "off"
    assert ours["proxy-max-temp-file-size"] == "0"
    assert ours["enable-access-log"] == "false"
    assert ours["affinity"] == "cookie"
    assert ours["session-cookie-change-on-failure"] == "true"


def test_kubernetes_would_take_the_manifests() -> None:
    answer = subprocess.run(
        [Path(sys.executable).with_name("kubernetes-validate"), "--strict", KUBERNETES],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    kinds = set(re.findall(r"passed for resource (\w+)/", answer.stdout + answer.stderr))
    assert {"deployment", "service", "ingress", "poddisruptionbudget"} <= kinds


def test_pods_are_nobody_and_write_nowhere() -> None:
    pod = resources()["Deployment"]["spec"]["template"]["spec"]
    (user,) = re.findall(r"^USER (\d+):", DOCKERFILE.read_text(), re.MULTILINE)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == int(user)
    assert pod["automountServiceAccountToken"] is False
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [one["mountPath"] for one in container()["volumeMounts"]] == ["/tmp"]  # noqa: S108
    assert resources()["Deployment"]["spec"]["replicas"] == 2


def test_pods_are_asked_what_the_server_answers() -> None:
    paths = {key: one["httpGet"]["path"] for key, one in container().items() if "Probe" in key}
    assert paths["livenessProbe"] == paths["startupProbe"] == "/_stcore/health"
    path, _, query = paths["readinessProbe"].partition("?")
    assert path in [route.path for route in health.routes()]
    assert query == f"exclude={health.LIBRARY}"
    assert container()["readinessProbe"]["timeoutSeconds"] > health.PATIENCE_S


def test_secrets_are_referred_to() -> None:
    env = {one["name"]: one for one in container()["env"]}
    for name in ("STREAMLIT_SERVER_COOKIE_SECRET", "DATABASE_URL", "FACE_THE_MUSIC_TURN_SECRET"):
        assert "secretKeyRef" in env[name]["valueFrom"]
