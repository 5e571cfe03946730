"""What people hold, as DER: bytes in DER or PEM, PEM as text, a path, an object of ``cryptography``.

Text is only ever PEM and never the name of a file: it may come from a header that a stranger wrote. A file is named by
a :class:`~pathlib.Path`. What else a file may be (PKCS#7, a keystore, metadata) is for
:func:`pkitools.containers.read_source`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from pkitools.arguments import wrong_type
from pkitools.errors import InputError, PkitoolsError
from pkitools.files import read_bytes
from pkitools.x509 import pem
from pkitools.x509.der import DERError, encoded, node_at


@runtime_checkable
class HasPublicBytes(Protocol):
    """A certificate, CRL or request of ``cryptography``."""

    def public_bytes(self, encoding: Any) -> bytes:
        """Return its encoding."""


class HasDER(Protocol):
    """What was read before and kept its DER: :class:`~pkitools.x509.CertificateFacts`, a CRL, an anchor."""

    @property
    def der(self) -> bytes:
        """The DER."""


Given: TypeAlias = bytes | bytearray | memoryview | str | os.PathLike[str] | HasPublicBytes | HasDER
"""One thing: DER or PEM, the path of a file with either, or an object that has its encoding. Text is PEM."""

CERTIFICATE: Final = "CERTIFICATE"
CRL: Final = "X509 CRL"
REQUEST: Final = "CERTIFICATE REQUEST"
_LABELS: Final = {
    CERTIFICATE: frozenset({CERTIFICATE, "X509 CERTIFICATE", "TRUSTED CERTIFICATE"}),
    CRL: frozenset({CRL}),
    REQUEST: frozenset({REQUEST, "NEW CERTIFICATE REQUEST"}),
}
_WANTED: Final = "bytes, PEM as str, Path, cryptography.x509"


def one_der(given: Given, label: str, parameter: str) -> bytes:
    """Return the DER of one thing.

    Args:
        given: see :data:`Given`.
        label: PEM label of what is asked: :data:`CERTIFICATE`, :data:`CRL` or :data:`REQUEST`.
        parameter: name of the parameter, for the error.

    Raises:
        InvalidValueError: nothing of which a DER can be made.
        InputError: PEM that is broken, holds none, or holds several.
        FileError: the file cannot be read.
    """
    if type(given) is bytes and _is_der(given):  # what nearly all of it is
        return given
    found = _ders(given, label, parameter)
    if len(found) == 1:
        return found[0]
    raise InputError("x509.error.not_one", parameter=parameter, count=len(found), label=label)


def several_ders(given: Given | Iterable[Given], label: str, parameter: str) -> tuple[bytes, ...]:
    """Return the DER of each of several things; a file or PEM text may hold many.

    Raises:
        As :func:`one_der`, except that several are welcome.
    """
    if isinstance(given, (tuple, list)) and _are_der(given):
        return tuple(given)  # what nearly all of it is
    if isinstance(given, Mapping):
        raise wrong_type(parameter, given, _WANTED)
    if isinstance(given, Iterable) and not isinstance(given, (bytes, bytearray, memoryview, str)):
        return tuple(der for each in given for der in _ders(each, label, parameter))
    return _ders(given, label, parameter)


def as_it_came(given: Given, parameter: str) -> bytes:
    """Return the bytes of one thing as they are, PEM not taken apart: for readers that tell PEM from DER themselves.

    Raises:
        InvalidValueError: nothing of which bytes can be made.
        FileError: the file cannot be read.
    """
    if isinstance(given, (bytes, bytearray, memoryview)):
        return bytes(given)
    if isinstance(given, str) and "-----BEGIN " in given:
        return given.encode("utf-8", "replace")
    if isinstance(given, os.PathLike):
        return read_bytes(given)
    if isinstance(given, str):
        raise InputError("x509.error.no_pem", parameter=parameter)
    return _encoded(given, parameter)


def holds_several(data: bytes) -> bool:
    """Return whether bytes are PEM with more than one block."""
    return not _is_der(data) and data.count(pem.BEGIN) > 1


def _are_der(given: Sequence[Any]) -> bool:
    """Whether each is DER, as :func:`_is_der`, without a turn for each: thousands come again with every certificate."""
    return not given or (set(map(type, given)) == {bytes} and min(given) >= b"\x30\x80" and max(given) < b"\x31")


def _is_der(data: bytes) -> bool:
    """A SEQUENCE of more than 127 octets: text may begin with the digit 0, which is its tag, but not go on so."""
    return data[:1] == b"\x30" and data[1:2] >= b"\x80"


def _ders(given: Given, label: str, parameter: str) -> tuple[bytes, ...]:
    if isinstance(given, (bytes, bytearray, memoryview)):
        data = bytes(given)
        return _of_pem(data, label, parameter) if not _is_der(data) and pem.BEGIN in data else (data,)
    if isinstance(given, str):
        if "-----BEGIN " not in given:
            raise InputError("x509.error.no_pem", parameter=parameter)
        return _of_pem(given.encode("utf-8", "replace"), label, parameter)
    if isinstance(given, os.PathLike):
        return _ders(read_bytes(given), label, parameter)
    if isinstance(der := getattr(given, "der", None), bytes):
        return (der,)
    if callable(getattr(given, "public_bytes", None)) and not isinstance(given, type):
        return (_encoded(given, parameter),)
    raise wrong_type(parameter, given, _WANTED)


def _of_pem(data: bytes, label: str, parameter: str) -> tuple[bytes, ...]:
    found: list[pem.Block] = []
    others: list[pem.Block] = []
    for block in pem.blocks(data):
        if block.error is not None:
            raise block.error
        (found if block.label in _LABELS[label] else others).append(block)
    if not found:
        told = ", ".join(dict.fromkeys(block.label for block in others)) or "–"
        raise InputError("x509.error.pem_holds", parameter=parameter, label=label, found=told)
    return tuple(_without_settings(block) for block in found)


def _without_settings(block: pem.Block) -> bytes:
    """Return the certificate of a block: OpenSSL writes its own trust settings behind that of a TRUSTED CERTIFICATE."""
    if block.label != "TRUSTED CERTIFICATE":
        return block.body
    try:
        return encoded(block.body, node_at(block.body, 0, len(block.body)))
    except DERError:
        return block.body


def _encoded(given: Any, parameter: str) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        der = given.public_bytes(Encoding.DER)
    except PkitoolsError:
        raise
    except Exception as error:  # whatever object of another library this is, its faults are not ours
        raise wrong_type(parameter, given, _WANTED) from error
    if not isinstance(der, bytes):
        raise wrong_type(parameter, given, _WANTED)
    return der
