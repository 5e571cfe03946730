"""What came with a certificate, held against the path that was proved: did others have to complete or mend it?

A path may be proved by authorities that lie elsewhere: those that are carried here, or given beside. Whoever gets only
what is brought has none of those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from pkitools.checking.delivery.issuers import IssuersAtHand
from pkitools.x509 import CertificateFacts

ENDED: Final = "delivery.fault.ended"
NOT_BEGUN: Final = "delivery.fault.not_begun"
NOT_SIGNED: Final = "delivery.fault.not_signed"
NO_AUTHORITY: Final = "delivery.fault.no_authority"


class Replaced(NamedTuple):
    """An authority that was brought, and in whose place the path has another.

    Args:
        child: the certificate below it.
        authority: it.
        fault: code of what is wrong with it.
    """

    child: CertificateFacts
    authority: CertificateFacts
    fault: str


class Lacking(NamedTuple):
    """An authority of a path that was not brought, and nothing in its place.

    Args:
        child: the certificate below it.
        authority: it.
    """

    child: CertificateFacts
    authority: CertificateFacts


def departures(
    path: Sequence[CertificateFacts], brought: IssuersAtHand, moment: datetime
) -> Iterator[Replaced | Lacking]:
    """Yield each authority of a path that was not brought; and in its place those that were, and are no good.

    Args:
        path: the end entity first, the trust anchor last: whether that was brought is no matter.
        brought: the authorities that came along.
        moment: when, aware UTC.
    """
    for child, issuer in pairwise(path[:-1]):
        signed = brought.of(child)
        named = *signed, *brought.meant_by(child)
        if any(each.sha256 == issuer.sha256 for each in named):
            continue
        faults = [(each, _fault(each, moment, signed=each in signed)) for each in named]
        if not faults:
            yield Lacking(child, issuer)
        elif all(fault for _, fault in faults):  # else one of them does as well
            yield from (Replaced(child, each, fault) for each, fault in faults if fault)


def _fault(authority: CertificateFacts, moment: datetime, *, signed: bool) -> str | None:
    if not signed:
        return NOT_SIGNED
    if moment > authority.not_after:
        return ENDED
    if moment < authority.not_before:
        return NOT_BEGUN
    return None if authority.is_ca else NO_AUTHORITY
