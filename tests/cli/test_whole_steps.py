"""What to do is told whole, whatever is filled in: half a sentence tells nobody anything."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest

from pkitools.messages import LANGUAGES, Language, message
from pkitools_cli.commands.next_steps import NextStep, shortened, step
from pkitools_cli.commands.public_part import after_public
from pkitools_cli.i18n import speaking
from pkitools_cli.lines import columns
from pkitools_cli.remedies import remedy_text
from pkitools_cli.wide import width
from tests.support.cases import in_one_test
from tests.test_messages import placeholders

STEPS = tomllib.loads(Path(str(files("pkitools_cli")), "messages", "nl", "now.toml").read_text(encoding="utf-8"))
NAMES = ("X", "TRIAL My TSP - G4 PKIo Priv G-TLS SYS - 2025", "C=NL, O=" + "Gemeente met een heel lange naam " * 8)
SHORT = ("cert", "check", "a.pem", "-e", "production")
LONG = (*SHORT, *(word for number in range(12) for word in ("--chain", f"een/lange/map/met/keten/{number}.pem")))
UNDER = ("  Nu      ", " " * 10)


def assert_whole(told: NextStep, name: str) -> None:
    """Its last words are there, above the command, and it is a sentence that ends."""
    rows = told.rows(*UNDER)
    sentence = " ".join(" ".join(rows).partition("pkitools cert check a.pem")[0].split())
    last = told.sentence.split()[-1].strip("().:")  # TSP is introduced once
    assert sentence.rstrip(").:").endswith(last), (told, rows)
    assert name == NAMES[-1] or " …" not in sentence, rows
    assert all(width(row) <= columns() for row in rows), rows


@in_one_test
@pytest.mark.parametrize(("language", "name", "words"), list(product(LANGUAGES, NAMES, (None, SHORT, LONG))))
def test_every_step_is_told_whole(
    monkeypatch: pytest.MonkeyPatch, language: Language, name: str, words: tuple[str, ...] | None
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert len(STEPS) > 40
    with speaking(language):
        for key, text in STEPS.items():
            told = step(key, dict.fromkeys(placeholders(text), name), dict.fromkeys(placeholders(text), lambda: words))
            assert told is not None
            assert_whole(told, name)


@pytest.mark.parametrize(("language", "name"), list(product(LANGUAGES, NAMES)))
def test_every_remedy_is_told_whole(monkeypatch: pytest.MonkeyPatch, language: Language, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    count = 0
    for path in Path(str(files("pkitools.messages")), language).glob("*.toml"):
        for code, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            fields = {field for part in entry.values() for field in placeholders(part)}
            params = shortened(dict.fromkeys(fields - {"problem", "why"}, name))
            told = message(code, params, language, remedy_text).remedy
            if told:
                with speaking(language):
                    assert_whole(NextStep(told), name)
                count += 1
    assert count > 500


def test_of_a_long_path_the_end_is_told_that_says_which_file_it_is() -> None:
    given = {
        "file": "een/heel/lange/map/" * 8 + "koppeling.csr",
        "name": "Gemeente " * 20,
        "url": f"https://a/{'b' * 90}",
    }
    told = shortened(given)
    assert told["file"].endswith("/koppeling.csr")
    assert told["name"].startswith("Gemeente")
    assert told["url"] == given["url"]
    assert max(width(told["file"]), width(told["name"])) <= 60


@pytest.mark.parametrize(("language", "both"), [("nl", " en "), ("en", " and ")])
def test_the_files_to_send_are_all_named_whole(language: Language, both: str) -> None:
    names = [f"gemeente-digid-production-publiek.{end}" for end in ("pem", "html", "txt")]
    with speaking(language):
        told = after_public([f"aansluitingen/van/ons/digid/{name}" for name in names], "digid", None)
    assert told is not None
    assert f"{names[0]}{both}.txt " in told.sentence
