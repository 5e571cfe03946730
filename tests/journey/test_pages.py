"""How a page is read, and that a page which shows something else than what comes is found out."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.journey.pages import PAGES, as_always, lines_of, missing, page_text
from tests.support.cases import in_one_test

PAGE = """
```console
$ pkitools first --long \\
    --option
$ pkitools second
one 3 maart 2027
…
three
```

Exitcode 10: so.

```console in een tweede venster
$ pkitools third
```

```toml
$ no command
```
"""
SECOND = lines_of(PAGE)[1]


def test_the_lines_of_a_page() -> None:
    found = [(" ".join(line.text.split()), line.code, line.beside, line.shown) for line in lines_of(PAGE)]
    assert found == [
        ("pkitools first --long --option", 0, False, ()),
        ("pkitools second", 10, False, ("one 3 maart 2027", "three")),
        ("pkitools third", 0, True, ()),
    ]


@in_one_test
@pytest.mark.parametrize(
    ("printed", "lacks"),
    [
        ("one 14 november 2030\ntwo\nthree\n", ""),
        ("zero\none 14\n  november 2030\nthree", ""),
        ("one 14 november 2030 three\nthree", "one 3 maart 2027"),
        ("one 14 november 2030 \\\n  --more\nthree", "one 3 maart 2027"),
        ("not one 14 november 2030\nthree", "one 3 maart 2027"),
        ("one 14 november 2030\nthree \\\n  --more", "three"),
        ("three\none 14 november 2030", "three"),
        ("one 14 november\nthree", "one 3 maart 2027"),
        ("one 3 maart 2027\ntwo", "three"),
    ],
)
def test_what_is_shown_has_to_come_in_its_order(printed: str, lacks: str) -> None:
    assert missing(SECOND, printed) == lacks


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES.glob("*.md")))
def test_of_the_pages_every_line_is_walked_and_every_word_shown_counts(page: str) -> None:
    text = page_text(page)
    lines = lines_of(text)
    assert len(lines) == len(re.findall(r"^\$ ", text, re.MULTILINE)) > 20
    for line in lines:
        for part in line.shown:
            told = as_always(part).replace("1 januari 2000", "")
            word = max(re.findall(r"\b(?:[A-Za-z]{4,}|\d{20})\b", told), key=len)
            printed = "\n".join(line.shown).replace(word, word.swapcase()[::-1])
            assert missing(line, printed), (line.text, word)
        assert not missing(replace(line, code=0), "\n".join(line.shown))


_DAY = re.compile(r"\b\d{1,2}(?= [a-z]{3,9} 20\d\d\b)|(?<=\b20\d\d-\d\d-)\d\d\b", re.IGNORECASE)


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES.glob("*.md")))
def test_what_a_page_shows_holds_on_another_day(page: str) -> None:
    for line in lines_of(page_text(page)):
        printed = "\n".join(line.shown)
        another_day = _DAY.sub(lambda day: "28" if day[0] != "28" else "27", printed)
        assert not missing(line, another_day), line.text


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES.glob("*.md")))
def test_every_link_leads_to_a_page(page: str) -> None:
    links = re.findall(r"\]\(([^)]*)\)", page_text(page))
    assert links
    assert all((PAGES / link).is_file() for link in links)


def test_what_differs_each_time_is_the_same() -> None:
    one = "nog 396 dagen AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99 29 dec 2027    396  GOED 2027-12-29T02:46:02Z"
    two = "nog 7 dagen 00:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99 1 jan 2028  7  GOED 2026-01-01T00:00:00Z"
    assert as_always(one) == as_always(two)
    assert as_always(one) != as_always(two.replace("GOED", "FOUT"))
