"""The keys of a JWKS, beside the certificates that stand with them (RFC 7517)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha1, sha256
from itertools import pairwise
from typing import Final

from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Answers, Severity, Violated, violated
from pkitools.frozen import dataclass
from pkitools.metadata.jwks import Jwk, KeySet
from pkitools.metadata.rules.book import MetadataBook
from pkitools.x509 import CertificateFacts


@dataclass(frozen=True, slots=True)
class JwksCase:
    """A JWKS to be judged.

    Args:
        keys: it.
        certificates: what is known of each certificate, by its DER; those that cannot be read are absent.
    """

    keys: KeySet
    certificates: Mapping[bytes, CertificateFacts]

    def named(self) -> Iterator[tuple[str, Jwk]]:
        """Yield each key, with what to call it."""
        for number, key in enumerate(self.keys.keys, start=1):
            yield key.kid or f"keys[{number}]", key


JWK: Final[MetadataBook[JwksCase]] = MetadataBook("jwk")
_ALGORITHMS: Final = {"RSA": ("RS", "PS"), "EC": ("ES", "ECDH"), "OKP": ("Ed", "ECDH")}  # how their names begin
_USES: Final = frozenset({"sig", "enc"})
_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


@JWK.rule("certificate", _WARNING)
def _certificate(at: JwksCase) -> Iterator[Violated]:
    """Each key has a certificate: without one there is nothing here to judge it by."""
    for name, key in at.named():
        if not any(der in at.certificates for der in key.ders):
            yield violated(name, "x5c", place=name)


@JWK.rule("elsewhere", _WARNING)
def _elsewhere(at: JwksCase) -> Iterator[Violated]:
    """A certificate at an address is not fetched, and so not judged."""
    for name, key in at.named():
        if key.elsewhere is not None:
            yield violated(name, key.elsewhere, place=name)


@JWK.rule("thumbprint", _ERROR, cite("rfc-7517", "4.8, 4.9"))
def _thumbprint(at: JwksCase) -> Answers:
    stated = [(name, key) for name, key in at.named() if key.sha1 is not None or key.sha256 is not None]
    if not stated:
        return NOT_APPLICABLE
    return [each for name, key in stated for each in _other_thumbprints(name, key)]


def _other_thumbprints(name: str, key: Jwk) -> Iterator[Violated]:
    first = key.certificates[0] if key.certificates else None
    if first is None:
        return  # there is no certificate to compare with, which is told
    of_this: dict[str, tuple[bytes | None, bytes]] = {
        "x5t": (key.sha1, sha1(first, usedforsecurity=False).digest()),
        "x5t#S256": (key.sha256, sha256(first).digest()),
    }
    for member, (found, wanted) in of_this.items():
        if found is not None and found != wanted:
            yield violated(f"{name}/{member}", found.hex(), place=name, member=member, wanted=wanted.hex())


@JWK.rule("kid", _WARNING, cite("rfc-7517", "4.5"))
def _kid(at: JwksCase) -> Iterator[Violated]:
    """Each key has a name of its own: by that a message says which one it was signed with."""
    counts = Counter(key.kid for key in at.keys.keys)
    for name, key in at.named():
        if not key.kid or counts[key.kid] > 1:
            yield violated(f"{name}/kid", key.kid or "", place=name)


@JWK.rule("use", _WARNING, cite("rfc-7517", "4.2"))
def _use(at: JwksCase) -> Iterator[Violated]:
    """A key is for signing or for encryption; another word a recipient does not know, and capitals count."""
    for name, key in at.named():
        if key.use is not None and key.use not in _USES:
            yield violated(f"{name}/use", key.use, place=name)


@JWK.rule("algorithm", _WARNING)
def _algorithm(at: JwksCase) -> Iterator[Violated]:
    """A key pair is used with an algorithm of its own kind: none is no signature, and HS256 takes it for a secret."""
    for name, key in at.named():
        if key.algorithm is not None and not key.algorithm.startswith(_ALGORITHMS.get(key.kty, ("",))):
            yield violated(f"{name}/alg", key.algorithm, place=name, kind=key.kty)


@JWK.rule("chain", _ERROR, cite("rfc-7517", "4.7"))
def _chain(at: JwksCase) -> Answers:
    """Each certificate of x5c is followed by that of its issuer."""
    chains = [(name, [at.certificates.get(der) for der in key.ders]) for name, key in at.named() if len(key.ders) > 1]
    if not chains:
        return NOT_APPLICABLE
    return [
        violated(name, below.subject.common_name or below.sha256[:16], place=name)
        for name, chain in chains
        for below, above in pairwise(chain)
        if below is not None and above is not None and below.issuer.der != above.subject.der
    ]
