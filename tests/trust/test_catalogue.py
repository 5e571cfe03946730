"""The catalogue holds what its schema says, and finds by fingerprint first."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from pkitools.trust import CAStatus, CatalogueEntry, HierarchyKind, Knowledge, catalogue, get_hierarchy, identify
from pkitools.trust.known_authorities import bears_known_name
from tests.support.cases import in_one_test

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ENTRIES = catalogue().entries
HEX64, HEX40 = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{40}")
URL = re.compile(r"https?://[^\s]+")


def test_the_catalogue_is_complete_dated_and_sourced() -> None:
    assert len(ENTRIES) == 148
    assert catalogue().source
    assert catalogue().retrieved.isoformat() == "2026-11-22"
    assert Counter(e.level for e in ENTRIES) == {"root": 17, "domain": 26, "tsp": 105}


def test_it_holds_no_field_the_code_does_not_read_and_no_path_of_a_machine() -> None:
    text = files("pkitools.trust").joinpath("data", "catalogue.json").read_text(encoding="utf-8")
    fields = set(CatalogueEntry.__slots__)
    for record in json.loads(text)["authorities"]:
        assert record.keys() <= fields, record["name"]
    assert not re.search(r"stored copy|/tmp/|/home/", text)


@in_one_test
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_an_entry_is_well_formed(entry: CatalogueEntry) -> None:
    assert entry.name
    assert entry.sources
    assert entry.generation in {"G4", "G3", "G2", "EV", "G1-private", "G1-public"}
    for value in (entry.sha256, entry.issuer_sha256, entry.superseded_by):
        assert value is None or HEX64.fullmatch(value)
    for value in (entry.sha1, entry.ski):
        assert value is None or HEX40.fullmatch(value)
    assert all(URL.fullmatch(url) for url in (*entry.crl, *entry.ca_issuers, *entry.ocsp))
    if entry.hierarchy:
        assert get_hierarchy(entry.hierarchy).kind is entry.kind
    read = entry.basis in {Knowledge.VERIFIED, Knowledge.ONE_PUBLISHER, Knowledge.ISSUER_NOT_HELD}
    assert read == (entry.not_before is not None) == (entry.ski is not None)
    if read:
        assert entry.sha256
        assert entry.not_before is not None
        assert entry.not_after is not None
        assert entry.not_before < entry.not_after


def test_links_between_entries_hold() -> None:
    assert any(entry.issuer_sha256 for entry in ENTRIES)
    assert any(entry.superseded_by for entry in ENTRIES)
    for entry in ENTRIES:
        if entry.issuer_sha256:
            issuer = catalogue().by_sha256[entry.issuer_sha256]
            assert (issuer.subject, issuer.hierarchy) == (entry.issuer, entry.hierarchy)
        if entry.superseded_by:
            assert catalogue().by_sha256[entry.superseded_by].name == entry.name


def test_a_fingerprint_finds_before_a_key_and_a_key_before_a_name() -> None:
    kpn, quovadis = (identify(name=f"{tsp} PKIoverheid Private Services CA - G1") for tsp in ("KPN", "QuoVadis"))
    assert kpn is not None
    assert quovadis is not None
    assert identify(sha256=kpn.sha256, ski=quovadis.ski, name=quovadis.name) is kpn
    assert identify(sha256="00" * 32, ski=quovadis.ski, name=kpn.name) is quovadis
    assert identify(sha256="00" * 32, name=" kpn  PKIoverheid private Services CA - G1") is kpn
    assert identify(sha256="00" * 32) is None
    assert identify() is None


def test_a_fingerprint_may_be_written_as_openssl_does() -> None:
    root = get_hierarchy("g1-private").root_sha256
    assert root
    colons = ":".join(root[i : i + 2] for i in range(0, 64, 2)).upper()
    found = identify(sha256=colons)
    assert found is not None
    assert found.name == "Staat der Nederlanden Private Root CA - G1"


def test_of_one_name_the_last_issued_is_found() -> None:
    found = identify(name="KPN PKIoverheid Organisatie CA - G2")
    assert found is not None
    assert found.not_before is not None
    assert found.not_before.date().isoformat() == "2016-04-12"


def test_a_revoked_ca_is_revoked_from_its_day() -> None:
    found = identify(sha256="e0ff93e9056c48eddc6b68e94f315c3a2229e9ce24af33634d34d5ef03233289")
    assert found is not None
    assert found.status(NOW) is CAStatus.REVOKED
    assert found.status(datetime(2017, 5, 3, tzinfo=UTC)) is CAStatus.VALID
    undated = identify(name="DigiNotar PKIoverheid CA Overheid")
    assert undated is not None
    assert undated.status(datetime(2005, 1, 1, tzinfo=UTC)) is CAStatus.REVOKED  # of which no day is on record


def test_what_is_known_by_name_only_has_no_status() -> None:
    trial = identify(name="TRIAL PKIoverheid - G4 Root Priv G-TLS - 2024")
    assert trial is not None
    assert (trial.kind, trial.basis, trial.status(NOW)) == (
        HierarchyKind.TRIAL,
        Knowledge.NO_FIXED_KEY,
        CAStatus.UNKNOWN,
    )


def test_whatever_is_looked_for_does_not_become_known() -> None:
    grouped = catalogue().grouped(lambda record: record["name"])
    before = len(grouped)
    assert grouped.get("Nobody Root CA") is None
    assert "Nobody Root CA" not in grouped
    assert len(grouped) == before
    assert not bears_known_name("Nobody Root CA")
    assert bears_known_name(next(entry.name for entry in ENTRIES if entry.ski and entry.kind.value == "production"))
