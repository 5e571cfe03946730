"""A collaboration protocol agreement (CPA, ebXML CPPA 2.0), as Digikoppeling ebMS2 uses: its parties and their keys."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from typing import Final

from pkitools.containers.agreed import end_of, start_of
from pkitools.frozen import dataclass
from pkitools.metadata.saml import SIGNATURES, on_a_line
from pkitools.metadata.xml_tree import Element
from pkitools.x509.base64_text import from_base64

AGREEMENT: Final = "http://www.oasis-open.org/committees/ebxml-cppa/schema/cpp-cpa-2_0.xsd"
_ADDRESSES: Final = frozenset({f"{{{AGREEMENT}}}uri", "uri"})


@dataclass(frozen=True, slots=True)
class PartyCertificate:
    """A certificate of a party.

    Args:
        id: by which it is referred to.
        der: of the first certificate in it; ``None`` where there is none that is base64.
        uses: the names of the elements that refer to it, such as ``SigningCertificateRef``.
    """

    id: str
    der: bytes | None
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """A party.

    Args:
        name: as written.
        ids: each PartyId, with its type.
        certificates: in order.
        endpoints: the addresses where it takes messages.
        lost: references to certificates that are not there.
        others: what else it has agreed, each on one line: services, roles, channels, transport, but for its addresses.
    """

    name: str
    ids: tuple[tuple[str, str], ...]
    certificates: tuple[PartyCertificate, ...]
    endpoints: tuple[str, ...]
    lost: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement.

    Args:
        id: of the agreement.
        start: from when, as written.
        end: until when, as written.
        parties: in order.
        signatures: how many there are in it.
        others: what else was agreed, each on one line: the status, how messages are packed.
    """

    id: str
    start: str
    end: str
    parties: tuple[Party, ...]
    signatures: int
    others: tuple[str, ...] = ()


def read_agreement(root: Element) -> Agreement:
    """Return what an agreement says.

    Args:
        root: its root: a ``CollaborationProtocolAgreement``.
    """
    start, end = ([each.text.strip() for each in root.all(AGREEMENT, name)] for name in ("Start", "End"))
    return Agreement(
        attribute(root, "cpaid"),
        start_of(start),
        end_of(end),
        tuple(map(_party, root.all(AGREEMENT, "PartyInfo"))),
        sum(each.name == "Signature" and each.namespace == SIGNATURES for each in root.walk()),
        _others(root, {"Start", "End", "PartyInfo", "Signature"}),
    )


def _others(element: Element, told: frozenset[str] | set[str]) -> tuple[str, ...]:
    """Return what stands in an element, each on one line, but for what is told by itself."""
    return tuple(on_a_line(each, without=_ADDRESSES) for each in element.children if each.name not in told)


def attribute(element: Element, name: str) -> str:
    """Return an attribute, which the schema qualifies and some programs do not; empty where it is not there."""
    return (element.get(f"{{{AGREEMENT}}}{name}") or element.get(name) or "").strip()


def _party(element: Element) -> Party:
    held = element.all(AGREEMENT, "Certificate")
    ids = {attribute(each, "certId") for each in held}
    references = list(_references(element))
    return Party(
        attribute(element, "partyName"),
        tuple((attribute(each, "type"), each.text.strip()) for each in element.all(AGREEMENT, "PartyId")),
        tuple(_certificate(each, references) for each in held),
        tuple(attribute(each, "uri") for each in element.walk() if _is_ours(each, "Endpoint")),
        tuple(dict.fromkeys(f"{name} {to}" for name, to in references if to not in ids)),
        _others(element, {"PartyId", "Certificate"}),
    )


def _references(element: Element) -> Iterator[tuple[str, str]]:
    for each in element.walk():
        if each.namespace == AGREEMENT and each.name.endswith("CertificateRef"):
            yield each.name, attribute(each, "certId")


def _is_ours(element: Element, name: str) -> bool:
    return element.namespace == AGREEMENT and element.name == name


def _certificate(element: Element, references: list[tuple[str, str]]) -> PartyCertificate:
    own = attribute(element, "certId")
    texts = (each.text for each in element.walk() if each.namespace == SIGNATURES and each.name == "X509Certificate")
    found = (_octets(text) for text in texts)
    uses = dict.fromkeys(name for name, to in references if to == own)
    return PartyCertificate(own, next((der for der in found if der is not None), None), tuple(uses))


def _octets(text: str) -> bytes | None:
    try:
        return from_base64(text.encode("ascii")) or None
    except (binascii.Error, UnicodeEncodeError):
        return None
