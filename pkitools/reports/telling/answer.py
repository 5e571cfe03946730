"""The answer of a report: what the verdict rests on, what to do first, how much there is besides; then its details.

Everything here is a value; :mod:`pkitools.reports.text` makes lines of it, and :mod:`pkitools.reports.pages` a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from pkitools.findings import Outcome, Report, Rule, Severity, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_LISTED
from pkitools.messages import NOTHING, Language, Message, RemedyText, message, outcome_message
from pkitools.reports.telling.readable import readable
from pkitools.text import NameText, shown

_UNPROVEN: Final = "path.anchor.found"
_INCOMPLETE: Final = "delivery.chain.complete"
_NO_OIN: Final = "oin.syntax."
_GIVEN_INSTEAD: Final = "oin.input."
_SLIP: Final = "oin.input.like_digits"
_RESERVED: Final = (
    "environment.holder.",
    "revocation.status.unconfirmed",
    "revocation.policy.off",
    "received.private_key.authority",
    "received.private_key.first",
    "received.private_key.named",
    "received.private_key.beside",
    "received.private_key.compared",
    "received.public_key.beside",
    "file.metadata.certificates",
    "delivery.chain.valid",
    "delivery.chain.complete",
)
_BESIDE: Final = ("received.", "file.metadata.", "delivery.")
"""Of those, what is told beside another."""
# of a keystore whose passphrase nobody gave it is no more than a notice, nor of a public key that is named otherwise
_LEAST: Final = {
    "received.private_key.compared": Severity.WARNING,
    "received.public_key.beside": Severity.WARNING,
}

_OF_THE_PATH: Final = "path."
_OF_THE_MOMENT: Final = frozenset({"path.validity.expired", "path.validity.not_yet_valid"})
_NO_PATH, _OUT_OF_DATE = "no_path", "path_out_of_date"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader wants to know first.

    Args:
        verdict: of the report.
        because: what it rests on: of FAILED the gravest finding, or what was given instead of an OIN; of INDETERMINATE
            what could not be checked; ``None`` of PASSED, and where nothing was looked at.
        step: whose remedy comes first: the same, or of PASSED the gravest finding when that is a warning.
        but: of PASSED, what nobody may read over: that it is nobody's to connect with, that revocation is not known, or
            that a private key is not known to fit.
        others: how many rules are violated besides, by severity, the gravest first.
    """

    verdict: Verdict
    because: Outcome | None
    step: Outcome | None
    others: Mapping[Severity, int]
    but: Outcome | None = None


def answer_of(report: Report) -> Answer:
    """Return the answer of a report."""
    because = _because(report)
    step = because or _warning(report)
    return Answer(report.verdict, because, step, _others(report, because), next(iter(reservations(report)), None))


def _because(report: Report) -> Outcome | None:
    if report.verdict is Verdict.FAILED:
        return _what_it_is(report) or report.findings[0]
    if report.verdict is Verdict.PASSED:
        return None
    missing = report.not_checked
    return next((o for o in missing if o.rule.severity is Severity.ERROR), next(iter(missing), None))


def reservations(report: Report) -> tuple[Outcome, ...]:
    """Return what stands beside PASSED wherever it is said in short, the weightiest first."""
    if report.verdict is not Verdict.PASSED:
        return ()
    weighty = (found for found in reversed(report.findings) if found.rule.severity >= _LEAST.get(found.rule.code, 0))
    by_code = {found.rule.code: found for found in weighty if found.rule.code.startswith(_RESERVED)}
    ordered = sorted(by_code, key=lambda code: next(n for n, start in enumerate(_RESERVED) if code.startswith(start)))
    return tuple(by_code[code] for n, code in enumerate(ordered) if not n or code.startswith(_BESIDE))


def _what_it_is(report: Report) -> Outcome | None:
    """Return what says what was given instead of an OIN: a KvK number tells more than eight digits do.

    That letters stand for digits is likelier than whatever the number would be with them.
    """
    slip = next((found for found in report.findings if found.rule.code == _SLIP), None)
    if slip is not None:
        return slip
    if not report.findings[0].rule.code.startswith(_NO_OIN):
        return None
    return next((o for o in report.findings if o.rule.code.startswith(_GIVEN_INSTEAD)), None)


def _warning(report: Report) -> Outcome | None:
    found = next(iter(report.findings), None)
    return found if found is not None and found.rule.severity >= Severity.WARNING else None


def _others(report: Report, because: Outcome | None) -> dict[Severity, int]:
    told = {(o.rule.severity, o.rule.code) for o in report.findings}
    if because is not None:
        told.discard((because.rule.severity, because.rule.code))
    counts = Counter(severity for severity, _ in told)
    return {severity: counts[severity] for severity in sorted(counts, reverse=True)}


def told(
    outcome: Outcome, language: Language, remedy_text: RemedyText | None = None, moment: datetime | None = None
) -> Message:
    """Return the message of an outcome for people to read, its operands as :func:`readable` has them.

    Args:
        outcome: violated; or not checked, which is told by its reason.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies, shown instead of the library's where it has one.
        moment: when was judged.
    """
    return outcome_message(outcome, language, remedy_text, readable(outcome.params, language, moment))


# -- the details ------------------------------------------------------------------------------------------------------


class ToldFinding(NamedTuple):  # a command that says a line or two declares no more than it must
    """What one rule says, of however many certificates.

    Args:
        rule: the rule.
        title: what is wrong, in a few words.
        messages: what is wrong, each once; of many the last says how many more there are.
        remedies: what to do, each once.
        source: where it stands, and how sure that is.
    """

    rule: Rule
    title: str
    messages: tuple[str, ...]
    remedies: tuple[str, ...]
    source: str


class ToldGap(NamedTuple):
    """What could not be checked for one reason.

    Args:
        reason: why.
        remedy: what to do; empty where there is nothing.
        codes: the rules. Their titles say what would be wrong: where nothing was looked at they read as faults.
    """

    reason: str
    remedy: str
    codes: tuple[str, ...]


def told_findings(report: Report, language: Language, remedy_text: RemedyText | None = None) -> Iterator[ToldFinding]:
    """Yield the findings, the gravest first; above all what says what was given, where it is no OIN.

    Args:
        report: the report.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies.
    """
    grouped: dict[tuple[object, ...], list[Outcome]] = {}
    because = answer_of(report).because
    for outcome in sorted(report.findings, key=lambda found: found is not because):
        grouped.setdefault((outcome.rule.severity, outcome.rule.code), []).append(outcome)
    for outcomes in grouped.values():
        texts = [told(outcome, language, remedy_text, report.moment) for outcome in outcomes]
        yield _finding(outcomes[0].rule, texts, language)


def _finding(rule: Rule, texts: list[Message], language: Language) -> ToldFinding:
    certainty = message(f"report.certainty.{rule.certainty}", {}, language).title
    return ToldFinding(
        rule,
        texts[0].title,
        _first_ones(text.message for text in texts),
        tuple(filter(None, dict.fromkeys(text.remedy for text in texts))),
        f"{rule.source.text(language)} ({certainty})",
    )


def told_gaps(report: Report, language: Language, remedy_text: RemedyText | None = None) -> Iterator[ToldGap]:
    """Yield what could not be checked, by reason.

    Args:
        report: the report.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies.
    """
    for reason, outcomes in by_reason(report).items():
        operands = readable(outcomes[0].params, language, report.moment)
        text = message(f"report.reason.{reason}", operands, language, remedy_text)
        codes = tuple(dict.fromkeys(outcome.rule.code for outcome in outcomes))
        yield ToldGap(text.message or shown(reason), text.remedy, codes)


def by_reason(report: Report) -> dict[str, list[Outcome]]:
    """Return what could not be checked, by the reason: of a path that is only out of date not that there is none."""
    grouped: dict[str, list[Outcome]] = {}
    instead = {_NO_PATH: _OUT_OF_DATE} if _is_only_out_of_date(report) else {}
    for outcome in report.not_checked:
        grouped.setdefault(instead.get(outcome.reason, outcome.reason), []).append(outcome)
    return grouped


def _is_only_out_of_date(report: Report) -> bool:
    """Return whether the path reaches a trusted root, and nothing is against it but the moment."""
    against = {found.rule.code for found in report.findings if found.rule.code.startswith(_OF_THE_PATH)}
    unknown = any(o.rule.code.startswith(_OF_THE_PATH) and o.reason != _NO_PATH for o in report.not_checked)
    return bool(against) and against <= _OF_THE_MOMENT and not unknown


def _first_ones(texts: Iterable[str]) -> tuple[str, ...]:
    found = tuple(text for text in dict.fromkeys(texts) if text)
    more = len(found) - MAX_LISTED
    return found if more <= 0 else (*found[:MAX_LISTED], f"… (+{more})")


def told_twice(delivery: Report, above: Sequence[Report]) -> list[Outcome]:
    """Return the missing certificates that were told above and are to be had; a refused file tells them itself.

    Args:
        delivery: what was found of the file.
        above: what was told of its certificates.
    """
    if delivery.verdict is Verdict.FAILED:
        return []
    paths = (found for report in above for found in report.findings if found.rule.code == _UNPROVEN)
    missing = {short_name(found.params.get("issuer")) for found in paths}
    lacking = [o for o in delivery.findings if o.rule.code == _INCOMPLETE and o.params.get("where") != NOTHING]
    return [outcome for outcome in lacking if short_name(outcome.params.get("missing")) in missing]


def told_apart(delivery: Report, above: Sequence[Report]) -> Report:
    """Return what is told of the file as findings of its own.

    Args:
        delivery: what was found of the file.
        above: what was told of its certificates.
    """
    return without(delivery, told_twice(delivery, above))


def without(delivery: Report, twice: Sequence[Outcome]) -> Report:
    """Return what was found of a file but for these."""
    return replace(delivery, outcomes=tuple(o for o in delivery.outcomes if not any(o is each for each in twice)))


def short_name(name: object) -> str:
    """Return a name as it is compared and shown here."""
    return name.short if isinstance(name, NameText) else str(name)
