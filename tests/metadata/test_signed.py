"""Only what is signed counts: content beside a good signature is never taken for signed, however it is put there."""

from __future__ import annotations

import random
import sys
from base64 import b64encode
from contextlib import suppress
from itertools import product

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pkitools.errors import InputError
from pkitools.findings import Severity, Status, Verdict
from pkitools.metadata import MetadataCheck, check_metadata, read_metadata
from pkitools.metadata.saml import SamlMetadata
from pkitools.metadata.signatures import SignatureStatus
from pkitools.systems import systems
from tests.support.cases import in_one_test
from tests.support.effort import budget
from tests.support.leaves import RSIN_OIN
from tests.support.metadata import (
    GDI,
    MOMENT,
    descriptor,
    entities,
    entity,
    good,
    holder,
    jwk,
    jwks,
    role,
    signed,
)

EVIL = GDI.replace("0001", "6666")
ABOUT_SIGNING = ("metadata.signature.", "metadata.document.ids")


def judged(data: bytes, system: str = "digid-machtigen") -> MetadataCheck:
    return check_metadata(data, system=system, environment="production", moment=MOMENT, raise_crashes=True)


def signature_of(data: bytes) -> str:
    text = data.decode()
    end = "</ds:Signature>"
    return text[text.index("<ds:Signature") : text.index(end) + len(end)]


def without_signature(data: bytes) -> str:
    return data.decode().replace(signature_of(data), "")


def evil(identity: str = "_1", inside: str = "") -> str:
    text = entity(entity_id=EVIL, identity=identity, roles=role(keys=descriptor(holder(1))))
    return text.replace("<md:SPSSODescriptor", f"{inside}<md:SPSSODescriptor", 1)


def within(text: str) -> str:
    return f"<md:Extensions>{text}</md:Extensions>"


GOOD = good()
SIGNATURE = signature_of(GOOD)
SIGNED = without_signature(GOOD)
WRAPPED = {
    "the signature moved": evil("_2", SIGNATURE),
    "the signature moved, one ID for two": evil("_1", SIGNATURE + within(SIGNED)),
    "what is signed in the extensions": evil("_2", SIGNATURE + within(SIGNED)),
    "what is signed in the signature": evil(
        "_2", SIGNATURE.replace("</ds:Signature>", f"<ds:Object>{SIGNED}</ds:Object></ds:Signature>")
    ),
    "what is signed with its signature inside": evil("_2", within(GOOD.decode())),
    "what is signed with its signature before another": evil(
        "_2", within(GOOD.decode()) + SIGNATURE.replace("#_1", "#_2")
    ),
    "two entities of which one is signed": entities(GOOD.decode(), evil("_2")),
    "the evil one first": entities(evil("_2"), GOOD.decode()),
    "two signatures": evil("_2", SIGNATURE + SIGNATURE),
    "a list with the signature of one": entities(SIGNATURE, SIGNED, evil("_2")),
}


@in_one_test
@pytest.mark.parametrize("how", WRAPPED)
def test_what_is_wrapped_around_a_good_signature_is_not_signed(how: str) -> None:
    found = judged(WRAPPED[how].encode())
    wrong = {code for code in found.report.codes() if code.startswith(ABOUT_SIGNING)} - {"metadata.signature.nested"}
    assert wrong, "the signature passes"
    assert found.verdict is Verdict.FAILED
    if found.read.verified.status is SignatureStatus.GOOD:
        assert EVIL not in found.read.names


def test_of_a_good_signature_only_what_it_is_over_is_judged() -> None:
    read = read_metadata(WRAPPED["the signature moved, one ID for two"].encode(), "m")
    assert read.verified.status is not SignatureStatus.GOOD or read.names == (GDI,)


@pytest.mark.slow
def test_no_letter_may_change_after_signing() -> None:
    """Its own certificate is not signed: of one that was changed it is told that the metadata has another."""
    places = [at for at in range(GOOD.index(b"<md:SPSSO"), GOOD.rindex(b"<ds:X509Data")) if GOOD[at : at + 1].isalnum()]
    for at in random.Random(7).sample(places, budget("PKITOOLS_METADATA_ROUNDS", 60)):
        changed = GOOD[:at] + (b"1" if GOOD[at : at + 1] != b"1" else b"2") + GOOD[at + 1 :]
        with suppress(InputError):  # the XML is no longer well formed
            assert read_metadata(changed, "m").verified.status is SignatureStatus.BAD, at


def test_a_comment_does_not_cut_what_is_signed() -> None:
    """A reader that stops at a comment reads another name than the one that was signed."""
    named = entity(entity_id=GDI).replace("<ds:KeyName>", "<ds:KeyName>a<!-- c -->", 1)
    found = read_metadata(signed(named), "m")
    assert found.verified.status is SignatureStatus.GOOD
    assert isinstance(found.document, SamlMetadata)
    assert found.document.entities[0].keys[0].names == (f"a{holder().name}",)


ALGORITHMS = ("rsa-sha1", "rsa-sha256", "rsa-sha384", "rsa-sha512")
TAKEN = {
    "digid": ALGORITHMS[1:],
    "digid-machtigen": ALGORITHMS[1:],
    "eherkenning": ("rsa-sha256",),
    "mijnoverheid": ALGORITHMS[1:],
}


@in_one_test
@pytest.mark.parametrize(("system", "algorithm"), list(product(TAKEN, ALGORITHMS)))
def test_each_consumer_takes_its_own_algorithms(system: str, algorithm: str) -> None:
    found = judged(signed(entity(), algorithm=algorithm), system)
    assert found.read.verified.status is SignatureStatus.GOOD  # it is made well, with what may not be used
    assert ("metadata.signature.algorithm" in found.report.codes()) == (algorithm not in TAKEN[system])


@pytest.mark.parametrize(
    ("signer", "included", "same_oin"),
    [(holder(), True, True), (holder(1), False, True), (holder(1, RSIN_OIN), False, False)],
)
def test_who_signed_is_in_the_metadata_and_has_its_oin(signer: object, included: bool, same_oin: bool) -> None:
    codes = judged(signed(entity(), signer)).report.codes()  # type: ignore[arg-type]  # a holder
    assert ("metadata.signature.signer_included" in codes) is not included
    assert ("metadata.signature.signer_oin" in codes) is not same_oin


def test_who_signed_is_told_of_every_system_when_nobody_knows_the_key() -> None:
    """A refusal where the system asks it, and where nothing is known of that our advice: never nothing."""
    severities = set()
    for system in systems():
        for signer, told in ((holder(1), 1), (holder(), 0)):
            found = [
                each
                for each in judged(signed(entity(), signer), system.name).report.findings
                if each.rule.code == "metadata.signature.signer_included"
            ]
            assert len(found) == told, system.name
            severities |= {each.rule.severity for each in found}
    assert severities == {Severity.ERROR, Severity.WARNING}


def spki(number: int) -> bytes:
    return holder(number).key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


EC_POINT = b"\x04" + bytes(64)
NAMED = '<dsig11:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/>'
BARE = {
    "another": f"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{b64encode(bytes([200] * 256)).decode()}</ds:Modulus>"
    "<ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>",
    "no numbers": "<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>",
    "empty": "<ds:KeyValue/>",
    "dsa": "<ds:KeyValue><ds:DSAKeyValue><ds:Y>AQAB</ds:Y></ds:DSAKeyValue></ds:KeyValue>",
    "curve": f"<ds:KeyValue><dsig11:ECKeyValue>{NAMED}<dsig11:PublicKey>{b64encode(EC_POINT).decode()}"
    "</dsig11:PublicKey></dsig11:ECKeyValue></ds:KeyValue>",
    "der": f"<dsig11:DEREncodedKeyValue>{b64encode(spki(1)).decode()}</dsig11:DEREncodedKeyValue>",
    "own": f"<dsig11:DEREncodedKeyValue>{b64encode(spki(0)).decode()}</dsig11:DEREncodedKeyValue>",
    "end of own": f"<dsig11:DEREncodedKeyValue>{b64encode(spki(0)[-9:]).decode()}</dsig11:DEREncodedKeyValue>",
}


@in_one_test
@pytest.mark.parametrize("bare", BARE)
def test_a_bare_key_is_that_of_the_certificate_beside_it(bare: str) -> None:
    certificate = f"<ds:X509Data><ds:X509Certificate>{holder().base64}</ds:X509Certificate></ds:X509Data>"
    for info in (BARE[bare] + certificate, certificate + BARE[bare]):
        keys = descriptor(info=info) + descriptor(use="encryption")
        declared = 'xmlns:dsig11="http://www.w3.org/2009/xmldsig11#"'
        codes = judged(signed(entity(role(keys=keys), declared=declared))).report.codes()
        assert ("file.key_info.key" in codes) is (bare != "own")


DURATIONS = {
    "PT24H": False,
    "P1D": False,
    "PT0.5S": False,
    "P0Y1M": False,
    "PT0S": True,
    "P0Y": True,
    "P0DT0H0.0S": True,
    "-P1D": True,
    "-PT0S": True,
}


@in_one_test
@pytest.mark.parametrize("duration", DURATIONS)
def test_a_duration_is_longer_than_nothing(duration: str) -> None:
    codes = judged(signed(entity(attributes=f'cacheDuration="{duration}"'))).report.codes()
    assert ("metadata.validity.no_time" in codes) is DURATIONS[duration]
    assert "metadata.validity.form" not in codes


ALGORITHM_FITS: dict[str | None, bool] = {
    **dict.fromkeys(("RS256", "PS512", "RSA-OAEP", None), True),
    **dict.fromkeys(("none", "HS256", "ES256", "EdDSA", "dir", ""), False),
}


@in_one_test
@pytest.mark.parametrize("algorithm", ALGORITHM_FITS)
def test_a_key_of_a_set_says_an_algorithm_of_its_kind(algorithm: str | None) -> None:
    found = judged(jwks(jwk(alg=algorithm)), "digikoppeling").report.codes()
    assert ("metadata.jwk.algorithm" in found) is not ALGORITHM_FITS[algorithm]


USE_IS_KNOWN: dict[object, bool] = {
    "sig": True,
    "enc": True,
    None: True,
    "": False,
    "SIG": False,
    "signing": False,
    "tls": False,
    5: False,
}


@in_one_test
@pytest.mark.parametrize("use", USE_IS_KNOWN)
def test_a_key_of_a_set_says_a_use_that_a_recipient_knows(use: object) -> None:
    found = judged(jwks(jwk(use=use)), "digikoppeling").report.codes()
    assert ("metadata.jwk.use" in found) is not USE_IS_KNOWN[use]


@in_one_test
@pytest.mark.parametrize(("member", "code"), [("use", "use"), ("alg", "algorithm"), ("x5u", "elsewhere")])
@pytest.mark.parametrize("value", [["sig"], {}, 5, False])
def test_what_is_no_text_in_a_key_is_not_passed_over(member: str, code: str, value: object) -> None:
    assert f"metadata.jwk.{code}" in judged(jwks({**jwk(), member: value}), "digikoppeling").report.codes()


def test_without_what_verifies_a_signature_nothing_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "signxml", None)
    found = judged(GOOD)
    unasked = [o for o in found.report.outcomes if o.rule.code == "metadata.signature.valid"]
    assert [(o.status, o.reason) for o in unasked] == [(Status.NOT_CHECKED, "no_signature_library")]
    assert found.report.verdict is Verdict.INDETERMINATE


def test_a_list_is_signed_as_a_whole() -> None:
    data = signed(entities(entity(identity="_1"), entity(entity_id=EVIL, identity="_2")), reference="_0")
    found = judged(data)
    assert found.read.names == (GDI, EVIL)
    assert not {code for code in found.report.codes() if code.startswith(ABOUT_SIGNING)}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_signer_may_stand_anywhere_among_the_certificates_of_the_signature(place: int) -> None:
    """XML Signature asks no order: the chain stood first, and a good signature was called bad."""
    made = good().decode()
    own, others = holder().base64, [holder(1).base64, holder(2).base64]
    others.insert(place, own)
    data = "</ds:X509Certificate><ds:X509Certificate>".join(others)
    whole = made.replace(signature_of(made.encode()), signature_of(made.encode()).replace(own, data))
    verified = read_metadata(whole.encode(), "m.xml").verified
    assert (verified.status, verified.signer) == (SignatureStatus.GOOD, holder().der)
