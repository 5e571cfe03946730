"""GnuTLS and Java judge the whole catalogue, and the deviations of G1 that matter most."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import BrokenCertificate
from pkitools_test_pki.issued import IssuedCertificate, pem
from pkitools_test_pki.keys import KeyPool, small_keys
from pkitools_test_pki.pki import PKI, build
from tests.interop.conftest import NOW, tolerated
from tests.support.judges import JAVA, judge

pytestmark = [pytest.mark.interop, pytest.mark.slow]

CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"
G1 = "g1."
GOOD = {"good", "g1.good"}
JAVA_REASONS = {
    "expired": "EXPIRED",
    "not-yet-valid": "NOT_YET_VALID",
    "revoked": "REVOKED",
    "issuer-revoked": "REVOKED",
    "unknown-root": "NO_TRUST_ANCHOR",
    "look-alike-root": "NO_TRUST_ANCHOR",
    "no-intermediates": "NO_TRUST_ANCHOR",
    "issuer-without-basic-constraints": "NOT_CA_CERT",
    "issuer-without-cert-sign": "INVALID_KEY_USAGE",
    "path-length-exceeded": "PATH_TOO_LONG",
    "altered-after-signing": "INVALID_SIGNATURE",
    "crl-stale": "UNDETERMINED_REVOCATION_STATUS",
    "unknown-critical-extension": "UNRECOGNIZED_CRIT_EXT",
    "policy-not-of-issuer": "INVALID_POLICY",
    "g1.expired": "EXPIRED",
    "g1.not-yet-valid": "NOT_YET_VALID",
    "g1.revoked": "REVOKED",
    "g1.other-root": "NO_TRUST_ANCHOR",
    "g1.no-intermediates": "NO_TRUST_ANCHOR",
    "g1.issuer-without-basic-constraints": "NOT_CA_CERT",
    "g1.altered": "INVALID_SIGNATURE",
}


def put(folder: Path, root: bytes, path: bytes, crls: bytes) -> None:
    folder.mkdir()
    for name, content in (("root.pem", root), ("path.pem", path), ("crl.pem", crls)):
        (folder / name).write_bytes(content)


@pytest.fixture(scope="session")
def cases(
    laboratory: Laboratory,
    broken: Mapping[str, BrokenCertificate],
    sound: IssuedCertificate,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("cases")
    for name, found in broken.items():
        put(folder / name, found.trust_pem, found.chain_pem, found.crls_pem)
    crls = b"".join(pem("X509 CRL", der) for der in laboratory.crls(sound))
    put(folder / "good", sound.root.pem, sound.chain_pem, crls)
    for name, (root, path, lists) in g1_cases().items():
        put(folder / f"{G1}{name}", root, path, lists)
    return folder


def g1_cases() -> dict[str, tuple[bytes, bytes, bytes]]:
    """Private Root G1 signs with PKCS #1: name → trust, path, CRLs."""
    pool = KeyPool(small_keys)
    pki, other = (build("g1-private", moment=NOW, keys=pool) for _ in range(2))
    tsp, root = pki["g1-private-tsp"], pki["g1-private-root"].certificate
    key = pool("rsa:3072")
    good, revoked = (tsp.issue(key=key) for _ in range(2))
    tsp.revoke(revoked, "keyCompromise")
    no_authority = pki["g1-private-domain"].create_subordinate(tsp.spec, key=tsp.key, without=["basic_constraints"])
    body = bytearray(good.der)
    body[-1] ^= 1
    altered = pem("CERTIFICATE", bytes(body)) + b"".join(link.pem for link in good.intermediates)
    leaves = {
        "good": good,
        "revoked": revoked,
        "expired": tsp.issue(key=key, not_before=NOW - timedelta(days=9), not_after=NOW - timedelta(days=1)),
        "not-yet-valid": tsp.issue(key=key, not_before=NOW + timedelta(days=9), not_after=NOW + timedelta(days=99)),
        "no-client-auth": tsp.issue(key=key, extended_key_usage=["serverAuth"]),
        "issuer-without-basic-constraints": no_authority.issue(key=key),
        "other-root": other.issue(key=key),
    }
    paths = {name: leaf.chain_pem for name, leaf in leaves.items()}
    paths |= {"no-intermediates": good.pem, "altered": altered}
    lists = crls_of(pki)
    return {name: (root.pem, path, lists) for name, path in paths.items()}


def crls_of(pki: PKI) -> bytes:
    return b"".join(pem("X509 CRL", crl) for crl in pki.crls().values())


@pytest.fixture(scope="session")
def java(cases: Path) -> dict[str, str]:
    """What Java says of every case: one virtual machine for all of them."""
    program = judge("java")
    judge("javac")  # a source is run only where the compiler is
    source = Path(__file__).with_name("Judge.java")
    command = [program, *JAVA, "-Dcom.sun.security.enableCRLDP=false", str(source), str(cases)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(line.split(" ", 1) for line in done.stdout.splitlines())


@pytest.fixture(scope="session")
def gnutls(cases: Path) -> dict[str, str]:
    """What GnuTLS says of every case."""
    program = judge("certtool")
    command = [program, "--verify", "--load-ca-certificate", "root.pem", "--load-crl", "crl.pem"]
    command += ["--verify-purpose", CLIENT_AUTH]
    verdicts = {}
    for folder in cases.iterdir():
        with (folder / "path.pem").open("rb") as path:
            done = subprocess.run(command, cwd=folder, stdin=path, capture_output=True, check=False)
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        verdict = next((line for line in lines if "Chain verification output" in line), "not loaded")
        verdicts[folder.name] = "VALID" if done.returncode == 0 and "is trusted" in verdict else verdict
    return verdicts


@pytest.mark.parametrize("name", ["java", "gnutls"])
def test_the_good_are_accepted_and_the_broken_refused_or_listed(name: str, request: pytest.FixtureRequest) -> None:
    verdicts: dict[str, str] = request.getfixturevalue(name)
    accepted = {case for case, verdict in verdicts.items() if verdict == "VALID"}
    assert accepted == GOOD | tolerated(name)


def test_java_names_the_reason(java: dict[str, str]) -> None:
    assert {name: java[name] for name in JAVA_REASONS} == JAVA_REASONS


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("expired", "expired"),
        ("not-yet-valid", "not yet valid"),
        ("revoked", "is revoked"),
        ("look-alike-root", "issuer is unknown"),
        ("no-client-auth", "intended purpose"),
        ("issuer-without-basic-constraints", "not a CA"),
        ("path-length-exceeded", "signer's constraints"),
        ("sha1", "insecure algorithm"),
        ("g1.expired", "expired"),
        ("g1.revoked", "is revoked"),
        ("g1.other-root", "issuer is unknown"),
        ("g1.no-client-auth", "intended purpose"),
        ("g1.issuer-without-basic-constraints", "not a CA"),
        ("g1.altered", "signature in the certificate is invalid"),
    ],
)
def test_gnutls_names_the_reason(gnutls: dict[str, str], name: str, words: str) -> None:
    assert words in gnutls[name]
