"""What ``metadata check`` says to people: the answer, the keys, what was found of the file, and of each certificate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from pkitools.findings import Outcome, Report, Severity, Verdict
from pkitools.frozen import replace
from pkitools.metadata import MetadataCheck, MetadataKind
from pkitools.reports.telling.answer import Answer, answer_of
from pkitools.reports.telling.answer import told as told_of
from pkitools.reports.telling.readable import validity
from pkitools.reports.text import in_short, label_width, others, why
from pkitools.text import shown
from pkitools_cli.commands.cert.next_step import HandedIn, next_step_of
from pkitools_cli.commands.next_steps import NextStep, step
from pkitools_cli.commands.public_part import probe_words
from pkitools_cli.i18n import language, report_word, tr
from pkitools_cli.inputs import called
from pkitools_cli.lines import beside, coloured, findings_told, packed, under_answer, wrapped
from pkitools_cli.own_data import titles
from pkitools_cli.remedies import remedy_text
from pkitools_cli.reply import Line

if TYPE_CHECKING:
    from pkitools.checking import JudgedCertificate
    from pkitools_cli.commands.metadata.check import Options

_MOST_REASONS: Final = 3
_OF_A_PROVIDER: Final = "metadata.document.provider"
_MOST_ENTITIES: Final = 3


def told(found: MetadataCheck, options: Options) -> Iterator[Line | str]:
    """Yield what was found: the answer, the keys, the findings of the file, those of each certificate."""
    yield from _answer(found, options)
    judged = _judged(found)
    if judged:
        yield ""
        yield Line(tr("cli.metadata.check.keys"), bold=True)
        for one in judged:
            yield from _key(one)
    full = Severity.INFO if options.verbose else Severity.ERROR
    yield from _details(tr("cli.metadata.check.file"), found.report, full, verbose=options.verbose)
    for one in judged:
        heading = tr("cli.metadata.check.certificate", which=_name(one))
        yield from _details(heading, one.result.report, full, verbose=options.verbose)


def _details(heading: str, report: Report, full: Severity, *, verbose: bool) -> Iterator[Line | str]:
    if not report.findings and not report.not_checked:
        return
    yield ""
    yield from (Line(row, bold=True) for row in wrapped(heading, "  ", ""))
    yield from findings_told(report, full=full, verbose=verbose)


# -- the answer --------------------------------------------------------------------------------------------------------


def _answer(found: MetadataCheck, options: Options) -> Iterator[Line | str]:
    verdict = report_word("verdict", found.verdict)
    where = ", ".join([*titles([options.system]), tr(f"cli.cert_check.environment.{options.environment}")])
    asked = tr("cli.cert_check.for_system", systems=where)
    line = f"{verdict} {asked}   {shown(called(options.file))}"
    first, *rest = wrapped(line, " " * (label_width(language()) + 4), "", most=2)
    yield coloured(first, found.verdict, verdict)
    yield from rest
    deciding = [] if found.verdict is Verdict.PASSED else _deciding(found)
    yield from _rows("why", [_reason(found, report) for report in deciding[:_MOST_REASONS]], more=len(deciding))
    step_next = _next(found, deciding, options)
    if step_next is not None:
        yield from step_next.rows(*under_answer("now"))
    counted = _counted(found, deciding)
    if counted:
        yield from _rows("also", [counted])
    yield from _from(found)


def _judged(found: MetadataCheck) -> tuple[JudgedCertificate, ...]:
    return () if found.certificates is None else found.certificates.judged


def _deciding(found: MetadataCheck) -> list[Report]:
    return [report for report in found.reports if report.verdict is found.verdict]


def _reason(found: MetadataCheck, report: Report) -> str:
    because = answer_of(report).because
    if because is None:
        return ""
    if report is found.report:
        return why(because, language(), report.moment)
    name = next(_name(one) for one in _judged(found) if one.result.report is report)
    return f"{name}: {in_short(because, language(), report.moment)}"


def _next(found: MetadataCheck, deciding: Sequence[Report], options: Options) -> NextStep | None:
    about = next((one for one in _judged(found) if deciding and one.result.report is deciding[0]), None)
    somebody_elses = next((each for each in found.report.findings if each.rule.code == _OF_A_PROVIDER), None)
    if about is not None and somebody_elses is None:
        return next_step_of(HandedIn(options.file, about.result, about.result.report, options))
    # who runs a service orders no certificate for where people sign in
    outcome = _first_step(deciding or found.reports) if about is None else somebody_elses
    if outcome is not None:
        text = told_of(outcome, language(), remedy_text, found.report.moment)
        return NextStep(f"{text.title}. {text.remedy}" if not deciding else text.remedy) if text.remedy else None
    title = found.consumer.title if found.consumer is not None else ", ".join(titles([options.system]))
    commands = {"probe": lambda: probe_words(options.system, options.environment)}
    return step("metadata_check.passed", {"consumer": title}, commands)


def _first_step(reports: Sequence[Report]) -> Outcome | None:
    return next(filter(None, (answer_of(report).step for report in reports)), None)


def _counted(found: MetadataCheck, deciding: Sequence[Report]) -> str:
    """Return how much there is besides: of the file, and of how many certificates."""
    counted = others(_together(found), language())
    more = len(deciding) - _MOST_REASONS
    parts = [counted, tr("cli.metadata.check.more_reasons", count=more) if more > 0 else ""]
    return ", ".join(filter(None, parts))


def _together(found: MetadataCheck) -> Answer:
    """Return the answer about the file, with what was found of the certificates in it among the others."""
    answers = [answer_of(report) for report in found.reports]
    counts = sum((Counter(each.others) for each in answers), Counter[Severity]())
    return replace(answer_of(found.report), others={level: counts[level] for level in sorted(counts, reverse=True)})


def _rows(key: str, values: Sequence[str], more: int = 0) -> Iterator[str]:
    first, indent = under_answer(key)
    for number, value in enumerate(filter(None, values)):
        yield from wrapped(value, indent, indent if number else first, most=3 if more > 1 else 4)


def _from(found: MetadataCheck) -> Iterator[str]:
    ids = found.read.names
    more = (
        [tr("cli.metadata.check.more_entities", count=len(ids) - _MOST_ENTITIES)] if len(ids) > _MOST_ENTITIES else []
    )
    signed = tr(f"cli.metadata.signature.{found.read.verified.status}")
    told = [signed] if found.read.kind is MetadataKind.SAML else []
    first, indent = under_answer("from")
    yield from packed([shown(part) for part in (*ids[:_MOST_ENTITIES], *more, *told)], indent, first)


# -- the keys ----------------------------------------------------------------------------------------------------------


def _key(one: JudgedCertificate) -> Iterator[Line | str]:
    result = one.result
    verdict = report_word("verdict", result.verdict)
    moment = result.report.moment
    facts, until = result.facts, ""
    if moment is not None:
        until = validity(facts.not_before, facts.not_after, moment, language(), works_until=result.ends)
    oin = f"OIN {result.oin}" if result.oin else tr("cli.cert_check.without_oin")
    start = f"  {one.subject.number}  {verdict}  "
    rows = beside(start, ", ".join(filter(None, (_name(one), oin, until))))
    yield coloured(rows[0], result.verdict, verdict, len(start) - len(verdict) - 2)
    yield from rows[1:]


def _name(one: JudgedCertificate) -> str:
    """Return a certificate by its name, and what it is for."""
    uses = "; ".join(one.subject.uses)
    name = one.result.facts.subject.common_name or one.result.facts.sha256[:16]
    return shown(f"{name} ({uses})" if uses else name)
