"""What changed: nothing between two files that say the same, and the one way what is the other way turned round."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256
from itertools import permutations, product

import pytest

from pkitools.errors import InputError
from pkitools.messages import LANGUAGES, message
from pkitools.metadata import ChangeKind, MetadataChange, compare_metadata
from pkitools.metadata.comparison import Topic
from pkitools.metadata.jwks import read_jwks
from tests.support.cases import in_one_test
from tests.support.leaves import RSIN_OIN
from tests.support.metadata import (
    GDI,
    POST,
    consumer,
    cpa,
    descriptor,
    entities,
    entity,
    good,
    holder,
    jwk,
    jwks,
    party,
    role,
    signed,
)

TURNED = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
BOTH = descriptor() + descriptor(holder(1)) + descriptor(use="encryption")
SAML = {
    "as it was": good(),
    "another entity ID": good(entity_id=GDI.replace("0001", "0002")),
    "one certificate more": good(roles=role(keys=BOTH)),
    "another certificate": good(roles=role(keys=descriptor(holder(1)) + descriptor(use="encryption"))),
    "another name of the key": good(roles=role(keys=descriptor(name="k1") + descriptor(use="encryption"))),
    "another address": good(roles=role(endpoints=consumer("https://nieuw.example.nl/acs"))),
    "one address more": good(roles=role(endpoints=consumer() + consumer("https://b.example.nl/", more='index="1"'))),
    "another time": good(attributes='validUntil="2027-07-01T00:00:00Z"'),
    "no time": good(attributes=""),
    "not signed": entity().encode(),
    "signed by another": signed(entity(), holder(1)),
    "signed in another way": signed(entity(), algorithm="rsa-sha512", digest="sha512"),
    "requests not signed": good(roles=role(attributes='WantAssertionsSigned="true"')),
    "two entities": entities(entity(), entity(entity_id=GDI.replace("0001", "0002"), identity="_2")).encode(),
}
JWKS = {
    "as it was": jwks(),
    "another certificate": jwks(jwk(x5c=[holder(1).base64])),
    "one key more": jwks(jwk(), jwk(holder(1))),
    "no certificate": jwks(jwk(x5c=None)),
}
CPA = {
    "as it was": cpa(),
    "another certificate": cpa(party(holder(2))),
    "another party": cpa(party(number=RSIN_OIN)),
    "another time": cpa(end="2028-01-01T00:00:00Z"),
    "another address": cpa(party(uri="https://nieuw.example.nl/")),
}
PAIRS = [(forms[a], forms[b], f"{a} - {b}") for forms in (SAML, JWKS, CPA) for a, b in permutations(forms, 2)]
ALONE = [(data, name) for forms in (SAML, JWKS, CPA) for name, data in forms.items()]


@in_one_test
@pytest.mark.parametrize("data", [data for data, _ in ALONE], ids=[name for _, name in ALONE])
def test_nothing_changed_between_a_file_and_itself(data: bytes) -> None:
    assert compare_metadata(data, data).changes == ()


@pytest.mark.slow
def test_the_one_way_is_the_other_way_turned_round() -> None:
    for old, new, named in PAIRS:
        there, back = (compare_metadata(*pair).changes for pair in ((old, new), (new, old)))
        assert there, named
        assert {_turned(change) for change in there} == {_plain(change) for change in back}, named
        assert [*map(_rank, there)] == sorted(map(_rank, there)), named
        _is_told(there)


RICH = entity(
    attributes='validUntil="2027-06-01T00:00:00Z" cacheDuration="PT24H"',
    roles="<md:Extensions><x:a xmlns:x='urn:x'>1</x:a></md:Extensions>"
    + role(
        keys=descriptor().replace("</md:KeyDescriptor>", '<md:EncryptionMethod Algorithm="urn:a"/></md:KeyDescriptor>'),
        endpoints=f'<md:SingleLogoutService Binding="{POST}" Location="https://a.nl/slo" ResponseLocation="https://a.nl/r"/>'
        "<md:NameIDFormat>urn:n</md:NameIDFormat>"
        + consumer(more='index="0" isDefault="true"')
        + consumer(more='index="1"')
        + '<md:AttributeConsumingService index="2"><md:ServiceName>Dienst</md:ServiceName>'
        '<md:RequestedAttribute Name="urn:svc:1"/></md:AttributeConsumingService>',
    )
    + "<md:Organization><md:OrganizationName>Voorbeeld</md:OrganizationName></md:Organization>",
)
SAID = {
    ">1<": ">2<",
    "urn:a": "urn:b",
    "https://a.nl/slo": "https://b.nl/slo",
    "https://a.nl/r": "https://b.nl/r",
    ">urn:n<": ">urn:m<",
    ' isDefault="true"': "",
    'index="1"': 'index="7"',
    'index="2"': 'index="7"',
    ">Dienst<": ">Andere dienst<",
    "urn:svc:1": "urn:svc:2",
    'Name="urn:svc:1"': 'Name="urn:svc:1" isRequired="true"',
    ">Voorbeeld<": ">Ander<",
    "2.0:protocol": "2.0:protocol urn:other",
    'WantAssertionsSigned="true"': 'WantAssertionsSigned="false"',
    "PT24H": "PT1H",
    "2027-06-01": "2027-07-01",
}


@in_one_test
@pytest.mark.parametrize("old", SAID)
def test_whatever_metadata_says_its_change_is_told(old: str) -> None:
    """Who reads that two files say the same sends nothing: a service that is asked for otherwise is no small thing."""
    assert RICH.count(old) == 1, old
    changes = compare_metadata(RICH.encode(), RICH.replace(old, SAID[old]).encode()).changes
    assert changes
    _is_told(changes)


@pytest.mark.parametrize("truth", [("true", "1"), ("false", "0")], ids=["true", "false"])
def test_two_spellings_of_one_thing_are_no_change(truth: tuple[str, str]) -> None:
    """An editor that writes 1 where another writes true changes nothing of what the other side must know."""
    yes_or_no = RICH.replace('Name="urn:svc:1"', 'Name="urn:svc:1" isRequired="true"')
    one, other = (yes_or_no.replace('="true"', f'="{spelled}"').encode() for spelled in truth)
    assert one != other
    assert compare_metadata(one, other).changes == ()


BARE = "<md:KeyDescriptor use='signing'><ds:KeyInfo>{}</ds:KeyInfo></md:KeyDescriptor>"
NO_CERTIFICATE = {
    "its name": ("<ds:KeyName>a</ds:KeyName>", "<ds:KeyName>b</ds:KeyName>"),
    "the key itself": ("<ds:KeyValue>a</ds:KeyValue>", "<ds:KeyValue>b</ds:KeyValue>"),
    "no base64": (
        "<ds:X509Data><ds:X509Certificate>!a</ds:X509Certificate></ds:X509Data>",
        "<ds:X509Data><ds:X509Certificate>!b</ds:X509Certificate></ds:X509Data>",
    ),
    "its subject": (
        "<ds:X509Data><ds:X509SubjectName>CN=a</ds:X509SubjectName></ds:X509Data>",
        "<ds:X509Data><ds:X509SubjectName>CN=b</ds:X509SubjectName></ds:X509Data>",
    ),
}


@pytest.mark.parametrize("said", NO_CERTIFICATE)
def test_a_key_without_a_certificate_that_can_be_read_is_not_passed_over(said: str) -> None:
    one, other = (entity(roles=role(keys=BARE.format(inside))).encode() for inside in NO_CERTIFICATE[said])
    for old, new in permutations((one, other, entity(roles=role(keys=BARE.format(""))).encode()), 2):
        changes = compare_metadata(old, new).changes
        assert changes
        _is_told(changes)


def test_an_address_that_is_not_the_usual_one_makes_another_that() -> None:
    """Of addresses of which none is the default the first is that does not say that it is not."""
    changed = RICH.replace(' isDefault="true"', ' isDefault="false"'), RICH.replace(' isDefault="true"', "")
    assert compare_metadata(*(each.encode() for each in changed)).changes


AGREED = (
    '<tp:CollaborationRole><tp:Role tp:name="Ontvanger"/>'
    '<tp:ServiceBinding><tp:Service tp:type="urn:osb">urn:a</tp:Service>'
    '<tp:CanReceive><tp:ThisPartyActionBinding tp:action="bewaar"/></tp:CanReceive>'
    "</tp:ServiceBinding></tp:CollaborationRole>"
    '<tp:DeliveryChannel><tp:MessagingCharacteristics tp:ackRequested="always"/></tp:DeliveryChannel>'
    "<tp:DocExchange><tp:Retries>8</tp:Retries></tp:DocExchange></tp:PartyInfo>"
)
AGREEMENT = cpa(
    party().replace("</tp:PartyInfo>", AGREED), more='<tp:Packaging tp:id="P1"/><tp:Comment>Een</tp:Comment>'
)


@in_one_test
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Ontvanger"', '"Verzender"'),
        ("urn:a<", "urn:b<"),
        ('"bewaar"', '"wis"'),
        ('"always"', '"never"'),
        (">8<", ">0<"),
        ('"agreed"', '"proposed"'),
        ('tp:id="P1"', 'tp:id="P2"'),
        (">Een<", ">Ander<"),
    ],
)
def test_so_is_whatever_an_agreement_says(old: str, new: str) -> None:
    assert AGREEMENT.count(old.encode()) == 1
    changes = compare_metadata(AGREEMENT, AGREEMENT.replace(old.encode(), new.encode())).changes
    assert [change.topic for change in changes] == [Topic.PROMISE]
    _is_told(changes)


def test_an_address_of_an_agreement_is_told_once() -> None:
    changes = compare_metadata(CPA["as it was"], CPA["another address"]).changes
    assert {change.topic for change in changes} == {Topic.ENDPOINT}


MEMBERS: list[dict[str, object]] = [
    {"use": "enc"},
    {"alg": "PS512"},
    {"x5u": "https://a.nl/c.pem"},
    {"key_ops": ["verify"]},
    {"exp": 1},
    {"x5t#S256": "AAAA"},
    {"x5c": [holder().base64, "!"]},
    {"d": "AQAB"},
]


@in_one_test
@pytest.mark.parametrize("member", MEMBERS, ids=[next(iter(each)) for each in MEMBERS])
def test_so_is_what_a_jwk_says_of_its_key(member: dict[str, object]) -> None:
    changes = compare_metadata(jwks(jwk()), jwks({**jwk(), **member})).changes
    assert [change.topic for change in changes] == [Topic.PROMISE]
    assert "AQAB" not in repr(changes)  # what a private part is is told nowhere


def test_each_certificate_of_a_jwk_is_told() -> None:
    changes = compare_metadata(jwks(jwk()), jwks(jwk(x5c=[holder().base64, holder(1).base64]))).changes
    assert [change.code for change in changes] == ["metadata.change.certificate.added"]


def _plain(change: MetadataChange) -> tuple[object, ...]:
    return change.topic, change.kind, change.place, change.old, change.new


def _turned(change: MetadataChange) -> tuple[object, ...]:
    return change.topic, TURNED.get(change.kind, change.kind), change.place, change.new, change.old


def _rank(change: MetadataChange) -> int:
    return list(Topic).index(change.topic)


def _is_told(changes: tuple[MetadataChange, ...]) -> None:
    for change in changes:
        for language in LANGUAGES:
            told = message(change.code, change.params, language)
            assert told.message, change.code
            assert told.remedy, change.code
            assert "{" not in told.message


def test_a_certificate_is_told_by_both_fingerprints() -> None:
    found = compare_metadata(SAML["as it was"], SAML["one certificate more"]).changes
    assert [change.code for change in found] == [
        "metadata.change.certificate.added",
        "metadata.change.key_name.added",
    ]
    told = message(found[0].code, found[0].params, "nl").message
    assert found[0].certificate is not None
    assert found[0].certificate.sha1.replace(":", "").lower() == holder(1).name
    assert found[0].certificate.sha1 in told
    assert found[0].certificate.sha256 in told


@in_one_test
@pytest.mark.parametrize(
    ("one", "other"), list(permutations((SAML["as it was"], JWKS["as it was"], CPA["as it was"]), 2))
)
def test_files_of_two_kinds_are_not_compared(one: bytes, other: bytes) -> None:
    with pytest.raises(InputError) as refused:
        compare_metadata(one, other)
    assert refused.value.code == "metadata.error.other_kinds"


MOMENTS = (
    ("2027-06-01T00:00:00Z", "2027-06-01T00:00:00+00:00", "2027-06-01T02:00:00+02:00", "2027-06-01T00:00:00.000Z"),
    ("2027-06-01T00:00:00.5Z", "2027-06-01T00:00:00.500Z", "2027-05-31T23:00:00.50-01:00"),
    ("2027-06-01T00:00:01Z",),
)
DURATIONS = (
    ("P1D", "PT24H", "PT1440M", "PT86400S", "P0Y1D", "PT86400.0S"),
    ("P1M",),
    ("P12M", "P1Y"),
    ("-P1D", "-PT24H"),
)


@pytest.mark.parametrize(("name", "groups"), [("validUntil", MOMENTS), ("cacheDuration", DURATIONS)])
def test_two_spellings_of_one_time_are_no_change(name: str, groups: tuple[tuple[str, ...], ...]) -> None:
    """And two times are, in each spelling; of an entity, of a role, and of an agreement."""
    told = [(spelling, number) for number, group in enumerate(groups) for spelling in group]
    for (one, first), (other, second) in product(told, told):
        ways = [
            [entity(attributes=f'{name}="{time}"').encode() for time in (one, other)],
            [entity(role(attributes=f'{name}="{time}"')).encode() for time in (one, other)],
        ]
        ways += [[cpa(end=time) for time in (one, other)]] if name == "validUntil" else []
        for old, new in ways:
            changes = [each for each in compare_metadata(old, new).changes if each.topic is not Topic.SIGNATURE]
            assert bool(changes) is (first != second), (one, other, changes)


def test_a_key_without_a_name_is_known_by_itself_and_not_by_its_place() -> None:
    keys = [jwk(holder(number), kid=None) for number in range(3)]
    for one, other in product(permutations(keys), repeat=2):
        assert compare_metadata(jwks(*one), jwks(*other)).changes == ()
    for left in permutations(keys, 2):
        before = compare_metadata(jwks(*keys), jwks(*left)).changes
        gone = next(each for each in keys if each not in left)
        assert {each.kind for each in before} == {ChangeKind.REMOVED}
        printed = sha256(b64decode(gone["x5c"][0])).hexdigest()
        assert {each.certificate.sha256 for each in before if each.certificate} == {printed}


def test_the_thumbprint_of_a_key_is_that_of_the_standard() -> None:
    """RFC 7638 3.1, and RFC 8037 A.3."""
    rsa = {
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB"
        "ZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbI"
        "SD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "alg": "RS256",
    }
    okp = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    wanted = ("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    found = read_jwks(json.dumps({"keys": [rsa, okp]}).encode(), "k").keys
    assert tuple(each.thumbprint for each in found) == wanted
