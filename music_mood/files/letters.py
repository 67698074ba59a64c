"""How much sense letters make: whether a text read in some encoding has words of a language."""

import re
from collections.abc import Iterable, Mapping

_WEST = (
    (1.0, "äöüß"),
    (1.0, "àâæçéèêëîïôœùûüÿ"),
    (1.0, "áéíñóúüªº"),
    (1.0, "áâãàçéêíóôõúü"),
    (1.0, "àèéìíîòóùú"),
    (1.0, "åäöéü"),
    (1.0, "æøåéôò"),
    (1.0, "àçèéíïòóúü·"),
    (0.6, "áðéíóúýþæö"),
)
_CYRILLIC = (
    (1.0, "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    (1.0, "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    (0.9, "абвгдђежзијклљмнњопрстћуфхцчџш"),
    (0.9, "абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
)
_ALPHABETS: Mapping[str, tuple[tuple[float, str], ...]] = {
    "cp1252": _WEST,
    "cp1250": (
        (0.97, "áčďéěíňóřšťúůýž"),
        (0.97, "ąćęłńóśźż"),
        (0.97, "áéíóöőúüű"),
        (0.97, "čćđšž"),
        (0.97, "áäčďéíĺľňóôŕšťúýž"),
        (0.97, "ăâîşţ"),
    ),
    "cp1251": _CYRILLIC,
    "koi8_u": _CYRILLIC[:2],
    "cp866": _CYRILLIC[:1],
    "cp1253": ((1.0, "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"),),
    "cp1254": ((0.98, "çğıöşüâîû\u0307"),),
    "cp1255": ((0.95, "אבגדהוזחטיךכלםמןנסעףפץצקרשת"),),
    "cp1256": ((1.0, "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگکی"),),
    "cp1257": ((0.9, "ąčęėįšųūž"), (0.9, "āčēģīķļņšūž"), (0.85, "äõöüšž")),
    "cp874": ((0.85, "".join(map(chr, range(0x0E01, 0x0E4F)))),),
    "cp850": tuple((0.9 * weight, letters) for weight, letters in _WEST),
    "mac_roman": tuple((0.95 * weight, letters) for weight, letters in _WEST),
}
"""Letters beyond ASCII that go together in one word, and how much such a word counts: languages
that are written by fewer people, and encodings that are used less, need more evidence."""

_CASED = frozenset({"cp1251", "koi8_u", "cp866", "cp1253"})
"""Scripts with capitals, of which every letter is beyond ASCII."""

_COMMON: Mapping[str, tuple[str, float, tuple[tuple[int, int], ...]]] = {
    # rows of each national standard that hold kana, common ideographs or syllables
    "cp932": ("euc_jp", 1.0, ((0xA4, 0xA5), (0xB0, 0xCF))),
    "euc_jp": ("euc_jp", 0.95, ((0xA4, 0xA5), (0xB0, 0xCF))),
    "gb18030": ("gb2312", 0.97, ((0xB0, 0xD7),)),
    "big5hkscs": ("big5", 0.97, ((0xA4, 0xC6),)),
    "cp949": ("euc_kr", 1.0, ((0xB0, 0xC8),)),
}
_WIDE_SIGNS = (
    "\u3000\u3001\u3002\u30fb\u30fc\u3005\u300c\u300d\u300e\u300f\u3010\u3011\u301c"
    "\uff01\uff06\uff08\uff09\uff1a\uff1f\uff5e"
)
_TYPOGRAPHY = (
    "\u2018\u2019\u201c\u201d\u201e\u201a\u2013\u2014\u2026\u00ab\u00bb\u00a0"
    "\u00bf\u00a1\u00b4\u2122\u00ae\u00a9\u00b0\u20ac"
)
_WORDS = re.compile(r"[^\x00-&(-@\[-`{-\x7f]+")


def sense(text: str, encoding: str) -> float:
    """How much of a text's letters beyond ASCII stand in words that a language has, 0..1."""
    total = sensible = 0.0
    for word in _WORDS.findall(text):
        foreign = sum(one > "\x7f" for one in word)
        if not foreign:
            continue
        total += foreign
        sensible += foreign * _sense_of_word(word, encoding)
    return sensible / total if total else 0.0


def _sense_of_word(word: str, encoding: str) -> float:
    bare = word.strip(_TYPOGRAPHY + "'").replace("\u2019", "")
    letters = [one for one in bare if one > "\x7f"]
    if encoding in _COMMON:
        return _sense_of_ideographs(bare, letters, encoding)
    if not letters:
        return 0.8 if bare or len(word) == 1 else 0.4
    before = bare[0]
    for one in bare[1:]:  # "aB" is no word, be it with letters beyond ASCII
        if (one > "\x7f" or before > "\x7f") and before.islower() and one.isupper():
            return 0.0
        before = one
    low = bare.lower()
    if encoding not in ("cp1251", "koi8_u", "cp866", "cp1253", "cp1255", "cp1256", "cp874"):
        if len(letters) > 2 and len(letters) * 2 > len(bare):
            return 0.0  # Latin words are mostly of ASCII
    elif any("a" <= one <= "z" for one in low):
        return 0.0
    used = {one for one in low if one > "\x7f"}
    weight = max(
        (value for value, known in _ALPHABETS[encoding] if used <= set(known)), default=0.0
    )
    if encoding in _CASED and len(bare) > 1:
        weight *= 0.93 if bare.islower() or bare.isupper() else 1.0
    return weight


def _sense_of_ideographs(bare: str, letters: Iterable[str], encoding: str) -> float:
    codec, weight, rows = _COMMON[encoding]
    for one in letters:
        if one in _WIDE_SIGNS:
            continue
        try:
            row = one.encode(codec)[0]
        except UnicodeEncodeError:
            return 0.0
        if not any(low <= row <= high for low, high in rows):
            return 0.0
    return weight * (0.5 if re.search("[A-Za-z]", bare) else 1.0)
