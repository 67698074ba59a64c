"""Untrusted bytes -> text: which encoding they are in, and how sure that is.

UTF-8, UTF-16 and UTF-32 are recognised by their marks and rules. Every other encoding is a guess.
What knows of a header under one encoding only decides; then how many of the letters make words of
a language; then charset-normalizer. A guess is said in a sentence, unless the header bears it out.
"""

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import charset_normalizer

from i18n import Message
from music_mood.errors import PlaylistError
from music_mood.files.letters import sense
from music_mood.files.mojibake import undone

_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ZIP_START = b"PK\x03\x04"
"""Every .xlsx, .ods and .zip begins so."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16's does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_ISO_2022_JP = (b"\x1b$@", b"\x1b$B")

_HEAD = 2**14
"""Bytes that hold the header; enough to tell by."""

_SAMPLE = 2**14
"""Bytes of lines with foreign letters that are looked at."""

_SURE = 0.8
"""From this share of sensible words on, a file is not UTF-8 with some damage."""

_MUCH_DAMAGE = 50
"""One broken character in so many is damage; more mean another encoding."""

_NAMES: Mapping[str, Message] = {
    "cp1252": Message("Western European (Windows-1252)"),
    "cp1250": Message("Central European (Windows-1250)"),
    "cp1251": Message("Cyrillic (Windows-1251)"),
    "koi8_u": Message("Cyrillic (KOI8)"),
    "cp866": Message("Cyrillic (DOS, code page 866)"),
    "cp1253": Message("Greek (Windows-1253)"),
    "cp1254": Message("Turkish (Windows-1254)"),
    "cp1255": Message("Hebrew (Windows-1255)"),
    "cp1256": Message("Arabic (Windows-1256)"),
    "cp1257": Message("Baltic (Windows-1257)"),
    "cp932": Message("Japanese (Shift-JIS)"),
    "euc_jp": Message("Japanese (EUC-JP)"),
    "gb18030": Message("Chinese (GB 18030)"),
    "big5hkscs": Message("Chinese (Big5)"),
    "cp949": Message("Korean (EUC-KR)"),
    "cp874": Message("Thai (Windows-874)"),
    "cp850": Message("Western European (DOS, code page 850)"),
    "mac_roman": Message("Western European (Mac OS Roman)"),
}
"""The encodings that are tried, the likeliest first, and what visitors are told."""

_FOREIGN_BYTE = re.compile(rb"[\x80-\xff]")
_LINE_END = re.compile(rb"[\r\n]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text.

    Attributes
    ----------
    text : str
        Without byte order mark.
    encoding : str
        As Python names it.
    note : Message or None
        A sentence for the visitor if letters may be wrong, or were mended.
    """

    text: str
    encoding: str
    note: Message | None = None


def decode(data: bytes, known: Callable[[str], int]) -> Decoded:
    """Turn a text file's bytes into text.

    A file that is UTF-8 but for some damaged characters keeps them as U+FFFD.

    Parameters
    ----------
    data : bytes
        A whole file, or its beginning.
    known : callable
        Says how many names of columns the beginning of a text holds; 0 if that is no table.

    Raises
    ------
    PlaylistError
        The bytes are no text.
    """
    if data.startswith(_ZIP_START):
        raise PlaylistError(
            Message(
                "This is a spreadsheet or an archive, not a CSV file. Please save or export it as "
                "CSV."
            )
        )
    found = _unicode(data, known) or _legacy(data, known)
    if _BINARY.search(found.text):
        raise PlaylistError(
            Message(
                "This is not a text file, so there is no playlist to read. Please choose a CSV "
                "file, for example one from Exportify."
            )
        )
    return found


def decode_plain(data: bytes) -> Decoded:
    """Turn the bytes of a text that is no table into text; raises as `decode` does."""
    return decode(data, lambda _: 0)


def mended(found: Decoded) -> Decoded:
    """Undo that UTF-8 was read as Windows-1252 and saved again ("AÃ±os"), where all of it was."""
    text = undone(found.text) if found.encoding.startswith("utf") else ""
    if not text:
        return found
    note = Message(
        "The letters of this file had been saved in a wrong way (\u00c3\u00a9 for \u00e9) and were "
        "mended. Please export it once more if they look wrong."
    )
    return Decoded(text.removeprefix("\ufeff"), found.encoding, note)


def _unicode(data: bytes, known: Callable[[str], int]) -> Decoded | None:
    """Read what Unicode's own rules tell to be UTF-8, UTF-16 or UTF-32; None if they do not."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return Decoded(data.decode(encoding), encoding)
            except UnicodeDecodeError:
                text = data.decode(encoding, "replace")
                return Decoded(text, encoding, _damage_note(text))
    if b"\0" in data[:_HEAD]:
        return _without_mark(data, known)
    if any(start in data[:_HEAD] for start in _ISO_2022_JP):
        try:
            return Decoded(data.decode("iso2022_jp_2"), "iso2022_jp_2")
        except UnicodeDecodeError:
            pass  # an escape, but not a Japanese one
    try:
        return Decoded(data.decode(), "utf-8")
    except UnicodeDecodeError:
        return None


def _without_mark(data: bytes, known: Callable[[str], int]) -> Decoded | None:
    """Read UTF-16 or UTF-32 that lacks its mark: known by the header."""
    texts = {}
    for encoding in _WIDE:
        width = int(encoding[4:6]) // 8
        head = data[: _HEAD - _HEAD % width]
        text = head[: len(head) - len(head) % width].decode(encoding, "replace")
        if not _BINARY.search(text[:64]) and "\ufffd" not in text[:64]:
            texts[encoding] = known(text)
    best = max(texts, key=texts.__getitem__, default="")
    if not best or not texts[best]:
        return Decoded(data.decode("latin-1"), "latin-1")  # binary: the caller says so
    text = data.decode(best, "replace")
    return Decoded(text, best, _damage_note(text))


def _legacy(data: bytes, known: Callable[[str], int]) -> Decoded:
    """Guess one of the encodings from before Unicode."""
    head, sample = _line_ends(data[:_HEAD]), _foreign_lines(data)
    candidates: dict[str, tuple[float, ...]] = {}
    texts = {}
    ranks = _library_ranks(sample)
    for place, encoding in enumerate(_NAMES):
        text = sample.decode(encoding, "replace")
        foreign = sum(one > "\x7f" for one in text)
        if text.count("\ufffd") * _MUCH_DAMAGE > foreign and encoding != "cp1252":
            continue  # cp1252, the likeliest, is there if nothing else is
        texts[encoding] = text
        columns = known(head.decode(encoding, "replace"))
        share = round(sense(texts[encoding], encoding), 2)
        candidates[encoding] = (columns, share, ranks.get(encoding, -len(_NAMES)), -place)
    best = max(candidates, key=candidates.__getitem__)
    most = candidates[best][0]
    if candidates[best][1] < _SURE:
        text = data.decode("utf-8", "replace")
        damaged = text.count("\ufffd")
        foreign = sum(map(len, re.findall(r"[^\x00-\x7f]+", text)))
        # More whole multi-byte characters than broken ones: no other encoding looks like that.
        if foreign - damaged > damaged:
            return Decoded(text, "utf-8", _damage_note(text))
    try:
        text = data.decode(best)
    except UnicodeDecodeError:
        text = data.decode(best, "replace")
    header_decides = all(
        one[0] < most or texts[encoding] == texts[best]
        for encoding, one in candidates.items()
        if encoding != best
    )
    return Decoded(
        text, best, None if header_decides and "\ufffd" not in text else _guess_note(best)
    )


def _library_ranks(sample: bytes) -> dict[str, int]:
    """charset-normalizer's order of the encodings that it deems possible: 0 is its first."""
    found = charset_normalizer.from_bytes(sample, cp_isolation=list(_NAMES))
    return {match.encoding: -rank for rank, match in enumerate(found)}


def _foreign_lines(data: bytes) -> bytes:
    """Give some lines that hold bytes beyond ASCII, whole: they tell the encoding."""
    lines, size, at = [], 0, 0
    while size < _SAMPLE:
        foreign = _FOREIGN_BYTE.search(data, at)
        if not foreign:
            break
        # not the whole of a line without end
        start = max(data.rfind(end, at, foreign.start()) for end in (b"\n", b"\r")) + 1
        stop = _LINE_END.search(data, foreign.start(), foreign.start() + _SAMPLE)
        at = stop.start() if stop else len(data)
        lines.append(data[max(start, foreign.start() - _SAMPLE) : at][: 2 * _SAMPLE])
        size += len(lines[-1])
    return b"\n".join(lines)


def _line_ends(head: bytes) -> bytes:
    """Cut the beginning off at a line's end, so that no character is torn."""
    end = max(head.rfind(b"\n"), head.rfind(b"\r"))
    return head[: end + 1] if end > 0 else head


def _damage_note(text: str) -> Message | None:
    if "\ufffd" not in text:
        return None
    return Message(
        "Some letters of this file are damaged and shown as \ufffd. Please export it once more as "
        "UTF-8 to have them back."
    )


def _guess_note(encoding: str) -> Message:
    return Message(
        "The letters of this file were read as {encoding}. Please save it as UTF-8 if they look "
        "wrong.",
        encoding=_NAMES[encoding],
    )
