"""What the full engine is given: only what came through the tests of ours.

The engine knows indirect CRLs and CRLs under a key of their own. It neither compares the numbers of a complete list and
a delta nor asks how a list is signed, so it gets lists that are current, read in every entry and signed with SHA-2 by a
certificate at hand, and no deltas: what these list is looked up here, where it can make a certificate revoked and never
good.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pkitools.crl.entries import Entry
from pkitools.crl.reading import CertificateRevocationList
from pkitools.errors import InputError
from pkitools.revocation.crl_status import find_entry, may_be_believed
from pkitools.revocation.delta import why_not_together
from pkitools.revocation.model import GOOD, REMOVED, RevocationStatus, StatusKind
from pkitools.revocation.status_information import RevocationContext
from pkitools.validation.algorithms import MIN_RSA_BITS
from pkitools.x509.path_certificate import PathCertificate, load_cached
from pkitools.x509.reader import signed_parts
from pkitools.x509.signatures import is_sha2, rsa_bits


def ask_engine(
    path: Sequence[PathCertificate],
    index: int,
    lists: Sequence[CertificateRevocationList],
    others: Sequence[bytes],
    context: RevocationContext,
) -> RevocationStatus | None:
    """Return GOOD or REVOKED of ``path[index]`` when the engine says so, else ``None``.

    Args:
        path: end entity first, trust anchor last.
        index: of the certificate asked about.
        lists: at hand; nothing about them is believed yet.
        others: DER of certificates that may have signed a list.
        context: moment and options.
    """
    signers = tuple(_sound(others))
    believed = [crl for crl in lists if any(may_be_believed(crl, one, context) for one in (*path[1:], *signers))]
    complete = [crl for crl in believed if crl.base_number is None]
    deltas = [crl for crl in believed if crl.base_number is not None]
    if not complete:
        return None
    status = _asked(path, index, complete, signers, context)
    if status is None or not status.is_good:
        return status
    return _after_deltas(path[index], complete, deltas)


def _after_deltas(
    certificate: PathCertificate,
    complete: Sequence[CertificateRevocationList],
    deltas: Sequence[CertificateRevocationList],
) -> RevocationStatus | None:
    """Return what is left of GOOD: one that a delta lists is revoked where the delta fits, and not known elsewhere."""
    status: RevocationStatus | None = GOOD
    for delta in deltas:
        entry = _entry(delta, certificate)
        if entry is None or entry.reason == REMOVED:
            continue
        if not all(why_not_together(crl, delta) for crl in complete):
            return RevocationStatus(StatusKind.REVOKED, "", entry.reason, entry.revoked_at)
        status = None
    return status


def _entry(crl: CertificateRevocationList, certificate: PathCertificate) -> Entry | None:
    """Return the entry of a certificate: without a certificateIssuer an entry is about the list's own issuer."""
    if not crl.index.names_issuers and crl.canonical_issuer != certificate.canonical_issuer:
        return None
    return find_entry(crl, certificate)


def _sound(others: Sequence[bytes]) -> Iterator[PathCertificate]:
    """Yield the certificates that can be read, are signed with SHA-2 and have a key that proves something."""
    for der in others:
        try:
            certificate = load_cached(der)
        except InputError:
            continue
        bits = rsa_bits(certificate.spki)
        weak = bits is not None and bits < MIN_RSA_BITS
        if is_sha2(signed_parts(der).algorithm) and not weak and certificate.algorithms_agree:
            yield certificate


def _asked(
    path: Sequence[PathCertificate],
    index: int,
    lists: Sequence[CertificateRevocationList],
    signers: Sequence[PathCertificate],
    context: RevocationContext,
) -> RevocationStatus | None:
    from pkitools.revocation.full_engine import check_crls_full  # 0.25 s, and only these cases need it

    found = check_crls_full(
        [certificate.der for certificate in path],
        [crl.der for crl in lists],
        context.moment,
        other_certificates=[signer.der for signer in signers],
    )[index]
    if found.status is StatusKind.REVOKED:
        return RevocationStatus(StatusKind.REVOKED, "", found.reason or None, found.revoked_at)
    return GOOD if found.status is StatusKind.GOOD else None
