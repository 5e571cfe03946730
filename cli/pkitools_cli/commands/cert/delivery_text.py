"""What there is to say of a file as it was delivered: it has no verdict, and is shown whenever there is something."""

from __future__ import annotations

from collections.abc import Iterator

from pkitools.findings import Report, Severity
from pkitools.text import shown
from pkitools_cli.i18n import tr
from pkitools_cli.lines import findings_told, wrapped
from pkitools_cli.reply import Line


def delivery_told(name: str, delivery: Report, *, verbose: bool) -> Iterator[Line | str]:
    """Yield what was found of the file, below a heading with its name.

    A warning is told whole: which certificate is missing does not stand in its title.
    """
    if delivery.findings or delivery.not_checked:
        yield ""
        heading = wrapped(tr("cli.cert_check.delivery", name=shown(name)), "  ", "", most=2)
        yield from (Line(row, bold=True) for row in heading)
        yield from findings_told(delivery, full=Severity.INFO if verbose else Severity.WARNING, verbose=verbose)
