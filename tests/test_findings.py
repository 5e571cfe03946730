"""The laws of the verdict model."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.findings import Certainty, Outcome, Report, Rule, Severity, Source, Status, Verdict

SOURCE = Source("a document")
RANK = {Verdict.PASSED: 0, Verdict.INDETERMINATE: 1, Verdict.FAILED: 2}


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    status = draw(st.sampled_from(Status))
    rule = Rule(f"x.y.{draw(st.integers(0, 5))}", draw(st.sampled_from(Severity)), SOURCE)
    return Outcome(rule, status, reason="why" if status is Status.NOT_CHECKED else "")


reports = st.lists(outcomes(), max_size=6).map(lambda found: Report("subject", tuple(found)))


@given(reports, reports)
def test_merging_never_improves_a_verdict_that_was_reached(left: Report, right: Report) -> None:
    merged = left + right
    for part in (left, right):
        if any(o.status in {Status.MET, Status.VIOLATED} for o in part.outcomes):
            assert RANK[merged.verdict] >= RANK[part.verdict]
    assert merged.outcomes == left.outcomes + right.outcomes


@given(reports, reports)
def test_the_order_of_merging_does_not_change_the_verdict(left: Report, right: Report) -> None:
    assert (left + right).verdict is (right + left).verdict


@given(reports)
def test_verdict_is_what_the_definition_says(report: Report) -> None:
    errors = {o.status for o in report.outcomes if o.rule.severity is Severity.ERROR}
    checked = {o.status for o in report.outcomes} & {Status.MET, Status.VIOLATED}
    if Status.VIOLATED in errors:
        assert report.verdict is Verdict.FAILED
    elif not checked or Status.NOT_CHECKED in errors:
        assert report.verdict is Verdict.INDETERMINATE
    else:
        assert report.verdict is Verdict.PASSED


def test_nothing_checked_is_not_passed() -> None:
    assert Report("subject").verdict is Verdict.INDETERMINATE


def test_a_report_has_no_truth() -> None:
    with pytest.raises(TypeError, match="verdict"):
        bool(Report("subject"))


@pytest.mark.parametrize("certainty", [Certainty.INFERRED, Certainty.THIRD_PARTY])
def test_what_is_inferred_or_third_party_cannot_be_an_error(certainty: Certainty) -> None:
    with pytest.raises(ValueError, match="cannot be an ERROR"):
        Rule("x.y.z", Severity.ERROR, SOURCE, certainty)
    assert Rule("x.y.z", Severity.WARNING, SOURCE, certainty).severity is Severity.WARNING


def test_not_checked_needs_its_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        Outcome(Rule("x.y.z", Severity.ERROR, SOURCE), Status.NOT_CHECKED)


@given(reports)
def test_reports_survive_pickling(report: Report) -> None:
    assert pickle.loads(pickle.dumps(report)) == report


@given(reports)
def test_findings_are_the_violations_worst_first(report: Report) -> None:
    severities = [o.rule.severity for o in report.findings]
    assert severities == sorted(severities, reverse=True)
    assert {o.rule.code for o in report.findings} == report.codes()
