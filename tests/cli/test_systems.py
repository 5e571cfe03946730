"""``pkitools systems``: every system in both languages, JSON by its schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pkitools.systems import systems
from tests.support.command import Command, under
from tests.support.schemas import assert_valid

MOMENT = ("--moment", "2026-11-22T00:00:00Z")
every_system = pytest.mark.parametrize("name", [s.name for s in systems()])


@pytest.fixture
def run(run: Command, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("COLUMNS", "100")
    return under(run, "systems")


def test_list_names_every_system_with_what_it_takes(run: Any) -> None:
    code, out, _ = run("list", *MOMENT)
    assert code == 0
    for system in systems():
        assert f"{system.name} " in out
    lines = out.splitlines()
    machtigen = next(n for n, line in enumerate(lines) if line.startswith("digid-machtigen"))
    assert "self-signed allowed" in lines[machtigen + 1]
    assert "self-signed allowed" not in lines[machtigen + 2]


def test_list_as_json(run: Any) -> None:
    parsed = json.loads(run("list", "--json", *MOMENT)[1])
    assert_valid(parsed, "systems-list-v1")
    (dk,) = [s for s in parsed["systems"] if s["name"] == "digikoppeling"]
    assert dk["environments"]["production"]["yes"] == ["g1-private", "g4-tls"]
    assert dk["environments"]["preproduction"]["discouraged"] == ["g1-private", "g4-tls", "g4-other"]


@every_system
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_show_speaks_the_language_and_names_every_source(run: Any, name: str, lang: str) -> None:
    code, out, err = run("show", name, *MOMENT, lang=lang)
    assert (code, err) == (0, "")
    assert "cli.systems" not in out
    assert max(len(line) for line in out.splitlines()) <= 100
    joined = " ".join(out.split())
    (system,) = [s for s in systems() if s.name == name]
    for statement in system.statements:
        assert " ".join(statement.text[lang].split()) in joined
        if statement.certainty:
            assert " ".join(statement.source.text(lang).split()) in joined


def test_show_says_nothing_twice(run: Any) -> None:
    _, out, _ = run("show", "digikoppeling", *MOMENT)
    assert out.count("The OIN in subject.serialNumber is mandatory.") == 1
    assert "In both environments" in out


def test_show_of_one_environment_shows_all_of_it_and_nothing_of_the_other(run: Any) -> None:
    _, out, _ = run("show", "digid-machtigen", "-e", "production", *MOMENT)
    assert "In both environments" not in out
    assert "In production a self-signed certificate is not allowed." in out
    assert "Send the public part (never the key) to Logius." in " ".join(out.split())
    assert "preproduction may be self-signed" not in " ".join(out.split())


@every_system
def test_show_as_json(run: Any, name: str) -> None:
    parsed = json.loads(run("show", name, "--json", *MOMENT)[1])
    assert_valid(parsed, "systems-show-v1")
    assert set(parsed["environments"]) == {"preproduction", "production"}
    one = json.loads(run("show", name, "--json", "--environment", "production", *MOMENT)[1])
    assert one["environments"] == {"production": parsed["environments"]["production"]}


def test_what_no_source_answers_is_shown_as_unknown(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from pkitools.systems import read_system
    from pkitools_cli.commands.systems import show as command
    from tests.systems.test_data import SMALLEST

    monkeypatch.setattr(command, "get_system", lambda _: read_system(SMALLEST))
    _, out, _ = run("show", "x")
    assert out.count("? No source found.") == 7
    parsed = json.loads(run("show", "x", "--json")[1])
    assert_valid(parsed, "systems-show-v1")
    assert len(parsed["environments"]["production"]["unanswered"]) == 7


def test_an_unknown_system_is_a_usage_error_that_names_those_there_are(run: Any) -> None:
    code, out, err = run("show", "suwinet")
    assert (code, out) == (2, "")
    assert "digid-machtigen" in err


def test_severity_is_shown_only_where_something_is_weighed(run: Any) -> None:
    parsed = json.loads(run("show", "digid", "--json", *MOMENT)[1])
    for statement in parsed["environments"]["production"]["statements"]:
        if statement["topic"] in {"delivery", "tls", "lead_time"}:
            assert statement["severity"] is None
