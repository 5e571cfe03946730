"""What is not known stands in its list for as long as it is not known, and no longer."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from pkitools.documents import documents
from pkitools.environment import Environment
from pkitools.messages import LANGUAGES
from pkitools.profiles import Acceptance, tsps
from pkitools.systems import Stance, Topic, systems
from pkitools.trust import hierarchies
from pkitools.unknowns import Unknown, unknowns, unread_systems
from tests.support.cases import in_one_test

DATA = Path(__file__).parents[2] / "pkitools" / "unknowns.toml"
KINDS = ("hierarchies", "systems", "documents", "tsps")
FIELDS = {"nl", "en", "settled", "looked", *KINDS}
OF_A_SYSTEM = {"title", "owner", "told", "looked"}


def named(kind: str) -> list[str]:
    return [name for each in unknowns() for name in getattr(each, kind)]


@in_one_test
@pytest.mark.parametrize("unknown", unknowns(), ids=lambda each: each.key)
def test_each_says_what_it_is_and_what_would_settle_it(unknown: Unknown) -> None:
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", unknown.key)
    for texts in (unknown.about, unknown.settled):
        assert set(texts) == set(LANGUAGES)
        assert all(text.endswith(".") for text in texts.values())
        assert texts["nl"] != texts["en"]
    assert isinstance(unknown.looked, date)
    assert any(getattr(unknown, kind) for kind in KINDS)


def test_the_file_knows_its_fields_only() -> None:
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    assert data.pop("undescribed").keys() == {"nl", "en", "settled", "untold"}
    for key, table in data.items():
        assert set(table) <= (OF_A_SYSTEM if "title" in table else FIELDS), key
    assert [each.key for each in unknowns()] == list(data)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_waits_for_two_answers_to_one_question(kind: str) -> None:
    assert [name for name, count in Counter(named(kind)).items() if count > 1] == []


def test_the_roots_that_are_not_known_are_those_without_a_fingerprint() -> None:
    production = [h for h in hierarchies() if h.environment is Environment.PRODUCTION and h.generation == "G4"]
    assert named("hierarchies") == [h.name for h in production if not h.root_sha256]


def test_the_systems_are_those_that_do_not_say_whether_they_take_g4() -> None:
    silent = [
        system.name
        for system in systems()
        for statement in system.statements
        if statement.topic is Topic.HIERARCHY and statement.answer is Stance.UNKNOWN and "g4-tls" in statement.values
    ]
    assert sorted(named("systems")) == sorted({*silent, *(each.key for each in unread_systems())})


def test_a_system_that_nobody_could_read_is_one_that_is_not_described_and_says_whom_to_ask() -> None:
    unread = unread_systems()
    assert {"iwlz", "kik-v", "mitz", "peppol-nl", "digiinkoop", "edukoppeling"} <= {each.key for each in unread}
    assert not {each.key for each in unread} & {system.name for system in systems()}
    for each in unread:
        assert each.title in each.about["nl"]
        assert each.owner in each.settled["nl"]
        assert re.fullmatch(r"(https?://[^\s]+)?", each.told)
        # whose it is was read, or it is said that it was not
        assert ("algemene kennis" in each.about["nl"]) == (not each.told) == ("general knowledge" in each.about["en"])


def test_the_documents_are_there_and_each_with_a_newer_version_is_named() -> None:
    assert set(named("documents")) <= {found.key for found in documents()}
    assert {found.key for found in documents() if found.newest} <= set(named("documents"))


def test_the_tsps_are_those_that_do_not_say_whether_they_take_pss() -> None:
    assert named("tsps") == [tsp.name for tsp in tsps() if tsp.pss is Acceptance.UNKNOWN]
