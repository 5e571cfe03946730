"""Authorities imitated, and authorities known to be revoked: in every role, and told how sure it is."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Final

import pytest

from pkitools.checking import Revocation, check, check_file
from pkitools.checking.authorities import AuthoritiesContext, are_unmarked, authorities_block, check_authorities
from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.findings import Certainty, Outcome, Severity, Status, Verdict
from pkitools.findings.considered import Block
from pkitools.revocation import RevocationPolicy
from pkitools.trust import CatalogueEntry, HierarchyKind, Match, catalogue, get_hierarchy, recognise
from pkitools.trust.known_authorities import (
    authority_problems,
    imitated,
    known_revoked,
    revoked_issuer,
    seen_as,
    sibling,
)
from pkitools.x509 import CertificateFacts, read_certificate
from tests.support.cases import in_one_test
from tests.support.chains import authority, end_entity, good_chain, issue, key
from tests.support.der import common_name, name
from tests.support.shared import shared
from tests.vectors.authorities import MOMENT, imitation, known_as, real

IMPERSONATION, REVOKED = "trust.authority.impersonation", "trust.authority.revoked"
NO_REVOCATION = Revocation(policy=RevocationPolicy.OFF)
KEYED = [entry for entry in catalogue().entries if entry.ski and entry.kind is HierarchyKind.PRODUCTION]
MARKED = [entry for entry in catalogue().entries if entry.revoked and entry.sha256]


def named(common: str) -> CertificateFacts:
    return read_certificate(issue("anybody", subject=name(common_name(common))).der)


def found(*way: CertificateFacts, **known: object) -> dict[str, Outcome]:
    context = AuthoritiesContext(way, MOMENT, **known)  # type: ignore[arg-type]  # fields of the context by name
    return {each.rule.code: each for each in check_authorities(context, raise_crashes=True)}


def test_what_is_made_when_it_is_asked_for_is_what_would_have_been_told() -> None:
    """Of everybody, below authorities of whom something is known or nothing; and as it comes from another process."""
    leaf, above = read_certificate(good_chain().leaf.der), read_certificate(good_chain().tsp.der)
    marked = known_as("DigiNotar PKIoverheid CA Organisatie - G2")
    whose = (leaf, real(), imitation(), named(real().subject.common_name or ""), marked)
    ways = [(one, *up) for one in whose for up in ((), (above,), (marked,), (imitation(), real()))]
    for way, verified, beside in product(ways, (False, True), ((), (real(),))):
        if beside and not way[1:]:
            continue  # what is beside bears the name of an authority of the way
        context = AuthoritiesContext(way, MOMENT, verified, beside=beside, unmarked=are_unmarked(way[1:]))
        plain, block = Block.of(check_authorities(context)), authorities_block(context)
        for each in (block, pickle.loads(pickle.dumps(block))):
            assert tuple(each.outcomes) == tuple(plain.outcomes)
            assert (list(each.told), each.looked) == (list(plain.told), plain.looked)


@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize("system", [(), ("digid-machtigen",)], ids=["no system", "one that allows self-signed"])
def test_a_look_alike_never_passes_self_signed_allowed_or_not(
    environment: Environment, system: tuple[str, ...]
) -> None:
    path = shared("cases/malformed/self-signed-named-as-root.pem")
    moment = datetime(2026, 12, 1, tzinfo=UTC)
    result = check_file(path, moment=moment, environment=environment, systems=system)
    assert result.verdict is Verdict.FAILED
    assert IMPERSONATION in result.report.codes()


@pytest.mark.parametrize("role", ["leaf", "intermediate", "self-signed"])
def test_in_every_role(role: str) -> None:
    subject = real().subject.der
    root = authority("Some root")
    made = {
        "leaf": lambda: (end_entity("x", root, subject=subject), [root]),
        "intermediate": lambda: ((tsp := authority("x", root, subject=subject)) and end_entity("y", tsp), [tsp, root]),
        "self-signed": lambda: (issue("x", subject=subject), []),
    }
    leaf, above = made[role]()
    result = check(
        leaf.der,
        moment=MOMENT,
        environment="preproduction",
        intermediates=[each.der for each in above],
        trust=[root.der],
        revocation=NO_REVOCATION,
    )
    assert result.verdict is Verdict.FAILED
    assert IMPERSONATION in result.report.codes(), result.report.codes()


@in_one_test
@pytest.mark.parametrize("entry", KEYED, ids=lambda entry: f"{entry.name} {entry.ski[:8]}")
def test_every_production_name_with_a_known_key_is_guarded(entry: CatalogueEntry) -> None:
    for common in (entry.name, entry.name.upper(), f" {entry.name.replace(' ', '  ')}"):
        facts = named(common)
        assert imitated(facts) is not None
        assert recognise(facts).match is Match.LOOK_ALIKE


WRITTEN: Final[dict[str, Callable[[str], str]]] = {
    "long dash": lambda name: name.replace("-", "\u2013"),
    "minus": lambda name: name.replace("-", "\u2212"),
    "no-break space": lambda name: name.replace(" ", "\u00a0"),
    "zero width": lambda name: name.replace(" ", " \u200b", 1),
    "soft hyphen": lambda name: name[:3] + "\u00ad" + name[3:],
    "Cyrillic": lambda name: name.translate(
        str.maketrans(
            "oaecpxyOAECPXKMTHB",
            "\u043e\u0430\u0435\u0441\u0440\u0445\u0443\u041e\u0410\u0415\u0421\u0420\u0425\u041a\u041c\u0422\u041d\u0412",
        )
    ),
    "Greek": lambda name: name.translate(
        str.maketrans("oOAEPKMTHBIN", "\u03bf\u039f\u0391\u0395\u03a1\u039a\u039c\u03a4\u0397\u0392\u0399\u039d")
    ),
    "accent": lambda name: name.replace("e", "e\u0301", 1).replace("a", "\u00e1", 1),
    "full width": lambda name: name.replace("C", "\uff23"),
    "digits": lambda name: name.replace("o", "0").replace("l", "1"),
}


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("others", [(), ("first",), ("first", "last")], ids=["alone", "second", "between"])
def test_whatever_a_name_is_written_with_and_whichever_cn_it_is_it_is_guarded(
    form: str, others: tuple[str, ...]
) -> None:
    for name_of in sorted({entry.name for entry in KEYED}):
        said = [*others[:1], WRITTEN[form](name_of), *others[1:]]
        facts = read_certificate(issue("anybody", subject=name(*map(common_name, said))).der)
        told = found(facts)[IMPERSONATION]
        assert told.status is Status.VIOLATED, said
        assert told.params["name"] == said[1 if others else 0]


@in_one_test
@pytest.mark.parametrize("text", [*sorted({entry.name for entry in KEYED}), bytes(range(128)).decode()])
def test_a_name_of_ascii_is_seen_as_it_is_among_other_letters(text: str) -> None:
    """It is looked at by a shorter way: what is not seen at all sends it the long one."""
    assert seen_as(text) == seen_as(f"{text}\u200b")


def test_no_authority_of_production_looks_like_one_of_a_test() -> None:
    """Else the names of tests would not be free."""
    real_ones = {seen_as(entry.name) for entry in KEYED}
    tests = {seen_as(entry.name) for entry in catalogue().entries if entry.kind is not HierarchyKind.PRODUCTION}
    assert real_ones
    assert tests
    assert not real_ones & tests


@in_one_test
@pytest.mark.parametrize(
    "entry", [e for e in catalogue().entries if e.kind is not HierarchyKind.PRODUCTION], ids=lambda entry: entry.name
)
def test_names_of_tests_are_free(entry: CatalogueEntry) -> None:
    facts = named(entry.name)
    assert imitated(facts) is None
    assert recognise(facts).match is not Match.LOOK_ALIKE
    assert found(facts)[IMPERSONATION].status is Status.MET


def test_a_new_key_under_the_authoritys_own_root_is_no_imitation() -> None:
    own, other = get_hierarchy("g1-private"), get_hierarchy("g3")
    assert found(imitation(), verified=True, hierarchy=own)[IMPERSONATION].status is Status.MET
    assert found(imitation(), verified=True, hierarchy=other)[IMPERSONATION].status is Status.VIOLATED
    assert found(imitation(), verified=True)[IMPERSONATION].status is Status.VIOLATED


def known(entry: CatalogueEntry) -> CertificateFacts:
    return replace(real(), sha256=entry.sha256 or "")


@in_one_test
@pytest.mark.parametrize("entry", MARKED, ids=lambda entry: f"{entry.name} {entry.sha256[:8]}")
def test_every_revoked_authority_is_told_by_name_and_date_and_weighed_by_reason_and_source(
    entry: CatalogueEntry,
) -> None:
    told = found(known(entry))[REVOKED]
    assert entry.revoked is not None
    day = entry.revoked.date.isoformat() if entry.revoked.date else "–"
    assert (told.status, told.params["name"], told.params["date"]) == (Status.VIOLATED, entry.name, day)
    compromised = entry.name == "DigiNotar PKIoverheid CA Organisatie - G2"
    assert told.rule.severity is (Severity.ERROR if compromised else Severity.WARNING)
    third_party = "Mozilla" in entry.revoked.source or "Nuts" in entry.revoked.source
    assert (told.rule.certainty is Certainty.THIRD_PARTY) is third_party
    problem = authority_problems(known(entry), MOMENT)[0]
    assert entry.name in problem
    assert day in problem or day == "–"


def test_before_it_was_revoked_it_was_not() -> None:
    entry = next(each for each in MARKED if each.revoked and each.revoked.date)
    assert entry.revoked is not None
    assert entry.revoked.date is not None
    day = datetime.combine(entry.revoked.date, datetime.min.time(), UTC)
    assert known_revoked(known(entry), day) is entry
    assert known_revoked(known(entry), day.replace(year=day.year - 1)) is None


def test_the_sibling_that_did_sign_is_named() -> None:
    entry = next(each for each in MARKED if sibling(each, MOMENT))
    other = sibling(entry, MOMENT)
    assert other is not None
    assert found(known(entry))[REVOKED].params["sibling"] == other.sha256
    signer = replace(real(), subject=read_certificate(issue("s", subject=name(common_name(entry.name))).der).subject)
    shown = found(known_leaf(), signer, verified=True, beside=(known(entry),))[REVOKED]
    assert (shown.params["sibling"], shown.rule.severity) == (signer.sha256, Severity.WARNING)


def known_leaf() -> CertificateFacts:
    return read_certificate(end_entity("leaf.example.nl", authority("Issuer")).der)


def test_an_issuer_that_is_not_at_hand_is_known_by_name_and_key() -> None:
    entry = next(each for each in MARKED if each.ski and not sibling(each, MOMENT))
    issuer = name(common_name(entry.name))
    leaf = read_certificate(issue("leaf", issuer_name=issuer, own_key=key("leaf")).der)
    assert revoked_issuer(replace(leaf, authority_key_identifier=entry.ski), MOMENT) is not None
    assert revoked_issuer(replace(leaf, authority_key_identifier="00"), MOMENT) is None
    assert revoked_issuer(leaf, MOMENT) is None
    alive = next(each for each in MARKED if each.ski and sibling(each, MOMENT))
    named_so = read_certificate(issue("leaf", issuer_name=name(common_name(alive.name)), own_key=key("leaf")).der)
    assert revoked_issuer(replace(named_so, authority_key_identifier=alive.ski), MOMENT) is None


def test_real_authorities_are_neither() -> None:
    for path in sorted(shared("samples/certificates").glob("*.chain.pem")):
        for der in read_source(path.read_bytes(), path.name).certificates:
            facts = read_certificate(der)
            assert imitated(facts) is None, path.name
            told = found(facts)[REVOKED]
            assert told.status is Status.MET or known_revoked(facts, MOMENT), path.name


def test_the_revoked_and_compromised_authority_fails() -> None:
    told = found(known_as("DigiNotar PKIoverheid CA Organisatie - G2"))[REVOKED]
    assert told.rule.severity is Severity.ERROR
    assert told.params["date"] == "2011-09-28"


@pytest.mark.parametrize("moment", [MOMENT, datetime(2000, 1, 1, tzinfo=UTC)], ids=["now", "before any was revoked"])
def test_authorities_of_which_nothing_is_known_are_passed_over_and_no_other(moment: datetime) -> None:
    """Of the certificate itself is told what is known of it; and who stands above it is asked once for all."""
    unmarked = [read_certificate(each.der) for each in (good_chain().tsp, good_chain().domain)] + [real()]
    marked = [imitation(), *(replace(real(), sha256=entry.sha256 or "") for entry in MARKED)]
    assert are_unmarked(unmarked)
    assert len(marked) > 2
    for leaf in (read_certificate(good_chain().leaf.der), *marked):
        context = AuthoritiesContext((leaf, *unmarked), moment, True)
        plain = check_authorities(context, raise_crashes=True)
        assert check_authorities(replace(context, unmarked=True), raise_crashes=True) == plain
    for each in marked:
        assert not are_unmarked([*unmarked, each])
