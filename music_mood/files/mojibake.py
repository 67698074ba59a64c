"""Text that was read in a wrong encoding, put right where that is certain."""

import codecs
import re

_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)

MAX_REPAIRED = 2_000
"""Most characters of a tag that are looked at: a tag may have megabytes."""


def undone(text: str) -> str:
    """Undo that UTF-8 was read as Windows-1252 and saved again ("AÃ±os"), where all of it was.

    Returns
    -------
    str
        The text as it was; "" if it means what it says.
    """
    if not _MOJIBAKE.search(text):
        return ""
    try:
        return re.sub(r"[^\x00-\x7f]+", lambda run: _bytes_of(run[0]).decode(), text)
    except UnicodeError:  # not all of it
        return ""


def repaired(text: str) -> str:
    """Give a text that was read in the wrong encoding as it was meant, where that is certain.

    Old tags (ID3v1, and ID3v2 of careless programs) say Latin-1 and hold UTF-8, Windows-1251 or
    Windows-1252.
    """
    text = text[:MAX_REPAIRED]
    return _from_utf8(text) or _from_windows(text) or text


def _from_utf8(text: str) -> str:
    """Undo "BjÃ¶rk"; "" if the text is not that: hardly any other text is valid UTF-8 by chance."""
    if text.isascii():
        return ""
    try:
        data = _bytes_of(text)
        # An ID3v1 tag is cut after 30 bytes, possibly within a letter.
        whole = codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except (UnicodeEncodeError, UnicodeDecodeError):
        return ""
    return whole if len(whole) < len(text) and not whole.isascii() else ""


def _from_windows(text: str) -> str:
    """Undo Windows-1251 and -1252 that were read as Latin-1; "" if the text is not that.

    No language that Latin-1 is made for has words of nothing but accented letters, so several of
    them are Cyrillic; and it has no letters at all from 128 to 159, where Windows has its quotes.
    """
    words = re.findall(r"[^\W\d_]+(?:[\u00d7\u00f7][^\W\d_]*)*|[\u00d7\u00f7][^\W\d_]*", text)
    accented = [word for word in words if not word.isascii()]
    try:
        data = text.encode("latin-1")
        if max(map(len, accented), default=0) >= 4 and all(map(_only_accented, accented)):
            cyrillic = data.decode("cp1251")
            found = re.findall(r"[\u0400-\u04ff]+", cyrillic)
            if found and all(word.islower() or word.isupper() or word.istitle() for word in found):
                return cyrillic
        if re.search("[\x80-\x9f]", text):
            return data.decode("cp1252")
    except (UnicodeEncodeError, UnicodeDecodeError):
        pass
    return ""


def _only_accented(word: str) -> bool:
    return all("\u00c0" <= letter <= "\u00ff" for letter in word)


def _bytes_of(text: str) -> bytes:
    """Give the bytes that were read as Windows-1252, or Latin-1 where that knows no letter."""
    return b"".join(one.encode("latin-1" if ord(one) < 256 else "cp1252") for one in text)
