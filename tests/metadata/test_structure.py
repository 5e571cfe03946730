"""What the schema of SAML metadata has is told of nowhere, and each way to leave it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from pkitools.metadata.saml import METADATA, SIGNATURES
from pkitools.metadata.structure import YES_OR_NO, misplaced
from pkitools.metadata.xml_tree import Element, parse_xml
from pkitools.package_data import read_toml
from tests.support.cases import in_one_test
from tests.support.metadata import consumer, entity, good, role
from tests.support.shared import shared

SEQUENCES: dict[str, list[list[str]]] = read_toml("pkitools.metadata", "data/structure.toml")["sequences"]
SPACES = f'xmlns="{METADATA}" xmlns:ds="{SIGNATURES}" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'


def element(name: str, *children: str, text: str = "") -> Element:
    inside = "".join(f"\n  <{child}/>" for child in children)
    return parse_xml(f"<{name} {SPACES}>{text}{inside}\n<!-- said --></{name}>".encode(), "m.xml")


def in_order(name: str) -> Iterator[list[str]]:
    """Every way to choose one of each place, as far as they differ."""
    for number in range(max(map(len, SEQUENCES[name]))):
        yield [names[number % len(names)] for names in SEQUENCES[name]]


@in_one_test
@pytest.mark.parametrize("name", SEQUENCES)
def test_the_order_of_the_schema_is_right_and_each_other_is_told(name: str) -> None:
    for children in in_order(name):
        assert misplaced(element(name, *children)) == ()
        assert misplaced(element(name, *(child for child in children for _ in range(2)))) == ()
        for first, second in pairwise(children):
            (found,) = misplaced(element(name, second, first))
            assert (found.place, found.found) == (name, f"{second} → {first}")


@in_one_test
@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.parametrize("stray", ["Foo", "ds:X509Data", "x:a", "SPSSODescriptor2"])
def test_what_the_schema_does_not_have_is_told(name: str, stray: str) -> None:
    (found,) = misplaced(element(name, stray.replace("x:a", 'a xmlns="urn:x"').replace("/a", "")))
    assert found.place == name
    assert (stray if stray != "x:a" else "{urn:x}a") in found.found


@in_one_test
@pytest.mark.parametrize("name", SEQUENCES)
def test_a_text_between_elements_is_told(name: str) -> None:
    (found,) = misplaced(element(name, text="\n hallo\n daar "))
    assert found.found == "hallo daar"


@in_one_test
@pytest.mark.parametrize("name", sorted(YES_OR_NO))
@pytest.mark.parametrize(("value", "right"), [("true", True), ("0", True), (" 1 ", True), ("TRUE", False), ("", False)])
def test_what_is_true_or_false_is_written_so(name: str, value: str, right: bool) -> None:
    root = parse_xml(f'<X xmlns="{METADATA}" {name}="{value}"/>'.encode(), "m.xml")
    assert (misplaced(root) == ()) is right


def test_good_metadata_is_put_together_right() -> None:
    real = ("digid-metadata_pp1_2023.xml", "eherkenning-metadata_iwelcome_2020.xml")
    for data in (good(), *(shared(f"samples/metadata/{name}").read_bytes() for name in real)):
        assert misplaced(parse_xml(data, "m.xml")) == ()


def test_of_a_file_that_is_wrong_everywhere_the_first_is_told() -> None:
    data = entity(role(endpoints=consumer(more='index="0" isDefault="ja"') * 1000)).encode()
    assert len(misplaced(parse_xml(data, "m.xml"))) == 20
