"""Why some of what a TSP sent is not in place: what holds for several is said once, with how many it holds for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pkitools.findings import Outcome, Report, Severity
from pkitools.limits import MAX_LISTED
from pkitools.ordering import Arrival, State
from pkitools.text import joined, shown
from pkitools_cli.i18n import tr
from pkitools_cli.lines import findings_told, wrapped
from pkitools_cli.remedies import told
from pkitools_cli.reply import Line

GOOD: Final = frozenset({State.PLACED, State.IN_PLACE})
ORDER: Final = (
    State.FAILED,
    State.INDETERMINATE,
    State.NO_KEY,
    State.LOCKED,
    State.OCCUPIED,
    State.AMBIGUOUS,
    State.NO_ORDER,
)
"""States in which a certificate is not in place, in the order in which they are told and mended."""


def why_told(arrivals: Sequence[Arrival]) -> Iterator[Line | str]:
    """Yield, of each state in which certificates are not in place, which they are and why."""
    for state in ORDER:
        here = [each for each in arrivals if each.state is state]
        if not here:
            continue
        yield ""
        head = tr(f"cli.cert_receive.why.{state}")
        if state in {State.FAILED, State.INDETERMINATE}:
            yield from wrapped(f"{head} {_which(here)}", "")
            yield from _found(here)
        elif len(here) == 1:
            yield from wrapped(f"{head} {_with_cause(here[0])}", "")
        else:
            yield from wrapped(head, "")
            yield from _rows([_with_cause(each) for each in here])


def _rows(parts: Sequence[str]) -> Iterator[str]:
    more = [f"… (+{len(parts) - MAX_LISTED})"] if len(parts) > MAX_LISTED else []
    for part in [*parts[:MAX_LISTED], *more]:
        yield from wrapped(part, "    ", "  - ")


def _which(arrivals: Sequence[Arrival]) -> str:
    """Return which they are; of several by their names, of which the table has the files."""
    if len(arrivals) == 1:
        return _who(arrivals[0])
    return f"{len(arrivals)} × ({joined([_name(each) for each in arrivals])})"


def _name(arrival: Arrival) -> str:
    return arrival.order.name if arrival.order is not None else ""


def _who(arrival: Arrival) -> str:
    named = arrival.facts.subject.called
    return f"{shown(named)} ({', '.join(shown(name) for name in arrival.files)})"


def _with_cause(arrival: Arrival) -> str:
    match arrival.state:
        case State.OCCUPIED:
            return f"{_who(arrival)}: {shown(arrival.certificate_file)}"
        case State.NO_KEY | State.LOCKED:
            return f"{_who(arrival)}: {_key_cause(arrival)}"
    return _who(arrival)


def _key_cause(arrival: Arrival) -> str:
    problem = arrival.problem
    if problem is None:
        return tr("cli.cert_receive.other_key", key_file=arrival.key_file)
    return told(problem.code, problem.params).message


def _found(arrivals: Sequence[Arrival]) -> Iterator[Line | str]:
    """Yield what was found of these, each rule once: with of which ones, where it is not of all."""
    reports = [(_name(each), each.report) for each in arrivals]
    names: dict[str, list[str]] = {}
    found: dict[str, list[Outcome]] = {}
    for name, report in reports:
        for outcome in report.findings if report is not None else ():
            found.setdefault(outcome.rule.code, []).append(outcome)
            if name not in names.setdefault(outcome.rule.code, []):
                names[outcome.rule.code].append(name)
    for code in sorted(found, key=lambda each: found[each][0].rule.severity, reverse=True):
        if len(names[code]) < len(arrivals):
            count = {"count": len(names[code]), "total": len(arrivals), "names": joined(names[code])}
            yield from wrapped(tr("cli.cert_receive.some", **count), "  ")
        yield from findings_told(_report(reports, found[code]), full=Severity.WARNING, verbose=False)
    unchecked = [outcome for _, report in reports if report is not None for outcome in report.not_checked]
    yield from findings_told(_report(reports, unchecked), full=Severity.WARNING, verbose=False)


def _report(reports: Sequence[tuple[str, Report | None]], outcomes: Sequence[Outcome]) -> Report:
    first = next(report for _, report in reports if report is not None)
    return Report(first.subject, tuple(outcomes), first.moment, first.environment, first.system)
