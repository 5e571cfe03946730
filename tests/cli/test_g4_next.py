"""`g4 plan` of a certificate whose next lies there: nobody is told to order that."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.connections.support import certificate
from tests.support.chains import POLICIES, policies
from tests.support.command import Command

AT = ("--moment", "2026-11-22T12:00:00Z")
OF_G3 = {POLICIES: (False, policies("2.16.528.1.1003.1.2.5.10"))}
PAST = {"nl": "IS VOORBIJ", "en": "HAS PASSED"}
NEXT = {"nl": "Het volgende ligt er al: ", "en": "The next one is there: "}


def made(name: str, begin: datetime, end: datetime, serial: int) -> bytes:
    return certificate(cn=name, start=begin, end=end, serial=serial, extensions=OF_G3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The one that ends first and its next, and one of another name that ends as soon."""
    begins, ends = datetime(2024, 1, 10, tzinfo=UTC), datetime(2027, 1, 10, tzinfo=UTC)
    old = made("a.example.nl", begins, ends, 11)
    new = made("a.example.nl", datetime(2026, 11, 1, tzinfo=UTC), datetime(2028, 10, 1, tzinfo=UTC), 12)
    for name, each in {"old": old, "new": new, "other": made("b.example.nl", begins, ends, 13)}.items():
        (tmp_path / f"{name}.pem").write_bytes(each)
    return tmp_path


@pytest.mark.parametrize("tongue", PAST)
@pytest.mark.parametrize("names", [("old",), ("old", "new"), ("new", "old"), ("old", "other"), ("old", "new", "other")])
def test_what_lies_there_needs_not_be_ordered(run: Command, folder: Path, names: tuple[str, ...], tongue: str) -> None:
    files = [folder / f"{name}.pem" for name in names]
    told = run("--lang", tongue, "g4", "plan", *files, *AT).told
    assert (NEXT[tongue] in told) == ("new" in names)
    late = [name for name in names if name == "other" or (name == "old" and "new" not in names)]
    assert told.count(PAST[tongue]) == len(late)


def test_of_a_folder_too_and_the_request_is_that_of_the_last(
    run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "other.pem").unlink()
    told = run("--lang", "en", "g4", "plan", ".", *AT).told
    assert told.partition(NEXT["en"])[2].split()[0].endswith("new.pem,")
    assert PAST["en"] not in told
    assert "a.example.nl" in told.partition("Now: ")[2]
