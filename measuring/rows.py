"""CSV -> measured rows: columns by their names, numbers and units understood, each row with its place in the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..graph.language.names import nearest
from ..problems import Mark, Problem
from ..scenarios.reader import read_bytes, shown_name
from ..units import Unit, UnitContext, UnitError

LARGEST_FILE = 100_000_000
MOST_PROBLEMS = 100
LEAST, LARGEST = 1e-30, 1e30  # values in their unit
LONGEST = 1e15  # tokens, sequences or devices
REQUIRED = (("gpu", "gpu_norm"), ("model", "model_family"), ("metric",), ("value",), ("unit",), ("engine",))
_LINE_END = re.compile("\r\n|\r|\n")
_NUMBERS = ("gpu_count", "output_len", "context_depth", "weights_gib")
_CACHED = re.compile(r"(?P<new>[0-9][0-9_]*(\.[0-9]+)?)\s*\(\+\s*(?P<cached>[0-9][0-9_]*)\s+cached\)")
_ABOUT = re.compile(
    r"^(?:~|≈|ca\.|about|mean|average|avg\.?)\s*|\s*\(?\b(?:mean|average|avg|tokens?|tok)\b\)?$", re.IGNORECASE
)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_DEVIATION = re.compile(r"\s*(?:±|\+/-).*")
_BATCHES = re.compile(
    r"(?:(?:max[-_ ]?)?(?:batch(?:[-_ ]?size)?|bs|concurrency|conc|num[-_ ]prompts|users|streams|c|b)\s*[=: ]?\s*)?"
    r"(?P<count>[0-9][0-9_,.]*)\s*(?:users|streams|requests|sequences|concurrent)?",
    re.IGNORECASE,
)


_OTHERS = {"semicolons": ";", "tabs": "\t"}  # what spreadsheets put between columns where the comma is decimal
_NO_UNIT = UnitContext().unit("percent")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured figure.

    `texts`: every cell that is not empty, by its column. `prompt`, `cached`, `output`, `depth`: tokens of one sequence,
    None where nothing is said; `depth` stands in the cache before the prompt. `batch`: None where it is no number.
    `devices`: those of the whole run. `file_gib`: the weights on disk. `unread`: what in its cells is not
    understood, '' if nothing is; its value and unit stand for nothing then.
    """

    row_id: str
    mark: Mark
    texts: Mapping[str, str]
    value: float
    unit: Unit
    devices: int
    batch: float | None
    prompt: float | None
    cached: float
    output: float | None
    depth: float
    file_gib: float | None
    unread: str = ""

    def text(self, column: str) -> str:
        """The cell of a column, '' where it is empty or there is none."""
        return self.texts.get(column, "")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it stands: its cells by column, and where each begins."""

    file: str
    line: int
    source: str
    cells: Mapping[str, str]
    columns: Mapping[str, int]

    def mark(self, column: str = "") -> Mark:
        length = max(1, len(self.cells.get(column, "")))
        return Mark(self.file, self.line, self.columns.get(column, 1), length, self.source)


def read_measurements(path: Path, problems: list[Problem]) -> tuple[Measurement, ...]:
    """The rows of a CSV file with a header; those that cannot be used are left out, each with its problems.

    Needed are `gpu` or `gpu_norm`, `model` or `model_family`, `metric`, `value`, `unit`, `engine`. Known besides:
    row_id, gpu_count, parallelism, weight_precision, kv_precision, engine_version, date, load_mode,
    batch_or_concurrency, input_len, output_len, context_depth, weights_gib, notes; columns of other names are kept as
    text. A row without `row_id` is called by its line.
    """
    file = shown_name(path)
    data = read_bytes(path, file, problems, LARGEST_FILE)
    text = None if data is None else _decoded(data, file, problems)
    return () if text is None else tuple(_measurements(text, file, problems))


def _decoded(data: bytes, file: str, problems: list[Problem]) -> str | None:
    if len(data) > LARGEST_FILE:
        problems.append(Problem("file", f"the file is larger than {LARGEST_FILE:,} bytes", Mark(file, 1, 1)))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.append(Problem("file", "the file is not UTF-8 text", Mark(file, 1, 1), hint="save it as UTF-8"))
        return None
    if "\0" in text:
        problems.append(Problem("file", "the file is binary, not text", Mark(file, 1, 1)))
        return None
    return text


def _measurements(text: str, file: str, problems: list[Problem]) -> Iterator[Measurement]:
    seen = dict[str, Mark]()
    for row in _rows(text, file, problems):
        found = _measurement(row)
        if found.row_id in seen:
            message = f"the row '{found.row_id}' stands in line {seen[found.row_id].line} already"
            problems.append(Problem("duplicate", message, row.mark("row_id")))
        else:
            seen[found.row_id] = found.mark
            yield found


def _rows(text: str, file: str, problems: list[Problem]) -> Iterator[_Row]:
    lines = _LINE_END.split(text)
    reader = csv.reader(lines, strict=True)
    header: list[str] = []
    before, start = 0, len(problems)
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(problems) - start >= MOST_PROBLEMS:
                message = "too many problems: those after these are not shown"
                problems.append(Problem("csv", message, Mark(file, line, 1, 1, lines[line - 1])))
                return
            if not header:
                header = [cell.strip() for cell in cells]
                if not _is_header(header, Mark(file, line, 1, len(lines[line - 1]), lines[line - 1]), problems):
                    return
                continue
            yield from _row(header, cells, file, line, lines[line - 1], problems)
    except csv.Error as error:
        mark = Mark(file, max(1, reader.line_num), 1, 1, lines[reader.line_num - 1] if lines else "")
        problems.append(Problem("csv", f"the file is no CSV: {error}", mark))
        return
    if not header:
        problems.append(Problem("csv", "the file is empty", Mark(file, 1, 1)))


def _is_header(header: list[str], mark: Mark, problems: list[Problem]) -> bool:
    count = len(problems)
    other = next((name for name, char in _OTHERS.items() if len(header) == 1 and char in header[0]), "")
    if other:
        hint = "save it with commas between columns, and numbers with a point: 1234.5"
        problems.append(Problem("csv", f"the columns are separated by {other}, not by commas", mark, hint=hint))
        return False
    twice = dict.fromkeys(name for name in header if header.count(name) > 1)
    problems += [Problem("csv", f"two columns are called '{name}'", mark) for name in twice]
    for names in REQUIRED:
        if not any(name in header for name in names):
            near = nearest(names[0], header)
            hint = f"is '{near[0]}' meant for it?" if near else ""
            problems.append(Problem("csv", f"there is no column {' or '.join(names)}", mark, hint=hint))
    return len(problems) == count


def _row(
    header: list[str], cells: list[str], file: str, line: int, source: str, problems: list[Problem]
) -> Iterator[_Row]:
    if len(cells) != len(header):
        message = f"the row has {len(cells)} cells, the header {len(header)}"
        problems.append(Problem("csv", message, Mark(file, line, 1, len(source), source)))
        return
    starts = dict(zip(header, _starts(source), strict=False))
    told = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    yield _Row(file, line, source, told, starts)


def _starts(source: str) -> Iterator[int]:
    """The column, from 1, at which each cell of a line begins."""
    yield 1
    quoted = False
    for place, char in enumerate(source, 2):
        quoted = quoted != (char == '"')
        if char == "," and not quoted:
            yield place


def _measurement(row: _Row) -> Measurement:
    """The row, whatever stands in its cells; the first that is not understood is told in `unread`."""
    wrong = [
        f"the row has no {' or '.join(names)}" for names in REQUIRED if not any(name in row.cells for name in names)
    ]
    value = _number(row, "value", wrong)
    if value is not None and not LEAST < value < LARGEST:
        wrong.append(f"a measured value lies between {LEAST:g} and {LARGEST:g}, not at {row.cells['value'][:60]}")
    unit = _unit(row, wrong)
    numbers = {name: _number(row, name, wrong) for name in _NUMBERS}
    prompt, cached = _prompt(row, wrong)
    devices = numbers["gpu_count"] or 1.0
    if devices != int(devices):
        wrong.append("devices come whole")
    return Measurement(
        row.cells.get("row_id", f"line {row.line}"), row.mark(), row.cells, value or 1.0, unit or _NO_UNIT,
        max(1, int(devices)),
        _batch(row.cells.get("batch_or_concurrency", "")), prompt, cached, numbers["output_len"],
        numbers["context_depth"] or 0.0, numbers["weights_gib"], wrong[0] if wrong else "",
    )  # fmt: skip


def _number(row: _Row, column: str, wrong: list[str]) -> float | None:
    text = row.cells.get(column)
    if text is None:
        return None
    number = plain_number(text)
    if number is None or not (0 <= number < LONGEST or column == "value"):
        wrong.append(f"{column} is a number, not '{text[:60]}'")
        return None
    return number


def plain_number(text: str) -> float | None:
    """The number that the text is, with commas between thousands, as a mean, or with a deviation; None for another.

    `1,024`, `~512`, `467 (mean)`, `109.57 ± 0.2`; not `1,5`, `128k` or `100-200`, which say no one number.
    """
    told = _ABOUT.sub("", _DEVIATION.sub("", text.strip())).strip()
    if _THOUSANDS.fullmatch(told):
        told = told.replace(",", "")
    try:
        number = float(told)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None


def _batch(text: str) -> float | None:
    """Whole sequences, one at least; None for another text."""
    found = _BATCHES.fullmatch(text.strip())
    number = plain_number(found["count"]) if found else None
    return number if number is not None and 1 <= number < LONGEST and number == int(number) else None


def _prompt(row: _Row, wrong: list[str]) -> tuple[float | None, float]:
    """Tokens of the prompt, and of a prefix that is cached: `64 (+1920 cached)` says both."""
    text = row.cells.get("input_len")
    found = _CACHED.fullmatch(text) if text is not None and len(text) <= 40 else None
    if found:
        return float(found["new"]), float(found["cached"])
    return _number(row, "input_len", wrong), 0.0


def _unit(row: _Row, wrong: list[str]) -> Unit | None:
    text = row.cells.get("unit")
    if text is None:
        return None
    try:
        return UnitContext().unit("percent" if text == "%" else text)
    except UnitError as error:
        wrong.append(str(error))
        return None


def corrected(row: Measurement, read: Mapping[str, str]) -> Measurement:
    """The row as it reads with other texts in some of its columns."""
    if not read:
        return row
    cells = {**row.texts, **read}
    return replace(_measurement(_Row(row.mark.file, row.mark.line, row.mark.source, cells, {})), mark=row.mark)


def columns_of(rows: Iterable[Measurement]) -> tuple[str, ...]:
    """The columns that some row has a cell in, in the order met."""
    return tuple(dict.fromkeys(name for row in rows for name in row.texts))
