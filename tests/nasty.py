"""Text that is meant to do harm: what looks like markup, in every way that is known."""

import random

HOST = "evil.example"
"""Nothing may ever be asked of it."""

KNOWN = (
    f"![i](http://{HOST}/x.png)",
    f"[click](http://{HOST}/)",
    f"http://{HOST}/a",
    f"HTTPS://{HOST}/a",
    f"see https://{HOST}.",
    f"www.{HOST}",
    f"WWW.{HOST}/x",
    f"a@{HOST}",
    f"mailto:a@{HOST}",
    f"xmpp:a@{HOST}",
    f"<http://{HOST}>",
    f"<img src=http://{HOST}/x.png onerror=alert(1)>",
    "<b>bold</b> <!-- gone -->",
    f"<script src=//{HOST}/x.js></script>",
    "a -> b <- c <-> d -- e >= f <= g ~= h",
    "->",
    "--",
    ":streamlit: :red[x] :red-badge[y] :small[z] :color[q]{foreground=red} :rainbow[w]",
    ":material/star: :material_star: :heart: :+1: :-1: :help[x] :shimmer[y]",
    ":heart",
    ":material_star",
    "www",
    "$x$ $$y$$ \\$z$ \\(a\\)",
    "*a* _b_ **c** ~~d~~ `e` ``f``",
    "&amp; &lt; &#42; &copy;",
    "back\\slash\\",
    "1. one",
    "1) one",
    "- [ ] task",
    "+ plus",
    "# heading",
    "> quote",
    "| a | b | --- | --- |",
    "[^1] [^1]: note",
    "[ref]: http://" + HOST,
    "---",
    "===",
    "```mermaid",
    "::: block",
    "::leaf[x]{.y}",
    "{}[]()",
    "12:30:45",
    "12:30",
    "AC/DC // AC\\DC",
    "P!nk & Ke$ha feat. will.i.am @ #1",
    "Björk 夜 مرحبا שלום 👍🏽 👨‍👩‍👧",
    "{title} {0} {count} %s %(x)s",
)

_PIECES = (
    *("www", ".", "http", "https", ":", "/", "//", "://", "@", "-", "<", ">", "=", "~", "--", "->"),
    *("heart", "material", "streamlit", "material_", "red", "[", "]", "(", ")", "{", "}", "x", "a"),
    *("!", "*", "_", "`", "$", "$$", "\\", "|", "#", "+", "1", "1.", "&", "&amp;", "^", '"', "'"),
    *(" ", " ", ";", "evil.example", "com", "é", "夜"),
)


def invented(count: int, seed: int = 0) -> tuple[str, ...]:
    """Make up more: chance pieces of markup, put together by chance."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    made = ("".join(chance.choices(_PIECES, k=chance.randint(1, 12))) for _ in range(4 * count))
    return tuple(dict.fromkeys(" ".join(one.split()) for one in made if one.strip()))[:count]


EVIL = (*KNOWN, *invented(150))
"""All in one line, as `i18n.foreign.literal` shows them."""
