"""What operators set of the server itself; what the page needs is `music_mood.settings`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from i18n import Message
from music_mood.errors import SettingsError
from telemetry.logs import Form

METRICS_PORT = "FACE_THE_MUSIC_METRICS_PORT"
METRICS_ADDRESS = "FACE_THE_MUSIC_METRICS_ADDRESS"
LOG = "FACE_THE_MUSIC_LOG"
REPLICA = "FACE_THE_MUSIC_REPLICA"
FRAME_ANCESTORS = "FACE_THE_MUSIC_FRAME_ANCESTORS"

VARIABLES = (METRICS_PORT, METRICS_ADDRESS, LOG, REPLICA, FRAME_ANCESTORS)

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")  # a host's name, as containers and pods have one
_ORIGIN = re.compile(r"https?://(\*\.)?[\w.-]+(:\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server shows itself to operators.

    Attributes
    ----------
    metrics_port : int or None
        Where metrics are served, 1..65535; None: nowhere.
    metrics_address : str
        Address of the network interface for that; by default this machine alone may ask.
    log : Form
        How the log is written.
    replica : str or None
        This process's name among several, for the balancer's sake; None: it is alone, or the
        balancer keeps visits together in a way of its own.
    frame_ancestors : str
        Who may show the page in a frame, as Content-Security-Policy writes it. The page's own host
        always may, unless nobody may: Community Cloud shows an app in a frame of the same host.
    """

    metrics_port: int | None = None
    metrics_address: str = "127.0.0.1"
    log: Form = Form.TEXT
    replica: str | None = None
    frame_ancestors: str = "'self'"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; what is unset or empty keeps its default.

        Raises
        ------
        SettingsError
            A value is none that can be used; names it, for the operator.
        """
        port = environ.get(METRICS_PORT, "").strip()
        if port and not (re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 2**16):
            raise SettingsError(
                Message("{setting} must be a port, a number from 1 to 65535.", setting=METRICS_PORT)
            )
        form = environ.get(LOG, "").strip().lower() or Form.TEXT
        if form not in tuple(Form):
            raise SettingsError(
                Message("{setting} must be one of {choices}.", setting=LOG, choices=", ".join(Form))
            )
        replica = environ.get(REPLICA, "").strip()
        if replica and not _NAME.fullmatch(replica):
            raise SettingsError(
                Message("{setting} must be a name of small letters, digits and -.", setting=REPLICA)
            )
        return cls(
            metrics_port=int(port) if port else None,
            metrics_address=environ.get(METRICS_ADDRESS, "").strip() or cls().metrics_address,
            log=Form(form),
            replica=replica or None,
            frame_ancestors=_frame_ancestors(environ.get(FRAME_ANCESTORS, "")),
        )


def _frame_ancestors(text: str) -> str:
    words = text.split()
    if words in (["none"], ["'none'"]):
        return "'none'"
    if words == ["*"]:
        return "*"
    others = [word for word in words if word not in ("self", "'self'")]
    if not all(_ORIGIN.fullmatch(word) for word in others):
        raise SettingsError(
            Message(
                "{setting} must hold addresses like https://example.org with spaces between, or "
                "none, or *.",
                setting=FRAME_ANCESTORS,
            )
        )
    return " ".join(["'self'", *others])
