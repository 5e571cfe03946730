"""Many small cases of one law in one test: each is run, and all that fail are told by name.

A test of its own costs pytest some two milliseconds to run and, in each worker, a third of one to collect: more than
what thousands of our cases take themselves. ``PKITOOLS_CASES=apart`` makes each a test of its own again, to choose one.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import product
from typing import Any, Final, TypeVar

import pytest

from pkitools_cli.i18n import set_language

Test = TypeVar("Test", bound=Callable[..., None])
Case = tuple[str, Mapping[str, Any]]

_LONGEST_NAME: Final = 80
_Parameters: Final = type(pytest.param())


def in_one_test(test: Test) -> Test:
    """Run all cases of the ``pytest.mark.parametrize`` below this in one test.

    Each case begins as a test does: in the language of the shell, with a ``tmp_path`` and a ``monkeypatch`` of its own.
    Every other fixture it asks for is one for all of them. Where some of the cases skip, the test is skipped after the
    others were run, and says which did.

    Raises:
        TypeError: there are no cases, one has marks of its own, or pytest would hand one to a fixture.
    """
    return test if os.environ.get("PKITOOLS_CASES") == "apart" else in_one(test)


def in_one(test: Test) -> Test:
    """What :func:`in_one_test` does, whatever the environment says."""
    marks: list[pytest.Mark] = getattr(test, "pytestmark", [])
    cases = list(_cases([mark for mark in marks if mark.name == "parametrize"]))
    asked = inspect.signature(test)
    names = {name for _, given in cases for name in given}
    if not names or names - asked.parameters.keys():
        raise TypeError(f"{test.__name__} has no cases, or does not ask for them")

    @functools.wraps(test)
    def all_of_them(**fixtures: Any) -> None:
        failed: list[BaseException] = []
        skipped: list[str] = []
        for number, (name, given) in enumerate(cases):
            try:
                with ExitStack() as after:
                    test(**given, **_of_its_own(fixtures, number, after))
            except pytest.skip.Exception as reason:
                skipped.append(f"{name}: {reason}")
            except (Exception, pytest.fail.Exception) as error:  # all that fail are told of
                error.add_note(f"in the case {name}")
                failed.append(error)
        if failed:
            every = ", ".join(error.__notes__[-1].removeprefix("in the case ") for error in failed)
            raise BaseExceptionGroup(f"{len(failed)} of {len(cases)} cases fail: {every}", failed)
        if skipped:
            pytest.skip(f"{len(skipped)} of {len(cases)} cases: {'; '.join(skipped)}")

    left = [parameter for name, parameter in asked.parameters.items() if name not in names]
    vars(all_of_them)["__signature__"] = asked.replace(parameters=left)  # what pytest asks fixtures for
    vars(all_of_them)["pytestmark"] = [mark for mark in marks if mark.name != "parametrize"]
    return all_of_them  # type: ignore[return-value]  # called by pytest, with what is left


def _of_its_own(fixtures: Mapping[str, Any], number: int, after: ExitStack) -> dict[str, Any]:
    """Return the fixtures for one case, in a state that no case before it has left."""
    set_language(None)
    own = dict(fixtures)
    if "tmp_path" in own:
        own["tmp_path"] = own["tmp_path"] / str(number)
        own["tmp_path"].mkdir(mode=0o700)
    if "monkeypatch" in own:
        own["monkeypatch"] = after.enter_context(pytest.MonkeyPatch.context())
    return own


def _cases(marks: Iterable[pytest.Mark]) -> Iterator[Case]:
    """Yield the product of what the marks give."""
    for several in product(*(list(_of_one(*mark.args, **mark.kwargs)) for mark in marks)):
        yield (
            "-".join(name for name, _ in several),
            {key: value for _, given in several for key, value in given.items()},
        )


def _of_one(argnames: str | Iterable[str], argvalues: Iterable[Any], ids: Any = None) -> Iterator[Case]:
    names = [name.strip() for name in argnames.split(",")] if isinstance(argnames, str) else list(argnames)
    values = list(argvalues)
    shown = [None] * len(values) if ids is None or callable(ids) else list(ids)
    for value, own in zip(values, shown, strict=True):
        param = value if isinstance(value, _Parameters) else pytest.param(*(value if len(names) > 1 else (value,)))
        if param.marks:
            raise TypeError("a case with marks of its own has to be a test of its own")
        name = param.id or own or "-".join(_named(one, ids) for one in param.values)
        yield str(name), dict(zip(names, param.values, strict=True))


def _named(value: object, ids: Any) -> str:
    """Return how a value is told: as it is asked to be, by its name, or as it is."""
    own = (ids(value) if callable(ids) else None) or getattr(value, "__name__", value)
    return (own if isinstance(own, str) else repr(own))[:_LONGEST_NAME]
