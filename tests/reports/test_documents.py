"""Who imports the library makes the JSON that the command line prints."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import pkitools.reports as reports
from pkitools.checking import Revocation, check, check_file
from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.oin import OIN, NoOINError, check_oin, oin_from_rsin
from pkitools.requests import check_request, read_request
from pkitools.rulebook import all_rules, find_rule, rests_on
from pkitools.rules import lint
from pkitools.systems import get_system, systems
from pkitools.trust import get_hierarchy
from pkitools.x509 import read_certificate
from tests.cli.conftest import pem, run, world
from tests.support.certificates import made
from tests.support.command import Command

__all__ = ["run", "world"]  # fixtures

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOMENT = ("--moment", "2026-11-22T12:00:00Z")
OIN_TEXT = "00000003273229750000"


def same(document: dict[str, Any], printed: Any) -> None:
    """All but what comes next is equal: that names commands, and only the command line has those."""
    if "next" not in document:
        printed.pop("next", None)
    for one in printed.get("certificates", ()) if printed["schema"] == "pkitools.cert-check/v2" else ():
        assert set(one.pop("next")) == {"command", "nl", "en"}
    assert json.dumps(document, indent=2) == json.dumps(printed, indent=2)  # the order too


def test_an_oin(run: Command) -> None:
    same(
        reports.oin_check_document([(OIN.parse(OIN_TEXT), check_oin(OIN_TEXT)), (None, check_oin("123"))]),
        run("oin", "check", OIN_TEXT, "123", "--json").document,
    )


def test_why_there_is_no_oin(run: Command) -> None:
    with pytest.raises(NoOINError) as refused:
        oin_from_rsin("123456789")
    same(
        reports.oin_derive_document([reports.DerivedNumber("rsin", "123456789", refused.value)]),
        run("oin", "derive", "--rsin", "123456789", "--json").document,
    )


def test_what_a_file_holds(run: Command, world: Path) -> None:
    leaf = world / "leaf.pem"
    found = reports.describe(str(leaf), read_source(leaf.read_bytes(), str(leaf)))
    assert found.is_complete
    same(reports.cert_show_document([found], AT), run("cert", "show", leaf, "--json", *MOMENT).document)


def test_a_file_that_cannot_be_used(run: Command, world: Path) -> None:
    noise = str(world / "noise")
    with pytest.raises(InputError) as refused:
        read_source((world / "noise").read_bytes(), noise)
    found = reports.describe(noise, refused.value)
    assert not found.is_complete
    same(reports.cert_show_document([found], AT), run("cert", "show", noise, "--json", *MOMENT).document)


@pytest.mark.slow
def test_the_issuer_of_a_certificate_is_found_among_thousands_at_once(world: Path, tmp_path: Path) -> None:
    """Each looks up its issuer, and does not go through all others."""
    leaf = made("g1-server").der
    block = pem("CERTIFICATE", leaf)
    found = reports.describe("many", read_source(block * 2000, "many"))
    assert len(found.items) == 2000
    assert {each.issuer for each in found.items} == {None}
    chain = (world / "pki" / "trust.pem").read_bytes()
    root = reports.describe("root", read_source(chain + chain, "root")).items[0]
    assert root.issuer is not None  # the other copy of itself: a root is issued by itself


def test_a_check(run: Command, world: Path) -> None:
    leaf = world / "leaf.pem"
    (der,) = read_source(leaf.read_bytes(), "leaf").certificates
    result = check(der, moment=AT, environment=Environment.PRODUCTION, systems=["digid"], revocation=Revocation())
    asked = ("cert", "check", leaf, "-e", "production", "--for", "digid", "--offline", "--json", *MOMENT)
    found = check_file(leaf, moment=AT, environment=Environment.PRODUCTION, systems=["digid"], revocation=Revocation())
    with_file = replace(result, report=result.report + found.file_report)
    same(reports.cert_check_document_v1([(str(leaf), with_file)]), run(*asked, "--json-version", 1).document)
    ran = run(*asked)
    printed = ran.document
    assert (printed.pop("verdict"), printed.pop("exit_code")) == (str(found.verdict), ran.code)  # of all files together
    same(reports.cert_check_document([reports.CheckedFile(str(leaf), found)]), printed)


def test_a_lint(run: Command, world: Path) -> None:
    leaf = world / "leaf.pem"
    (der,) = read_source(leaf.read_bytes(), "leaf").certificates
    facts = read_certificate(der)
    report = lint(facts, moment=AT, role="end_entity", profile="g1-server")
    linted = reports.LintedCertificate(str(leaf), 1, facts, "end_entity", "g1-server", report)
    printed = run("cert", "lint", leaf, "--profile", "g1-server", "--json", *MOMENT).document
    (mine,), (theirs,) = reports.cert_lint_document([linted])["results"], printed["results"]  # type: ignore[misc]  # plain objects, of which this is a list
    assert mine.keys() == theirs.keys()
    assert {**mine, "report": None} == {**theirs, "report": None}


def test_a_request(run: Command, world: Path) -> None:
    path = world / "request.csr"
    (der,) = read_source(path.read_bytes(), "request").requests
    report = check_request(der, None, name=str(path))
    ran = run("csr", "check", path, "--json")
    printed = ran.document
    assert (printed.pop("verdict"), printed.pop("exit_code")) == (
        str(report.verdict),
        ran.code,
    )  # of all files together
    same(reports.csr_check_document([(read_request(der), report)]), printed)


def test_systems(run: Command) -> None:
    same(reports.systems_list_document(systems(), AT), run("systems", "list", "--json", *MOMENT).document)
    system = get_system("digid")
    same(reports.systems_show_document(system, AT), run("systems", "show", "digid", "--json", *MOMENT).document)


def test_trust(run: Command) -> None:
    same(reports.trust_list_document(AT), run("trust", "list", "--json", *MOMENT).document)
    shown = run("trust", "show", "g4-tls", "--json", *MOMENT).document
    mine = reports.trust_show_document("g4-tls", AT, hierarchy=get_hierarchy("g4-tls"))
    assert mine["hierarchy"] == shown["hierarchy"]


def test_rules(run: Command) -> None:
    same(reports.rules_list_document(all_rules()), run("rules", "list", "--json").document)
    code = "oin.syntax.length"
    same(reports.rules_explain_document(find_rule(code)), run("rules", "explain", code, "--json").document)


def test_documents_and_what_rests_on_them(run: Command) -> None:
    same(reports.rules_documents_document(rests_on().values()), run("rules", "documents", "--json").document)


def test_the_room_costs_nothing_before_it_is_used() -> None:
    script = "import sys, pkitools.reports; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in loaded if name.startswith("pkitools.reports")] == ["pkitools.reports"]
    assert not {"cryptography", "asn1crypto", "pkitools.checking", "pkitools.trust"} & set(loaded)
