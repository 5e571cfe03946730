"""Every real certificate before every system, in both environments, before, in and after its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pkitools.checking import CheckResult, check, end_entity_first
from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.findings import Certainty, Severity, Verdict
from pkitools.systems import Stance, Topic, get_system, systems
from pkitools.x509 import read_certificate
from tests.checking.test_samples import NO_REVOCATION, SAMPLES, Sample
from tests.support.shared import shared

pytestmark = pytest.mark.slow  # products of cases: together they take a fifth of what is run while at work


BEFORE = datetime(2015, 1, 1, tzinfo=UTC)
NAMES = [system.name for system in systems()]
LEGACY = {"g3", "ev"}

# the systems whose answers stand here, so that a slip in their data is seen; of any other its own data decide
_KNOWN = {"digid", "digid-machtigen", "digikoppeling", "digipoort", "eherkenning", "fsc", "kvk", "mijnoverheid", "uzi"}
# who refuses which hierarchy outright, by a source firm enough: the rest warns, or does not say
_REFUSES = {
    ("production", "ev"): {"digikoppeling", "fsc", "mijnoverheid"},
    ("production", "g3"): {"digikoppeling", "fsc", "mijnoverheid"},
}
# who insists on an OIN
_ASKS_OIN = {
    "preproduction": {"digid", "digikoppeling", "eherkenning", "fsc"},
    "production": {"digid", "digid-machtigen", "digikoppeling", "eherkenning", "fsc", "mijnoverheid"},
}


def judged(sample: Sample, moment: datetime, environment: Environment, *asked: str) -> CheckResult:
    path = shared("samples/certificates") / (sample.name + ".chain.pem")
    leaf, *rest = end_entity_first(read_source(path.read_bytes(), path.name).certificates)
    return check(
        leaf,
        moment=moment,
        environment=environment,
        systems=asked,
        intermediates=rest,
        revocation=NO_REVOCATION,
    )


def refuses(system: str, sample: Sample, environment: Environment) -> bool:
    if system in _KNOWN:
        return system in _REFUSES.get((str(environment), sample.hierarchy), set())
    said = get_system(system).about_hierarchy(sample.hierarchy, "pkioverheid", environment, sample.inside)
    return said is not None and (said.answer, said.severity) == (Stance.NO, Severity.ERROR)


def asks_oin(system: str, sample: Sample, environment: Environment) -> bool:
    if system in _KNOWN:
        return system in _ASKS_OIN[str(environment)]
    said = get_system(system).statements_at(environment, sample.inside, Topic.OIN)
    return any((each.answer, each.severity) == (Stance.YES, Severity.ERROR) for each in said)


every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
every_environment = pytest.mark.parametrize("environment", Environment)


@every_sample
@every_environment
@pytest.mark.parametrize("system", NAMES)
def test_inside_its_time(sample: Sample, environment: Environment, system: str) -> None:
    result = judged(sample, sample.inside, environment, system)
    without_oin = sample.oin is None and asks_oin(system, sample, environment)
    expected = Verdict.FAILED if refuses(system, sample, environment) or without_oin else Verdict.PASSED
    assert result.report.verdict is expected, result.report.codes()
    assert result.path is not None
    assert result.hierarchy is not None
    assert result.hierarchy.name == sample.hierarchy
    assert ("environment.preproduction.production_certificate" in result.report.codes()) is (
        environment is Environment.PREPRODUCTION
    )


@pytest.mark.slow
@every_sample
@pytest.mark.parametrize("when", ["before", "after"])
def test_outside_its_time(sample: Sample, when: str) -> None:
    """In both environments, for no system and for all of them at once: none of them plays a part in it."""
    moment = BEFORE if when == "before" else sample.after
    code = "path.validity.not_yet_valid" if when == "before" else "path.validity.expired"
    for environment in Environment:
        for asked in ((), NAMES):
            result = judged(sample, moment, environment, *asked)
            assert result.report.verdict is Verdict.FAILED
            assert result.path is None
            assert result.report.findings[0].rule.code == code


@every_sample
@pytest.mark.parametrize("seconds", [-1, 0])
def test_to_the_second(sample: Sample, seconds: int) -> None:
    path = shared("samples/certificates") / (sample.name + ".pem")
    facts = read_certificate(read_source(path.read_bytes(), path.name).certificates[0])
    at = facts.not_before + timedelta(seconds=seconds)
    codes = judged(sample, at, Environment.PRODUCTION).report.codes()
    assert ("path.validity.not_yet_valid" in codes) is (seconds < 0)
    at = facts.not_after + timedelta(seconds=seconds + 1)
    codes = judged(sample, at, Environment.PRODUCTION).report.codes()
    assert ("path.validity.expired" in codes) is (seconds == 0)


@pytest.mark.slow
@every_environment
@pytest.mark.parametrize("system", NAMES)
def test_a_hierarchy_that_is_refused_is_told_what_would_have_matched(system: str, environment: Environment) -> None:
    for sample in SAMPLES:
        for found in judged(sample, sample.inside, environment, system).report.findings:
            if found.rule.code != "system.hierarchy.accepted":
                continue
            said = get_system(system).statements_at(environment, sample.inside, Topic.HIERARCHY)
            takes = [s for s in said if s.answer in {Stance.YES, Stance.DISCOURAGED}]
            assert sample.hierarchy in LEGACY or not takes  # a system that has an authority of its own takes none
            assert (found.params["accepted"] == "–") is (not takes)
            assert found.params["hierarchy"]


@pytest.mark.slow
@every_sample
@every_environment
def test_nothing_inferred_or_told_by_others_is_an_error(sample: Sample, environment: Environment) -> None:
    weak = {Certainty.INFERRED, Certainty.THIRD_PARTY}
    for moment in (BEFORE, sample.inside, sample.after):
        result = judged(sample, moment, environment)
        asked = [result, *(judged(sample, moment, environment, name) for name in NAMES)]
        outcomes = [o for one in asked for o in one.report.outcomes]
        assert any(o.rule.certainty in weak for o in outcomes)
        assert not [o.rule.code for o in outcomes if o.rule.certainty in weak and o.rule.severity is Severity.ERROR]
