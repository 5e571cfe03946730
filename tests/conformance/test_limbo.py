"""x509-limbo, judged with ``strict=True``: nothing wrongly accepted."""

from __future__ import annotations

import pytest

from tests.conformance.ledger import exceptions
from tests.conformance.limbo import Case, accepts, cases
from tests.support.cases import in_one_test
from tests.support.effort import bounded

pytestmark = pytest.mark.conformance

# the Public Suffix List, which strict asks of wildcards; without it such a certificate is not accepted
pytest.importorskip("publicsuffixlist")

# seconds of processor time, far above what any case takes (the slowest: 0.05): a hang must turn this red
KILL_LIMIT = 5.0


@in_one_test
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_a_case_comes_out_as_expected_or_is_in_the_ledger(case: Case) -> None:
    with bounded(KILL_LIMIT):
        accepted = accepts(case)
    if case.id in exceptions("limbo"):
        assert accepted != case.accept, "the exception is no longer needed"
        assert case.accept, "what should be refused is never an exception"
    else:
        assert accepted == case.accept


def test_the_suite_is_whole_and_the_ledger_short() -> None:
    known = {case.id for case in cases()}
    assert len(known) == 208
    assert set(exceptions("limbo")) <= known
    assert len(exceptions("limbo")) <= 10
    assert all(len(reason) > 20 for reason in exceptions("limbo").values())
