"""Names, built from attributes and never from one string: a comma in an organisation's name stays a comma."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from pkitools.frozen import dataclass
from pkitools.x509.oids import ATTRIBUTE_OIDS
from pkitools_test_pki import der

_ORDER: Final = (
    *("C", "ST", "L", "postalAddress", "postalCode", "street", "O", "SN", "GN", "OU", "CN"),
    *("organizationIdentifier", "serialNumber", "title", "emailAddress", "DC", "UID"),
)
OIDS: Final = {name: ATTRIBUTE_OIDS[name] for name in _ORDER}
"""Attribute → OID, the first thirteen in the order in which the G4 TRIAL generator encodes a subject."""

_STRING_TYPES: Final = {"C": "PrintableString", "serialNumber": "PrintableString", "emailAddress": "IA5String"}


def string_type(attribute: str) -> str:
    """Return the ASN.1 string type in which the profiles have an attribute, by its short name."""
    return _STRING_TYPES.get(attribute, "UTF8String")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a name, as it is to be encoded.

    Args:
        type: short name of :data:`OIDS` or a dotted OID.
        value: text; bytes are written as the content of the string, whatever they are.
        string_type: ASN.1 type of :data:`pkitools_test_pki.der.STRING_TAGS`; the profile's own when left out.
    """

    type: str
    value: str | bytes
    string_type: str | None = None

    @property
    def oid(self) -> str:
        """The attribute type, dotted."""
        return OIDS.get(self.type, self.type)

    def encoded(self) -> bytes:
        """Return the AttributeTypeAndValue."""
        kind = self.string_type or string_type(self.type)
        if isinstance(self.value, bytes):
            return der.sequence(der.oid(self.oid), der.tlv(der.STRING_TAGS[kind][0], self.value))
        return der.sequence(der.oid(self.oid), der.string(self.value, kind))


Rdn = Attribute | Sequence[Attribute]
"""One attribute, or several for a multi-valued RDN."""


def encode(rdns: Iterable[Rdn]) -> bytes:
    """Return the DER of a name, its RDNs in the order given."""
    sets = []
    for rdn in rdns:
        members = [rdn] if isinstance(rdn, Attribute) else rdn
        sets.append(der.set_of(*(member.encoded() for member in members)))
    return der.sequence(*sets)


def ordered(values: dict[str, str]) -> tuple[Attribute, ...]:
    """Return attributes in the usual order (:data:`OIDS`), leaving out those without a value."""
    return tuple(Attribute(kind, values[kind]) for kind in OIDS if values.get(kind))


def file_name(common_name: str) -> str:
    """Return the base name of a CA's files, by PKIoverheid's rule: its CN without what is not alphanumeric.

    >>> file_name("TRIAL PKIoverheid - G4 Root Priv G-TLS - 2024")
    'TRIALPKIoverheidG4RootPrivGTLS2024'
    """
    return "".join(char for char in common_name if char.isascii() and char.isalnum())
