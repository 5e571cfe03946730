"""Authorities: which of them end soon, and what hangs on each (BIO2 8.24.05)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from pkitools.findings import NOT_APPLICABLE, Severity, violated
from pkitools.frozen import dataclass
from pkitools.limits import MAX_LISTED, MAX_RISK_MEMBERS, MAX_RISK_PLACES
from pkitools.messages.days import days_left
from pkitools.portfolio.model import HeldCertificate
from pkitools.portfolio.risk.case import Case
from pkitools.portfolio.risk.grouping import is_in_use
from pkitools.portfolio.risk.model import Hanging, Hit, Told
from pkitools.rules.order_day import LEAD_TIME
from pkitools.trust import catalogue
from pkitools.x509.above import Above

AHEAD: Final = timedelta(days=365)
"""How long before its end an authority is told of: from then on it issues no certificate for a year."""
_MOST_ABOVE: Final = 5
Name = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Authority:
    name: str
    issuer: Name
    not_after: datetime | None


def _parts(subject: str) -> Name:
    """Return a name so that it is the same from the first part to the last and the other way round."""
    return frozenset(part.strip() for part in subject.split(","))


@cache
def _listed() -> Mapping[Name, _Authority]:
    """Return the authorities of the catalogue by their names: of several of one name the last to end."""
    found: dict[Name, _Authority] = {}
    for entry in catalogue().entries:
        if entry.subject and entry.not_after is not None and entry.superseded_by is None:
            name = _parts(entry.subject)
            known = found.get(name)
            if known is None or known.not_after is None or known.not_after < entry.not_after:
                found[name] = _Authority(entry.name, _parts(entry.issuer or ""), entry.not_after)
    return found


def _known(certificates: Iterable[HeldCertificate]) -> Mapping[Name, _Authority]:
    """Return the authorities by name: those of the catalogue and those that were found, of one name the last to end."""
    found: dict[Name, _Authority] = {}
    for one in certificates:
        if one.is_authority:
            name = _parts(one.subject)
            known = found.get(name)
            if known is None or known.not_after is None or known.not_after < one.not_after:
                found[name] = _Authority(one.name, _parts(one.issuer), one.not_after)
    found |= _listed()
    return found


class _Above:
    """Finds the authorities that certificates hang on.

    Args:
        certificates: all that was found.
    """

    def __init__(self, certificates: Iterable[HeldCertificate]) -> None:
        self._known = _known(certificates)
        self._by_name: dict[str, Sequence[_Authority]] = {}

    def of(self, one: HeldCertificate) -> Sequence[Above | _Authority]:
        """Return those above one, its issuer first: its own, and by their names alone only where those are not known.

        Of one name there may be several, and what lasts longest may be of another.
        """
        own = next((each.above for each in one.judgements if each.above), ())
        return own or self._named(one.issuer)

    def _named(self, issuer: str) -> Sequence[_Authority]:
        if issuer not in self._by_name:
            if len(self._by_name) > MAX_RISK_MEMBERS:
                self._by_name.clear()
            self._by_name[issuer] = tuple(self._above(_parts(issuer)))
        return self._by_name[issuer]

    def _above(self, issuer: Name) -> Iterator[_Authority]:
        for _ in range(_MOST_ABOVE):
            one = self._known.get(issuer)
            if one is None:
                return
            yield one
            if one.issuer == issuer:
                return
            issuer = one.issuer


def ends(case: Case) -> Told:
    """Yield the authorities that end within a year, and on which certificates hang that are in use."""
    hanging: dict[tuple[str, datetime | None], _Ending] = {}
    above = _Above(case.certificates)
    for one in case.certificates:
        if is_in_use(one, case.moment):
            for each in above.of(one):
                hanging.setdefault((each.name, each.not_after), _Ending(each.name, each.not_after)).add(one)
    if not hanging:
        return NOT_APPLICABLE
    return (hit for each in hanging.values() for hit in each.hits(case.moment))


class _Ending:
    """An authority with what hangs on it; of thousands the first are named, and all are counted."""

    def __init__(self, name: str, ends: datetime | None) -> None:
        self.name, self.ends, self.count = name, ends, 0
        self.certificates: list[str] = []
        self.places: dict[str, None] = {}

    def add(self, one: HeldCertificate) -> None:
        self.count += 1
        if len(self.certificates) < MAX_RISK_MEMBERS:
            self.certificates.append(one.sha256)
            self.places |= dict.fromkeys(place.name for place in one.places[:MAX_RISK_PLACES])

    def hits(self, moment: datetime) -> Iterator[Hit]:
        end = self.ends
        if end is None or days_left(end, moment) > AHEAD.days:
            return
        severity = None if days_left(end, moment) < LEAD_TIME.days else Severity.NOTICE
        found = violated("notAfter", self.name, severity=severity, day=f"{end:%Y-%m-%d}", count=self.count)
        yield Hit(found, tuple(self.certificates), tuple(self.places))


def hanging_of(case: Case) -> tuple[tuple[Hanging, ...], int]:
    """Return what hangs on each authority that issued a certificate which may be in use, most first.

    And how many authorities there are besides: of so many as nobody has, the first are kept.
    """
    above = _Above(case.certificates)
    found: dict[str, _Gathered] = {}
    more: set[int] = set()
    for one in case.certificates:
        if not is_in_use(one, case.moment) or one.is_self_issued:
            continue
        if one.issuer in found or len(found) < MAX_RISK_MEMBERS:
            found.setdefault(one.issuer, _Gathered(one)).add(one, above.of(one))
        else:
            more.add(hash(one.issuer))
    told = (each.told(issuer) for issuer, each in found.items())
    return tuple(sorted(told, key=lambda each: (-each.count, each.name))), len(more)


class _Gathered:
    """What hangs on one authority; of ten thousand only the first few by name."""

    def __init__(self, first: HeldCertificate) -> None:
        self.first, self.count, self.first_end = first, 0, first.not_after
        self.name: str | None = None
        self.ends: datetime | None = None
        self.last_end: datetime | None = None
        self.authorities: set[str] = set()
        self.services: dict[str, datetime] = {}  # those that end first, and when
        self.known: set[int] = set()
        self.oins: set[str] = set()

    def add(self, one: HeldCertificate, above: Sequence[Above | _Authority]) -> None:
        self.count += 1
        self.name = self.name or (above[0].name if above else None)
        days = [each.not_after for each in above if each.not_after is not None]
        if days:
            # of one name there may be several, and several ways up: when the first and the last of them end
            end = min(days)
            self.ends = min(end, self.ends or end)
            self.last_end = max(end, self.last_end or end)
        if above and isinstance(above[0], Above):
            self.authorities.add(above[0].sha256)
        self.first_end = min(self.first_end, one.not_after)
        self.known.add(hash((one.name, one.organization)))  # to count them: the names are not kept
        label = ", ".join(filter(None, (one.name, one.organization)))
        self.services[label] = min(one.not_after, self.services.get(label, one.not_after))
        if len(self.services) > MAX_LISTED:
            del self.services[self._by_end()[-1]]
        self.oins |= {one.oin} if one.oin else set()

    def _by_end(self) -> list[str]:
        return sorted(self.services, key=lambda label: (self.services[label], label))

    def told(self, issuer: str) -> Hanging:
        return Hanging(
            name=self.name or issuer,
            issuer=issuer,
            hierarchy=self.first.hierarchy,
            generation=self.first.generation,
            ends=self.ends,
            count=self.count,
            services=tuple(self._by_end()),
            more_services=max(len(self.known) - len(self.services), 0),
            organizations=len(self.oins),
            first_end=self.first_end,
            last_end=self.last_end,
            authorities=max(len(self.authorities), 1),
        )
