"""What ``probe`` says to people: the answer, the two questions of both sides, what was seen, the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click

from pkitools.errors import InputError
from pkitools.findings import Outcome, Report, Severity, Status, Verdict
from pkitools.frozen import replace
from pkitools.limits import MAX_LISTED
from pkitools.messages.days import day
from pkitools.reports.telling.answer import Answer, answer_of, told
from pkitools.reports.text import is_about_the_subject, others, why, word
from pkitools.text import joined, shown
from pkitools.x509 import DistinguishedName, read_certificate
from pkitools_cli.commands.cert.check_overall import reserved
from pkitools_cli.commands.next_steps import NextStep, Words, again, carried, chain_place, fits
from pkitools_cli.i18n import blank, language, report_word, tr
from pkitools_cli.lines import coloured, columns, findings_told, labelled, under_label, wrapped
from pkitools_cli.own_data import titles
from pkitools_cli.remedies import remedy_text
from pkitools_cli.reply import Line
from pkitools_cli.wide import head

if TYPE_CHECKING:
    from pkitools.probing import Handshake, Observation, ProbeResult

_OURS_TO_DO: Final = frozenset(
    {
        "advice.names.control_characters",
        "environment.production.no_test",
        "path.anchor.found",
        "path.host.name",
        "path.validity.not_yet_valid",
        "revocation.status.revoked",
    }
)
"""What is wrong with the certificate of the other side, and leaves something to do on this side too."""

_CHAIN: Final = "probe.client.chain"
_KNOWN_OF_MINE: Final = (
    ("path.validity.expired", "expired"),
    ("revocation.status.revoked", "revoked"),
    ("path.validity.not_yet_valid", "not_yet"),
)
"""What is known of one's own certificate and keeps it from being taken, whatever the other side says of it."""
_FOR_COMPLETE: Final = frozenset({"trust", "allow_net", "allow_port"})
_SELF_SIGNED: Final = "probe.server.self_signed"


def probe_told(result: ProbeResult, target: str, systems: Sequence[str], *, verbose: bool) -> Iterator[Line | str]:
    """Yield all of it, of the peer that was named ``target``."""
    yield from _answer(result, target, systems, verbose=verbose)
    yield ""
    yield from labelled("cli.probe.row", _rows(result))
    for key, report in _parts(result):
        if report.findings or report.not_checked:
            yield ""
            yield Line(tr(f"cli.probe.heading.{key}"), bold=True)
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
    said = f"{verdict} ({but})" if (but := _reserved(result)) else verdict
    rows = wrapped(f"{said} {asked}   {shown(result.seen.peer)}", "    ", "", most=2)
    yield coloured(rows[0], result.report.verdict, verdict)
    yield from rows[1:]
    answer = answer_of(result.report)
    if answer.step is not None:
        told_of = f"{_whose(result, answer.step)}{why(answer.step, language(), result.report.moment)}"
        yield from _under(word("answer.why", language()) if answer.because else tr("cli.probe.note"), told_of)
    yield from _now(result, target, answer.step)
    if counted := others(_besides(answer), language()):
        hint = "" if verbose else f" ({tr('cli.cert_check.more')})"
        yield from _under(word("answer.also", language()), f"{counted}{hint}")


def _besides(answer: Answer) -> Answer:
    """Return an answer whose others are those that were not told: a warning beside PASSED is."""
    if answer.because is not None or answer.step is None:
        return answer
    told_of = answer.step.rule.severity
    left = {severity: count - (severity is told_of) for severity, count in answer.others.items()}
    return replace(answer, others={severity: count for severity, count in left.items() if count})


def _reserved(result: ProbeResult) -> str:
    """Return what nobody may read over beside PASSED: what was not looked at, or not tried."""
    if result.report.verdict is not Verdict.PASSED:
        return ""
    untried = tr("cli.probe.untried") if result.seen.handshake.asks and result.mine is None else ""
    return "; ".join(filter(None, (reserved(result.report), untried)))


def _under(label: str, text: str) -> list[str]:
    first, indent = under_label(label)
    return wrapped(text, indent, first)


def _part_of(result: ProbeResult, outcome: Outcome) -> str:
    """Return what an outcome is about: the same rules are asked of the certificates of both sides."""
    found = (key for key, report in _parts(result) if any(outcome is each for each in report.outcomes))
    return next(found, "connection")


def _whose(result: ProbeResult, outcome: Outcome) -> str:
    key = _part_of(result, outcome)
    return "" if key == "connection" else f"{tr(f'cli.probe.part.{key}')}: "


def _now(result: ProbeResult, target: str, step: Outcome | None) -> Iterator[str]:
    """Yield what to do first. Whoever did not show a certificate does that, when the other side asks for one.

    Not where it has failed already: no certificate of one's own mends what is wrong with theirs.
    """
    if result.seen.handshake.asks and result.mine is None and result.report.verdict is not Verdict.FAILED:
        file = blank("file")
        words = again([target], "--client-cert", file, "--client-key", file)
        yield from NextStep(tr("cli.probe.now.give"), words).rows(*under_label(word("answer.now", language())))
        return
    if step is not None and (known := _of_mine(result, step)) is not None:
        yield from known.rows(*under_label(word("answer.now", language())))
        return
    if step is not None and step.rule.code == _CHAIN and (mended := _completed()) is not None:
        yield from mended.rows(*under_label(word("answer.now", language())))
        return
    remedy = "" if step is None else _remedy(result, step)
    yield from _under(word("answer.now", language()), remedy or tr(f"cli.probe.now.{_outcome(result)}"))


def _of_mine(result: ProbeResult, step: Outcome) -> NextStep | None:
    """Return what to do about one's own certificate, where what is wrong with it is known here.

    What the alert of the other side might mean comes after that: they are told nothing of what can be mended here.
    """
    if result.mine is None or not result.seen.client or _part_of(result, step) == "theirs":
        return None
    wrong = {one.rule.code for one in result.mine.report.findings if is_about_the_subject(one)}
    facts = result.seen.client[0]
    key = next((key for code, key in _KNOWN_OF_MINE if code in wrong), None)
    if key is None:
        is_alone = "path.anchor.found" in wrong and len(result.seen.client) == 1
        return _completed() if is_alone else None
    tongue = language()
    name = facts.subject.called
    days = {"begins": day(facts.not_before, tongue), "ends": day(facts.not_after, tongue)}
    return NextStep(
        tr(f"cli.probe.now.{key}", name=shown(name), **days), None if key == "not_yet" else _renewed(result)
    )


def _renewed(result: ProbeResult) -> Words | None:
    """Return the command that asks for the next client certificate; ``None`` where none can be shown."""
    from pkitools_cli.commands.renewing import renewal_of_file  # of most nothing is renewed

    ctx = click.get_current_context(silent=True)
    file = None if ctx is None else ctx.params.get("client_cert")
    moment = result.report.moment
    if ctx is None or file is None or file == "-" or moment is None:
        return None
    systems: Sequence[str] = ctx.params.get("systems") or ()
    return renewal_of_file(
        file,
        result.seen.client[0].sha256,
        system=systems[0] if len(systems) == 1 else None,
        environment=result.environment,
        moment=moment,
    )


def _completed() -> NextStep | None:
    """Return the step that puts the intermediates behind the client certificate; ``None`` where none can be shown."""
    ctx = click.get_current_context(silent=True)
    file = None if ctx is None else ctx.params.get("client_cert")
    if file is None or file == "-":
        return None
    words = ("chain", "complete", file, *carried(only=_FOR_COMPLETE), "--out", chain_place(file))
    return NextStep(tr("cli.probe.now.chain"), words) if fits(words) else None


def _outcome(result: ProbeResult) -> Verdict:
    """Return the verdict; where a part could not be read nobody knows, however good the rest is."""
    verdict = result.report.verdict
    return Verdict.INDETERMINATE if verdict is Verdict.PASSED and not result.is_complete else verdict


def _remedy(result: ProbeResult, step: Outcome) -> str:
    """Return what to do: whoever reads this cannot mend the certificate of the other side, but can tell them."""
    remedy = told(step, language(), remedy_text, result.report.moment).remedy
    code = step.rule.code
    if _part_of(result, step) != "theirs" or step.status is not Status.VIOLATED or not remedy:
        return remedy
    if code in _OURS_TO_DO:
        return tr(f"cli.probe.theirs_now.{code}")
    if code.startswith("revocation."):
        return remedy  # about what could be had here
    first = remedy[:1] if remedy[1:2].isupper() else remedy[:1].lower()
    return tr("cli.probe.now.theirs", remedy=first + remedy[1:])


# -- what was seen -----------------------------------------------------------------------------------------------------


def _rows(result: ProbeResult) -> Iterator[tuple[str, str | None]]:
    seen = result.seen
    shaken = seen.handshake
    yield "takes_mine", tr(f"cli.probe.taken.{_taken_word(seen)}")
    yield "take_theirs", _take_theirs(result)
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


def _taken_word(seen: Observation) -> str:
    if seen.is_page_silent:
        return "unknown_silent"
    if seen.is_page_failed:
        return "unknown_failed"
    return "unknown_denied" if seen.is_page_denied else seen.taken


def _take_theirs(result: ProbeResult) -> str:
    theirs, seen = result.theirs, result.seen
    if theirs is None:
        return tr("cli.probe.theirs.none")
    alone = next((one for one in result.connection.findings if one.rule.code == _SELF_SIGNED), None)
    if alone is not None:  # that the rest of it is right makes nobody stand for it
        return f"{tr('cli.probe.theirs.failed')}: {why(alone, language(), result.report.moment)}"
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
    return joined([shown(name.called) for name in named], between="; ")


def _certificates(ders: Sequence[bytes]) -> str:
    if not ders:
        return "–"
    return f"{len(ders)}: {'; '.join(map(_name, ders[:MAX_LISTED]))}"


def _name(der: bytes) -> str:
    """Return what a certificate is called; the other side may send what is none."""
    try:
        subject = read_certificate(der).subject
    except InputError:
        return tr("cli.probe.unreadable")
    return head(shown(subject.called), columns())
