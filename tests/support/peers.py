"""Peers on the loopback address that do as they are told: right, or wrong in one way."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from OpenSSL import SSL, crypto

from pkitools_test_pki.issued import IssuedCertificate, pem
from tests.support.effort import PATIENCE

LOOPBACK: Final = (ip_network("127.0.0.0/8"),)
Behave = Callable[[socket.socket], None]
OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nhi\n"
REFUSES: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
    b"<html><head><title>400 The SSL certificate error</title></head><body>The SSL certificate error</body></html>"
)


@contextmanager
def listening(behave: Behave) -> Iterator[int]:
    """Listen, and give the port; each connection is answered in a thread of its own."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        with connection, suppress(OSError, SSL.Error):
            behave(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@dataclass(frozen=True, kw_only=True)
class TLS:
    """A server of TLS.

    Args:
        identity: its certificate with its key.
        chain: what it sends behind its own certificate; by default the authorities between it and the root.
        versions: the oldest and the newest.
        trusts: the roots of clients; with any, a client certificate is asked for.
        required: and without one there is no connection.
        names: the authorities it says it takes client certificates of.
        before: what is said before TLS begins.
        page: what it answers when it is asked for a page.
        drips: and then goes on, a byte at a time, for ever.
        after: how many seconds it thinks about its answer; ``None`` when it never comes.
        leaves: it ends the connection after the handshake, whatever it is asked.
    """

    identity: IssuedCertificate
    chain: Sequence[IssuedCertificate] | None = None
    versions: tuple[int, int] = (SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION)
    trusts: Sequence[IssuedCertificate] = ()
    required: bool = True
    names: Sequence[IssuedCertificate] = ()
    before: Behave | None = None
    page: bytes = OK
    drips: bool = False
    after: float | None = 0.0
    leaves: bool = False

    def __call__(self, connected: socket.socket) -> None:
        if self.before is not None:
            self.before(connected)
        connection = SSL.Connection(self._context(), connected)
        connection.set_accept_state()
        # below TLS the socket waits, and pyOpenSSL's own waiting is not for sockets with a timeout
        connected.settimeout(None)
        connection.do_handshake()
        if self.leaves:
            return
        with suppress(SSL.Error):
            if connection.recv(4096):
                waits = threading.Event()
                waits.wait(self.after if self.after is not None else PATIENCE)
                connection.sendall(self.page)
                while self.drips and not waits.wait(0.1):
                    connection.sendall(b".")
                connection.shutdown()

    def _context(self) -> SSL.Context:
        context = SSL.Context(SSL.TLS_METHOD)
        context.set_min_proto_version(self.versions[0])
        context.set_max_proto_version(self.versions[1])
        context.set_cipher_list(b"ALL:@SECLEVEL=0")
        context.set_session_id(b"pkitools")
        _identify(context, self.identity, self.identity.intermediates if self.chain is None else self.chain)
        if self.trusts:
            self._ask(context)
        return context

    def _ask(self, context: SSL.Context) -> None:
        store = context.get_cert_store()
        assert store is not None
        for root in self.trusts:
            store.add_cert(crypto.X509.from_cryptography(_native(root)))
        mode = SSL.VERIFY_PEER | (SSL.VERIFY_FAIL_IF_NO_PEER_CERT if self.required else 0)
        context.set_verify(mode, lambda _connection, _certificate, _error, _depth, good: bool(good))
        for one in self.names:
            context.add_client_ca(_native(one))


def _native(issued: IssuedCertificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(issued.der)


def _identify(context: SSL.Context, identity: IssuedCertificate, above: Sequence[IssuedCertificate]) -> None:
    key: Any = identity.key
    context.use_certificate(_native(identity))
    for one in above:
        context.add_extra_chain_cert(_native(one))
    context.use_privatekey(key)


def sends(folder: Path, identity: IssuedCertificate, *more: bytes) -> Behave:
    """A server whose chain ends in what OpenSSL takes for certificates, whether or not anybody can read them."""
    chain = folder / "sends.pem"
    chain.write_bytes(identity.chain_pem + b"".join(pem("CERTIFICATE", der) for der in more) + identity.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)

    def behave(connected: socket.socket) -> None:
        with context.wrap_socket(connected, server_side=True) as secure:
            secure.recv(4096)

    return behave


def says(*pieces: bytes, heard: bool = True) -> Behave:
    """Say something, after the other side did unless it is a greeting; then wait until the other side goes away."""

    def behave(connected: socket.socket) -> None:
        if heard:
            connected.recv(4096)
        for piece in pieces:
            connected.sendall(piece)
        while connected.recv(4096):
            pass

    return behave


def drips(connected: socket.socket) -> None:
    """Send the beginning of a handshake, a byte at a time, for ever."""
    connected.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")
    waits = threading.Event()
    while not waits.wait(0.02):
        connected.sendall(b"\x00")


def _record(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + b"\x03\x03" + len(body).to_bytes(2, "big") + body


def certificate_then(der: bytes, *messages: bytes, reset: bool = False) -> Behave:
    """Begin a handshake of TLS 1.2 with a certificate, go on with these messages, and end: by a reset, or silently."""
    hello = bytes.fromhex("02000026 0303") + bytes(32) + bytes.fromhex("00c02f00")
    one = len(der).to_bytes(3, "big") + der
    certificates = len(one).to_bytes(3, "big") + one
    sent = (hello, b"\x0b" + len(certificates).to_bytes(3, "big") + certificates, *messages)

    def behave(connected: socket.socket) -> None:
        connected.recv(4096)
        for message in sent:
            connected.sendall(_record(0x16, message))
        if reset:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif messages:
            connected.recv(4096)  # what this side says of it

    return behave


def resets(connected: socket.socket) -> None:
    """Reset the connection when the other side begins."""
    connected.recv(100)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def floods(connected: socket.socket) -> None:
    """Send a Certificate message of ten megabytes behind a right beginning."""
    hello = bytes.fromhex("0200002603 03") + bytes(32) + bytes.fromhex("00c02f00")
    connected.recv(4096)
    connected.sendall(b"\x16\x03\x03" + struct.pack(">H", len(hello)) + hello)
    certificates = b"\x0b" + (10_000_000).to_bytes(3, "big") + (9_999_997).to_bytes(3, "big")
    for start in range(0, 10_000_000, 16_000):
        piece = (certificates if not start else b"") + bytes(16_000)
        connected.sendall(b"\x16\x03\x03" + struct.pack(">H", len(piece)) + piece)


@dataclass(frozen=True)
class Proxy:
    """A proxy that makes a tunnel to a port of the loopback address, whatever host it is asked for.

    Args:
        port: where it leads.
        asked: what it was asked, the heads of the requests; grows.
        answer: what it answers first.
        together: what the other side says first is sent along with the answer, in one piece.
    """

    port: int
    asked: list[bytes]
    answer: bytes = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n"
    together: bool = False

    def __call__(self, connected: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connected.recv(1)
        self.asked.append(head)
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as behind:
            connected.sendall(self.answer + (behind.recv(4096) if self.together else b""))
            back = threading.Thread(target=_carry, args=(behind, connected), daemon=True)
            back.start()
            _carry(connected, behind)
            back.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Carry everything over until one side ends."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def dialog(*steps: tuple[bytes, bytes], greeting: bytes = b"") -> Behave:
    """Talk in the clear before TLS: after what begins so, say this."""

    def behave(connected: socket.socket) -> None:
        if greeting:
            connected.sendall(greeting)
        for wanted, answer in steps:
            said = connected.recv(4096)
            assert said.startswith(wanted), said
            connected.sendall(answer)

    return behave
