"""One form for every line of the log, for people or for machines, and nothing personal in it.

What is written goes to the standard error stream, by one handler: the root's. Python-json-logger
makes the JSON, since it is a formatter of `logging`, which Streamlit, uvicorn and all libraries log
with; a library with calls of its own (structlog) would reach our lines only.

Lines are cleaned on their way out, whoever wrote them. Uvicorn tells of each WebSocket the
visitor's address and the page's query, which says how they feel; a traceback ends in the
exception's words, which may quote a cell of a visitor's file.
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from traceback import TracebackException
from types import MappingProxyType, TracebackType

from pythonjsonlogger.json import JsonFormatter

OWN_ROOMS = ("emotion", "i18n", "music_mood", "page", "serving", "telemetry")
"""Their lines are written from INFO on, all others' from WARNING on: aioice, for one, tells at INFO
every address of a visitor's that it tries, and uvicorn each WebSocket's."""

SILENCED = "uvicorn.access"
"""A line for each request; Streamlit turns it off by taking its handlers. What uvicorn says of
errors (``uvicorn.error``) loses its handlers on the way, too, by accident: that is written."""

_TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_JSON = "%(asctime)s %(levelname)s %(name)s %(message)s"
_RENAMED: Mapping[str, str] = MappingProxyType(
    {"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "traceback"}
)

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_TELLING = (ImportError,)
"""Exceptions whose words are the installation's, and needed: what cannot be imported."""

_QUERY = re.compile(r"\?[^\s\"'\\)>]*=[^\s\"'\\)>]*")
_OWN = r"(?:127\.\d+\.\d+\.\d+|0\.0\.0\.0)\b"
_IPV4 = re.compile(rf"\b(?!{_OWN})(?:\d{{1,3}}\.){{3}}\d{{1,3}}\b(?!\.\d)")
# At least two colons between groups of hexadecimal digits, but no time of day ("22:10:05").
_IPV6 = re.compile(
    r"(?<![\w:.])(?:(?:[\da-f]{1,4}:){7}[\da-f]{1,4}|(?:[\da-f]{1,4}:){1,7}:(?:[\da-f]{1,4}"
    r"(?::[\da-f]{1,4}){0,6})?|::(?:[\da-f]{1,4}:){1,6}[\da-f]{1,4})(?![\w:])",
    re.IGNORECASE,
)


class Form(StrEnum):
    """How the log is written."""

    TEXT = "text"
    JSON = "json"


def configure(form: Form) -> None:
    """Have all that is logged from now on written in one form.

    For the whole process, once: `serving` calls it when the server starts, after Streamlit and
    uvicorn have given handlers to their loggers. Those are taken off; and loggers that Streamlit
    makes later have none.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_CleanText(_TEXT) if form is Form.TEXT else _json())
    root = logging.getLogger()
    for logger in [root, *_loggers()]:
        if logger.name == SILENCED:
            continue
        for old in list(logger.handlers):
            # pytest's stay: it listens to the root for its tests.
            if isinstance(old, logging.StreamHandler) and old.stream in (sys.stderr, sys.stdout):
                logger.removeHandler(old)
        logger.propagate = True
        logger.setLevel(logging.NOTSET)  # the root's counts: Streamlit sets all of its own to INFO
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OWN_ROOMS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.setLoggerClass(_WrittenByTheRoot)


class _WrittenByTheRoot(logging.Logger):
    """A logger made later: Streamlit gives each of its own a handler, and cuts it off."""

    def callHandlers(self, record: logging.LogRecord) -> None:  # noqa: N802  as logging calls it
        """Let the root write it."""
        self.root.callHandlers(record)


def _loggers() -> Iterator[logging.Logger]:
    known = logging.Logger.manager.loggerDict.values()
    return (logger for logger in list(known) if isinstance(logger, logging.Logger))


def clean(line: str) -> str:
    """Take out of a line what may tell who a visitor is, or how they feel.

    That is: addresses of machines but this one, and queries of addresses.
    """
    line = _QUERY.sub("?…", line)
    return _IPV6.sub("[address]", _IPV4.sub("[address]", line))


def told(error: TracebackException) -> str:
    """Write a traceback without the exceptions' words: where it came about, and of which kind."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    first = f"{told(before)}\n\nwhich led to:\n\n" if before else ""
    kind = error.exc_type.__name__ if error.exc_type else "unknown"
    words = str(error) if error.exc_type and issubclass(error.exc_type, _TELLING) else ""
    last = f"{kind}: {words}" if words else kind
    return f"{first}Traceback (most recent call last):\n{''.join(error.stack.format())}{last}"


class _Clean(logging.Formatter):
    """A formatter whose lines are `clean`, and tracebacks `told`."""

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802  as logging calls it
        """Write a traceback."""
        kind, error, trace = ei
        if kind is None or error is None:
            return ""
        return told(TracebackException(kind, error, trace))

    def format(self, record: logging.LogRecord) -> str:
        """Write a line."""
        record.exc_text = None  # another handler's, words and all
        return clean(super().format(record))


class _CleanText(_Clean):
    """Lines for people."""

    default_msec_format = "%s.%03d"


class _CleanJson(_Clean, JsonFormatter):
    """A JSON object a line."""


def _json() -> logging.Formatter:
    return _CleanJson(_JSON, rename_fields=dict(_RENAMED), json_ensure_ascii=False)
