"""Ways to break something that was whole: bytes, text and JSON. All chance comes from outside."""

import copy
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
"""Where counters of bytes, words and double words turn over."""

LARGE = 4096
"""Most bytes or characters that one step adds."""

TEXTS = (
    *("", " ", "\0", "\ufeff", "\u200b", "\u202e", "\ud83d", "\U0001f3b5", "e\u0301" * 40, "ß"),
    *("NaN", "-0", "1e999", "9" * 400, "0x10", "٣", "½", "-1", "1,5", "12:60", "true", "null"),
    *("=1+1", "@a", "![i](http://a.example)", "<b>", "&amp;", "&#xD83D;", '"', "'", "`", "\\"),
    *("\r", "\n", "\r\n", "\t", ";", "|", ",", "https://", "spotify:track:", "%00", "%ED%A0%80"),
    *("a." * 300, "(" * 300, "[" * 300, "{" * 300, "-" * 300, "://" * 100, "?" * 300, "🎵" * 200),
)
"""What has been read wrongly somewhere before."""

VALUES = (
    *(None, True, False, 0, -1, 2**31, 2**63, 10**400, 0.5, -0.0, 1e308, float("inf")),
    *(float("nan"), "", [], {}, [[]], {"": ""}),
)
"""What JSON can hold where something else is expected."""


def broken_bytes(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Break one of the seeds in one to six places; now and then give it as it is, or mere noise."""
    data = bytearray(random.choice(seeds))
    if (chance := random.random()) < 0.01:
        return bytes(data)
    if chance < 0.03:
        return random.randbytes(random.randrange(LARGE))
    for _ in range(random.randint(1, 6)):
        random.choice(_BYTES)(random, data, seeds)
    return bytes(data)


def _flip(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        if data:
            data[random.randrange(len(data))] = random.randrange(256)


def _flip_head(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(min(len(data), 64))] = random.randrange(256)


def _number(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    size = random.choice((1, 2, 4, 8))
    at = random.randrange(max(len(data) - size, 1))
    number = random.choice(NUMBERS) & ((1 << 8 * size) - 1)
    data[at : at + size] = number.to_bytes(size, random.choice(("little", "big")))


def _cut_off(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    del data[random.randrange(len(data) + 1) :]


def _take_out(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    at = random.randrange(len(data) + 1)
    del data[at : at + random.randrange(LARGE)]


def _repeat(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = data[at : at + random.randrange(LARGE)] * random.choice((1, 1, 2, 16))


def _put_in(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    at = random.randrange(len(data) + 1)
    noise = random.randbytes(random.choice((1, 4, 300)))
    data[at:at] = random.choice((noise, b"\0" * 300, b"\xff" * 300, _text(random)))


def _splice(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    other = random.choice(seeds)
    at, there = random.randrange(len(data) + 1), random.randrange(len(other) + 1)
    data[at:] = other[there:]


_BYTES: tuple[Callable[[Random, bytearray, Sequence[bytes]], None], ...] = (
    *(_flip, _flip_head, _number, _cut_off, _take_out, _repeat, _put_in, _splice),
)


def _text(random: Random) -> bytes:
    return random.choice(TEXTS).encode(errors="surrogatepass")


def broken_text(random: Random, seeds: Sequence[str]) -> str:
    """Break one of the seeds as text."""
    text = random.choice(seeds)
    for _ in range(random.randint(0, 5)):
        at, to = sorted(random.randrange(len(text) + 1) for _ in range(2))
        piece = random.choice(
            (
                random.choice(TEXTS),
                chr(random.randrange(0x250)),
                chr(random.randrange(0x11_0000)),
                text[at:to] * 2,
                random.choice(seeds),
                random.choice(TEXTS) * random.choice((1, 50)),
                "",
            )
        )
        text = text[:at] + piece + text[random.choice((at, to, at + 1)) :]
    return text[: random.choice((len(text), len(text), 40_000))]


def broken_json(random: Random, seeds: Sequence[Any]) -> Any:
    """Break one of the seeds as what JSON describes: values of other kinds, keys that are gone."""
    found = [copy.deepcopy(random.choice(seeds))]
    for _ in range(random.randint(0, 5)):
        _break_json(random, found)
    return found[0]


def _break_json(random: Random, root: list[Any]) -> None:
    """Change one place, somewhere below the only entry of a list."""
    around: Any = root
    key: Any = 0
    while isinstance(around[key], list | dict) and around[key] and random.random() < 0.8:
        around = around[key]
        keys = list(around) if isinstance(around, dict) else range(len(around))
        key = random.choice(list(keys))
    action = random.randrange(7)
    if action == 0 and around is not root:
        del around[key]
    elif action == 1:
        around[key] = copy.deepcopy(random.choice(VALUES))
    elif action == 2:
        around[key] = random.choice(TEXTS)
    elif action == 3 and isinstance(around, dict):
        around[random.choice(TEXTS) or "x"] = around.pop(key)
    elif action == 4:
        around[key] = [around[key]] * random.choice((0, 2, 60))
    elif action == 5:
        around[key] = {"a": around[key]}
    elif isinstance(around[key], str):
        around[key] = broken_text(random, [around[key]])
    elif isinstance(around[key], int | float):
        around[key] = random.choice(NUMBERS) * random.choice((1, -1, 0.5))


def as_answer(random: Random, value: Any) -> bytes:
    """Write JSON as a service would, or wrongly."""
    body = json.dumps(value, ensure_ascii=random.random() < 0.7).encode(errors="surrogatepass")
    if (chance := random.random()) < 0.1:
        return broken_bytes(random, [body])
    depth = random.choice((100, 5000, 200_000))
    return b'{"data":' + b"[" * depth + b"]" * depth + b"}" if chance < 0.11 else body
