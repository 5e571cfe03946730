"""The register of documents: each document once, used, dated; and named nowhere else."""

from __future__ import annotations

import ast
import pickle
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pkitools.documents import Document, DocumentStatus, Reading, Source, cite, document, documents
from pkitools.findings import Certainty, Rule, Severity
from pkitools.messages import LANGUAGES
from pkitools.rulebook import DataRow, MetadataAsk, Resting, SystemStatement, all_rules, citations, rests_on
from pkitools.systems import systems
from pkitools.systems.reading import can_bind
from tests.support import grounds
from tests.support.cases import in_one_test
from tests.support.grounds import weighs_most
from tests.support.sources import nodes

ROOT = Path(__file__).parents[2]
SOURCES = ("pkitools", "cli/pkitools_cli", "test_pki/pkitools_test_pki")
REGISTER = ROOT / "pkitools" / "documents.toml"
MAKERS = {
    "pkitools/documents.py": "the register itself",
    "pkitools/systems/reading.py": "an organisation describes a system of its own, with documents of its own",
}
"""Where a document or a place in one is made otherwise than by its key, and why."""


def files(kind: str) -> Iterator[Path]:
    for source in SOURCES:
        yield from sorted((ROOT / source).rglob(f"*.{kind}"))


@cache
def cited() -> frozenset[tuple[str, str]]:
    """Every document and section that a rule, a statement, a profile, a TSP, a prefix or an entity ID rests on."""
    return frozenset((source.key, source.section) for _, _, source in citations())


@cache
def words() -> tuple[tuple[str, str], ...]:
    """Every text in the code and its data but for the register: where it stands, and the text."""
    found: list[tuple[str, str]] = []
    for path in files("py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        found += [(str(path.relative_to(ROOT)), text) for text in texts]
    for path in files("toml"):
        if path != REGISTER:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            found += [(str(path.relative_to(ROOT)), text) for text in values(data)]
    return tuple(found)


def values(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for each in data.values():
            yield from values(each)
    elif isinstance(data, list):
        for each in data:
            yield from values(each)


# --- the register ----------------------------------------------------------------------------------------------------


def test_every_entry_is_whole() -> None:
    for found in documents():
        is_whole(found)


def is_whole(found: Document) -> None:
    assert re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", found.key)
    assert set(found.title) == set(LANGUAGES)
    assert all(title == title.strip() != "" for title in found.title.values())
    assert re.fullmatch(r"(https://[^\s]+)?", found.url)
    # a day as people write it down: where they are it may be tomorrow already
    assert date(2026, 11, 22) <= found.read <= datetime.now(UTC).date() + timedelta(days=1)
    if found.status is DocumentStatus.NONE:
        assert not found.version


def test_a_file_of_the_register_knows_its_fields_only() -> None:
    known = {
        "nl",
        "en",
        "version",
        "status",
        "url",
        "read",
        "replaces",
        "newest",
        "newer",
        "how",
        "sections",
        "third_party",
    }
    data = tomllib.loads(REGISTER.read_text(encoding="utf-8"))
    assert not {key: set(record) - known for key, record in data.items() if set(record) - known}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_entries_are_one_document(language: str) -> None:
    titles = Counter(f"{found.title[language]} {found.version}".casefold() for found in documents())
    assert [title for title, count in titles.items() if count > 1] == []
    names = Counter(bare(found.title[language]) for found in documents())
    # minutes of one body go by their day
    assert {title for title, count in names.items() if count > 1} <= {
        "minutesoftodigikoppeling",
        "verslagtodigikoppeling",
    }


def test_what_a_document_replaces_is_superseded_where_it_is_in_the_register() -> None:
    by_key = {found.key: found for found in documents()}
    for found in documents():
        replaced = by_key.get(found.replaces)
        assert found.replaces != found.key
        assert replaced is None or replaced.status is DocumentStatus.SUPERSEDED


def test_a_newer_version_that_was_read_is_in_the_register_and_waits_to_be_adopted() -> None:
    by_key = {found.key: found for found in documents()}
    replaced = [found for found in documents() if found.newer]
    assert replaced
    for found in replaced:
        assert by_key[found.newer].status is DocumentStatus.DRAFT
        assert by_key[found.newer].version.split()[0] == found.newest


def test_a_document_and_a_place_in_it_travel_between_processes() -> None:
    place = cite("rfc-5280", "4.1.2.2")
    assert pickle.loads(pickle.dumps((place, place.document))) == (place, document("rfc-5280"))


# --- what rests on it ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_key_cited_is_in_the_register() -> None:
    keys = {found.key for found in documents()}
    typed = {
        node.args[0].value
        for _, node in nodes(files("py"), "cite")
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "cite" and node.args
        if isinstance(node.args[0], ast.Constant)
    }
    assert len(typed) > 30
    assert not typed - keys
    assert not {key for key, _ in cited()} - keys


def test_no_document_rests_unused() -> None:
    assert not [key for key, resting in rests_on().items() if resting.is_empty]


def test_no_error_rests_on_words_that_nobody_here_read() -> None:
    """Of a text that was not wholly read, only the places that the register names can carry one."""
    carried = [
        (source.key, source.section, getattr(thing, "code", thing))
        for _, thing, source in citations()
        if not source.was_read and carries_an_error(thing, source)
    ]
    assert carried == []


def test_an_error_rests_on_a_document_that_binds_or_on_a_reason_that_is_written_down() -> None:
    """Not on a draft, on what was replaced, on what is seen or reasoned, nor on somebody else's word."""
    carried = [
        (source.key, source.section, getattr(thing, "code", thing))
        for _, thing, source in citations()
        if not can_bind(source) and carries_an_error(thing, source) and getattr(thing, "code", "") not in grounds.WHY
    ]
    assert carried == []


def test_a_reason_is_of_a_rule_that_can_fail_something_and_has_no_document_that_binds() -> None:
    needed = {rule.code for rule in all_rules() if weighs_most(rule) is Severity.ERROR and not can_bind(rule.source)}
    assert needed == set(grounds.WHY)


def carries_an_error(thing: object, source: Source) -> bool:
    if isinstance(thing, DataRow):
        return False  # days and places: no certificate is asked one
    if isinstance(thing, Rule):
        return thing.severity is Severity.ERROR
    if isinstance(thing, SystemStatement):
        return thing.statement.severity is Severity.ERROR
    if isinstance(thing, MetadataAsk) and thing.ask.severity not in {None, Severity.ERROR}:
        return False
    # of a profile and a TSP the certainty decides the weight: what a standard or its owner says may be an error
    bases = [getattr(thing, name, None) for name in ("basis", "domain_check")]
    here = [basis for basis in bases if basis is not None and basis.source == source]
    return any(basis.certainty in {Certainty.STANDARD, Certainty.OFFICIAL} for basis in here)


def test_a_place_that_was_read_is_one_that_is_cited_of_a_text_that_was_not() -> None:
    for found in documents():
        assert not (found.sections and found.how in {Reading.READ, Reading.UNREAD}), found.key
        used = {part for key, section in cited() if key == found.key for part in section.split(", ")}
        assert set(found.sections) <= used, found.key


def test_what_says_of_itself_that_it_was_not_read_is_registered_so() -> None:
    """The comments of the register and of the data, and the registered reading, say one thing."""
    data = ROOT / "pkitools" / "systems" / "data"
    quoted = [each for each in systems() if "second-hand" in (data / f"{each.name}.toml").read_text(encoding="utf-8")]
    assert quoted
    for system in quoted:
        keys = {statement.source.key for statement in system.statements} - {"none"}
        assert {document(key).how for key in keys} == {Reading.QUOTED}, system.name


def test_everything_cited_rests_on_its_document() -> None:
    gathered = sum(
        len(getattr(resting, kind))
        for resting in rests_on().values()
        for kind in Resting.__slots__
        if kind != "document"
    )
    assert gathered == len(list(citations())) > 700
    security = rests_on()["digikoppeling-security"]
    assert "digikoppeling.pki001.oin" in {rule.code for rule in security.rules}
    assert {told.system.name for told in security.statements} >= {"digikoppeling", "mijnoverheid"}
    assert {told.profile for told in rests_on()["g4-trial-readme"].profiles} >= {"g4-tls", "trial"}
    assert [tsp.name for tsp in rests_on()["kpn-csr"].tsps] == ["kpn"]
    assert {"eherkenning"} <= {each.consumer.name for each in rests_on()["etoegang"].asks}
    assert [row.register for row in rests_on()["oin-stelsel-3"].prefixes] == ["dezi_insurer"]


def test_a_section_reads_on_from_its_document_and_does_not_repeat_it() -> None:
    places = [(key, section) for key, section in cited() if section]
    assert places
    for key, section in places:
        assert section == section.strip(" .,/")
        for title in document(key).title.values():
            assert section.casefold() not in title.casefold()
            assert title.casefold() not in section.casefold()
        assert not re.search(r"quotes|pull|\bPR\b|\.md\b", section), (key, section)


# --- and nowhere else ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_no_document_is_made_outside_the_register() -> None:
    made = {
        str(path.relative_to(ROOT))
        for path, node in nodes(files("py"), "Source", "Document")
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"Source", "Document"}
    }
    assert made == set(MAKERS)


@pytest.mark.slow
def test_no_title_is_typed_where_a_key_is_meant() -> None:
    """A sentence may name a document; a text that is nothing but its name is a second register."""
    titles = {title for found in documents() if found.key not in {"pkitools", "none"} for title in found.title.values()}
    spelled = {bare(title) for title in titles}
    assert not [(path, text) for path, text in words() if text in titles or (" " in text and bare(text) in spelled)]


def bare(text: str) -> str:
    """The letters and digits of a text: how a name is spelled makes no other name of it."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


@pytest.mark.slow
def test_no_version_of_a_document_is_typed_again() -> None:
    """Else a newer version is not one changed line."""
    told = {
        f"{title} {found.version.partition(' ')[0]}": found.key
        for found in documents()
        for title in found.title.values()
        if found.version
    }
    assert not [(path, name) for path, text in words() for name in told if name in text]
    prose = [*ROOT.glob("*.md"), *(ROOT / "docs" / "how-to").glob("*.md"), ROOT / "docs" / "architecture.md"]
    assert not [(path.name, name) for path in prose for name in told if name in path.read_text(encoding="utf-8")]


@in_one_test
@pytest.mark.parametrize("path", sorted((ROOT / "pkitools").rglob("data/*.toml")), ids=lambda path: path.name)
def test_data_names_documents_by_key(path: Path) -> None:
    keys = {found.key for found in documents()}
    assert not [
        (name, value) for name, value in named(tomllib.loads(path.read_text(encoding="utf-8"))) if value not in keys
    ]


def named(data: Any) -> Iterator[tuple[str, str]]:
    """Every text that a field called ``source`` or ``document`` holds."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in {"source", "document"}:
                yield from ((key, value),) if isinstance(value, str) else named(value)
            else:
                yield from named(value)
    elif isinstance(data, list):
        for each in data:
            yield from named(each)
