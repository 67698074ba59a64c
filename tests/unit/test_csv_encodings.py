"""Letters of files from before Unicode: read right, or at least never wrong without a word."""

# ruff: noqa: RUF001 - letters that look alike are the point

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.errors import PlaylistError
from music_mood.files.csv_file import read_csv
from music_mood.files.encoding import decode

WORDS = {
    "cp1252": ["Grün,Jürgen Höller", "L'été indien,Joséphine", "Corazón,Íñigo"],
    "cp1250": ["Růže,Jiřina", "Łąka,Gżegżółka", "Žena,Čedomir"],
    "cp1251": ["Дорога домой,Оркестр", "Белый снег,Весна", "Ніч яка,Хор"],
    "koi8-r": ["Дорога домой,Оркестр", "Белый снег,Весна", "Тишина,Хор"],
    "cp866": ["Дорога домой,Оркестр", "Белый снег,Весна", "Тишина,Хор"],
    "cp1253": ["Το ποτάμι,Ελένη", "Καλημέρα,Γιώργος", "Θάλασσα,Νίκος"],
    "cp1254": ["Yağmur,Işık", "Gökyüzü,Şebnem", "Kırmızı,Ağaç"],
    "cp1255": ["בוקר טוב,נועה", "הגשם,תמר", "לילה,דן"],
    "cp1256": ["صباح الخير,ليلى", "القمر,سمير", "يا ليل,نور"],
    "cp932": ["雨のうた,さくら", "東京の夜,ハルカ", "ありがとう,川上"],
    "euc_jp": ["雨のうた,さくら", "東京の夜,ハルカ", "ありがとう,川上"],
    "iso2022_jp": ["雨のうた,さくら", "東京の夜,ハルカ", "ありがとう,川上"],
    "gbk": ["下雨天,小明", "北京的夜晚,王芳", "我爱你,红旗"],
    "gb18030": ["下雨天,小明", "北京的夜晚,王芳", "我爱你,红旗"],
    "big5": ["下雨天,小明", "臺北的夜晚,王芳", "我愛你,紅旗"],
    "euc_kr": ["비 오는 날,하늘", "서울의 밤,지민", "고마워,나무"],
    "mac_roman": ["Grün,Jürgen Höller", "L'été indien,Joséphine", "Corazón,Íñigo"],
    "utf-16-le": ["Grün,Jürgen", "雨のうた,さくら", "Дорога,Хор"],
    "utf-16-be": ["Grün,Jürgen", "雨のうた,さくら", "Дорога,Хор"],
    "utf-16": ["Grün,Jürgen", "雨のうた,さくら", "Дорога,Хор"],
    "utf-32": ["Grün,Jürgen", "雨のうた,さくら", "Дорога,Хор"],
    "utf-32-be": ["Grün,Jürgen", "雨のうた,さくら", "Дорога,Хор"],
    "utf-8": ["Grün,Jürgen", "雨のうた,さくら", "Дорога,Хор"],
}  # fmt: skip
UNICODE = {name for name in WORDS if name.startswith("utf")} | {"iso2022_jp"}


def pairs(playlist):
    return [f"{track.title},{track.artist}" for track in playlist.tracks]


@pytest.mark.parametrize("encoding", WORDS)
def test_a_short_list_in_any_encoding_is_read_right(encoding):
    text = "\n".join(["Title,Artist", *WORDS[encoding], ""])
    playlist = read_csv(text.encode(encoding), "x.csv")
    assert pairs(playlist) == WORDS[encoding]
    said = [
        note for note in map(str, playlist.notes) if "letters of this file were read as" in note
    ]
    assert bool(said) is (encoding not in UNICODE)  # a guess is called one


@pytest.mark.parametrize(
    ("encoding", "header"),
    [
        ("cp1251", "Название,Исполнитель"),
        ("koi8-r", "Название,Исполнитель"),
        ("cp932", "曲名,アーティスト"),
        ("euc_jp", "曲名,アーティスト"),
        ("gbk", "歌名,歌手"),
        ("big5", "歌曲名稱,演唱者"),
        ("euc_kr", "제목,가수"),
        ("cp1253", "Τίτλος,Καλλιτέχνης"),
        ("cp1255", "שם השיר,אמן"),
        ("cp1256", "اسم الأغنية,الفنان"),
        ("utf-16-le", "曲名,アーティスト"),
    ],
)
def test_a_header_that_makes_sense_in_one_encoding_decides(encoding, header):
    one = WORDS[encoding][0]
    playlist = read_csv(f"{header}\n{one}\n".encode(encoding), "x.csv")
    assert pairs(playlist) == [one]
    assert not any("letters" in note for note in map(str, playlist.notes))


@pytest.mark.slow
@given(
    st.sampled_from(sorted(WORDS)).flatmap(
        lambda name: st.tuples(
            st.just(name), st.lists(st.sampled_from(WORDS[name]), min_size=1, max_size=2)
        )
    )
)
def test_letters_are_never_wrong_without_a_word(drawn):
    encoding, rows = drawn
    playlist = read_csv("\n".join(["title,artist", *rows]).encode(encoding), "x.csv")
    right = pairs(playlist) == list(dict.fromkeys(rows))
    assert right or any("letters" in note for note in map(str, playlist.notes))


def test_utf_8_that_was_saved_in_a_wrong_way_is_mended():
    for wrong in ("cp1252", "latin-1"):
        text = "Title,Artist\nCorazón,Íñigo\nPlain,x\nLe cœur,Zoë\n".encode().decode(
            wrong, "replace"
        )
        if "\ufffd" in text:  # what Windows-1252 leaves undefined it keeps
            text = text.replace("\ufffd", "\x8d")
        playlist = read_csv(text.encode(), "x.csv")
        assert pairs(playlist) == ["Corazón,Íñigo", "Plain,x", "Le cœur,Zoë"]
        assert "were mended" in str(playlist.notes[0])


@pytest.mark.parametrize("title", ["Ã", "SÃO PAULO", "Ã± and ñ"])
def test_letters_that_mean_what_they_say_are_left(title):
    playlist = read_csv(f"Title,Artist\n{title},B\n".encode(), "x.csv")
    assert playlist.tracks[0].title == title


def test_damage_is_said():
    data = "title,artist\nJóga,Björk\nÇa ira,Zaz\n".encode().replace("Ç".encode(), b"\xc3")
    assert "damaged" in str(read_csv(data, "x.csv").notes[0])


def test_one_broken_letter_does_not_change_the_encoding():
    rows = [f"{row} {number}" for number in range(30) for row in WORDS["gbk"]]
    data = "\n".join(["Title,Artist", *rows]).encode("gbk") + b"\nend \xff,x\n"
    playlist = read_csv(data, "x.csv")
    assert pairs(playlist)[:90] == rows


@pytest.mark.parametrize("data", [b"\0" * 100, bytes(range(256)), b"\xff\xfe\0\0\0", b"a\0b\0\n\0"])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(PlaylistError):
        read_csv(data, "x.csv")


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"title,artist\n", b"\xff\xfe", b"Titel;\xfc\n"])
)
def test_any_bytes_are_a_playlist_or_refused_with_a_sentence(data, start):
    try:
        playlist = read_csv(start + data, "x.csv")
    except PlaylistError as error:
        assert str(error).endswith(".")
    else:
        assert playlist.tracks


def test_a_long_line_costs_no_more_than_a_short_one():
    data = b"title," + b"x" * 2**22 + b"\ncaf\xe9," + b"y" * 2**22
    found = decode(data, lambda text: int(text.startswith("title")))
    assert "caf\u00e9" in found.text
