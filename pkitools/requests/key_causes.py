"""Why a private key cannot be used, read from its structure: each cause has a code of its own, none is guessed."""

from __future__ import annotations

from itertools import islice
from typing import Final

from pkitools.containers.protection import protection_of_key
from pkitools.containers.structure import identify
from pkitools.errors import InputError
from pkitools.text import pattern
from pkitools.x509.der import (
    INTEGER,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    DERError,
    Node,
    integer,
    iterate,
    oid,
    root,
)
from pkitools.x509.oids import CURVES, KEY_ALGORITHMS

_DOTTED: Final = pattern(r"(?:.* )?[0-9]+(?:\.[0-9]+)+")
_READ: Final = frozenset({"RSA", "RSASSA-PSS", "EC"})
_VERSIONS: Final = {"PKCS#8": (0, 1), "SEC1": (1,), "PKCS#1": (0, 1), "DSA": (0,)}  # RFC 5958, 5915, 8017
_NAMED_CURVE: Final = 0xA0


def unfit_code(slug: str) -> str:
    """Return the code under which what does not fit in a key is named in words."""
    return f"requests.unfit.{slug}"


def refuse_unknown_cipher(der: bytes, name: str) -> None:
    """Raise when an EncryptedPrivateKeyInfo names an algorithm that is not known: no passphrase would open it.

    Raises:
        InputError: it does.
    """
    protection = protection_of_key(der)
    if protection is None or protection.rounds == 0:
        raise InputError("requests.error.key_malformed", name=name, problem=unfit_code("encryption"))
    unknown = [part for part in (protection.cipher, protection.derivation) if _DOTTED.fullmatch(part)]
    if unknown:
        raise InputError("requests.error.key_cipher", name=name, cipher=", ".join(unknown))


def refusal_of_key(der: bytes, name: str) -> InputError:
    """Return why a key without encryption cannot be read, given that it cannot."""
    try:
        kind, problem = _looked_at(der)
    except (DERError, ValueError):
        kind, problem = "", "form"
    if kind:
        return InputError("requests.error.key_kind", name=name, kind=kind)
    return InputError("requests.error.key_malformed", name=name, problem=unfit_code(problem))


def _looked_at(der: bytes) -> tuple[str, str]:
    """Return the kind, when it is one that is not handled, or else what is wrong with the key."""
    known = identify(der)
    form = known[1] if known is not None else ""
    fields = list(islice(iterate(der, root(der, SEQUENCE)), 7))
    if fields[0][0] != INTEGER or integer(der, fields[0]) not in _VERSIONS.get(form, ()):
        return "", "version"
    if form == "DSA":
        return "DSA", ""
    if form == "SEC1":
        return _curve(der, fields)
    return _algorithm(der, fields[1]) if form == "PKCS#8" else ("", "form")


def _algorithm(der: bytes, node: Node) -> tuple[str, str]:
    dotted, *parameters = islice(iterate(der, node), 2)
    name, _ = KEY_ALGORITHMS.get(oid(der, dotted), (oid(der, dotted), None))
    if name not in _READ:
        return name, ""
    return _named(der, parameters[0]) if name == "EC" and parameters else ("", "form")


def _curve(der: bytes, fields: list[Node]) -> tuple[str, str]:
    curves = [node for node in fields if node[0] == _NAMED_CURVE]
    return _named(der, next(iterate(der, curves[0]))) if curves else ("", "curve")


def _named(der: bytes, node: Node) -> tuple[str, str]:
    if node[0] == SEQUENCE:
        return "EC (explicit)", ""
    dotted = oid(der, node) if node[0] == OBJECT_IDENTIFIER else ""
    return ("", "form") if dotted in CURVES or not dotted else (f"EC ({dotted})", "")
