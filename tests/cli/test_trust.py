"""``pkitools trust``: text in both languages, JSON by its schema, and look-alikes called by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pkitools.trust import embedded_certificates, get_hierarchy
from pkitools_cli.main import main
from tests.support.command import Command, under
from tests.support.der import certificate, common_name, name
from tests.support.schemas import assert_valid
from tests.support.shared import shared

MOMENT = ("--moment", "2026-11-22T00:00:00Z")
G1_ROOT = "0257ce27b52408e24ee2c0945640b723c5bc66ddbda4ada58c60357604f0e675"


@pytest.fixture
def run(run: Command) -> Any:
    return under(run, "trust")


def document(output: str, schema: str) -> Any:
    parsed = json.loads(output)
    assert_valid(parsed, schema)
    return parsed


def test_list_shows_every_hierarchy_and_certificate_and_says_what_is_not_certain(run: Any) -> None:
    code, out, err = run("list", *MOMENT)
    assert (code, err) == (0, "")
    for held in embedded_certificates():
        assert held.common_name in out
        assert held.sha256 in out
    assert "CA certificates of G4 come from one publisher" in out
    assert out.count("published by one party only") == 6
    assert "second source         none found" in out
    assert "expired on 8 December 2022" in out


def test_list_follows_the_moment(run: Any) -> None:
    _, out, _ = run("list", "--moment", "2012-01-01T00:00:00Z")
    assert "expired" not in out
    assert "not yet valid" in out


def test_list_in_dutch(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "nl", "trust", "list", *MOMENT])
    out = capsys.readouterr().out
    assert "komen van één uitgever" in out
    assert "cli.trust" not in out


@pytest.mark.parametrize("everything", [False, True])
def test_list_as_json(run: Any, everything: bool) -> None:
    code, out, _ = run("list", "--json", *MOMENT, *(["--all"] if everything else []))
    assert code == 0
    parsed = document(out, "trust-list-v1")
    assert len(parsed["certificates"]) == 16
    assert len(parsed["authorities"]) == (148 if everything else 0)
    assert [c["common_name"] for c in parsed["certificates"] if c["one_publisher"]] == [
        c.common_name for c in embedded_certificates() if c.hierarchy == get_hierarchy("g4-tls")
    ]


def test_list_all_shows_revoked_cas(run: Any) -> None:
    _, out, _ = run("list", "--all", *MOMENT)
    assert "revoked on 4 May 2017 (superseded)" in out
    assert "DigiNotar PKIoverheid CA Overheid" in out


@pytest.mark.parametrize(
    "asked", ["g1-private", G1_ROOT, G1_ROOT.upper(), "staat der nederlanden private root ca - g1"]
)
def test_show_finds_by_hierarchy_fingerprint_and_name(run: Any, asked: str) -> None:
    code, out, _ = run("show", asked, *MOMENT)
    assert code == 0
    assert "Staat der Nederlanden Private Root CA - G1" in out
    parsed = document(run("show", asked, "--json", *MOMENT)[1], "trust-show-v2")
    assert G1_ROOT in [authority["sha256"] for authority in parsed["authorities"]]
    assert (parsed["hierarchy"] is not None) == (asked == "g1-private")


def test_show_of_a_name_shows_every_certificate_of_that_name(run: Any) -> None:
    parsed = document(run("show", "KPN PKIoverheid Organisatie CA - G2", "--json", *MOMENT)[1], "trust-show-v2")
    assert [a["status"] for a in parsed["authorities"]] == ["revoked", "revoked", "expired"]


@pytest.mark.parametrize("asked", ["g5", "no such file.pem", "x" * 5000, "ab" * 32])
def test_show_of_what_is_nothing_is_a_usage_error(run: Any, asked: str) -> None:
    code, out, err = run("show", asked)
    assert (code, out) == (2, "")
    assert "is not a hierarchy, a CA" in err


def test_show_of_a_file_recognises_each_certificate(run: Any, tmp_path: Path) -> None:
    root = next(c for c in embedded_certificates() if c.sha256 == G1_ROOT)
    (tmp_path / "root.der").write_bytes(root.der)
    code, out, _ = run("show", str(tmp_path / "root.der"), *MOMENT)
    assert code == 0
    assert "by its fingerprint" in out
    parsed = document(run("show", str(tmp_path / "root.der"), "--json", *MOMENT)[1], "trust-show-v2")
    assert [c["itself"]["proof"] for c in parsed["certificates"]] == [True]


def test_show_reads_standard_input(run: Any) -> None:
    root = next(c for c in embedded_certificates() if c.sha256 == G1_ROOT)
    parsed = document(run("show", "-", "--json", *MOMENT, stdin=root.der)[1], "trust-show-v2")
    assert parsed["certificates"][0]["sha256"] == G1_ROOT


def test_show_calls_a_look_alike_a_look_alike(run: Any, tmp_path: Path) -> None:
    g3 = name(common_name("Staat der Nederlanden Root CA - G3"))
    (tmp_path / "root.der").write_bytes(certificate(g3, issuer=g3))
    _, out, _ = run("show", str(tmp_path / "root.der"))
    assert "LOOK-ALIKE" in out
    parsed = document(run("show", str(tmp_path / "root.der"), "--json")[1], "trust-show-v2")
    assert parsed["certificates"][0]["itself"]["match"] == "look_alike"
    assert parsed["certificates"][0]["itself"]["hierarchy"] is None


def test_show_of_a_real_chain(run: Any) -> None:
    file = shared("samples/certificates/G3_eh01.staging.iwelcome.nl_20190521.chain.pem")
    parsed = document(run("show", str(file), "--json", *MOMENT)[1], "trust-show-v2")
    leaf, *above = parsed["certificates"]
    assert (leaf["itself"]["match"], leaf["issued_by"]["match"]) == ("none", "fingerprint")
    assert leaf["issued_by"]["hierarchy"] == "g3"
    assert all(c["itself"]["match"] == "fingerprint" for c in above)
    code, out, _ = run("show", str(file), *MOMENT)
    assert code == 0
    assert "the issuer is a CA of the catalogue" in out


def test_show_of_a_file_without_certificates_is_one_sentence(run: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_bytes(b"hello")
    for file in ("empty", "text"):
        code, out, err = run("show", str(tmp_path / file))
        assert (code, out) == (1, "")
        assert err.count("\n") == 1


def test_control_characters_of_a_name_never_reach_the_terminal(run: Any, tmp_path: Path) -> None:
    (tmp_path / "x.der").write_bytes(certificate(name(common_name("a\x1b[31mb")), issuer=name(common_name("c\nd"))))
    _, out, _ = run("show", str(tmp_path / "x.der"))
    assert "\x1b" not in out
    assert "a\\x1b[31mb" in out


def test_a_bundle_with_a_gap_names_what_is_missing(run: Command) -> None:
    code, told, _ = run("show", str(shared("cases/R08/bundle_missing.pem")))
    assert code == 0
    assert "[delivery.bundle.gap]" in told
    assert "missing Staat der Nederlanden Private Services CA - G1" in " ".join(told.split())
