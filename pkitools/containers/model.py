"""What a file turned out to hold."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pkitools.arguments import choice
from pkitools.containers.text_forms import TextForm
from pkitools.errors import PkitoolsError
from pkitools.frozen import dataclass, field

if TYPE_CHECKING:
    from pkitools.containers.agreed import Agreed
    from pkitools.containers.protection import KeystoreProtection, Protection
    from pkitools.containers.saml_described import Described


class ItemKind(StrEnum):
    """What one item is."""

    CERTIFICATE = "certificate"
    REQUEST = "request"
    CRL = "crl"
    KEY = "key"
    PUBLIC_KEY = "public_key"
    OCSP_RESPONSE = "ocsp_response"
    SAML_MESSAGE = "saml_message"


class ContainerFormat(StrEnum):
    """How the file wraps its items."""

    PEM = "pem"
    DER = "der"
    BASE64 = "base64"
    PKCS7 = "pkcs7"
    PKCS12 = "pkcs12"
    JKS = "jks"
    SAML_METADATA = "saml_metadata"
    XML = "xml"
    MAIL = "mail"
    HEADER = "header"
    JWKS = "jwks"
    KUBERNETES = "kubernetes"


FOR_OTHERS: Final = frozenset({ContainerFormat.SAML_METADATA, ContainerFormat.XML, ContainerFormat.JWKS})
"""What others are sent, and where no private key has any business."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing found.

    Args:
        kind: what it is, by its structure and never by its label.
        der: its DER; of a key whose PEM body is encrypted the old way (``Proc-Type``) the ciphertext; of a
            SAML message its text. Never shown.
        position: in PEM the number of its block, elsewhere its number in the file; from 1.
        form: the format of a key (``PKCS#8``, ``PKCS#1``, ``SEC1``, ``DSA``, ``OpenSSH``); else empty.
        encrypted: a key that needs a passphrase.
        cipher: of a key whose PEM body is encrypted the old way, with what: its header ``DEK-Info``.
        alias: the name a keystore, a mail or a Secret gives it.
        has_key: of a certificate in a keystore with private keys, whether it stands with one, or may do so: the
            structure cannot always be seen from outside. ``None`` of anything else.
        role: of a certificate in SAML metadata, the element its KeyDescriptor stands in (``SPSSODescriptor``), or
            ``Signature`` for one that signed the metadata.
        use: of such a certificate ``signing`` or ``encryption``; ``None`` when the KeyDescriptor does not say.
        entity_id: of such a certificate the entity ID of the entity whose key it is.
        place: of a certificate that stands where one is somebody's own, the number of that place: a KeyDescriptor, a
            signature, the key entry of a keystore, ``x5c``, ``tls.crt``. What is said to be its chain shares it, and
            the private key that stands with it.
        stated_key: of the first certificate in ``x5c`` and of each in a ``ds:KeyInfo``, the public key that is stated
            beside it, as a SubjectPublicKeyInfo ends with it; empty where that cannot be one, or several are stated
            that differ.
        stated_kind: of the first certificate in ``x5c``, the kind of key its JWK says it is: ``RSA``, ``EC``, ``OKP``;
            ``None`` where it says none of these.
        is_stated: of the first certificate in ``x5c``, whether the thumbprints that its JWK states are its own; of the
            first in a ``ds:KeyInfo``, whether its key identifier, serial number and digest that stand there are those
            of one of the certificates there. ``None`` where nothing is stated.
        key_info: of a certificate in XML of which something is stated, the number of its KeyDescriptor, or of its
            ``ds:KeyInfo`` outside one: those of one share it.
        is_restated: of a key that a program opened which does not tell whether it is for RSASSA-PSS alone.
        among: of what a mail or a Secret holds under a name, the number of that one: what shares it belongs together by
            its names, as files in a folder do.
        within: the sections around it, the outermost first and ``among`` last: of each its number, and its name or
            nothing.
        is_value: it stands as a value in a text of another kind (YAML, JSON, TOML, ``.env``), under the name ``alias``.
        is_served: it stands in a Secret as what a server sends as it is, or as the private key that it loads.
        protection: of a key how its keystore encrypts it, also where ``der`` is decrypted; ``None`` where it does not.
    """

    kind: ItemKind
    der: bytes = field(repr=False)
    position: int
    form: str = ""
    encrypted: bool = False
    alias: str | None = None
    has_key: bool | None = None
    role: str | None = None
    use: str | None = None
    entity_id: str | None = None
    place: int | None = None
    stated_key: bytes | None = field(default=None, repr=False)
    stated_kind: str | None = None
    is_stated: bool | None = None
    key_info: int | None = None
    protection: Protection | None = None
    cipher: str = ""
    among: int | None = None
    is_restated: bool = False
    is_value: bool = False
    is_served: bool = False
    within: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BadItem:
    """One part that could not be used: where, and why."""

    position: int
    error: PkitoolsError


@dataclass(frozen=True, slots=True)
class Contents:
    """A file read: at least one item, in the order of the file, and what could not be used of it.

    Args:
        name: what to call it.
        container: how it wraps its items.
        items: they.
        problems: what could not be used.
        keystore: of PKCS#12, how it is protected.
        service_ids: of SAML metadata, the service IDs of eHerkenning that stand in it, as written, each once.
        forms: of certificates as text, how that is written where not every program reads it so.
        described: of SAML metadata, its entities, and until when it may be used.
        digest_fits: of a Java keystore, whether its digest fits the passphrase given; ``None`` when none was given, so
            that nobody checked it.
        agreements: of a CPA, from when until when it holds.
    """

    name: str
    container: ContainerFormat
    items: tuple[Item, ...]
    problems: tuple[BadItem, ...] = ()
    keystore: KeystoreProtection | None = None
    service_ids: tuple[str, ...] = ()
    forms: frozenset[TextForm] = frozenset()
    described: tuple[Described, ...] = ()
    digest_fits: bool | None = None
    agreements: tuple[Agreed, ...] = ()

    def __repr__(self) -> str:
        return f"<Contents {self.name!r}: {self.container}, {len(self.items)} items, {len(self.problems)} unread>"

    def of_kind(self, kind: ItemKind | str) -> tuple[Item, ...]:
        """Return the items of one kind.

        Raises:
            InvalidValueError: there is no such kind.
        """
        wanted = choice(ItemKind, kind, "kind")
        return tuple(item for item in self.items if item.kind is wanted)

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The DER of every certificate."""
        return tuple(item.der for item in self.of_kind(ItemKind.CERTIFICATE))

    @property
    def requests(self) -> tuple[bytes, ...]:
        """The DER of every certificate signing request."""
        return tuple(item.der for item in self.of_kind(ItemKind.REQUEST))

    @property
    def crls(self) -> tuple[bytes, ...]:
        """The DER of every CRL."""
        return tuple(item.der for item in self.of_kind(ItemKind.CRL))

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The DER of every private key, encrypted ones included. Secret: never show or log it."""
        return tuple(item.der for item in self.of_kind(ItemKind.KEY))
