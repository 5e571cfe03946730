"""Certificates that share something: found in two passes, so that of those that share nothing only a digest is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from pkitools.portfolio.model import HeldCertificate
from pkitools.revocation.rules import REVOKED

_DIGEST: Final = 16
_MOST_AHEAD: Final = timedelta(days=183)
"""How long before the end of the one the next may be there already, and be no more than that."""


def shared(
    certificates: Iterable[HeldCertificate], key: Callable[[HeldCertificate], str | None]
) -> list[list[HeldCertificate]]:
    """Return the certificates that share a key, in groups of two or more.

    Args:
        certificates: what can be gone through twice.
        key: what may be shared; ``None`` of one that shares nothing.
    """
    seen: set[bytes] = set()
    twice: set[bytes] = set()
    for one in certificates:
        if (value := key(one)) is not None:
            digest = _digest(value)
            (twice if digest in seen else seen).add(digest)
    groups: dict[str, list[HeldCertificate]] = {}
    for one in certificates if twice else ():
        if (value := key(one)) is not None and _digest(value) in twice:
            groups.setdefault(value, []).append(one)
    return [members for members in groups.values() if len(members) > 1]


def _digest(value: str) -> bytes:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def is_in_use(one: HeldCertificate, moment: datetime) -> bool:
    """Return whether a certificate may be in use, now or soon: it has not ended, and is not known to be revoked."""
    if one.is_authority or one.not_after < moment:
        return False
    return all(found.rule.code != REVOKED.code for found in one.findings)


def is_succession(members: Iterable[HeldCertificate]) -> bool:
    """Return whether certificates follow one another: each ends later than the one before, and came near its end.

    While a certificate is renewed the old one and the next are there together, for weeks or months: that is how it is
    done.
    """
    ordered = sorted(members, key=lambda each: (each.not_after, each.not_before))
    return all(_follows(old, new) for old, new in pairwise(ordered))


def _follows(old: HeldCertificate, new: HeldCertificate) -> bool:
    if new.not_before <= old.not_before:
        return False
    ahead = max(_MOST_AHEAD, (old.not_after - old.not_before) / 3)
    return old.not_after - new.not_before <= ahead
