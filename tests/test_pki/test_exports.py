from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs7 as read_pkcs7
from cryptography.hazmat.primitives.serialization import pkcs12 as read_pkcs12
from cryptography.x509 import Certificate

from pkitools.errors import InputError, InvalidValueError, SecretError
from pkitools_test_pki import exports
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import private_pem
from pkitools_test_pki.pki import PKI
from tests.support.judges import KEYTOOL_DERIVES, judge

pytestmark = pytest.mark.slow

SECRET = b"correct horse"


@pytest.fixture(scope="module")
def issued(rsa_pki: PKI) -> IssuedCertificate:
    return rsa_pki.issue("g4-tls")


def sorted_by_der(links: tuple[IssuedCertificate, ...]) -> list[Certificate]:
    return [link.load() for link in sorted(links, key=lambda link: link.der)]


def test_pkcs7_holds_the_chain_and_no_key(issued: IssuedCertificate) -> None:
    data = exports.pkcs7(issued)
    assert read_pkcs7.load_der_pkcs7_certificates(data) == sorted_by_der(issued.path[:-1])
    assert len(read_pkcs7.load_der_pkcs7_certificates(exports.pkcs7(issued, root=True))) == 4


def test_pkcs7_takes_a_certificate_that_nothing_can_load(issued: IssuedCertificate) -> None:
    broken = IssuedCertificate(b"\x30\x03\x02\x01\x00", 1, "x", issued.issuer)
    assert broken.der in exports.pkcs7(broken)
    with pytest.raises(InputError, match="cannot be in a keystore"):
        exports.java_trust_store([broken], SECRET)


@pytest.mark.parametrize("legacy", [False, True])
def test_pkcs12_reads_back(issued: IssuedCertificate, legacy: bool) -> None:
    data = exports.legacy_pkcs12_bundle(issued, SECRET) if legacy else exports.pkcs12_bundle(issued, SECRET, rounds=100)
    read = read_pkcs12.load_pkcs12(data, SECRET)
    assert read.cert is not None
    assert read.cert.certificate == issued.load()
    assert [c.certificate for c in read.additional_certs] == [link.load() for link in issued.intermediates]
    assert private_pem(read.key) == issued.key_pem  # type: ignore[arg-type]  # the key that went in


@pytest.mark.interop
@pytest.mark.parametrize("legacy", [False, True])
def test_openssl_reads_pkcs12(issued: IssuedCertificate, tmp_path: Path, legacy: bool) -> None:
    openssl = judge("openssl")
    data = exports.legacy_pkcs12_bundle(issued, SECRET) if legacy else exports.pkcs12_bundle(issued, SECRET)
    (tmp_path / "x.p12").write_bytes(data)
    command = [openssl, "pkcs12", "-in", "x.p12", "-info", "-nodes", "-passin", f"pass:{SECRET.decode()}"]
    done = subprocess.run(
        [*command, *(["-legacy"] if legacy else [])], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("BEGIN CERTIFICATE") == 3
    assert done.stdout.count("BEGIN PRIVATE KEY") == 1
    if legacy:
        assert "pbeWithSHA1And3-KeyTripleDES-CBC" in done.stderr
    else:
        assert "AES-256-CBC, Iteration 600000, PRF hmacWithSHA256" in done.stderr


@pytest.mark.interop
def test_java_finds_the_roots_in_the_trust_store(rsa_pki: PKI, tmp_path: Path) -> None:
    keytool = judge("keytool")
    roots = [root.certificate for root in rsa_pki.roots]
    (tmp_path / "trust.p12").write_bytes(exports.java_trust_store(roots, SECRET))
    command = [keytool, *KEYTOOL_DERIVES, "-list", "-keystore", "trust.p12", "-storepass", SECRET.decode()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.count("trustedCertEntry") == len(roots)


@pytest.mark.interop
def test_java_reads_pkcs12(issued: IssuedCertificate, tmp_path: Path) -> None:
    keytool = judge("keytool")
    (tmp_path / "x.p12").write_bytes(exports.pkcs12_bundle(issued, SECRET, name="koppeling"))
    command = [
        keytool,
        *KEYTOOL_DERIVES,
        "-list",
        "-v",
        "-keystore",
        "x.p12",
        "-storepass",
        SECRET.decode(),
        "-alias",
        "koppeling",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "PrivateKeyEntry" in done.stdout
    assert "chain length: 3" in done.stdout


def test_a_kubernetes_secret_holds_chain_key_and_root(issued: IssuedCertificate) -> None:
    text = exports.kubernetes_secret(issued, "koppeling-tls", namespace="preprod").decode()
    lines = dict(line.strip().split(": ", 1) for line in text.splitlines() if ": " in line)
    assert (lines["kind"], lines["type"]) == ("Secret", "kubernetes.io/tls")
    assert (lines["name"], lines["namespace"]) == ('"koppeling-tls"', '"preprod"')
    assert base64.b64decode(lines["tls.crt"]) == issued.chain_pem
    assert base64.b64decode(lines["tls.key"]) == issued.key_pem
    assert base64.b64decode(lines["ca.crt"]) == issued.root.pem


@pytest.mark.parametrize("name", ["", "A", "a b", "a\nb: c", "-a", "x" * 254])
def test_a_name_kubernetes_refuses_is_refused(issued: IssuedCertificate, name: str) -> None:
    with pytest.raises(InvalidValueError, match="Kubernetes"):
        exports.kubernetes_secret(issued, name)
    with pytest.raises(InvalidValueError, match="Kubernetes"):
        exports.kubernetes_secret(issued, "good", namespace=name)


def test_nginx_files_hold_the_path_from_root_down(issued: IssuedCertificate) -> None:
    files = exports.nginx_files(issued)
    assert files.certificate == issued.chain_pem
    assert files.client_authorities.startswith(issued.root.pem)
    assert files.client_authorities.count(b"BEGIN") == 3
    assert "PRIVATE" not in repr(files)


def test_a_secret_needs_a_passphrase_and_a_key(issued: IssuedCertificate) -> None:
    for export in (exports.pkcs12_bundle, exports.legacy_pkcs12_bundle):
        with pytest.raises(SecretError):
            export(issued, b"")
    with pytest.raises(SecretError):
        exports.java_trust_store([issued.root], b"")
    without = IssuedCertificate(issued.der, issued.serial_number, issued.profile, issued.issuer)
    for use in (
        lambda: exports.pkcs12_bundle(without, SECRET),
        lambda: exports.nginx_files(without),
        lambda: without.key_pem,
    ):
        with pytest.raises(InvalidValueError, match="not in the test PKI"):
            use()


def test_a_public_export_never_holds_the_key(issued: IssuedCertificate) -> None:
    body = base64.b64decode(b"".join(issued.key_pem.splitlines()[1:-1]))
    secret = body[600:660]  # of the private exponent; the modulus comes before it
    for public in (
        issued.pem,
        issued.chain_pem,
        exports.pkcs7(issued),
        exports.java_trust_store([issued.root], SECRET),
    ):
        assert secret not in public
        assert base64.b64encode(secret) not in public
    assert "PRIVATE" not in repr(issued)
    assert "key=" not in repr(issued)
