"""What ``probe`` says to people: the answer, the two questions of both sides, what was seen, the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pkitools.findings import Outcome, Report, Severity, Verdict
from pkitools.limits import MAX_LISTED
from pkitools.reports.telling.answer import answer_of, told
from pkitools.reports.text import label_width, others, why, word
from pkitools.text import shown
from pkitools.x509 import DistinguishedName, read_certificate
from pkitools_cli.commands.next_steps import Step, again
from pkitools_cli.i18n import language, report_word, tr
from pkitools_cli.lines import coloured, columns, findings_told, labelled, wrapped
from pkitools_cli.own_data import titles
from pkitools_cli.remedies import remedy_text
from pkitools_cli.reply import Line

if TYPE_CHECKING:
    from pkitools.checking import FileCheck
    from pkitools.probing import Handshake, Observation, ProbeResult


def probe_told(result: ProbeResult, target: str, systems: Sequence[str], *, verbose: bool) -> Iterator[Line | str]:
    """Yield all of it, of the peer that was named ``target``."""
    yield from _answer(result, target, systems, verbose=verbose)
    yield ""
    yield from labelled("cli.probe.row", _rows(result))
    for key, report in _parts(result):
        if report.findings or report.not_checked:
            yield ""
            yield Line(tr(f"cli.probe.part.{key}"), bold=True)
            full = Severity.INFO if verbose else Severity.ERROR
            yield from findings_told(report, full=full, verbose=verbose)


def _parts(result: ProbeResult) -> Iterator[tuple[str, Report]]:
    yield "connection", result.connection
    for key, judged in (("theirs", result.theirs), ("mine", result.mine)):
        if judged is not None:
            yield key, judged.report + judged.delivery


# -- the answer --------------------------------------------------------------------------------------------------------


def _answer(result: ProbeResult, target: str, systems: Sequence[str], *, verbose: bool) -> Iterator[Line | str]:
    verdict = report_word("verdict", result.report.verdict)
    about = [*titles(systems), tr(f"cli.cert_check.environment.{result.environment}")]
    asked = tr("cli.cert_check.for_system", systems=", ".join(about))
    rows = wrapped(f"{verdict} {asked}   {shown(result.seen.peer)}", "    ", "", most=2)
    yield coloured(rows[0], result.report.verdict, verdict)
    yield from rows[1:]
    answer = answer_of(result.report)
    if answer.because is not None:
        yield from _under(
            "why", f"{_whose(result, answer.because)}{why(answer.because, language(), result.report.moment)}"
        )
    yield from _now(result, target, answer.step)
    if counted := others(answer, language()):
        hint = "" if verbose else f" ({tr('cli.cert_check.more')})"
        yield from _under("also", f"{counted}{hint}")


def _under(key: str, text: str) -> list[str]:
    first, indent = _labels(key)
    return wrapped(text, indent, first)


def _labels(key: str) -> tuple[str, str]:
    """Return what the first row under a label begins with, and what the others do."""
    width = label_width(language())
    return f"  {word(f'answer.{key}', language()):<{width}}  ", " " * (width + 4)


def _whose(result: ProbeResult, outcome: Outcome) -> str:
    """Return whose certificate an outcome is about: the same rules are asked of both."""
    for key, report in _parts(result):
        if any(outcome is each for each in report.outcomes):
            return "" if key == "connection" else f"{tr(f'cli.probe.part.{key}')}: "
    return ""


def _now(result: ProbeResult, target: str, step: Outcome | None) -> Iterator[str]:
    """Yield what to do first. Whoever did not show a certificate does that, when the other side asks for one."""
    if result.seen.handshake.asks and result.mine is None:
        file = tr("cli.now.file")
        words = again([target], "--client-cert", file, "--client-key", file)
        yield from Step(tr("cli.probe.now.give"), words).rows(*_labels("now"))
        return
    remedy = "" if step is None else told(step, language(), remedy_text, result.report.moment).remedy
    key = "failed" if result.report.verdict is Verdict.FAILED else "passed"
    yield from _under("now", remedy or tr(f"cli.probe.now.{key}"))


# -- what was seen -----------------------------------------------------------------------------------------------------


def _rows(result: ProbeResult) -> Iterator[tuple[str, str | None]]:
    seen = result.seen
    shaken = seen.handshake
    yield "takes_mine", tr(f"cli.probe.taken.{seen.taken}")
    yield "take_theirs", _take_theirs(result.theirs, seen)
    yield "alert", _alert((seen.because or shaken) if shaken.asks else shaken)
    yield "tls", _tls(seen)
    yield "asks", _asks(seen)
    yield "issuers", _issuers(shaken.issuers)
    yield "pss", tr(f"cli.probe.pss.{seen.takes_pss}") if shaken.asks else None
    yield "signs", tr(f"cli.probe.signs.{seen.signs_with_pss}")
    yield "sent", _certificates(shaken.certificates)
    yield "mine", _certificates([facts.der for facts in seen.client]) if seen.client else None
    yield "environment", tr("cli.probe.guessed") if result.is_guessed else None
    yield "address", seen.address or tr("cli.probe.through", proxy=shown(seen.proxy))


def _take_theirs(theirs: FileCheck | None, seen: Observation) -> str:
    if theirs is None:
        return tr("cli.probe.theirs.none")
    if theirs.report.verdict is Verdict.PASSED and seen.lacking:
        return tr("cli.probe.theirs.incomplete")
    because = answer_of(theirs.report).because
    said = tr(f"cli.probe.theirs.{theirs.report.verdict}")
    return said if because is None else f"{said}: {why(because, language(), theirs.report.moment)}"


def _alert(shaken: Handshake) -> str | None:
    """Return what the other side said when it stopped, and what that means."""
    if shaken.alert is None:
        return None
    explanation = shaken.alert.explanation
    if explanation is None:
        return f"{shaken.alert.name} ({shaken.alert.number})"
    return f"{shaken.alert.name} ({shaken.alert.number}). {explanation.words[language()].meaning}"


def _tls(seen: Observation) -> str:
    told_of = [
        f"{version.value.removeprefix('TLSv')}{'' if offered == 'yes' else '?'}"
        for version, offered in seen.versions.items()
        if offered != "no"
    ]
    shaken = seen.handshake
    agreed = f" ({tr('cli.probe.agreed', version=shaken.version, cipher=shaken.cipher)})" if shaken.version else ""
    return f"{', '.join(told_of) or '–'}{agreed}"


def _asks(seen: Observation) -> str:
    shaken = seen.handshake
    if not shaken.asks:
        return tr("cli.probe.asks.no" if shaken.version else "cli.probe.asks.unknown")
    if seen.client:
        return tr("cli.probe.asks.yes")
    return tr("cli.probe.asks.required" if shaken.is_refused else "cli.probe.asks.optional")


def _issuers(named: Sequence[DistinguishedName]) -> str | None:
    if not named:
        return None
    names = [name.common_name or name.text for name in named[:MAX_LISTED]]
    more = f" … (+{len(named) - MAX_LISTED})" if len(named) > MAX_LISTED else ""
    return "; ".join(map(shown, names)) + more


def _certificates(ders: Sequence[bytes]) -> str:
    if not ders:
        return "–"
    names = []
    for der in ders[:MAX_LISTED]:
        facts = read_certificate(der)
        names.append(shown(facts.subject.common_name or facts.subject.text)[: columns()])
    return f"{len(ders)}: {'; '.join(names)}"
