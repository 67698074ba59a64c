"""Spreadsheets (XLSX, ODS) -> playlists: the first sheet with a header that names titles.

Both are ZIP archives of XML. What is needed of them is cells' texts, so they are read here, bounded
and one row at a time, rather than by a library that builds whole workbooks from untrusted bytes.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element  # the type: `xml_text` does the parsing

from i18n import Message
from music_mood.errors import PlaylistError
from music_mood.files.csv_file import MAX_ROWS
from music_mood.files.lists.archive import Archive
from music_mood.files.lists.rows import playlist_of_rows
from music_mood.files.lists.xml_text import check_size, elements_in, local_name, parts, xml_of
from music_mood.values import Playlist

MAX_SHEETS = 10
MAX_COLUMNS = 250

XLSX_MEMBER = "xl/workbook.xml"
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"

Rows = list[list[str]]

_SHEET = re.compile(r"xl/worksheets/[^/\d]*(\d{0,4})\.xml")
_COLUMN = re.compile(r"[A-Z]{1,3}")
_TIMES = {
    18: "h:mm",
    19: "h:mm:ss",
    20: "h:mm",
    21: "h:mm:ss",
    45: "m:ss",
    46: "h:mm:ss",
    47: "m:ss",
}
"""Formats of times that need no telling (ECMA-376 part 1, 18.8.30), as they look."""


def read_xlsx(archive: Archive, name: str) -> Playlist:
    """Read a workbook of Excel, Google or LibreOffice.

    Parameters
    ----------
    archive : Archive
    name : str
        The file's.

    Raises
    ------
    PlaylistError
        It is damaged or too large, or no sheet is a playlist: then as `read_csv` on the first.
    """
    book = _Members(archive)
    texts = _shared_texts(book.xml("xl/sharedStrings.xml"))
    times = _time_styles(book.xml("xl/styles.xml"))
    numbered = {
        int(found[1] or 0): one for one in archive.names if (found := _SHEET.fullmatch(one))
    }
    sheets = (
        _xlsx_rows(book.xml(sheet), texts, times)
        for _, sheet in sorted(numbered.items())[:MAX_SHEETS]
    )
    return _first_playlist(sheets, name, "xlsx")


def read_ods(archive: Archive, name: str) -> Playlist:
    """Read a spreadsheet of LibreOffice; see `read_xlsx`."""
    return _first_playlist(_ods_sheets(_Members(archive).xml("content.xml")), name, "ods")


class _Members:
    """The XML files of one workbook, bounded all together."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._elements = 0

    def xml(self, name: str) -> str:
        """Read one; "" if it is not there."""
        if name not in self._archive.names:
            return ""
        text = xml_of(self._archive.read(name))
        self._elements += elements_in(text)
        check_size(self._elements)
        return text


def _first_playlist(sheets: Iterator[Rows], name: str, source: str) -> Playlist:
    first: PlaylistError | None = None
    for rows in sheets:
        try:
            return playlist_of_rows(rows, name, source)
        except PlaylistError as error:
            first = first or error
    raise first or PlaylistError(Message("This spreadsheet has no sheets. Please save it as CSV."))


# -- XLSX


def _shared_texts(xml: str) -> list[str]:
    """Give the texts that cells name by number."""
    return [_text(element) for element in parts(xml, ("si",))]


def _text(element: Element) -> str:
    """Join the runs of a rich text, without the readings that stand above Japanese ones (rPh)."""
    runs = [run for child in element for run in (child if local_name(child) == "r" else [child])]
    return "".join(run.text or "" for run in runs if local_name(run) == "t")


def _time_styles(xml: str) -> dict[int, str]:
    """Tell which styles of cells show a number as a time, and how that looks."""
    formats: dict[str, str] = {str(number): look for number, look in _TIMES.items()}
    styles: list[str] = []
    for element in parts(xml, ("numfmt", "cellxfs")):
        if local_name(element) == "numfmt":
            formats[element.get("numFmtId", "")] = _look(element.get("formatCode", ""))
        else:
            styles = [one.get("numFmtId", "") for one in element]
    return {at: formats[one] for at, one in enumerate(styles) if formats.get(one)}


def _look(code: str) -> str:
    """Tell how a format shows a time; "" if it shows another thing, or a date."""
    code = code.lower().replace("\\:", ":")
    # texts, colours and languages; to the end where one is not closed
    code = re.sub(r'"[^"]*"?|\\.|\[(?!h|m)[^\]]*\]?', "", code)
    if ":" not in code or re.search("[yd]", code):
        return ""
    if "s" not in code:
        return "h:mm" if "h" in code else ""
    return "h:mm:ss" if "h" in code else "m:ss"


def _as_time(value: str, look: str) -> str:
    """Show a fraction of a day as the sheet does: who typed 4:58 sees that, though it is hours."""
    try:
        seconds = round(float(value) * 86_400)
    except (ValueError, OverflowError):
        return value
    if look == "h:mm":
        return f"{seconds // 3_600}:{seconds // 60 % 60:02}"
    if look == "m:ss":
        return f"{seconds // 60}:{seconds % 60:02}"
    return f"{seconds // 3_600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _xlsx_rows(xml: str, texts: list[str], times: dict[int, str]) -> Rows:
    rows: Rows = []
    for row in parts(xml, ("row",)):
        number = _number(row.get("r"), MAX_ROWS)
        rows += [[] for _ in range(number - len(rows) - 1)]  # rows that are left out are blank
        cells: list[str] = []
        for cell in row:
            at = _column(cell.get("r", ""), len(cells))
            if at < MAX_COLUMNS:
                cells += [""] * (at + 1 - len(cells))
                cells[at] = _xlsx_cell(cell, texts, times)
        rows.append(cells)
        if len(rows) > 2 * MAX_ROWS:
            break
    return rows


def _column(reference: str, following: int) -> int:
    """Give the position that "AB7" names, counted from 0; without a name, the one that follows."""
    letters = _COLUMN.match(reference)
    if not letters:
        return following
    at = 0
    for letter in letters[0]:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


def _xlsx_cell(cell: Element, texts: list[str], times: dict[int, str]) -> str:
    kind = cell.get("t", "n")
    held = {local_name(child): child for child in cell}
    if kind == "inlineStr":
        return _text(held["is"]) if "is" in held else ""
    value = (held["v"].text or "").strip() if "v" in held else ""
    if kind == "s":
        at = _number(value, len(texts), -1)
        return texts[at] if 0 <= at < len(texts) else ""
    if kind == "e":  # "#N/A" and the like
        return ""
    look = times.get(_number(cell.get("s"), 1 << 20, -1))
    return _as_time(value, look) if kind == "n" and look and value else value


# -- ODS


def _ods_sheets(xml: str) -> Iterator[Rows]:
    """Give the rows of each sheet, in the order of the sheets."""
    rows: Rows = []
    sheets = 0
    for element in parts(xml, ("table-row",), ends=("table",)):
        if local_name(element) == "table":
            yield rows
            rows, sheets = [], sheets + 1
            if sheets >= MAX_SHEETS:
                return
            continue
        cells = _ods_cells(element)
        times = _number(_attribute(element, "number-rows-repeated"), 2 * MAX_ROWS, 1)
        if len(rows) + times <= 2 * MAX_ROWS:  # else blank rows down to the end of the sheet
            rows += [cells] * times


def _ods_cells(row: Element) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if local_name(cell) in ("table-cell", "covered-table-cell"):
            times = _number(_attribute(cell, "number-columns-repeated"), MAX_COLUMNS, 1)
            cells += [_ods_cell(cell)] * min(times, MAX_COLUMNS - len(cells))
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _ods_cell(cell: Element) -> str:
    if _attribute(cell, "value-type") in ("float", "percentage", "currency"):
        return _attribute(cell, "value")
    # as it looks: texts, and times
    lines = ["".join(child.itertext()) for child in cell if local_name(child) == "p"]
    return " ".join(lines)


def _attribute(element: Element, name: str) -> str:
    """Give an attribute, whatever its namespace."""
    found = (text for full, text in element.attrib.items() if full.rpartition("}")[2] == name)
    return next(found, "")


def _number(text: str | None, most: int, otherwise: int = 0) -> int:
    """Give a count that a file tells, within bounds."""
    return min(int(text), most) if text and text.isdecimal() and len(text) < 9 else otherwise
