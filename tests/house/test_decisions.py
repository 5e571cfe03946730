"""Each decision is found by its room, and one that a later one changed says so where it stands."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Final

from tools.rooms import FLOOR_OF

PAGE: Final = (Path(__file__).parents[2] / "docs" / "decisions.md").read_text(encoding="utf-8")
INDEX, ALL = PAGE.split("\n## All of them\n")

DECISIONS: Final = {int(number): text for number, text in re.findall(r"(?ms)^(\d+)\. (.*?)(?=^\d+\. |\Z)", ALL)}
CHANGED: Final = {
    number: [int(each) for each in re.findall(r"\d+", found[1])]
    for number, text in DECISIONS.items()
    if (found := re.match(r"\*\(Changed by ([^)]*)\.\)\* ", text))
}
ROOMS: Final = re.findall(r"(?ms)^- \*\*([^*]+)\*\*(.*?)(?=^- |\Z)", INDEX)
ELSEWHERE: Final = ["the command line", "the page", "the test PKI", "the house and its tests", "speed", "changed since"]


def numbers(text: str) -> list[int]:
    return [int(each) for each in re.findall(r"\b\d+\b", text)]


def test_each_number_is_given_once() -> None:
    """In the order in which they came: blocks of numbers are written side by side."""
    assert [number for number, count in Counter(re.findall(r"(?m)^\d+(?=\. )", ALL)).items() if count > 1] == []


def test_each_decision_stands_in_the_index_once() -> None:
    """A new one is missing until somebody says which room it is about."""
    listed = Counter(number for _, text in ROOMS for number in numbers(text))
    assert sorted(set(DECISIONS) - set(listed)) == []
    assert sorted(set(listed) - set(DECISIONS)) == []
    assert [number for number, count in listed.items() if count > 1] == []


def test_the_index_goes_by_the_rooms_that_there_are_lowest_floor_first() -> None:
    named = [name for name, _ in ROOMS]
    assert named[-len(ELSEWHERE) :] == ELSEWHERE
    rooms = named[: -len(ELSEWHERE)]
    assert [room for room in rooms if room not in FLOOR_OF or rooms.count(room) > 1] == []
    assert rooms == sorted(rooms, key=lambda room: FLOOR_OF[room])


def test_what_was_changed_stands_apart_and_says_by_which_later_one() -> None:
    assert numbers(dict(ROOMS)["changed since"]) == sorted(CHANGED)
    for number, by in CHANGED.items():
        assert by, number
        assert all(each in DECISIONS and each > number for each in by), number


def test_what_a_decision_replaces_or_narrows_says_so_where_it_stands() -> None:
    told = {
        (int(old), number)
        for number, text in DECISIONS.items()
        for said in re.findall(r"(?:\b(?:replaces|narrows|mends)|\((?:this )?changes)\b([^();:]*)", text)
        for old in re.findall(r"\b\d{2,3}\b(?! days)", said)
    }
    assert len(told) > 10
    assert [(old, by) for old, by in sorted(told) if by not in CHANGED.get(old, ())] == []
