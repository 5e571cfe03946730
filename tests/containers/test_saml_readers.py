"""Where a certificate stands and what entities there are: one answer, and that of an XML parser where it has one.

The parser is the standard library's. What it is given declares no document type, so nothing in it can act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.containers import read_source
from pkitools.containers.saml_entities import described_in
from pkitools.containers.saml_names import ENTITY, SIGNATURE
from pkitools.containers.saml_places import XmlPlace, places
from tests.support.cases import in_one_test
from tests.support.effort import examples
from tests.support.shown import METADATA, key_descriptor, small

LONGEST = 2048
_SPACES = 'xmlns:md="m" xmlns:é="m" xmlns:ds="d" xmlns:x="x"'
PARTS = st.sampled_from(
    [
        "urn:a",
        " entityID='urn:b' ",
        ' entityID="urn:c"',
        "use='signing'",
        ">",
        "/",
        "=",
        "&",
        "<",
        "é€",
        "'",
        '"',
        "\n",
        "\t",
        "\x80",
        "&#60;",
        "-->",
        " ",
        "Descriptor",
        "<EntityDescriptor>",
        "a" * 1000,
        "é" * 600,
    ]
)
VALUES = st.lists(PARTS, max_size=4).map("".join)
NAMES = st.sampled_from(["entityID", "use", "note", "x:entityID", "x:use", "naïve", "a" * 70, "entityID2", "my.use"])
GAPS = st.sampled_from([" ", "\n", "  \t", "\r\n", " " * 30])
EQUALS = st.sampled_from(["=", " = ", "\n=", "=" + " " * 30])
FRAGMENTS = st.sampled_from(
    [
        "<!--",
        "-->",
        "<!-- <md:EntityDescriptor entityID='no'> -->",
        "<![CDATA[",
        "]]>",
        "<?p ",
        "?>",
        "'",
        '"',
        "<",
        ">",
        "<?p <md:EntityDescriptor entityID='no'> ?>",
        "<![CDATA[<md:EntityDescriptor entityID='no'>]]>",
        "/",
        " a='",
        "x",
        "<md:EntityDescriptor entityID='in'/>",
        "<ds:Signature>",
        "</ds:Signature>",
        "<SignatureDescriptor/>",
        "&amp;",
    ]
)


@st.composite
def _attributes(draw: st.DrawFn) -> str:
    told = []
    for name, value in draw(st.dictionaries(NAMES, VALUES, max_size=4)).items():
        quote, reference = draw(st.sampled_from([('"', "&quot;"), ("'", "&#x27;")]))
        written = value.replace("&", draw(st.sampled_from(["&amp;", "&#38;"]))).replace("<", "&lt;")
        written = written.replace("\x80", "&#128;").replace(quote, reference)
        told.append(f"{draw(GAPS)}{name}{draw(EQUALS)}{quote}{written}{quote}")
    return "".join(told)


@st.composite
def _elements(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    name = draw(st.sampled_from(["", "md:", "é:"])) + names[0]
    if len(names) > 1:
        inside = "".join(draw(st.lists(_elements(names[1:]), max_size=2)))
    else:
        inside = "<ds:X509Certificate>N</ds:X509Certificate>"
    return f"<{name}{draw(_attributes())}>{inside}</{name}{draw(st.sampled_from(['', ' ']))}>"


KEY = st.sampled_from(["KeyDescriptor", SIGNATURE]).flatmap(
    lambda last: _elements(("EntitiesDescriptor", ENTITY, "SPSSODescriptor", last))
)
DOCUMENTS = st.lists(KEY, min_size=1, max_size=2).map(lambda every: f"<root {_SPACES}>{''.join(every)}</root>")


def _numbered(text: str) -> bytes:
    parts = text.split(">N<")
    return "".join(f"{part}>{n}<" for n, part in enumerate(parts[:-1])).encode() + parts[-1].encode()


def _ours(text: bytes) -> dict[str, XmlPlace]:
    marks = list(re.finditer(rb"<ds:X509Certificate>([0-9]+)<", text))
    found = places(text, [mark.start() for mark in marks])
    return {mark[1].decode(): place for mark, place in zip(marks, found, strict=True)}


def _theirs(text: bytes) -> tuple[list[str | None], dict[str, XmlPlace]]:
    """Return the entities, and where the certificates stand, as a parser sees them."""
    root = ET.fromstring(text)
    entities = [_value(each, "entityID") for each in root.iter() if _local(each) == ENTITY]
    return entities, dict(_standing(root, XmlPlace()))


def _standing(element: ET.Element, place: XmlPlace) -> Iterator[tuple[str, XmlPlace]]:
    name = _local(element)
    if name == "X509Certificate":
        yield str(element.text), place
    for child in element:
        yield from _standing(child, _inside(element, name, place))


def _inside(element: ET.Element, name: str, place: XmlPlace) -> XmlPlace:
    if name == ENTITY:
        return replace(place, entity_id=_value(element, "entityID"))
    if name == SIGNATURE:
        return replace(place, role=SIGNATURE, use=None)
    if place.role == SIGNATURE or not name.endswith("Descriptor") or name == "EntitiesDescriptor":
        return place
    if name == "KeyDescriptor":
        return replace(place, use=_value(element, "use") or None)
    return replace(place, role=name)


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element: ET.Element, name: str) -> str | None:
    found = element.get(name)
    # an entity ID is what is written, unless that is nothing
    return found if found is None or (name == "entityID" and found.strip()) else found.strip()


def _same(ours: str | None, theirs: str | None) -> bool:
    """Return whether they are one; of a long value ours is the beginning, and says so."""
    if ours == theirs or ours is None or theirs is None:
        return ours == theirs
    return len(theirs.encode()) > LONGEST // 6 and ours.endswith("…") and theirs.startswith(ours[:-1].rstrip()[:300])


def _agree(text: bytes) -> None:
    entities, standing = _theirs(text)
    described = [one.name for one in described_in(text) if one.is_entity]
    assert len(described) == len(entities)
    assert all(map(_same, described, entities)), (described, entities)
    ours = _ours(text)
    for number in standing.keys() & ours.keys():  # the damage may hit the number itself
        theirs = standing[number]
        assert ours[number].role == theirs.role
        assert _same(ours[number].entity_id, theirs.entity_id)
        assert _same(ours[number].use, theirs.use)


@pytest.mark.slow
@examples(60)
@given(DOCUMENTS)
def test_both_find_what_a_parser_finds(text: str) -> None:
    numbered = _numbered(text)
    assert _ours(numbered).keys() == _theirs(numbered)[1].keys()
    _agree(numbered)


@pytest.mark.slow
@examples(60)
@given(DOCUMENTS, FRAGMENTS, st.integers(0, 2000))
def test_both_find_what_a_parser_finds_in_what_was_damaged(text: str, fragment: str, at: int) -> None:
    damaged = _numbered(text[:at] + fragment + text[at:])
    named = {one.name for one in described_in(damaged) if one.is_entity}
    assert {place.entity_id for place in _ours(damaged).values()} <= {None, *named}
    try:
        ET.fromstring(damaged)
    except ET.ParseError:
        return
    _agree(damaged)


@in_one_test
@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('note=" entityID=\'urn:a\' " entityID="urn:b"', "urn:b"),
        ('naïve=" entityID=\'urn:a\' " entityID="urn:b"', "urn:b"),
        (f'{"n" * 70}=" entityID=\'urn:a\' " entityID="urn:b"', "urn:b"),
        (f"entityID='{'u' * 2048}'", "u" * 2048),
        (f"entityID='{'u' * 2100}'", "u" * 2048 + "…"),
        (f"entityID='{'u' * 2047}é'", "u" * 2047 + "…"),
        ("entityID='a&#128;&#x0000D800;&#0;&eacute;'", "a\x80&#x0000D800;&#0;&eacute;"),
    ],
)
def test_the_entity_of_a_certificate_is_the_one_that_is_described(attributes: str, expected: str) -> None:
    role = f"<md:SPSSODescriptor>{key_descriptor(small().ders[0])}</md:SPSSODescriptor>"
    text = f"<md:EntityDescriptor {METADATA} {attributes}>{role}</md:EntityDescriptor>"
    source = read_source(text.encode(), "f")
    assert [one.name for one in source.described] == [expected]
    assert [one.entity_id for one in source.items] == [expected]
