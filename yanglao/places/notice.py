"""Read the notice's figures from the data files beside this module; refuse a broken file by file, line and cell."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
PLAN_FILE = "training_plan_2021_2022.csv"
TOTALS_FILE = "plan_totals.csv"
PLANNED = ("leader", "caregiver", "social_worker")
HEADS = {
    "divisions.csv": ("code", "name", "kind", "rank"),
    "categories.csv": ("code", "name", "parent", "rank"),
    "levels.csv": ("code", "name", "sort_rank", "organiser"),
    "topics.csv": ("code", "name", "mandatory", "rank"),
    "city_targets.csv": ("category_code", "per_year", "source", "note"),
    PLAN_FILE: ("year", "division_code", "division_name", *PLANNED),
    TOTALS_FILE: ("year", *PLANNED),
}


class BrokenNotice(ValueError):
    """Say which file, line and cell of the notice's data cannot be used, and why."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}, line {line}: {why}")
        self.file, self.line = file, line


@dataclass(frozen=True)
class Line:
    """One line of a data file and where it stands."""

    file: str
    number: int
    cells: dict[str, str]

    def text(self, column: str, *, one_of: tuple[str, ...] = ()) -> str:
        """Return a cell that may not be empty. Raises BrokenNotice."""
        value = self.cells[column]
        if not value or (one_of and value not in one_of):
            raise self.broken(
                f"{column} holds {value!r}" + (f", not one of {', '.join(one_of)}" if one_of else "")
            )
        return value

    def whole(self, column: str) -> int:
        """Return a whole number that may not be missing. Raises BrokenNotice."""
        value = self.number_or_none(column)
        if value is None:
            raise self.broken(f"{column} is empty")
        return value

    def number_or_none(self, column: str) -> int | None:
        """Return a whole number, or None for an empty cell: no number, which is not 0. Raises BrokenNotice."""
        value = self.cells[column]
        if not value:
            return None
        if not (value.isascii() and value.isdigit()):
            raise self.broken(f"{column} holds {value!r}, not a whole number")
        return int(value)

    def broken(self, why: str) -> BrokenNotice:
        """Return the error that names this line."""
        return BrokenNotice(self.file, self.number, why)


@dataclass(frozen=True)
class Planned:
    """One cell of the annex."""

    year: int
    division_code: str
    category_code: str
    planned: int | None


def lines(file: str, folder: Path = FOLDER) -> Iterator[Line]:
    """Yield the lines of a data file (UTF-8, with or without BOM). Raises BrokenNotice."""
    try:
        text = (folder / file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise BrokenNotice(file, 1, f"cannot be read ({type(fault).__name__})") from None
    rows = csv.reader(text.splitlines())
    head = tuple(next(rows, []))
    if head != HEADS[file]:
        raise BrokenNotice(file, 1, f"the columns are {', '.join(head)}, not {', '.join(HEADS[file])}")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(head):
            raise BrokenNotice(file, number, f"{len(row)} cells instead of {len(head)}")
        yield Line(file, number, {name: cell.strip() for name, cell in zip(head, row, strict=True)})


def keyed(file: str, key: str, folder: Path = FOLDER) -> dict[str, Line]:
    """Return the lines of a file by a column that names each of them once. Raises BrokenNotice."""
    found: dict[str, Line] = {}
    for line in lines(file, folder):
        name = line.text(key)
        if name in found:
            raise line.broken(f"{key} {name} stands in line {found[name].number} already")
        found[name] = line
    return found


def plan(folder: Path = FOLDER) -> list[Planned]:
    """Return every cell of the annex; each year must name each division once and add up to the notice's totals.

    Raises:
        BrokenNotice: a wrong column, number, year or division, one twice or missing, or a sum that differs.
    """
    divisions = {code: line.text("name") for code, line in keyed("divisions.csv", "code", folder).items()}
    totals = {line.whole("year"): line for line in lines(TOTALS_FILE, folder)}
    seen: dict[tuple[int, str], Line] = {}
    cells: list[Planned] = []
    for line in lines(PLAN_FILE, folder):
        year, code = line.whole("year"), line.text("division_code")
        if year not in totals:
            raise line.broken(f"year {year} has no line in {TOTALS_FILE}")
        if divisions.get(code) != line.cells["division_name"]:
            raise line.broken(f"division {code} is not called {line.cells['division_name']}")
        if (year, code) in seen:
            raise line.broken(f"division {code} stands in line {seen[year, code].number} already")
        seen[year, code] = line
        cells += [Planned(year, code, category, line.number_or_none(category)) for category in PLANNED]
    _complete(cells, divisions, totals)
    return cells


def _complete(cells: list[Planned], divisions: dict[str, str], totals: dict[int, Line]) -> None:
    for year, total in totals.items():
        of_year = [cell for cell in cells if cell.year == year]
        missing = set(divisions) - {cell.division_code for cell in of_year}
        if missing:
            raise total.broken(f"{PLAN_FILE} has no line for {min(missing)} in {year}")
        for category in PLANNED:
            added = sum(cell.planned or 0 for cell in of_year if cell.category_code == category)
            if added != total.whole(category):
                raise total.broken(
                    f"{category} of {year} adds up to {added}, the notice says {total.whole(category)}"
                )


@cache
def organisers() -> dict[str, str]:
    """Return level code -> ``county`` or ``city``, as the levels file says."""
    return {
        code: line.text("organiser", one_of=("county", "city"))
        for code, line in keyed("levels.csv", "code").items()
    }
