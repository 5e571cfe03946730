"""``pkitools test-pki``: every command in text and JSON, both languages, and what goes wrong in one sentence."""

from __future__ import annotations

import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from pkitools_test_pki.folder import create_folder, open_folder
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.shapes import templates
from tests.support.command import Command
from tests.support.judges import judge
from tests.support.keys import SHARED_KEYS
from tests.support.schemas import assert_valid

CREATE = "test-pki", "create"
WHEN = "--moment", "2026-11-22T12:00:00Z"


@pytest.fixture(autouse=True)
def pooled_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys made once: what the commands do with them is what is tested."""
    monkeypatch.setattr("pkitools_cli.commands.test_pki.create.fresh_keys", SHARED_KEYS)
    monkeypatch.setattr("pkitools_cli.commands.test_pki.create.small_keys", SHARED_KEYS)


@pytest.fixture
def where(run: Command, tmp_path: Path) -> Path:
    assert run(*CREATE, tmp_path / "pki", "--fast", *WHEN).code == 0
    return tmp_path / "pki"


@pytest.fixture
def csr(tmp_path: Path) -> Path:
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Gemeente Zorg, Welzijn"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "koppeling.x.nl"),
            x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "ICT"),
        ]
    )
    key = SHARED_KEYS("rsa:3072")
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())  # type: ignore[arg-type]  # a key that can sign
    (tmp_path / "x.csr").write_bytes(request.public_bytes(Encoding.PEM))
    return tmp_path / "x.csr"


def serial_of(path: Path) -> str:
    return f"{x509.load_pem_x509_certificate(path.read_bytes()).serial_number:x}"


@pytest.mark.slow
def test_a_folder_that_is_trusted_brings_its_authorities_and_crls(run: Command, tmp_path: Path) -> None:
    moment = datetime.now(UTC).replace(microsecond=0)
    create_folder(tmp_path / "pki", ["g4-tls", "g1-private"], moment=moment, keys=elliptic_keys)
    with open_folder(tmp_path / "pki", moment=moment, keys=elliptic_keys) as pki:
        good, _, _ = pki.issue_to(tmp_path / "good", "g4-tls")
        bad, _, _ = pki.issue_to(tmp_path / "bad", "g1-server")
        pki.revoke(bad.serial_number, "keyCompromise", moment=moment)
    check = ("cert", "check", "-e", "preproduction", "--trust", tmp_path / "pki", "--offline", "--json")
    for name, leaf, status in (("good", good, "good"), ("bad", bad, "revoked")):
        (result,) = run(*check, tmp_path / f"{name}.pem").document["certificates"]
        assert len(result["path"]) == len(leaf.path)
        assert {entry["status"] for entry in result["revocation"]["certificates"]} == {status, "good"}
        assert "path.anchor.found" not in {f["code"] for f in result["report"]["findings"]}


@pytest.mark.slow
def test_create_says_what_it_made_and_that_it_is_for_tests(run: Command, tmp_path: Path) -> None:
    ran = run(*CREATE, tmp_path / "pki", *WHEN)
    assert ran.code == 0
    assert "TRIAL My TSP - G4 PKIo Priv G-TLS SYS - 2025" in ran.out
    assert f"{tmp_path}/pki/trust.pem" in ran.out
    assert "never trust these roots in production" in ran.out
    assert "3 RSA keys of 4096 bits" in ran.err
    assert run("test-pki", "verify", tmp_path / "pki").code == 0
    again = run(*CREATE, tmp_path / "pki", *WHEN)
    assert (again.code, again.err.count("\n")) == (1, 1), "nothing is said of keys that are not made"


def test_create_takes_several_shapes(run: Command, tmp_path: Path) -> None:
    ran = run(*CREATE, tmp_path / "pki", "--shape", "g4-tls", "--shape", "uzi", "--fast", "--json", *WHEN)
    assert_valid(ran.document, "test-pki-create-v1")
    assert [a["level"] for a in ran.document["authorities"]] == ["root", "domain", "tsp", "tsp"]
    below = {"g4-tls-tsp", "uzi-server-tsp"}
    assert ran.document["profiles"] == [row.name for row in templates().values() if row.issuer in below]
    assert {"g4-tls", "uzi-server"} <= set(ran.document["profiles"])
    assert ran.err == ""


@pytest.mark.slow
def test_issue_with_a_new_key(run: Command, where: Path, tmp_path: Path) -> None:
    oin = "00000003273229750000"
    wishes = "--oin", oin, "--organization", "Stichting X", "--common-name", "a.x.nl", "--dns", "a.x.nl", "--days", "30"
    ran = run("test-pki", "issue", where, "--out", tmp_path / "a", *wishes, *WHEN)
    assert ran.code == 0
    assert f"Issued g4-tls: TRIAL a.x.nl, TRIAL Stichting X, OIN {oin}" in ran.told
    assert "organizationIdentifier NTRNL-27322975" in ran.out
    assert "Changed: O Stichting X became TRIAL Stichting X" in ran.out
    assert "Valid from 22 November 2026 to 22 December 2026" in ran.out
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    assert (tmp_path / "a.chain.pem").read_text().count("BEGIN CERTIFICATE") == 3


@pytest.mark.slow
def test_issue_for_a_request_writes_no_key(run: Command, where: Path, csr: Path, tmp_path: Path) -> None:
    ran = run("test-pki", "issue", where, "--csr", csr, "--out", tmp_path / "b", *WHEN)
    assert ran.code == 0
    assert "TRIAL koppeling.x.nl, TRIAL Gemeente Zorg, Welzijn" in ran.told
    assert "Left out: OU ICT" in ran.out
    assert sorted(p.name for p in tmp_path.glob("b.*")) == ["b.chain.pem", "b.pem"]
    piped = run(
        "test-pki", "issue", where, "--csr", "-", "--out", tmp_path / "c", "--json", *WHEN, stdin=csr.read_bytes()
    )
    assert_valid(piped.document, "test-pki-issue-v1")
    assert [c["kind"] for c in piped.document["changes"]] == ["left_out", "derived", "prefixed", "prefixed"]
    assert piped.document["serial_number"] == serial_of(tmp_path / "c.pem")


@pytest.mark.slow
def test_nothing_is_overwritten_without_force(run: Command, where: Path, csr: Path, tmp_path: Path) -> None:
    out = "--csr", csr, "--out", tmp_path / "b"
    assert run("test-pki", "issue", where, *out, *WHEN).code == 0
    before = (tmp_path / "b.pem").read_bytes()
    ran = run("test-pki", "issue", where, *out, *WHEN)
    assert (ran.code, (tmp_path / "b.pem").read_bytes()) == (1, before)
    assert "b.pem" in ran.err
    assert run("test-pki", "issue", where, *out, "--force", *WHEN).code == 0
    assert (tmp_path / "b.pem").read_bytes() != before


@pytest.mark.slow
def test_revoke_publishes_at_once(run: Command, where: Path, tmp_path: Path) -> None:
    run("test-pki", "issue", where, "--out", tmp_path / "a", *WHEN)
    serial = serial_of(tmp_path / "a.pem")
    ran = run("test-pki", "revoke", where, f"0x{serial.upper()}", "--reason", "keyCompromise", "--json", *WHEN)
    assert_valid(ran.document, "test-pki-revoke-v1")
    assert ran.document["serial_number"] == serial
    (entry,) = x509.load_der_x509_crl(Path(ran.document["crl"]).read_bytes())
    assert f"{entry.serial_number:x}" == serial
    again = run("test-pki", "revoke", where, serial, *WHEN)
    assert (again.code, "revoked before" in again.err) == (2, True)
    text = run("--lang", "nl", "test-pki", "list", where)
    assert f"{serial}  ingetrokken" in text.out


@pytest.mark.slow
def test_list_shows_everything(run: Command, where: Path, tmp_path: Path) -> None:
    run("test-pki", "issue", where, "--out", tmp_path / "a", *WHEN)
    text, document = run("test-pki", "list", where).out, run("test-pki", "list", where, "--json").document
    assert_valid(document, "test-pki-list-v1")
    assert [row["profile"] for row in document["certificates"]] == ["root", "domain", "tsp", "g4-tls"]
    assert len(text.splitlines()) == 4
    assert "TRIAL Gemeente Voorbeeld" in text


def test_crl_renews_every_file(run: Command, where: Path) -> None:
    before = {p: p.read_bytes() for p in (where / "crl").iterdir()}
    ran = run("test-pki", "crl", where, "--hours", "1", "--json", *WHEN)
    assert_valid(ran.document, "test-pki-crl-v1")
    assert {Path(p) for p in ran.document["files"]} == set(before)
    for path, old in before.items():
        crl = x509.load_der_x509_crl(path.read_bytes())
        assert path.read_bytes() != old
        assert (crl.next_update_utc - crl.last_update_utc).total_seconds() == 3600  # type: ignore[operator]  # it has one
    assert run("test-pki", "crl", where, *WHEN).out.count("Wrote ") == 3
    again = run("test-pki", "crl", where, *WHEN)
    assert "Dated" not in again.out
    later = run("test-pki", "crl", where, "--moment", "2039-01-02T00:00:00Z")
    assert "Dated" not in later.out
    after = " ".join(run("test-pki", "crl", where, *WHEN).out.split())
    assert "Dated 2039-01-02 and not" in after or "Dated 2 Jan 2039 and not" in after, "said, and not done in silence"


def test_verify_tells_what_is_wrong(run: Command, where: Path) -> None:
    good = run("test-pki", "verify", where, "--json")
    assert_valid(good.document, "test-pki-verify-v1")
    assert (good.code, good.document["whole"]) == (0, True)
    (where / "private" / "TRIALPKIoverheidG4RootPrivGTLS2024.key").chmod(0o644)
    bad = run("test-pki", "verify", where, "--json")
    assert_valid(bad.document, "test-pki-verify-v1")
    assert (bad.code, [p["code"] for p in bad.document["problems"]]) == (10, ["test_pki.problem.key_mode"])
    text = run("--lang", "nl", "test-pki", "verify", where)
    assert text.code == 10
    assert "niet heel" in text.out
    assert "heeft niet de rechten 0600" in text.out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("create", "pki"), 1, "not an empty folder"),
        (("create", "none/pki"), 1, "not a folder"),
        (("create", "new", "--shape", "g5"), 2, "g5"),
        (("create", "new", "--base-url", "https://x"), 2, "address"),
        (("create", "new", "--shape", "g3", "--moment", "2030-01-01"), 2, "ends on 13 November 2028"),
        (("issue", "none", "--out", "a"), 1, "not a test PKI"),
        (("issue", "pki"), 2, "--out"),
        (("issue", "pki", "--out", "none/a"), 1, "none"),
        (("issue", "pki", "--out", "a", "--profile", "g4-seal"), 2, "signs g4-tls"),
        (("issue", "pki", "--out", "a", "--profile", "x"), 2, "no profile x"),
        (("issue", "pki", "--out", "a", "--oin", "123"), 2, ""),
        (("issue", "pki", "--out", "a", "--oin", "00000001002308837000"), 2, ""),
        (("issue", "pki", "--out", "a", "--kvk", "12"), 2, "organizationIdentifier"),
        (("issue", "pki", "--out", "a", "--dns", "*.x.nl"), 2, "no wildcards"),
        (("issue", "pki", "--out", "a", "--organization", "x" * 65), 2, "71 characters"),
        (("issue", "pki", "--out", "a", "--organization", "a\x1bb"), 2, "does not have the form"),
        (("issue", "pki", "--out", "a", "--days", "0"), 2, "--days"),
        (("issue", "pki", "--out", "a", "--csr", "none"), 1, "none does not exist"),
        (("issue", "pki", "--out", "a", "--csr", "."), 1, ""),
        (("issue", "pki", "--out", "a", "--csr", "/dev/null"), 1, ""),
        (("issue", "pki", "--out", "a", "--csr", "pki/trust.pem"), 1, "certificate"),
        (("revoke", "pki", "xyz"), 2, "hexadecimal"),
        (("revoke", "pki", "abc123"), 2, "no certificate with serial number abc123"),
        (("revoke", "pki", "1", "--reason", "certificateHold"), 2, "certificateHold"),
        (("crl", "pki", "--hours", "0"), 2, "--hours"),
        (("list", "."), 1, "not a test PKI"),
        (("verify", "pki/trust.pem"), 1, "not a test PKI"),
    ],
)
@pytest.mark.usefixtures("where")
def test_what_goes_wrong_is_one_sentence_and_leaves_nothing(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(p.name for p in tmp_path.iterdir())
    ran = run("test-pki", *arguments)
    assert ran.code == code
    assert sentence in ran.err
    assert ran.out == ""
    assert "\x1b" not in ran.err
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    assert run("test-pki", "verify", "pki").code == 0


@pytest.mark.slow
@pytest.mark.interop
def test_end_to_end_openssl_agrees(run: Command, tmp_path: Path) -> None:
    openssl = judge("openssl")
    where = tmp_path / "pki"
    assert run(*CREATE, where, "--fast").code == 0  # no moment given: openssl has the same clock as we
    assert run("test-pki", "issue", where, "--out", tmp_path / "a", "--dns", "a.x.nl").code == 0

    def verify() -> str:
        for crl in (where / "crl").iterdir():
            command = [openssl, "crl", "-inform", "DER", "-in", str(crl), "-out", str(tmp_path / f"{crl.stem}.crl.pem")]
            subprocess.run(command, check=True)
        bundle = b"".join(path.read_bytes() for path in tmp_path.glob("*.crl.pem"))
        (tmp_path / "crls").write_bytes(bundle)
        command = [openssl, "verify", "-x509_strict", "-crl_check_all", "-CAfile", str(where / "trust.pem")]
        command += ["-CRLfile", "crls", "-untrusted", "a.chain.pem", "a.pem"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert verify() == "a.pem: OK\n"
    assert run("test-pki", "revoke", where, serial_of(tmp_path / "a.pem")).code == 0
    assert "certificate revoked" in verify()
