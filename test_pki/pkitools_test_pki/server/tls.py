"""TLS that requires a client certificate and remembers what came, also when it refuses.

A handshake that fails tells the client an alert number and the server's program one sentence. To explain more, the
certificates that the client sent are needed, and :mod:`ssl` gives those of accepted clients only. They are read from
the handshake messages, which the context reports to its ``_msg_callback``: a hook that exists in every supported
Python, though not in its documentation. Without it, refusals come without certificates.

Every connection has a context of its own, so that it trusts the CRLs of this moment.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from pkitools.errors import PkitoolsError
from pkitools.files import write_public, write_secret
from pkitools.frozen import dataclass, field
from pkitools_test_pki.issued import IssuedCertificate, pem
from pkitools_test_pki.server.patience import RefusedError

_MAX_CERTIFICATES: Final = 10
_NO_COMPRESSED_CERTIFICATES: Final = 1 << 33
"""OpenSSL 3.2 and later: SSL_OP_NO_RX_CERTIFICATE_COMPRESSION, for which Python has no name. What a client compresses
(RFC 8879) is not reported as a Certificate message. Older versions do not know the bit, and do not compress."""
NOT_RIGHT: Final = "CERTIFICATE_VERIFY_FAILED"
"""OpenSSL's name of the reason, also where it was found here."""
_SILENT: Final = frozenset({"UNEXPECTED_EOF_WHILE_READING"})
"""Reasons of who only looked whether the port is open."""


@dataclass(slots=True)
class Handshake:
    """One handshake.

    Args:
        client: the address it came from.
        chain: DER of the certificates that the client sent, its own first.
        protocol, cipher: as agreed; empty when it failed before.
        reason: why it failed, a name of OpenSSL's such as ``CERTIFICATE_VERIFY_FAILED``; empty when it did not.
        detail: OpenSSL's sentence about the certificate.
    """

    client: str
    chain: tuple[bytes, ...] = field(default=(), repr=False)
    protocol: str = ""
    cipher: str = ""
    reason: str = ""
    detail: str = ""


class _Connection(ssl.SSLSocket):
    """A connection whose handshake is done as it is read from: by a worker, not by who accepts."""

    handshake: Handshake | None = None  # until it is wrapped; ssl itself reads from one whose client is gone
    finished: Callable[[Handshake], None]
    objection: Callable[[Sequence[bytes]], str] | None = None

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        if self.handshake is not None and not self.handshake.protocol:
            self._shake_hands(self.handshake)
        return super().recv(buflen, flags)

    def _shake_hands(self, handshake: Handshake) -> None:
        try:
            self.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise  # the rest of the handshake has to come
        except ssl.SSLError as error:
            handshake.reason = error.reason or "SSL"
            handshake.detail = str(getattr(error, "verify_message", ""))
            if handshake.reason not in _SILENT:
                self.finished(handshake)
            raise RefusedError from error
        cipher = self.cipher()
        handshake.protocol = self.version() or "TLS"
        handshake.cipher = cipher[0] if cipher else ""
        if self.objection is not None and (found := self.objection(handshake.chain)):
            handshake.reason, handshake.detail = NOT_RIGHT, found
            self.finished(handshake)
            raise RefusedError


class TlsAdapter:
    """What cheroot needs to speak TLS.

    Args:
        certificate: of the server, with its key.
        roots: what clients must lead to.
        crls: gives the CRLs of this moment, DER.
        refused: is told of every handshake that failed.
        accepted: DER of certificates that are taken though they lead to no root.
        objection: says of a chain, the client's own first, why it is not right, in OpenSSL's words; empty where it is.
            It is asked where there are ``accepted`` ones: OpenSSL would want a CRL of each of those, which nobody can
            make, and would take what they issued as well.
    """

    def __init__(
        self,
        certificate: IssuedCertificate,
        roots: Sequence[IssuedCertificate],
        *,
        crls: Callable[[], Sequence[bytes]],
        refused: Callable[[Handshake], None],
        accepted: Sequence[bytes] = (),
        objection: Callable[[Sequence[bytes]], str] | None = None,
    ) -> None:
        self._crls, self._refused = crls, refused
        self._objection = objection if accepted else None
        trusted = [*(root.pem for root in roots), *(pem("CERTIFICATE", der) for der in accepted)]
        self._roots = b"".join(trusted).decode("ascii")
        # ssl reads keys and CRLs from files only
        self._folder = TemporaryDirectory(prefix="pkitools-")
        self._chain, self._key = self._path("server.pem"), self._path("server.key")
        write_public(self._chain, certificate.chain_pem)
        write_secret(self._key, certificate.key_pem)
        self._written: tuple[bytes, ...] = ()
        self.context = None  # cheroot looks whether there is one

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / name

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()

    def bind(self, sock: socket.socket) -> socket.socket:
        """Return the listening socket: nothing is done to it."""
        return sock

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, Any]]:
        """Return the connection and what to add to the environment of its requests."""
        from cheroot.errors import FatalSSLAlert

        handshake = Handshake(client=_client(sock))
        try:
            context = self._context(handshake)
        except PkitoolsError as error:  # whose PKI is gone or fails cannot be told apart from others
            sock.close()
            raise FatalSSLAlert(str(error)) from error
        wrapped = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        assert isinstance(wrapped, _Connection)  # sslsocket_class says so
        wrapped.handshake, wrapped.finished, wrapped.objection = handshake, self._refused, self._objection
        return wrapped, {"pkitools.handshake": handshake}

    def get_environ(self) -> dict[str, Any]:
        """Return what to add to the environment of every request."""
        return {"HTTPS": "on"}

    def makefile(self, *_: object) -> None:
        """Return nothing: a connection of :mod:`pkitools_test_pki.server.patience` needs no file."""

    def _context(self, handshake: Handshake) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sslsocket_class = _Connection
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._chain, self._key)
        context.load_verify_locations(cadata=self._roots)
        context.options |= _NO_COMPRESSED_CERTIFICATES
        context.verify_mode = ssl.CERT_REQUIRED
        if self._objection is None:
            context.load_verify_locations(cafile=self._current_crls())
            context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_CHAIN
        if hasattr(ssl.SSLContext, "_msg_callback"):
            _report_certificates(context, handshake)
        return context

    def _current_crls(self) -> Path:
        path, crls = self._path("crls.pem"), tuple(self._crls())
        if crls != self._written:
            write_public(path, b"".join(pem("X509 CRL", crl) for crl in crls), overwrite=True)
            self._written = crls
        return path


def _client(sock: socket.socket) -> str:
    try:
        return str(sock.getpeername()[0])
    except OSError:
        return "-"


def _report_certificates(context: ssl.SSLContext, handshake: Handshake) -> None:
    def see(
        _socket: object, direction: str, version: ssl.TLSVersion, _kind: object, message: object, data: bytes
    ) -> None:
        if direction == "read" and getattr(message, "name", "") == "CERTIFICATE":
            handshake.chain = certificates_in(data, tls13=version == ssl.TLSVersion.TLSv1_3)

    context._msg_callback = see  # type: ignore[attr-defined]  # exists, see the head of this module


def certificates_in(message: bytes, *, tls13: bool) -> tuple[bytes, ...]:
    """Return the certificates in a Certificate message of the handshake (RFC 5246 7.4.2, RFC 8446 4.4.2), DER.

    What is cut off or too much is left out: OpenSSL judges the message, this only shows it.
    """
    at = 4  # type and length of the message
    if tls13:
        at += 1 + message[at] if len(message) > at else 0  # certificate_request_context
    at += 3  # length of the list
    found: list[bytes] = []
    while at + 3 <= len(message) and len(found) < _MAX_CERTIFICATES:
        end = at + 3 + int.from_bytes(message[at : at + 3], "big")
        if end > len(message):
            break
        found.append(message[at + 3 : end])
        at = end
        if tls13:
            at += 2 + int.from_bytes(message[at : at + 2], "big")  # extensions
    return tuple(found)
