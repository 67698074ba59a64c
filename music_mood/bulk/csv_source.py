"""CSV of any size -> chunks of texts, with what is no row of the table beside them."""

import codecs
import csv
import gzip
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from i18n import Message, joined
from music_mood.bulk.chunk import Chunk, Reject, regroup
from music_mood.bulk.names import feature_positions, kept_names, renamed
from music_mood.errors import PlaylistError
from music_mood.files.csv_text import known_in, layout
from music_mood.files.encoding import decode
from music_mood.files.headers import known_columns
from music_mood.values import FEATURE_NAMES

BLOCK_BYTES = 2**20
"""Read at a time; Arrow holds up to 32 blocks ahead. A single row must fit, so this is also where
an unclosed quotation ends."""

_HEAD_BYTES = 2**19
"""In which the header must end; smaller than a block."""

_GZIP_START = b"\x1f\x8b"
_LINE_END = re.compile(r"\r\n|\r|\n")


class CsvSource:
    """A delimited text file, plain or gzip; see `source.Source` for the attributes.

    Rows are known by what Arrow's parser makes of them, quoted line breaks and all. Cells stay
    texts, so that large numbers, dates and leading zeros come out as they went in.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    encoding : str, optional
        As Python names it. If not given, UTF-8 or what the byte order mark says, or the encoding
        in which the header can be read.
    """

    unit = joined(["B"])

    def __init__(self, path: Path, encoding: str | None) -> None:
        self._path = path
        self.size = path.stat().st_size
        head = self._head()
        try:
            self._encoding = codecs.lookup(encoding).name if encoding else _encoding(head)
        except LookupError as cause:
            raise PlaylistError(
                Message(
                    "There is no encoding {encoding}. Please name one that Python knows, such as "
                    "cp1252 or latin-1.",
                    encoding=encoding,
                )
            ) from cause
        names, self._header_lines, self._delimiter = self._layout(head)
        self.features = feature_positions(names)
        kept = kept_names(names)
        self.schema = pa.schema([(name, pa.string()) for name in kept])
        self.renamed = renamed(names, kept)

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """See `Source.chunks`."""
        return regroup(self._blocks(), rows)

    def _blocks(self) -> Iterator[Chunk]:
        torn: list[Reject] = []

        def note(row: pa.csv.InvalidRow) -> str:
            reason = f"it has {row.actual_columns} cells, and the header {row.expected_columns}"
            torn.append(Reject(row.number - self._header_lines + 1, reason))
            return "skip"

        known = 1  # the header
        try:
            with pa.OSFile(str(self._path)) as file:
                for batch in self._parse(file, note):
                    # The parser gives no numbers: count on, leaving out those of torn rows. It
                    # may be a block ahead with these, never behind.
                    skipped = np.array([reject.row for reject in torn], dtype=np.int64)
                    numbers = np.arange(known + 1, known + 1 + len(batch) + len(skipped))
                    numbers = np.setdiff1d(numbers, skipped, assume_unique=True)[: len(batch)]
                    known = int(numbers[-1]) if len(numbers) else known
                    # those of earlier blocks have been handed over; ahead ones are still to come
                    yield self._chunk(batch, numbers, torn, known, file.tell())
                if torn:
                    empty = self.schema.empty_table()
                    nothing = np.empty(0, dtype=np.int64)
                    yield Chunk(nothing, empty, tuple(torn), 0, self.size)
        except (pa.ArrowException, OSError, UnicodeError, EOFError) as cause:
            raise self._unreadable(known, cause) from cause

    def _chunk(
        self,
        batch: pa.RecordBatch,
        rows: NDArray[np.int64],
        torn: list[Reject],
        last: int,
        position: int,
    ) -> Chunk:
        """Take out blank lines and rows that are no UTF-8; moves `torn` up to `last` into it."""
        keep = ~_blank(batch)
        blank = len(batch) - int(keep.sum())
        texts = []
        foreign = np.zeros(len(batch), dtype=bool)
        for column in batch.columns:
            try:
                texts.append(column.cast(pa.string()))
            except pa.ArrowInvalid:
                cells = [_as_utf8(cell) for cell in column.to_pylist()]
                foreign |= np.array([cell is None for cell in cells])
                texts.append(pa.array(cells, pa.string()))
        rejects = [reject for reject in torn if reject.row <= last]
        del torn[: len(rejects)]
        if foreign.any():
            reason = "its text is not UTF-8 (see --encoding)"
            rejects += [Reject(int(row), reason) for row in rows[foreign]]
            rejects.sort(key=lambda reject: reject.row)
            keep &= ~foreign
        table = pa.Table.from_arrays(texts, schema=self.schema)
        if not keep.all():
            table, rows = table.filter(pa.array(keep)), rows[keep]
        return Chunk(rows, table, tuple(rejects), blank, position)

    def _parse(
        self, file: pa.NativeFile, note: Callable[[pa.csv.InvalidRow], str]
    ) -> Iterator[pa.RecordBatch]:
        names = [str(position) for position in range(len(self.schema))]
        stream = pa.CompressedInputStream(file, "gzip") if self._is_gzip() else file
        try:
            yield from pa.csv.open_csv(
                stream,
                pa.csv.ReadOptions(
                    use_threads=False,  # with threads, torn rows have no numbers
                    block_size=BLOCK_BYTES,
                    skip_rows=self._header_lines,
                    column_names=names,
                    encoding=self._encoding,
                ),
                pa.csv.ParseOptions(
                    delimiter=self._delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,  # they count as rows in every other program
                    invalid_row_handler=note,
                ),
                # bytes: one foreign character must not end the whole
                pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.binary())),
            )
        except pa.ArrowInvalid as cause:
            if not str(cause).startswith(("Empty CSV", "Could not skip")):  # only a header
                raise

    def _is_gzip(self) -> bool:
        with self._path.open("rb") as file:
            return file.read(len(_GZIP_START)) == _GZIP_START

    def _head(self) -> bytes:
        try:
            with gzip.open(self._path) if self._is_gzip() else self._path.open("rb") as file:
                return file.read(_HEAD_BYTES)
        except EOFError as cause:
            raise self._unreadable(0, cause) from cause

    def _layout(self, head: bytes) -> tuple[list[str], int, str]:
        """Names in the header, lines until its end, and the delimiter."""
        if not head.strip():
            raise PlaylistError(Message("{file} is empty.", file=str(self._path)))
        text = head.decode(self._encoding, "replace").removeprefix("\ufeff")
        try:
            found = layout(text, _known)
            lines = io.StringIO(text[found.start :], newline="")
            reader = csv.reader(lines, delimiter=found.delimiter)
            names = next(reader, [])
        except csv.Error as cause:
            raise self._unreadable(0, cause) from cause
        above = len(_LINE_END.findall(text[: found.start]))
        return names, above + reader.line_num, found.delimiter

    def _unreadable(self, known: int, cause: Exception) -> PlaylistError:
        file = str(self._path)
        if "straddling" in str(cause):
            return PlaylistError(
                Message(
                    "{file} cannot be read beyond row {row}: a quotation mark is opened there and "
                    "not closed for {size} MB. Please close it.",
                    file=file,
                    row=known,
                    size=BLOCK_BYTES >> 20,
                )
            )
        if isinstance(cause, UnicodeError):
            return PlaylistError(
                Message(
                    "{file} cannot be read beyond row {row}: the text there is not {encoding}. "
                    "Please name its encoding with --encoding.",
                    file=file,
                    row=known,
                    encoding=self._encoding,
                )
            )
        return PlaylistError(
            Message(
                "{file} cannot be read beyond row {row}: it is damaged, or not wholly copied. "
                "Please copy or make it once more.",
                file=file,
                row=known,
            )
        )


def _encoding(head: bytes) -> str:
    """Tell the encoding by the byte order mark, or by the header.

    Single rows of another encoding are for `_chunk`: the header decides.
    """
    whole = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head  # no character is cut
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    known = 0 if marked else _known_in(whole.decode("utf-8", "replace").removeprefix("\ufeff"))
    if known == len(FEATURE_NAMES):
        return "utf-8"
    # also says so if this is a spreadsheet or a picture
    found = decode(head if marked or b"\0" in head else whole, _known_in)
    better = marked or _known_in(found.text) > known
    return found.encoding.removesuffix("-sig") if better else "utf-8"


def _known_in(text: str) -> int:
    return known_in(text, _known)


def _known(names: list[str]) -> int:
    """How many of the features these names name."""
    return len(set(FEATURE_NAMES) & known_columns(names).keys())


def _blank(batch: pa.RecordBatch) -> NDArray[np.bool_]:
    """Bool (N,): no cell holds anything."""
    blank = np.ones(len(batch), dtype=bool)
    for column in batch.columns:
        if not blank.any():
            break
        blank &= pc.equal(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    return blank


def _as_utf8(cell: bytes) -> str | None:
    try:
        return cell.decode()
    except UnicodeDecodeError:
        return None
