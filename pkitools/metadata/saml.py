"""SAML metadata (SAML metadata 2.0) as values: entities, their roles, keys and endpoints, and how it is signed."""

from __future__ import annotations

import binascii
from collections import Counter
from collections.abc import Iterator
from typing import Final

from pkitools.frozen import dataclass, field
from pkitools.metadata.structure import YES_OR_NO, Misplaced, misplaced
from pkitools.metadata.xml_tree import Element
from pkitools.x509.base64_text import from_base64

METADATA: Final = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURES: Final = "http://www.w3.org/2000/09/xmldsig#"
PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
SIGNING, ENCRYPTION = "signing", "encryption"
ENTITY, ENTITIES = "EntityDescriptor", "EntitiesDescriptor"
SERVICE, PROVIDER = "SPSSODescriptor", "IDPSSODescriptor"
_IDS: Final = ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id")
_ENTITY_ID: Final = "entityID"
_ROLE_ENDING: Final = "Descriptor"
_PLACES: Final = frozenset({"Binding", "Location", "ResponseLocation"})
_ENDPOINT_ENDING: Final = "Service"
_NO_ENDPOINT: Final = "AttributeConsumingService"
_SPELLED: Final = {"1": "true", "0": "false"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of a role.

    Args:
        kind: its element, such as ``AssertionConsumerService``.
        binding: the URI of how messages travel.
        location: where they are sent.
        response_location: where answers are sent, where that is elsewhere.
        index: as written.
        is_default: as written.
    """

    kind: str
    binding: str
    location: str
    response_location: str | None = None
    index: str | None = None
    is_default: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A KeyDescriptor.

    Args:
        role: the element it stands in.
        use: as written; ``None`` where it does not say, which means both.
        names: each KeyName, without the spaces around it.
        certificates: the DER of each X509Certificate; ``None`` of one that is no base64.
        contents: the names of what is in its KeyInfo.
        others: what stands in its KeyInfo beside names and certificates, each on one line; a certificate that is no
            base64 too.
        pointers: by what its X509Data points to a certificate: the name of the element, of a digest its algorithm, and
            the text.
    """

    role: str
    use: str | None
    names: tuple[str, ...] = ()
    certificates: tuple[bytes | None, ...] = ()
    contents: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    pointers: tuple[tuple[str, str], ...] = ()

    @property
    def signs(self) -> bool:
        """Whether it says to be for signing, or does not say."""
        return self.use in {None, SIGNING}

    @property
    def encrypts(self) -> bool:
        """Whether it says to be for encryption, or does not say."""
        return self.use in {None, ENCRYPTION}


@dataclass(frozen=True, slots=True)
class Role:
    """A role of an entity.

    Args:
        kind: its element, such as ``SPSSODescriptor``.
        protocols: the protocols it supports.
        attributes: those of its element.
        keys: in order.
        endpoints: in order.
        others: what else stands in it, each on one line.
    """

    kind: str
    protocols: tuple[str, ...]
    attributes: dict[str, str]
    keys: tuple[Key, ...]
    endpoints: tuple[Endpoint, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity.

    Args:
        entity_id: as written; empty where it has none.
        valid_until: as written.
        cache_duration: as written.
        roles: in order.
        others: what else stands in it, each on one line; no signature.
        misspelled: attributes that are called almost as that of the entity ID, with their values.
    """

    entity_id: str
    valid_until: str | None
    cache_duration: str | None
    roles: tuple[Role, ...]
    others: tuple[str, ...] = ()
    misspelled: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of all roles."""
        return tuple(key for role in self.roles for key in role.keys)

    def certificates(self, *, signing: bool) -> tuple[bytes, ...]:
        """Return the certificates for signing, or for encryption, each once, in order."""
        keys = [key for key in self.keys if (key.signs if signing else key.encrypts)]
        return tuple(dict.fromkeys(der for key in keys for der in key.certificates if der is not None))


@dataclass(frozen=True, slots=True)
class Reference:
    """What a signature is over.

    Args:
        uri: of what: ``#`` and an ID, or empty for the document.
        transforms: the URI of each.
        digest: the URI of the digest.
    """

    uri: str | None
    transforms: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """What a signature says of itself.

    Args:
        method: the URI of its algorithm.
        canonicalization: the URI of how what is signed was written.
        references: what it is over.
        contents: the names of what is in its KeyInfo, and in the X509Data there.
        certificates: as of a key.
    """

    method: str
    canonicalization: str
    references: tuple[Reference, ...]
    contents: tuple[str, ...]
    certificates: tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True)
class SamlMetadata:
    """A metadata document.

    Args:
        root: the name of its root.
        root_id: the ID of its root.
        valid_until: of the root, as written.
        cache_duration: of the root, as written.
        entities: in order.
        signature: that of the root; ``None`` where it has none.
        signatures: how many there are in all.
        double_ids: IDs that more than one element has.
        misplaced: what stands where the schema does not have it, the first of it.
    """

    root: str
    root_id: str | None
    valid_until: str | None
    cache_duration: str | None
    entities: tuple[Entity, ...]
    signature: SignatureFacts | None = None
    signatures: int = 0
    double_ids: tuple[str, ...] = field(default=())
    misplaced: tuple[Misplaced, ...] = ()


def read_saml(root: Element) -> SamlMetadata:
    """Return what a metadata document says.

    Args:
        root: its root: an ``EntityDescriptor``, or an ``EntitiesDescriptor``.
    """
    signed = root.first(SIGNATURES, "Signature")
    ids = Counter(element.get(name) for element in root.walk() for name in _IDS if element.get(name))
    return SamlMetadata(
        root.name,
        root.get("ID"),
        root.get("validUntil"),
        root.get("cacheDuration"),
        tuple(map(_entity, _entities(root))),
        None if signed is None else _signature(signed),
        sum(each.name == "Signature" and each.namespace == SIGNATURES for each in root.walk()),
        tuple(each for each, count in ids.items() if each and count > 1),
        misplaced(root),
    )


def _entities(root: Element) -> Iterator[Element]:
    if root.name == ENTITY:
        yield root
    elif root.name == ENTITIES:
        for child in root.children:
            if child.namespace == METADATA:
                yield from _entities(child)


def _entity(element: Element) -> Entity:
    roles = [each for each in element.children if _is_role(each)]
    return Entity(
        _unless_blank(element.get(_ENTITY_ID) or ""),
        element.get("validUntil"),
        element.get("cacheDuration"),
        tuple(map(_role, roles)),
        tuple(on_a_line(each) for each in element.children if not _is_role(each) and each.name != "Signature"),
        tuple((name, value) for name, value in element.attributes.items() if _is_almost(name)),
    )


def _is_almost(name: str) -> bool:
    local = name.rpartition("}")[2]
    return name != _ENTITY_ID and "".join(filter(str.isalpha, local)).lower() == _ENTITY_ID.lower()


def _is_role(element: Element) -> bool:
    return element.namespace == METADATA and element.name.endswith(_ROLE_ENDING)


def _unless_blank(text: str) -> str:
    return text if text.strip() else ""


def _role(element: Element) -> Role:
    endpoints = [each for each in element.children if _is_endpoint(each)]
    return Role(
        element.name,
        tuple((element.get("protocolSupportEnumeration") or "").split()),
        element.attributes,
        tuple(_key(element.name, each) for each in element.all(METADATA, "KeyDescriptor")),
        tuple(map(_endpoint, endpoints)),
        tuple(map(on_a_line, _others(element))),
    )


def _others(element: Element) -> Iterator[Element]:
    """Yield what stands in a role beside its addresses and the certificates of its keys."""
    for each in element.children:
        if each.namespace == METADATA and each.name == "KeyDescriptor":
            yield from (inside for inside in each.children if inside.name != "KeyInfo")
        elif not _is_endpoint(each) and each.name != "Signature":
            yield each


def on_a_line(element: Element, *, without: frozenset[str] = frozenset()) -> str:
    """Return all that is in an element, but for some attributes, as words: two that say the same are the same."""
    said = [word for each in element.walk() for word in _words(each, without)]
    return " ".join(said)


def _words(element: Element, without: frozenset[str]) -> Iterator[str]:
    yield element.name
    said = ((name, as_said(name, value)) for name, value in sorted(element.attributes.items()) if name not in without)
    yield from (f"{name.rpartition('}')[2]}={value}" for name, value in said)
    yield from element.text.split()


def as_said(name: str, value: str) -> str:
    """Return the value of an attribute as words: of one that is true or false the two spellings of each are one."""
    words = " ".join(value.split())
    return _SPELLED.get(words, words) if name in YES_OR_NO else words


def _is_endpoint(element: Element) -> bool:
    """Return whether an element is an address, also where the half of it is missing that says how messages travel."""
    named = element.name.endswith(_ENDPOINT_ENDING) and element.name != _NO_ENDPOINT
    return element.namespace == METADATA and (named or not _PLACES.isdisjoint(element.attributes))


def _endpoint(element: Element) -> Endpoint:
    return Endpoint(
        element.name,
        (element.get("Binding") or "").strip(),
        (element.get("Location") or "").strip(),
        element.get("ResponseLocation"),
        element.get("index"),
        element.get("isDefault"),
    )


def _key(role: str, element: Element) -> Key:
    info = element.all(SIGNATURES, "KeyInfo")
    names = (name.text.strip() for each in info for name in each.all(SIGNATURES, "KeyName"))
    beside = tuple(on_a_line(each) for one in info for each in _beside(one))
    pointers = tuple(found for one in info for data in one.all(SIGNATURES, "X509Data") for found in _pointers(data))
    return Key(role, element.get("use"), tuple(names), _certificates(info), _contents(info), beside, pointers)


def _pointers(data: Element) -> Iterator[tuple[str, str]]:
    for each in data.children:
        if each.name == "X509IssuerSerial":
            yield from ((one.name, one.text.strip()) for one in each.all(SIGNATURES, "X509SerialNumber"))
        elif each.name == "X509SKI":
            yield each.name, each.text
        elif each.name == "X509Digest":
            yield (each.get("Algorithm") or ""), each.text


def _beside(info: Element) -> Iterator[Element]:
    """Yield what a KeyInfo says of its key by other means than a name or a certificate that can be read."""
    for each in info.children:
        if each.name == "X509Data":
            yield from (one for one in each.children if one.name != "X509Certificate" or _octets(one.text) is None)
        elif each.name != "KeyName":
            yield each


def _contents(info: list[Element]) -> tuple[str, ...]:
    return tuple(child.name for each in info for child in each.children)


def _certificates(info: list[Element]) -> tuple[bytes | None, ...]:
    data = [each for one in info for each in one.all(SIGNATURES, "X509Data")]
    return tuple(_octets(each.text) for one in data for each in one.all(SIGNATURES, "X509Certificate"))


def _octets(text: str) -> bytes | None:
    try:
        return from_base64(text.encode("ascii")) or None
    except (binascii.Error, UnicodeEncodeError):
        return None


def _signature(element: Element) -> SignatureFacts:
    signed = element.first(SIGNATURES, "SignedInfo") or Element("SignedInfo", SIGNATURES, {})
    info = element.all(SIGNATURES, "KeyInfo")
    inside = (child.name for each in info for one in each.all(SIGNATURES, "X509Data") for child in one.children)
    return SignatureFacts(
        _algorithm(signed, "SignatureMethod"),
        _algorithm(signed, "CanonicalizationMethod"),
        tuple(map(_reference, signed.all(SIGNATURES, "Reference"))),
        (*_contents(info), *inside),
        _certificates(info),
    )


def _reference(element: Element) -> Reference:
    transforms = element.first(SIGNATURES, "Transforms")
    applied = [] if transforms is None else transforms.all(SIGNATURES, "Transform")
    used = tuple(each.get("Algorithm") or "" for each in applied)
    return Reference(element.get("URI"), used, _algorithm(element, "DigestMethod"))


def _algorithm(element: Element, name: str) -> str:
    found = element.first(SIGNATURES, name)
    return "" if found is None else (found.get("Algorithm") or "")
