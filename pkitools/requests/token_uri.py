"""Where a key is on a token: a PKCS#11 URI (RFC 7512), of which only what names a token, a key and a module is taken.

A PIN in it would stand in the list of processes and in the history of the shell: it is refused, and never shown.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote_to_bytes

from pkitools.arguments import text
from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass
from pkitools.text import pattern

_SECRET: Final = frozenset({"pin-value", "pin-source"})
_KNOWN: Final = frozenset({"token", "serial", "object", "id", "type", "module-path"})
_PART: Final = pattern(r"([a-z0-9-]{1,40})=((?:[A-Za-z0-9._~:\[\]@!$'()*+,=&/?-]|%[0-9A-Fa-f]{2})*)")
_MOST: Final = 4096


@dataclass(frozen=True, slots=True)
class TokenURI:
    """Where a key is.

    Args:
        token: label of the token; empty for the only one.
        serial: its serial number; empty for any.
        object: label of the key; empty for any.
        id: of the key (CKA_ID); empty for any.
        module_path: the PKCS#11 library of its maker; empty where another says it.
    """

    token: str = ""
    serial: str = ""
    object: str = ""
    id: bytes = b""
    module_path: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.token, self.serial, self.object, self.id.hex()))) or "pkcs11"

    @classmethod
    def parse(cls, uri: str) -> TokenURI:
        """Return where a key is.

        Raises:
            InvalidValueError: it is no such URI, has a PIN, or says something that is not known here.
        """
        uri = text(uri, "uri")
        scheme, _, rest = uri.partition(":")
        if scheme.lower() != "pkcs11" or len(uri) > _MOST:
            raise InvalidValueError("requests.error.token_uri")
        path, _, query = rest.partition("?")
        parts = [part for part in (*path.split(";"), *query.split("&")) if part]
        values: dict[str, bytes] = {}
        for part in parts:
            name, value = _read(part)
            if name in values:
                raise InvalidValueError("requests.error.token_uri")
            values[name] = value
        return _of(values)


def _read(part: str) -> tuple[str, bytes]:
    name = part.partition("=")[0]
    if name in _SECRET:
        raise InvalidValueError("requests.error.token_pin", attribute=name)
    found = _PART.fullmatch(part)
    if found is None:
        raise InvalidValueError("requests.error.token_uri")
    if name not in _KNOWN:
        known = ", ".join(sorted(_KNOWN))
        raise InvalidValueError("requests.error.token_attribute", attribute=name, known=known)
    return name, unquote_to_bytes(found[2])


def _of(values: dict[str, bytes]) -> TokenURI:
    if values.get("type", b"private") != b"private":
        raise InvalidValueError("requests.error.token_type")
    try:
        told = {name: value.decode() for name, value in values.items() if name != "id"}
    except UnicodeDecodeError:
        raise InvalidValueError("requests.error.token_uri") from None
    return TokenURI(
        token=told.get("token", ""),
        serial=told.get("serial", ""),
        object=told.get("object", ""),
        id=values.get("id", b""),
        module_path=told.get("module-path", ""),
    )
