"""What SAML metadata and messages say of themselves is what an XML parser finds in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.containers import ContainerFormat, ItemKind, items_of, read_source
from pkitools.containers.saml_entities import described_in
from pkitools.containers.saml_messages import read_message
from pkitools.containers.xml_tags import opening_tags
from pkitools.containers.xml_times import xml_moment
from pkitools.errors import InputError, LimitError
from tests.support.cases import in_one_test
from tests.support.effort import examples
from tests.support.shown import ENTITY_ID, METADATA, MOMENT, entity, key_descriptor, message, small, xml_signature

NAMES = st.sampled_from(
    ["EntityDescriptor", "md:EntitiesDescriptor", "a.b-c:KeyDescriptor", "Other", "DescriptorOf", "x"]
)
VALUES = st.text(st.sampled_from(" aé€<>&'\"=/\n\tDescriptor-"), max_size=12)
ATTRIBUTE_NAMES = ["entityID", "use", "validUntil", "ns0:version", "x.y"]
ATTRIBUTES = st.dictionaries(st.sampled_from(ATTRIBUTE_NAMES), VALUES, max_size=3)
ELEMENTS = st.lists(st.tuples(NAMES, ATTRIBUTES, st.sampled_from(["", "/", "text", "<!-- <EntityDescriptor/> -->"])))
SPACES = 'xmlns:md="m" xmlns:a.b-c="c" xmlns:ns0="n"'


def written(elements: list[tuple[str, dict[str, str], str]]) -> str:
    return f"<root {SPACES}>" + "".join(_element(*element) for element in elements) + "</root>"


def _element(name: str, attributes: dict[str, str], inside: str) -> str:
    start = f"<{name}" + "".join(f" {key} = {quoteattr(value)}" for key, value in attributes.items())
    return f"{start}/>" if inside == "/" else f"{start}>{inside}</{name}>"


@pytest.mark.slow
@examples(300)
@given(ELEMENTS)
def test_tags_are_what_a_parser_finds(elements: list[tuple[str, dict[str, str], str]]) -> None:
    text = written(elements)
    found = list(opening_tags(text.encode(), b"Descriptor"))
    theirs = [each for each in ET.fromstring(text).iter() if _local(each.tag).endswith("Descriptor")]
    assert [tag.name for tag in found] == [_local(each.tag) for each in theirs]
    for tag, each in zip(found, theirs, strict=True):
        read = {_local(key): _plain(value) for key, value in each.attrib.items()}
        given = {name.rpartition(":")[2]: tag.attribute(name) for name in ATTRIBUTE_NAMES}
        assert {name: _plain(value) for name, value in given.items() if value is not None} == read


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _plain(value: str) -> str:
    """A value as both give it: a parser makes a space of a line break, and ours takes off the spaces around."""
    return value.translate({9: " ", 10: " "}).strip()


@given(
    st.integers(1, 9998).flatmap(lambda year: st.integers(0, 300 * 86400).map(lambda seconds: _moment(year, seconds))),
    st.sampled_from(["Z", "", "+02:00", "-11:30", ".5Z", ".123456789Z"]),
)
def test_a_moment_is_what_the_standard_library_reads(moment: datetime, end: str) -> None:
    zones = {"+02:00": timezone(timedelta(hours=2)), "-11:30": timezone(-timedelta(hours=11, minutes=30))}
    text = f"{moment.year:04}-{moment:%m-%dT%H:%M:%S}{end}"
    assert xml_moment(text) == moment.replace(tzinfo=zones.get(end, UTC)).astimezone(UTC)


def _moment(year: int, seconds: int) -> datetime:
    return datetime(year, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)


@in_one_test
@pytest.mark.parametrize(
    "text",
    [None, "", "morgen", "2026-11-26", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "٢026-01-01T00:00:00Z"],
)
def test_what_is_no_moment(text: str | None) -> None:
    assert xml_moment(text) is None


def test_entities_lists_and_roles_with_a_time() -> None:
    inside = entity('validUntil="2026-12-01T00:00:00Z"', key_descriptor(small().ders[0], "signing"))
    role = inside.replace("<md:SPSSODescriptor", '<md:SPSSODescriptor cacheDuration="P1D"')
    text = f'<md:EntitiesDescriptor {METADATA} Name="g" validUntil="morgen">{role}</md:EntitiesDescriptor>'
    found = read_source(text.encode(), "f").described
    assert [(one.element, one.name) for one in found] == [
        ("EntitiesDescriptor", "g"),
        ("EntityDescriptor", ENTITY_ID),
        ("SPSSODescriptor", ENTITY_ID),
    ]
    assert [one.valid_until for one in found] == [None, datetime(2026, 12, 1, tzinfo=UTC), None]
    assert [one.valid_until_text for one in found] == ["morgen", "2026-12-01T00:00:00Z", None]
    assert [one.cache_duration for one in found] == [None, None, "P1D"]
    assert [one.is_entity for one in found] == [False, True, False]


def test_more_entities_than_may_be_are_refused() -> None:
    with pytest.raises(LimitError):
        described_in(b"<EntityDescriptor>" * 10_001)
    with pytest.raises(LimitError):
        described_in(b"Descriptor" * 200_001)


KINDS = [
    "AuthnRequest",
    "Response",
    "LogoutRequest",
    "LogoutResponse",
    "ArtifactResolve",
    "ArtifactResponse",
    "AttributeQuery",
]
AROUND = {
    "bare": "{}",
    "declared": '<?xml version="1.0"?>\n{}',
    "comment": '<!-- <samlp:LogoutRequest ID="no"/> <saml:Issuer>no</saml:Issuer> -->{}',
    "soap": "<soap:Envelope xmlns:soap='s'><soap:Body>{}</soap:Body></soap:Envelope>",
}


@in_one_test
@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("signed", [False, True])
def test_a_message_says_who_sent_it_and_where_it_goes(kind: str, around: str, signed: bool) -> None:
    leaf = small().ders[0]
    inside = (xml_signature(leaf) if signed else "") + (message("Response") if kind == "ArtifactResponse" else "")
    source = read_source(AROUND[around].format(message(kind, inside)).encode(), "f")
    assert source.container is ContainerFormat.XML
    assert source.certificates == ((leaf,) if signed else ())
    (item,) = source.of_kind(ItemKind.SAML_MESSAGE)
    found = read_message(item.der)
    assert found is not None
    assert (found.type, found.id, found.issuer, found.signed) == (kind, "_a1", ENTITY_ID, signed)
    assert (found.destination, found.issue_instant) == ("https://idp.nl/a?b&c", MOMENT)


def test_a_sender_in_a_comment_is_none() -> None:
    hidden = message().replace("<saml:Issuer>", "<!-- <saml:Issuer>no</saml:Issuer> - -- --><saml:Issuer>")
    found = read_message(hidden.encode())
    assert found is not None
    assert found.issuer == ENTITY_ID


def test_who_asks_a_message_for_a_certificate_is_told_what_it_is() -> None:
    source = read_source(message().encode(), "f")
    with pytest.raises(InputError) as refused:
        items_of(source, ItemKind.CERTIFICATE)
    assert refused.value.code == "sources.error.only_saml_message"


@in_one_test
@pytest.mark.parametrize(
    "text",
    [
        entity("", key_descriptor(small().ders[0])),  # metadata names the protocol, too
        "<AuthnRequest/>",
        '<Request xmlns="urn:oasis:names:tc:SAML:2.0:protocol"/>',
        f"<!-- {message()} --><x/>",
        f"<x>{'a' * 70_000}{message()}</x>",
    ],
)
def test_what_is_no_message(text: str) -> None:
    assert read_message(text.encode()) is None


def test_a_document_type_is_refused_in_a_message_too() -> None:
    with pytest.raises(InputError) as refused:
        read_source(f"<!DOCTYPE a [<!ENTITY b 'c'>]>{message()}".encode(), "f")
    assert refused.value.code == "sources.error.xml_document_type"


@in_one_test
@pytest.mark.parametrize("end", ["", "Z", "+02:00"])
@pytest.mark.parametrize("fraction", ["", ".0", ".000000000"])
@pytest.mark.parametrize("day", ["2024-02-28", "2024-12-31", "2023-02-28"])
def test_24_hours_is_midnight_at_the_end_of_the_day(day: str, fraction: str, end: str) -> None:
    begin = xml_moment(f"{day}T00:00:00{fraction}{end}")
    assert begin is not None
    assert xml_moment(f"{day}T24:00:00{fraction}{end}") == begin + timedelta(days=1)
    for none in ("24:00:01", "24:01:00", "24:00:00.1", "25:00:00"):
        assert xml_moment(f"{day}T{none}{end}") is None
