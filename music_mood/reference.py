"""What a visitor pastes -> a typed reference: which service, what kind of thing, which id."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import parse_qsl, unquote

from i18n import Message, joined
from music_mood.errors import PlaylistError

T = TypeVar("T")


class Host(StrEnum):
    """The services whose links we understand; the value is the name as shown."""

    SPOTIFY = "Spotify"
    DEEZER = "Deezer"


class Kind(StrEnum):
    """What a link can lead to; the value is the word in links and URIs."""

    PLAYLIST = "playlist"
    ALBUM = "album"
    TRACK = "track"


@dataclass(frozen=True, slots=True)
class Reference:
    """One playlist, album or track of one service.

    Attributes
    ----------
    host : Host
    kind : Kind
    id : str
        Spotify: 22 letters and digits. Deezer: digits.
    """

    host: Host
    kind: Kind
    id: str

    @property
    def uri(self) -> str:
        """Its name in one word, as Spotify writes its own: ``deezer:track:3135556``."""
        return f"{self.host.lower()}:{self.kind}:{self.id}"

    @property
    def without_title(self) -> Message:
        """What it is called where it has no title."""
        return _UNTITLED[self.kind](self.host)

    @property
    def link(self) -> str:
        """Its page."""
        return f"https://{PAGE_SITES[self.host]}/{self.kind}/{self.id}"


@dataclass(frozen=True, slots=True)
class ShortLink:
    """A link that only says where it leads when it is opened.

    Attributes
    ----------
    host : Host
    address : str
        https, on one of `SHORT_SITES` or, below ``/s/``, of `PAGE_SITES`; without port and user
        name.
    """

    host: Host
    address: str

    @property
    def way_on(self) -> Message:
        """What the visitor can do where it cannot be followed."""
        return Message(
            "This is a short link of {service}. Please open it in your browser, and paste the "
            "address that you arrive at.",
            service=self.host,
        )


PAGE_SITES: Mapping[Host, str] = MappingProxyType(
    {Host.SPOTIFY: "open.spotify.com", Host.DEEZER: "www.deezer.com"}
)
"""Where each service's pages are."""

SHORT_SITES: Mapping[str, Host] = MappingProxyType(
    {
        "spotify.link": Host.SPOTIFY,
        "spotify.app.link": Host.SPOTIFY,
        "spoti.fi": Host.SPOTIFY,
        "link.deezer.com": Host.DEEZER,
        "deezer.page.link": Host.DEEZER,
        "dzr.page.link": Host.DEEZER,
    }
)
"""Sites of short links."""

ID_SHAPES = {Host.SPOTIFY: re.compile(r"[0-9A-Za-z]{22}"), Host.DEEZER: re.compile(r"[0-9]{1,20}")}

MAX_LENGTH = 5_000
"""Longest text to look at; an embed code has about 500 characters."""

EXAMPLE = "https://www.deezer.com/playlist/908622995"

HOW_TO = Message(
    "Please paste the link of a playlist, album or track on Spotify or Deezer, for example "
    "{example}.",
    example=EXAMPLE,
)

EXPORT = Message(
    "Its playlists can mostly be exported as a CSV file (by TuneMyMusic or Soundiiz, for example) "
    "and read from there. Or please find it on Deezer, and paste the link from there."
)
"""The way on from services that we do not read."""

_OTHER_SERVICES = {
    "Apple Music": "music.apple.com itunes.apple.com apple.co",
    "YouTube": "youtube.com youtu.be youtube-nocookie.com",
    "Amazon Music": "music.amazon.com amzn.to",
    "Tidal": "tidal.com tidal.link",
    "SoundCloud": "soundcloud.com snd.sc soundcloud.app.goo.gl",
    "Qobuz": "qobuz.com",
    "Bandcamp": "bandcamp.com",
    "Napster": "napster.com rhapsody.com",
    "Last.fm": "last.fm lastfm.de lastfm.fr",
    "Pandora": "pandora.com pandora.app.link",
    "Yandex Music": "music.yandex.ru music.yandex.com music.yandex.by music.yandex.kz",
    "VK": "vk.com vk.ru",
    "NetEase Cloud Music": "music.163.com 163cn.tv",
    "QQ Music": "y.qq.com",
    "JioSaavn": "jiosaavn.com saavn.com",
    "Gaana": "gaana.com",
    "Audiomack": "audiomack.com",
    "Anghami": "anghami.com",
    "Boomplay": "boomplay.com",
    "KKBOX": "kkbox.com",
    "Mixcloud": "mixcloud.com",
    "Beatport": "beatport.com",
    "iHeart": "iheart.com",
    "Shazam": "shazam.com",
    "ListenBrainz": "listenbrainz.org",
    "Discogs": "discogs.com",
}
"""Name -> sites, their subdomains included."""

_SMART_SITES = (
    "song.link album.link playlist.link odesli.co lnk.to ffm.to found.ee smarturl.it fanlink.to "
    "fanlink.tv push.fm linktr.ee distrokid.com orcd.co bfan.link ampl.ink hypeddit.com"
)
"""Sites of pages that list one release on several services."""

_WRAPPERS = (
    "www.google.com google.com l.facebook.com lm.facebook.com l.instagram.com slack-redir.net "
    "safelinks.protection.outlook.com"
)
"""Sites that mails and chats put before the address that is meant."""

_HOMES = {"spotify.com": Host.SPOTIFY, "deezer.com": Host.DEEZER}
_NAMES = {site: name for name, sites in _OTHER_SERVICES.items() for site in sites.split()}
_ARE_WRAPPERS = dict.fromkeys(_WRAPPERS.split(), True)
_ARE_SMART = dict.fromkeys(_SMART_SITES.split(), True)

_KINDS = frozenset(Kind)

_OTHER_THINGS = {
    "artist": Message("an artist"),
    "user": Message("somebody’s profile"),
    "profile": Message("somebody’s profile"),
    "show": Message("a podcast"),
    "podcast": Message("a podcast"),
    "episode": Message("an episode of a podcast"),
    "audiobook": Message("an audiobook"),
    "chapter": Message("a chapter of an audiobook"),
    "collection": Message("the liked songs of whoever opens it"),
    "loved": Message("the liked songs of whoever opens it"),
    "search": Message("a search"),
    "genre": Message("a genre"),
    "channel": Message("a channel"),
    "mixe": Message("a radio"),
    "radio": Message("a radio"),
    "smarttracklist": Message("a mix that is another one for everybody"),
    "concert": Message("a concert"),
    "prerelease": Message("an album that is not out yet"),
    "local": Message("a file on somebody’s computer"),
}
"""First word of a path (in the singular) -> what is there, if it is nothing that we read."""

_FORWARDING = (
    "uri",
    "url",
    "link",
    "continue",
    "redirect",
    "target",
    "deep_link",
    "deep_link_value",
    "$canonical_url",
    "$desktop_url",
    "$fallback_url",
    "$full_url",
    "$original_url",
    "q",
    "u",
)
"""Parameters in which an address stands that is meant: embeds, oEmbed, logins, short links."""

# What ends an address in running text: blanks, quotes, brackets, and punctuation of other scripts.
_END = (
    r"\s\"'<>()\[\]{}|\\^`,;"
    "\u00ab\u00bb\u2018-\u201f\u2026\u2039\u203a\u3000-\u303f\uff01-\uff20"
)
_LINK = re.compile(
    # What repeats is bounded, or cannot begin within a repetition that failed: time is linear.
    rf"""(?:(?<![a-z0-9])(?!spotify:|deezer:)[a-z][a-z0-9+.-]{{0,15}}://(?P<site>[^{_END}/?\#]*)
          | (?<![a-z0-9@])(?<![a-z0-9][.-])(?=[a-z0-9][a-z0-9.-]{{3,252}}(?::[0-9]{{1,5}})?/)
            (?P<bare>(?:[a-z0-9-]+\.)+[a-z]{{2,24}}(?::[0-9]+)?)(?=/)
        )
        (?P<path>[^{_END}?\#]*)(?:\?(?P<query>[^{_END}\#]*))?(?:\#(?P<fragment>[^{_END}]*))?
    | (?<![a-z0-9.-])(?P<service>spotify|deezer):(?!https?:)(?P<uri>[^{_END}]+)""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
_SITE = re.compile(r"([a-z0-9.-]*[a-z0-9-])\.?(?::[0-9]*)?")  # neither user names nor brackets
_ESCAPES = re.compile(r"(?<!\\)\\+(?=[!-/:-@\[\]^-`{-~])")
_SHORT_PATH = re.compile(r"(?:/intl-[a-z-]{2,8})?/s/([0-9A-Za-z]{4,40})(?![0-9A-Za-z]).*")
_LETTERS_AND_DIGITS = re.compile(r"[0-9A-Za-z]*")
_WHOLE_ID = re.compile(r"([0-9A-Za-z]+)(?:\?[\w$-]+=\S*|%20|\+)?", re.ASCII)
_AROUND_AN_ID = " \"'`<>()[]{}.,:;!*_~\u00ab\u00bb\u2018\u2019\u201c\u201d\u201e\u2026"


def parse_link(text: str) -> Reference:
    """Understand a pasted link, URI, embed code or plain id.

    As `find_link`, for where short links cannot be followed.

    Raises
    ------
    PlaylistError
        It is none of these, or a short link; says what to paste instead.
    """
    found = find_link(text)
    if isinstance(found, ShortLink):
        raise PlaylistError(found.way_on)
    return found


def find_link(text: str) -> Reference | ShortLink:
    """Find what a pasted text means: a link, URI, embed code or plain id, also within other text.

    A plain id of 22 letters and digits is taken for a Spotify playlist, plain digits for a Deezer
    playlist. Of several links the first that names a playlist, album or track counts, and only
    where none does, the first short link.

    A link's path says what it leads to; its parameters are looked at only where the path says
    nothing (``/embed?uri=``).

    Raises
    ------
    PlaylistError
        It is none of these; says what to paste instead.
    """
    text = text.strip()
    if not text:
        raise PlaylistError(joined([Message("There is no link yet."), HOW_TO]))
    if len(text) > MAX_LENGTH:
        raise PlaylistError(joined([Message("This text is too long for a link."), HOW_TO]))
    text = _plain(text)
    if whole := _whole_id(text):
        return whole
    found = list(_meanings(text))
    if not any(found):
        found += _meanings(unquote(text))  # a whole link may be percent-encoded
    for wanted in (Reference, ShortLink):
        for one in found:
            if isinstance(one, wanted):
                return one
    for one in found:
        if isinstance(one, PlaylistError):
            raise one
    if found:
        elsewhere = Message(
            "This is no link of Spotify or Deezer. Playlists of other services can be exported as "
            "a CSV file and read from there."
        )
        raise PlaylistError(joined([elsewhere, HOW_TO]))
    raise PlaylistError(joined([Message("This is no link that we understand."), HOW_TO]))


def is_link(text: str) -> bool:
    """Tell whether a text means a link, right or wrong, rather than words to search for."""
    text = text.strip()
    if len(text) > MAX_LENGTH or "://" in text:
        return True
    text = _plain(text)
    return bool(_whole_id(text) or _LINK.search(text) or _LINK.search(unquote(text)))


def is_web_address(text: str | None) -> bool:
    """Whether a browser may be sent there."""
    return bool(text) and str(text).startswith(("https://", "http://"))


def _plain(text: str) -> str:
    """Take off what chats, HTML and shells put into a link: entities, unseen marks, backslashes."""
    seen = (
        " " if one.isspace() else one
        for one in html.unescape(text)
        if one.isspace() or unicodedata.category(one) not in ("Cc", "Cf")
    )
    return _ESCAPES.sub("", "".join(seen)).strip()


def _whole_id(text: str) -> Reference | None:
    for host, around in ((Host.SPOTIFY, _AROUND_AN_ID), (Host.DEEZER, "")):
        # Digits in quotes or brackets are rather a song's title.
        whole = _WHOLE_ID.fullmatch(text.strip(around))
        if whole and ID_SHAPES[host].fullmatch(whole[1]):
            return Reference(host, Kind.PLAYLIST, whole[1])
    return None


def _meanings(
    text: str, *, forwarded: bool = False
) -> Iterator[Reference | ShortLink | PlaylistError | None]:
    """Give what each address in a text means; None for a stranger, `forwarded` within another."""
    for link in _LINK.finditer(text):
        if link["service"]:
            host = Host(link["service"].capitalize())
            path = unquote(link["uri"]).partition("?")[0]
            yield _of_steps(host, path) or _something_else(host)
            continue
        whole = _SITE.fullmatch((link["site"] or link["bare"] or "").lower())
        site = whole[1] if whole else ""
        host_here = SHORT_SITES.get(site) or _of_site(site, _HOMES)
        if host_here is None and _of_site(site, _ARE_WRAPPERS):
            yield None if forwarded else _forwarded(link["query"] or "")
        elif host_here is None:
            yield _elsewhere(site)
        elif site in SHORT_SITES and len(link["path"]) > 1:
            # Long ones of these sites name the address that is meant.
            long = None if forwarded else _forwarded(link["query"] or "")
            yield long or ShortLink(host_here, f"https://{site}{_short_address(link)}")
        elif short := _SHORT_PATH.fullmatch(link["path"]):
            yield ShortLink(host_here, f"https://{PAGE_SITES[host_here]}/s/{short[1]}")
        else:
            yield (
                _of_steps(host_here, link["path"])
                or _of_steps(host_here, link["fragment"] or "")
                or (None if forwarded else _of_query(host_here, link["query"] or ""))
                or _something_else(host_here)
            )


def _of_steps(host: Host, path: str) -> Reference | PlaylistError | None:
    """Read a path; None if it names nothing.

    What leads to the thing (locale, "embed", "user/NAME", "widget/dark", "v1") stands before it;
    what stands behind it ("tracks") is a part of it.
    """
    steps = [step for step in re.split(r"[/:!]|%2F", path, flags=re.IGNORECASE) if step]
    at = 0
    while at < len(steps):
        word = steps[at].lower().removesuffix("s")
        if word == "user" and at + 3 < len(steps):
            at += 2  # the name may be any word
        elif word in _KINDS:
            return _reference(host, Kind(word), "".join(steps[at + 1 : at + 2]))
        elif word in _OTHER_THINGS:
            return _something_else(host, _OTHER_THINGS[word])
        else:
            at += 1
    return None


def _forwarded(query: str) -> Reference | ShortLink | None:
    values = dict(parse_qsl(query))
    for name in _FORWARDING:
        for found in _meanings(values.get(name, ""), forwarded=True):
            if isinstance(found, Reference | ShortLink):
                return found
    return None


def _of_query(host: Host, query: str) -> Reference | ShortLink | PlaylistError | None:
    if found := _forwarded(query):
        return found
    # Deezer's old player: ?type=playlist&id=908622995
    values = dict(parse_qsl(query))
    return _of_steps(host, f"{values.get('type', '')}/{values.get('id', '')}")


def _reference(host: Host, kind: Kind, step: str) -> Reference | PlaylistError:
    # Whatever follows the id belongs to the text around: a full stop, "%20", a character of Han.
    match = _LETTERS_AND_DIGITS.match(step)
    identifier = match[0] if match else ""
    if ID_SHAPES[host].fullmatch(identifier):
        return Reference(host, kind, identifier)
    return PlaylistError(_CUT[kind](host))


_UNTITLED: Mapping[Kind, Callable[[Host], Message]] = {
    Kind.PLAYLIST: lambda host: Message("{service} playlist", service=host),
    Kind.ALBUM: lambda host: Message("{service} album", service=host),
    Kind.TRACK: lambda host: Message("{service} track", service=host),
}

_CUT: Mapping[Kind, Callable[[Host], Message]] = {
    Kind.PLAYLIST: lambda host: Message(
        "This link to a playlist on {service} is not complete. Please copy it again.", service=host
    ),
    Kind.ALBUM: lambda host: Message(
        "This link to an album on {service} is not complete. Please copy it again.", service=host
    ),
    Kind.TRACK: lambda host: Message(
        "This link to a track on {service} is not complete. Please copy it again.", service=host
    ),
}


def _short_address(link: re.Match[str]) -> str:
    """Path and query of a short link, without what belongs to the text around."""
    path = link["path"].encode("ascii", "replace").decode().partition("?")[0]
    whole = f"{path}?{link['query']}" if link["query"] and path == link["path"] else path
    while whole != (shorter := whole.rstrip(".:!?*_~+&").removesuffix("%20")):
        whole = shorter
    return whole if whole.isascii() else path


def _something_else(host: Host, what: Message | None = None) -> PlaylistError:
    if what is None:
        why = Message(
            "This link leads to something else on {service} than a playlist, album or track.",
            service=host,
        )
    else:
        why = Message(
            "This link leads to something else on {service} than a playlist, album or track: "
            "{what}.",
            service=host,
            what=what,
        )
    return PlaylistError(joined([why, HOW_TO]))


def _elsewhere(site: str) -> PlaylistError | None:
    """Say which way leads on from a service that we do not read; None from a stranger."""
    # Amazon Music has a site in every country.
    name = _of_site(re.sub(r"\bmusic\.amazon\..*", "music.amazon.com", site), _NAMES)
    if name:
        unread = Message("This is a link of {service}, which we cannot read.", service=name)
        return PlaylistError(joined([unread, EXPORT]))
    if _of_site(site, _ARE_SMART):
        return PlaylistError(
            Message(
                "This is a page that lists one piece on several services. Please open it, choose "
                "Deezer or Spotify there, and paste the address that you arrive at."
            )
        )
    return None


def _of_site(site: str, table: Mapping[str, T]) -> T | None:
    """Look up a site or, failing that, what it is a subdomain of."""
    labels = site.split(".")[-5:]  # no site of ours is longer, and strangers may be very long
    parents = (".".join(labels[at:]) for at in range(len(labels)))
    return next((table[parent] for parent in parents if parent in table), None)
