"""Complete lists brought up to date by delta CRLs (RFC 5280 5.2.4 and 6.3.3), and holds that only one list knows of.

A delta updates a complete list of the same issuer, key and scope that has all its base has and is older than the delta
itself. Of several deltas that may, the newest decides. What comes of it is as good as a complete list: it has the
delta's number and times, so that it may take the place of a list that is stale.

Where the standard leaves a choice, the certificate counts as revoked: ``removeFromCRL`` lifts a hold and nothing else,
of two deltas with one number the worse is believed, and a current list that states a hold is believed, whatever it may
be combined with, until a newer one says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pkitools.crl.reading import CertificateRevocationList
from pkitools.frozen import replace
from pkitools.messages import Detail
from pkitools.revocation.codes import AttemptCode, AttemptStep
from pkitools.revocation.model import GOOD, HOLD, REMOVED, RevocationStatus, StatusKind
from pkitools.revocation.status_information import FRESH, RevocationContext, StatusInformation, freshness
from pkitools.x509.oids import AUTHORITY_KEY_IDENTIFIER, ISSUING_DISTRIBUTION_POINT

_FOR_GOOD: Final = 2
_SAME: Final = (
    (ISSUING_DISTRIBUTION_POINT, "issuingDistributionPoint"),
    (AUTHORITY_KEY_IDENTIFIER, "authorityKeyIdentifier"),
)


def why_not_together(complete: CertificateRevocationList, delta: CertificateRevocationList) -> Detail | None:
    """Return why a delta cannot update a complete list (RFC 5280 5.2.4 (a) to (d), 6.3.3 (c)), if it cannot."""
    if complete.issuer != delta.issuer and complete.canonical_issuer != delta.canonical_issuer:
        return Detail("revocation.detail.another_issuer")
    other = _other_part(complete, delta)
    if other:
        return Detail("revocation.detail.another_part", part=other)
    if complete.number is None or delta.number is None or delta.base_number is None:
        return Detail("revocation.detail.no_number")
    if complete.number < delta.base_number:
        return Detail("revocation.detail.builds_on", base=delta.base_number, number=complete.number)
    if delta.number <= complete.number or delta.this_update < complete.this_update:
        return Detail("revocation.detail.not_newer", delta=delta.number, number=complete.number)
    return None


def _other_part(one: CertificateRevocationList, other: CertificateRevocationList) -> str:
    """Return in what two lists of one issuer differ that must be the same for one scope and key, or an empty string."""
    for oid, name in _SAME:
        if _value(one, oid) != _value(other, oid):
            return name
    return ""


def _value(crl: CertificateRevocationList, oid: str) -> bytes | None:
    found = crl.extensions.get(oid)
    return None if found is None else found[1]


def _newest_of(
    complete: CertificateRevocationList, deltas: Sequence[CertificateRevocationList]
) -> list[CertificateRevocationList]:
    """Return the newest of the deltas that may update this list: several when they share a number."""
    usable = [delta for delta in deltas if not why_not_together(complete, delta)]
    highest = max((delta.number or 0 for delta in usable), default=0)
    return [delta for delta in usable if delta.number == highest]


def brought_up_to_date(lists: Sequence[StatusInformation]) -> tuple[StatusInformation, ...]:
    """Return what each list says, of a complete one with what the newest delta changes about it."""
    deltas = [each for each in lists if _is_current_delta(each)]
    if not deltas:
        return tuple(lists)
    return tuple([_updated(each, deltas) if _may_be_updated(each) else each for each in lists])


def _is_current_delta(answer: StatusInformation) -> bool:
    return answer.current and answer.crl is not None and answer.crl.base_number is not None


def _may_be_updated(answer: StatusInformation) -> bool:
    """A complete list that may be believed, or might be if it were not stale."""
    complete = answer.crl is not None and answer.crl.base_number is None
    return complete and answer.listed is not None and answer.code in {"", AttemptCode.STALE}


def _updated(complete: StatusInformation, deltas: Sequence[StatusInformation]) -> StatusInformation:
    newest = _newest_for(complete, deltas)
    if not newest or complete.listed is None:
        return complete
    said = max((_together(complete.listed, delta.listed or GOOD) for delta in newest), key=_weight)
    return replace(
        complete,
        code="",
        status=said,
        listed=said,
        current=True,
        passed=tuple(dict.fromkeys((*complete.passed, *FRESH, AttemptStep.DELTA))),
        detail=Detail("revocation.detail.brought_up_to_date", number=newest[0].number),
        produced=newest[0].produced,
        expires=newest[0].expires,
        number=newest[0].number,
    )


def _newest_for(complete: StatusInformation, deltas: Sequence[StatusInformation]) -> list[StatusInformation]:
    assert complete.crl is not None
    chosen = _newest_of(complete.crl, [delta.crl for delta in deltas if delta.crl is not None])
    return [delta for delta in deltas if delta.crl in chosen]


def _why_not(complete: StatusInformation, delta: StatusInformation) -> Detail | None:
    assert complete.crl is not None
    assert delta.crl is not None
    return why_not_together(complete.crl, delta.crl)


def _together(complete: RevocationStatus, delta: RevocationStatus) -> RevocationStatus:
    """6.3.3 (i) to (k): the delta's entry first, then that of the complete list; revoked for good stays so."""
    if _weight(complete) == _FOR_GOOD or delta.kind is not StatusKind.REVOKED:
        return complete
    return GOOD if delta.reason == REMOVED else delta


def _weight(status: RevocationStatus) -> int:
    if status.kind is not StatusKind.REVOKED:
        return 0
    return 1 if status.reason == HOLD else _FOR_GOOD


def holds(lists: Sequence[StatusInformation], context: RevocationContext) -> Iterator[RevocationStatus]:
    """Yield each hold that a current list states, with no newer list to say that it ended."""
    if not [each for each in lists if each.listed is not None and each.listed.reason == HOLD]:
        return
    ends = [each for each in brought_up_to_date(lists) if not each.code and each.status.is_good]
    for each in lists:
        crl, listed = each.crl, each.listed
        if crl is None or listed is None or listed.reason != HOLD or _may_be_updated(each):
            continue
        current = freshness(crl.this_update, crl.next_update, context) is None
        if current and not any(_is_newer(end, crl) for end in ends):
            yield listed


def without_ended_holds(answers: Sequence[StatusInformation]) -> tuple[StatusInformation, ...]:
    """Return the answers but for each hold of which a newer complete list of the same scope says that it ended."""
    if not [each for each in answers if each.status.reason == HOLD]:
        return tuple(answers)
    ends = [each for each in answers if not each.code and each.status.is_good]
    return tuple(each for each in answers if each.status.reason != HOLD or not any(_ends(end, each) for end in ends))


def _ends(end: StatusInformation, held: StatusInformation) -> bool:
    if end.crl is None or held.crl is None or _other_part(end.crl, held.crl):
        return False
    assert end.produced is not None
    assert held.produced is not None
    if end.number is not None and held.number is not None:
        return end.number > held.number and end.produced >= held.produced
    return end.produced > held.produced


def contradicted(lists: Sequence[StatusInformation], responses: Sequence[StatusInformation] = ()) -> bool:
    """Return whether a list that may not be used names the certificate, and no newer answer is there to be believed."""
    named = [each.crl for each in lists if each.named and each.crl is not None]
    if not named:
        return False
    ends = [each for each in lists if not each.code]
    times = [each.produced for each in responses if not each.code and each.produced is not None]
    return any(
        not any(_is_newer(end, crl) for end in ends) and all(time < crl.this_update for time in times) for crl in named
    )


def _is_newer(end: StatusInformation, crl: CertificateRevocationList) -> bool:
    """Whether an answer speaks of a later time than a list: by number where they share a scope, and by time."""
    assert end.crl is not None
    assert end.produced is not None
    if end.produced < crl.this_update:
        return False
    if not _other_part(end.crl, crl) and end.number is not None and crl.number is not None:
        return end.number > crl.number
    return end.produced > crl.this_update


def told(lists: Sequence[StatusInformation]) -> Iterator[tuple[StatusInformation, StatusInformation]]:
    """Yield each answer that is another one beside the other lists, and that one."""
    updated = brought_up_to_date(lists)
    completes = [each for each in lists if _may_be_updated(each)]
    for own, now in zip(lists, updated, strict=True):
        if now is not own:
            yield own, now
        elif completes and _is_current_delta(own):
            yield own, _delta_told(own, completes)


def _delta_told(delta: StatusInformation, completes: Sequence[StatusInformation]) -> StatusInformation:
    reasons = [_why_not(complete, delta) for complete in completes]
    if None not in reasons:
        return replace(delta, code=AttemptCode.DELTA, detail=reasons[-1] or "")
    status = delta.listed or GOOD
    status = GOOD if status.reason == REMOVED else status
    return replace(
        delta, code="", status=status, passed=(*delta.passed, AttemptStep.SCOPE, AttemptStep.DELTA), detail=""
    )
