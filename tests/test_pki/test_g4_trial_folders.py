"""A hierarchy of g4-trial taken over and continued; ours written so that g4-trial can go on."""

from __future__ import annotations

import csv
import stat
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from pkitools.errors import FileError, InputError, PkitoolsError, SecretError, StateError
from pkitools_test_pki.audit import audit_folder
from pkitools_test_pki.folder import create_folder, open_folder
from pkitools_test_pki.g4_trial.exporting import export_hierarchy
from pkitools_test_pki.g4_trial.importing import Imported, import_hierarchy
from pkitools_test_pki.keys import KeyPool, KeySource, small_keys
from tests.support.g4_trial import MADE, G4TrialFolder
from tests.support.judges import judge
from tests.test_pki.conftest import MOMENT

pytestmark = pytest.mark.slow

yaml = pytest.importorskip("yaml", reason="the extra pkitools-nl[g4-trial] is not installed")

Make = Callable[..., G4TrialFolder]


@pytest.fixture(scope="module")
def keys() -> list[rsa.RSAPrivateKey]:
    pool = KeyPool(small_keys)
    made = [pool(kind) for kind in ("rsa:4096", "rsa:4096", "rsa:4096", "rsa:3072")]
    return [key for key in made if isinstance(key, rsa.RSAPrivateKey)]


@pytest.fixture
def make(tmp_path: Path, keys: list[rsa.RSAPrivateKey]) -> Make:
    def made(**settings: object) -> G4TrialFolder:
        (tmp_path / "g4-trial").mkdir()
        return G4TrialFolder(tmp_path / "g4-trial", keys, **settings)  # type: ignore[arg-type]  # as given by a test

    return made


def taken_over(trial: G4TrialFolder, target: Path, **settings: object) -> Imported:
    return import_hierarchy(trial.folder, target, moment=MOMENT, **settings)  # type: ignore[arg-type]  # as given


def crl_of(folder: Path, base: str) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl((folder / "crl" / f"{base}.crl").read_bytes())


def number_of(crl: x509.CertificateRevocationList) -> int:
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_a_hierarchy_is_taken_over_whole(make: Make, tmp_path: Path) -> None:
    trial = make()
    good, bad = trial.leaf("good"), trial.leaf("bad", with_key=False)
    trial.write_crl(
        trial.issuer, 7, {bad.serial_number: x509.ReasonFlags.key_compromise, 4711: x509.ReasonFlags.superseded}
    )
    target = tmp_path / "pki"
    imported = taken_over(trial, target)
    assert imported.authorities == ("g4-tls-root", "g4-tls-domain", "g4-tls-tsp")
    assert (imported.certificates, imported.revoked, imported.left_out) == (2, 2, ())
    assert imported.crl_numbers == {"g4-tls-root": 2, "g4-tls-domain": 2, "g4-tls-tsp": 8}
    assert imported.elsewhere == ("http://crl.pkioverheid.nl", "http://cert.pkioverheid.nl")
    with open_folder(target, moment=MOMENT) as pki:
        audit = audit_folder(pki)
        assert not audit.problems
        assert not audit.notes
        assert (audit.certificates, audit.revoked) == (5, 2)
        states = {row.serial_number: (row.state, row.profile) for row in pki.store.certificates()}
        assert states[good.serial_number] == ("issued", "g4-tls")
        assert states[bad.serial_number] == ("revoked", "g4-tls")
        assert states[4711] == ("revoked", None), "revoked, and its certificate is not here"
        assert pki.store.status("g4-tls-tsp", 4711)[0] == "revoked"
        for base in trial.bases:
            assert (target / "certs" / f"{base}.cer").read_bytes() == (
                trial.folder / "ca" / "certs" / f"{base}.cer"
            ).read_bytes()
    crl = crl_of(target, trial.issuer)
    assert number_of(crl) == 8
    assert [(r.serial_number, r.revocation_date_utc) for r in crl] == [(bad.serial_number, MADE), (4711, MADE)]


def test_keys_are_private_and_the_old_folder_stays_as_it_was(make: Make, tmp_path: Path) -> None:
    trial = make()
    trial.leaf("good")
    before = {path: path.read_bytes() for path in trial.folder.rglob("*") if path.is_file()}
    taken_over(trial, tmp_path / "pki")
    assert {path: path.read_bytes() for path in trial.folder.rglob("*") if path.is_file()} == before
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "pki").rglob("*.key")}
    assert modes == {f"{base}.key": 0o600 for base in (*trial.bases, "good")}
    assert stat.S_IMODE((tmp_path / "pki" / "end-entity").stat().st_mode) == 0o700


def test_issuing_and_revoking_go_on(make: Make, tmp_path: Path, rsa_keys: KeySource) -> None:
    trial = make()
    old = trial.leaf("old")
    taken_over(trial, tmp_path / "pki", base_url="http://pki.example.test")
    with open_folder(tmp_path / "pki", moment=MOMENT, keys=rsa_keys) as pki:
        new, _ = pki.issue("g4-tls", dns=["new.example.test"])
        issuer = trial.certificates[trial.issuer]
        new.load().verify_directly_issued_by(issuer)
        assert new.facts.crl_uris == (f"http://pki.example.test/crl/{trial.issuer}.crl",)
        pki.revoke(old.serial_number, "superseded", moment=MOMENT + timedelta(hours=1))
        pki.revoke(new.serial_number, "keyCompromise", moment=MOMENT + timedelta(hours=2))
        assert not audit_folder(pki).problems
    crl = crl_of(tmp_path / "pki", trial.issuer)
    assert number_of(crl) == 4, "1 by g4-trial, 2 on taking over, 3 and 4 by revoking"
    assert {entry.serial_number for entry in crl} == {old.serial_number, new.serial_number}


@pytest.mark.interop
def test_openssl_verifies_old_and_new_with_the_crls_after_taking_over(
    make: Make, tmp_path: Path, rsa_keys: KeySource
) -> None:
    openssl, trial, target = judge("openssl"), make(), tmp_path / "pki"
    old, bad = trial.leaf("old"), trial.leaf("bad")
    trial.write_crl(trial.issuer, 3, {bad.serial_number: x509.ReasonFlags.key_compromise})
    taken_over(trial, target)
    with open_folder(target, moment=MOMENT, keys=rsa_keys) as pki:
        new, _ = pki.issue("g4-tls", dns=["new.example.test"])
    from cryptography.hazmat.primitives.serialization import Encoding

    chain = b"".join(trial.certificates[base].public_bytes(Encoding.PEM) for base in trial.bases[1:])
    crls = b"".join(crl_of(target, base).public_bytes(Encoding.PEM) for base in trial.bases)
    (tmp_path / "chain.pem").write_bytes(chain)
    (tmp_path / "crl.pem").write_bytes(crls)

    def verdict(certificate: bytes) -> str:
        (tmp_path / "leaf.pem").write_bytes(certificate)
        command = [openssl, "verify", "-attime", str(int(MOMENT.timestamp())), "-crl_check_all"]
        command += ["-CAfile", "pki/trust.pem", "-untrusted", "chain.pem", "-CRLfile", "crl.pem", "leaf.pem"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert verdict(old.public_bytes(Encoding.PEM)) == verdict(new.pem) == "leaf.pem: OK\n"
    assert "certificate revoked" in verdict(bad.public_bytes(Encoding.PEM))


def test_a_number_in_the_log_counts_when_the_crl_is_gone(make: Make, tmp_path: Path) -> None:
    trial = make()
    trial.write_crl(trial.issuer, 12, {})
    (trial.folder / "ca" / "crl" / f"{trial.issuer}.crl").unlink()
    assert taken_over(trial, tmp_path / "pki").crl_numbers["g4-tls-tsp"] == 13
    with open_folder(tmp_path / "pki", moment=MOMENT) as pki:
        assert not audit_folder(pki).problems


def test_without_any_crl_the_first_one_is_number_one(make: Make, tmp_path: Path) -> None:
    trial = make()
    for path in (trial.folder / "ca" / "crl").iterdir():
        path.unlink()
    (trial.folder / "ca" / "events.txt").unlink()
    assert set(taken_over(trial, tmp_path / "pki").crl_numbers.values()) == {1}
    with open_folder(tmp_path / "pki", moment=MOMENT) as pki:
        assert not audit_folder(pki).problems


def test_what_is_wanted_on_the_next_crl_is_on_it(make: Make, tmp_path: Path) -> None:
    trial = make()
    published, wanted, hexadecimal, decimal = (trial.leaf(base).serial_number for base in "abcd")
    trial.write_crl(trial.issuer, 2, {published: x509.ReasonFlags.superseded})
    digits = f"{wanted:x}".zfill(40)
    colons = ":".join(digits[i : i + 2] for i in range(0, 40, 2))
    (trial.folder / "revocations" / f"{trial.issuer}.yaml").write_text(
        f"""---
revocations:
  - serialNumber: {published}
    reason: keyCompromise
  - serialNumber: '{colons}'
    date: 2026-11-05T12:00:00
    reason: caCompromise
  - serialNumber: 0x{hexadecimal:x}
    date: '2026-11-06T12:00:00+01:00'
  - serialNumber: {decimal}
"""
    )
    imported = taken_over(trial, tmp_path / "pki")
    assert imported.revoked == 4
    found = {
        entry.serial_number: (
            entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.name,
            entry.revocation_date_utc,
        )
        for entry in crl_of(tmp_path / "pki", trial.issuer)
    }
    assert found == {
        published: ("superseded", MADE),  # what was published stands
        wanted: ("ca_compromise", datetime(2026, 11, 5, 12, tzinfo=UTC)),
        hexadecimal: ("cessation_of_operation", datetime(2026, 11, 6, 11, tzinfo=UTC)),
        decimal: ("cessation_of_operation", MADE),
    }


def test_a_tsp_of_ones_own_keeps_its_name(make: Make, tmp_path: Path, rsa_keys: KeySource) -> None:
    trial = make(tsp="TRIAL Stichting Proef")
    taken_over(trial, tmp_path / "pki")
    with open_folder(tmp_path / "pki", moment=MOMENT, keys=rsa_keys) as pki:
        assert pki.pki["g4-tls-tsp"].spec.common_name == "TRIAL Stichting Proef - G4 PKIo Priv G-TLS SYS - 2025"
        issued, _ = pki.issue("g4-tls", dns=["a.example.test"])
        assert issued.facts.issuer.der == trial.certificates[trial.issuer].subject.public_bytes()
        assert issued.facts.crl_uris[0].endswith("/crl/TRIALStichtingProefG4PKIoPrivGTLSSYS2025.crl")
        assert not audit_folder(pki).problems


def test_encrypted_keys_need_their_passphrase(make: Make, tmp_path: Path) -> None:
    trial = make(passphrase=b"geheim")
    for passphrase in (None, b"verkeerd"):
        with pytest.raises(SecretError):
            taken_over(trial, tmp_path / "pki", passphrase=passphrase)
    assert not (tmp_path / "pki").exists()
    taken_over(trial, tmp_path / "pki", passphrase=b"geheim")
    with open_folder(tmp_path / "pki", moment=MOMENT) as pki:
        assert not audit_folder(pki).problems


def test_the_ca_folder_alone_will_do_and_chains_in_pem_as_well(make: Make, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    trial = make()
    leaf = trial.leaf("chain")
    pem = b"".join(c.public_bytes(Encoding.PEM) for c in (leaf, trial.certificates[trial.issuer]))
    certificates = trial.folder / "ca" / "certs"
    (certificates / "chain.pem").write_bytes(pem)
    (certificates / "chain.cer").unlink()
    assert import_hierarchy(trial.folder / "ca", tmp_path / "pki", moment=MOMENT).certificates == 1


def test_certificates_of_other_authorities_are_named_and_left_out(
    make: Make, tmp_path: Path, rsa_keys: KeySource
) -> None:
    from pkitools_test_pki.pki import build

    trial = make()
    g1 = build("g1-private", moment=MOMENT, keys=rsa_keys)
    (trial.folder / "ca" / "certs" / "Other.cer").write_bytes(g1["g1-private-root"].certificate.der)
    (trial.folder / "ca" / "certs" / "below.cer").write_bytes(g1.issue().der)
    assert taken_over(trial, tmp_path / "pki").left_out == ("Other", "below")


Damage = Callable[[G4TrialFolder], object]


def _write(part: str, base: int, content: bytes) -> Damage:
    suffix = {"certs": "cer", "private": "key", "crl": "crl"}[part]
    return lambda trial: (trial.folder / "ca" / part / f"{trial.bases[base]}.{suffix}").write_bytes(content)


def _remove(part: str, base: int) -> Damage:
    suffix = {"certs": "cer", "private": "key"}[part]
    return lambda trial: (trial.folder / "ca" / part / f"{trial.bases[base]}.{suffix}").unlink()


def _swap_keys(trial: G4TrialFolder) -> None:
    first, second = (trial.folder / "ca" / "private" / f"{base}.key" for base in trial.bases[:2])
    first.write_bytes(second.read_bytes())


def _foreign_crl(trial: G4TrialFolder) -> None:
    first, second = (trial.folder / "ca" / "crl" / f"{base}.crl" for base in trial.bases[:2])
    first.write_bytes(second.read_bytes())


def _alter_leaf(trial: G4TrialFolder) -> None:
    trial.leaf("altered")
    path = trial.folder / "ca" / "certs" / "altered.cer"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")


def _second_tsp(trial: G4TrialFolder) -> None:
    trial._authority("TRIAL Other - G4 PKIo Priv G-TLS SYS - 2026", "TRIAL Other", trial._leaf_key)


def _revocations(text: str) -> Damage:
    return lambda trial: (trial.folder / "revocations" / f"{trial.issuer}.yaml").write_text(text)


@pytest.mark.parametrize(
    ("damage", "kind", "words"),
    [
        (_write("certs", 0, b"no certificate"), InputError, None),
        (_write("private", 1, b"no key"), InputError, None),
        (_write("crl", 2, b"no crl"), InputError, None),
        (_remove("certs", 1), StateError, "above"),
        (_remove("private", 0), FileError, None),
        (_swap_keys, InputError, "does not belong"),
        (_foreign_crl, InputError, "not signed by the authority"),
        (_alter_leaf, InputError, "not signed by"),
        (_second_tsp, StateError, "both g4-tls-tsp"),
        (_revocations("- a\n"), InputError, "no list of revocations"),
        (_revocations("revocations:\n- serialNumber: x\n"), InputError, "no list of revocations: x"),
        (_revocations("revocations:\n- serialNumber: 5\n  date: soon\n"), InputError, "no list of revocations: 5"),
        (_revocations("revocations: &a\n- *a\n"), InputError, "anchor"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    make: Make, tmp_path: Path, damage: Damage, kind: type[PkitoolsError], words: str | None
) -> None:
    trial = make()
    damage(trial)
    with pytest.raises(kind, match=words):
        taken_over(trial, tmp_path / "pki")
    assert [path.name for path in tmp_path.iterdir()] == ["g4-trial"]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="ca/certs"):
        import_hierarchy(tmp_path, tmp_path / "pki", moment=MOMENT)
    for name in ("certs", "private"):
        (tmp_path / name).mkdir()
    with pytest.raises(StateError, match="G4 authority"):
        import_hierarchy(tmp_path, tmp_path / "pki", moment=MOMENT)


def test_a_folder_with_content_is_left_alone(make: Make, tmp_path: Path) -> None:
    trial = make()
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "mine").write_text("x")
    with pytest.raises(FileError):
        taken_over(trial, tmp_path / "pki")
    assert (tmp_path / "pki" / "mine").read_text() == "x"


# -- exporting ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ours(tmp_path: Path, rsa_keys: KeySource) -> Path:
    create_folder(tmp_path / "ours", ["g4-tls", "g1-private"], moment=MOMENT, keys=rsa_keys, base_url="http://p.test/x")
    return tmp_path / "ours"


def test_our_hierarchy_in_their_layout(ours: Path, tmp_path: Path, rsa_keys: KeySource) -> None:
    with open_folder(ours, moment=MOMENT, keys=rsa_keys) as pki:
        issued, _ = pki.issue("g4-tls", organization="Zorg; Welzijn", dns=["a.example.test"])
        gone, _ = pki.issue("g4-tls")
        pki.revoke(gone.serial_number, "affiliationChanged", moment=MOMENT)
        exported = export_hierarchy(pki, tmp_path / "theirs")
        names = [authority.file_name for authority in pki.pki if authority.spec.generation.name == "g4"]
    assert exported.authorities == ("g4-tls-root", "g4-tls-domain", "g4-tls-tsp")
    assert exported.left_out == ("g1-private-root", "g1-private-domain", "g1-private-tsp")
    assert exported.certificates == 2
    ca = tmp_path / "theirs" / "ca"
    assert {path.stem for path in (ca / "crl").iterdir()} == {*names}
    assert {path.stem for path in (ca / "private").iterdir()} == {*names}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (ca / "private").iterdir()} == {0o600}
    for path in (ca / "certs").glob("*.cer"):
        x509.load_der_x509_certificate(path.read_bytes())  # DER, as g4-trial loads it
    chain = next(path for path in (ca / "certs").glob("*.pem") if f"{issued.serial_number:x}" in path.name)
    assert chain.read_bytes() == issued.chain_pem
    config = yaml.safe_load((tmp_path / "theirs" / "config.yaml").read_text())
    assert config["caIssuersBaseUrl"] == "http://p.test/x/cert"
    assert config["cRLDistributionPointsBaseUrl"] == "http://p.test/x/crl"
    assert f"{config['caIssuersBaseUrl']}/{names[2]}.cer" in issued.facts.ca_issuers_uris
    (row,) = yaml.safe_load((tmp_path / "theirs" / "revocations" / f"{names[2]}.yaml").read_text())["revocations"]
    assert int(row["serialNumber"].replace(":", ""), 16) == gone.serial_number
    assert (datetime.fromisoformat(row["date"]), row["reason"]) == (MOMENT, "affiliationChanged")


def test_their_log_finds_whose_a_serial_number_is(ours: Path, tmp_path: Path, rsa_keys: KeySource) -> None:
    with open_folder(ours, moment=MOMENT, keys=rsa_keys) as pki:
        issued, _ = pki.issue("g4-tls")
        export_hierarchy(pki, tmp_path / "theirs")
    with (tmp_path / "theirs" / "ca" / "events.txt").open(encoding="utf-8") as log:
        rows = list(csv.reader(log, delimiter=";"))
    issuer = issued.load().issuer.rfc4514_string()
    (row,) = [r for r in rows if r[3] == "issued" and r[5] == issuer and r[7] == str(issued.serial_number)]
    assert row[4] == "TRIALMyTSPG4PKIoPrivGTLSSYS2025"
    assert (tmp_path / "theirs" / "ca" / "certs" / f"{row[8]}.cer").is_file()


def test_there_and_back_nothing_is_lost(ours: Path, tmp_path: Path, rsa_keys: KeySource) -> None:
    with open_folder(ours, moment=MOMENT, keys=rsa_keys) as pki:
        issued, _ = pki.issue("g4-tls")
        pki.revoke(issued.serial_number, "keyCompromise", moment=MOMENT)
        export_hierarchy(pki, tmp_path / "theirs")
        before = [row for row in pki.store.certificates() if row.authority.startswith("g4")]
    imported = import_hierarchy(tmp_path / "theirs", tmp_path / "back", moment=MOMENT)
    assert (imported.base_url, imported.elsewhere) == ("http://p.test/x", ())
    with open_folder(tmp_path / "back", moment=MOMENT) as back:
        after = list(back.store.certificates())
        assert sorted(after, key=lambda row: row.serial_number) == sorted(before, key=lambda row: row.serial_number)
        assert not audit_folder(back).problems
        assert number_of(crl_of(tmp_path / "back", "TRIALMyTSPG4PKIoPrivGTLSSYS2025")) == 3


def test_files_of_end_entities_keep_their_names(make: Make, tmp_path: Path) -> None:
    trial = make()
    trial.leaf("G4-Private-G-TLS-SYS")
    taken_over(trial, tmp_path / "pki")
    with open_folder(tmp_path / "pki", moment=MOMENT) as pki:
        export_hierarchy(pki, tmp_path / "theirs")
    for part in ("certs/G4-Private-G-TLS-SYS.cer", "private/G4-Private-G-TLS-SYS.key"):
        assert (tmp_path / "theirs" / "ca" / part).read_bytes() == (trial.folder / "ca" / part).read_bytes()


def test_without_g4_there_is_nothing_to_export(tmp_path: Path, rsa_keys: KeySource) -> None:
    create_folder(tmp_path / "g1", ["g1-private"], moment=MOMENT, keys=rsa_keys)
    with open_folder(tmp_path / "g1", moment=MOMENT) as pki, pytest.raises(StateError, match="no authority of G4"):
        export_hierarchy(pki, tmp_path / "theirs")
    assert not (tmp_path / "theirs").exists()
