"""One requirement gives one finding, and that changes neither the verdict nor the worst severity."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.checking import judgement
from pkitools.checking.same_requirement import FOLLOWS, SAME_REQUIREMENT, repeats
from pkitools.environment import Environment
from pkitools.findings import CertificateRef, Outcome, Report, Severity, Status
from pkitools.findings.considered import Block, Considered
from pkitools.messages import NOTHING
from pkitools.rulebook import all_rules
from pkitools.rules.books import ENTRIES
from pkitools.systems import Stance, Topic, get_system
from pkitools_cli.exit_codes import of_reports
from pkitools_test_pki.defects import BrokenCertificate, Laboratory, defects, get_defect
from tests.support.effort import in_turn

MOMENT = datetime(2026, 11, 25, tzinfo=UTC)
RULES = {rule.code: rule for rule in all_rules()}
LINES = (*SAME_REQUIREMENT, *((*causes, *following) for causes, following in FOLLOWS))
CODES = sorted({code for line in LINES for code in line} | {"advice.names.wildcard"})
REFS = (None, CertificateRef("aa" * 32, "end_entity"), CertificateRef("bb" * 32, "intermediate"))
_BOTH_SIDES = "digikoppeling.tls002.both_sides"


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    return Laboratory(MOMENT)


def judge(broken: BrokenCertificate, environment: Environment, *systems: str) -> Report:
    """Judge it as the test PKI does, for other systems."""
    return judgement.check(
        broken.certificate.der,
        moment=broken.moment,
        environment=environment,
        systems=systems,
        intermediates=broken.chain,
        revocation=judgement.Revocation(crls=broken.crls),
    ).report


# -- the table --------------------------------------------------------------------------------------------------------


def test_the_table_names_rules_that_exist_and_each_once_a_line() -> None:
    for line in SAME_REQUIREMENT:
        assert len(line) > 1
        assert set(line) <= set(RULES)
        assert max(Counter(line).values()) == 1


def test_the_systems_that_both_sides_are_asked_for_ask_each_side_themselves() -> None:
    """Else the one finding about the client would hide that the server's side is missing too."""
    (scope,) = [entry.scope for entry in ENTRIES if entry.rule.code == _BOTH_SIDES]
    for name in scope.systems:
        for environment in Environment:
            for topic in (Topic.CLIENT_AUTH, Topic.SERVER_AUTH):
                said = get_system(name).statements_at(environment, MOMENT, topic)
                assert any(statement.answer is Stance.YES for statement in said), (name, environment, topic)


# -- the law ----------------------------------------------------------------------------------------------------------


def told_once(outcomes: list[Outcome]) -> list[Outcome]:
    """Return them as a report tells them: what only repeats or follows from another counts as not applicable."""
    return Considered([Block.of(outcomes)], repeats=repeats).every()


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    rule = RULES[draw(st.sampled_from(CODES))]
    status = draw(st.sampled_from(Status))
    return Outcome(rule, status, draw(st.sampled_from(REFS)), reason="why" if status is Status.NOT_CHECKED else "")


@given(st.lists(outcomes(), max_size=25))
def test_no_verdict_changes_and_nothing_is_lost(found: list[Outcome]) -> None:
    told = told_once(found)
    before, after = Report("s", tuple(found)), Report("s", tuple(told))
    assert (after.worst, [o.rule for o in told]) == (before.worst, [o.rule for o in found])
    for one, other in zip(found, told, strict=True):
        assert one == other or (one.status, other.status) == (Status.VIOLATED, Status.NOT_APPLICABLE)
    assert told_once(told) == told
    assert after.verdict is before.verdict


@given(st.lists(outcomes(), max_size=25))
def test_what_is_dropped_is_told_by_another_of_its_line(found: list[Outcome]) -> None:
    told = told_once(found)
    left = {o.rule.code for o in told if o.status is Status.VIOLATED}
    for one, other in zip(found, told, strict=True):
        if one != other:
            companions = {code for line in LINES if one.rule.code in line for code in line}
            assert left & (companions - {one.rule.code})


def test_what_follows_is_not_told_beside_its_cause_and_is_without_it() -> None:
    for causes, following in FOLLOWS:
        assert {*causes, *following} <= set(RULES)
        after = [Outcome(RULES[code], Status.VIOLATED) for code in following if code not in causes]
        for code in causes:
            cause = Outcome(RULES[code], Status.VIOLATED)
            told = {o.rule.code for o in told_once([cause, *after]) if o.status is Status.VIOLATED}
            if cause.rule.severity is Severity.ERROR:
                assert told == {code}
            met = Outcome(RULES[code], Status.MET)
            assert told_once([met, *after]) == [met, *told_once(after)]


def test_that_a_system_takes_no_hierarchy_we_know_is_told_beside_its_cause() -> None:
    cause = Outcome(RULES["environment.production.no_test"], Status.VIOLATED)
    none, other = (
        Outcome(RULES["system.hierarchy.accepted"], Status.VIOLATED, params={"accepted": accepted})
        for accepted in (NOTHING, "G1")
    )
    assert told_once([cause, none]) == [cause, none]
    assert [o.status for o in told_once([cause, other])] == [Status.VIOLATED, Status.NOT_APPLICABLE]


def test_of_unequal_ones_the_most_severe_stays_and_two_systems_may_each_ask() -> None:
    line = SAME_REQUIREMENT[0]
    violations = [Outcome(RULES[code], Status.VIOLATED) for code in (*line, line[0])]
    assert [o.status is Status.VIOLATED for o in told_once(violations)] == [True, False, False, False, True]
    weak = Outcome(RULES["x509.oin.missing"], Status.VIOLATED)
    assert RULES["x509.oin.missing"].severity is Severity.WARNING
    assert told_once([weak]) == [weak]
    assert [o.status for o in told_once([weak, violations[1]])] == [Status.NOT_APPLICABLE, Status.VIOLATED]


def test_an_authority_and_the_end_entity_each_keep_theirs() -> None:
    leaf, authority = REFS[1:]
    found = [
        Outcome(RULES["path.validity.expired"], Status.VIOLATED, authority),
        Outcome(RULES["digikoppeling.pki002.in_time"], Status.VIOLATED, leaf),
    ]
    assert told_once(found) == found


# -- certificates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["digikoppeling", "fsc", "digid", "digid-machtigen", "eherkenning"])
@pytest.mark.parametrize("environment", Environment)
def test_a_certificate_without_oin_is_told_so_once(
    laboratory: Laboratory, environment: Environment, system: str
) -> None:
    report = judge(get_defect("no-oin").build(laboratory), environment, system)
    # what FSC says of tests is inferred: Digikoppeling, which it is part of, weighs more
    told = "digikoppeling.pki001.oin" if (system, environment) == ("fsc", "preproduction") else "system.oin.required"
    assert report.codes() & set(SAME_REQUIREMENT[0]) == {told}
    assert {code for code in SAME_REQUIREMENT[0] if code not in report.codes()} <= report.codes(Status.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("oin-fails-eleven-test", "x509.oin.invalid"),
        ("two-oins", "x509.oin.ambiguous"),
        ("altered-after-signing", "path.signature.valid"),
        ("unknown-signature-algorithm", "path.signature.algorithm"),
        ("md5", "path.signature.algorithm"),
    ],
)
def test_the_cause_is_told_first_and_what_follows_from_it_not_at_all(
    laboratory: Laboratory, name: str, first: str
) -> None:
    report = judge(get_defect(name).build(laboratory), Environment.PREPRODUCTION, "fsc", "mijnoverheid")
    assert report.findings[0].rule.code == first
    assert not report.codes() & {*SAME_REQUIREMENT[0], "system.oin.equals_entity_id"}


def test_a_test_certificate_and_a_self_signed_one_in_production_are_told_so_once(laboratory: Laboratory) -> None:
    sound = judge(get_defect("about-to-expire").build(laboratory), Environment.PRODUCTION, "digid", "digikoppeling")
    own = judge(get_defect("self-signed-in-production").build(laboratory), Environment.PRODUCTION, "digid-machtigen")
    for report, cause in ((sound, FOLLOWS[2]), (own, FOLLOWS[3])):
        assert report.codes() & {*cause[0], *cause[1]} == set(cause[0])


def test_without_a_system_and_for_one_that_asks_none_it_is_a_warning(laboratory: Laboratory) -> None:
    broken = get_defect("no-oin").build(laboratory)
    for systems in ((), ("uzi",)):
        report = judge(broken, Environment.PREPRODUCTION, *systems)
        assert report.codes() & set(SAME_REQUIREMENT[0]) == {"x509.oin.missing"}


@pytest.mark.slow
def test_verdict_and_exit_code_of_the_whole_catalogue_are_those_of_the_findings_as_recorded(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = [defect.build(laboratory) for defect in defects()]
    asked = [(), ("digikoppeling",), ("digid", "fsc")]
    # each in both environments, of other systems in the one than in the other; in a deep run of all
    cases = [
        (each, environment, names)
        for number, each in enumerate(built)
        for at, environment in enumerate(Environment)
        for names in in_turn(asked, number, at)
    ]
    told = [judge(each, environment, *names) for each, environment, names in cases]
    monkeypatch.setattr(judgement, "repeats", lambda _: set())
    recorded = [judge(each, environment, *names) for each, environment, names in cases]
    assert any(len(a.findings) < len(b.findings) for a, b in zip(told, recorded, strict=True))
    for one, other in zip(told, recorded, strict=True):
        assert (one.verdict, one.worst) == (other.verdict, other.worst)
        assert one.codes() <= other.codes()
        for fail_on in (None, *Severity):
            assert of_reports([one], fail_on) == of_reports([other], fail_on)
