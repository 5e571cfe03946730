"""That a good certificate lies without its chain at all its places is told with its verdict, which stays as it is."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from pkitools.connections import Step, StepState
from pkitools.messages import message
from pkitools.text import visible
from tests.connections.support import CHAIN, certificate, connection, held
from tests.support.cases import in_one_test

BARE = ("a.pem", "copy.pem")


@in_one_test
@pytest.mark.parametrize(("bare", "chained"), [each for each in product((0, 1, 2), (False, True)) if any(each)])
def test_a_verdict_tells_that_no_place_has_the_chain(tmp_path: Path, bare: int, *, chained: bool) -> None:
    files = [*BARE[:bare], *(["a.chain.pem"] if chained else [])]
    leaf = certificate()
    for name in BARE[:bare]:
        (tmp_path / name).write_bytes(leaf)
    if chained:
        (tmp_path / "a.chain.pem").write_bytes(leaf + CHAIN)
    (tmp_path / "above.pem").write_bytes(CHAIN)  # by which a path is found
    named = ", ".join(f'"{name}"' for name in [*files, "above.pem"])
    (one,) = held(tmp_path, connection(files=f"[{named}]")).statuses
    (step,) = (each for each in one.steps if each.step is Step.VERDICT)
    assert step.state is StepState.DONE
    for language, said in (("nl", "zonder keten"), ("en", "without its chain")):
        told = message(step.code, step.params, language).message
        assert (said in told) is (not chained)
        assert chained or visible(str(tmp_path / "a.pem")) in told
