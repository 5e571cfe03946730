"""The table that closes ``csr check`` of many requests, and the line that counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from pkitools.findings import Report, Severity, Verdict
from pkitools.reports.telling.answer import answer_of
from pkitools.reports.text import in_a_word
from pkitools.requests import RequestFacts
from pkitools_cli.commands.tables import closing_rows, counted_all, naming
from pkitools_cli.i18n import form_of, language, report_word, tr
from pkitools_cli.lines import wrapped
from pkitools_cli.reply import Line
from pkitools_cli.wide import fitted

_MOST_OF_NAME: Final = 24  # columns of a common name: why has the rest


def table(
    files: Sequence[str], judged: Sequence[tuple[RequestFacts, Report]], unread: Sequence[str]
) -> Iterator[Line | str]:
    """Yield a line for each request and each file that could not be read, and one that counts them.

    Args:
        files: the file of each request.
        judged: each request with its report, in the same order.
        unread: files of which something could not be read.
    """
    name, marks = naming([*files, *unread]), _marks(files)
    heads = tuple(tr(f"cli.csr.check.table.{key}") for key in ("file", "name", "verdict", "why"))
    good = [
        ((name(file, mark), _called(facts), report_word("verdict", report.verdict), _why(report)), report.verdict)
        for file, mark, (facts, report) in zip(files, marks, judged, strict=True)
    ]
    bad = [((name(file, ""), "–", tr("cli.cert_check.table.unread"), ""), None) for file in unread]
    yield from closing_rows(heads, [*good, *bad], said=2)
    yield ""
    total = tr(f"cli.csr.check.total{form_of(len(judged))}", total=len(judged))
    yield from wrapped(counted_all(total, [report.verdict for _, report in judged], unread), "")


def _marks(files: Sequence[str]) -> list[str]:
    """Return which request of its file each is; nothing where there is one."""
    counts, seen = Counter(files), Counter[str]()
    marks = []
    for file in files:
        seen[file] += 1
        marks.append(f" #{seen[file]}" if counts[file] > 1 else "")
    return marks


def _called(facts: RequestFacts) -> str:
    return fitted(facts.subject.common_name or next(iter(facts.dns_names), "–"), _MOST_OF_NAME)


def _why(report: Report) -> str:
    """Return why in a few words; of what passed the first warning, which does not decide."""
    because = answer_of(report).because
    if because is None and report.verdict is Verdict.PASSED:
        because = next((each for each in report.findings if each.rule.severity is Severity.WARNING), None)
    return "" if because is None else in_a_word(because, language(), report.moment)
