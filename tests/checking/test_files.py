"""A whole file: which certificates of it are judged, whatever holds them and in whatever order."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking import Expectation, FileCheck, Revocation, check_file
from pkitools.checking.selection import possible_issuers
from pkitools.containers import read_source
from pkitools.errors import InvalidValueError, LimitError, PkitoolsError
from pkitools.findings import Verdict
from pkitools.requests import PrivateKey
from pkitools.requests.keys import wrap_key
from pkitools.trust import TrustStore
from pkitools.x509 import read_certificate
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import PKI, build
from tests.support import deliveries
from tests.support.deliveries import ENTITY_ID, KINDS, Entry, corrupt, jks_of, key_info, metadata_of, pem, pkcs12_of
from tests.support.effort import bounded
from tests.support.keys import SHARED_KEYS

pytestmark = pytest.mark.slow  # products of cases: together they take a fifth of what is run while at work


MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD, FAILED = Verdict.PASSED, Verdict.FAILED


def key_of(issued: IssuedCertificate) -> PrivateKey:
    assert isinstance(issued.key, RSAPrivateKey)
    return wrap_key(issued.key, made_here=True)


@dataclass
class World:
    pki: PKI
    good: IssuedCertificate
    revoked: IssuedCertificate
    other: IssuedCertificate
    revocation: Revocation

    def entry(self, name: str) -> Entry:
        issued: IssuedCertificate = getattr(self, name)
        return name, issued.der, key_of(issued)

    def judged(self, data: bytes, **asked: Any) -> FileCheck:
        given: dict[str, Any] = {
            "moment": MOMENT,
            "environment": "preproduction",
            "trust": TrustStore.from_der([self.good.root.der]),
            "intermediates": [link.der for link in self.good.intermediates],
            "revocation": self.revocation,
            "raise_crashes": True,
        }
        return check_file(data, **{**given, **asked})


@pytest.fixture(scope="module")
def world() -> World:
    pki = build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)
    good, revoked, other = (pki.issue("g4-tls", dns=[f"{name}.voorbeeld.nl"]) for name in ("good", "revoked", "other"))
    pki.issuer_of("g4-tls").revoke(revoked.serial_number, moment=MOMENT)
    return World(pki, good, revoked, other, Revocation(policy="require", crls=list(pki.crls().values())))


def names(found: FileCheck) -> list[str]:
    return [str(result.facts.subject.common_name).removeprefix("TRIAL ").partition(".")[0] for result in found.results]


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("order", list(permutations(["good", "revoked", "other"])), ids="-".join)
def test_every_certificate_is_judged_in_every_container_and_order(
    world: World, kind: str, order: Sequence[str]
) -> None:
    found = world.judged(KINDS[kind]([world.entry(name) for name in order]))
    assert sorted(names(found)) == sorted(order)
    verdicts = dict(zip(names(found), (result.report.verdict for result in found.results), strict=True))
    assert verdicts == {"good": GOOD, "revoked": FAILED, "other": GOOD}
    assert found.verdict is FAILED
    assert found.count == 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_good_certificates_make_a_good_file_and_one_is_judged_once(world: World, kind: str) -> None:
    twice = [world.entry("good"), world.entry("other"), world.entry("good")]
    found = world.judged(KINDS[kind](twice))
    assert sorted(names(found)) == ["good", "other"]
    assert found.verdict is GOOD
    assert found.is_complete


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_a_part_that_cannot_be_read_is_never_passed_over(world: World, bad: int) -> None:
    parts = [pem(world.good.der), pem(world.other.der)]
    parts.insert(bad, corrupt())
    found = world.judged(b"".join(parts))
    assert sorted(names(found)) == ["good", "other"]
    assert not found.is_complete
    assert found.verdict is Verdict.INDETERMINATE
    assert found.file_report.codes() == {"file.block.readable"}


@pytest.mark.parametrize("kind", ["pkcs12", "jks"])
def test_of_a_keystore_the_key_entries_are_judged_and_not_what_is_only_trusted(world: World, kind: str) -> None:
    revoked = world.revoked.der
    data = (
        pkcs12_of(world.entry("good"), more=[revoked])
        if kind == "pkcs12"
        else jks_of(world.entry("good"), trusted=[revoked])
    )
    found = world.judged(data)
    assert names(found) == ["good"]
    told = [each for each in found.delivery.findings if each.rule.code == "delivery.keystore.trusted"]
    assert [each.params["names"] for each in told] == [world.revoked.facts.subject.common_name]


@pytest.mark.parametrize("kind", ["pkcs12", "jks"])
@pytest.mark.parametrize("again", ["good", "revoked"])
def test_what_stands_with_its_key_is_not_said_to_lack_one_where_it_stands_again(
    world: World, kind: str, again: str
) -> None:
    """``openssl pkcs12 -export -certfile`` with the file of the whole chain writes the certificate twice."""
    der = getattr(world, again).der
    data = (
        pkcs12_of(world.entry("good"), more=[der]) if kind == "pkcs12" else jks_of(world.entry("good"), trusted=[der])
    )
    found = world.judged(data)
    assert names(found) == ["good"]
    assert ("delivery.keystore.trusted" in found.delivery.codes()) is (again == "revoked")


@pytest.mark.slow
def test_a_second_key_whose_certificate_cannot_be_told_makes_every_end_entity_count(world: World) -> None:
    """The name of the second key fits no certificate: then all may be the one."""
    name, der, key = world.entry("revoked")
    bags = pkcs12_of(world.entry("good"), (name, der, key), more=[world.other.der])
    assert sorted(names(world.judged(bags))) == ["good", "revoked"]
    anonymous = pkcs12_of(world.entry("good"), ("", der, key), more=[world.other.der])
    assert sorted(names(world.judged(anonymous))) == ["good", "other", "revoked"]


# -- which one --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_one_is_chosen_by_alias_number_or_fingerprint(world: World) -> None:
    data = pkcs12_of(world.entry("good"), world.entry("revoked"))
    sha256 = world.judged(data).results[1].facts.sha256
    colons = ":".join(sha256[at : at + 2] for at in range(0, 64, 2)).upper()
    for chosen in (
        {"alias": "revoked"},
        {"alias": "REVOKED"},
        {"certificate": 2},
        {"certificate": "2"},
        {"certificate": sha256},
        {"certificate": sha256[:8]},
        {"certificate": colons},
        {"certificate": world.judged(data).results[1].facts.sha1},
        {"alias": "revoked", "certificate": 2},
    ):
        found = world.judged(data, **chosen)
        assert names(found) == ["revoked"], chosen
        assert [one.subject.number for one in found.judged] == [2]
        assert found.count == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"alias": "nobody"}, "no_such_alias"),
        ({"certificate": 3}, "no_such_certificate"),
        ({"certificate": "0"}, "no_such_certificate"),
        ({"certificate": "ffffffff"}, "no_such_certificate"),
        ({"certificate": "good"}, "no_such_certificate"),
        ({"certificate": ""}, "no_such_certificate"),
        ({"alias": "good", "certificate": 2}, "no_such_certificate"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(world: World, chosen: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        world.judged(pkcs12_of(world.entry("good"), world.entry("revoked")), **chosen)
    assert refused.value.code == f"checking.error.{code}"
    assert "1 good; 2 revoked" in str(refused.value)


@pytest.mark.parametrize("wrong", [True, 1.0, b"1", object()])
def test_a_certificate_is_chosen_by_number_or_text_only(world: World, wrong: Any) -> None:
    with pytest.raises(InvalidValueError):
        world.judged(pem(world.good.der), certificate=wrong)


# -- metadata ---------------------------------------------------------------------------------------------------------


def test_metadata_says_role_use_and_entity_id(world: World) -> None:
    found = world.judged(metadata_of(("signing", world.good.der), ("encryption", world.other.der)))
    assert [one.subject.uses for one in found.judged] == [
        ("SPSSODescriptor signing",),
        ("SPSSODescriptor encryption",),
    ]
    assert {one.subject.entity_id for one in found.judged} == {ENTITY_ID}


def test_one_certificate_for_two_uses_is_judged_once_and_named_with_both(world: World) -> None:
    found = world.judged(metadata_of(("signing", world.good.der), ("encryption", world.good.der)))
    (one,) = found.judged
    assert one.subject.uses == ("SPSSODescriptor signing", "SPSSODescriptor encryption")


@pytest.mark.parametrize("system", ["digid-machtigen", "eherkenning"])
def test_every_certificate_is_held_to_the_entity_id_that_the_metadata_states(world: World, system: str) -> None:
    scheme = {"digid-machtigen": "urn:nl-eid-gdi:1.0:DV", "eherkenning": "urn:etoegang:DV"}[system]
    keys = [("signing", world.good.der), ("encryption", world.other.der)]
    own = world.judged(pem(world.good.der)).results[0].oin

    def violated(**asked: Any) -> list[bool]:
        found = world.judged(
            metadata_of(*keys, entity_id=f"{scheme}:{asked.pop('oin')}:entities:9000"), systems=system, **asked
        )
        return ["system.oin.equals_entity_id" in result.report.codes() for result in found.results]

    assert violated(oin=own) == [False, False]
    assert violated(oin="00000001001516814000") == [True, True]
    assert violated(oin="00000001001516814000", entity_id=f"{scheme}:{own}:entities:9000") == [False, False]
    assert violated(oin=own, entity_id=f"{scheme}:00000001001516814000:entities:9000") == [True, True]


def test_what_signed_the_metadata_of_an_entity_is_held_to_its_entity_id(world: World) -> None:
    signature = f"<ds:Signature>{key_info(world.revoked.der)}</ds:Signature>"
    data = metadata_of(("signing", world.good.der), inside=signature)
    found = world.judged(data)
    assert names(found) == ["revoked", "good"]
    assert [one.subject.entity_id for one in found.judged] == [ENTITY_ID, ENTITY_ID]
    one = metadata_of(("signing", world.good.der)).partition(b"?>")[2]
    opening = b'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
    found = world.judged(opening + signature.encode() + one + b"</md:EntitiesDescriptor>")
    assert [one.subject.entity_id for one in found.judged] == [None, ENTITY_ID]
    itself = f"<ds:Signature>{key_info(world.good.der)}</ds:Signature>"
    (one,) = world.judged(metadata_of(("signing", world.good.der), inside=itself)).judged
    assert one.subject.entity_id == ENTITY_ID


def test_a_certificate_of_two_entities_is_judged_for_each(world: World) -> None:
    first, second = (
        metadata_of((None, world.good.der), entity_id=entity).partition(b"?>")[2] for entity in ("urn:a", "urn:b")
    )
    data = b'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">' + first + second
    found = world.judged(data + b"</md:EntitiesDescriptor>")
    assert [one.subject.entity_id for one in found.judged] == ["urn:a", "urn:b"]


@pytest.mark.parametrize(
    ("changed", "entity_id", "use"),
    [
        ((b"<md:", b"<"), ENTITY_ID, "signing"),
        ((b'entityID="', b"entityID = '"), None, "signing"),  # the quotes do not belong together: nothing is guessed
        ((ENTITY_ID.encode(), b"urn:a&amp;b"), "urn:a&b", "signing"),
        ((b"<md:SPSS", b'<!-- <md:EntityDescriptor entityID="urn:x"> --><md:SPSS'), ENTITY_ID, "signing"),
        ((b"<md:SPSS", b"<!-- <md:KeyDescriptor use='encryption'> --><md:SPSS"), ENTITY_ID, "signing"),
        ((b"<md:SPSS", b'<md:KeyDescriptor use="encryption"/><md:SPSS'), ENTITY_ID, "signing"),
        ((b"entityID=", b'x:entityID="urn:x" validUntil="a>b" entityID='), ENTITY_ID, "signing"),
        ((b'use="signing"', b"use = 'signing'"), ENTITY_ID, "signing"),
        ((b'use="signing"', b""), ENTITY_ID, None),
    ],
)
def test_metadata_in_other_words(
    world: World, changed: tuple[bytes, bytes], entity_id: str | None, use: str | None
) -> None:
    data = metadata_of(("signing", world.good.der)).replace(*changed)
    (item,) = read_source(data, "m").items
    assert (item.entity_id, item.use) == (entity_id, use)


@pytest.mark.slow
def test_what_is_hidden_in_metadata_costs_no_more_than_its_length(world: World) -> None:
    start = metadata_of(("signing", world.good.der))
    for repeated in (
        b"Descriptor",
        b"<md:Signature",
        b"<!--",
        b'<aDescriptor "',
        b"<aDescriptor '",
        b"<aDescriptor ",
        b"</aDescriptor>",
        b"<Signature>",
    ):
        for times in (60_000, 200_001):  # within what is looked at, and beyond
            with bounded(5), suppress(LimitError):
                read_source(start + repeated * times + start, "m")


# -- private keys -----------------------------------------------------------------------------------------------------


def key_pem(issued: IssuedCertificate) -> bytes:
    return key_of(issued).pem(None)


def test_a_private_key_in_the_file_is_compared(world: World) -> None:
    chain = world.good.chain_pem
    own = world.judged(chain + key_pem(world.good))
    assert own.file_report.codes() == {"received.private_key.enclosed"}
    assert own.verdict is GOOD
    foreign = world.judged(chain + key_pem(world.other))
    assert "received.private_key.foreign" in foreign.file_report.codes()
    assert foreign.verdict is FAILED
    both = world.judged(chain + key_pem(world.good) + key_pem(world.other))
    assert both.verdict is FAILED
    assert world.judged(chain).file_report.codes() == set()


def test_a_new_key_beside_an_old_and_a_new_certificate_is_not_foreign(world: World) -> None:
    found = world.judged(pem(world.good.der, world.other.der) + key_pem(world.other))
    assert found.verdict is GOOD


@pytest.mark.slow
@pytest.mark.parametrize("passphrase", [None, b"geheim", b"wrong"])
def test_an_encrypted_private_key_is_compared_when_it_can_be_opened(world: World, passphrase: bytes | None) -> None:
    found = world.judged(pem(world.good.der) + key_of(world.other).pem(b"geheim"), passphrase=passphrase)
    opened = passphrase == b"geheim"
    assert ("received.private_key.foreign" in found.file_report.codes()) is opened
    assert ("received.private_key.compared" in found.file_report.codes()) is not opened


def test_no_private_key_belongs_in_metadata(world: World) -> None:
    pasted = metadata_of(("signing", world.good.der), inside=key_pem(world.good).decode())
    assert "received.private_key.published" in world.judged(pasted).file_report.codes()
    assert world.judged(pasted).verdict is FAILED
    pkcs8 = key_of(world.good).native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    as_certificate = metadata_of(("signing", world.good.der), ("encryption", pkcs8))
    assert "received.private_key.published" in world.judged(as_certificate).file_report.codes()


@pytest.mark.parametrize(
    ("member", "published"),
    [
        ({}, False),
        ({"d": "c2VjcmV0"}, True),
        ({"d": None, "p": ""}, False),
        *(({name: "c2VjcmV0"}, True) for name in ("p", "q", "dp", "dq", "qi")),  # one of these gives the rest
        ({"oth": [{"r": "c2VjcmV0"}]}, True),
        ({"kty": "rsa", "p": "c2VjcmV0"}, True),
        ({"kty": "oct", "k": "c2VjcmV0"}, True),
    ],
)
def test_no_private_key_belongs_in_a_jwks(world: World, member: dict[str, object], published: bool) -> None:
    entry = {"kty": "RSA", "x5c": [base64.b64encode(world.good.der).decode()], **member}
    found = world.judged(json.dumps({"keys": [entry]}).encode())
    assert ("received.private_key.published" in found.file_report.codes()) is published
    assert found.verdict is (FAILED if published else GOOD)


def test_no_private_key_belongs_in_a_cpa(world: World) -> None:
    times = "<tns:Start>2020-01-01T00:00:00Z</tns:Start><tns:End>2099-01-01T00:00:00Z</tns:End>"
    cpa = f'<tns:CollaborationProtocolAgreement xmlns:ds="x">{times}{key_info(world.good.der)}%s</x>'.encode()
    assert world.judged(cpa % b"").file_report.codes() == {"file.metadata.certificates"}
    assert "received.private_key.published" in world.judged(cpa % key_pem(world.good)).file_report.codes()


def test_beside_a_keystore_in_a_mail_what_else_it_holds_is_judged_too(world: World) -> None:
    def attached(name: str, data: bytes) -> bytes:
        head = f'--b\r\nContent-Type: application/octet-stream; name="{name}"\r\n'.encode()
        return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data) + b"\r\n"

    head = b"From: a@b.nl\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    parts = attached("a.p12", pkcs12_of(world.entry("good"), more=[world.other.der])) + attached(
        "b.cer", world.revoked.der
    )
    found = world.judged(head + parts + b"--b--\r\n")
    assert sorted(names(found)) == ["good", "revoked"]


@pytest.mark.slow
def test_a_keystore_with_its_own_key_is_right_and_with_another_is_not(world: World) -> None:
    assert world.judged(pkcs12_of(world.entry("good"))).file_report.codes() == set()
    name, der, _ = world.entry("good")
    assert world.judged(pkcs12_of((name, der, key_of(world.other)))).verdict is FAILED


def test_what_is_expected_is_asked_of_every_certificate(world: World) -> None:
    found = world.judged(pem(world.good.der, world.other.der), expected=Expectation(key=world.good.key))
    assert ["received.key.match" in result.report.codes() for result in found.results] == [False, True]
    assert found.verdict is FAILED


def test_many_certificates_are_judged_without_each_looking_at_all_others(world: World) -> None:
    """The cost of one more does not grow with their number: the others are no intermediates of it."""
    facts = [read_certificate(one.der) for one in (world.good, world.other, *world.good.intermediates)]
    assert [f.is_ca for f in possible_issuers(facts)] == [True] * len(world.good.intermediates)
    as_issuer = replace(facts[0], issuer=facts[1].subject)
    assert facts[1] in possible_issuers([as_issuer, facts[1]])


def test_a_file_that_holds_no_certificate_is_an_error(world: World) -> None:
    for data in (key_pem(world.good), corrupt(), deliveries.metadata_of()):
        with pytest.raises(PkitoolsError):
            world.judged(data)
