"""A regular expression that is compiled when it is used is, then, a regular expression like any other."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from pkitools.limits import MAX_MESSAGE_VALUE
from pkitools.text import end_of, few, joined, pattern, visible
from tests.support.cases import in_one_test


def test_whatever_is_asked_of_it_is_asked_of_the_expression() -> None:
    ours, theirs = pattern(r"(?P<a>x+)y", re.IGNORECASE), re.compile(r"(?P<a>x+)y", re.IGNORECASE)
    for text in ("", "xy", "aXXYb", "xyxy"):
        for ask in ("match", "fullmatch", "search"):
            assert repr(getattr(ours, ask)(text)) == repr(getattr(theirs, ask)(text))
        for ask in ("findall", "split"):
            assert getattr(ours, ask)(text) == getattr(theirs, ask)(text)
        assert ours.sub("-", text) == theirs.sub("-", text)
        assert [found.span() for found in ours.finditer(text)] == [found.span() for found in theirs.finditer(text)]
    for name in ("pattern", "flags", "groups", "groupindex"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert pattern(rb"\d").match(b"1")
    with pytest.raises(AttributeError):
        ours.none  # type: ignore[attr-defined]  # noqa: B018  that is what is asked


def test_nothing_is_compiled_before_it_is_used() -> None:
    program = (
        "import re\n"
        "compiled = []\n"
        "plain = re._compiler.compile\n"
        "re._compiler.compile = lambda *given: (compiled.append(given[0]), plain(*given))[1]\n"
        "import pkitools.x509, pkitools.containers, pkitools.rules, pkitools.oin\n"
        "of_ours = [one for one in compiled if 'PKIoverheid' in str(one) or 'BEGIN' in str(one)]\n"
        "assert not of_ours, of_ours\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@in_one_test
@pytest.mark.parametrize("most", range(5))
def test_of_many_names_the_first_are_told_and_how_many_more_there_are(most: int) -> None:
    for count in range(5):
        told = joined([f"n{number}" for number in range(count)], most, "; ")
        names, _, more = told.partition(" … (+")
        assert [name for name in names.split("; ") if name] == [f"n{number}" for number in range(min(count, most))]
        assert more == (f"{count - most})" if count > most else "")


@in_one_test
@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("name", ["a", "a" * 60, "a" * 61, "a" * 60_000, "\u202e" * 49, "\U0001f512" * 500])
@pytest.mark.parametrize("count", [1, 3, 4, 140])
def test_of_many_names_the_first_fit_an_operand_and_names_are_what_is_counted(
    count: int, name: str, ends: bool
) -> None:
    told = few([name] * count, ends=ends)
    assert len(told) <= MAX_MESSAGE_VALUE
    assert told.isprintable()
    assert told.count("; ") == min(count, 3) - 1
    assert told.partition(" … (")[2] == (f"+{count - 3})" if count > 3 else "")
    is_cut = not name.isascii() or len(name) * min(count, 3) > MAX_MESSAGE_VALUE - 20
    assert ("…" in told.partition(" … (")[0]) is is_cut


@in_one_test
@pytest.mark.parametrize("most", [1, 2, 8, 160])
@pytest.mark.parametrize("begin", ["", "/", "/srv/" + "a" * 8, "\u202e" * 40, "b" * 60_000])
@pytest.mark.parametrize("end", ["", "a.pem", "a.pem:3", "\x1b]0;a.pem", "\U0001f512"])
def test_of_a_long_name_the_end_is_told_made_safe(begin: str, end: str, most: int) -> None:
    name, whole = begin + end, visible(begin + end)
    told = end_of(name, most)
    assert told.isprintable()
    if len(whole) <= most:
        assert told == whole
    else:
        assert (len(told), told[0]) == (most, "…")
        assert whole.endswith(told[1:])
