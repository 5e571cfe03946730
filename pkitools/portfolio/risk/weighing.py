"""Every check asked of all that was found: what is violated, and what became of each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from pkitools.arguments import each_of, function, mapping, of_type, text
from pkitools.errors import InvalidValueError
from pkitools.findings import MET, NotChecked, Outcome, Rule
from pkitools.findings.asking import CRASHES, NotApplicable, crash, outcome
from pkitools.limits import MAX_RISK_MEMBERS
from pkitools.portfolio.model import Gap, Portfolio
from pkitools.portfolio.risk import authorities, certificates, g4, keys, rules
from pkitools.portfolio.risk.case import Case
from pkitools.portfolio.risk.model import Hit, Risk, Risks, Told, Uses
from pkitools.portfolio.risk.placing import by_folder
from pkitools.systems import System, get_system

_CHECKS: Final[Mapping[Rule, Callable[[Case], Told]]] = {
    rules.KEY_MISFIT: keys.misfit,
    rules.KEY_READABLE: keys.readable,
    rules.KEY_ORGANIZATIONS: keys.two_organizations,
    rules.KEY_ENVIRONMENTS: keys.two_environments,
    rules.BOTH_ENVIRONMENTS: certificates.both_environments,
    rules.WRONG_ENVIRONMENT: certificates.wrong_environment,
    rules.SYSTEM_MAXIMUM: certificates.maximum,
    rules.SYSTEM_UNIQUE_NAME: certificates.unique_name,
    rules.AUTHORITY_ENDS: authorities.ends,
    rules.G4_TRUST: g4.trust,
    rules.NAME_TWICE: certificates.name_twice,
    rules.KEY_RENEWED: keys.renewed,
    rules.G4_CERTIFICATES: g4.certificates,
}


def risks_of(
    portfolio: Portfolio,
    *,
    uses: Uses | None = None,
    systems: Iterable[str | System] | None = None,
    keys_beside: Mapping[str, str] | None = None,
    raise_crashes: bool = False,
) -> Risks:
    """Return what is wrong, or is to be known, of all that was found together.

    Args:
        portfolio: what was found.
        uses: for what the certificates at a place are; ``None``: what the folders are called.
        systems: for what all was judged; ``None``: the systems of the portfolio, as far as they are embedded.
        keys_beside: files with a private key that somebody states to be of a certificate and that fits none, with the
            place of that; ``None``: nobody states any, and where keys lie is all there is.
        raise_crashes: let a check that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.

    Raises:
        InvalidValueError: there is no system of a name, or a value is of another type.
    """
    of_type(portfolio, Portfolio, "portfolio")
    uses = None if uses is None else function(uses, "uses")
    beside = {} if keys_beside is None else mapping(keys_beside, "keys_beside")
    for each in (*beside, *beside.values()):
        text(each, "keys_beside")
    case = Case(
        portfolio.certificates,
        portfolio.keys,
        portfolio.requests,
        moment=portfolio.moment,
        uses=uses or by_folder(portfolio.asked),
        systems=tuple(_embedded(portfolio.systems) if systems is None else _given(systems)),
        keys_beside=beside,
        told=frozenset(one.name for one in portfolio.unread if one.gap is Gap.ENCRYPTED),
    )
    asking = _Asking(case, portfolio.is_whole, raise_crashes)
    told = [pair for rule, check in _CHECKS.items() for pair in asking.told(rule, check)]
    found = [risk for _, risk in told if risk is not None]
    ordered = sorted(found, key=lambda one: -one.severity)
    return Risks(tuple(ordered), tuple(each for each, _ in told), *authorities.hanging_of(case))


def _given(systems: Iterable[str | System]) -> Iterator[System]:
    for each in each_of(systems, (str, System), "systems"):
        yield get_system(each) if isinstance(each, str) else each


def _embedded(names: Iterable[str]) -> Iterator[System]:
    """Yield the systems of these names; one of somebody's own is handed in by who has it."""
    for name in names:
        try:
            yield get_system(name)
        except InvalidValueError:
            continue


class _Asking:
    """Asks a check of one case."""

    def __init__(self, case: Case, is_whole: bool, raise_crashes: bool) -> None:
        self.case, self.is_whole, self.raise_crashes = case, is_whole, raise_crashes

    def told(self, rule: Rule, check: Callable[[Case], Told]) -> Sequence[tuple[Outcome, Risk | None]]:
        """Return what became of a rule: its violations, or the one outcome that there is none of."""
        try:
            answer = check(self.case)
            if isinstance(answer, (NotApplicable, NotChecked)):
                return [(outcome(rule, answer), None)]
            hits = iter(answer)
            found: list[tuple[Outcome, Risk | None]] = [_pair(rule, hit) for hit in islice(hits, MAX_RISK_MEMBERS)]
            if more := sum(1 for _ in hits):  # nobody reads them all, and nothing is left out in silence
                found.append((outcome(rule, NotChecked("more_risks", str(more))), None))
        except CRASHES as error:
            if self.raise_crashes:
                raise
            return [(outcome(rule, crash(error)), None)]
        return found or [(outcome(rule, MET if self.is_whole else NotChecked("not_whole")), None)]


def _pair(rule: Rule, hit: Hit) -> tuple[Outcome, Risk]:
    told = outcome(rule, hit.violated)
    return told, Risk(told, hit.certificates, hit.places)
