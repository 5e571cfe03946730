"""``pkitools systems``: every system in both languages, JSON by its schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pkitools.documents import Reading
from pkitools.findings import Certainty
from pkitools.messages.days import day
from pkitools.systems import get_system, status_of, systems
from pkitools.text import abbreviated
from pkitools.unknowns import unread_systems
from tests.support.command import Command, under
from tests.support.schemas import assert_valid

pytestmark = pytest.mark.slow

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
        assert f"  {system.name} " in out
    lines = out.splitlines()
    machtigen = next(n for n, line in enumerate(lines) if line.startswith("  digid-machtigen"))
    preproduction, production = " ".join(lines[machtigen + 1 : machtigen + 6]).split("production  ")[1:3]
    assert "self-signed allowed" in preproduction
    assert "self-signed allowed" not in production.split("digikoppeling")[0]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_list_fits_eighty_columns_and_goes_by_owner(run: Any, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("list", "--all", *MOMENT, lang=lang)[1].splitlines()
    assert max(map(len, lines)) <= 80
    owners = [line for line in lines if line and not line.startswith(" ")]
    assert owners[: len({s.owner for s in systems()})] == sorted({s.owner for s in systems()}, key=str.casefold)


def test_a_system_that_nobody_could_read_is_listed_and_not_judged(run: Any) -> None:
    short, whole = run("list", *MOMENT)[1], run("list", "--all", *MOMENT)[1]
    for system in unread_systems():
        assert f"  {system.key} " in whole
        assert f"  {system.key} " not in short
        code, _, err = run("show", system.key, *MOMENT)
        assert code == 2
        assert system.owner in err
    assert f"{len(unread_systems())} more systems" in short


def test_a_system_with_an_authority_of_its_own_says_that_pkioverheid_is_not_asked(run: Any) -> None:
    lines = run("list", *MOMENT)[1].splitlines()
    for name in ("rdw", "vecozo"):
        place = next(n for n, line in enumerate(lines) if line.startswith(f"  {name} "))
        below = lines[place + 1 : place + 3]
        assert len(below) == 2
        assert all("takes no PKIoverheid certificate" in line for line in below)


def test_list_as_json(run: Any) -> None:
    parsed = json.loads(run("list", "--json", "--all", *MOMENT)[1])
    assert_valid(parsed, "systems-list-v2")
    assert [each["name"] for each in parsed["unread"]] == [each.key for each in unread_systems()]
    (dk,) = [s for s in parsed["systems"] if s["name"] == "digikoppeling"]
    assert dk["environments"]["production"]["yes"] == ["g1-private", "g4-tls"]
    assert dk["environments"]["preproduction"]["discouraged"] == ["g1-private", "g4-tls", "g4-other"]
    older = json.loads(run("list", "--json", "--json-version", "1", *MOMENT)[1])
    assert_valid(older, "systems-list-v1")
    assert older["systems"] == [{k: v for k, v in s.items() if k != "status"} for s in parsed["systems"]]


@every_system
def test_show_says_how_far_it_can_be_relied_on(run: Any, name: str) -> None:
    out = " ".join(run("show", name, *MOMENT)[1].split())
    found = status_of(get_system(name))
    assert f"Read on {day(found.read, 'en')} or later." in out
    assert f"{found.firm} of the standard or the owner itself, {found.weak} less certain" in out
    assert all(document.title["en"] in out for document in found.documents)
    assert found.firm + found.weak + found.unknown == len(get_system(name).statements)


@every_system
def test_what_was_not_read_itself_is_told_as_quoted_and_never_as_the_word_of_the_owner(run: Any, name: str) -> None:
    system, out = get_system(name), " ".join(run("show", name, *MOMENT)[1].split())
    known = [each for each in system.statements if each.certainty is not None]
    quoted = [each for each in known if not each.source.was_read]
    in_part = [each for each in quoted if each.source.document.how is Reading.EXCERPT]
    assert ("as others quote it" in out) == (len(quoted) > len(in_part))
    assert ("from a part of the text" in out) == bool(in_part)
    assert status_of(system).read == min(document.read for document in status_of(system).documents)
    itself = {each for each in known if each.certainty in {Certainty.STANDARD, Certainty.OFFICIAL}} - set(quoted)
    assert status_of(system).firm == len(itself)


def test_what_is_there_to_be_read_is_no_yes_and_the_usual_hierarchy_is_never_among_the_others_unsaid(run: Any) -> None:
    assert "* The old Digipoort closes" in run("show", "digipoort", *MOMENT)[1]
    for name in ("duo-inburgering", "kadaster-klic", "suwinet-inlezen"):
        assert "all others, Private G1 among them:" in " ".join(run("show", name, *MOMENT)[1].split())
    assert "Private G1 among them" not in run("show", "digipoort", *MOMENT)[1]


def test_the_list_names_a_hierarchy_that_is_refused_by_name(run: Any) -> None:
    listed = run("list", *MOMENT)[1]
    digipoort = " ".join(listed.partition("  digipoort ")[2].partition("\n  mijn")[0].split())
    assert digipoort.count("not: G4 Priv G-TLS, G4 Priv G-Other") == 2


def test_a_system_nobody_could_describe_says_how_sure_its_owner_is(run: Any) -> None:
    assert "was not looked up" in " ".join(run("show", "rod")[2].split())
    assert "was not looked up" not in " ".join(run("show", "mitz")[2].split())


def test_what_holds_for_all_others_is_read_after_what_is_named_and_alone_it_holds_for_all(run: Any) -> None:
    digid = run("show", "digid", "-e", "preproduction", *MOMENT)[1]
    assert digid.index("other PKIoverheid:") < digid.index("all others:")
    suwinet = run("show", "suwinet-inlezen", "-e", "preproduction", *MOMENT)[1]
    assert "? all: BKWI" in suwinet
    assert "all others" not in suwinet


@every_system
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_show_speaks_the_language_and_names_every_source(run: Any, name: str, lang: str) -> None:
    code, out, err = run("show", name, *MOMENT, lang=lang)
    assert (code, err) == (0, "")
    assert "cli.systems" not in out
    assert max(len(line) for line in out.splitlines()) <= 100
    joined = abbreviated(" ".join(out.split()), known=True)
    (system,) = [s for s in systems() if s.name == name]
    for statement in system.statements:
        assert abbreviated(" ".join(statement.text[lang].split()), known=True) in joined
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
    assert_valid(parsed, "systems-show-v2")
    older = json.loads(run("show", name, "--json", "--json-version", "1", *MOMENT)[1])
    assert_valid(older, "systems-show-v1")
    assert {**older, "schema": "", "status": ""} == {**parsed, "schema": "", "status": ""}
    assert set(parsed["environments"]) == {"preproduction", "production"}
    one = json.loads(run("show", name, "--json", "--environment", "production", *MOMENT)[1])
    assert one["environments"] == {"production": parsed["environments"]["production"]}


def test_what_no_source_answers_is_shown_as_unknown(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from pkitools.systems import read_system
    from pkitools_cli.commands.systems import show as command
    from tests.systems.test_data import SMALLEST

    monkeypatch.setattr(command, "system_named", lambda _: read_system(SMALLEST))
    _, out, _ = run("show", "x")
    assert out.count("? No source found.") == 7
    parsed = json.loads(run("show", "x", "--json")[1])
    assert_valid(parsed, "systems-show-v2")


def test_an_unknown_system_is_a_usage_error_that_names_those_there_are(run: Any) -> None:
    code, out, err = run("show", "suwinet")
    assert (code, out) == (2, "")
    assert "digid-machtigen" in err


def test_severity_is_shown_only_where_something_is_weighed(run: Any) -> None:
    parsed = json.loads(run("show", "digid", "--json", *MOMENT)[1])
    statements = parsed["environments"]["production"]["statements"]
    read_only = [statement for statement in statements if statement["topic"] in {"delivery", "tls", "lead_time"}]
    assert read_only
    for statement in read_only:
        assert statement["severity"] is None
