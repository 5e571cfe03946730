"""From an end entity, a heap of certificates and the anchors to candidate paths (RFC 4158), within a budget.

A certificate may be the issuer of another when its subject is the other's issuer and their key identifiers do not
contradict each other. What matches by the DER of the names comes first; names that are equal only by RFC 5280 7.1 come
after. No path holds two certificates of one name and key: that is what makes a heap of cross-certificates explode.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from pkitools.errors import InputError
from pkitools.limits import MAX_PATH_LENGTH, MAX_SIGNATURE_CHECKS
from pkitools.x509.given import CERTIFICATE, Given, several_ders
from pkitools.x509.path_certificate import PathCertificate, load_cached
from pkitools.x509.signatures import certificate_signed_by

MAX_STEPS = 10_000
"""Certificates looked at while building for one end entity."""

MAX_CERTIFICATES = 2 * MAX_PATH_LENGTH
"""Certificates in a path, self-issued ones included."""

MAX_INTERMEDIATES = MAX_PATH_LENGTH - 2
"""Intermediates in a path that are not self-issued, unless the caller asks for another number."""

MAX_CANDIDATES = 24
"""Complete paths tried for one end entity."""

Path = tuple[PathCertificate, ...]


class Pool:
    """Certificates to be found by their subject."""

    def __init__(self, certificates: Sequence[PathCertificate], unreadable: int = 0) -> None:
        self.certificates = certificates
        self.unreadable = unreadable
        self._by_subject: dict[bytes, list[PathCertificate]] = {}
        self._by_canonical: dict[bytes, list[PathCertificate]] | None = None
        for certificate in certificates:
            self._by_subject.setdefault(certificate.subject, []).append(certificate)

    def named(self, subject: bytes) -> list[PathCertificate]:
        """Return the certificates with this subject, by the DER."""
        return self._by_subject.get(subject, [])

    def holds(self, certificate: PathCertificate) -> bool:
        """Whether this certificate is in the pool."""
        return any(certificate.der == c.der for c in self.named(certificate.subject))

    def issuers_of(self, child: PathCertificate) -> list[PathCertificate]:
        """Return who may have issued ``child``, the likeliest first."""
        key = child.authority_key_identifier
        found = self.issuers_by_der(child.issuer, key)
        if found:
            return found
        return [c for c in self._canonically(child.canonical_issuer) if _key_may_match(key, c)]

    def issuers_by_der(self, name: bytes, key: bytes | None) -> list[PathCertificate]:
        """Return who may have issued what names this issuer and this key, by the DER, the likeliest first."""
        found = [c for c in self._by_subject.get(name, ()) if _key_may_match(key, c)]
        if len(found) > 1:
            found.sort(key=lambda c: _likelihood(key, c))
        return found

    def _canonically(self, name: bytes) -> list[PathCertificate]:
        if self._by_canonical is None:
            self._by_canonical = {}
            for certificate in self.certificates:
                self._by_canonical.setdefault(certificate.canonical_subject, []).append(certificate)
        return self._by_canonical.get(name, [])

    def namesakes(self, child: PathCertificate) -> list[PathCertificate]:
        """Return every certificate with the name of the issuer of ``child``, whatever its key."""
        return self.named(child.issuer) or self._canonically(child.canonical_issuer)


def given_pool(given: Given | Iterable[Given], parameter: str) -> Pool:
    """Return a pool of what a caller handed in.

    Raises:
        InvalidValueError: nothing that could be certificates. What could be, and cannot be read, is counted.
    """
    return pool(several_ders(given, CERTIFICATE, parameter))


@lru_cache(maxsize=64)
def pool(ders: tuple[bytes, ...]) -> Pool:
    """Return a pool of these certificates, remembered: trust stores and chains come again with every end entity."""
    found: dict[bytes, PathCertificate] = {}
    unreadable = 0
    for der in ders:
        try:
            found.setdefault(der, load_cached(der))
        except InputError:
            unreadable += 1
    return Pool(tuple(found.values()), unreadable)


def _key_may_match(wanted: bytes | None, issuer: PathCertificate) -> bool:
    held = issuer.subject_key_identifier
    return wanted is None or held is None or wanted == held


def _likelihood(wanted: bytes | None, issuer: PathCertificate) -> tuple[bool, bool, int]:
    return (
        wanted is None or issuer.subject_key_identifier != wanted,
        not issuer.ca,
        -int(issuer.not_after.timestamp()),
    )


def first_path(
    leaf: PathCertificate, intermediates: Pool, anchors: Pool, limit: int = MAX_INTERMEDIATES
) -> Path | None:
    """Return the likeliest path without a look at any signature, or ``None``. Enough for nearly every certificate."""
    if anchors.holds(leaf):
        return (leaf,)
    above = _above(leaf.issuer, leaf.authority_key_identifier, intermediates, anchors, limit)
    return None if above is None else (leaf, *above)


@lru_cache(maxsize=64)  # the same for all that an authority issued
def _above(name: bytes, key: bytes | None, intermediates: Pool, anchors: Pool, limit: int) -> Path | None:
    """Return the likeliest path of whoever issues by this name and with this key."""
    path: list[PathCertificate] = []
    for _ in range(limit + 1):  # a way in circles ends here too; Search finds what this does not
        found = anchors.issuers_by_der(name, key)
        if found:
            return (*path, found[0])
        onward = intermediates.issuers_by_der(name, key)
        if not onward:
            return None
        path.append(onward[0])
        name, key = onward[0].issuer, onward[0].authority_key_identifier
    return None


def _within(path: Sequence[PathCertificate], limit: int) -> bool:
    """Whether an issuer may be put on top of a path from an end entity."""
    return len(path) < MAX_CERTIFICATES and sum(not c.self_issued for c in path[1:]) <= limit


_Candidates: TypeAlias = tuple[Sequence[tuple[PathCertificate, bool]], frozenset[tuple[bytes, bytes]]]
"""Certificates with whether each is an anchor, in the order they are tried; and every name with its key among them."""


class Search:
    """Every path from one end entity whose signatures hold, and where the ways end that lead to no anchor.

    Args:
        leaf: the end entity.
        intermediates: candidates for the certificates between.
        anchors: where a path may end.
        limit: most intermediates that are not self-issued.
    """

    def __init__(
        self, leaf: PathCertificate, intermediates: Pool, anchors: Pool, limit: int = MAX_INTERMEDIATES
    ) -> None:
        self.leaf = leaf
        self.intermediates = intermediates
        self.anchors = anchors
        self.limit = limit
        self.dead_ends: list[Path] = []
        self.forged: list[Path] = []
        self.exhausted = ""
        self._checks = 0
        self._steps = 0
        self._verified: dict[tuple[bytes, bytes], bool] = {}
        self._known: dict[tuple[bytes, bytes | None], _Candidates] = {}

    def paths(self) -> Iterator[Path]:
        """Yield complete paths, shortest way to an anchor first at every step; stops when the budget is spent.

        Afterwards ``dead_ends`` holds the signature-valid ways that reach no anchor, ``forged`` ways whose last step
        is a signature that does not hold, and ``exhausted`` which budget was spent.
        """
        if self.anchors.holds(self.leaf):
            yield (self.leaf,)
        found = 0
        waiting: list[Path] = [(self.leaf,)]
        while waiting:
            path = waiting.pop()
            extended = False
            onward: list[Path] = []
            for issuer, is_anchor in self._issuers(path):
                signed = self._step() and self._signed(path[-1], issuer)
                if not signed and self.exhausted:
                    return
                if not signed:
                    self.forged.append((*path, issuer))
                    continue
                extended = True
                if not is_anchor:
                    onward.append((*path, issuer))
                    continue
                yield (*path, issuer)
                found += 1
                if found >= MAX_CANDIDATES:
                    self.exhausted = "candidates"
                    return
            if not extended:
                self.dead_ends.append(path)
            waiting.extend(reversed(onward))

    def _issuers(self, path: Path) -> Iterator[tuple[PathCertificate, bool]]:
        candidates, named = self._candidates(path[-1])
        if not _within(path, self.limit):
            if candidates:
                self.exhausted = self.exhausted or "length"
            return
        seen = {(c.subject, c.spki) for c in path}
        if named <= seen:
            return  # thousands of certificates of one name and key are passed over at once
        for issuer, is_anchor in candidates:
            if (issuer.subject, issuer.spki) not in seen:
                yield issuer, is_anchor
            else:
                self._steps += 1  # and where others stand among them, each is looked at

    def _candidates(self, child: PathCertificate) -> _Candidates:
        """Return who may have issued a certificate: the same for each that names this issuer and this key."""
        asked = child.issuer, child.authority_key_identifier
        known = self._known.get(asked)
        if known is None:
            above = self.anchors.issuers_of(child)
            anchors = {c.der for c in above}
            onward = [c for c in self.intermediates.issuers_of(child) if c.der not in anchors]
            named = frozenset([(c.subject, c.spki) for c in (*above, *onward)])
            known = self._known[asked] = [(c, True) for c in above] + [(c, False) for c in onward], named
        return known

    def _step(self) -> bool:
        self._steps += 1
        if self._steps > MAX_STEPS:
            self.exhausted = "steps"
        return self._steps <= MAX_STEPS

    def _signed(self, child: PathCertificate, issuer: PathCertificate) -> bool:
        key = child.der, issuer.spki
        known = self._verified.get(key)
        if known is not None:
            return known
        if self._checks >= MAX_SIGNATURE_CHECKS:
            self.exhausted = "signatures"
            return False
        self._checks += 1
        result = self._verified[key] = certificate_signed_by(child, issuer)
        return result
