"""What the page tells can be done from there, or with a command that there is.

Every answer of the page that a test asks is held to that as well (``tests/support/page.py``).
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest

from tests.support.cases import in_one_test
from tests.support.command_words import undoable

CLI: Final = Path(str(files("pkitools_cli")))
_CODE: Final = re.compile(r"[\"']cli\.([a-z_]+)\.([a-z_.0-9]*[a-z_0-9])")


def shown(language: str) -> dict[str, str]:
    """Each text of the command line that code or a template of the page names, by its code."""
    named = {
        code
        for path in (*(CLI / "page").rglob("*.py"), *(CLI / "page").rglob("*.html"))
        for code in _CODE.findall(path.read_text(encoding="utf-8"))
    }
    texts: dict[str, str] = {}
    for path in (CLI / "messages" / language).glob("*.toml"):
        for key, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            # a code that is put together is named by how it begins
            if path.stem == "page" or any(path.stem == room and key.startswith(begin) for room, begin in named):
                texts[f"{path.stem}.{key}"] = str(text)
    for code in [code for code in texts if code.startswith("oin.derive.note.")]:
        if code.replace("oin.derive.", "page.") in texts:
            del texts[code]  # the page has one of its own
    return texts


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_text_that_the_page_names_can_be_done_from_there(language: str) -> None:
    texts = shown(language)
    assert {code.partition(".")[0] for code in texts} >= {"page", "status", "csr", "rules", "systems"}
    assert {code: found for code, text in texts.items() if (found := undoable(text, "page"))} == {}


@in_one_test
@pytest.mark.parametrize(
    ("text", "cannot"),
    [
        ("Start the page with --trust.", []),
        ("Give it with --passphrase-file.", ["--passphrase-file"]),
        ("Run pkitools status. Give it with --passphrase-file.", ["--passphrase-file"]),
        ("With --crl, or: pkitools status --connections FILE --passphrase-file FILE", []),
        ("Run pkitools csr maak.", ["csr maak"]),
        ("With pkitools scan --dns.", ["--dns"]),
        ("Give --dns\nto pkitools csr create", ["--dns"]),
    ],
)
def test_what_cannot_be_done_is_seen(text: str, cannot: list[str]) -> None:
    assert undoable(text, "page") == cannot
