"""Certificates in JSON: ``x5c`` of a JWK, a JWKS or a token's header (RFC 7515, 7517), and Kubernetes Secrets."""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterator
from typing import Any, Final

from pkitools.containers.kubernetes import secret_part
from pkitools.containers.model import ContainerFormat
from pkitools.containers.parts import Part
from pkitools.x509.base64_text import from_base64

_MAX_BYTES: Final = 1024 * 1024  # of Python's objects, an empty one takes thirty times its two octets


def json_parts(text: bytes) -> tuple[ContainerFormat, list[Part]] | None:
    """Return the certificates of the first kind found, in order; ``None`` where this is no such JSON."""
    start = text[:4096].lstrip()[:1]
    if start not in {b"{", b"["} or len(text) > _MAX_BYTES:
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    objects = list(_objects(document))
    chains = [Part(_octets(entry)) for found in objects for entry in _chain(found)]
    if chains:
        private = [Part(json.dumps(found).encode(), form="JWK") for found in objects if _is_private(found)]
        return ContainerFormat.JWKS, [*chains, *private]
    values = [
        part
        for found in objects
        if found.get("kind") == "Secret" and isinstance(found.get("data"), dict)
        for key, value in found["data"].items()
        if isinstance(value, str) and (part := secret_part(key, value.encode("ascii", "replace"))) is not None
    ]
    return (ContainerFormat.KUBERNETES, values) if values else None


def _objects(document: object) -> Iterator[dict[str, Any]]:
    """Yield every object of a document, each before what is in it."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)


def _chain(found: dict[str, Any]) -> list[object]:
    chain = found.get("x5c")
    return chain if isinstance(chain, list) else []


def _is_private(found: dict[str, Any]) -> bool:
    """Return whether an object is a JWK with its private part (RFC 7518 6.2.2, 6.3.2; RFC 8037 2)."""
    return "kty" in found and isinstance(found.get("d"), str)


def _octets(entry: object) -> bytes:
    """Return a certificate of ``x5c``: base64 of RFC 4648 section 4, not its form for URLs (RFC 7517 4.7)."""
    try:
        return from_base64(entry.encode("ascii")) if isinstance(entry, str) else b""
    except (binascii.Error, UnicodeEncodeError):
        return b""
