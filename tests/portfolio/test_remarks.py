"""What a remark is hangs on the language of a text; what it hides is blank, and its lines stay where they were."""

from __future__ import annotations

from itertools import product
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.portfolio.remarks import without_remarks
from tests.support.cases import in_one_test
from tests.support.effort import bounded

SOURCES: Final = (
    *("a.xml", "a.json", "a.hcl", "a.lua", "a.bat", "a.ps1", "a.properties", "a.txt", "a.yml", "Jenkinsfile", "a"),
)
SIGNS: Final = (
    *("<!--", "-->", "/*", "*/", "//", "#", ";", "--", "rem ", "::", "<#", "#>", "!", "*", "'", '"', '\\"', "\\"),
    *("<![CDATA[", "]]>", "<", "x", " ", "\n"),
)
# what is left of it, by the file that it stands in
CASES: Final = {
    "a.yml": ("a: b  # c", "a: b     "),
    "a.xml": ("<a/><!-- b\n c --><d/>", "<a/>      \n      <d/>"),
    "a.json": ('{"a": "// b", // c\n/* d\n*/ "e": 1}', '{"a": "// b",     \n    \n   "e": 1}'),
    "a.bat": ("rem a\ncopy b ::\n:: c", "     \ncopy b ::\n    "),
    "a.ps1": ("<# a\n#> b # c", "    \n   b    "),
    "a.properties": ("! a\nb = !c", "   \nb = !c"),
    "a.sql": ("a -- b\n-- c", "a     \n    "),
    "a.txt": ("a b c\n d", "a    \n d"),
    "crontab": ("* 3 * * * a -- b", "* 3 * * * a -- b"),
    "a.sh": ("grep '<!--' a\nb /* c", "grep '<!--' a\nb /* c"),
    "a.html": ("<p>a</p><!-- b -->", "<p>a</p>          "),
}
DOUBTFUL: Final = {
    "a.xml": ("<!-- a", "<!-- a <!-- b\nc", "<![CDATA[<!--]]>a-->"),
    "a.json": ("/* a", '"/* a", b, "*/"'),
    "a.sql": ("\\! curl --cert a.pem", "a --b"),
    "a.lua": ("[[curl --cert a.pem]]",),
    "Jenkinsfile": ("sh '''\ncp /a/*.pem /b\ncurl c\n*/5'''",),
    "a.yml": ("a: 'b # c'", 'a: "b # c"', "a: b#c", "a: \"b # c"),
}  # fmt: skip


@pytest.mark.parametrize("source", CASES)
def test_what_is_left_is_what_a_program_acts_on(source: str) -> None:
    text, expected = CASES[source]
    assert without_remarks(text, f"/etc/{source}") == expected


def test_what_is_not_certain_to_be_one_is_none() -> None:
    for source, texts in DOUBTFUL.items():
        for text in texts:
            assert without_remarks(text, source) == text


@given(st.lists(st.sampled_from(SIGNS)).map("".join), st.sampled_from(SOURCES))
def test_nothing_moves(text: str, source: str) -> None:
    left = without_remarks(text, source)
    assert len(left) == len(text)
    assert all(now == before or (now == " " and before != "\n") for now, before in zip(left, text, strict=True))


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize(("source", "sign"), product(SOURCES, SIGNS))
def test_whatever_is_begun_again_and_again_takes_no_longer(source: str, sign: str) -> None:
    text = sign * (40_000 // len(sign))
    with bounded(0.1):
        for begin in ("", '"'):
            without_remarks(begin + text, source)
