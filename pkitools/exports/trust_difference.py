"""A trust bundle of somebody's own, held against what is known of PKIoverheid: too much, too little, too old."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from pkitools.arguments import aware
from pkitools.exports.chains import refuse_too_many
from pkitools.frozen import dataclass
from pkitools.trust import (
    CACertificate,
    CAStatus,
    CatalogueEntry,
    Hierarchy,
    HierarchyKind,
    Match,
    catalogue,
    embedded_certificates,
    get_hierarchy,
    recognise,
)
from pkitools.trust.authorities import status_by_date
from pkitools.trust.known_authorities import imitated
from pkitools.x509 import CertificateFacts
from pkitools.x509.given import CERTIFICATE, Given, several_ders
from pkitools.x509.reader import read_if_readable


class BundleFinding(StrEnum):
    """What there is to say of a certificate in a bundle, the gravest first."""

    LOOK_ALIKE = "look_alike"
    """The name of an authority of PKIoverheid, and another key."""
    TEST_AUTHORITY = "test_authority"
    """An authority of a test hierarchy, among what is trusted in production."""
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    UNREADABLE = "unreadable"
    NOT_AUTHORITY = "not_authority"
    """It is not of an authority: trusting it trusts one holder."""
    UNKNOWN = "unknown"
    """Not of PKIoverheid, as far as is known."""
    TEST_HIERARCHY = "test_hierarchy"
    """Of a test hierarchy, by its name, where nothing of production is asked for."""
    OTHER_HIERARCHY = "other_hierarchy"
    """Of PKIoverheid, and not of a hierarchy that is asked for."""
    TWICE = "twice"
    GOOD = "good"

    @property
    def is_wrong(self) -> bool:
        """Whether it has to go, whatever the bundle is for."""
        return self in _WRONG


_WRONG: Final = frozenset(
    {BundleFinding.LOOK_ALIKE, BundleFinding.TEST_AUTHORITY, BundleFinding.REVOKED, BundleFinding.EXPIRED}
)


_BESIDE: Final = frozenset({BundleFinding.UNKNOWN, BundleFinding.NOT_AUTHORITY})


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """One certificate of a bundle.

    Args:
        position: its number in the bundle, from 1.
        facts: the certificate; ``None`` when it cannot be read.
        finding: what there is to say of it.
        authority: the authority of the catalogue that it is, by its fingerprint.
    """

    position: int
    facts: CertificateFacts | None
    finding: BundleFinding
    authority: CatalogueEntry | None = None


@dataclass(frozen=True, slots=True)
class BundleDifference:
    """A bundle against what is known.

    Args:
        hierarchies: what it was held against.
        entries: each certificate of the bundle.
        missing: roots of those hierarchies that are not in it.
        not_held: hierarchies of those whose root is not at hand here, so nothing is known of whether it is there.
    """

    hierarchies: tuple[Hierarchy, ...]
    entries: tuple[BundleEntry, ...]
    missing: tuple[CACertificate, ...]
    not_held: tuple[Hierarchy, ...]

    @property
    def is_right(self) -> bool:
        """Nothing is missing and nothing has to go."""
        return not self.missing and not any(entry.finding.is_wrong for entry in self.entries)

    @property
    def trusted_beside(self) -> tuple[BundleEntry, ...]:
        """What is trusted by it as well and is not of PKIoverheid, as far as is known; it may be meant to."""
        return tuple(entry for entry in self.entries if entry.finding in _BESIDE)


def compare_bundle(
    bundle: Given | Iterable[Given], *, moment: datetime, hierarchies: Iterable[str | Hierarchy] = ()
) -> BundleDifference:
    """Return what a trust bundle lacks, has too much, and has expired.

    Args:
        bundle: its certificates.
        moment: when.
        hierarchies: what it should be for; without one, the hierarchies of which something is in it: those of
            production where there is one.

    Raises:
        InvalidValueError: there is no such hierarchy.
    """
    aware(moment)
    ders = several_ders(bundle, CERTIFICATE, "bundle")
    refuse_too_many(ders)
    asked = tuple(one if isinstance(one, Hierarchy) else get_hierarchy(one) for one in hierarchies)
    wanted = asked or _touched(ders)
    entries = tuple(_entries(ders, wanted, moment))
    present = {entry.facts.sha256 for entry in entries if entry.facts is not None}
    roots = [one for one in embedded_certificates() if one.level == "root" and one.hierarchy in wanted]
    missing = [one for one in roots if one.sha256 not in present and one.status(moment) is CAStatus.VALID]
    held = {one.hierarchy.name for one in roots if one.hierarchy is not None}
    return BundleDifference(wanted, entries, tuple(missing), tuple(one for one in wanted if one.name not in held))


def _touched(ders: Sequence[bytes]) -> tuple[Hierarchy, ...]:
    """Return the hierarchies of which an authority is in a bundle, by its fingerprint; without tests among others."""
    names = [entry.hierarchy for der in ders if (entry := _known(der)) is not None and entry.hierarchy]
    touched = tuple(get_hierarchy(name) for name in dict.fromkeys(names))
    return tuple(one for one in touched if one.kind is HierarchyKind.PRODUCTION) or touched


def _known(der: bytes) -> CatalogueEntry | None:
    return catalogue().by_sha256.get(sha256(der).hexdigest())


def _entries(ders: Sequence[bytes], wanted: Sequence[Hierarchy], moment: datetime) -> Iterator[BundleEntry]:
    seen: set[bytes] = set()
    judged = _Judging(wanted, moment)
    for position, der in enumerate(ders, start=1):
        facts, known = read_if_readable(der), _known(der)
        finding = BundleFinding.TWICE if der in seen else judged.finding(facts, known)
        seen.add(der)
        yield BundleEntry(position, facts, finding, known)


class _Judging:
    """What there is to say of one certificate of a bundle for these hierarchies."""

    def __init__(self, wanted: Sequence[Hierarchy], moment: datetime) -> None:
        self._names = {hierarchy.name for hierarchy in wanted}
        self._moment = moment
        self._is_of_production = bool(wanted) and all(one.kind is HierarchyKind.PRODUCTION for one in wanted)

    def finding(self, facts: CertificateFacts | None, known: CatalogueEntry | None) -> BundleFinding:
        """Return the gravest thing there is to say."""
        if facts is None:
            return BundleFinding.UNREADABLE
        recognised = recognise(facts)
        if recognised.match is Match.LOOK_ALIKE or imitated(facts) is not None:
            return BundleFinding.LOOK_ALIKE
        is_test = facts.is_ca and recognised.kind not in {None, HierarchyKind.PRODUCTION}
        if is_test and self._is_of_production:
            return BundleFinding.TEST_AUTHORITY
        return self._by_status(facts, known) or self._by_place(facts, known, is_test=is_test)

    def _by_status(self, facts: CertificateFacts, known: CatalogueEntry | None) -> BundleFinding | None:
        moment = self._moment
        status = known.status(moment) if known else status_by_date(facts.not_before, facts.not_after, moment)
        return None if status in {CAStatus.VALID, CAStatus.UNKNOWN} else BundleFinding(str(status))

    def _by_place(self, facts: CertificateFacts, known: CatalogueEntry | None, *, is_test: bool) -> BundleFinding:
        if not facts.is_ca:
            return BundleFinding.NOT_AUTHORITY
        if known is None:
            return BundleFinding.TEST_HIERARCHY if is_test else BundleFinding.UNKNOWN
        return BundleFinding.GOOD if known.hierarchy in self._names else BundleFinding.OTHER_HIERARCHY
