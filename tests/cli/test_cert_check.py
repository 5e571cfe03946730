"""``pkitools cert check``: from a file to a verdict, for people and for scripts."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pkitools_test_pki.pki import PKI, build
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS
from tests.support.schemas import assert_valid
from tests.support.shared import shared

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = ("--moment", "2026-11-22T12:00:00Z")
G1 = "samples/certificates/PrivateG1_lab.api.mijniconnect.nl_20251009.pem"


@pytest.fixture(scope="module")
def pki() -> PKI:
    return build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)


@pytest.fixture(scope="module")
def folder(pki: PKI, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of the test PKI with its chain, its root and the CRLs of every level."""
    target = tmp_path_factory.mktemp("check")
    issued = pki.issue("g4-tls", dns=["koppeling.voorbeeld.nl"])
    (target / "leaf.pem").write_bytes(issued.pem)
    (target / "chain.pem").write_bytes(issued.chain_pem)
    (target / "root.pem").write_bytes(issued.root.pem)
    (target / "crl").mkdir()
    for number, authority in enumerate(pki):
        (target / "crl" / f"{number}.crl").write_bytes(authority.crl())
    revoked = pki.issue("g4-tls", dns=["ingetrokken.voorbeeld.nl"])
    (target / "revoked.pem").write_bytes(revoked.chain_pem)
    return target


def arguments(folder: Path, *more: object, environment: str = "preproduction") -> tuple[object, ...]:
    return (
        "cert", "check", folder / "leaf.pem", "--chain", folder / "chain.pem", "--trust", folder / "root.pem",
        "--crl", folder / "crl", "--environment", environment, "--offline", *AT, *more,
    )  # fmt: skip


def test_a_test_certificate_is_right_for_preproduction(run: Command, folder: Path) -> None:
    ran = run(*arguments(folder, "--for", "digid-machtigen"))
    assert ran.code == 0, ran.out
    assert ran.out.startswith("PASSED for DigiD Machtigen, preproduction   TRIAL koppeling.voorbeeld.nl\n")
    assert "not revoked, not revoked, not revoked" in run(*arguments(folder, "--verbose")).told


def test_the_same_is_refused_in_production_by_a_rule_that_says_why(run: Command, folder: Path) -> None:
    ran = run(*arguments(folder, environment="production"))
    assert ran.code == 10
    assert "environment.production.no_test" in ran.out
    assert "environment.production.root" not in ran.out  # the same fact
    assert "rder a PKIoverheid certificate for production" in " ".join(ran.out.split())


def test_it_speaks_dutch(run: Command, folder: Path) -> None:
    ran = run("--lang", "nl", *arguments(folder, environment="production"))
    assert "NIET GESLAAGD" in ran.out
    assert "Bestel voor productie een PKIoverheid-certificaat" in " ".join(ran.out.split())


def test_without_the_root_there_is_no_path_and_the_missing_root_is_named(run: Command, folder: Path) -> None:
    ran = run("cert", "check", folder / "chain.pem", "-e", "preproduction", "--offline", *AT)
    assert ran.code == 10
    assert "path.anchor.found" in ran.out


@pytest.mark.parametrize(
    ("language", "heading", "words"),
    [("nl", "Hergebruik", ("GESLAAGD", "NIET GESLAAGD")), ("en", "Reuse", ("PASSED", "FAILED"))],
)
def test_what_is_told_of_certificates_together_is_no_verdict_of_them(
    run: Command, folder: Path, language: str, heading: str, words: tuple[str, str]
) -> None:
    """Below certificates that all failed no line says that something passed."""
    ran = run("--lang", language, *arguments(folder, "--for", "digid", "--for", "fsc", environment="production"))
    assert ran.code == 10
    verdicts = [line for line in ran.out.splitlines() if line.startswith(words)]
    assert len(verdicts) == 1
    assert verdicts[0].startswith(words[1])
    assert any(line.startswith(heading) for line in ran.out.splitlines())


@pytest.mark.parametrize(
    ("language", "certificate", "file"),
    [("nl", "GESLAAGD (certificaat)", "NIET GESLAAGD (bestand)"), ("en", "PASSED (certificate)", "FAILED (file)")],
)
def test_a_file_that_is_refused_for_its_delivery_is_not_told_to_have_passed(
    run: Command, folder: Path, language: str, certificate: str, file: str
) -> None:
    blocks = (folder / "chain.pem").read_text(encoding="ascii").split("-----BEGIN")[1:]
    reversed_chain = folder / "reversed.pem"
    reversed_chain.write_text("".join(f"-----BEGIN{block}" for block in reversed(blocks)), encoding="ascii")
    _, verb, _, *rest = arguments(folder, "--strict-delivery")
    alone = run("--lang", language, "cert", verb, reversed_chain, *rest)
    assert alone.code == 10, alone.out
    assert alone.out.startswith(file.partition(" (")[0]), "what is read first goes with the exit code"
    assert any(row.startswith(certificate) for row in alone.out.splitlines())
    assert any(row.startswith(file) for row in alone.out.splitlines())


@pytest.mark.parametrize("given", ["", "  "])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_empty_entity_id_is_refused(run: Command, folder: Path, given: str, language: str) -> None:
    ran = run("--lang", language, *arguments(folder, "--for", "digid-machtigen", "--entity-id", given))
    assert ran.code == 2
    assert "--entity-id" in ran.err


def test_json_holds_the_whole_answer(run: Command, folder: Path) -> None:
    ran = run(*arguments(folder, "--for", "digikoppeling", "--json"))
    assert_valid(ran.document, "cert-check-v2")
    (result,) = ran.document["certificates"]
    assert result["oin"].startswith("00000099")
    assert len(result["path"]) == 4
    assert result["report"]["system"] == "digikoppeling"
    assert {entry["status"] for entry in result["revocation"]["certificates"]} == {"good"}


def test_offline_without_crls_in_production_cannot_be_said(run: Command) -> None:
    ran = run("cert", "check", shared(G1), "-e", "production", "--offline", "--json", *AT)
    assert ran.code == 11
    assert_valid(ran.document, "cert-check-v2")
    assert ran.document["certificates"][0]["report"]["verdict"] == "indeterminate"


def test_the_same_certificate_in_both_environments_is_named(run: Command, folder: Path) -> None:
    beside = f"production={folder / 'leaf.pem'}"
    ran = run(*arguments(folder, "--for", "digid-machtigen", "--beside", beside, "--json"))
    assert_valid(ran.document, "cert-check-v2")
    found = {finding["code"] for finding in ran.document["reuse"]["findings"]}
    assert found == {"system.reuse.separate_certificate"}
    assert f"{folder / 'leaf.pem'} was only compared" in ran.err


def test_fail_on_asks_for_more_than_passing(run: Command, folder: Path) -> None:
    assert run(*arguments(folder, "--for", "digid-machtigen", "--fail-on", "notice")).code == 12


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.pem", b"", "is empty"),
        ("noise.bin", bytes(range(256)) * 8, "noise.bin"),
        ("page.html", b"<!DOCTYPE html><html><body>Not found</body></html>", "page.html"),
    ],
)
def test_what_is_no_certificate_gets_one_clear_sentence(
    run: Command, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    ran = run("cert", "check", path, "-e", "production", "--offline")
    assert ran.code == 1
    assert ran.out == ""
    assert words in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_a_folder_a_fifo_and_a_missing_file_are_named_as_such(run: Command, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "absent.pem"):
        ran = run("cert", "check", path, "-e", "production", "--offline")
        assert ran.code == 1
        assert str(path) in ran.err


@pytest.mark.parametrize(
    "wrong",
    [
        ("--for", "digidd"),
        ("--profile", "g5"),
        ("--allow-net", "10.0.0.0/99"),
        ("--beside", "acceptance=x.pem"),
        *(("--beside", f"production{name}") for name in ("", "=", "= ")),
        ("--revocation", "maybe"),
    ],
)
def test_a_wrong_value_is_usage(run: Command, folder: Path, wrong: tuple[str, str]) -> None:
    ran = run(*arguments(folder, *wrong))
    assert ran.code == 2, ran.err
    assert wrong[1] in ran.err


@pytest.mark.parametrize("word", ["production", "PRODUCTION", "productie", "prod"])
def test_where_another_is_in_use_is_said_in_the_words_of_the_environment(run: Command, folder: Path, word: str) -> None:
    said = run(*arguments(folder, "--beside", f"{word}={folder / 'leaf.pem'}")).code
    assert said == run(*arguments(folder, "--beside", f"production={folder / 'leaf.pem'}")).code
    assert said != 2


def test_a_wrong_moment_is_usage(run: Command, folder: Path) -> None:
    ran = run("cert", "check", folder / "leaf.pem", "-e", "production", "--moment", "gisteren")
    assert ran.code == 2, ran.err
    assert "gisteren" in ran.err


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_an_answer(run: Command, folder: Path) -> None:
    ran = run(*arguments(folder, folder / "absent.pem"))
    assert ran.code == 1
    assert "PASSED" in ran.out
    assert "absent.pem" in ran.err


def with_crls(folder: Path, *crls: Path) -> tuple[object, ...]:
    given = [part for each in crls for part in ("--crl", each)]
    return (
        "cert", "check", folder / "leaf.pem", "--chain", folder / "chain.pem", "--trust", folder / "root.pem",
        *given, "-e", "preproduction", "--offline", "--revocation", "require", *AT,
    )  # fmt: skip


def test_crls_are_found_by_content_among_whatever_else_a_folder_holds(
    run: Command, folder: Path, tmp_path: Path
) -> None:
    """Upper case, no extension, PEM: and beside them a certificate, notes, an archive and a folder."""
    first, second, *rest = sorted((folder / "crl").iterdir())
    (tmp_path / "LIST.CRL").write_bytes(first.read_bytes())
    (tmp_path / "list").write_bytes(second.read_bytes())
    text = b"".join(
        b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(path.read_bytes()) + b"-----END X509 CRL-----\n"
        for path in rest
    )
    (tmp_path / "rest.pem").write_bytes(text)
    (tmp_path / "chain.pem").write_bytes((folder / "chain.pem").read_bytes())
    (tmp_path / "README").write_text("where these come from")
    (tmp_path / "old.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "folder.crl").mkdir()
    ran = run(*with_crls(folder, tmp_path), "--verbose")
    assert ran.code == 0, ran.out + ran.err
    assert "not revoked, not revoked, not revoked" in ran.told


def test_what_gives_no_crl_is_an_error_as_with_trust(run: Command, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "README").write_text("nothing here")
    for given in (tmp_path / "empty", tmp_path / "notes", folder / "chain.pem"):
        ran = run(*with_crls(folder, folder / "crl", given))
        assert (ran.code, ran.out) == (1, "")
        assert f"{given} holds no CRL." in ran.err
        assert len(ran.err.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["cut-off.CRL", "cut-off.pem"])
def test_a_crl_of_a_folder_that_cannot_be_read_is_never_passed_over(
    run: Command, folder: Path, tmp_path: Path, name: str
) -> None:
    whole = min((folder / "crl").iterdir()).read_bytes()
    text = b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(whole[:100]) + b"-----END X509 CRL-----\n"
    (tmp_path / name).write_bytes(text if name.endswith(".pem") else whole[:100])
    ran = run(*with_crls(folder, folder / "crl", tmp_path))
    assert ran.code == 1, ran.out
    assert len(ran.err.strip().splitlines()) == 1


def test_a_crl_from_standard_input(run: Command, folder: Path) -> None:
    first, *rest = sorted((folder / "crl").iterdir())
    ran = run(*with_crls(folder, Path("-"), *rest), stdin=first.read_bytes())
    assert ran.code == 0, ran.out + ran.err
