"""Cases that are run in one test: none is passed over, each begins anew, and every one that fails is named."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from pkitools_cli.i18n import language, set_language
from tests.support.cases import in_one

over = pytest.mark.parametrize


def test_each_case_of_the_product_is_run_once_with_its_own_folder_and_patches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    class World:
        value = 0

    @pytest.mark.slow
    @over("first", [1, 2])
    @over(("second", "third"), [("a", 3), pytest.param("b", 4, id="four")])
    def law(first: int, second: str, third: int, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert World.value == 0
        assert list(tmp_path.iterdir()) == []
        assert language() == "nl"
        monkeypatch.setattr(World, "value", 1)
        set_language("en")
        (tmp_path / "left").touch()
        seen.append((first, second, third, other))

    monkeypatch.setenv("PKITOOLS_LANG", "nl")
    made: Callable[..., None] = in_one(law)
    assert list(signature(made).parameters) == ["other", "tmp_path", "monkeypatch"]
    assert [mark.name for mark in vars(made)["pytestmark"]] == ["slow"]
    made(other="o", tmp_path=tmp_path, monkeypatch=monkeypatch)
    assert sorted(seen) == [(n, *more, "o") for n in (1, 2) for more in (("a", 3), ("b", 4))]
    assert World.value == 0


def test_all_that_fail_are_told_by_name_and_the_others_are_run() -> None:
    seen = []

    @over("number", [1, 2, 3, pytest.param(4, id="four"), 5])
    def law(number: int) -> None:
        seen.append(number)
        if number == 4:
            pytest.fail("said")
        assert number % 2, "even"

    with pytest.raises(BaseExceptionGroup, match=r"^2 of 5 cases fail: 2, four") as failed:
        in_one(law)()
    assert seen == [1, 2, 3, 4, 5]
    assert [str(error).splitlines()[0] for error in failed.value.exceptions] == ["even", "said"]
    assert [error.__notes__ for error in failed.value.exceptions] == [["in the case 2"], ["in the case four"]]


def test_what_skips_is_told_and_hides_no_failure() -> None:
    @over("number", [1, 2, 3])
    def law(number: int, fails: bool) -> None:
        if number == 2:
            pytest.skip("absent")
        assert not fails

    with pytest.raises(pytest.skip.Exception, match="1 of 3 cases: 2: absent"):
        in_one(law)(fails=False)
    with pytest.raises(BaseExceptionGroup, match="2 of 3 cases fail: 1, 3"):
        in_one(law)(fails=True)


def _named(function: Callable[..., Any]) -> str:
    return function.__name__.upper()


@over(
    ("values", "ids", "told"),
    [
        (["text", "b"], None, "text, b"),
        ([b"\x00", 1], None, r"b'\x00', 1"),
        ([len, len], _named, "LEN, LEN"),
        ([len, max], ["x", None], "x, max"),
    ],
)
def test_cases_are_named_as_somebody_would_look_for_them(values: list[Any], ids: Any, told: str) -> None:
    @over("value", values, ids=ids)
    def law(value: object) -> None:
        assert value is None

    with pytest.raises(BaseExceptionGroup) as failed:
        in_one(law)()
    assert failed.value.message == f"2 of 2 cases fail: {told}"


def test_what_cannot_be_run_so_is_refused() -> None:
    def alone() -> None: ...

    @over("number", [pytest.param(1, marks=pytest.mark.slow)])
    def marked(number: int) -> None: ...

    @over("number", [1], indirect=True)
    def handed_on(number: int) -> None: ...

    for law in (alone, marked, handed_on):
        with pytest.raises(TypeError):
            in_one(law)


def test_an_empty_list_of_cases_is_no_law() -> None:
    @over("number", [])
    def law(number: int) -> None: ...

    with pytest.raises(TypeError):
        in_one(law)
