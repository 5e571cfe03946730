"""Certificates in JSON: ``x5c`` of a JWK, a JWKS or a token's header (RFC 7515, 7517), and Kubernetes Secrets."""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from pkitools.containers.jwk import is_public, is_secret, is_stated, stated_key, stated_kind
from pkitools.containers.kubernetes import CERTIFICATE, KEY, TLS, lacking_of, open_part, secret_part
from pkitools.containers.model import ContainerFormat
from pkitools.containers.parts import Part
from pkitools.errors import InputError, LimitError
from pkitools.frozen import dataclass, replace
from pkitools.text import pattern, size_text
from pkitools.x509.base64_text import from_base64
from pkitools.x509.pem import BEGIN, Gap, holds_more
from pkitools.x509.pem import parts as pem_parts

if TYPE_CHECKING:
    from pkitools.containers.named_values import Standing

_MAX_BYTES: Final = 8 * 1024 * 1024  # the Secrets of a cluster; of text, Python takes up to four times as much
_ALWAYS: Final = 1024 * 1024  # is read, whatever is in it
_MAX_VALUES: Final = 300_000  # of Python's objects, an empty one takes thirty times its two octets
_BEGIN_VALUES: Final = (b"{", b"[", b",")
# what makes it worth a word that it was not read: a Secret, or certificates of a JWK
_SIGN: Final = pattern(rb"\"kind\"\s*+:\s*+\"Secret\"|\"x5c\"\s*+:")
_LONGEST: Final = 200  # of a text that may be a name


_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"  # an older state, which nothing uses


def json_parts(text: bytes) -> tuple[ContainerFormat, list[Part]] | None:
    """Return the certificates of the first kind found, in order; ``None`` where this is no such JSON."""
    start = text[:4096].lstrip()[:1]
    if start not in {b"{", b"["} or is_too_large(text):
        return None
    doubles: dict[str, None] = {}
    try:
        document = json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, doubles))
    except (ValueError, RecursionError):
        return None
    objects = list(_objects(document))
    chains = [
        Part(octets, place=n) if at else _first(found, octets, n)
        for n, found in enumerate(objects)
        for at, octets in enumerate(map(_octets, _chain(found)))
    ]
    if chains:
        secret = [Part(json.dumps(found).encode(), form="JWK") for found in objects if is_secret(found)]
        return ContainerFormat.JWKS, [
            *chains,
            *secret,
            *_no_list(objects),
            *_bare(objects),
            *_beside(document, doubles, "x5c"),
        ]
    values = [
        part
        for n, found in enumerate(objects)
        for section, made in _SECTIONS.get(str(found.get("kind")), ())
        if isinstance(found.get(section), dict)
        for key, value in found[section].items()
        if isinstance(value, str)
        for part in (_standing_in(found, made(key, value, n), n),)
    ]
    values += (lack for found in objects if _is_served(found) for lack in lacking_of(_said(found), _called_as(found)))
    return (ContainerFormat.KUBERNETES, [*values, *_beside(document, doubles, "data")]) if values else None


def _is_served(found: dict[str, Any]) -> bool:
    """Return whether an object is a Secret that a server loads."""
    return found.get("kind") == "Secret" and found.get("type") == TLS


def _standing_in(found: dict[str, Any], part: Part, number: int) -> Part:
    is_served = _is_served(found) and part.name in {CERTIFICATE, KEY}
    return replace(part, among=(number, *_object_names(found)), is_served=is_served)


def _said(found: dict[str, Any]) -> set[str]:
    """Return the names under which a Secret says something."""
    sections = (found.get(section) for section, _ in _SECTIONS["Secret"])
    return {key for each in sections if isinstance(each, dict) for key, value in each.items() if value is not None}


def _called_as(found: dict[str, Any]) -> str:
    return next(reversed(_object_names(found)), "")


def is_too_large(text: bytes) -> bool:
    """Return whether JSON would take more memory, read into objects, than is reasonable."""
    if len(text) <= _ALWAYS:
        return False
    return len(text) > _MAX_BYTES or sum(map(text.count, _BEGIN_VALUES)) > _MAX_VALUES


def left_out(text: bytes) -> LimitError | None:
    """Return what is told of JSON that is too large to be read, where it seems to hold certificates."""
    if not is_too_large(text) or not _SIGN.search(text):
        return None
    return LimitError("sources.error.json_too_large", limit=size_text(_MAX_BYTES))


def _first(found: dict[str, Any], octets: bytes, number: int) -> Part:
    """Return the first certificate of ``x5c``: the one that the other members of the JWK are about (RFC 7517 4.7)."""
    stated, thumbprints = stated_key(found), is_stated(found, octets)
    return Part(octets, place=number, stated_key=stated, stated_kind=stated_kind(found), is_stated=thumbprints)


def _open_part(key: str, value: str, number: int) -> Part:
    return open_part(key, value.encode("utf-8", "replace"), number)


def _secret_part(key: str, value: str, number: int) -> Part:
    octets = value.encode("ascii", "replace")
    part = secret_part(key, octets, number)
    return Part(octets, key, expected=False) if part is None else part


_SECTIONS: Final[Mapping[str, Sequence[tuple[str, Callable[[str, str, int], Part]]]]] = {
    "Secret": (("data", _secret_part), ("stringData", _open_part)),
    "ConfigMap": (("binaryData", _secret_part),),
}
"""What of an object is read as certificates, by its kind."""


def _once(pairs: list[tuple[str, Any]], doubles: dict[str, None]) -> dict[str, Any]:
    """Return an object, and keep the names that stand in it twice: which of the two counts differs by program."""
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                doubles[name] = None
            seen.add(name)
    return found


def _beside(document: object, doubles: dict[str, None], read: str) -> Iterator[Part]:
    """Yield a problem for each name that stands twice in an object, and for what may be a certificate elsewhere."""
    for name in doubles:
        yield Part(b"", error=InputError("sources.error.json_double", member=name))
    for member, value, around in _other_texts(document, read):
        octets = value.encode("utf-8", "replace")
        if holds_more(octets):
            one = _standing(member, around)
            yield Part(octets, one.name, among=one.folder)


@dataclass(slots=True)
class _Inside:
    """An object or a list that a value stands in: what that stands in, and its member or its number there."""

    around: _Inside | None
    label: str | int
    value: object
    said: dict[str, str] | None = None

    def short_texts(self) -> dict[str, str]:
        """Return its texts that may be names, by their members in small letters: worked out once for all in it."""
        if self.said is None:
            members = self.value.items() if isinstance(self.value, dict) else ()
            texts = ((name, text) for name, text in members if isinstance(text, str) and len(text) < _LONGEST)
            self.said = {name.casefold(): text for name, text in texts}
        return self.said


def _standing(member: str, inside: _Inside | None) -> Standing:
    """Return where a text stands: what is beside it may say whose it is."""
    from pkitools.containers.named_values import standing  # few texts stand beside

    said = {} if inside is None else inside.short_texts()
    folder: list[str | int] = []
    while inside is not None:
        folder += (*reversed(_object_names(inside.value)), inside.label)
        inside = inside.around
    return standing(tuple(folder[::-1]), member, said)


def _object_names(value: object) -> tuple[str, ...]:
    """Return what an object of Kubernetes is called; nothing of what is none."""
    if not isinstance(value, dict) or "kind" not in value or not isinstance(value.get("metadata"), dict):
        return ()
    from pkitools.containers.named_values import object_names  # few documents are such an object

    return object_names(value["metadata"])


def named_texts(text: bytes) -> list[Standing | None] | None:
    """Return where each PEM block of a JSON document stands, also in a text in it; ``None`` of what is no such JSON."""
    from pkitools.containers.named_values import Standing, enclosure, standings

    try:
        document = None if is_too_large(text) else json.loads(text)
    except (ValueError, RecursionError):
        return None
    found: list[Standing | None] = []
    for member, value, around in _other_texts(document, ""):
        octets = value.encode("utf-8", "replace")
        outside = [part for part in pem_parts(octets) if isinstance(part, Gap)] if BEGIN in octets else []
        inside = standings(octets, [(before.end, behind.start) for before, behind in pairwise(outside)])
        if inside:
            named = _standing(member, around)
            own, around_it = Standing(named.folder, named.name, "quoted"), (*named.folder, named.name)
            found += [
                own if one is None else Standing((*around_it, *one.folder), one.name, enclosure(own, one))
                for one in inside
            ]
    return found


def _other_texts(document: object, read: str) -> Iterator[tuple[str, str, _Inside | None]]:
    """Yield every text of a document that was not read as a certificate, with its member and what it stands in.

    Read was what stands in ``x5c``, or in the sections of Secrets and ConfigMaps that hold it.
    """
    waiting: list[tuple[str | int, str, object, _Inside | None]] = [(0, "", document, None)]
    while waiting:
        label, member, value, around = waiting.pop()
        inside = _Inside(around, label, value)
        if isinstance(value, str):
            if member != "x5c" or read != member:
                yield member, value, around
        elif isinstance(value, list):
            # the texts of a list stand where it stands; those of one in another list stand together
            is_inner = around is not None and isinstance(around.value, list)
            waiting += (
                (n, member, each, around if isinstance(each, str) and not is_inner else inside)
                for n, each in reversed([*enumerate(value)])
                if not read or member != read or isinstance(each, dict)
            )
        elif isinstance(value, dict):
            sections = _SECTIONS.get(str(value.get("kind")), ()) if read == "data" else ()
            values = [value.get(section) for section, _ in sections]
            waiting += (
                (key, key, each, inside)
                for key, each in reversed(value.items())
                if key != _APPLIED and not any(each is read_before and isinstance(each, dict) for read_before in values)
            )


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
    return chain if isinstance(chain, list) else [chain] if isinstance(chain, str) else []


def _no_list(objects: Sequence[dict[str, Any]]) -> Iterator[Part]:
    """Yield a problem for each certificate that stands in ``x5c`` by itself: who asks for a list does not see it."""
    for found in objects:
        if isinstance(found.get("x5c"), str):
            yield Part(b"", error=InputError("sources.error.x5c_no_list", name=_called(found)))


def _called(found: dict[str, Any]) -> str:
    return next((found[member] for member in ("kid", "use", "kty") if isinstance(found.get(member), str)), "")


def _bare(objects: Sequence[dict[str, Any]]) -> Iterator[Part]:
    """Yield a problem for each key without a certificate: it is not judged."""
    for found in objects:
        if is_public(found) and not is_secret(found) and not _chain(found):
            yield Part(b"", error=InputError("sources.error.jwk_bare", name=_called(found)))


def _octets(entry: object) -> bytes:
    """Return a certificate of ``x5c``: base64 of RFC 4648 section 4, not its form for URLs (RFC 7517 4.7)."""
    try:
        return from_base64(entry.encode("ascii")) if isinstance(entry, str) else b""
    except (binascii.Error, UnicodeEncodeError):
        return b""
