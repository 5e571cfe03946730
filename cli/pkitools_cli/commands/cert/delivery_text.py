"""What there is to say of a file as it was delivered: it has no verdict, and is shown whenever there is something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pkitools.findings import Outcome, Report, Severity, Verdict
from pkitools.reports.telling.answer import short_name, told_twice, without
from pkitools.text import shown
from pkitools_cli.i18n import report_word, tr
from pkitools_cli.lines import coloured, columns, findings_told, wrapped
from pkitools_cli.reply import Line
from pkitools_cli.wide import width

INCOMPLETE: Final = "delivery.chain.complete"


def delivery_told(name: str, delivery: Report, *, verbose: bool, above: Sequence[Report] = ()) -> Iterator[Line | str]:
    """Yield what was found of the file, below a heading with its name.

    A warning is told whole: which certificate is missing does not stand in its title. One that was told to be missing
    above is told once: here stands where it is to be had.

    Args:
        name: of the file.
        delivery: what was found.
        verbose: tell all of it.
        above: what was told of its certificates.
    """
    if delivery.findings or delivery.not_checked:
        yield from _told(name, delivery, told_twice(delivery, above), verbose=verbose)


def file_named(name: str, first: str = "") -> list[str]:
    """Return the name of a file below which something is told of it: whole, and on one line, to be copied."""
    heading = first + tr("cli.cert_check.delivery", name=shown(name))
    return (
        [heading] if width(heading) <= columns() else [heading.removesuffix(shown(name)).rstrip(), f"  {shown(name)}"]
    )


def _told(name: str, delivery: Report, twice: Sequence[Outcome], *, verbose: bool) -> Iterator[Line | str]:
    rest = without(delivery, twice)
    yield ""
    if delivery.verdict is Verdict.FAILED:
        verdict = report_word("verdict", delivery.verdict)
        first, *more = file_named(name, f"{verdict} {tr('cli.cert_check.of_file')}   ")
        yield coloured(first, delivery.verdict, verdict)
        yield from more
    else:
        yield from (Line(row, bold=True) for row in file_named(name))
    for outcome in twice:
        operands = {key: shown(short_name(outcome.params.get(key))) for key in ("missing", "where")}
        yield from wrapped(tr("cli.cert_check.missing_above", **operands), "    ", "  ")
    yield from findings_told(rest, full=Severity.INFO if verbose else Severity.WARNING, verbose=verbose)
