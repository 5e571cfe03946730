"""The remembered status of an authority is the one that is found anew, at every moment and beside every list."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from pkitools.checking import Checker, Revocation
from pkitools.checking.judgement import Memory, judged
from pkitools.checking.question import question
from pkitools.findings import Verdict
from pkitools.limits import MAX_SIGNATURE_CHECKS
from pkitools.revocation import CertificateRevocationList, RevocationOptions, RevocationPolicy, read_crl
from pkitools.revocation.check import Material, revocation_of
from pkitools.revocation.codes import AttemptCode
from pkitools.revocation.crl_status import judge_crl
from pkitools.revocation.model import CertificateRevocation, StatusKind
from pkitools.revocation.status_information import StatusInformation
from pkitools.validation.remembered import Remembered
from pkitools.x509.path_certificate import PathCertificate, load
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import RevokedEntry, delta_indicator, issuing_distribution_point
from pkitools_test_pki.faults.responses import OcspCase
from pkitools_test_pki.issued import IssuedCertificate
from tests.support.broken import laboratory
from tests.support.chains import MOMENT

_DAY = timedelta(days=1)
_SCOPES = {
    "of-users": issuing_distribution_point(only_user=True),
    "elsewhere": issuing_distribution_point("http://x/y"),
}


def leaf() -> IssuedCertificate:
    return laboratory(MOMENT).leaf()


def usual() -> list[bytes]:
    made = laboratory(MOMENT)
    authorities = made.tsp, made.domain, made.root
    return [each.crl(this_update=MOMENT - 7 * _DAY, next_update=MOMENT + 30 * _DAY, number=1) for each in authorities]


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("scope", sorted(_SCOPES))
def test_an_authority_is_revoked_from_the_day_a_later_list_names(scope: str, several: bool) -> None:
    """Such a list says nothing of who is good, but what it revokes counts: by no edge of the list but by its entry."""
    one = leaf()
    entry = RevokedEntry(one.path[1].serial_number, MOMENT + 2 * _DAY, "keyCompromise")
    later = laboratory(MOMENT).domain.crl(
        this_update=MOMENT + 10 * _DAY,
        next_update=MOMENT + 20 * _DAY,
        number=2,
        extensions=[_SCOPES[scope]],
        revocations=[entry],
    )
    revocation = Revocation(policy="require", crls=[*usual(), later])
    checker = Checker(
        moment=MOMENT,
        environment="preproduction",
        intermediates=[link.der for link in one.intermediates],
        trust=one.root.der,
        revocation=revocation.for_several() if several else revocation,
    )
    days = (0, 5, 1, 3, 0)
    found = [checker.check(one.der, moment=MOMENT + day * _DAY).verdict for day in days]
    assert found == [Verdict.FAILED if day >= 2 else Verdict.PASSED for day in days]


# --- the law: what was found at one moment, asked at another


_BEGINS, _ENDS = MOMENT - 4 * _DAY, MOMENT + 4 * _DAY
_TICK = timedelta(seconds=1)
_CHANCE = random.Random(20261127)
_OPTIONS = (
    RevocationOptions(),
    RevocationOptions(skew=timedelta(0)),
    RevocationOptions(max_age=3 * _DAY),
    RevocationOptions(skew=_DAY, max_age=2 * _DAY),
)


@cache
def short() -> tuple[Authority, IssuedCertificate]:
    """The root and an end entity of a hierarchy whose root begins and ends within these days."""
    made = laboratory(MOMENT)
    root = made.other_root(not_before=_BEGINS, not_after=_ENDS)
    return root, made.leaf(issuer=made.below(root))


@cache
def path() -> tuple[PathCertificate, ...]:
    """Of the authority that is asked about alone: the root's subordinate, in the place of an authority."""
    return tuple(load(link.der) for link in short()[1].path[1:])


def a_list(begins: int, ends: int | None, number: int, **other: Any) -> CertificateRevocationList:
    """A list of the root's, by days from the moment."""
    next_update = None if ends is None else MOMENT + ends * _DAY
    made = short()[0].crl(this_update=MOMENT + begins * _DAY, next_update=next_update, number=number, **other)
    return read_crl(made)


def revoked(day: int, reason: str | None) -> dict[str, Any]:
    return {"revocations": [RevokedEntry(path()[1].serial_number, MOMENT + day * _DAY, reason)]}


@cache
def odd() -> tuple[CertificateRevocationList, ...]:
    """Lists that change what is said from a day on: stale, later, without an end, delta, out of scope, revoking."""
    found = [a_list(-3, 1, 2), a_list(-3, None, 2), a_list(1, None, 3), a_list(2, 5, 3)]
    for begins, ends in ((-2, 2), (3, 5), (1, None)):
        for reason in ("keyCompromise", "certificateHold", "removeFromCRL"):
            found += [
                a_list(begins, ends, 4, extensions=marks, **revoked(-1 + begins // 2, reason))
                for marks in ([], [delta_indicator(1)], [_SCOPES["of-users"]])
            ]
    found.append(a_list(-2, 2, 5, extensions=[delta_indicator(1)]))
    return tuple(found)


def together() -> Iterator[tuple[CertificateRevocationList, ...]]:
    """A usual list of one kind, and beside it none, each odd one, and some pairs of odd ones."""
    usual = (a_list(-5, 6, 1), a_list(-2, 2, 1), a_list(-2, None, 1))
    for one in usual:
        yield (one,)
    for number, other in enumerate(odd()):
        yield usual[number % 3 if number % 2 else 0], other
    for number in range(12):
        yield usual[number % 3], *_CHANCE.sample(odd(), 2)


def moments(lists: Iterable[CertificateRevocationList], options: RevocationOptions) -> list[datetime]:
    """Between the days, and at and beside some of the edges."""
    edges = [_BEGINS, _ENDS]
    for crl in lists:
        edges += [crl.this_update, *([crl.next_update] if crl.next_update else [])]
        edges += [entry.revoked_at for entry in crl.index.entries()]
        edges += [crl.this_update + options.max_age] if options.max_age else []
    skews = -options.skew, options.skew
    beside = [edge + skew + step for edge in edges for skew in skews for step in (_TICK, -_TICK)]
    between = [MOMENT + (day + 0.5) * _DAY for day in range(-6, 6)]
    return between + _CHANCE.sample(edges, 2) + _CHANCE.sample(beside, 4)


class _OfOneMoment(Remembered[CertificateRevocation]):
    """A memory that keeps what was found first, so that each moment is asked with what another one left."""

    hits = 0
    closed = False

    def find(self, question: Hashable, moment: datetime) -> CertificateRevocation | None:
        found = super().find(question, moment)
        self.hits += found is not None
        return found

    def keep(
        self, question: Hashable, moment: datetime, changes: Iterable[datetime], answer: CertificateRevocation
    ) -> CertificateRevocation:
        return answer if self.closed else super().keep(question, moment, changes, answer)


def statuses(
    material: Material, moment: datetime, options: RevocationOptions, known: _OfOneMoment | None = None
) -> tuple[CertificateRevocation, ...]:
    """The statuses, the lower authority standing where an end entity does."""
    return revocation_of(path(), material, moment, RevocationPolicy.REQUIRE, options, known=known).certificates


def of_first(
    material: Material, moment: datetime, options: RevocationOptions, unlisted: Any = None
) -> tuple[CertificateRevocation, ...]:
    """The status of the root's subordinate where it is itself what is asked about, and no authority above that."""
    asked = path()[1:], material, moment, RevocationPolicy.REQUIRE, options
    return revocation_of(*asked, unlisted=unlisted).certificates


def assert_each_moment_leaves_nothing_wrong(
    first: Material, options: RevocationOptions, asked: Sequence[datetime], then: Material | None = None
) -> int:
    """Ask each moment with what each other one left; return how often something was remembered."""
    then = then or first
    plain = {moment: (statuses(then, moment, options), of_first(then, moment, options)) for moment in asked}
    hits = 0
    for found_at in asked:
        memory, unlisted = _OfOneMoment(), _OfOneMoment()
        statuses(first, found_at, options, memory)
        of_first(first, found_at, options, unlisted)
        memory.closed = unlisted.closed = True
        for moment in asked if memory or unlisted else ():
            assert statuses(then, moment, options, memory) == plain[moment][0], (found_at, moment)
            assert of_first(then, moment, options, unlisted) == plain[moment][1], (found_at, moment)
        hits += memory.hits + unlisted.hits
    return hits


@pytest.mark.slow
def test_what_one_moment_leaves_is_what_every_other_finds() -> None:
    hits = 0
    for number, lists in enumerate(together()):
        for options in _OPTIONS if number < 3 else _CHANCE.sample(_OPTIONS, 2):
            hits += assert_each_moment_leaves_nothing_wrong(Material(lists), options, moments(lists, options))
    assert hits > 500


def test_what_lists_left_is_nothing_beside_a_response() -> None:
    """A response may know of a revocation that no list has yet."""
    root, _ = short()
    case = OcspCase(root, path()[1].serial_number, MOMENT)
    response = case.signed(case.single(status="revoked", reason="keyCompromise", revoked_at=MOMENT - _DAY))
    crls = (a_list(-3, 6, 1),)
    asked = [MOMENT, MOMENT + timedelta(hours=1)]
    both = Material(crls, (response,))
    assert statuses(both, MOMENT, _OPTIONS[0])[1].status.kind is StatusKind.REVOKED
    assert not assert_each_moment_leaves_nothing_wrong(Material(crls), _OPTIONS[0], asked, both)


def test_of_lists_that_are_too_many_nothing_is_left() -> None:
    """One object is checked once; as many equal ones are not all checked, and that is told."""
    one = a_list(-3, 6, 1)
    count = MAX_SIGNATURE_CHECKS + 1
    copies = Material((one.der,) * count)
    assert any(each.code is AttemptCode.LIMIT for each in statuses(copies, MOMENT, _OPTIONS[0])[1].attempts)
    assert not assert_each_moment_leaves_nothing_wrong(Material((one,) * count), _OPTIONS[0], [MOMENT], copies)


def test_what_a_fault_of_ours_leaves_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sound, other = a_list(-3, 6, 1), a_list(-2, 6, 2)

    def fails(crl: CertificateRevocationList, *rest: Any) -> StatusInformation:
        if crl is other:
            raise RuntimeError
        return judge_crl(crl, *rest)

    memory, material = _OfOneMoment(), Material((sound, other))
    with monkeypatch.context() as faulty:
        faulty.setattr("pkitools.revocation.status_search.judge_crl", fails)
        found = statuses(material, MOMENT, _OPTIONS[0], memory)[1]
    assert found.status.is_good
    assert AttemptCode.CRASHED in {each.code for each in found.attempts}
    assert statuses(material, MOMENT, _OPTIONS[0], memory) == statuses(material, MOMENT, _OPTIONS[0])


# --- the paths of authorities


@pytest.mark.slow
def test_an_authority_stands_from_its_beginning_to_its_end() -> None:
    """What was found while it was valid is of no use before and after, and the other way round."""
    made = laboratory(MOMENT)
    issuer = made.authority(not_before=_BEGINS, not_after=_ENDS)
    one = made.leaf(issuer=issuer, not_before=MOMENT - 9 * _DAY, not_after=MOMENT + 300 * _DAY)
    asked = [
        question(
            moment=edge + step,
            environment="preproduction",
            systems=(),
            intermediates=[link.der for link in one.intermediates],
            trust=one.root.der,
            revocation=Revocation(policy="off"),
        )
        for edge in (_BEGINS, MOMENT, _ENDS)
        for step in (-_DAY, -_TICK, _TICK, _DAY)
    ]
    plain = [judged(one.der, each, None) for each in asked]
    assert {result.path is None for result in plain} == {True, False}
    for first in asked:
        for then, alone in zip(asked, plain, strict=True):
            memory = Memory()
            judged(one.der, first, memory)
            assert judged(one.der, then, memory).report == alone.report, (first.moment, then.moment)
