"""The header that each proxy hands a client certificate on in: exactly its form, and nothing that only looks like it.

``containers`` reads whatever a person pasted, and guesses. Here a decision hangs on it, so that what a proxy would not
have written is refused: a second value, another encoding, text around it.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final

from pkitools.arguments import choice, optional, several, wrong_type
from pkitools.errors import InputError
from pkitools.frozen import dataclass
from pkitools.text import pattern
from pkitools.x509.base64_text import from_base64

MAX_HEADER: Final = 64 * 1024
"""Characters of a header: proxies and servers take 8 to 64 kB, and a chain of four certificates takes some 10."""

_MOST_CERTIFICATES: Final = 10
_BASE64: Final = r"[A-Za-z0-9+/]{4,}={0,2}"
_ONE_BASE64: Final = pattern(rf"{_BASE64}\Z")
_BYTES: Final = pattern(rf":({_BASE64}):\Z")  # RFC 8941, 3.3.5
_PEM: Final = pattern(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*\Z")
_ESCAPED: Final = pattern(r"(?:[A-Za-z0-9._~+/=-]|%[0-9A-Fa-f]{2})+\Z")
_ESCAPE: Final = pattern(r"%([0-9A-Fa-f]{2})")
_CONTROL: Final = pattern(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_PAIR: Final = pattern(r'([A-Za-z]{1,20})=(?:"((?:[^"\\]|\\.)*)"|([^",;\\]*))(?:;|\Z)')


class ProxyKind(StrEnum):
    """The programs that end TLS, each with a form of its own."""

    NGINX = "nginx"
    """``$ssl_client_escaped_cert``: PEM in percent-encoding."""
    APACHE = "apache"
    """``%{SSL_CLIENT_CERT}s``: PEM on one line, spaces for its line breaks."""
    HAPROXY = "haproxy"
    """``%[ssl_c_der,base64]``: DER in base64."""
    ENVOY = "envoy"
    """``x-forwarded-client-cert``: pairs, of which ``Cert`` is PEM in percent-encoding."""
    TRAEFIK = "traefik"
    """``passTLSClientCert.pem``: PEM without its first and last line, a comma between two."""
    RFC9440 = "rfc9440"
    """``Client-Cert``: a byte sequence of structured fields, and ``Client-Cert-Chain``: a list of them."""


@dataclass(frozen=True, slots=True)
class _Form:
    header: str
    read: Callable[[str], list[bytes]]
    chain: str = ""


class _MalformedError(Exception):
    """A value that the proxy does not write."""


def header_of(kind: ProxyKind | str) -> str:
    """Return the header that a proxy uses, or that is usual for one whose configuration names it; in lower case."""
    return _FORMS[choice(ProxyKind, kind, "kind")].header


def chain_header_of(kind: ProxyKind | str) -> str:
    """Return the header in which a proxy hands on the authorities above the client; empty where it has none."""
    return _FORMS[choice(ProxyKind, kind, "kind")].chain


def read_header(kind: ProxyKind | str, headers: Iterable[tuple[str, str]], header: str | None = None) -> list[bytes]:
    """Return the certificates in the header of a proxy, the client's first; none when the header is absent or empty.

    Args:
        kind: the proxy.
        headers: names and values as they came, every one: a repeated one as several.
        header: its name, where the configuration of the proxy chose another than the usual.

    Raises:
        InputError: two of them, one that another program takes for it, one that is too long, or not of this form.
        InvalidValueError: there is no such kind.
    """
    form, given = _FORMS[choice(ProxyKind, kind, "kind")], pairs(headers)
    wanted = (optional(header, str, "header") or form.header).lower()
    found = _read(wanted, form.read, given, kind)
    # authorities without a client are nobody's
    above = _read(form.chain, _rfc9440_list, given, kind) if found and form.chain else []
    if len(found) + len(above) > _MOST_CERTIFICATES:
        raise InputError("http.error.malformed", header=form.chain or wanted, kind=kind)
    return [*found, *above]


def _read(
    wanted: str, read: Callable[[str], list[bytes]], headers: Iterable[tuple[str, str]], kind: ProxyKind | str
) -> list[bytes]:
    value = _only(wanted, headers)
    if not value:
        return []
    if len(value) > MAX_HEADER:
        raise InputError("http.error.too_long", header=wanted, size=len(value), most=MAX_HEADER)
    try:
        found = read(value)
    except (_MalformedError, binascii.Error, ValueError):
        raise InputError("http.error.malformed", header=wanted, kind=kind) from None
    if _CONTROL.search(value) or not all(map(_is_whole, found)):
        raise InputError("http.error.malformed", header=wanted, kind=kind)
    return found


def pairs(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return headers as they came.

    Raises:
        InvalidValueError: something else than pairs of texts. ASGI gives them as bytes, which the middleware decodes.
    """
    found = several(headers, (), "headers")
    for each in found:
        if not (isinstance(each, (tuple, list)) and len(each) == 2 and all(isinstance(part, str) for part in each)):
            raise wrong_type("headers", each, "tuple[str, str]")
    return found


def _only(wanted: str, headers: Iterable[tuple[str, str]]) -> str:
    """Return the one value of a header. CGI and WSGI take ``a_b`` for ``a-b``, so that both together are two."""
    alike = [(name.lower(), value) for name, value in headers if _folded(name) == _folded(wanted)]
    if any(name != wanted for name, _ in alike):
        raise InputError("http.error.look_alike", header=wanted)
    if len(alike) > 1:
        raise InputError("http.error.repeated", header=wanted, count=len(alike))
    return alike[0][1].strip(" \t") if alike else ""


def _is_whole(der: bytes) -> bool:
    """Return whether this is one SEQUENCE of 256 octets to 64 kB, and nothing before or behind it."""
    return der[:2] == b"\x30\x82" and len(der) == 4 + int.from_bytes(der[2:4], "big")


def _folded(name: str) -> str:
    return name.strip().lower().replace("_", "-")


def _unescaped(text: str) -> str:
    """Return a text with its percent-encoding undone, once: what is encoded twice is not what a proxy writes."""
    if not _ESCAPED.match(text):
        raise _MalformedError
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _pem(text: str) -> bytes:
    match = _PEM.match(text)
    if match is None:
        raise _MalformedError
    return _octets(match[1])


def _octets(text: str) -> bytes:
    return from_base64(text.encode("ascii"))


def _nginx(value: str) -> list[bytes]:
    return [_pem(_unescaped(value))]


def _apache(value: str) -> list[bytes]:
    return [] if value == "(null)" else [_pem(value)]  # what mod_headers writes when there is none


def _haproxy(value: str) -> list[bytes]:
    if not _ONE_BASE64.match(value):
        raise _MalformedError
    return [_octets(value)]


def _traefik(value: str) -> list[bytes]:
    text = _unescaped(value.replace(",", "%2C")) if "%" in value else value  # version 2 escapes it, 3 does not
    return [each for part in text.split(",") for each in _haproxy(part.strip())]


def _envoy(value: str) -> list[bytes]:
    """Return the certificate of the only element: with more than one, others handed on before this proxy did."""
    pairs: list[tuple[str, str]] = []
    at = 0
    while at < len(value):
        match = _PAIR.match(value, at)
        if match is None:
            raise _MalformedError
        pairs.append((match[1].lower(), match[2] if match[2] is not None else match[3]))
        at = match.end()
    names = [name for name, _ in pairs]
    if names.count("cert") > 1 or names.count("chain") > 1:
        raise _MalformedError
    given = dict(pairs)
    chain = _chain(_unescaped(given["chain"])) if "chain" in given else []
    leaf = [_pem(_unescaped(given["cert"]))] if "cert" in given else chain[:1]
    if chain and chain[0] != leaf[0]:
        raise _MalformedError
    return [*leaf, *chain[1:]]


def _chain(text: str) -> list[bytes]:
    end = "-----END CERTIFICATE-----"
    parts = [part for part in text.split(end) if part.strip()]
    return [_pem(f"{part.strip()}{end}") for part in parts]


def _rfc9440(value: str) -> list[bytes]:
    match = _BYTES.match(value)
    if match is None:
        raise _MalformedError
    return [_octets(match[1])]


def _rfc9440_list(value: str) -> list[bytes]:
    return [each for part in value.split(",") for each in _rfc9440(part.strip(" \t"))]


_USUAL: Final = "x-ssl-client-cert"
_FORMS: Final[Mapping[ProxyKind, _Form]] = {
    ProxyKind.NGINX: _Form(_USUAL, _nginx),
    ProxyKind.APACHE: _Form(_USUAL, _apache),
    ProxyKind.HAPROXY: _Form(_USUAL, _haproxy),
    ProxyKind.ENVOY: _Form("x-forwarded-client-cert", _envoy),
    ProxyKind.TRAEFIK: _Form("x-forwarded-tls-client-cert", _traefik),
    ProxyKind.RFC9440: _Form("client-cert", _rfc9440, "client-cert-chain"),
}
