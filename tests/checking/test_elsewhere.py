"""Whose question a worker answers, where it works for more than one process."""

from __future__ import annotations

import importlib.util
from concurrent.futures import Executor
from typing import Any

import pytest

from pkitools.checking import Checker, elsewhere
from tests.support.broken import laboratory
from tests.support.chains import MOMENT


class Recording(Executor):
    """Keeps what names the question, and works for nobody."""

    def __init__(self) -> None:
        self.tokens: list[object] = []

    def submit(self, work: Any, token: Any, *rest: Any) -> Any:  # type: ignore[override]  # takes what is passed on
        self.tokens.append(token)
        raise InterruptedError


def test_who_asks_from_another_machine_with_the_same_process_number_is_somebody_else() -> None:
    """Each machine has loaded the module for itself: it is loaded anew here, twice, under one process number."""
    asked, executor = Checker(environment="preproduction", moment=MOMENT), Recording()
    for _ in range(2):
        spec = importlib.util.spec_from_file_location("elsewhere_anew", elsewhere.__file__)
        assert spec is not None
        assert spec.loader is not None
        anew = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(anew)
        with pytest.raises(InterruptedError):
            list(anew.judged_by(executor, asked, asked._asked, Checker.of, [laboratory(MOMENT).leaf().der]))
    assert len(set(executor.tokens)) == 2
