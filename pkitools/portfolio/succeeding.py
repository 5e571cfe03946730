"""Which certificate comes after which: the next lies there already, and needs not be ordered.

It is the same in what somebody would order it for: holder, name, what its key may be used for, and the kind of key. Two
servers may have a certificate each under one name, so that one is the next of no more than one, and of one that came
near its end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final

from pkitools.checking.file_names import is_called_copy, is_copy_beside
from pkitools.findings import Outcome, Severity, Verdict
from pkitools.frozen import replace
from pkitools.limits import MAX_SUCCESSIONS
from pkitools.messages import NOTHING
from pkitools.portfolio.model import HeldCertificate, Judgement, Standing, Successor
from pkitools.profiles import trial
from pkitools.validation.rules import ANCHOR_FOUND

_DIGEST: Final = 16
_MOST_AHEAD: Final = timedelta(days=183)
"""How long before the end of the one the next may be there already, and be no more than that."""
_ORDER: Final = "advice.validity.order_now"
_OF_A_PEER: Final = "tls"
_SIGNS: Final = "digitalSignature"
_ENCRYPTS: Final = frozenset({"keyEncipherment", "dataEncipherment", "keyAgreement"})
_USABLE: Final = frozenset({Standing.ENDS_SOON, Standing.INDETERMINATE, Standing.PASSED})
_ENDING: Final = _USABLE | {Standing.EXPIRED}


def line_of(one: HeldCertificate) -> bytes | None:
    """Return what a certificate has in common with those before and after it; ``None`` of one that has no such.

    Without an OIN or a name nobody knows whose it is, and what for.
    """
    if one.is_authority or not one.oin or not one.common_name:
        return None
    name = trial().bare(one.common_name)
    what = repr((one.oin, name, one.key.partition(" ")[0], sorted(_uses(one))))
    return hashlib.blake2b(what.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def successions(
    members: Sequence[HeldCertificate], moment: datetime, keys: Collection[str] = ()
) -> Iterator[tuple[HeldCertificate, Successor]]:
    """Yield those that are followed by another, and by which.

    Args:
        members: certificates of one line.
        moment: as of which they stand, aware.
        keys: SHA-256 of the public halves of the private keys that were found, hex: without any no copy is known.
    """
    links = [one for one in members if one.standing(moment) in _ENDING]
    ending = [one for one in members if one in links or one.is_revoked]
    pairs = ((_apart(old, new), old, new) for old in ending for new in links if _succeeds(new, old))
    taken: set[str] = set()
    following: dict[str, HeldCertificate] = {}
    # first what lies together; of what is left the last to end has the next
    for _, old, new in sorted(pairs, key=lambda pair: (pair[0], -pair[1].not_after.timestamp(), pair[2].not_before)):
        if old.sha256 not in following and new.sha256 not in taken:
            taken.add(new.sha256)
            following[old.sha256] = new
    for one in ending:
        last = _last(one, following)
        if last is not one and last.standing(moment) in _USABLE:
            is_copy = one.not_after < moment and has_replaced(last, one, keys)
            yield one, _successor(last, has_replaced=is_copy)


def _successor(last: HeldCertificate, *, has_replaced: bool) -> Successor:
    names = [place.name for place in last.places]
    used = [name for name in names if not is_called_copy(name)]
    return Successor(last.sha256, last.ends, (used or names or [last.name])[0], has_replaced, is_in_use(last))


def is_in_use(one: HeldCertificate) -> bool:
    """Return whether something names a certificate, or a peer sends it."""
    return any(place.named_by or place.container == _OF_A_PEER for place in one.places)


def has_replaced(new: HeldCertificate, old: HeldCertificate, keys: Collection[str]) -> bool:
    """Return whether a certificate is in the place of one before it that has ended, which is kept as a copy alone.

    What is in use may be called anything, so that it takes more than a name: nothing names the old one, by no name that
    it is reached by it may be more than a copy, and the new one lies where the old one lay and is in use itself: its
    private key is there, or something names it and of neither there is a key.

    Args:
        new, old: one follows the other.
        keys: SHA-256 of the public halves of the private keys that were found, hex.
    """
    places = [place.name for place in new.places]
    if all(map(is_called_copy, places)) or is_in_use(old):
        return False
    if not all(any(is_copy_beside(place.name, other) for other in places) for place in old.places):
        return False
    return new.spki_sha256 in keys or (is_in_use(new) and old.spki_sha256 not in keys)


def as_they_stand(certificates: Iterable[HeldCertificate], moment: datetime) -> Mapping[str, Successor]:
    """Return what follows each certificate by its SHA-256, also where no path to a root that is trusted was found.

    For what reads certificates as they stand: nobody told it what to trust.

    Args:
        certificates: those that lie together. Of very many of one line nobody can tell.
        moment: as of which they stand, aware.
    """
    lines: dict[bytes, list[HeldCertificate]] = {}
    for one in certificates:
        line = line_of(one)
        if line is not None:
            lines.setdefault(line, []).append(replace(one, judgements=tuple(map(_without_path, one.judgements))))
    found = (successions(each, moment) for each in lines.values() if 1 < len(each) <= MAX_SUCCESSIONS)
    return {old.sha256: successor for pairs in found for old, successor in pairs}


def _without_path(judgement: Judgement) -> Judgement:
    """Return a judgement as not known, where what issued the certificate is not at hand or not trusted."""
    wrong = {one.rule.code for one in judgement.findings if one.rule.severity is Severity.ERROR}
    is_unproven = judgement.verdict is Verdict.FAILED and wrong <= {ANCHOR_FOUND.code}
    return replace(judgement, verdict=Verdict.INDETERMINATE) if is_unproven else judgement


def _last(one: HeldCertificate, following: Mapping[str, HeldCertificate]) -> HeldCertificate:
    """Return the last of those that follow a certificate: each ends later than the one before."""
    while one.sha256 in following:
        one = following[one.sha256]
    return one


def follows(old: HeldCertificate, new: HeldCertificate) -> bool:
    """Return whether a certificate was made after another, and when that came near its end."""
    if new.not_before <= old.not_before:
        return False
    ahead = max(_MOST_AHEAD, (old.ends - old.not_before) / 3)
    return old.ends - new.not_before <= ahead


def ordered(judgement: Judgement) -> Judgement:
    """Return a judgement without the advice to order the next: that is there."""
    told = tuple(one for one in judgement.told if one.rule.code != _ORDER)
    return judgement if len(told) == len(judgement.told) else replace(judgement, told=told)


def to_change(judgement: Judgement) -> Judgement:
    """Return a judgement with the advice to put the next into use, instead of to order it: that is there."""
    told = (one if one.rule.code != _ORDER else _without_lead(one) for one in judgement.told)
    return replace(judgement, told=tuple(told))


def _without_lead(advice: Outcome) -> Outcome:
    return replace(advice, params={**advice.params, "lead": NOTHING})


def _succeeds(new: HeldCertificate, old: HeldCertificate) -> bool:
    # what is revoked is replaced at any time: by what was put beside it
    is_replaced = old.is_revoked and new.not_before > old.not_before and not _apart(old, new)
    if not old.ends < new.ends or new.not_before > old.not_after or not (is_replaced or follows(old, new)):
        return False
    if not set(map(str.casefold, old.dns_names)) <= set(map(str.casefold, new.dns_names)):
        return False
    # anybody can make one of the same words: what has a path to a root that is trusted is followed by such alone
    if new.is_self_issued != old.is_self_issued or (_has_path(old) and not _has_path(new)):
        return False
    return set(old.environments) <= set(new.environments) and _claimed(old) <= _claimed(new)


def _has_path(one: HeldCertificate) -> bool:
    return any(each.has_path for each in one.judgements)


def _uses(one: HeldCertificate) -> set[str]:
    """Return what the key may be used for; where it signs, G4 no longer says that it encrypts as well."""
    return set(one.uses) - _ENCRYPTS if _SIGNS in one.uses else set(one.uses)


def _claimed(one: HeldCertificate) -> set[str]:
    return {each.connection for each in one.judgements if each.connection is not None}


def _apart(old: HeldCertificate, new: HeldCertificate) -> bool:
    """Return whether two lie in no folder together."""
    folders = ({PurePath(place.name).parent for place in one.places} for one in (old, new))
    return set.isdisjoint(*folders)
