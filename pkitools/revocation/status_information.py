"""What one source says of one certificate, and the tests both kinds of source share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pkitools.revocation.model import Budget, RevocationOptions, RevocationStatus, StatusKind

_UNDONE: Final = frozenset({"certificateHold", "removeFromCRL"})


@dataclass(frozen=True, slots=True)
class Terms:
    """By what everything in one validation is judged: the moment, the options, and the signature checks left."""

    moment: datetime
    options: RevocationOptions
    budget: Budget


class Refused(Exception):  # noqa: N818 - not an error: it carries the answer out of the steps
    """A source did not come through a step; the code is that of :class:`StatusInformation`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class StatusInformation:
    """What one list or response says of one certificate.

    Args:
        code: empty when the source may be believed, else what is wrong with it.
        status: REVOKED may stand beside a code: see :func:`still_revoked`.
        passed: codes of the steps it came through, in order.
        detail: particulars of what is wrong.
        notes: what was odd and accepted.
        produced, expires: its thisUpdate and nextUpdate.
        coverage: of a CRL, for each distribution point of the certificate the reasons it answers for, as bits.
        number: of a CRL, its cRLNumber.
    """

    code: str
    status: RevocationStatus
    passed: tuple[str, ...] = ()
    detail: str = ""
    notes: tuple[str, ...] = ()
    produced: datetime | None = None
    expires: datetime | None = None
    coverage: tuple[int, ...] = ()
    number: int | None = None


def freshness(this_update: datetime, next_update: datetime | None, terms: Terms) -> str:
    """Return ``not-yet``, ``stale`` or ``no-next-update``, or an empty string for what speaks of the moment.

    nextUpdate decides and not an age: upper-level CRLs of PKIoverheid have lived a year.
    """
    moment, options = terms.moment, terms.options
    if this_update > moment + options.skew:
        return "not-yet"
    if next_update is not None:
        return "stale" if next_update + options.skew < moment else ""
    fresh = options.max_age is not None and this_update + options.max_age + options.skew >= moment
    return "" if fresh else "no-next-update"


def require_fresh(this_update: datetime, next_update: datetime | None, terms: Terms, passed: list[str]) -> None:
    """Raise :class:`Refused` for what does not speak of the moment; add to ``passed`` the tests it did come through."""
    code = freshness(this_update, next_update, terms)
    if code == "not-yet":
        raise Refused(code)
    passed.extend(step for step in ("not-yet", "stale", "no-next-update") if step != code)
    if code:
        raise Refused(code)


def still_revoked(status: RevocationStatus, this_update: datetime, terms: Terms) -> bool:
    """Whether a revocation counts though its source cannot prove that a certificate is good.

    A stale list, a delta or one of another scope proves nothing by its silence. What it does list was revoked by the
    one who may revoke, and revocation is final, except for a hold. A source from after the moment counts when the
    revocation itself was before it.
    """
    if status.kind is not StatusKind.REVOKED or status.reason in _UNDONE:
        return False
    if this_update <= terms.moment + terms.options.skew:
        return True
    return status.revoked_at is not None and status.revoked_at <= terms.moment
