"""Which certificate comes after which: the next lies there already, and needs not be ordered.

It is the same in what somebody would order it for: holder, name, what its key may be used for, and the kind of key. Two
servers may have a certificate each under one name, so that one is the next of no more than one, and of one that came
near its end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from pkitools.checking.file_names import is_called_copy, is_copy_beside
from pkitools.findings import Outcome, Severity, Verdict
from pkitools.frozen import replace
from pkitools.limits import MAX_SUCCESSIONS
from pkitools.messages import NOTHING
from pkitools.portfolio.claims import Stated
from pkitools.portfolio.judgements import Judgement
from pkitools.portfolio.model import HeldCertificate, Place, Standing, Successor
from pkitools.portfolio.where import folder_of
from pkitools.profiles import trial
from pkitools.validation.rules import ANCHOR_FOUND, NOT_YET_VALID

_NOTHING_STATED: Final[Mapping[str, Stated]] = {}
_DIGEST: Final = 16
_MOST_COMPARED: Final = 2_500
"""Pairs of places that are held to one another: what lies at more of them is taken for no copy."""
MOST_AHEAD: Final = timedelta(days=183)
"""How long before the end of the one the next may be there already, and be no more than that."""
_ORDER: Final = "advice.validity.order_now"
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
    members: Sequence[HeldCertificate],
    moment: datetime,
    keys: Collection[str] = (),
    stated: Mapping[str, Stated] = _NOTHING_STATED,
    closed: Collection[str] = (),
) -> Iterator[tuple[HeldCertificate, Successor]]:
    """Yield those that are followed by another, and by which; also by what lacks names, where that is all there is.

    Args:
        members: certificates of one line.
        moment: as of which they stand, aware.
        keys: SHA-256 of the public halves of the private keys that were found, hex: without any no copy is known.
        stated: what is stated of the certificates of connections, by the names of what they claim.
        closed: the folders of keys that were not opened: one of them may be that of a certificate that lies there.
    """
    begun = [one for one in members if one.standing(moment) in _ENDING]
    links = [*begun, *(one for one in members if is_yet_to_begin(one))]
    ending = [one for one in members if one in begun or one.is_revoked]
    in_place = [one for one in begun if one.standing(moment) in _USABLE]
    usable = {one.sha256: one for one in links if one in in_place or one not in begun}
    following = dict(_in_place(ending, in_place, moment, keys))
    copies = frozenset(following)
    pairs = [(old, new) for old in ending for new in links if _comes_next(new, old, moment)]
    pairs += ((old, following[old.sha256]) for old in ending if old.sha256 in copies)
    # first what lies together; of what is left the last to end has the next
    pairs.sort(key=lambda pair: (_apart(*pair), -pair[0].not_after.timestamp(), pair[1].not_before))
    taken: set[str] = set()
    for old, new in pairs:
        if old.sha256 in copies:
            taken |= {new.sha256} if following[old.sha256] is new else set()
        elif old.sha256 not in following and new.sha256 not in taken and not _lacking(new, old):
            taken.add(new.sha256)
            following[old.sha256] = new
    for one in ending:
        is_copy = one.sha256 in copies
        last = following[one.sha256] if is_copy else _last(one, following)
        if last is not one and last.sha256 in usable:
            after = (new for new in _after(one, following) if new.sha256 in usable)
            by = next((new for new in after if is_live(new, one, moment, stated)), None)
            found = _successor(by or last, one, moment, keys, closed, is_in_place=is_copy)
            by = None if found.lacks_key else by
            yield one, found if by is None else replace(found, is_live=True, has_replaced=one.not_after < moment)
    for old, new in pairs:
        if old.sha256 not in following and new.sha256 in usable and new.sha256 not in taken:
            following[old.sha256] = new
            yield old, _successor(new, old, moment, keys, closed)


def is_yet_to_begin(one: HeldCertificate) -> bool:
    """Return whether nothing is wrong with a certificate but that it has not begun: it is the next of another already.

    Args:
        one: it, as it was judged.
    """
    if one.own_verdict is not Verdict.FAILED:
        return False
    return {each.rule.code for each in one.findings if each.rule.severity is Severity.ERROR} == {NOT_YET_VALID.code}


def _after(one: HeldCertificate, following: Mapping[str, HeldCertificate]) -> Iterator[HeldCertificate]:
    """Yield those that follow a certificate, the next first."""
    while one.sha256 in following:
        one = following[one.sha256]
        yield one


def is_live(new: HeldCertificate, old: HeldCertificate, moment: datetime, stated: Mapping[str, Stated]) -> bool:
    """Return whether something shows that a certificate is in use in place of the one before it.

    One that is revoked is told of whatever comes after it. Nothing that is in force may name the old one, no server may
    send it, and it lies nowhere but beside the new one, as a file: a keystore, a Secret or another machine's folder may
    be in use still. Then the connections say so of which both are: by what they state, or by a configuration in force,
    beside both, by which a program sends the new one. Without a connection nobody knows what else uses the old one.

    Args:
        new, old: one follows the other.
        moment: as of when, aware.
        stated: what is stated of the certificates of connections, by the names of what they claim.
    """
    if new.not_before > moment or old.is_revoked or _lacking(new, old):
        return False
    if any(place.is_in_force for place in old.places):
        return False
    if elsewhere(old, new):
        return False
    lies = {folder_of(place.name) for place in old.places}
    is_sent = any(place.is_in_force and place.is_sent and folder_of(place.name) in lies for place in new.places)
    claims = {each.connection for each in old.judgements}
    if not claims or not all(each is not None and each in stated for each in claims):
        return False
    today = moment.astimezone(UTC).date()
    return all(is_sent or is_stated(stated[each or ""], old, new, today) for each in claims)


def elsewhere(old: HeldCertificate, new: HeldCertificate) -> tuple[Place, ...]:
    """Return the places of a certificate but those where it is a file beside the one after it.

    What is stated of a change is of those alone: another may have to be made there still.
    """
    beside = {folder_of(place.name) for place in new.places if place.is_alone_for_its_holder}
    return tuple(
        place for place in old.places if not (place.is_alone_for_its_holder and folder_of(place.name) in beside)
    )


def is_stated(stated: Stated, old: HeldCertificate, new: HeldCertificate, today: date) -> bool:
    """Return whether a connection states what no certificate but the next can be meant by: that it is in use.

    That is a day of going live since the next began, and a test on a day on which the old one could take part in none.
    A test before that is one step of the change, and no proof of the next.

    Args:
        stated: by the connection of both.
        old, new: the next, and the one before it.
        today: the day, in UTC: what is stated for later has not been done.
    """
    begins, tested = new.not_before.date(), stated.tested
    is_tested = tested is not None and old.ends.date() < tested
    return is_since(stated.live, begins, today) or (is_tested and is_since(tested, begins, today))


def is_since(stated: date | None, begins: date, today: date) -> bool:
    """Return whether a day is stated of a certificate that began on another, and is not still to come."""
    return stated is not None and begins <= stated <= today


def _in_place(
    ending: Iterable[HeldCertificate], usable: Collection[HeldCertificate], moment: datetime, keys: Collection[str]
) -> Iterator[tuple[str, HeldCertificate]]:
    """Yield by its SHA-256 what is called a copy, and the last certificate in its place.

    How long one was made before the end of the other, or after it, says nothing then, nor whether a second copy has the
    same in its place. A name that it lacks does where something may use the old one still.
    """
    for old in ending:
        if not old.places or not all(is_called_copy(place.name) for place in old.places):
            continue
        is_done = old.not_after < moment and not is_in_use(old)
        after = [new for new in usable if new.not_before > old.not_before and _does_its_work(new, old)]
        found = [new for new in after if (is_done or not _lacking(new, old)) and is_in_place(new, old, keys)]
        if found:
            yield old.sha256, max(found, key=lambda new: (new.not_before, new.sha256))


def _successor(
    last: HeldCertificate,
    old: HeldCertificate,
    moment: datetime,
    keys: Collection[str],
    closed: Collection[str],
    *,
    is_in_place: bool = False,
) -> Successor:
    names = [place.name for place in last.places]
    used = [name for name in names if not is_called_copy(name)]
    return Successor(
        last.sha256,
        last.ends,
        (used or names or [last.name])[0],
        has_replaced=is_in_place and old.not_after < moment and not is_in_use(old),
        is_named=is_in_use(last),
        is_in_place=is_in_place,
        lacks_key=old.spki_sha256 in keys
        and last.spki_sha256 not in keys
        and not any(folder_of(name) in closed for name in names),
        lacks=_lacking(last, old),
        begins=last.not_before if moment < last.not_before else None,
    )


def is_in_use(one: HeldCertificate) -> bool:
    """Return whether something names a certificate, or a peer sends it."""
    return any(place.named_by or place.is_of_peer for place in one.places)


def is_in_place(new: HeldCertificate, old: HeldCertificate, keys: Collection[str]) -> bool:
    """Return whether a certificate is in the place of one before it, which is called a copy.

    What is in use may be called anything, so that it takes more than a name: by no name that the old one is reached by
    it may be more than a copy, and the new one lies where the old one lay and is in use itself: its private key is
    there, or something names it and of neither there is a key. Whether the old one is done with hangs on whether
    something names it, and whether it has ended.

    Args:
        new, old: one was made after the other, and does the same work.
        keys: SHA-256 of the public halves of the private keys that were found, hex.
    """
    places = [place.name for place in new.places]
    if all(map(is_called_copy, places)) or len(places) * len(old.places) > _MOST_COMPARED:
        return False
    if not all(any(is_copy_beside(place.name, other) for other in places) for place in old.places):
        return False
    return new.spki_sha256 in keys or (is_in_use(new) and old.spki_sha256 not in keys)


def as_they_stand(
    certificates: Iterable[HeldCertificate],
    moment: datetime,
    keys: Collection[str] = (),
    closed: Collection[str] = (),
) -> Mapping[str, Successor]:
    """Return what follows each certificate by its SHA-256, also where no path to a root that is trusted was found.

    For what reads certificates as they stand: nobody told it what to trust.

    Args:
        certificates: those that lie together. Of very many of one line nobody can tell.
        moment: as of which they stand, aware.
        keys, closed: as of :func:`successions`.
    """
    lines: dict[bytes, list[HeldCertificate]] = {}
    for one in certificates:
        line = line_of(one)
        if line is not None:
            lines.setdefault(line, []).append(replace(one, judgements=tuple(map(_without_path, one.judgements))))
    found = (
        successions(each, moment, keys, closed=closed) for each in lines.values() if 1 < len(each) <= MAX_SUCCESSIONS
    )
    return {old.sha256: successor for pairs in found for old, successor in pairs if not successor.is_partial}


def _without_path(judgement: Judgement) -> Judgement:
    """Return a judgement as not known, where what issued the certificate is not at hand or not trusted.

    One that has not begun either is wrong by that alone.
    """
    wrong = {one.rule.code for one in judgement.findings if one.rule.severity is Severity.ERROR}
    if judgement.verdict is not Verdict.FAILED or not wrong <= {ANCHOR_FOUND.code, NOT_YET_VALID.code}:
        return judgement
    if NOT_YET_VALID.code not in wrong:
        return replace(judgement, verdict=Verdict.INDETERMINATE)
    return replace(judgement, told=tuple(one for one in judgement.told if one.rule.code != ANCHOR_FOUND.code))


def _last(one: HeldCertificate, following: Mapping[str, HeldCertificate]) -> HeldCertificate:
    """Return the last of those that follow a certificate: each ends later than the one before."""
    while one.sha256 in following:
        one = following[one.sha256]
    return one


def follows(old: HeldCertificate, new: HeldCertificate) -> bool:
    """Return whether a certificate was made after another, and when that came near its end."""
    if new.not_before <= old.not_before:
        return False
    ahead = max(MOST_AHEAD, (old.ends - old.not_before) / 3)
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


def _comes_next(new: HeldCertificate, old: HeldCertificate, moment: datetime) -> bool:
    """Return whether a certificate was made in time to be the next of another, and for the same, but for names.

    Of one that has ended also what came too late is the next: it is there. While there is time another can be in time.
    """
    # what is revoked is replaced at any time: by what was put beside it
    is_replaced = old.is_revoked and new.not_before > old.not_before and not _apart(old, new)
    is_there = new.not_before <= old.not_after or old.not_after < moment
    return is_there and (is_replaced or follows(old, new)) and _does_its_work(new, old)


def _does_its_work(new: HeldCertificate, old: HeldCertificate) -> bool:
    """Return whether a certificate lasts longer than another and is for the same, but for names."""
    if not old.ends < new.ends:
        return False
    # anybody can make one of the same words: what has a path to a root that is trusted is followed by such alone
    if new.is_self_issued != old.is_self_issued or (_has_path(old) and not _has_path(new)):
        return False
    return set(old.environments) <= set(new.environments) and _claimed(old) <= _claimed(new)


def _lacking(new: HeldCertificate, old: HeldCertificate) -> tuple[str, ...]:
    """Return the names of a certificate that another has not."""
    has = set(map(str.casefold, new.dns_names))
    return tuple(name for name in old.dns_names if name.casefold() not in has)


def _has_path(one: HeldCertificate) -> bool:
    return any(each.has_path for each in one.judgements) or is_yet_to_begin(one)


def _uses(one: HeldCertificate) -> set[str]:
    """Return what the key may be used for; where it signs, G4 no longer says that it encrypts as well."""
    return set(one.uses) - _ENCRYPTS if _SIGNS in one.uses else set(one.uses)


def _claimed(one: HeldCertificate) -> set[str]:
    return {each.connection for each in one.judgements if each.connection is not None}


def _apart(old: HeldCertificate, new: HeldCertificate) -> bool:
    """Return whether two lie in no folder together."""
    folders = ({folder_of(place.name) for place in one.places} for one in (old, new))
    return set.isdisjoint(*folders)
