"""The table that closes ``cert check`` of many certificates, and the line that counts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from pkitools.findings import Verdict
from pkitools.frozen import dataclass
from pkitools.messages.days import days_left
from pkitools.reports.telling.readable import short_day
from pkitools_cli.commands.tables import closing_rows, counted_all, naming
from pkitools_cli.i18n import form_of, language, report_word, tr
from pkitools_cli.lines import wrapped
from pkitools_cli.reply import Line

_NOTHING: Final = "–"
_NUMBERS: Final = frozenset({1, 2})


@dataclass(frozen=True, slots=True)
class Row:
    """One certificate in the table.

    Args:
        file: its file.
        mark: which certificate of it; empty where there is one.
        ends: until when it works: what stands above it may end first.
        moment: when was judged.
        verdict: of its report.
        why: in a few words; of what passed, what is to be known beside that.
    """

    file: str
    mark: str
    ends: datetime
    moment: datetime | None
    verdict: Verdict
    why: str

    def cells(self, name: str) -> tuple[str, ...]:
        """Return what stands in each column, its file being called ``name``."""
        days = _NOTHING if self.moment is None else str(days_left(self.ends, self.moment))
        day = short_day(self.ends, language())
        return name, day, days, report_word("verdict", self.verdict), self.why


def table(rows: Sequence[Row], unread: Sequence[str]) -> Iterator[Line | str]:
    """Yield a line for each certificate and each file that could not be read, and one that counts them."""
    name = naming([*(row.file for row in rows), *unread])
    heads = tuple(tr(f"cli.cert_check.table.{key}") for key in ("file", "until", "days", "verdict", "why"))
    good = [(row.cells(name(row.file, row.mark)), row.verdict) for row in rows]
    bad = [((name(file, ""), _NOTHING, _NOTHING, tr("cli.cert_check.table.unread"), ""), None) for file in unread]
    yield from closing_rows(heads, [*good, *bad], said=3, right=_NUMBERS)
    yield ""
    total = tr(f"cli.cert_check.total{form_of(len(rows))}", total=len(rows))
    yield from wrapped(counted_all(total, [row.verdict for row in rows], unread, _reserved(rows)), "")


def _reserved(rows: Sequence[Row]) -> list[str]:
    return [row.why for row in rows if row.verdict is Verdict.PASSED]
