"""Indirect CRLs, delta CRLs and CRLs under a key of their own: the full RFC 5280 engine, imported only for these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pkitools.crl.reading import CertificateRevocationList
from pkitools.revocation.model import GOOD, RevocationStatus, StatusKind
from pkitools.revocation.status_information import freshness
from pkitools.revocation.status_search import StatusSearch
from pkitools.x509.path_certificate import PathCertificate

_MAX_BYTES: Final = 1024 * 1024  # of CRLs together: the engine needs 20 s and 1.3 GB for a list of a million entries
_MAX_CRLS: Final = 50


def ask_full_engine(
    search: StatusSearch, path: Sequence[PathCertificate], index: int, others: Sequence[bytes]
) -> RevocationStatus | None:
    """Return GOOD or REVOKED when the full engine says so of a case that is its own, else ``None``.

    It gets only lists that were read strictly and are fresh by our own measure. Its GOOD counts for a certificate with
    one distribution point or one that names another CRL issuer: of several points it needs only one.
    """
    fetched = (crl for _, crl in search.material.read.values())
    lists = [crl for crl in (*search.material.crls, *fetched) if _is_usable(crl, search)]
    if not lists or len(lists) > _MAX_CRLS or sum(len(crl.der) for crl in lists) > _MAX_BYTES:
        return None
    indirect = any(point.crl_issuer for point in search.points)
    if not (indirect or others or any(crl.base_number is not None for crl in lists)):
        return None
    from pkitools.revocation.full_engine_crl import check_crls_full

    statuses = check_crls_full(
        [certificate.der for certificate in path],
        [crl.der for crl in lists],
        search.material.terms.moment,
        other_certificates=others,
    )
    found = statuses[index]
    if found.status == "revoked":
        status = RevocationStatus(StatusKind.REVOKED, "", found.reason or None, found.revoked_at)
    elif found.status == "good" and (indirect or len(search.points) == 1):
        status = GOOD
    else:
        return None
    search.record_engine(status)
    return status


def _is_usable(crl: CertificateRevocationList, search: StatusSearch) -> bool:
    return crl.unknown_critical is None and not freshness(crl.this_update, crl.next_update, search.material.terms)
