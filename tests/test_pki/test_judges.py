"""openssl, GnuTLS and Java accept what is good and refuse what is not."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pkitools_test_pki.authority import Authority
from pkitools_test_pki.issued import IssuedCertificate, pem
from pkitools_test_pki.keys import KeySource, elliptic_keys, fresh_keys
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.shapes import shape_names, templates
from tests.support.judges import JAVA as SOON
from tests.support.judges import judge

pytestmark = [pytest.mark.interop, pytest.mark.slow]

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)  # the judges have a clock of their own


@pytest.fixture(scope="module")
def ec_pki() -> PKI:
    return build(*shape_names(), moment=NOW, keys=elliptic_keys)


@pytest.fixture(scope="module")
def real_pki(rsa_keys: KeySource) -> PKI:
    return build("g4-tls", "g1-private", moment=NOW, keys=rsa_keys)


def prepare(folder: Path, issued: IssuedCertificate, authorities: list[Authority]) -> None:
    (folder / "leaf.pem").write_bytes(issued.pem)
    (folder / "chain.pem").write_bytes(b"".join(link.pem for link in issued.intermediates))
    (folder / "root.pem").write_bytes(issued.root.pem)
    (folder / "crl.pem").write_bytes(b"".join(pem("X509 CRL", authority.crl()) for authority in authorities))


def path_of(pki: PKI, issued: IssuedCertificate) -> list[Authority]:
    return [a for a in pki if a.certificate in issued.path]


def openssl_verify(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [judge("openssl"), "verify", "-x509_strict", "-crl_check_all", "-CAfile", "root.pem"]
    command += ["-untrusted", "chain.pem", "-CRLfile", "crl.pem", *options, "leaf.pem"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("profile", sorted(templates()))
def test_openssl_accepts_every_profile_strictly_and_with_crls(tmp_path: Path, ec_pki: PKI, profile: str) -> None:
    issued = ec_pki.issue(profile)
    prepare(tmp_path, issued, path_of(ec_pki, issued))
    policy = templates()[profile].policies[-1]
    done = openssl_verify(tmp_path, "-policy", policy, "-explicit_policy")
    assert done.stdout == "leaf.pem: OK\n", done.stderr


@pytest.mark.parametrize(
    ("profile", "purpose"), [("g4-tls", "sslclient"), ("g4-tls", "sslserver"), ("g1-server", "sslclient")]
)
def test_openssl_accepts_real_signatures_for_their_purpose(
    tmp_path: Path, real_pki: PKI, profile: str, purpose: str
) -> None:
    issued = real_pki.issue(profile, dns=["koppeling.x.nl"])
    prepare(tmp_path, issued, path_of(real_pki, issued))
    done = openssl_verify(tmp_path, "-purpose", purpose, "-verify_hostname", "koppeling.x.nl")
    assert done.stdout == "leaf.pem: OK\n", done.stderr
    refused = openssl_verify(tmp_path, "-verify_hostname", "other.x.nl")
    assert "hostname mismatch" in refused.stderr


def test_openssl_refuses_what_is_revoked_anywhere_in_the_path(tmp_path: Path, rsa_keys: KeySource) -> None:
    pki = build("g4-tls", moment=NOW, keys=rsa_keys)
    issued = pki.issue()
    pki["g4-tls-tsp"].revoke(issued, "keyCompromise")
    prepare(tmp_path, issued, list(pki))
    assert "error 23 at 0 depth lookup: certificate revoked" in openssl_verify(tmp_path).stderr
    other = pki.issue()
    pki["g4-tls-domain"].revoke(pki["g4-tls-tsp"].certificate, "caCompromise")
    prepare(tmp_path, other, list(pki))
    assert "error 23 at 1 depth lookup: certificate revoked" in openssl_verify(tmp_path).stderr


@pytest.mark.parametrize(
    ("deviation", "message"),
    [
        ({"not_after": NOW}, "certificate has expired"),
        ({"not_before": NOW + timedelta(days=2)}, "certificate is not yet valid"),
        ({"signing_key": fresh_keys("ec:P-384")}, "certificate signature failure"),
        ({"extended_key_usage": ["serverAuth"]}, "unsuitable certificate purpose"),
        ({"serial_number": -1}, ""),
    ],
)
def test_openssl_refuses_what_deviates(tmp_path: Path, ec_pki: PKI, deviation: dict[str, object], message: str) -> None:
    issued = ec_pki.issue("g4-tls", **deviation)  # type: ignore[arg-type]  # one deviation each
    prepare(tmp_path, issued, path_of(ec_pki, issued))
    done = openssl_verify(tmp_path, "-purpose", "sslclient")
    if message:
        assert done.returncode == 2
        assert message in done.stderr


def test_openssl_accepts_delta_crls(tmp_path: Path, ec_pki: PKI) -> None:
    tsp = ec_pki["g4-tls-tsp"]
    issued = ec_pki.issue("g4-tls")
    authorities = path_of(ec_pki, issued)
    prepare(tmp_path, issued, authorities)
    tsp.revoke(issued, "superseded")
    delta = pem("X509 CRL", tsp.delta_crl())
    assert openssl_verify(tmp_path).stdout == "leaf.pem: OK\n"
    (tmp_path / "crl.pem").write_bytes((tmp_path / "crl.pem").read_bytes() + delta)
    # openssl looks for a delta only where the certificate or the complete CRL says there is one
    fresh = tsp.crl
    from pkitools_test_pki import extensions

    freshest = extensions.extension("freshest_crl", extensions.crl_distribution_points(["http://127.0.0.1/d.crl"]))
    other = ec_pki.issue("g4-tls", extensions=[freshest])
    base = pem("X509 CRL", fresh())
    tsp.revoke(other, "superseded")
    others = [pem("X509 CRL", a.crl()) for a in authorities if a is not tsp]
    prepare(tmp_path, other, [])
    (tmp_path / "crl.pem").write_bytes(b"".join([*others, base]))
    assert openssl_verify(tmp_path, "-extended_crl").stdout == "leaf.pem: OK\n"
    (tmp_path / "crl.pem").write_bytes(b"".join([*others, base, pem("X509 CRL", tsp.delta_crl())]))
    assert "certificate revoked" in openssl_verify(tmp_path, "-extended_crl", "-use_deltas").stderr


def test_openssl_takes_the_partition_a_certificate_names(tmp_path: Path, ec_pki: PKI) -> None:
    tsp = ec_pki["g4-tls-tsp"]
    serial = 2**158 + 5
    part = tsp.partition_of(serial, 3)
    issued = ec_pki.issue("g4-tls", serial_number=serial, crl_urls=[tsp.partition_url(part)])
    others = [pem("X509 CRL", a.crl()) for a in path_of(ec_pki, issued) if a is not tsp]
    prepare(tmp_path, issued, [])
    wrong = pem("X509 CRL", tsp.partitioned_crl((part + 1) % 3, 3))
    (tmp_path / "crl.pem").write_bytes(b"".join([*others, wrong]))
    assert "different CRL scope" in openssl_verify(tmp_path, "-extended_crl").stderr
    right = pem("X509 CRL", tsp.partitioned_crl(part, 3))
    (tmp_path / "crl.pem").write_bytes(b"".join([*others, right]))
    assert openssl_verify(tmp_path, "-extended_crl").stdout == "leaf.pem: OK\n"


def certtool_verify(folder: Path) -> str:
    command = [judge("certtool"), "--verify", "--load-ca-certificate", "root.pem", "--load-crl", "crl.pem"]
    (folder / "path.pem").write_bytes((folder / "leaf.pem").read_bytes() + (folder / "chain.pem").read_bytes())
    with (folder / "path.pem").open("rb") as path:
        return subprocess.run(command, cwd=folder, stdin=path, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("profile", ["g4-tls", "g1-server"])
def test_gnutls_trusts_the_good_and_not_the_revoked(tmp_path: Path, rsa_keys: KeySource, profile: str) -> None:
    pki = build("g4-tls", "g1-private", moment=NOW, keys=rsa_keys)
    issued = pki.issue(profile)
    prepare(tmp_path, issued, path_of(pki, issued))
    assert "Chain verification output: Verified. The certificate is trusted." in certtool_verify(tmp_path)
    pki.issuer_of(profile).revoke(issued, "keyCompromise")
    prepare(tmp_path, issued, path_of(pki, issued))
    assert "revoked" in certtool_verify(tmp_path)


JAVA = """
import java.io.*; import java.nio.file.*; import java.security.cert.*; import java.util.*;
public class Check {
    public static void main(String[] a) throws Exception {
        CertificateFactory f = CertificateFactory.getInstance("X.509");
        X509Certificate root = (X509Certificate) f.generateCertificate(new FileInputStream("root.pem"));
        Collection<? extends Certificate> all = f.generateCertificates(new FileInputStream("path.pem"));
        List<Object> store = new ArrayList<>(all);
        store.addAll(f.generateCRLs(new FileInputStream("crl.pem")));
        PKIXParameters p = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        p.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(store)));
        p.setInitialPolicies(Set.of(a[0]));
        p.setExplicitPolicyRequired(true);
        p.setRevocationEnabled(true);
        try {
            CertPathValidator.getInstance("PKIX").validate(f.generateCertPath(new ArrayList<>(all)), p);
            System.out.println("VALID");
        } catch (CertPathValidatorException e) {
            System.out.println(e.getReason());
        }
    }
}
"""


@pytest.mark.parametrize("profile", ["g4-tls", "g1-server"])
def test_java_agrees(tmp_path: Path, rsa_keys: KeySource, profile: str) -> None:
    java = judge("java")
    judge("javac")
    (tmp_path / "Check.java").write_text(JAVA)

    def verdict() -> str:
        (tmp_path / "path.pem").write_bytes(
            (tmp_path / "leaf.pem").read_bytes() + (tmp_path / "chain.pem").read_bytes()
        )
        policy = templates()[profile].policies[-1]
        # Java takes RSASSA-PSS certificates since 11; no network, no system trust store
        command = [java, *SOON, "-Dcom.sun.security.enableCRLDP=false", "Check.java", policy]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    pki = build("g4-tls", "g1-private", moment=NOW, keys=rsa_keys)
    issued = pki.issue(profile)
    prepare(tmp_path, issued, path_of(pki, issued))
    assert verdict() == "VALID"
    pki.issuer_of(profile).revoke(issued, "keyCompromise")
    prepare(tmp_path, issued, path_of(pki, issued))
    assert verdict() == "REVOKED"
