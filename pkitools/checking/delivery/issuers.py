"""Who issued a certificate, of what lies at hand: in its file, beside it, among the authorities that we carry.

For advice about a file, not for trust: names and signatures are followed, dates and constraints are not looked at.
Where no signature holds (altered, or by a scheme nobody knows) the authority whose name and key identifier it has is
its issuer all the same: that the signature does not hold is told of the path, and the authority is not missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from pkitools.errors import InputError
from pkitools.frozen import dataclass, field
from pkitools.trust import embedded_certificates
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.at_hand import AtHand, at_hand
from pkitools.x509.path_certificate import load_cached
from pkitools.x509.signatures import can_be_verified, certificate_signed_by

_MOST_OF_A_NAME: Final = 8  # certificates of one issuer's name whose signature is tried
_LONGEST: Final = 20  # certificates above one


@dataclass
class IssuersAtHand:
    """Certificates that may have issued others, by name."""

    certificates: Iterable[CertificateFacts]
    _by_name: dict[bytes, list[CertificateFacts]] = field(init=False, repr=False)
    _likely: dict[tuple[bytes, str | None], list[CertificateFacts]] = field(init=False, repr=False)
    _found: dict[str, tuple[CertificateFacts, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_name, self._likely, self._found = defaultdict(list), {}, {}
        for facts in self.certificates:
            self._by_name[facts.subject.der].append(facts)

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def of(self, child: CertificateFacts) -> tuple[CertificateFacts, ...]:
        """Return those whose key signed a certificate; the ones with the key identifier that it names first."""
        if child.sha256 not in self._found:
            likely = self._of_name(child.issuer.der, child.authority_key_identifier)
            self._found[child.sha256] = tuple(
                each for each in likely if each.sha256 != child.sha256 and _signed(child, each)
            )
        return self._found[child.sha256]

    def meant_by(self, child: CertificateFacts) -> tuple[CertificateFacts, ...]:
        """Return those whose key did not sign a certificate and that it names as its issuer, by name and key."""
        likely = self._of_name(child.issuer.der, child.authority_key_identifier)
        return tuple(each for each in likely if each.sha256 != child.sha256 and _is_meant(child, each))

    def _of_name(self, name: bytes, identifier: str | None) -> list[CertificateFacts]:
        """Return the few of this name whose signature is tried, those with this key identifier first."""
        key = name, identifier
        if key not in self._likely:
            named = self._named(name)
            ranked = sorted(named, key=lambda each: identifier is None or each.subject_key_identifier != identifier)
            self._likely[key] = ranked[:_MOST_OF_A_NAME]
        return self._likely[key]

    def _named(self, name: bytes) -> Sequence[CertificateFacts]:
        return self._by_name.get(name, ())

    def reached(self, start: Iterable[CertificateFacts]) -> frozenset[str]:
        """Return the fingerprints of these and of all that stand above them, whichever way."""
        waiting = list(start)
        seen = {each.sha256 for each in waiting}
        while waiting:
            child = waiting.pop()
            for issuer in self.of(child) or self.meant_by(child):
                if issuer.sha256 not in seen:
                    seen.add(issuer.sha256)
                    waiting.append(issuer)
        return frozenset(seen)


def above(start: CertificateFacts, *pools: IssuersAtHand) -> tuple[tuple[CertificateFacts, int], ...]:
    """Return one way up from a certificate: each issuer with the pool it is of, the first that has one."""
    way: list[tuple[CertificateFacts, int]] = []
    at, seen = start, {start.sha256}
    while len(way) < _LONGEST and not at.is_self_issued:
        found = next(_issuers(at, pools), None)
        if found is None or found[0].sha256 in seen:
            break
        way.append(found)
        at = found[0]
        seen.add(at.sha256)
    return tuple(way)


class _Carried(IssuersAtHand):
    """Those that we carry, of which only the ones with the name that is looked for are read."""

    def _named(self, name: bytes) -> Sequence[CertificateFacts]:
        read = [_read(each.der) for each in embedded_certificates() if name in each.der]
        return [facts for facts in read if facts.subject.der == name]


class _Beside(IssuersAtHand):
    """Those that came along with many files, read once for all of them."""

    def __init__(self, came: AtHand) -> None:
        super().__init__(())
        self._came = came

    def __bool__(self) -> bool:
        return bool(self._came)

    def _named(self, name: bytes) -> Sequence[CertificateFacts]:
        return self._came.named(name)


def beside(ders: Iterable[bytes]) -> IssuersAtHand:
    """Return the certificates that can be read of those that came along; anew, as :func:`carried`."""
    return _Beside(at_hand(tuple(ders)))


def _issuers(of: CertificateFacts, pools: Sequence[IssuersAtHand]) -> Iterator[tuple[CertificateFacts, int]]:
    """Yield each issuer with its pool: those whose key signed it before those that it only names."""
    yield from ((issuer, n) for n, pool in enumerate(pools) for issuer in pool.of(of))
    yield from ((issuer, n) for n, pool in enumerate(pools) for issuer in pool.meant_by(of))


def carried() -> IssuersAtHand:
    """Return the authorities of PKIoverheid that we carry; anew, for it remembers what it was asked."""
    return _Carried(())


@cache
def _read(der: bytes) -> CertificateFacts:
    return read_certificate(der)


def _is_meant(child: CertificateFacts, issuer: CertificateFacts) -> bool:
    """Whether a certificate names this key as its issuer's; of one that names none, whether nobody can verify it."""
    if child.authority_key_identifier is not None:
        return child.authority_key_identifier == issuer.subject_key_identifier
    try:
        return not can_be_verified(load_cached(child.der), load_cached(issuer.der))
    except InputError:
        return False


def _signed(child: CertificateFacts, issuer: CertificateFacts) -> bool:
    try:
        return certificate_signed_by(load_cached(child.der), load_cached(issuer.der))
    except InputError:
        return False  # a certificate that is shown and cannot be processed
