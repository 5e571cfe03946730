"""What an authority issued: a certificate, its path, and its key where that was made here."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pkitools.errors import InvalidValueError
from pkitools.files import Output, write_set
from pkitools.frozen import dataclass, field
from pkitools_test_pki.algorithms import PrivateKey
from pkitools_test_pki.keys import private_pem

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from pkitools.x509.model import CertificateFacts

PathLike: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class IssuedCertificate:
    """One certificate of the test PKI.

    Args:
        der: the certificate.
        serial_number: as written in it.
        profile: the end entity profile, or the level of an authority (``root``, ``domain``, ``tsp``).
        issuer: the certificate of the authority that signed it; ``None`` for a root and a self-signed certificate.
        key: its private key, when the PKI made or was given it.
    """

    der: bytes = field(repr=False)
    serial_number: int
    profile: str
    issuer: IssuedCertificate | None = field(default=None, repr=False)
    key: PrivateKey | None = field(default=None, repr=False, compare=False)

    @property
    def pem(self) -> bytes:
        """The certificate in PEM."""
        return pem("CERTIFICATE", self.der)

    @property
    def path(self) -> tuple[IssuedCertificate, ...]:
        """The certificate, its issuer, and so on up to the root, which is last."""
        return tuple(self._upwards())

    def _upwards(self) -> Iterator[IssuedCertificate]:
        link: IssuedCertificate | None = self
        while link is not None:
            yield link
            link = link.issuer

    @property
    def intermediates(self) -> tuple[IssuedCertificate, ...]:
        """The authorities between the certificate and the root, lowest first: what a server sends along."""
        return self.path[1:-1]

    @property
    def root(self) -> IssuedCertificate:
        """The trust anchor of its path."""
        return self.path[-1]

    @property
    def chain_pem(self) -> bytes:
        """The certificate and its intermediates in PEM, in the order TLS wants, without the root."""
        return self.pem + b"".join(link.pem for link in self.intermediates)

    @property
    def key_pem(self) -> bytes:
        """The private key as PKCS#8 in PEM, not encrypted. Raises InvalidValueError when the key is not here."""
        if self.key is None:
            raise InvalidValueError("test_pki.error.key_absent", name=f"{self.serial_number:x}")
        return private_pem(self.key)

    @cached_property
    def facts(self) -> CertificateFacts:
        """What pkitools reads in it."""
        from pkitools.x509 import read_certificate

        return read_certificate(self.der)

    def load(self) -> Certificate:
        """Return it as an object of cryptography, which refuses some certificates that are broken on purpose."""
        from cryptography import x509

        return x509.load_der_x509_certificate(self.der)

    def write(self, prefix: PathLike, *, overwrite: bool = False) -> tuple[Path, ...]:
        """Write ``PREFIX.pem``, ``PREFIX.chain.pem`` and, when the key is here, ``PREFIX.key`` (0600): all or none.

        Returns:
            Their paths, and those of keys that were overwritten and kept.

        Raises:
            FileError: one of them exists (without ``overwrite``), or cannot be written.
        """
        files = outputs(prefix, self.pem, self.chain_pem, None if self.key is None else self.key_pem)
        backups = write_set(files, overwrite=overwrite)
        return (*(Path(file.path) for file in files), *backups)


def outputs(prefix: PathLike, pem: bytes, chain: bytes, key: bytes | None) -> list[Output]:
    """Return the files of one certificate, the secret first."""
    base = os.fspath(prefix)
    files = [] if key is None else [Output(f"{base}.key", key, secret=True)]
    return [*files, Output(f"{base}.pem", pem, secret=False), Output(f"{base}.chain.pem", chain, secret=False)]


def pem(label: str, der: bytes) -> bytes:
    """Return DER as a PEM block."""
    text = base64.b64encode(der).decode("ascii")
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode("ascii")
