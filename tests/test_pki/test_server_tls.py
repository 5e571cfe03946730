"""The mutual TLS rehearsal with real clients: who is let in, what they read, and why the others were not."""

from __future__ import annotations

import json
import select
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import InvalidValueError, StateError
from pkitools.findings import Verdict
from pkitools.messages import Language
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeySource, elliptic_keys
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.self_signed import self_signed
from pkitools_test_pki.server import PkiServer
from pkitools_test_pki.server.pages import word
from pkitools_test_pki.server.rehearsal import Refusal, Rehearsal
from pkitools_test_pki.server.tls import certificates_in
from tests.support.effort import PATIENCE
from tests.support.schemas import assert_valid
from tests.support.serving import Clock, get, real_time

pytestmark = pytest.mark.slow

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class World:
    """A server, its rehearsal, and clients with their files."""

    def __init__(self, server: PkiServer, pki: PKI, folder: Path, system: str | None) -> None:
        self.server, self.pki, self.folder = server, pki, folder
        self.told: list[Refusal] = []
        self.rehearsal: Rehearsal = server.rehearse(system=system, refused=self.told.append)
        (folder / "roots.pem").write_bytes(pki.trust_pem())

    def files(self, client: IssuedCertificate) -> tuple[Path, Path]:
        chain, key = self.folder / f"{client.serial_number:x}.pem", self.folder / f"{client.serial_number:x}.key"
        chain.write_bytes(client.chain_pem)
        key.write_bytes(client.key_pem)
        return chain, key

    def context(self, client: IssuedCertificate | None, version: str) -> ssl.SSLContext:
        context = ssl.create_default_context(cadata=self.pki.trust_pem().decode())
        context.minimum_version = context.maximum_version = VERSIONS[version]
        if client is not None:
            context.load_cert_chain(*self.files(client))
        return context

    def ask(self, client: IssuedCertificate | None, version: str = "1.3", accept: str = "*/*") -> tuple[int, bytes]:
        """Ask with Python's ssl."""
        with (
            socket.create_connection(("127.0.0.1", self.rehearsal.port), timeout=PATIENCE) as plain,
            self.context(client, version).wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            secure.sendall(
                f"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nConnection: close\r\n\r\n".encode()
            )
            said = b""
            while piece := secure.recv(65536):
                said += piece
        head, _, body = said.partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), body

    def refusal(self) -> Refusal:
        """Return the one refusal there was; a client may know of it before the server has told."""
        deadline = time.monotonic() + PATIENCE
        while not self.told and time.monotonic() < deadline:
            time.sleep(0.01)
        (refusal,) = self.told
        return refusal


@pytest.fixture
def now() -> datetime:
    return real_time()


@pytest.fixture
def world(tmp_path: Path, rsa_keys: KeySource) -> Iterator[World]:
    """Keys as in reality: the rules of the systems ask for RSA."""
    with PkiServer(clock=real_time, keys=rsa_keys) as server:
        pki = build("g4-tls", moment=real_time(), keys=rsa_keys, base_url=server.url)
        server.serve(pki)
        yield World(server, pki, tmp_path, "digid-machtigen")


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[World]:
    """EC keys: for what is decided before the rules."""
    with PkiServer(clock=real_time, keys=elliptic_keys) as server:
        pki = build("g4-tls", moment=real_time(), keys=elliptic_keys, base_url=server.url)
        server.serve(pki)
        yield World(server, pki, tmp_path, None)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_good_client_reads_what_was_seen(world: World, version: str) -> None:
    client = world.pki.issue()
    status, body = world.ask(client, version, "application/json")
    seen = json.loads(body)
    assert_valid(seen, "test-pki-rehearsal-v1")
    assert status == 200
    assert seen["tls"]["protocol"] == f"TLSv{version}"
    assert seen["oin"] == "00000099999999910000"
    assert seen["presented"] == 3
    assert seen["path"][-1] == "TRIAL PKIoverheid - G4 Root Priv G-TLS - 2024"
    assert (seen["report"]["verdict"], seen["report"]["environment"]) == ("passed", "preproduction")
    assert seen["certificate"]["serial_number"] == f"{client.serial_number:x}"
    status, body = world.ask(client, version)
    assert status == 200
    assert b"OIN: 00000099999999910000" in body
    assert not world.told


def test_a_certificate_that_the_rules_refuse_is_let_in_and_told_so(world: World) -> None:
    status, body = world.ask(world.pki.issue(oin="00000099999999910001X"), accept="application/json")
    seen = json.loads(body)
    assert_valid(seen, "test-pki-rehearsal-v1")
    assert (status, seen["report"]["verdict"], seen["oin"]) == (403, "failed", None)


def _expired(pki: PKI, now: datetime) -> IssuedCertificate:
    return pki.issue(not_before=now - timedelta(days=9), not_after=now - timedelta(days=1))


def _early(pki: PKI, now: datetime) -> IssuedCertificate:
    return pki.issue(not_before=now + timedelta(days=1))


def _revoked(pki: PKI, _now: datetime) -> IssuedCertificate:
    client = pki.issue()
    pki["g4-tls-tsp"].revoke(client)
    return client


def _server_only(pki: PKI, _now: datetime) -> IssuedCertificate:
    return pki.issue(extended_key_usage=["serverAuth"])


def _stranger(_pki: PKI, now: datetime) -> IssuedCertificate:
    return build("g4-tls", moment=now, keys=elliptic_keys).issue()


REFUSED: dict[str, tuple[Callable[[PKI, datetime], IssuedCertificate], str]] = {
    "certificate has expired": (_expired, "path.validity.expired"),
    "certificate is not yet valid": (_early, "path.validity.not_yet_valid"),
    "certificate revoked": (_revoked, "revocation.status.revoked"),
    "unsuitable certificate purpose": (_server_only, ""),
    "unable to get local issuer certificate": (_stranger, "path.anchor.look_alike"),
}


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("detail", REFUSED)
def test_a_bad_client_is_refused_and_the_owner_told_why(quick: World, now: datetime, version: str, detail: str) -> None:
    make, code = REFUSED[detail]
    client = make(quick.pki, now)
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        quick.ask(client, version)
    refusal = quick.refusal()
    assert refusal.handshake.reason == "CERTIFICATE_VERIFY_FAILED"
    # OpenSSL 3.6 goes on: "... or the system clock is incorrect"
    assert refusal.handshake.detail.startswith(detail)
    assert refusal.handshake.chain == (client.der, *(link.der for link in client.intermediates))
    assert refusal.result is not None
    assert code in {*refusal.result.report.codes(), ""}
    told = word(f"detail.{refusal.handshake.detail}", "en", refusal.handshake.detail)
    assert told in refusal.text
    page = get(f"{quick.server.url}/rehearsal").body.decode()
    assert told in page
    assert "00000099999999910000" in page
    document = json.loads(get(f"{quick.server.url}/rehearsal", headers={"Accept": "application/json"}).body)
    assert_valid(document, "test-pki-refusals-v1")
    (row,) = document["refused"]
    thumbprints = [sha256(der).hexdigest() for der in refusal.handshake.chain]
    assert [sent["sha256"] for sent in row["certificates"]] == thumbprints
    assert row["presented"] == len(row["certificates"])
    assert (row["reason"], row["detail"]) == ("CERTIFICATE_VERIFY_FAILED", refusal.handshake.detail)


@pytest.mark.parametrize("version", VERSIONS)
def test_no_certificate_no_connection(quick: World, version: str) -> None:
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        quick.ask(None, version)
    assert quick.refusal().handshake.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"
    assert quick.refusal().result is None


def alone(client: IssuedCertificate) -> IssuedCertificate:
    """The same certificate without those above it, as a client has it that was given the wrong file."""
    return IssuedCertificate(client.der, client.serial_number, client.profile, None, client.key)


@pytest.mark.parametrize(
    ("language", "sent", "forgotten"),
    [
        ("nl", "De client stuurde 1 certificaat en geen tussenliggende: TRIAL", "Vergeten: TRIAL"),
        ("en", "The client sent 1 certificate and no intermediate ones: TRIAL", "Forgotten: TRIAL"),
    ],
)
def test_a_client_that_forgot_its_intermediates_is_told_so_and_never_passed(
    tmp_path: Path, rsa_keys: KeySource, language: Language, sent: str, forgotten: str
) -> None:
    with PkiServer(clock=real_time, keys=rsa_keys, language=language) as server:
        pki = build("g4-tls", moment=real_time(), keys=rsa_keys, base_url=server.url)
        server.serve(pki)
        world = World(server, pki, tmp_path, None)
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            world.ask(alone(pki.issue()))
        refusal = world.refusal()
    assert refusal.result is not None
    assert refusal.document()["forgotten"] == [link.facts.subject.common_name for link in pki.issue().intermediates]
    assert refusal.result.report.verdict is Verdict.PASSED  # of the certificate; the refusal does not end in that
    assert not {"GESLAAGD", "PASSED"} & set(refusal.text.split())
    lines = refusal.text.splitlines()
    assert any(line.startswith(sent) for line in lines), refusal.text
    (told,) = [line for line in lines if line.startswith(forgotten)]
    assert told.count("Intm") == 1
    assert "Root" not in told, told


def test_no_refusal_reads_as_a_pass(quick: World, now: datetime) -> None:
    for make, _ in REFUSED.values():
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            quick.ask(make(quick.pki, now))
        assert not {"GESLAAGD", "PASSED"} & set(quick.refusal().text.split())
        quick.told.clear()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_self_signed_client_that_is_known_is_let_in_and_no_other(quick: World, now: datetime, version: str) -> None:
    known, other = (self_signed(moment=now, keys=elliptic_keys) for _ in range(2))
    good, revoked = quick.pki.issue(), _revoked(quick.pki, now)
    quick.rehearsal = quick.server.rehearse(refused=quick.told.append, accept=[known.der])
    assert quick.ask(known, version)[0] in {200, 403}
    assert quick.ask(good, version)[0] in {200, 403}
    assert not quick.told
    for refused, detail in ((other, "self-signed certificate"), (revoked, "certificate revoked")):
        with pytest.raises((ssl.SSLError, ConnectionResetError, ValueError, IndexError)):
            quick.ask(refused, version)
        assert quick.refusal().handshake.detail == detail
        quick.told.clear()


def by_openssl(name: str, issuer: IssuedCertificate | None, now: datetime) -> IssuedCertificate:
    """A certificate as ``openssl req -x509`` makes it, which says to be a CA; or one that it issued."""
    key = elliptic_keys("")
    named = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, "eigen")]
    serial, signing = x509.random_serial_number(), key if issuer is None or issuer.key is None else issuer.key
    builder = x509.CertificateBuilder(named[1], named[0], key.public_key(), serial, now, now + timedelta(days=9))
    made = builder.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    der = made.sign(signing, hashes.SHA256()).public_bytes(Encoding.DER)
    return IssuedCertificate(der, serial, "", None, key)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_known_client_issued_is_not_let_in_with_it(quick: World, now: datetime, version: str) -> None:
    known = by_openssl("eigen", None, now)
    child = by_openssl("kind", known, now)
    quick.rehearsal = quick.server.rehearse(refused=quick.told.append, accept=[known.der])
    assert quick.ask(known, version)[0] in {200, 403}
    with pytest.raises((ssl.SSLError, ConnectionResetError, ValueError, IndexError)):
        quick.ask(child, version)
    assert quick.refusal().handshake.detail == "unable to get local issuer certificate"


def test_only_what_signed_itself_is_let_in_beforehand(quick: World) -> None:
    with pytest.raises(InvalidValueError, match="issued by another"):
        quick.server.rehearse(accept=[quick.pki.issue().der])


def test_a_revocation_holds_for_the_next_connection(quick: World) -> None:
    client = quick.pki.issue()
    assert quick.ask(client)[0] in {200, 403}
    quick.pki["g4-tls-tsp"].revoke(client)
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        quick.ask(client)


def test_a_client_without_tls_or_that_distrusts_us_is_told_to_the_owner(quick: World) -> None:
    with socket.create_connection(("127.0.0.1", quick.rehearsal.port), timeout=PATIENCE) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        plain.recv(100)
    assert quick.refusal().handshake.reason == "HTTP_REQUEST"
    quick.told.clear()
    with (
        socket.create_connection(("127.0.0.1", quick.rehearsal.port), timeout=PATIENCE) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")
    assert "UNKNOWN_CA" in quick.refusal().handshake.reason


def test_a_silent_client_keeps_nobody_waiting(quick: World) -> None:
    client = quick.pki.issue()
    silent = [socket.create_connection(("127.0.0.1", quick.rehearsal.port), timeout=PATIENCE) for _ in range(5)]
    assert quick.ask(client)[0] in {200, 403}
    closed, _, _ = select.select(silent, [], [], 0)
    assert not closed, "it answered while they were silent, and not after giving up on them"
    for connection in silent:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


def test_it_stops_with_its_server_and_leaves_no_key_behind(quick: World) -> None:
    folder = Path(quick.rehearsal._adapter._folder.name)
    assert (folder / "server.key").stat().st_mode & 0o777 == 0o600
    quick.server.stop()
    assert not folder.exists()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("test-pki")]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", quick.rehearsal.port), timeout=PATIENCE)


def test_what_it_needs(tmp_path: Path) -> None:
    with PkiServer(clock=Clock()) as server:
        with pytest.raises(StateError):
            server.rehearse()
        server.serve(build("g4-eutl", moment=Clock()(), keys=elliptic_keys))
        with pytest.raises(InvalidValueError) as refused:
            server.rehearse()
        assert refused.value.code == "test_pki.error.no_server_profile"
        server.serve(build("g4-tls", moment=Clock()(), keys=elliptic_keys))
        with pytest.raises(InvalidValueError):
            server.rehearse(system="digid-onbekend")


# -- other clients -----------------------------------------------------------------------------------------------------


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.parametrize("version", VERSIONS)
def test_curl(world: World, version: str, now: datetime) -> None:
    def run(client: IssuedCertificate) -> subprocess.CompletedProcess[str]:
        chain, key = world.files(client)
        url = world.rehearsal.url.replace("127.0.0.1", "localhost")
        trust = ["--cacert", str(world.folder / "roots.pem"), "--cert", str(chain), "--key", str(key)]
        versions = [f"--tlsv{version}", "--tls-max", version]
        command = [tool("curl"), "-sS", "-f", *versions, *trust, url]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)

    good, bad = run(world.pki.issue()), run(_expired(world.pki, now))
    assert (good.returncode, good.stderr) == (0, "")
    assert "OIN: 00000099999999910000" in good.stdout
    assert bad.returncode != 0
    assert world.refusal().handshake.detail == "certificate has expired"


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.parametrize(("version", "option"), [("1.2", "-tls1_2"), ("1.3", "-tls1_3")])
def test_openssl_s_client(world: World, version: str, option: str, now: datetime) -> None:
    def run(client: IssuedCertificate) -> str:
        chain, key = world.files(client)
        address = urlsplit(world.rehearsal.url).netloc
        roots = str(world.folder / "roots.pem")
        verifying = ["-verify_return_error", "-verify_hostname", "localhost", "-CAfile", roots]
        presenting = ["-cert", str(chain), "-cert_chain", str(chain), "-key", str(key)]
        done = subprocess.run(
            [tool("openssl"), "s_client", "-connect", address, option, "-ign_eof", *verifying, *presenting],
            input="GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout + done.stderr

    good = run(world.pki.issue())
    assert "Verify return code: 0 (ok)" in good
    assert "OIN: 00000099999999910000" in good
    assert "alert certificate expired" in run(_expired(world.pki, now))


# -- reading the handshake ---------------------------------------------------------------------------------------------


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_without_an_error(message: bytes, tls13: bool) -> None:
    assert all(certificate in message for certificate in certificates_in(message, tls13=tls13))


def test_certificates_of_both_versions() -> None:
    first, second = b"a" * 300, b"b" * 5
    entries = [len(der).to_bytes(3, "big") + der for der in (first, second)]
    head = b"\x0b\x00\x01\x50"
    assert certificates_in(head + b"\x00\x01\x4c" + b"".join(entries), tls13=False) == (first, second)
    with_extensions = b"".join(entry + b"\x00\x02xx" for entry in entries)
    assert certificates_in(head + b"\x01c" + b"\x00\x01\x4c" + with_extensions, tls13=True) == (first, second)
    assert certificates_in(head + b"\x00\x00\x00", tls13=False) == ()
