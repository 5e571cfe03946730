"""When certificates end, as data: ``docs/schemas/expiry-v1.json``; and as the one line of a monitoring plugin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from pkitools.frozen import dataclass, replace
from pkitools.messages import Language
from pkitools.portfolio.renewing import NextDuty, next_duty
from pkitools.portfolio.succeeding import as_they_stand
from pkitools.portfolio.where import folder_of
from pkitools.reports.document import instant
from pkitools.reports.portfolio.as_json import unread_entry
from pkitools.reports.portfolio.telling import word
from pkitools.reports.telling.readable import role_above
from pkitools.text import cut, end_of, visible

if TYPE_CHECKING:
    from pkitools.portfolio import HeldCertificate, Portfolio


_NOTHING: Final = timedelta()
_MOST_OF_NAME: Final = 64
_MOST_OF_PLACE: Final = 160


WARNING_DAYS: Final = 90
"""Days before the end from which it is told of, where nobody says how many: at most, see :meth:`Expiry.limits`."""
CRITICAL_DAYS: Final = 30
"""Days before the end from which it is urgent, where nobody says how many: at most, see :meth:`Expiry.limits`."""


class Nagios(IntEnum):
    """What a monitoring plugin ends with (Monitoring Plugins Development Guidelines)."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Expiry:
    """When the certificates of a portfolio end; made by :meth:`of`, which knows what follows each.

    Args:
        portfolio: what was found.
        warning: days before the end from which it is told of; ``None``: nobody said, and it is by each certificate
            (:meth:`limits`), and from the day after the last one to order the next, where none is there.
        critical: days before the end from which it is urgent; ``None``: nobody said, and it is by each certificate.
    """

    portfolio: Portfolio
    warning: int | None
    critical: int | None

    @classmethod
    def of(cls, portfolio: Portfolio, warning: int | None, critical: int | None) -> Expiry:
        """Return when they end, with what follows each of them also where nothing is told of what to trust.

        A day to end on needs no path; without one no certificate counts as usable, and so as the next, for a scan.

        Args:
            portfolio, warning, critical: as of the class.
        """
        keys = frozenset(each.spki_sha256 for each in portfolio.keys if each.spki_sha256 is not None)
        closed = frozenset(folder_of(each.place.name) for each in portfolio.keys if each.spki_sha256 is None)
        following = as_they_stand(portfolio.judged, portfolio.moment, keys, closed)
        if any(one.successor is None and one.sha256 in following for one in portfolio.judged):
            certificates = (
                replace(one, successor=one.successor or following.get(one.sha256)) for one in portfolio.certificates
            )
            portfolio = replace(portfolio, certificates=tuple(certificates))
        return cls(portfolio, warning, critical)

    @property
    def certificates(self) -> tuple[HeldCertificate, ...]:
        """Those that are somebody's own, or else those of authorities: what ended last first, then what ends next.

        Copies of what was in use before come behind all others.
        """
        found = self.portfolio.judged or self.portfolio.authorities
        return tuple(sorted(found, key=lambda one: (*self._turn(one), one.name, one.sha256)))

    def _turn(self, one: HeldCertificate) -> tuple[bool, bool, timedelta]:
        left = one.ends - self.moment
        return one.is_done_with, left >= _NOTHING, abs(left)

    def state(self, certificate: HeldCertificate) -> Nagios:
        """Return how urgent the end of a certificate is: of a copy that has ended, whose next is in its place, not."""
        if certificate.is_done_with:
            return Nagios.OK
        days, (warning, critical) = certificate.days_left(self.portfolio.moment), self.limits(certificate)
        if days < critical:
            return Nagios.CRITICAL
        is_told = days < warning or (self.warning is None and self.next_duty(certificate) is NextDuty.LATE)
        return Nagios.WARNING if is_told else Nagios.OK

    def limits(self, certificate: HeldCertificate) -> tuple[int, int]:
        """Return below how many days an end is told of, and below how many it is urgent.

        Where nobody said these are a third of its time, as of the day to order (``rules/order_day.py``), and a third of
        that; of all that lasts nine months or longer 90 and 30.
        """
        lasts = (certificate.not_after.date() - certificate.not_before.date()).days
        warning = min(WARNING_DAYS, max(1, lasts // 3)) if self.warning is None else self.warning
        return warning, min(CRITICAL_DAYS, max(1, lasts // 9)) if self.critical is None else self.critical

    def next_duty(self, certificate: HeldCertificate) -> NextDuty:
        """Return what there is to do for the next of a certificate."""
        return next_duty(certificate, self.moment)

    @property
    def overall(self) -> Nagios:
        """How urgent it is in all: an end is told before what could not be read, as monitoring plugins rank states."""
        worst = max((self.state(one) for one in self.certificates), default=Nagios.OK)
        is_known = bool(self.certificates) and self.portfolio.is_whole
        return worst if is_known or worst is not Nagios.OK else Nagios.UNKNOWN

    @property
    def counts(self) -> dict[str, int]:
        """How many have ended (``expired``), will soon (``critical``) and after that (``warning``)."""
        states = Counter(
            "expired" if self.state(one) is Nagios.CRITICAL and one.days_left(self.moment) < 0 else self.state(one)
            for one in self.certificates
        )
        return {
            "expired": states["expired"],
            "critical": states[Nagios.CRITICAL],
            "warning": states[Nagios.WARNING],
        }

    @property
    def fewest(self) -> HeldCertificate | None:
        """Of what counts that with the fewest days left, which may have ended; ``None`` without certificates."""
        counting = [one for one in self.certificates if not one.is_done_with] or self.certificates
        first = self.first  # that the line names, of those with as many
        return min(counting, key=lambda one: (one.days_left(self.moment), one is not first), default=None)

    @property
    def first(self) -> HeldCertificate | None:
        """What asks for somebody first; ``None`` without certificates.

        Of what is as urgent that is what has no next, of that what should have been ordered, of that the first to end;
        where nothing is urgent that is the first to end.
        """

        def turn(one: HeldCertificate) -> tuple[bool, int, bool, bool]:
            state = self.state(one)
            if state is Nagios.OK:
                return one.is_done_with, state, False, False
            return False, -state, one.successor is not None, self.next_duty(one) is not NextDuty.LATE

        return min(self.certificates, key=turn, default=None)

    @property
    def moment(self) -> datetime:
        """When was looked."""
        return self.portfolio.moment


def expiry_document(found: Expiry) -> dict[str, object]:
    """Return the whole document."""
    return {
        "schema": "pkitools.expiry/v1",
        "moment": instant(found.moment),
        "warning_days": WARNING_DAYS if found.warning is None else found.warning,
        "critical_days": CRITICAL_DAYS if found.critical is None else found.critical,
        "state": found.overall.name.lower(),
        "certificates": [_certificate(one, found) for one in found.certificates],
        "unread": [unread_entry(unread) for unread in found.portfolio.unread],
    }


def _certificate(one: HeldCertificate, found: Expiry) -> dict[str, object]:
    return {
        "sha256": one.sha256,
        "name": one.name,
        "oin": one.oin,
        "authority": one.is_authority,
        "not_after": instant(one.not_after),
        "ends": instant(one.ends),
        "ends_by": one.ends_by and one.ends_by.name,
        "days_left": one.days_left(found.moment),
        "state": found.state(one).name.lower(),
        "successor": one.successor and one.successor.sha256,
        "set_aside": one.is_set_aside,
        "places": list(dict.fromkeys(place.name for place in one.places)),
    }


def nagios_line(found: Expiry, language: Language = "en") -> str:
    """Return the line of a monitoring plugin: the state, how many end, which first and where, and performance data.

    The state and the data are the same in every language: monitoring matches on them. The data are the fewest days left
    of what counts, with the limits of that one, how many certificates there are, and how many of them have ended, are
    critical and are a warning; nothing that a certificate says can begin a second line or performance data of its own,
    nor make the line long.

    Args:
        found: when certificates end.
        language: of the words between them.
    """
    certificates, counts = found.certificates, found.counts
    data = f"certificates={len(certificates)}"
    if (fewest := found.fewest) is not None:
        warning, critical = found.limits(fewest)
        kinds = " ".join(f"{name}={count}" for name, count in counts.items())
        data = f"days_left={fewest.days_left(found.moment)};{warning}:;{critical}: {data} {kinds}"
    kinds = ", ".join(_words(name, language, count=count) for name, count in counts.items() if count)
    before = f"{kinds}: " if sum(counts.values()) > 1 else ""
    told = ", ".join((_first(found, language), *_beside(found, language)))
    return f"PKITOOLS {found.overall.name} - {before}{told} | {data}"


_SLUGS: Final = {
    (False, False): ("ends", "ends_one", "ends_today"),
    (False, True): ("ended", "ended_one", "ended_today"),
    (True, False): ("works", "works_one", "works_today"),
    (True, True): ("worked", "worked_one", "worked_today"),
}
"""The words for what works up to the end of what stands above it or not, and is over or not: of days, a day, today."""


def _first(found: Expiry, language: Language) -> str:
    """Return the words for what asks for somebody first."""
    if (first := found.first) is None:
        return _words("none", language)
    days, by = first.days_left(found.moment), first.ends_by
    # what ends is the certificate, or that above it: then the certificate itself goes on, and works no longer
    of_days, of_one, of_today = _SLUGS[by is not None, days < 0]
    slug = of_today if first.ends.date() == found.moment.date() else of_one if abs(days) == 1 else of_days
    told = [_words(slug, language, name=_named(first.name), days=abs(days), day=first.ends.date().isoformat())]
    if by is not None:
        slug, role = "ends_by" if days >= 0 else "ended_by", role_above(by.role, language)
        told.append(_words(slug, language, role_above=role, issuer=_named(by.name)))
    told += [_end_of(first.places[0].name)] if first.places else []
    if (mend := first.mend) is not None:
        told.append(_words("mend", language, place=_end_of(mend.place)))
    if first.successor is not None:
        slug = "without_key" if first.successor.lacks_key else "successor"
        told.append(_words(slug, language, place=_end_of(first.successor.place)))
        if first.successor.is_in_place and first.named_by:
            told.append(_words("named", language, where=_end_of(first.named_by[0])))
    return ", ".join(told)


def _beside(found: Expiry, language: Language) -> Iterator[str]:
    """Yield what was not looked at: which one, and how many more."""
    unread = found.portfolio.unread
    if unread:
        slug = "unread_one" if len(unread) == 1 else "unread_more"
        yield _words(slug, language, name=_end_of(unread[0].name), count=len(unread) - 1)


def _words(slug: str, language: Language, **params: object) -> str:
    return word(f"portfolio.report.monitor.{slug}", language, **params)


def _named(name: str) -> str:
    return cut(visible(name, _MOST_OF_NAME).replace("|", "/"), _MOST_OF_NAME)


def _end_of(place: str) -> str:
    return end_of(place, _MOST_OF_PLACE).replace("|", "/")
