"""Revocation as served, judged by OpenSSL, by GnuTLS and by our own client: they agree, also after a revocation."""

from __future__ import annotations

import ipaddress
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pkitools.fetching.fetcher import HttpFetcher
from pkitools.revocation import RevocationOptions, SourceKind, StatusKind, check_revocation
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.extensions import crl_distribution_points, extension
from pkitools_test_pki.folder import create_folder, open_folder
from pkitools_test_pki.issued import IssuedCertificate, pem
from pkitools_test_pki.keys import KeyPool, small_keys
from pkitools_test_pki.pki import PKI
from pkitools_test_pki.server import PkiServer
from tests.support.serving import get, real_time

pytestmark = [pytest.mark.interop, pytest.mark.slow]

PROFILES = ("g4-tls", "g1-server")  # RSASSA-PSS with CRLs only; PKCS#1 with OCSP


class World:
    """A served folder in which another process may issue and revoke."""

    def __init__(self, folder: Path, server: PkiServer, files: Path, keys: KeyPool) -> None:
        self.folder, self.server, self.files, self.keys = folder, server, files, keys
        self.trust = files / "trust.pem"
        self.trust.write_bytes((folder / "trust.pem").read_bytes())

    @property
    def pki(self) -> PKI:
        assert self.server.router is not None
        return self.server.router.served.pki

    def issue(self, profile: str) -> IssuedCertificate:
        with open_folder(self.folder, moment=real_time(), keys=self.keys) as other:
            return other.issue(profile, ocsp=True)[0]

    def revoke(self, leaf: IssuedCertificate) -> None:
        with open_folder(self.folder, moment=real_time(), keys=self.keys) as other:
            other.revoke(leaf.serial_number, "keyCompromise", moment=real_time())

    def file(self, name: str, content: bytes) -> str:
        path = self.files / name
        path.write_bytes(content)
        return str(path)

    def crls(self, leaf: IssuedCertificate) -> list[bytes]:
        """Fetch the CRL of every certificate of the path, as its own address says."""
        return [get(url).body for link in leaf.path for url in link.facts.crl_uris]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("served")
    keys = KeyPool(small_keys, limit=3)
    with PkiServer(clock=real_time, keys=keys) as server:
        shapes = ["g4-tls", "g1-private"]
        create_folder(folder / "pki", shapes, moment=real_time(), keys=keys, base_url=server.url)
        server.serve(folder / "pki")
        assert server.is_where_certificates_say
        yield World(folder / "pki", server, folder, keys)


def run(name: str, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    tool = shutil.which(name)
    if tool is None:
        pytest.skip(f"{name} is not installed")
    done = subprocess.run([tool, *arguments], input=stdin, capture_output=True, timeout=60, check=False)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    )


def authority(world: World, leaf: IssuedCertificate) -> Authority:
    assert leaf.issuer is not None
    return next(a for a in world.pki if a.certificate.der == leaf.issuer.der)


# -- CRLs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_openssl_verify_checks_every_crl(world: World, profile: str) -> None:
    leaf = world.issue(profile)

    def verify() -> subprocess.CompletedProcess[str]:
        crls = world.file("crls.pem", b"".join(pem("X509 CRL", crl) for crl in world.crls(leaf)))
        chain = world.file("chain.pem", b"".join(link.pem for link in leaf.intermediates))
        options = ["-crl_check_all", "-x509_strict", "-CAfile", str(world.trust), "-untrusted", chain, "-CRLfile", crls]
        return run("openssl", "verify", *options, world.file("leaf.pem", leaf.pem))

    assert verify().returncode == 0, verify().stderr
    world.revoke(leaf)
    refused = verify()
    assert refused.returncode != 0
    assert "certificate revoked" in refused.stdout + refused.stderr


@pytest.mark.parametrize("profile", PROFILES)
def test_openssl_reads_partitions_and_deltas(world: World, profile: str) -> None:
    leaf = world.issue(profile)
    issuer = authority(world, leaf)
    world.crls(leaf)
    world.revoke(leaf)
    ca = world.file("ca.pem", issuer.certificate.pem)
    part = issuer.partition_of(leaf.serial_number, 4)
    for kind, listed in (("delta", True), (str(part), True), (str((part + 1) % 4), False)):
        der = get(kind_of(issuer, kind)).body
        done = run("openssl", "crl", "-inform", "DER", "-noout", "-text", "-CAfile", ca, stdin=der)
        assert "verify OK" in done.stderr
        assert (f"{leaf.serial_number:X}" in done.stdout) is listed


@pytest.mark.parametrize("profile", PROFILES)
def test_openssl_refuses_by_an_old_complete_crl_and_the_delta(world: World, profile: str) -> None:
    issuer = authority(world, world.issue(profile))
    # OpenSSL looks at deltas for who names where they are
    freshest = extension("freshest_crl", crl_distribution_points([kind_of(issuer, "delta")]))
    with open_folder(world.folder, moment=real_time(), keys=world.keys) as other:
        leaf = other.pki.issue(profile, extensions=[freshest])
    base = get(issuer.crl_url).body
    ca = world.file("ca.pem", issuer.certificate.pem)

    def verify(*crls: bytes) -> str:
        lists = world.file("lists.pem", b"".join(pem("X509 CRL", crl) for crl in crls))
        options = ["-crl_check", "-use_deltas", "-extended_crl", "-partial_chain", "-CAfile", ca, "-CRLfile", lists]
        done = run("openssl", "verify", *options, world.file("leaf.pem", leaf.pem))
        return done.stdout + done.stderr

    assert "leaf.pem: OK" in verify(base, get(kind_of(issuer, "delta")).body)
    world.revoke(leaf)
    assert "leaf.pem: OK" in verify(base)
    assert "certificate revoked" in verify(base, get(kind_of(issuer, "delta")).body)


def kind_of(issuer: Authority, kind: str) -> str:
    return issuer.crl_url.removesuffix(".crl") + f"-{kind}.crl"


def test_openssl_finds_the_stale_crl_stale(world: World) -> None:
    leaf = world.issue("g4-tls")
    stale = get(kind_of(authority(world, leaf), "stale")).body
    crls = world.file("crls.pem", pem("X509 CRL", stale))
    ca = world.file("ca.pem", authority(world, leaf).certificate.pem)
    done = run(
        "openssl",
        "verify",
        "-crl_check",
        "-partial_chain",
        "-CAfile",
        ca,
        "-CRLfile",
        crls,
        world.file("leaf.pem", leaf.pem),
    )
    assert "CRL has expired" in done.stdout + done.stderr


def test_certtool_checks_the_crls(world: World) -> None:
    leaf = world.issue("g1-server")

    def verify() -> subprocess.CompletedProcess[str]:
        crls = world.file("crls.pem", b"".join(pem("X509 CRL", crl) for crl in world.crls(leaf)))
        bundle = world.file("bundle.pem", leaf.chain_pem)
        options = ["--verify", "--load-ca-certificate", str(world.trust), "--load-crl", crls, "--infile", bundle]
        return run("certtool", *options)

    good = verify()
    assert good.returncode == 0, good.stdout + good.stderr
    world.revoke(leaf)
    bad = verify()
    assert bad.returncode != 0
    assert "revoked" in (bad.stdout + bad.stderr).lower()


# -- OCSP --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("room", ["ocsp-issuer", "ocsp-delegated"])
@pytest.mark.parametrize("nonce", [["-nonce"], ["-no_nonce"]], ids=["nonce", "no-nonce"])
def test_openssl_ocsp(world: World, profile: str, room: str, nonce: Sequence[str]) -> None:
    leaf = world.issue(profile)
    issuer = authority(world, leaf)
    issuer_file = world.file("issuer.pem", issuer.certificate.pem)
    chain = world.file("chain.pem", b"".join(link.pem for link in leaf.intermediates))

    def ask(*options: str) -> str:
        url = issuer.ocsp_url.replace("/ocsp/", f"/{room}/")
        named = ["-issuer", issuer_file, "-cert", world.file("leaf.pem", leaf.pem), "-url", url]
        trust = ["-CAfile", str(world.trust), "-verify_other", chain]
        done = run("openssl", "ocsp", *options, *named, *trust, *nonce)
        assert done.returncode == 0, done.stderr
        said = done.stdout + done.stderr
        assert "Response verify OK" in said
        assert "WARNING" not in said  # of a nonce that does not come back
        return said

    assert "leaf.pem: good" in ask()
    assert "leaf.pem: good" in ask("-sha256")
    world.revoke(leaf)
    after = ask()
    assert "leaf.pem: revoked" in after
    assert "Reason: keyCompromise" in after


@pytest.mark.parametrize("room", ["ocsp-issuer", "ocsp-delegated"])
def test_gnutls_ocsptool(world: World, room: str) -> None:
    leaf = world.issue("g1-server")
    issuer = authority(world, leaf)

    def ask() -> str:
        url = issuer.ocsp_url.replace("/ocsp/", f"/{room}/")
        files = ["--load-cert", world.file("leaf.pem", leaf.pem), "--load-issuer"]
        done = run("ocsptool", f"--ask={url}", *files, world.file("issuer.pem", issuer.certificate.pem))
        return done.stdout + done.stderr

    good = ask()
    assert "Certificate Status: good" in good
    assert "Success" in good
    world.revoke(leaf)
    assert "Certificate Status: revoked" in ask()


# -- our own client ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("source", list(SourceKind))
def test_our_own_client_says_good_and_then_revoked(world: World, profile: str, source: SourceKind) -> None:
    leaf = world.issue(profile)
    loopback = (ipaddress.ip_network("127.0.0.1/32"),)
    fetcher = HttpFetcher(allow_net=loopback, allow_ports=frozenset({world.server.port}))
    options = RevocationOptions(end_entity_sources=(source,), authority_sources=(SourceKind.CRL,), moment_is_now=True)

    def ask() -> list[StatusKind]:
        path = [link.der for link in leaf.path]
        found = check_revocation(path, moment=real_time(), fetcher=fetcher, options=options)
        return [status.kind for status in found.statuses]

    good = StatusKind.GOOD
    assert ask() == [good, good, good]
    world.revoke(leaf)
    assert ask() == [StatusKind.REVOKED, good, good]
