"""Every rule is shown to work, both ways, by a vector of :mod:`tests.vectors`."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

import pytest

import tests.vectors
from pkitools.findings import Severity, Status
from pkitools.rulebook import all_rules, weights
from pkitools.systems.reading import can_bind
from tests.support import grounds
from tests.support.cases import in_one_test
from tests.vectors import Vector

VECTORS: list[Vector] = [
    vector
    for module in pkgutil.iter_modules(tests.vectors.__path__)
    for vector in importlib.import_module(f"tests.vectors.{module.name}").VECTORS
]
CODES = {rule.code for rule in all_rules()}
WEIGHTS = {rule.code: {rule.severity, *(each.severity for each in weights(rule.code))} for rule in all_rules()}


@in_one_test
@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v.code)
def test_the_rule_is_violated_by_one_vector_and_met_by_the_other(vector: Vector) -> None:
    violated, met = vector.violates(), vector.meets()
    assert vector.code in violated.codes()
    assert vector.code in met.codes(Status.MET)
    assert vector.code not in met.codes()
    # also a rule that is made while it is asked is in the register
    assert {outcome.rule.code for outcome in (*violated.outcomes, *met.outcomes)} <= CODES
    for outcome in (*violated.outcomes, *met.outcomes):
        if outcome.status is Status.VIOLATED:
            assert outcome.rule.severity in WEIGHTS[outcome.rule.code], f"{outcome.rule.code}: explained as another"
            if outcome.rule.severity is Severity.ERROR and outcome.rule.code not in grounds.WHY:
                assert can_bind(outcome.rule.source), f"{outcome.rule.code}: fails on {outcome.rule.source}"


def test_every_rule_has_its_vector_and_every_vector_its_rule() -> None:
    claimed = Counter(vector.code for vector in VECTORS)
    assert CODES - set(claimed) == set(), "rules without a vector"
    assert set(claimed) - CODES == set(), "vectors without a rule"
    assert [code for code, count in claimed.items() if count > 1] == []
