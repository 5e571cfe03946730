"""What lists left of one end entity is what every other finds anew, whatever any list has of it and whoever made it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import product

import pytest

from pkitools.revocation import CertificateRevocationList, RevocationOptions, RevocationPolicy, RevocationResult
from pkitools.revocation import read_crl as read
from pkitools.revocation.alike import Unlisted
from pkitools.revocation.check import Material, revocation_of
from pkitools.revocation.model import CertificateRevocation, StatusKind
from pkitools.validation.remembered import Remembered
from pkitools.x509.path_certificate import PathCertificate, load_cached
from pkitools_test_pki import der
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.blueprint import Extension
from pkitools_test_pki.crl import CERTIFICATE_ISSUER, RevokedEntry, delta_indicator, issuing_distribution_point
from tests.support.broken import laboratory
from tests.support.chains import MOMENT
from tests.support.effort import in_turn

_DAY = timedelta(days=1)
_LISTED = 0x1234567890ABCDEF1234567890
_OPTIONS = RevocationOptions()
Path = tuple[PathCertificate, ...]


@cache
def paths() -> dict[str, Path]:
    """The usual one, others that differ in one thing that a status hangs on, and one that lists may have."""
    made = laboratory(MOMENT)
    leaves = {
        "usual": made.leaf(),
        "other": made.leaf(common_name="other.voorbeeld.nl"),
        "listed": made.leaf(serial_number=_LISTED),
        "of other points": made.leaf(crl_urls=["http://x/y"]),
        "of no points": made.leaf(crl_urls=[]),
        "an authority itself": made.leaf(ca=True),
        "of another authority": made.leaf(issuer=made.authority(), serial_number=_LISTED),
    }
    return {name: tuple(load_cached(link.der) for link in leaf.path) for name, leaf in leaves.items()}


def a_list(by: Authority, *, begins: int = -7, ends: int = 30, **other: object) -> CertificateRevocationList:
    days = {"this_update": MOMENT + begins * _DAY, "next_update": MOMENT + ends * _DAY}
    return read(by.crl(**{"number": 1, **days, **other}))  # type: ignore[arg-type]  # as it takes them


@cache
def usual() -> tuple[CertificateRevocationList, ...]:
    made = laboratory(MOMENT)
    return tuple(map(a_list, (made.tsp, made.domain, made.root)))


@cache
def beside() -> tuple[CertificateRevocationList, ...]:
    """Lists of every kind that have the one, or none: of its authority, and of the one above that."""
    made = laboratory(MOMENT)
    owner = Extension(CERTIFICATE_ISSUER, True, der.sequence(der.context(4, made.tsp.subject)))
    marks = (
        [],
        [delta_indicator(1)],
        [issuing_distribution_point(only_user=True)],
        [issuing_distribution_point(only_ca=True)],
        [issuing_distribution_point("http://x/y")],
        [issuing_distribution_point(indirect=True)],
    )
    found = []
    reasons, others = (None, "keyCompromise", "certificateHold"), ((-3, -1), (3, 9))
    for by, (mark, extensions), (at, reason) in product((made.tsp, made.domain), enumerate(marks), enumerate(reasons)):
        # of what is in force each; of what has ended and what is to begin one in turn
        for begins, ends in ((-3, 9), *in_turn(others, mark, at, by is made.domain)):
            entry = RevokedEntry(_LISTED, MOMENT - 2 * _DAY, reason, (owner,) if by is made.domain else ())
            entries = [] if reason is None else [entry]
            given = {"revocations": entries, "extensions": extensions, "number": 2}
            found.append(a_list(by, begins=begins, ends=ends, **given))
    return tuple(found)


def asked(path: Path, material: Material, unlisted: Unlisted | None = None) -> RevocationResult:
    return revocation_of(path, material, MOMENT, RevocationPolicy.REQUIRE, _OPTIONS, unlisted=unlisted)


def materials() -> Iterator[Material]:
    for one in beside():
        for lists in ((*usual(), one), (one, *usual()[1:])):
            yield Material(lists)
            yield Material(lists).for_several()


def said(result: RevocationResult) -> tuple[tuple[CertificateRevocation, ...], object]:
    return result.certificates, result.outcomes


def assert_nothing_changes(memory: type[Remembered[object]]) -> int:
    """Ask of each with what each other left; return how often something was remembered."""
    kept = 0
    for material in materials():
        plain = {name: said(asked(path, material)) for name, path in paths().items()}
        for first, path in paths().items():
            unlisted = memory()
            asked(path, material, unlisted)  # type: ignore[arg-type]  # a memory of anything
            kept += len(unlisted)
            for name, other in paths().items():
                assert said(asked(other, material, unlisted)) == plain[name], (first, name)  # type: ignore[arg-type]  # the same
    return kept


@pytest.mark.slow
def test_what_one_leaves_is_what_every_other_finds() -> None:
    assert assert_nothing_changes(Remembered) > 40


def test_a_good_one_is_remembered_and_its_lists_are_looked_into_all_the_same() -> None:
    """Else the law above would compare the plain way with itself."""
    made, unlisted = paths(), Remembered()  # type: ignore[var-annotated]  # of what is kept in it
    asked(made["usual"], Material(usual()), unlisted)
    assert len(unlisted) == 1
    assert asked(made["other"], Material(usual()), unlisted).statuses[0].is_good
    assert len(unlisted) == 1
    revokes = a_list(laboratory(MOMENT).tsp, revocations=[RevokedEntry(_LISTED, MOMENT - _DAY, None)])
    revoking = Material((revokes, *usual()[1:]))
    assert asked(made["usual"], revoking, unlisted).statuses[0].is_good
    assert len(unlisted) == 2
    found = asked(made["listed"], revoking, unlisted)
    assert found.statuses[0].kind is StatusKind.REVOKED
    assert said(found) == said(asked(made["listed"], revoking))


def test_how_lists_are_asked_is_part_of_the_question() -> None:
    """A list that ended two minutes ago is one by a skew of five, and none without."""
    made, unlisted = laboratory(MOMENT), Remembered()  # type: ignore[var-annotated]  # of what is kept in it
    ends = {"this_update": MOMENT - _DAY, "next_update": MOMENT - timedelta(minutes=2)}
    material = Material((read(made.tsp.crl(number=1, **ends)), *usual()[1:]))
    strict = RevocationOptions(skew=timedelta(0))
    path = paths()["usual"]
    found = [
        revocation_of(path, material, MOMENT, RevocationPolicy.REQUIRE, options, unlisted=unlisted)
        for options in (_OPTIONS, strict)
    ]
    assert [each.statuses[0].is_good for each in found] == [True, False]
    assert len(unlisted) == 1


@pytest.mark.slow
@pytest.mark.parametrize("part", [0, 2, 3, 4])
def test_a_question_without_one_of_its_parts_does_not_pass(part: int) -> None:
    """The law is only worth something when it sees a part that is left out; the issuer stands above, too."""
    of_all = Remembered[object]()

    class Careless(Remembered[object]):
        def find(self, question, moment):  # type: ignore[no-untyped-def]  # as that of the class
            return of_all.find(_without(question, part), moment)

        def keep(self, question, moment, changes, answer):  # type: ignore[no-untyped-def]  # the same
            return of_all.keep(_without(question, part), moment, changes, answer)

    with pytest.raises((AssertionError, IndexError)):
        assert_nothing_changes(Careless)


def _without(question: tuple[object, ...], part: int) -> tuple[object, ...]:
    return tuple(each for place, each in enumerate(question) if place != part)
