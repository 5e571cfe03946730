"""What the checks look at: all that was found, gone through once for what several of them ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final

from pkitools.environment import Environment
from pkitools.findings import Basis, Severity, met_if_none
from pkitools.findings.asking import Violated
from pkitools.limits import MAX_LISTED, MAX_MESSAGE_VALUE, MAX_RISK_MEMBERS, MAX_RISK_PLACES
from pkitools.portfolio.model import HeldCertificate, HeldKey, HeldRequest
from pkitools.portfolio.risk.grouping import Sharing, is_in_use, shared
from pkitools.portfolio.risk.model import CertificateUse, Hit, Uses
from pkitools.systems import System
from pkitools.text import DayText, joined
from pkitools.trust import Hierarchy, HierarchyKind, hierarchies

_LONGEST_DAY: Final = "30 september 2028"


class Case:
    """All that was found, and for what it is.

    Args:
        certificates: what can be gone through more than once.
        keys, requests: the same.
        moment: as of when, aware UTC.
        uses: for what the certificates at a place are.
        systems: for what all was judged.
        keys_beside: files with a private key that is stated to be of a certificate and fits none, with its place.
        told: files of which is told as a gap that what is in them is locked.
    """

    def __init__(
        self,
        certificates: Collection[HeldCertificate],
        keys: Collection[HeldKey],
        requests: Collection[HeldRequest],
        *,
        moment: datetime,
        uses: Uses,
        systems: Sequence[System] = (),
        keys_beside: Mapping[str, str] = MappingProxyType({}),
        told: Collection[str] = (),
    ) -> None:
        self.certificates, self.keys, self.requests = certificates, keys, requests
        self.moment, self.uses, self.systems = moment, uses, systems
        self.keys_beside, self.told = keys_beside, told
        self._kinds: Mapping[str, Hierarchy] = {each.name: each for each in hierarchies()}

    @cached_property
    def in_use(self) -> bool:
        """Whether there is a certificate that may be in use."""
        return any(is_in_use(one, self.moment) for one in self.certificates)

    @property
    def of_one_key(self) -> Iterator[Sharing]:
        """The certificates that have one key, where one of them may be in use."""
        groups = shared(self.certificates, lambda one: () if one.is_authority else (one.spki_sha256,))
        return (group for group in groups if any(is_in_use(one, self.moment) for one in group.members))

    @property
    def of_one_name(self) -> Iterator[Sharing]:
        """The certificates that have one subject and may all be in use."""
        return shared(self.certificates, lambda one: (one.subject,) if is_in_use(one, self.moment) else ())

    def kind(self, one: HeldCertificate) -> HierarchyKind | None:
        """Return the kind of the hierarchy that a certificate says to stand under."""
        found = self._kinds.get(one.hierarchy or "")
        return None if found is None else found.kind

    def uses_of(self, one: HeldCertificate) -> Iterator[CertificateUse]:
        """Yield for what a certificate is, by its places."""
        for name in dict.fromkeys(name for place in one.places for name in place.names):
            yield from self.uses(name)

    def environments(self, one: HeldCertificate, *, stated: bool) -> frozenset[Environment]:
        """Return in which environments a certificate is.

        Args:
            one: the certificate.
            stated: by what somebody stated, else by its hierarchy; otherwise what folders are called counts too.
        """
        found = [use for use in self.uses_of(one) if use.is_stated or not stated]
        if found:
            return frozenset(use.environment for use in found)
        kind = self.kind(one)
        return frozenset() if kind is None else frozenset({kind.environment})


def about(
    value: Iterable[str],
    members: Iterable[HeldCertificate],
    *,
    severity: Severity | None = None,
    basis: Basis | None = None,
    **params: object,
) -> Hit:
    """Return a hit on certificates.

    Args:
        value: what is shown of them.
        members: they.
        severity: what it weighs, where that differs from the rule.
        basis: what it rests on, where that differs from the rule.
        params: further operands of the message.
    """
    held = tuple(members)[:MAX_RISK_MEMBERS]
    values = list(value)
    found = met_if_none("certificates", values, basis=basis, **params)
    assert isinstance(found, Violated)  # there is one at least
    violated = Violated(found.evidence, {**found.params, "value": _listed(values)}, basis, severity)
    places = dict.fromkeys(place.name for one in held for place in one.places[:MAX_RISK_PLACES])
    return Hit(violated, tuple(one.sha256 for one in held), tuple(places))


def _listed(values: Sequence[str]) -> str:
    """Return the first of several names, as many as a sentence shows whole, and how many more there are."""
    told = [_beside(values, count) for count in range(min(len(values), MAX_LISTED), 0, -1)]
    # one name that is longer than that is cut where it is shown
    return next((each for each in told if len(each.told(lambda _: _LONGEST_DAY)) <= MAX_MESSAGE_VALUE), told[-1])


def _beside(values: Sequence[str], count: int) -> DayText:
    """Return names beside each other as :func:`~pkitools.text.joined` does; those with a day in them keep it a day."""
    parts: list[str | date] = []
    for value in values[:count]:
        parts += [", ", *(value.parts if isinstance(value, DayText) else (value,))]
    whole = joined(values, count)
    return DayText((*parts[1:], whole[len(", ".join(values[:count])) :]))


def names(members: Iterable[HeldCertificate]) -> Iterator[DayText]:
    """Yield what to call certificates: the name, and the day each ends."""
    return (DayText((one.name, " (", one.not_after.date(), ")")) for one in members)
