"""Find the issuer of a certificate among others, for the rules that compare the two. No signature is verified here."""

from __future__ import annotations

from collections.abc import Iterable

from pkitools.x509 import CertificateFacts


def find_issuer(facts: CertificateFacts, candidates: Iterable[CertificateFacts]) -> CertificateFacts | None:
    """Return the certificate that by name issued this one; of several, the one with the key identifier it names."""
    named = [c for c in candidates if c.subject.der == facts.issuer.der and c.sha256 != facts.sha256]
    wanted = facts.authority_key_identifier
    with_key = (c for c in named if wanted is not None and c.subject_key_identifier == wanted)
    return next(with_key, named[0] if named else None)
