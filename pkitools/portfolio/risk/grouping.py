"""Certificates that share something: found in passes, so that of those that share nothing only a digest is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator
from datetime import datetime
from typing import Final

from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_RISK_GROUPS, MAX_RISK_MEMBERS, MAX_RISK_PLACES
from pkitools.portfolio.model import HeldCertificate
from pkitools.portfolio.succeeding import follows
from pkitools.portfolio.where import folder_of
from pkitools.revocation.rules import REVOKED

_DIGEST: Final = 16
_MOST_KINDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Sharing:
    """Certificates that share something.

    Args:
        value: what they share.
        members: they; of thousands the first, and each that is of another kind than those.
        count: how many there are.
    """

    value: str
    members: list[HeldCertificate]
    count: int


def shared(
    certificates: Iterable[HeldCertificate], keys: Callable[[HeldCertificate], Iterable[str]]
) -> Iterator[Sharing]:
    """Yield what is shared by two certificates or more, and those, each with no more than decides.

    What is kept at a time is bounded: so many groups are gathered in one pass over all, and then the next. Of a group
    of thousands only so many members are kept, and every one that brings something new to it.

    Args:
        certificates: what can be gone through again and again; none of it is kept.
        keys: what may be shared; nothing of one that shares nothing.
    """
    seen: set[bytes] = set()
    twice: set[bytes] = set()
    for one in certificates:
        for digest in {_digest(value) for value in keys(one)}:
            (twice if digest in seen else seen).add(digest)
    del seen
    waiting = sorted(twice)
    for at in range(0, len(waiting), MAX_RISK_GROUPS):
        yield from _gathered(certificates, keys, frozenset(waiting[at : at + MAX_RISK_GROUPS]))


def _gathered(
    certificates: Iterable[HeldCertificate], keys: Callable[[HeldCertificate], Iterable[str]], wanted: Container[bytes]
) -> Iterator[Sharing]:
    groups: dict[str, _Group] = {}
    for one in certificates:
        for value in dict.fromkeys(keys(one)):
            if _digest(value) in wanted:
                groups.setdefault(value, _Group()).add(one)
    return (Sharing(value, group.members, group.count) for value, group in groups.items() if group.count > 1)


class _Group:
    """The members of a group: the first so many, and each that is of another kind than those."""

    __slots__ = ("_kinds", "count", "members")

    def __init__(self) -> None:
        self.count = 0
        self.members: list[HeldCertificate] = []
        self._kinds: set[tuple[object, ...]] = set()

    def add(self, one: HeldCertificate) -> None:
        self.count += 1
        folder = folder_of(one.places[0].name) if one.places else ""
        kind = one.oin, one.hierarchy, one.organization, one.subject, folder
        if len(self.members) < MAX_RISK_MEMBERS or (kind not in self._kinds and len(self._kinds) < _MOST_KINDS):
            self.members.append(lean(one))
            self._kinds.add(kind)


def lean(one: HeldCertificate) -> HeldCertificate:
    """Return a certificate with what counts here: that it is revoked, and nothing else that was found of it."""
    told = (tuple(each for each in judgement.told if each.rule.code == REVOKED.code) for judgement in one.judgements)
    judgements = (replace(each, told=kept) for each, kept in zip(one.judgements, told, strict=True))
    return replace(one, judgements=tuple(judgements), places=one.places[:MAX_RISK_PLACES])


def _digest(value: str) -> bytes:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def is_in_use(one: HeldCertificate, moment: datetime) -> bool:
    """Return whether a certificate may be in use, now or soon: it has not ended, and is not known to be revoked."""
    if one.is_authority or one.not_after < moment:
        return False
    return all(found.rule.code != REVOKED.code for found in one.findings)


def last_of_each(members: Iterable[HeldCertificate]) -> list[HeldCertificate]:
    """Return of certificates the last of each line: it ends later than the one before, which came near its end.

    While a certificate is renewed the old one and the next are there together, for weeks or months: that is how it is
    done. Two servers may have a certificate each under one name, so that one is the next of no more than one. A copy is
    followed by what is in its place.
    """
    members = tuple(members)
    every = {one.sha256 for one in members}
    copies = {one.sha256 for one in members if (new := one.successor) and new.is_in_place and new.sha256 in every}
    last: list[HeldCertificate] = []
    for one in sorted(
        (one for one in members if one.sha256 not in copies), key=lambda each: (each.not_before, each.not_after)
    ):
        before = [each for each in last if each.not_after <= one.not_after and follows(each, one)]
        if before:
            last.remove(max(before, key=lambda each: each.not_after))
        last.append(one)
    return last


def is_succession(members: Iterable[HeldCertificate]) -> bool:
    """Return whether certificates follow one another, all in one line."""
    return len(last_of_each(members)) == 1
