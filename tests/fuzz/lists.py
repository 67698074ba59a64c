"""Lists of tracks in every form, and what is made of them again: both downloads."""

import io
import json
import math
import zipfile
from functools import cache
from random import Random

from i18n import Words
from music_mood.errors import PlaylistError
from music_mood.files.export import as_csv, as_m3u
from music_mood.files.lists.playlist_files import read_playlist_file
from music_mood.values import FEATURE_NAMES, LabelledTrack, LabelSource, Playlist
from tests.fuzz.mutate import broken_bytes, broken_json, broken_text
from tests.fuzz.target import Target, check

HEAD = f"title,artist,album,isrc,duration_ms,genres,{','.join(FEATURE_NAMES)}\n"
ROW = "Sunny Day,The Stars,One,DEABC2600001,215000,pop,0.85,0.05,0.8,0,0.1,0.95,-5,0.05,120\n"

TABLES = (
    HEAD + ROW + ROW.replace("Sunny", "Rainy").replace("0.85", "85 %") + "Bare,Nobody\n",
    (HEAD + ROW * 3).replace(",", ";").replace("0.", "0,"),
    "Künstler;Titel;Länge\nDie Ärzte;Schrei nach Liebe;4:12\nNena;99 Luftballons;3:50\n",
    "Track URI\tTrack Name\tArtist Name(s)\tDuration (ms)\n"
    "spotify:track:6rqhFgbbKwnb9MLmUQDhG6\tA\tB, C\t1000\n",
    'sep=|\n"title"|"artist"\n"a ""quoted"" one"|"x\ny"\n',
    "Artist - Title\nAnother one - With a dash\n",
    "#EXTM3U\n#EXTINF:215,The Stars - Sunny Day\nmusic/sunny.mp3\n#EXTINF:-1,Radio\nhttp://a.org\n",
    "[playlist]\nFile1=sunny.mp3\nTitle1=The Stars - Sunny Day\nLength1=215\nNumberOfEntries=1\n",
)
XMLS = (
    '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track>'
    "<title>Sunny</title><creator>Stars</creator><duration>215000</duration>"
    "<location>file:///a/b.mp3</location></track></trackList></playlist>",
    '<?xml version="1.0"?><plist version="1.0"><dict><key>Tracks</key><dict><key>1</key><dict>'
    "<key>Track ID</key><integer>1</integer><key>Name</key><string>Sunny</string>"
    "<key>Artist</key><string>Stars</string><key>Total Time</key><integer>215000</integer></dict>"
    "</dict><key>Playlists</key><array><dict><key>Name</key><string>Mine</string>"
    "<key>Playlist Items</key><array><dict><key>Track ID</key><integer>1</integer></dict></array>"
    "</dict></array></dict></plist>",
)
JSONS = (
    {"playlist": {"title": "T", "track": [{"title": "A", "creator": "B", "duration": 1000}]}},
    {
        "playlists": [
            {
                "name": "Mine",
                "items": [{"track": {"trackName": "A", "artistName": "B", "trackUri": "x"}}],
            }
        ]
    },
    [{"endTime": "2024-01-01 10:00", "artistName": "A", "trackName": "B", "msPlayed": 1000}],
    [{"title": "A", "artist": "B", "energy": 0.5}, {"title": "C", "artist": "D"}],
)
SUFFIXES = ("csv", "tsv", "txt", "json", "m3u", "m3u8", "pls", "xspf", "xml", "zip", "xlsx", "ods")


@cache
def packed() -> list[bytes]:
    """An archive of lists, a small workbook, and one in OpenDocument's form."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>artist</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>Sunny</t></is></c><c r="B2"><v>7</v></c></row>'
        "</sheetData></worksheet>"
    )
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        "<office:spreadsheet><table:table><table:table-row><table:table-cell><text:p>title</text:p>"
        '</table:table-cell><table:table-cell table:number-columns-repeated="3"><text:p>artist'
        "</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    return [
        zipped({f"{i}.csv": text for i, text in enumerate(TABLES)}),
        zipped(
            {
                "[Content_Types].xml": "<Types/>",
                "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/'
                'spreadsheetml/2006/main"><sheets><sheet name="One" sheetId="1"/></sheets>'
                "</workbook>",
                "xl/worksheets/sheet1.xml": sheet,
            }
        ),
        zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": content,
            }
        ),
    ]


def zipped(members: dict[str, str]) -> bytes:
    """Pack texts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            packed.writestr(zipfile.ZipInfo(name), text.encode(errors="replace"))
    return file.getvalue()


@cache
def _seeds() -> list[bytes]:
    texts = [*TABLES, *XMLS, *map(json.dumps, JSONS)]
    return [
        *(text.encode() for text in texts),
        *(text.encode("utf-16") for text in TABLES[:3]),
        *(text.encode("cp1252") for text in TABLES[:3]),
        *packed(),
    ]


def _make(random: Random) -> tuple[bytes, str]:
    name = f"{broken_text(random, ['my list'])}.{random.choice(SUFFIXES)}"
    kind = random.random()
    if kind < 0.4:
        data = broken_bytes(random, _seeds())
    elif kind < 0.75:
        encoding = random.choice(("utf-8", "utf-8", "utf-16", "cp1252"))
        data = broken_text(random, [*TABLES, *XMLS]).encode(encoding, errors="replace")
    elif kind < 0.95:
        found = json.dumps(broken_json(random, JSONS), ensure_ascii=random.random() < 0.5)
        data = found.encode(errors="replace")
    else:
        data = zipped({f"a.{random.choice(SUFFIXES)}": broken_text(random, [*TABLES, *XMLS])})
    return data, name


def sound_playlist(found: Playlist) -> None:
    """Check what every playlist keeps, and that both downloads can be made of it."""
    words = Words("de")
    for one in (*found.skipped, *found.notes):
        words.say(one if not hasattr(one, "reason") else one.reason).encode()
    for track in found.tracks:
        f"{track.title}{track.artist}{track.album}{track.uri}".encode()
        check(bool(track.title.strip() or track.artist.strip()), "a track without any name")
        check(track.duration_ms is None or track.duration_ms >= 0, f"{track.duration_ms} ms")
        if track.features:
            values = [getattr(track.features, name) for name in FEATURE_NAMES]
            check(all(math.isfinite(one) for one in values), "features that are no numbers")
    uris = [track.uri for track in found.tracks]
    check(len(uris) == len(set(uris)), "two tracks are one")
    labelled = [LabelledTrack(one, None, None, LabelSource.NOBODY) for one in found.tracks]
    as_csv(labelled).decode("utf-8-sig")
    as_m3u(labelled, found.title).decode()


def _take(given: tuple[bytes, str]) -> None:
    sound_playlist(read_playlist_file(*given))


TARGET = Target("lists", _make, _take, (PlaylistError,), share=0.2)
