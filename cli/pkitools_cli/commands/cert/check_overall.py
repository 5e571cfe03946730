"""The first line of ``cert check`` of many certificates: the verdict on all that was given, and what decides it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pkitools.findings import Report, Verdict
from pkitools.frozen import dataclass
from pkitools.reports.telling.answer import answer_of, reservations, told
from pkitools.reports.text import in_a_word, in_short, label_width
from pkitools.text import visible
from pkitools_cli.commands.next_steps import brief
from pkitools_cli.i18n import form_of, language, report_word, tr
from pkitools_cli.lines import coloured, under_answer, wrapped
from pkitools_cli.remedies import remedy_text
from pkitools_cli.reply import Line
from pkitools_cli.wide import fitted_end

_MOST_TOLD: Final = 3  # of what decides: the rest stands in the table
_MOST_OF_NAME: Final = 40
_MOST_ROWS: Final = 4  # of one reason
_MOST_ROWS_OF_MANY: Final = 2  # of each reason: all of it stays on one screen


@dataclass(frozen=True, slots=True)
class Part:
    """What was judged by itself: a certificate, or what there is to say of a file or of the certificates together.

    Args:
        report: what was found.
        file: its file, as people call it; empty of the certificates together.
        which: which certificate of its file; empty where there is nothing to tell apart.
        certificate: it is a certificate.
    """

    report: Report
    file: str
    which: str = ""
    certificate: bool = True


@dataclass(frozen=True, slots=True)
class Overall:
    """All that was given.

    Args:
        parts: what was judged.
        unread: names of the files that could not be.
        complete: whether everything that was given could be judged.
    """

    parts: Sequence[Part]
    unread: Sequence[str]
    complete: bool

    @property
    def verdict(self) -> Verdict:
        """The verdict that goes with the exit code: what could not be judged is not good, and hides nothing bad."""
        found = {part.report.verdict for part in self.parts}
        if Verdict.FAILED in found:
            return Verdict.FAILED
        unclear = self.unread or not self.complete or Verdict.INDETERMINATE in found or not found
        return Verdict.INDETERMINATE if unclear else Verdict.PASSED

    @property
    def certificates(self) -> list[Part]:
        """The certificates."""
        return [part for part in self.parts if part.certificate]

    @property
    def deciding(self) -> list[Part]:
        """What makes the verdict what it is; of a file that is good nothing does."""
        verdict = self.verdict
        return [] if verdict is Verdict.PASSED else [part for part in self.parts if part.report.verdict is verdict]

    @property
    def is_about_none(self) -> bool:
        """Whether what is wrong is wrong with none of the certificates: each by itself is as good as it says."""
        deciding = self.deciding
        return self.verdict is Verdict.FAILED and not any(part.certificate for part in deciding)


def overall_told(overall: Overall, asked: str) -> Iterator[Line | str]:
    """Yield the verdict on all that was given, what decides it, and how the others came off.

    Args:
        overall: all that was given.
        asked: what they were judged for.
    """
    verdict = report_word("verdict", overall.verdict)
    files = list(dict.fromkeys([*(part.file for part in overall.parts if part.file), *overall.unread]))
    where = _short(files[0]) if len(files) == 1 else tr("cli.cert_check.overall.files", count=len(files))
    head = f"{verdict}: {_what(overall)} {tr('cli.cert_check.for_system', systems=asked)}"
    first, *rest = wrapped(head, " " * (label_width(language()) + 4), "", most=2)
    yield coloured(first, overall.verdict, verdict)
    yield from rest
    yield from _why(overall, several=len(files) > 1)
    yield from _now(overall)
    if others := _others(overall):
        yield from _row("also", [", ".join(others)])
    yield from _row("from", [where])


def _what(overall: Overall) -> str:
    """Return how many certificates the verdict is about; where it is about none of them, what it is about."""
    verdict, total = overall.verdict, len(overall.certificates)
    count = sum(part.report.verdict is verdict for part in overall.certificates)
    if count:
        return tr(f"cli.cert_check.overall.certificates{form_of(total)}", count=count, total=total)
    if overall.unread and not overall.deciding:
        return _unread(overall)
    return tr("cli.cert_check.overall.whole")


def _why(overall: Overall, *, several: bool) -> Iterator[str]:
    reasons = [f"{_name(part, several=several)}: {_reason(part)}" for part in overall.deciding]
    if overall.verdict is Verdict.INDETERMINATE:
        reasons += [tr("cli.cert_check.overall.unread", file=_short(name)) for name in overall.unread]
        if not reasons:  # all that was judged is good, and a chain could be read in part only
            reasons = [tr("cli.cert_check.overall.incomplete")]
    more = len(reasons) - _MOST_TOLD
    reasons_told = reasons[:_MOST_TOLD]
    if more > 0:
        reasons_told.append(tr("cli.cert_check.overall.more", count=more))
    yield from _row("why", reasons_told)


def _now(overall: Overall) -> Iterator[str]:
    """Yield what to do, where that stands with none of the certificates."""
    first = answer_of(overall.deciding[0].report).step if overall.is_about_none else None
    remedy = told(brief(first), language(), remedy_text, overall.deciding[0].report.moment).remedy if first else ""
    if remedy:
        yield from _row("now", [remedy])


def _row(key: str, values: Sequence[str]) -> Iterator[str]:
    first, indent = under_answer(key)
    of_reason = _MOST_ROWS if len(values) == 1 else _MOST_ROWS_OF_MANY
    most = None if key == "now" else of_reason  # half a sentence tells nobody what to do
    for number, value in enumerate(values):
        yield from wrapped(value, indent, indent if number else first, most=most)


def _name(part: Part, *, several: bool) -> str:
    """Return what is named: a certificate by its name and place, a file by its name."""
    if not part.certificate:
        return tr("cli.cert_check.overall.of_file", file=_short(part.file)) if part.file else part.report.subject
    place = ", ".join(filter(None, (_short(part.file) if several else "", part.which)))
    name = visible(part.report.subject, _MOST_OF_NAME)
    return f"{name} ({place})" if place else name


def _short(file: str) -> str:
    return fitted_end(visible(Path(file).name), _MOST_OF_NAME)


def _reason(part: Part) -> str:
    """Return why a part came off as it did; of a file also how often the same is so."""
    report, because = part.report, answer_of(part.report).because
    if because is None:
        return tr("cli.cert_check.overall.nothing")
    reason = in_short(because, language(), report.moment)
    alike = sum(each.rule.code == because.rule.code for each in report.findings)
    if part.certificate or alike <= 1:
        return reason
    return tr("cli.cert_check.overall.such", reason=reason, count=alike - 1)


def reserved(report: Report) -> str:
    """Return what is to be known beside PASSED, in a few words; empty where there is nothing."""
    return ", ".join(in_a_word(but, language(), report.moment) for but in reservations(report))


def _others(overall: Overall) -> list[str]:
    """Return how many certificates came off otherwise, and how many files could not be read."""
    from pkitools_cli.commands.tables import counted, tally  # most ask about one

    counts = Counter(part.report.verdict for part in overall.certificates)
    others = [each for each in Verdict if counts[each] and each is not overall.verdict]
    beside = [reserved(part.report) for part in overall.certificates]
    counts_told = [counted(each, counts[each], beside) for each in others]
    if overall.verdict is Verdict.PASSED:
        counts_told += tally(reserved(part.report) for part in overall.parts)
    said = overall.verdict is Verdict.INDETERMINATE and not overall.deciding  # by the first line
    return counts_told if said or not overall.unread else [*counts_told, _unread(overall)]


def _unread(overall: Overall) -> str:
    count = len(overall.unread)
    return tr(f"cli.cert_check.count.unread{form_of(count)}", count=count)
