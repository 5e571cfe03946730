"""What one source says of one certificate, and the tests both kinds of source share."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pkitools.crl.reading import CertificateRevocationList
from pkitools.frozen import dataclass, field
from pkitools.messages import Detail
from pkitools.revocation.codes import AttemptCode, AttemptStep, Code, MaybeCode, Note
from pkitools.revocation.model import RevocationOptions, RevocationStatus, SignatureBudget, StatusKind
from pkitools.validation.algorithms import MIN_RSA_BITS
from pkitools.x509.signatures import rsa_bits

_UNDONE: Final = frozenset({"certificateHold", "removeFromCRL"})
_OF_TIME: Final = (
    (AttemptStep.NOT_YET, AttemptCode.NOT_YET),
    (AttemptStep.STALE, AttemptCode.STALE),
    (AttemptStep.NEXT_UPDATE, AttemptCode.NO_NEXT_UPDATE),
)


OVER_BUDGET: Final = "revocation.detail.signature_checks"
"""The code of what is said of a source for whose signature no check was left."""

FRESH: Final = tuple(step for step, _ in _OF_TIME)


@dataclass(frozen=True, slots=True)
class RevocationContext:
    """What is the same for every source of one validation.

    Args:
        moment: aware UTC.
        options: how sources are judged.
        budget: the signature checks left.
        raise_crashes: let a fault of a check itself through instead of reporting it; for tests.
    """

    moment: datetime
    options: RevocationOptions
    budget: SignatureBudget
    raise_crashes: bool = False


def require_strong_key(spki: bytes, passed: list[AttemptStep]) -> None:
    """Raise :class:`Refused` for who signs with an RSA key that can be broken."""
    bits = rsa_bits(spki)
    if bits is not None and bits < MIN_RSA_BITS:
        raise Refused(AttemptCode.WEAK_KEY, f"RSA, {bits} bits")
    passed.append(AttemptStep.WEAK_KEY)


def require_budget(
    context: RevocationContext, passed: list[AttemptStep], *, check: tuple[int, bytes] | None = None
) -> None:
    """Take one signature check; raise :class:`Refused` when there is none left.

    Args:
        context: of this validation.
        passed: the steps a source came through; another is added.
        check: what is checked with which key, where it may come again: the second time costs nothing.
    """
    if (check is None or context.budget.is_new(check)) and not context.budget.spend():
        raise Refused(AttemptCode.LIMIT, Detail(OVER_BUDGET))
    passed.append(AttemptStep.LIMIT)


class Refused(Exception):  # noqa: N818 - not an error: it carries the answer out of the steps
    """A source did not come through a step; the code is that of :class:`StatusInformation`."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class StatusInformation:
    """What one list or response says of one certificate.

    Args:
        code: empty when the source may be believed, else what is wrong with it.
        status: REVOKED may stand beside a code: see :func:`still_revoked`.
        passed: the steps it came through, in order.
        detail: particulars of what is wrong.
        notes: what was odd and accepted.
        produced, expires: its thisUpdate and nextUpdate.
        coverage: of a CRL, for each distribution point of the certificate the reasons it answers for, as bits.
        number: of a CRL, its cRLNumber.
        listed: of a CRL, what its entries say of the certificate, whatever the list covers; ``None`` when the list did
            not come through every test that allows to believe an entry.
        current: of a CRL, whether it came through every test but that of being a complete list.
        crl: the list itself, where it could be read.
        named: of a CRL that may not be used for something critical that nobody here knows, or for what is malformed in
            it, whether it has an entry of the certificate all the same: what that means is not known, but it is not
            nothing.
    """

    code: MaybeCode
    status: RevocationStatus
    passed: tuple[AttemptStep, ...] = ()
    detail: str = ""
    notes: tuple[Note, ...] = ()
    produced: datetime | None = None
    expires: datetime | None = None
    coverage: tuple[int, ...] = ()
    number: int | None = None
    listed: RevocationStatus | None = None
    current: bool = False
    crl: CertificateRevocationList | None = field(default=None, repr=False)
    named: bool = False


def freshness(this_update: datetime, next_update: datetime | None, context: RevocationContext) -> AttemptCode | None:
    """Return NOT_YET, STALE or NO_NEXT_UPDATE, or ``None`` for what speaks of the moment.

    nextUpdate decides and not an age: upper-level CRLs of PKIoverheid have lived a year.
    """
    moment, options = context.moment, context.options
    if this_update > moment + options.skew:
        return AttemptCode.NOT_YET
    if next_update is not None:
        return AttemptCode.STALE if next_update + options.skew < moment else None
    fresh = options.max_age is not None and this_update + options.max_age + options.skew >= moment
    return None if fresh else AttemptCode.NO_NEXT_UPDATE


def require_fresh(
    this_update: datetime, next_update: datetime | None, context: RevocationContext, passed: list[AttemptStep]
) -> None:
    """Raise :class:`Refused` for what does not speak of the moment; add to ``passed`` the tests it did come through."""
    code = freshness(this_update, next_update, context)
    if code is None:
        passed.extend(FRESH)
        return
    if code is AttemptCode.NOT_YET:
        raise Refused(code)
    passed.extend([step for step, failed in _OF_TIME if failed is not code])
    raise Refused(code)


def still_revoked(status: RevocationStatus, this_update: datetime, context: RevocationContext) -> bool:
    """Whether a revocation counts though its source cannot prove that a certificate is good.

    A stale list, a delta or one of another scope proves nothing by its silence. What it does list was revoked by the
    one who may revoke, and revocation is final, except for a hold. A source from after the moment counts when the
    revocation itself was before it.
    """
    if status.kind is not StatusKind.REVOKED or status.reason in _UNDONE:
        return False
    if this_update <= context.moment + context.options.skew:
        return True
    return status.revoked_at is not None and status.revoked_at <= context.moment
