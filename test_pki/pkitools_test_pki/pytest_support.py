"""What the pytest fixtures give, apart from pytest: :mod:`pkitools_test_pki.pytest_plugin`."""

from __future__ import annotations

import datetime as clock
import os
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import PKI

if TYPE_CHECKING:
    import pytest

_LOOPBACK = "127.0.0.1"


def now() -> clock.datetime:
    """Return the present moment in whole seconds, by the clock as it stands: frozen, if it is."""
    return clock.datetime.now(clock.UTC).replace(microsecond=0)


def names_of(marks: Iterable[pytest.Mark]) -> list[str]:
    """Return the names of the defects that ``pkio_broken`` markers ask for; of all when they ask for none.

    Raises:
        InvalidValueError: there is no such defect, topic or layer.
    """
    from pkitools_test_pki.defects import Layer, defects, get_defect
    from pkitools_test_pki.defects.registry import TOPICS

    asked: list[str] = []
    refused: bool | None = None
    layer: str | None = None
    for mark in marks:
        topic = mark.kwargs.get("topic")
        if topic is not None and topic not in TOPICS:
            raise InvalidValueError("test_pki.error.topic", topic=str(topic), known=", ".join(TOPICS))
        asked += [get_defect(str(name)).name for name in mark.args]
        asked += [defect.name for defect in defects() if defect.topic == topic]
        refused = mark.kwargs.get("refused", refused)
        layer = mark.kwargs.get("layer", layer)
    if layer is not None and layer not in set(Layer):
        raise InvalidValueError("test_pki.error.layer", layer=str(layer), known=", ".join(Layer))
    chosen = [get_defect(name) for name in dict.fromkeys(asked)] or defects()
    return [
        defect.name
        for defect in chosen
        if (refused is None or defect.refused == refused) and (layer is None or defect.layer == layer)
    ]


class Address:
    """A free port, kept until a server takes it: the certificates name it before there is a server, if ever."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((_LOOPBACK, 0))
            self.port: int = self._socket.getsockname()[1]
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Address:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def url(self) -> str:
        """Where the server is to be."""
        return f"http://{_LOOPBACK}:{self.port}"

    def released(self) -> int:
        """Let go of the port, for a server to take; return it."""
        self._socket.close()
        return self.port


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file that need not outlive a crash: waiting for the disk would take ten times as long as all the rest."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content)


@dataclass(frozen=True)
class Credentials:
    """A certificate with its key, and the files of it: for a client or a server, as PKIoverheid's serve for both.

    Args:
        certificate: with its path and key, see :class:`~pkitools_test_pki.issued.IssuedCertificate`.
        certificate_path: the certificate in PEM.
        chain_path: with its intermediates: what a client or server sends.
        key_path: its private key, PKCS#8, mode 0600.
        trust_path: the roots: what the other side trusts.
    """

    certificate: IssuedCertificate
    certificate_path: Path
    chain_path: Path
    key_path: Path
    trust_path: Path

    @classmethod
    def written(cls, pki: PKI, folder: Path, name: str = "client", *, issued: IssuedCertificate | None = None) -> Self:
        """Write the files of a certificate; when none is given, issue one of the PKI's first profile."""
        issued = issued or pki.issue()
        contents = {
            f"{name}.pem": issued.pem,
            f"{name}.chain.pem": issued.chain_pem,
            f"{name}.key": issued.key_pem,
            "trust.pem": pki.trust_pem(),
        }
        for file, content in contents.items():
            _write(folder / file, content, 0o600 if file.endswith(".key") else 0o644)
        return cls(issued, *(folder / file for file in contents))

    @property
    def host(self) -> str:
        """The host it is for, the first name in it: what a client connects to, or gives as ``server_hostname``."""
        names = self.certificate.facts.subject_alternative_name or ()
        return next(name.value for name in names if name.kind == "dns")

    @property
    def oin(self) -> str | None:
        """The OIN in it."""
        from pkitools.x509 import oin_from_certificate

        return oin_from_certificate(self.certificate.facts).value

    def client_context(self) -> ssl.SSLContext:
        """Return a context for a client that shows this certificate and trusts the test PKI."""
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(self.trust_path))
        context.load_cert_chain(self.chain_path, self.key_path)
        return context

    def server_context(self) -> ssl.SSLContext:
        """Return a context for a server that shows this certificate and asks the client for one of the test PKI."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(self.trust_path))
        context.load_cert_chain(self.chain_path, self.key_path)
        context.verify_mode = ssl.CERT_REQUIRED
        return context
