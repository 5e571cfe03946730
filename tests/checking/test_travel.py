"""Results go to other processes and are copied: the same report and facts arrive. And each is one line in a log."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from pkitools.checking import Checker, CheckResult, check, elsewhere
from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.findings import Report, Status, Verdict, considered
from pkitools.findings.asking import crash, outcome
from pkitools.rules import plan
from pkitools.systems import System, get_system, systems
from pkitools.trust import TrustStore, hierarchies
from pkitools.validation import VerifiedPath, validate_path
from pkitools.validation.result import PathNotVerifiedError
from pkitools_test_pki.issued import IssuedCertificate
from tests.support.broken import broken, laboratory
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, good_chain


@cache
def sound() -> IssuedCertificate:
    return laboratory(MOMENT).leaf()


def good() -> CheckResult:
    return asked(get_system("digikoppeling"))


def asked(system: System) -> CheckResult:
    """The sound certificate of the catalogue, for a system: reaches a root and is recognised."""
    lab, leaf = laboratory(MOMENT), sound()
    return check(
        leaf.der,
        moment=MOMENT,
        environment=Environment.PREPRODUCTION,
        systems=[system],
        intermediates=[link.der for link in leaf.intermediates],
        trust=TrustStore.from_der([lab.root.certificate.der], "test PKI"),
    )


def failing() -> CheckResult:
    return broken("two-oins", MOMENT).check()


def without_a_path() -> CheckResult:
    return broken("no-intermediates", MOMENT).check()


def crashing() -> CheckResult:
    """A check that raises is an outcome like any other."""
    result = good()
    first = result.report.outcomes[0]
    crashed = outcome(first.rule, crash(ZeroDivisionError("on purpose")), first.certificate)
    return replace(result, report=replace(result.report, outcomes=(crashed, *result.report.outcomes[1:])))


MADE = [good, failing, without_a_path, crashing]


def same(result: CheckResult) -> CheckResult:
    """In another process: look at all of it, and send it back."""
    assert result.report.findings is not None
    assert result.path is None or len(result.path.native) == len(result.path)
    assert result.hierarchy is None or result.hierarchy.purpose["nl"]
    return result


def parts(result: CheckResult) -> tuple[object, ...]:
    path = result.path and (result.path.certificates, result.path.moment, result.path.engine, result.path.policies)
    return (result.report, result.facts, result.oin, path, result.hierarchy, result.recognition, result.revocation)


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("make", MADE)
@pytest.mark.parametrize("travel", [lambda r: pickle.loads(pickle.dumps(r)), copy.deepcopy, copy.copy])
def test_a_result_arrives_as_it_was(
    make: Callable[[], CheckResult], travel: Callable[[CheckResult], CheckResult]
) -> None:
    result = make()
    again = travel(result)
    assert parts(again) == parts(result)
    assert repr(again) == repr(result)


def test_the_results_are_of_every_kind() -> None:
    verdicts = {make.__name__: make().report.verdict for make in MADE}
    assert verdicts["failing"] is verdicts["without_a_path"] is Verdict.FAILED
    assert without_a_path().path is None
    assert good().path is not None
    assert Status.NOT_CHECKED in {o.status for o in crashing().report.outcomes if o.reason == "crashed"}


@pytest.mark.slow
def test_a_result_goes_to_a_new_process_and_back() -> None:
    results = [make() for make in MADE]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        for result, again in zip(results, pool.map(same, results), strict=True):
            assert parts(again) == parts(result)


@pytest.mark.slow
def test_what_a_worker_is_handed_travels_as_well() -> None:
    for system in systems():
        again = pickle.loads(pickle.dumps(system))
        assert asked(again).report == asked(system).report
    for hierarchy in hierarchies():
        assert pickle.loads(pickle.dumps(hierarchy)) == copy.deepcopy(hierarchy) == hierarchy


def refused(sent: bytes) -> str:
    with pytest.raises(InputError) as error:
        pickle.loads(sent)
    return error.value.code


def test_a_result_of_other_rules_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names rules by their places: read by a version with others, each status would be that of another rule."""
    sent = pickle.dumps(good())
    assert pickle.loads(sent).report == good().report
    with monkeypatch.context() as patch:
        patch.setattr(considered, "__version__", "0.0.other")
        assert refused(sent) == "report.error.other_rules"
    plan.plan_of.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(plan, "ENTRIES", tuple(reversed(plan.ENTRIES)))  # the same version, under way to the next
        assert refused(sent) == "report.error.other_rules"
    plan.plan_of.cache_clear()


def test_to_print_what_came_from_a_worker_judges_nothing() -> None:
    result = good()
    sent = elsewhere._told(result)
    assert len(pickle.dumps(sent)) < 2560  # of one that passed: nine sentences, three of which name an address
    question = Checker(environment="preproduction", moment=MOMENT)._asked

    def again() -> CheckResult:
        raise AssertionError("it was judged again")

    here = CheckResult.of(result.facts.der, question, sent.subject, sent.told, sent.looked, again)
    assert repr(here) == repr(result)
    assert here.report.summary == result.report.summary
    assert (here.verdict, here.report.findings) == (result.verdict, result.report.findings)


def test_a_path_and_why_there_is_none_travel() -> None:
    chain = good_chain()
    found = validate_path(chain.leaf.der, intermediates=chain.intermediates, anchors=[chain.root.der], moment=MOMENT)
    late = validate_path(
        chain.leaf.der,
        intermediates=chain.intermediates,
        anchors=[chain.root.der],
        moment=MOMENT + timedelta(days=20_000),
    )
    for result in (found, late):
        for again in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
            assert again.report == result.report
            assert [c.der for c in again.attempt.path] == [c.der for c in result.attempt.path]
    error = PathNotVerifiedError(late)
    assert pickle.loads(pickle.dumps(error)).result.report == late.report


def test_a_proof_still_cannot_be_made_by_hand() -> None:
    path = good().path
    assert path is not None
    with pytest.raises(TypeError, match="cannot be made by hand"):
        VerifiedPath((), MOMENT, "none")
    assert copy.deepcopy(path) is path
    with pytest.raises(AttributeError):
        path.engine = "another"


def test_each_is_one_line() -> None:
    result = failing()
    assert repr(result).startswith("<CheckResult of 'C=NL, O=TRIAL Gemeente Voorbeeld")
    told = "failed, violated: x509.oin.ambiguous, trial.subject.once, "
    assert told in repr(result)
    assert told in repr(result.report)
    assert repr(result).endswith(f"; {len(result.report.not_checked)} not checked>")
    hostile = Report("a\n\x1b[31m\u202eb")
    assert repr(hostile) == r"<Report of 'a\n\x1b[31m\u202eb': indeterminate, violated: nothing; 0 not checked>"
    for one in (result, result.report, hostile, *result.report.outcomes):
        assert repr(one).isprintable()
        assert len(repr(one)) < 600
    assert repr(result.report.findings[0]) == f"<Outcome {result.report.findings[0].rule.code}: violated>"
    (unasked, *_) = crashing().report.not_checked
    assert repr(unasked) == f"<Outcome {unasked.rule.code}: not_checked {unasked.reason}>"
