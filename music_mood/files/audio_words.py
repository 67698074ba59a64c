"""Words that programs write into names and tags beside artist and title: data, no code."""

import re


def words(text: str) -> frozenset[str]:
    """Split at blanks."""
    return frozenset(text.split())


NO_ARTIST = frozenset(
    name.strip()
    for name in """
    unknown artist|unknown|artist unknown|no artist|unnamed artist|[unknown]|[no artist]
    various artists|various|various artist|va|v.a.|v/a|v. a.
    unbekannter interpret|unbekannter künstler|unbekannt|interpret unbekannt
    verschiedene interpreten|verschiedene|verschiedene künstler|diverse interpreten|diverse
    artiste inconnu|inconnu|interprète inconnu|artistes divers|artistes variés|multi-interprètes
    artista desconocido|desconocido|intérprete desconocido|varios artistas|varios
    artista desconhecido|desconhecido|vários artistas|vários
    artista sconosciuto|sconosciuto|artisti vari|aa.vv.|aa. vv.|vari
    onbekende artiest|onbekend|diverse artiesten|okänd artist|okänd|blandade artister
    ukendt kunstner|ukendt|ukjent artist|ukjent|diverse artister|tuntematon esittäjä|tuntematon
    nieznany wykonawca|nieznany artysta|nieznany|różni wykonawcy|wykonawca nieznany
    neznámý interpret|různí interpreti|ismeretlen előadó|artist necunoscut|bilinmeyen sanatç\u0131
    неизвестный исполнитель|неизвестен|неизвестный|исполнитель неизвестен|разные исполнители
    невідомий виконавець|άγνωστος καλλιτέχνης|不明なアーティスト|アーティスト不明|不明
    ヴァリアス・アーティスト|未知艺术家|未知艺人|未知|群星|未知藝人|알 수 없는 아티스트|알 수 없음
    """.replace("\n", "|").split("|")
)
"""Names that programs write where they know no artist, or several: in lower case."""

NO_TITLE = re.compile(
    r"(?:audio[ _]?track|track|titel|title|titre|pista|piste|traccia|faixa|spår|spor|nummer|raita"
    r"|utwór|ścieżka|stopa|sáv|дорожка|трек|запись|トラック|曲|音轨|曲目|트랙)"
    r"[ _]*[#.№-]?[ _]*\d{1,3}"
    r"|(?:unknown|untitled) (?:title|track|song)|titel unbekannt|unbekannter titel|titre inconnu"
    r"|unknown|título desconocido|título desconhecido|titolo sconosciuto|без названия",
    re.IGNORECASE,
)
"""Titles that programs write where they know none: "Track 01", "Titel 1", "Pista 1"."""

NO_ALBUM = re.compile(
    r"\[?unknown(?: album)?\]?(?: \(.*\))?|unbekanntes album|album inconnu|álbum desconocido"
    r"|álbum desconhecido|album sconosciuto|неизвестный альбом|不明なアルバム|未知专辑",
    re.IGNORECASE,
)
"""Albums that programs write where they know none; Windows adds the date."""

NOTHING = frozenset({"<unknown>", "null", "none", "n/a", "undefined", "nan", "-", "?", "unknown"})
"""What programs write for any value that is missing."""

VIDEO_WORDS = words(
    """
    official offical officiel officielle oficial oficjalny offizielles offizieller ufficiale
    официальный video vídeo vidéo videó videos videoclip videoclipe musikvideo clip clipe klip
    клип клипа видео премьера mv m/v pv
    lyric lyrics lyrical letra paroles testo songtext lyricvideo visualizer visualiser visualizador
    audio hd hq uhd 4k 8k 1080p 720p 480p 2160p kbps 320 320kbps 256kbps 192kbps 128kbps 320k flac
    mp3 m4a wav explicit download youtube vevo ncs
    """
)
"""Words about a film or a file, not about the recording."""

BESIDE_WORDS = words(
    """
    the a in on of with w/ and & + for free full hi high quality resolution def definition screen
    music musical con de la le et y mit avec com legendado subtitled subtitles sub eng ita esp
    premiere release completo completa complete
    """
)
"""Words that say nothing else when they stand beside `VIDEO_WORDS`."""

SURE_WORDS = words(
    """
    official offical officiel officielle oficial oficjalny offizielles offizieller ufficiale
    официальный hd hq uhd 4k 8k 1080p 720p 480p 2160p 320kbps 256kbps 192kbps 128kbps 320k kbps
    """
)
"""Of `VIDEO_WORDS`, those that are no part of a title even without brackets around them."""

TECHNICAL = re.compile(
    r"(?:mp3_|m4a_)?\d{2,3}k(?:bps|bits?(?:_.*)?)?|\d{3,4}p(?:_?\d\dfps)?(?:_.*)?|[hx]26[45]"
)
"""How converters write rates and sizes: "128k", "MP3_160K", "1080p_25fps_H264-128kbit_AAC"; as
`SURE_WORDS`, in lower case."""

VERSION_WORDS = words(
    """
    live remix mix edit version acoustic akustik akustisch unplugged instrumental demo remaster
    remastered remasterisé remasterizado radio extended original club single album mono stereo
    session sessions karaoke reprise vip dub bootleg rework acapella cover bonus inch
    """
)
"""Words that say which recording of a song it is. What consists of them is no title of its own."""

VERSION_ALONE = words(
    """
    live remix acoustic akustik unplugged instrumental remaster remastered acapella
    """
)
"""Of these, those that do so alone: "Radio" is a song."""

RIPPER_NAMES = re.compile(
    r"(?:www\.)?[\w-]+(?:\.[\w-]+)*"
    r"\.(?:com|net|org|cc|io|app|ru|co|to|tv|info|biz|mobi|guru|download)",
    re.IGNORECASE,
)
"""Sites that put their own name on what they give."""
