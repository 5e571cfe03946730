"""What we export is read by those it is for: nginx, keytool, openssl."""

from __future__ import annotations

import base64
import ssl
import subprocess
import urllib.request
from pathlib import Path

import pytest

from pkitools.containers import read_source
from pkitools_test_pki import exports
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.issued import IssuedCertificate, pem
from pkitools_test_pki.keys import KeyPool, small_keys
from pkitools_test_pki.pki import PKI, build
from tests.interop.conftest import NOW
from tests.support.effort import PATIENCE
from tests.support.judges import KEYTOOL, KEYTOOL_DERIVES, judge
from tests.support.nginx import nginx

yaml = pytest.importorskip("yaml", reason="the extra pkitools-nl[g4-trial] is not installed")
pytestmark = [pytest.mark.interop, pytest.mark.slow]

HOST = "localhost"  # urllib connects to the name it verifies
SECRET = b"correct horse"


@pytest.fixture(scope="module")
def server(laboratory: Laboratory) -> IssuedCertificate:
    return laboratory.leaf(dns=[HOST])


@pytest.fixture(scope="module")
def g1() -> PKI:
    return build("g1-private", moment=NOW, keys=KeyPool(small_keys, limit=1))


def nginx_pair(server: IssuedCertificate) -> tuple[bytes, bytes, bytes]:
    files = exports.nginx_files(server)
    return files.certificate, files.key, files.client_authorities


def kubernetes(server: IssuedCertificate) -> tuple[bytes, bytes, bytes]:
    manifest = yaml.safe_load(exports.kubernetes_secret(server, "koppeling-tls", namespace="preprod"))
    assert (manifest["kind"], manifest["type"]) == ("Secret", "kubernetes.io/tls")
    assert manifest["metadata"] == {"name": "koppeling-tls", "namespace": "preprod"}
    chain, key, root = (base64.b64decode(manifest["data"][name]) for name in ("tls.crt", "tls.key", "ca.crt"))
    return chain, key, root


@pytest.mark.parametrize("export", [nginx_pair, kubernetes])
def test_nginx_serves_with_what_is_exported(
    laboratory: Laboratory, server: IssuedCertificate, sound: IssuedCertificate, tmp_path: Path, export: object
) -> None:
    assert callable(export)
    certificate, key, authorities = export(server)
    crls = b"".join(pem("X509 CRL", der) for der in laboratory.crls(sound))
    (tmp_path / "client.pem").write_bytes(sound.chain_pem + sound.key_pem)
    context = ssl.create_default_context(cadata=sound.root.pem.decode())
    context.load_cert_chain(tmp_path / "client.pem")
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({}))
    with (
        nginx(tmp_path, certificate=certificate, key=key, client_authorities=authorities, crls={HOST: crls}) as running,
        opener.open(f"https://{HOST}:{running.port}/", timeout=PATIENCE) as answer,
    ):
        assert answer.read().startswith(b"SUCCESS TLSv1.3")


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_openssl_reads_the_java_trust_store(laboratory: Laboratory, g1: PKI, tmp_path: Path) -> None:
    roots = [laboratory.root.certificate, g1["g1-private-root"].certificate]
    (tmp_path / "trust.p12").write_bytes(exports.java_trust_store(roots, SECRET))
    shown = run(
        tmp_path, judge("openssl"), "pkcs12", "-in", "trust.p12", "-nokeys", "-passin", f"pass:{SECRET.decode()}"
    )
    assert shown.count("BEGIN CERTIFICATE") == 2
    assert [*read_source(shown.encode(), "x").certificates] == [root.der for root in roots]


def test_keytool_makes_a_jks_of_the_trust_store_that_we_read(laboratory: Laboratory, g1: PKI, tmp_path: Path) -> None:
    keytool = judge("keytool")
    roots = [laboratory.root.certificate, g1["g1-private-root"].certificate]
    (tmp_path / "trust.p12").write_bytes(exports.java_trust_store(roots, SECRET))
    words = SECRET.decode()
    command = [keytool, *KEYTOOL_DERIVES, "-importkeystore", "-noprompt"]
    command += ["-srckeystore", "trust.p12", "-srcstorepass", words]
    run(tmp_path, *command, "-destkeystore", "trust.jks", "-deststoretype", "JKS", "-deststorepass", words)
    read = read_source((tmp_path / "trust.jks").read_bytes(), "trust.jks", passphrase=SECRET)
    assert {*read.certificates} == {root.der for root in roots}


def test_keytool_reads_a_legacy_pkcs12(sound: IssuedCertificate, tmp_path: Path) -> None:
    keytool = judge("keytool")
    (tmp_path / "x.p12").write_bytes(exports.legacy_pkcs12_bundle(sound, SECRET, name="koppeling"))
    shown = run(tmp_path, keytool, *KEYTOOL, "-list", "-v", "-keystore", "x.p12", "-storepass", SECRET.decode())
    assert "PrivateKeyEntry" in shown
    assert "chain length: 3" in shown


def test_keytool_prints_certificates_of_both_generations(sound: IssuedCertificate, g1: PKI, tmp_path: Path) -> None:
    keytool = judge("keytool")
    both = (sound, g1.issue())
    (tmp_path / "both.pem").write_bytes(b"".join(issued.pem for issued in both))
    shown = run(tmp_path, keytool, *KEYTOOL, "-printcert", "-file", "both.pem")
    assert "Signature algorithm name: RSASSA-PSS" in shown
    assert "Signature algorithm name: SHA256withRSA" in shown
    for issued in both:
        assert f"Serial number: {issued.serial_number:x}" in shown
        assert "SERIALNUMBER=00000099999999910000" in shown or "OID.2.5.4.5=00000099999999910000" in shown
