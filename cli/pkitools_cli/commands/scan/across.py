"""What is told of all that was found together, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from pkitools.findings import Severity
from pkitools.portfolio.model import Portfolio, Standing
from pkitools.reports.portfolio.across import hanging_line, risk_said, severity_word, unasked, untold
from pkitools.reports.portfolio.telling import Telling
from pkitools.reports.telling.answer import told
from pkitools.text import joined, visible
from pkitools_cli.i18n import form_of, language, tr
from pkitools_cli.lines import coloured, wrapped
from pkitools_cli.own_data import system_named
from pkitools_cli.remedies import offline_remedy_text
from pkitools_cli.reply import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkitools.connections import Connections
    from pkitools.portfolio.risk import Risk, Risks

_INDENT: Final = "    "
_MOST_RISKS: Final = 20
_MOST_ALIKE: Final = 3  # of one kind, where not all are told
_MOST_NAMED: Final = 2
_MOST_HANGING: Final = 10
_MOST_HANGING_SHORT: Final = 5
_MOST_OF_AUTHORITY: Final = 6  # rows: its name, its end, what hangs on it and some of their names
_MOST_OF_AUTHORITY_SHORT: Final = 3
_GOOD: Final = frozenset({Standing.PASSED, Standing.NOT_JUDGED, None})


def risks_for(portfolio: Portfolio, systems: Sequence[str], connections: Connections | None) -> Risks:
    """Return what is told of all together, also for systems of one's own, and by what connections state."""
    from pkitools.portfolio.risk import risks_of

    uses, beside = None, None
    if connections is not None:
        from pkitools.connections import keys_named, uses_of

        uses, beside = uses_of(connections), keys_named(connections, portfolio)
    given = [system_named(name) for name in systems]
    return risks_of(portfolio, uses=uses, systems=given, keys_beside=beside)


def across_told(risks: Risks, portfolio: Portfolio, *, verbose: bool = True) -> Iterator[Line | str]:
    """Yield what is wrong of several together, what could not be looked at, and what hangs on each authority.

    Args:
        risks: what is told of all together.
        portfolio: what was found.
        verbose: tell each; else of each kind the worst, and how many there are.
    """
    telling = Telling(language(), remedy=offline_remedy_text)
    missing = [told(each, language(), offline_remedy_text, portfolio.moment) for each in unasked(risks)]
    found = untold(risks, portfolio)
    if found or missing:
        yield ""
        yield Line(tr("cli.risk.across"), bold=True)
    if verbose:
        for risk in found[:_MOST_RISKS]:
            yield from _risk(risk, portfolio, telling)
        if len(found) > _MOST_RISKS:
            yield from wrapped(tr("cli.risk.more", count=len(found) - _MOST_RISKS), _INDENT, "  ")
    else:
        yield from _kinds(found, portfolio, telling)
    for sentence in dict.fromkeys(said.message for said in missing):
        yield from wrapped(sentence, _INDENT, "  ? ")
    yield from _hanging(risks, verbose=verbose)


def _kinds(found: Sequence[Risk], portfolio: Portfolio, telling: Telling) -> Iterator[Line | str]:
    """Yield of each rule the worst that it found, what the next few are about, and how many more there are."""
    by_rule: dict[str, list[Risk]] = {}
    for risk in found:  # worst first
        by_rule.setdefault(risk.outcome.rule.code, []).append(risk)
    for worst, *others in by_rule.values():
        yield from _risk(worst, portfolio, telling)
        if others:
            yield from wrapped(tr(f"cli.risk.alike{form_of(len(others))}", count=len(others)), _INDENT)
        for risk in others[:_MOST_ALIKE]:
            named = risk.places or risk.certificates
            yield from wrapped(joined([*map(visible, named)], _MOST_NAMED), f"{_INDENT}  ", f"{_INDENT}- ", most=2)
        if more := len(others[_MOST_ALIKE:]):
            yield from wrapped(tr("cli.scan.more", count=more), _INDENT)


def _risk(risk: Risk, portfolio: Portfolio, telling: Telling) -> Iterator[Line | str]:
    said, word = risk_said(risk, portfolio, telling), severity_word(risk.severity, telling.language)
    rows = wrapped(said.title, _INDENT, f"  {word}  ")
    yield coloured(rows[0], risk.severity, word, 0)
    yield from rows[1:]
    yield from wrapped(said.message, _INDENT, most=5)
    yield from wrapped(said.remedy, _INDENT, most=4)  # by itself, so that what to do is never what is cut off


def _hanging(risks: Risks, *, verbose: bool = True) -> Iterator[Line | str]:
    if not risks.hanging:
        return
    yield ""
    yield Line(tr("cli.risk.hanging"), bold=True)
    most, rows = (_MOST_HANGING, _MOST_OF_AUTHORITY) if verbose else (_MOST_HANGING_SHORT, _MOST_OF_AUTHORITY_SHORT)
    for one in risks.hanging[:most]:
        yield from wrapped(hanging_line(one, language()), f"{_INDENT}  ", "  - ", most=rows)
    if more := len(risks.hanging[most:]) + risks.more_authorities:
        yield from wrapped(tr("cli.risk.more", count=more), _INDENT, "  ")


def across_now(risks: Risks, portfolio: Portfolio) -> str | None:
    """Return what to do first, where each certificate alone asks nothing and all together do."""
    worst = next((standing for standing, _ in portfolio.in_order()), None)
    if risks.worst is None or risks.worst < Severity.WARNING or worst not in _GOOD or not portfolio.is_whole:
        return None
    return tr("cli.risk.now")
