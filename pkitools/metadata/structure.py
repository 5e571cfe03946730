"""Is SAML metadata put together as its schema has it? Who validates refuses what is not, and says no more than that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from pkitools.frozen import dataclass
from pkitools.metadata.xml_tree import Element
from pkitools.package_data import read_toml

_METADATA: Final = "urn:oasis:names:tc:SAML:2.0:metadata"
_PREFIXES: Final = {
    "http://www.w3.org/2000/09/xmldsig#": "ds:",
    "urn:oasis:names:tc:SAML:2.0:assertion": "saml:",
    _METADATA: "",
}
YES_OR_NO: Final = frozenset(
    {"AuthnRequestsSigned", "WantAssertionsSigned", "WantAuthnRequestsSigned", "isDefault", "isRequired"}
)
"""Attributes that are true or false."""
_BOOLEANS: Final = frozenset({"true", "false", "1", "0"})  # as XML Schema writes them
_MOST: Final = 20  # of a file that is put together in another way everywhere
_MOST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Something that the schema does not have where it stands.

    Args:
        place: the element that it stands in.
        found: the element, the attribute with its value, or the text; of what is out of order what it stands behind, an
            arrow, and it.
    """

    place: str
    found: str


def misplaced(root: Element) -> tuple[Misplaced, ...]:
    """Return what stands in a metadata document where its schema does not have it, the first of it.

    Args:
        root: its root.
    """
    found: list[Misplaced] = []
    for element in root.walk():
        if element.namespace == _METADATA:
            found += _in(element)
        if len(found) >= _MOST:
            break
    return tuple(found[:_MOST])


def _in(element: Element) -> Iterator[Misplaced]:
    for name in sorted(YES_OR_NO & element.attributes.keys()):
        if element.attributes[name].strip() not in _BOOLEANS:
            yield Misplaced(element.name, f'{name}="{element.attributes[name][:_MOST_SHOWN]}"')
    sequence = _sequences().get(element.name)
    if sequence is None:
        return
    if text := " ".join(element.text[: _MOST_SHOWN * 4].split())[:_MOST_SHOWN]:
        yield Misplaced(element.name, text)
    yield from _out_of_order(element, sequence)


def _out_of_order(element: Element, sequence: Mapping[str, int]) -> Iterator[Misplaced]:
    last, at = "", -1
    for child in element.children:
        name = _PREFIXES.get(child.namespace, f"{{{child.namespace[:_MOST_SHOWN]}}}") + child.name
        place = sequence.get(name)
        if place is None:
            yield Misplaced(element.name, name)
        elif place < at:
            yield Misplaced(element.name, f"{last} → {name}")
        else:
            last, at = name, place


@cache
def _sequences() -> Mapping[str, Mapping[str, int]]:
    rows = read_toml(str(__package__), "data/structure.toml")["sequences"]
    return {
        element: {name: number for number, names in enumerate(row) for name in names} for element, row in rows.items()
    }
