"""What lists say of all end entities of an authority that none of them lists, found once for all.

Of two certificates that an authority issued with the same distribution points, the lists at hand say the same but for
what they have under the serial number. That is looked up for each; the rest of a good answer is kept, with that of the
authorities above: whose lists they are, by whom they are signed, whether they are current, what they cover.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from pkitools.crl.reading import CertificateRevocationList
from pkitools.findings import CertificateRef
from pkitools.limits import MAX_SIGNATURE_CHECKS
from pkitools.revocation.crl_status import is_from
from pkitools.revocation.model import (
    Attempt,
    CertificateRevocation,
    Origin,
    RevocationOptions,
    RevocationStatus,
    SourceKind,
)
from pkitools.revocation.scope import scope_of
from pkitools.validation.remembered import Remembered
from pkitools.x509 import der_writing as encode
from pkitools.x509.der import DERError
from pkitools.x509.oids import CRL_DISTRIBUTION_POINTS
from pkitools.x509.path_certificate import PathCertificate

if TYPE_CHECKING:
    from pkitools.revocation.status_information import RevocationContext

_MOST_HASHED: Final = 256 * 1024
"""Octets of a list that is known by its hash. Those of authorities are far smaller; a larger one is asked anew."""

_OF_ATTEMPT: Final = Attempt.__match_args__[1:]
"""All that is in an attempt but the certificate that it was made for."""


class ListsAtHand(NamedTuple):
    """The lists that were handed in, where each is known by its hash.

    Args:
        newest_first: the lists.
        these: what they are and how they came, in the same order: whatever else an object remembers follows from that.
    """

    newest_first: tuple[CertificateRevocationList, ...]
    these: tuple[tuple[str, bool, bool], ...]


class Alike(NamedTuple):
    """What lists say of the end entities of an authority that they do not list, and of the authorities above.

    Args:
        own: the places of the lists that have to be looked into, among those at hand.
        status: of the end entity.
        attempts: those for the end entity, each without the certificate it was made for.
        above: the authorities, the issuer first.
        named: SHA-256 and name of these and of the trust anchor.
    """

    own: tuple[int, ...]
    status: RevocationStatus
    attempts: tuple[tuple[object, ...], ...]
    above: tuple[CertificateRevocation, ...]
    named: tuple[tuple[str, bytes], ...]

    def of(self, certificate: PathCertificate, lists: ListsAtHand) -> CertificateRevocation | None:
        """Return what they say of another one; ``None`` where a list has an entry with its serial number."""
        serial = encode.integer_octets(certificate.serial_number)
        for place in self.own:
            if lists.newest_first[place].index.find(serial) is not None:
                return None
        ref = CertificateRef(certificate.sha256, "end_entity")
        return CertificateRevocation(ref, self.status, tuple([Attempt(ref, *rest) for rest in self.attempts]))  # type: ignore[arg-type]  # the values of an attempt


Unlisted: TypeAlias = Remembered[Alike]
"""By :func:`question_of`."""


def newest_first(crl: CertificateRevocationList) -> tuple[float, int, bytes]:
    """Sort by this: nothing may depend on the order in which lists are handed in, and the newest is worth a check."""
    return -crl.this_update.timestamp(), -(crl.number or 0), crl.der


def lists_at_hand(crls: Sequence[bytes | CertificateRevocationList], beside: frozenset[bytes]) -> ListsAtHand | None:
    """Return the lists that were handed in; ``None`` where one was not read, or is not known by its hash.

    Args:
        crls: as they were handed in.
        beside: DER of those that nobody gave for this certificate.
    """
    lists = tuple([crl for crl in crls if isinstance(crl, CertificateRevocationList)])
    if not lists or len(lists) != len(crls) or not may_be_known(lists):
        return None
    lists = tuple(sorted(lists, key=newest_first))
    return ListsAtHand(lists, known_by(lists, beside))


def known_by(
    lists: Iterable[CertificateRevocationList], beside: frozenset[bytes]
) -> tuple[tuple[str, bool, bool], ...]:
    """Return what tells lists from others: what each is by its bytes, and how it came."""
    return tuple([(crl.sha256, crl.was_pem, crl.der in beside) for crl in lists])


def may_be_known(lists: Sequence[CertificateRevocationList]) -> bool:
    """Whether lists can be known by their hashes: none is large, and each can be judged to its end.

    Of more lists than one certificate may cost checks, which are left out hangs on which of them are one object.
    """
    return len(lists) <= MAX_SIGNATURE_CHECKS and all(len(crl.der) <= _MOST_HASHED for crl in lists)


def question_of(
    certificates: Sequence[PathCertificate], lists: ListsAtHand, options: RevocationOptions
) -> tuple[object, ...]:
    """Return everything that a status hangs on but the moment and the serial number of the end entity.

    Args:
        certificates: of a verified path, end entity first, trust anchor last.
        lists: all there is to learn a status from.
        options: as of :class:`~pkitools.revocation.RevocationOptions`.
    """
    one = certificates[0]
    points = one.extensions.get(CRL_DISTRIBUTION_POINTS)
    above = tuple([each.der for each in certificates[1:]])
    return above, one.issuer, None if points is None else points[1], one.ca, lists.these, options


def alike(
    certificates: Sequence[PathCertificate],
    found: Sequence[CertificateRevocation],
    lists: ListsAtHand,
    context: RevocationContext,
) -> Alike | None:
    """Return what was found as it holds of others of that authority; ``None`` where it may not hold of them.

    It does where all are good by complete lists of their issuers that the end entity is not on, and nothing odd was
    seen: no list was left out, none names other issuers than its own, so none speaks of anything but serial numbers.
    """
    issuer = certificates[1]
    own = tuple([place for place, crl in enumerate(lists.newest_first) if is_from(crl, issuer)])
    first, *above = found
    is_plain = len(own) == len(first.attempts) and all(map(_names_no_others, lists.newest_first))
    if not is_plain or any(each.code or each.notes for one in found for each in one.attempts):
        return None
    if not all(map(told_by_lists_alone, found)) or any_from_later(lists.newest_first, context):
        return None
    attempts = tuple([tuple([getattr(each, name) for name in _OF_ATTEMPT]) for each in first.attempts])
    named = tuple([(each.sha256, each.subject) for each in certificates[1:]])
    return Alike(own, first.status, attempts, tuple(above), named)


def _names_no_others(crl: CertificateRevocationList) -> bool:
    """Whether a list is complete, and only of certificates of who made it."""
    try:
        return crl.base_number is None and not scope_of(crl).indirect and not crl.index.names_issuers
    except DERError:
        return False


def told_by_lists_alone(found: CertificateRevocation) -> bool:
    """Whether a status is good by what the lists at hand say, each of which was judged to its end.

    What ended in a fault of ours may end otherwise the next time, and says no time. And the full engine looks at the
    whole path.
    """
    return found.status.is_good and all(
        each.source is SourceKind.CRL
        and each.origin is Origin.SUPPLIED
        and each.certificate == found.certificate
        and each.produced is not None  # of the full engine's answer and of a fault it is
        for each in found.attempts
    )


def any_from_later(lists: Iterable[CertificateRevocationList], context: RevocationContext) -> bool:
    """Whether one of the lists was made after the moment, whatever else is wrong with it.

    What such a list revokes counts from the day its entry names, which is no edge of the list. Of every other list an
    entry counts or does not, whenever that was; and it stays such a list until the next edge.
    """
    return any(crl.this_update > context.moment + context.options.skew for crl in lists)


def edges_of(
    issuers: Iterable[PathCertificate], lists: Iterable[CertificateRevocationList], options: RevocationOptions
) -> Iterator[datetime]:
    """Yield every moment at which an issuer begins or ends, or a list becomes current or stale.

    From such a moment on what a list has counts, or does not.
    """
    for issuer in issuers:
        yield from (issuer.not_before, issuer.not_after)
    for crl in lists:
        yield from _around(crl.this_update, options.skew)
        if crl.next_update is not None:
            yield from _around(crl.next_update, options.skew)
        elif options.max_age is not None:
            yield from _around(crl.this_update, options.max_age + options.skew)


def _around(edge: datetime, skew: timedelta) -> Iterator[datetime]:
    """Yield an edge with what is allowed on either side of it; what no calendar holds is no edge that can be passed."""
    yield edge
    for part in (skew, -skew):
        with suppress(OverflowError):
            yield edge + part
