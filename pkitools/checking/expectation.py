"""What is expected of a certificate: whose it is, for which key, and what was asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, get_args, runtime_checkable

from pkitools.arguments import several, text, wrong_type
from pkitools.errors import InputError, InvalidValueError, about_file
from pkitools.files import read_bytes
from pkitools.frozen import dataclass
from pkitools.oin import OIN
from pkitools.x509.given import Given
from pkitools.x509.model import PublicKey

if TYPE_CHECKING:
    from pkitools.requests import PrivateKey, RequestFacts

_FIELDS: Final = ("oin", "organization", "key", "csr")
_MAX_BYTES: Final = 8 * 1024  # four lines


@runtime_checkable
class HasPublicKey(Protocol):
    """A private key of ``cryptography``."""

    def public_key(self) -> Any:
        """Return its public half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a certificate is held against. What is ``None`` is not asked.

    Args:
        oin: the OIN it should carry.
        organization: the name of the organisation it should carry.
        key: the key it should be for: a private key as :func:`~pkitools.requests.load_key` returns it, a public one, or
            either of ``cryptography``.
        request: the request it was made from: facts, DER, PEM, a path, or an object of ``cryptography``.
        common_name, dns: what was asked for, where the request itself is not at hand. Of a request its own names count.

    Raises:
        InvalidOINError: ``oin`` is none.
        InvalidValueError: ``organization`` is empty, or ``key`` is no key.
        InputError: ``request`` is no request.
    """

    oin: OIN | str | None = None
    organization: str | None = None
    key: PublicKey | PrivateKey | HasPublicKey | None = None
    request: RequestFacts | Given | None = None
    common_name: str | None = None
    dns: str | Iterable[str] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        if self.oin is not None and not isinstance(self.oin, OIN):
            put(self, "oin", OIN.parse(text(self.oin, "oin"), legacy=True))
        if self.organization is not None:
            put(self, "organization", text(self.organization, "organization").strip())
            if not self.organization:
                raise InvalidValueError("checking.error.organization_empty")
        if self.common_name is not None:
            text(self.common_name, "common_name")
        put(self, "dns", several(self.dns, str, "dns"))
        if self.key is not None:
            put(self, "key", _public(self.key))
        if self.request is not None:
            put(self, "request", _facts(self.request))

    @property
    def number(self) -> OIN | None:
        """The OIN."""
        return self.oin if isinstance(self.oin, OIN) else None

    @property
    def dns_names(self) -> tuple[str, ...]:
        """The DNS names that were asked for, where the request is not at hand."""
        return several(self.dns, str, "dns")

    @property
    def public_key(self) -> PublicKey | None:
        """The public half of the key."""
        return self.key if isinstance(self.key, PublicKey) else None

    @property
    def facts(self) -> RequestFacts | None:
        """The request, read."""
        if self.request is None:
            return None
        from pkitools.requests import RequestFacts

        return self.request if isinstance(self.request, RequestFacts) else None


def read_expectation(
    file: str | os.PathLike[str],
    *,
    key_reader: Callable[[str], PrivateKey | PublicKey] | None = None,
) -> Expectation:
    """Return what a TOML file says is expected.

    Its keys are ``oin`` and ``organization``, and ``key`` and ``csr`` with the name of a file, seen from the folder of
    the TOML file.

    Args:
        file: its path.
        key_reader: reads the file of the key, which may need a passphrase; by default one without.

    Raises:
        InputError: it is no TOML, or a file it names holds something else.
        InvalidValueError: it has none of them or another key, or a value is wrong.
        FileError: a file cannot be read.
        SecretError: the key is encrypted, and nobody gave the passphrase.
    """
    name = os.fspath(file)
    with about_file(name):
        told = _fields(read_bytes(file, limit=_MAX_BYTES), name)
        folder = Path(name).parent
        key, request = told.get("key"), told.get("csr")
        return Expectation(
            oin=told.get("oin"),
            organization=told.get("organization"),
            key=None if key is None else (key_reader or _plain_key)(str(folder / key)),
            request=None if request is None else read_expected_request(folder / request),
        )


def read_expected_request(file: str | os.PathLike[str]) -> RequestFacts:
    """Return the one request in a file of any kind.

    Raises:
        InputError: there is none, or more than one, or a part of the file cannot be read.
        FileError: the file cannot be read.
    """
    from pkitools.containers import ItemKind, items_of, read_source
    from pkitools.requests import read_request

    name = os.fspath(file)
    with about_file(name):
        source = read_source(read_bytes(file), name)
        found = items_of(source, ItemKind.REQUEST)
        for bad in source.problems:  # perhaps another request: which is meant is not known
            raise bad.error
        if len(found) > 1:
            raise InputError("checking.error.several_requests", name=name, count=len(found))
        return read_request(found[0].der, name)


def _fields(data: bytes, name: str) -> dict[str, str]:
    from pkitools.toml_text import read_foreign_toml  # few write what they expect in a file

    told = read_foreign_toml(data, name)
    if not told:
        raise InvalidValueError("checking.error.expectation_nothing", name=name, known=", ".join(_FIELDS))
    for field, value in told.items():
        if field not in _FIELDS:
            raise InvalidValueError(
                "checking.error.expectation_field", name=name, field=field, known=", ".join(_FIELDS)
            )
        if not isinstance(value, str) or not value.strip():
            raise InvalidValueError("checking.error.expectation_text", name=name, field=field)
    return told


def public_key_alone(data: bytes, name: str) -> PublicKey | None:
    """Return the public key of which a file holds nothing else; ``None`` of any other file.

    Args:
        data: the file.
        name: what it is called.
    """
    from pkitools.containers import ItemKind, read_source
    from pkitools.containers.key_facts import public_half
    from pkitools.errors import PkitoolsError

    try:
        found = read_source(data, name, keystores=False)
    except PkitoolsError:
        return None
    is_alone = len(found.items) == 1 and not found.problems and found.items[0].kind is ItemKind.PUBLIC_KEY
    return public_half(found.items[0]) if is_alone else None


def _plain_key(name: str) -> PrivateKey | PublicKey:
    from pkitools.requests import load_key
    from pkitools.requests.keys import MAX_KEY_FILE_BYTES

    with about_file(name):
        data = read_bytes(name, limit=MAX_KEY_FILE_BYTES)
        return public_key_alone(data, name) or load_key(data, name)


def _public(given: object) -> PublicKey:
    if isinstance(given, PublicKey):
        return given
    public = getattr(given, "public", None)
    if isinstance(public, PublicKey):
        return public
    found = _of_cryptography(given)
    if found is None:
        raise wrong_type("key", given, "PrivateKey, PublicKey, cryptography")
    return found


def _of_cryptography(given: object) -> PublicKey | None:
    """Return the public half of a key of ``cryptography``; a certificate, which has a key as well, is none."""
    from cryptography.hazmat.primitives.asymmetric import types
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from pkitools.x509.der import SEQUENCE, root
    from pkitools.x509.keys import read_public_key

    public = given.public_key() if isinstance(given, get_args(types.PrivateKeyTypes)) else given
    if not isinstance(public, get_args(types.PublicKeyTypes)):
        return None
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return read_public_key(spki, root(spki, SEQUENCE), lambda _: None)


def _facts(given: object) -> RequestFacts:
    from pkitools.requests import RequestFacts, read_request

    return given if isinstance(given, RequestFacts) else read_request(given)  # type: ignore[arg-type]  # it refuses
