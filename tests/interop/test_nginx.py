"""nginx with mutual TLS: who has a good certificate comes in, who has a broken one does not."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import BrokenCertificate, Layer
from pkitools_test_pki.defects.registry import defects
from pkitools_test_pki.issued import IssuedCertificate, pem
from tests.interop.conftest import tolerated
from tests.support.effort import PATIENCE
from tests.support.judges import judge
from tests.support.nginx import nginx

pytestmark = [pytest.mark.interop, pytest.mark.slow]

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
CLOSED = "CLOSED"
NO_CRLS = b""
REASONS = {
    "expired": "certificate has expired",
    "not-yet-valid": "certificate is not yet valid",
    "revoked": "certificate revoked",
    "issuer-revoked": "certificate revoked",
    "unknown-root": "unable to get certificate CRL",
    "look-alike-root": "self-signed certificate in certificate chain",
    "no-intermediates": "unable to verify the first certificate",
    "no-client-auth": "unsuitable certificate purpose",
    "only-code-signing": "unsuitable certificate purpose",
    "issuer-is-no-authority": "unsuitable certificate purpose",
    "issuer-without-cert-sign": "key usage does not include certificate signing",
    "path-length-exceeded": "path length constraint exceeded",
    "name-constraints-violated": "permitted subtree violation",
    "altered-after-signing": "certificate signature failure",
    "sha1": "CA signature digest algorithm too weak",
    "rsa-1024": "EE certificate key too weak",
    "crl-stale": "CRL has expired",
}
TRIED_BY_ALL = (
    *("expired", "not-yet-valid", "revoked", "unknown-root", "look-alike-root", "no-intermediates", "no-client-auth"),
    *("issuer-is-no-authority", "path-length-exceeded"),
)


class House:
    """nginx with a virtual host for each set of CRLs, and the clients that ring."""

    def __init__(self, folder: Path, port: int, hosts: dict[bytes, str], root: bytes) -> None:
        self.folder, self.port, self._hosts = folder, port, hosts
        (folder / "root.pem").write_bytes(root)

    def offer(self, chain: bytes, key: bytes | None, crls: bytes) -> str:
        """Put down what the next client offers; return the host whose CRLs judge it."""
        (self.folder / "chain.pem").write_bytes(chain)
        (self.folder / "key.pem").write_bytes(key or b"")
        return self._hosts[crls]


@pytest.fixture(scope="session")
def house(
    laboratory: Laboratory,
    broken: Mapping[str, BrokenCertificate],
    sound: IssuedCertificate,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    judge("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    hosts: dict[bytes, str] = {}
    for crls in (crls_of(laboratory, sound), NO_CRLS, *(found.crls_pem for found in broken.values())):
        hosts.setdefault(crls, f"crl{len(hosts)}.nginx.test")
    server = laboratory.leaf(dns=list(hosts.values()))
    root = laboratory.root.certificate.pem
    lists = {host: crls for crls, host in hosts.items()}
    with nginx(
        folder, certificate=server.chain_pem, key=server.key_pem, client_authorities=root, crls=lists
    ) as running:
        yield House(folder, running.port, hosts, root)


def crls_of(laboratory: Laboratory, issued: IssuedCertificate) -> bytes:
    return b"".join(pem("X509 CRL", der) for der in laboratory.crls(issued))


# -- the clients: each returns what nginx answered ---------------------------------------------------------------------


def python(house: House, host: str, version: str) -> str:
    context = ssl.create_default_context(cafile=str(house.folder / "root.pem"))
    context.minimum_version = context.maximum_version = VERSIONS[version]
    context.set_ciphers("DEFAULT:@SECLEVEL=0")  # the client offers whatever it has; the server is to refuse it
    context.load_cert_chain(house.folder / "chain.pem", house.folder / "key.pem")
    try:
        with socket.create_connection(("127.0.0.1", house.port), timeout=PATIENCE) as bare:
            bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer waits 40 ms
            with context.wrap_socket(bare, server_hostname=host) as connection:
                connection.sendall(f"GET / HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
                return b"".join(iter(lambda: connection.recv(4096), b"")).partition(b"\r\n\r\n")[2].decode()
    except (ssl.SSLEOFError, ConnectionError):
        return CLOSED


def curl(house: House, host: str, version: str) -> str:
    command = [judge("curl"), "--silent", "--show-error", "--max-time", str(PATIENCE)]
    command += [f"--tlsv{version}", "--tls-max", version]
    command += ["--cacert", "root.pem", "--cert", "chain.pem", "--key", "key.pem", "--noproxy", "*"]
    command += ["--connect-to", f"::127.0.0.1:{house.port}", f"https://{host}/"]
    return subprocess.run(command, cwd=house.folder, capture_output=True, text=True, check=True).stdout


def openssl(house: House, host: str, version: str) -> str:
    command = [judge("openssl"), "s_client", "-quiet", "-connect", f"127.0.0.1:{house.port}", "-servername", host]
    command += ["-CAfile", "root.pem", "-verify_return_error", "-verify_hostname", host]
    command += ["-cert", "chain.pem", "-cert_chain", "chain.pem", "-key", "key.pem", f"-tls{version.replace('.', '_')}"]
    request = f"GET / HTTP/1.0\r\nHost: {host}\r\n\r\n"
    done = subprocess.run(
        command, cwd=house.folder, input=request, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    return done.stdout.partition("\n\n")[2]


CLIENTS: list[Callable[[House, str, str], str]] = [python, curl, openssl]


# -- the tests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("client", CLIENTS)
def test_the_good_certificate_connects(
    house: House,
    laboratory: Laboratory,
    sound: IssuedCertificate,
    client: Callable[[House, str, str], str],
    version: str,
) -> None:
    host = house.offer(sound.chain_pem, sound.key_pem, crls_of(laboratory, sound))
    answer = client(house, host, version)
    assert answer.startswith(f"SUCCESS TLSv{version} ")
    assert "serialNumber=00000099999999910000" in answer


@pytest.mark.parametrize("version", VERSIONS)
def test_without_a_certificate_nobody_comes_in(house: House, version: str) -> None:
    context = ssl.create_default_context(cafile=str(house.folder / "root.pem"))
    context.minimum_version = context.maximum_version = VERSIONS[version]
    with (
        socket.create_connection(("127.0.0.1", house.port), timeout=PATIENCE) as bare,
        context.wrap_socket(bare, server_hostname="crl0.nginx.test") as connection,
    ):
        connection.sendall(b"GET / HTTP/1.0\r\nHost: crl0.nginx.test\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 403")
    assert answer.endswith(b"NONE")


@pytest.mark.parametrize("name", [defect.name for defect in defects()])
def test_a_broken_certificate_is_refused_or_listed(
    house: House, broken: Mapping[str, BrokenCertificate], name: str
) -> None:
    found = broken[name]
    host = house.offer(found.chain_pem, found.key_pem, found.crls_pem)
    if name in tolerated("client"):
        with pytest.raises(ssl.SSLError):
            python(house, host, "1.3")
        assert found.defect.layer is Layer.TLS
        return
    # which layer notices it: by the root alone, or only with CRLs
    alone = python(house, house.offer(found.chain_pem, found.key_pem, NO_CRLS), "1.3")
    assert alone.startswith("SUCCESS") is (found.defect.layer is not Layer.TLS)
    assert (name in tolerated("nginx")) is (found.defect.layer in {Layer.APPLICATION, Layer.CHECK})
    answers = {version: python(house, host, version) for version in VERSIONS}
    if name in tolerated("nginx"):
        assert all(answer.startswith("SUCCESS") for answer in answers.values()), answers
    else:
        # in TLS 1.2 nginx drops who cannot prove possession under a signature it cannot verify
        assert answers["1.2"].startswith("FAILED:") or answers["1.2"] == CLOSED
        assert answers["1.3"].startswith(f"FAILED:{REASONS.get(name, '')}")


@pytest.mark.parametrize("client", [curl, openssl])
@pytest.mark.parametrize("name", TRIED_BY_ALL)
def test_every_client_is_refused_alike(
    house: House, broken: Mapping[str, BrokenCertificate], client: Callable[[House, str, str], str], name: str
) -> None:
    found = broken[name]
    host = house.offer(found.chain_pem, found.key_pem, found.crls_pem)
    assert client(house, host, "1.2") == client(house, host, "1.3") == f"FAILED:{REASONS[name]}"


def test_what_is_listed_as_accepted_by_a_server_can_be_offered_to_it() -> None:
    assert not tolerated("client") & tolerated("nginx")
    assert not tolerated("nginx") & REASONS.keys()
