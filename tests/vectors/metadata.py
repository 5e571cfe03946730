"""Vectors of :mod:`pkitools.metadata.rules`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pkitools.environment import Environment
from pkitools.findings import Report
from pkitools.metadata.judgement import asked_of, judge_document
from pkitools.systems import get_system
from tests.support.leaves import RSIN_OIN
from tests.support.metadata import (
    EHERKENNING,
    GDI,
    IDP,
    MOMENT,
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
    pointing,
    role,
    signed,
)
from tests.vectors import Vector

Make = Callable[[], bytes]


def report(make: Make, system: str) -> Callable[[], Report]:
    """Of the document alone: its certificates are judged elsewhere."""

    def judged() -> Report:
        named = get_system(system)
        return judge_document(asked_of(make(), "m", named, Environment.PRODUCTION, MOMENT, raise_crashes=True))

    return judged


def pair(code: str, violates: Make, meets: Make = good, system: str = "digid-machtigen") -> Vector:
    return Vector(f"metadata.{code}", report(violates, system), report(meets, system))


def agreed(slug: str, violates: Make) -> Vector:
    return pair(f"cpa.{slug}", violates, cpa, "digikoppeling")


def plain(**deviation: str) -> Make:
    return lambda: entity(**deviation).encode()


def other(entity_id: str) -> str:
    """A second entity of a list."""
    return entity(entity_id=entity_id, identity="_2")


def with_role(**deviation: str) -> Make:
    return lambda: good(roles=role(**deviation))


def with_keys(*keys: str) -> Make:
    return with_role(keys="".join(keys))


def of_broker(**deviation: str) -> Make:
    """Metadata for eHerkenning."""
    return lambda: signed(entity(entity_id=EHERKENNING, **deviation))


def at(year: int, month: int = 1) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


def tampered() -> bytes:
    return good().replace(b"dienst.example.nl", b"dienst.example.nI")


def unsigned_beside() -> bytes:
    """What is signed is an element inside, and the root is another: the wrapping of a signature."""
    inner = good(declared='Name="x"').decode()
    signature = inner[inner.index("<ds:Signature") : inner.index("</ds:Signature>") + len("</ds:Signature>")]
    return (
        entity(identity="_2", roles=role()).replace("<md:SPSSODescriptor", f"{signature}<md:SPSSODescriptor", 1)
    ).encode()


FETCHED = (
    '<ds:RetrievalMethod URI="https://example.nl/sleutel"/>'
    f"<ds:X509Data><ds:X509Certificate>{holder().base64}</ds:X509Certificate></ds:X509Data>"
)
TWO = (descriptor(), descriptor(holder(1)), descriptor(use="encryption"))
LATER = holder(2, since=at(2029), until=at(2030))
ENDED = holder(1, since=at(2024), until=at(2026, 6))
LONG = 'validUntil="2029-01-01T00:00:00Z"'
SOON = 'validUntil="2026-12-01T00:00:00Z"'

VECTORS = [
    pair("document.root", lambda: entities(entity()).encode(), plain(entity_id=EHERKENNING), "eherkenning"),
    pair("document.entities", lambda: entities().encode()),
    pair("document.entity_ids", lambda: entities(entity(), entity()).encode()),
    pair(
        "document.several",
        lambda: entities(entity(), other(GDI.replace("0001", "0002"))).encode(),
        lambda: entities(entity(entity_id=GDI.replace(":DV:", ":LC:")), other(GDI)).encode(),
    ),
    pair("document.entity_id_spelled", lambda: entities(entity(), other(GDI.replace("0001", "1"))).encode()),
    pair("document.ids", lambda: entities(entity(), entity(entity_id=GDI.replace("0001", "0002"))).encode()),
    pair("document.structure", with_role(endpoints=consumer() + descriptor(use="encryption"))),
    pair("document.role", lambda: good(roles=role() + role(kind=IDP))),
    pair("document.provider", lambda: good(roles=role(kind=IDP))),
    pair("document.protocol", with_role(protocol="urn:oasis:names:tc:SAML:1.1:protocol")),
    pair("signature.present", plain()),
    pair("signature.valid", tampered),
    pair("signature.covers", unsigned_beside),
    pair("signature.nested", lambda: signed(entities(good().decode()), reference="_0")),
    pair("signature.algorithm", lambda: signed(entity(), algorithm="rsa-sha1")),
    pair("signature.digest", lambda: signed(entity(), digest="sha1")),
    pair(
        "signature.canonicalization",
        lambda: signed(entity(), canonical="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    ),
    pair("signature.key_info", lambda: signed(entity(entity_id=EHERKENNING), bare=False), of_broker(), "eherkenning"),
    pair("signature.signer_included", lambda: signed(entity(), holder(1))),
    pair("signature.signer_oin", lambda: signed(entity(), holder(1, RSIN_OIN))),
    pair("keys.signing", with_keys(descriptor(use="encryption"))),
    pair("keys.encryption", with_keys(descriptor())),
    pair("keys.use_known", with_keys(descriptor(), descriptor(use="Encryption"))),
    pair("keys.elsewhere", with_keys(descriptor(info=FETCHED), descriptor(use="encryption"))),
    pair(
        "keys.points_to_it",
        with_keys(descriptor(info=pointing(holder(), serial=5)), descriptor(use="encryption")),
        with_keys(descriptor(info=pointing(holder())), descriptor(use="encryption")),
    ),
    pair("keys.use_stated", with_keys(descriptor(use=None))),
    pair("keys.use_absent", of_broker(), of_broker(roles=role(keys=descriptor(use=None))), "eherkenning"),
    pair("keys.certificate", with_keys(*TWO, descriptor(info="<ds:KeyValue/>"))),
    pair(
        "keys.one_certificate",
        with_keys(
            descriptor(
                info="".join(
                    f"<ds:X509Data><ds:X509Certificate>{each.base64}</ds:X509Certificate></ds:X509Data>"
                    for each in (holder(), holder(1))
                )
            )
        ),
    ),
    pair("key_name.present", with_keys(descriptor(name=""), descriptor(use="encryption"))),
    pair("key_name.unique", with_keys(descriptor(name="a"), descriptor(holder(1), name="a"))),
    pair("key_name.fingerprint", with_keys(descriptor(name="ab" * 20), descriptor(use="encryption"))),
    pair("rollover.order", with_keys(*TWO)),
    pair("rollover.gap", with_keys(descriptor(), descriptor(LATER)), with_keys(*TWO)),
    pair("rollover.most", of_broker(roles=role(keys="".join(TWO))), of_broker(), "eherkenning"),
    pair("rollover.expired", with_keys(descriptor(ENDED), descriptor(), descriptor(use="encryption"))),
    pair("validity.stated", lambda: good(attributes="")),
    pair("validity.form", lambda: good(attributes='cacheDuration="1 dag"')),
    pair(
        "validity.no_time",
        lambda: good(attributes='cacheDuration="PT0S"'),
        lambda: good(attributes='cacheDuration="PT24H"'),
    ),
    pair("validity.soon", lambda: good(attributes=SOON)),
    pair("validity.outlives_keys", lambda: good(attributes=LONG)),
    pair("endpoints.address", with_role(endpoints=consumer("/acs"))),
    pair("endpoints.https", with_role(endpoints=consumer("http://dienst.example.nl/acs"))),
    pair("endpoints.public_host", with_role(endpoints=consumer("https://10.0.0.1/acs"))),
    pair("endpoints.binding", with_role(endpoints=consumer(binding="HTTP-POST"))),
    pair("endpoints.consumer", with_role(endpoints="")),
    pair("endpoints.consumer_binding", with_role(endpoints=consumer(binding=POST))),
    pair("endpoints.index", with_role(endpoints=consumer() + consumer())),
    pair(
        "endpoints.default",
        with_role(endpoints=consumer() + consumer(more='index="1"')),
        with_role(endpoints=consumer() + consumer(more='index="1" isDefault="true"')),
    ),
    pair("messages.requests_signed", with_role(attributes='WantAssertionsSigned="true"')),
    pair("jwk.certificate", lambda: jwks(jwk(), jwk(holder(1), x5c=None)), jwks),
    pair("jwk.elsewhere", lambda: jwks(jwk(x5u="https://example.nl/c.pem")), jwks),
    pair("jwk.thumbprint", lambda: jwks(jwk(**{"x5t#S256": jwk(holder(1))["x5t#S256"]})), jwks),
    pair("jwk.kid", lambda: jwks(jwk(), jwk(holder(1), kid=jwk()["kid"])), jwks),
    pair("jwk.use", lambda: jwks(jwk(use="signing")), lambda: jwks(jwk(use="enc"))),
    pair("jwk.algorithm", lambda: jwks(jwk(alg="none")), lambda: jwks(jwk(alg="PS256"))),
    pair(
        "jwk.chain",
        lambda: jwks(jwk(x5c=[holder().base64, holder(1).base64])),
        lambda: jwks(jwk(x5c=[holder().base64, holder().base64])),
    ),
    agreed("parties", lambda: cpa(other="")),
    agreed("party_type", lambda: cpa(party(kind="urn:example"))),
    agreed("party_id", lambda: cpa(party(number="27322975"))),
    agreed("party_oin", lambda: cpa(party(holder(1, RSIN_OIN)))),
    agreed("reference", lambda: cpa(party(reference="C2"))),
    agreed("certificate", lambda: cpa(party(certificate="!"))),
    agreed("validity", lambda: cpa(end="2026-11-01T00:00:00Z")),
    agreed("endpoint", lambda: cpa(party(uri="http://ebms.example.nl/"))),
    agreed("signature", lambda: cpa(more="<ds:Signature/>")),
    pair("messages.assertions_signed", with_role(attributes='AuthnRequestsSigned="true" WantAssertionsSigned="false"')),
]
