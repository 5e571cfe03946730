"""What systems want a certificate in: PKCS#7, PKCS#12, a Java trust store, a Kubernetes secret, files for nginx."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Final

from pkitools.errors import InvalidValueError
from pkitools.exports.keystores import ROUNDS, key_store, trust_store
from pkitools.frozen import dataclass, field
from pkitools.requests.keys import private_key_of
from pkitools.text import pattern
from pkitools_test_pki import der
from pkitools_test_pki.issued import IssuedCertificate

_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_DATA: Final = "1.2.840.113549.1.7.1"
_KUBERNETES_NAME: Final = pattern(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


def pkcs7(certificate: IssuedCertificate, *, root: bool = False) -> bytes:
    """Return a PKCS#7 bundle in DER (RFC 2315, only certificates): the certificate and its intermediates.

    Assembled here, so that a certificate broken on purpose fits in as well.
    """
    links = certificate.path if root else (certificate, *certificate.intermediates)
    return pkcs7_of(link.der for link in links)


def pkcs7_of(certificates: Iterable[bytes]) -> bytes:
    """Return a PKCS#7 bundle of these certificates, DER both."""
    listed = der.context(0, b"".join(sorted(certificates)))  # a SET: the order says nothing
    nothing = der.set_of()
    signed_data = der.sequence(der.integer(1), nothing, der.sequence(der.oid(_DATA)), listed, nothing)
    return der.sequence(der.oid(_SIGNED_DATA), der.context(0, signed_data))


def pkcs12_bundle(
    certificate: IssuedCertificate, passphrase: bytes, *, name: str = "pkitools", rounds: int = ROUNDS
) -> bytes:
    """Return key, certificate and intermediates as PKCS#12, encrypted with AES-256 and PBKDF2-HMAC-SHA256.

    Raises:
        SecretError: the passphrase is empty.
        InvalidValueError: the key is not here.
        InputError: the certificate is too broken for PKCS#12.
    """
    return _pkcs12(certificate, passphrase, name=name, rounds=rounds)


def legacy_pkcs12_bundle(certificate: IssuedCertificate, passphrase: bytes, *, name: str = "pkitools") -> bytes:
    """Return the same in the form of before 2019, with triple DES and SHA-1: for systems that read nothing newer.

    Raises:
        SecretError, InvalidValueError, InputError: as :func:`pkcs12_bundle`.
    """
    return _pkcs12(certificate, passphrase, name=name, legacy=True)


def _pkcs12(
    certificate: IssuedCertificate, passphrase: bytes, *, name: str, legacy: bool = False, rounds: int = ROUNDS
) -> bytes:
    if certificate.key is None:
        raise InvalidValueError("test_pki.error.key_absent", name=f"{certificate.serial_number:x}")
    key, above = private_key_of(certificate.key), [link.der for link in certificate.intermediates]
    return key_store(key, certificate.der, above, passphrase, name=name, legacy=legacy, rounds=rounds)


def java_trust_store(roots: Iterable[IssuedCertificate], passphrase: bytes) -> bytes:
    """Return a PKCS#12 trust store that Java takes its roots from.

    Raises:
        SecretError: the passphrase is empty.
        InputError: a certificate is too broken for it.
    """
    named = {f"{root.profile}-{number}": root.der for number, root in enumerate(roots, 1)}
    return trust_store(named, passphrase)


def kubernetes_secret(certificate: IssuedCertificate, name: str, *, namespace: str | None = None) -> bytes:
    """Return a manifest of a ``kubernetes.io/tls`` secret: the chain, the key, and the root as ``ca.crt``.

    Raises:
        InvalidValueError: the name or namespace is none, or the key is not here.
    """
    for text in (name, *([namespace] if namespace is not None else [])):
        if not _KUBERNETES_NAME.fullmatch(text):
            raise InvalidValueError("test_pki.error.secret_name", name=text)
    data = {
        "ca.crt": certificate.root.pem,
        "tls.crt": certificate.chain_pem,
        "tls.key": certificate.key_pem,
    }
    lines = ["apiVersion: v1", "kind: Secret", "metadata:", f'  name: "{name}"']
    lines += [] if namespace is None else [f'  namespace: "{namespace}"']
    lines += ["type: kubernetes.io/tls", "data:"]
    lines += [f"  {field}: {base64.b64encode(value).decode('ascii')}" for field, value in data.items()]
    return ("\n".join(lines) + "\n").encode()


@dataclass(frozen=True, slots=True)
class NginxFiles:
    """What nginx needs for mutual TLS.

    Args:
        certificate: for ``ssl_certificate``: the chain.
        key: for ``ssl_certificate_key``. A secret.
        client_authorities: for ``ssl_client_certificate``: root and intermediates, since nginx wants the whole path.
    """

    certificate: bytes
    key: bytes = field(repr=False)
    client_authorities: bytes


def nginx_files(certificate: IssuedCertificate) -> NginxFiles:
    """Return the files for a server with this certificate that trusts clients of the same test PKI.

    Raises:
        InvalidValueError: the key is not here.
    """
    authorities = b"".join(link.pem for link in reversed(certificate.path[1:]))
    return NginxFiles(certificate.chain_pem, certificate.key_pem, authorities)
