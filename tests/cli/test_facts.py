"""``pkitools facts status``: only what wants looking at, with what rests on it and what would settle it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from pkitools.documents import DocumentStatus, Reading, documents
from pkitools.facts import facts_status
from pkitools.facts.status import OLD
from pkitools.findings import Certainty
from pkitools.systems import systems
from pkitools.unknowns import unknowns
from tests.support.command import Command
from tests.support.schemas import assert_valid

MOMENT = datetime(2026, 11, 26, tzinfo=UTC)
GIVEN = ("facts", "status", "--moment", "2026-11-26T00:00:00Z")


def test_every_unknown_and_every_weak_document_is_there_and_no_other() -> None:
    found = facts_status(MOMENT)
    assert found.unknown == unknowns()
    assert {each.document.key for each in found.outdated} == {
        each.key for each in documents() if (each.newest and not each.newer) or each.status is DocumentStatus.SUPERSEDED
    }
    assert {each.document.key: each.document.how for each in found.not_read} == {
        each.key: each.how for each in documents() if each.how is not Reading.READ
    }
    assert {"por", "kpn-domain-check", "kvk-ubo-api"} <= {each.document.key for each in found.not_read}
    told = {each.document.key for each in found.third_party}
    weak = {
        statement.source.key
        for system in systems()
        for statement in system.statements
        if statement.certainty is Certainty.THIRD_PARTY
    }
    assert weak
    assert weak <= told
    assert "rfc-5280" not in {each.document.key for each in (*found.outdated, *found.aged, *found.third_party)}


def test_a_newer_text_that_was_read_and_waits_to_be_adopted_is_an_unknown_and_not_to_be_read(run: Command) -> None:
    (found,) = [each for each in documents() if each.newer]
    assert found.key == "oin-stelsel"
    assert found.key not in {each.document.key for each in facts_status(MOMENT).outdated}
    assert any(found.newer in each.documents for each in facts_status(MOMENT).unknown)
    told = " ".join(run("--lang", "nl", "rules", "explain", "oin.kvk.form").out.split())
    assert "versie 3.0.1 is gelezen en voor zover bekend nog niet vastgesteld" in told


def test_what_is_read_today_is_old_in_half_a_year() -> None:
    assert not facts_status(MOMENT).aged
    newest = max(each.read for each in documents())
    later = datetime(newest.year, newest.month, newest.day, tzinfo=UTC) + OLD
    assert facts_status(later + timedelta(days=1)).aged
    assert len(facts_status(later).aged) < len(facts_status(later + timedelta(days=1)).aged)


def test_nothing_that_is_cited_claims_to_be_the_newest_and_is_not() -> None:
    """The versions of the facts of 26 November 2026, section (a)."""
    known = {each.key: each for each in documents()}
    for key, version in {"digikoppeling-security": "3.0.1", "fsc-core": "2.0.0"}.items():
        assert known[key].version.startswith(version)
    for key, version in {"etsi-en-319-412-1": "1.6.1", "etsi-en-319-412-2": "2.4.1", "por": "5.2"}.items():
        assert version in (known[key].newest or known[key].version)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_it_is_told_within_the_columns(run: Command, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = run("--lang", lang, *GIVEN)
    assert told.code == 0
    joined = " ".join(told.out.split())
    for unknown in unknowns():
        assert " ".join(unknown.about[lang].split()) in joined
        assert " ".join(unknown.settled[lang].split()) in joined
    assert "cli.facts" not in told.out
    assert max(map(len, told.out.splitlines())) <= 80


def test_as_json(run: Command) -> None:
    document = json.loads(run(*GIVEN, "--json").out)
    assert_valid(document, "facts-status-v1")
    assert [each["name"] for each in document["unknown"]] == [each.key for each in unknowns()]
    assert all(each["newest"] or each["status"] == "superseded" for each in document["outdated"])
