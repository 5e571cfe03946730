"""``pkitools test-pki import``, ``export`` and ``issue --enrolment``: what people and scripts see."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.command import Command
from tests.support.g4_trial import G4TrialFolder
from tests.support.keys import SHARED_KEYS
from tests.support.schemas import assert_valid

pytestmark = pytest.mark.slow

pytest.importorskip("yaml", reason="the extra pkitools-nl[g4-trial] is not installed")

WHEN = "--moment", "2026-11-22T12:00:00Z"
ENROLMENT = """---
profile: profiles/G4TRIALEEPrivGTLSSYS2025.yaml
subject:
  C: NL
  O: Gemeente Zorg
  CN: TRIAL Gemeente Zorg
  organizationIdentifier: NTRNL-99999991
subjectAltNames:
  - a.example.test
"""


@pytest.fixture(autouse=True)
def pooled_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fresh_keys", "small_keys"):
        monkeypatch.setattr(f"pkitools_cli.commands.test_pki.create.{name}", SHARED_KEYS)


@pytest.fixture
def trial(tmp_path: Path) -> G4TrialFolder:
    keys = [SHARED_KEYS(kind) for kind in ("rsa:4096", "rsa:4096", "rsa:4096", "rsa:3072")]
    (tmp_path / "g4-trial").mkdir()
    made = G4TrialFolder(tmp_path / "g4-trial", [key for key in keys if isinstance(key, rsa.RSAPrivateKey)])
    leaf = made.leaf("leaf")
    made.write_crl(made.issuer, 5, {leaf.serial_number: x509.ReasonFlags.superseded})
    return made


def test_import_says_what_was_taken_over(run: Command, trial: G4TrialFolder, tmp_path: Path) -> None:
    ran = run("test-pki", "import", trial.folder, tmp_path / "pki", *WHEN)
    assert ran.code == 0
    for words in (
        "g4-tls-tsp: next CRL, number 6, signed",
        "1 end entity certificates, 1 revoked",
        "point to http://crl.pkioverheid.nl, http://cert.pkioverheid.nl",
        "issued from now on points to http://127.0.0.1:8080",
        "unencrypted",
    ):
        assert words in ran.out
    assert run("test-pki", "verify", tmp_path / "pki", *WHEN).code == 0


def test_import_for_scripts(run: Command, trial: G4TrialFolder, tmp_path: Path) -> None:
    ran = run("test-pki", "import", trial.folder, tmp_path / "pki", "--base-url", "http://p.test", "--json", *WHEN)
    assert_valid(ran.document, "test-pki-import-v1")
    assert ran.document["base_url"] == "http://p.test"
    assert ran.document["authorities"][2] == {"name": "g4-tls-tsp", "crl_number": 6}
    assert ran.document["revoked"] == 1


def test_import_in_dutch(run: Command, trial: G4TrialFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKITOOLS_LANG", "nl")
    ran = run("test-pki", "import", trial.folder, tmp_path / "pki", *WHEN)
    assert "1 eindgebruikerscertificaten, 1 ingetrokken" in ran.out
    assert "volgende CRL, nummer 6, ondertekend" in ran.out


def test_import_asks_for_the_passphrase_of_the_keys(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [SHARED_KEYS(kind) for kind in ("rsa:4096", "rsa:4096", "rsa:4096", "rsa:3072")]
    (tmp_path / "locked").mkdir()
    G4TrialFolder(
        tmp_path / "locked", [key for key in keys if isinstance(key, rsa.RSAPrivateKey)], passphrase=b"geheim"
    )
    command = "test-pki", "import", tmp_path / "locked", tmp_path / "pki"
    assert run(*command, *WHEN).code == 1
    monkeypatch.setenv("CA_SECRET", "geheim")
    assert run(*command, "--passphrase-env", "CA_SECRET", *WHEN).code == 0


def test_import_of_something_else_is_one_sentence(run: Command, tmp_path: Path) -> None:
    ran = run("test-pki", "import", tmp_path, tmp_path / "pki", *WHEN)
    assert ran.code == 1
    assert "no ca/certs and ca/private as g4-trial makes them" in ran.err
    assert not (tmp_path / "pki").exists()


@pytest.fixture
def ours(run: Command, tmp_path: Path) -> Path:
    shapes = "--shape", "g4-tls", "--shape", "g1-private"
    assert run("test-pki", "create", tmp_path / "ours", "--fast", *shapes, *WHEN).code == 0
    return tmp_path / "ours"


def test_export_says_what_was_written(run: Command, ours: Path, tmp_path: Path) -> None:
    ran = run("test-pki", "export", ours, "--layout", "g4-trial", "--out", tmp_path / "theirs", *WHEN)
    assert ran.code == 0
    assert "3 authorities, 0 end entity certificates" in ran.out
    assert "Left out, not G4: g1-private-tsp" in ran.out
    assert (tmp_path / "theirs" / "ca" / "certs" / "TRIALMyTSPG4PKIoPrivGTLSSYS2025.cer").is_file()
    again = run("test-pki", "export", ours, "--layout", "g4-trial", "--out", tmp_path / "theirs", *WHEN)
    assert again.code == 1


def test_export_for_scripts(run: Command, ours: Path, tmp_path: Path) -> None:
    ran = run("test-pki", "export", ours, "--layout", "g4-trial", "--out", tmp_path / "theirs", "--json", *WHEN)
    assert_valid(ran.document, "test-pki-export-v1")
    assert ran.document["authorities"] == ["g4-tls-root", "g4-tls-domain", "g4-tls-tsp"]


def test_export_needs_a_layout_it_knows(run: Command, ours: Path, tmp_path: Path) -> None:
    for layout in ((), ("--layout", "other")):
        assert run("test-pki", "export", ours, "--out", tmp_path / "theirs", *layout, *WHEN).code == 2


def test_issue_by_an_enrolment(run: Command, ours: Path, tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(ENROLMENT)
    ran = run("test-pki", "issue", ours, "--enrolment", tmp_path / "e.yaml", "--out", tmp_path / "x", *WHEN)
    assert ran.code == 0
    assert "Changed: O Gemeente Zorg became TRIAL Gemeente Zorg" in ran.out
    issued = x509.load_pem_x509_certificate((tmp_path / "x.pem").read_bytes())
    assert not issued.subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER), "none was asked"
    names = issued.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.example.test"]


def test_options_go_before_the_enrolment(run: Command, ours: Path, tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(ENROLMENT)
    more = "--oin", "00000099123456780000", "--dns", "b.example.test", "--json"
    ran = run("test-pki", "issue", ours, "--enrolment", tmp_path / "e.yaml", "--out", tmp_path / "x", *more, *WHEN)
    assert_valid(ran.document, "test-pki-issue-v1")
    assert "serialNumber=00000099123456780000" in ran.document["subject"]


def test_an_enrolment_names_the_profile_itself(run: Command, ours: Path, tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(ENROLMENT)
    out = "--out", tmp_path / "x", "--profile", "g4-tls"
    ran = run("test-pki", "issue", ours, "--enrolment", tmp_path / "e.yaml", *out, *WHEN)
    assert ran.code == 2
    assert "leave out --profile" in ran.err


def test_an_enrolment_of_another_shape_is_refused(run: Command, ours: Path, tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(ENROLMENT.replace("PrivGTLSSYS", "PrivGOtherLPAuthenticity"))
    ran = run("test-pki", "issue", ours, "--enrolment", tmp_path / "e.yaml", "--out", tmp_path / "x", *WHEN)
    assert ran.code == 2
    assert not list(tmp_path.glob("x.*"))
