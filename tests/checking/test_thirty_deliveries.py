"""What people are sent, and what the document that asks it says of it.

Each row is written from its document, not from what the program answers: what was delivered, the document with the
place in it, and the verdict that follows. Where the document makes something wrong, the finding that says so cites it;
where it makes nothing wrong, nothing above a notice is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pkitools.checking import FileCheck, Revocation, check_file
from pkitools.documents import document
from pkitools.environment import Environment
from pkitools.findings import Severity, Verdict
from pkitools.trust import TrustStore
from pkitools.x509.model import Extension
from pkitools.x509.oids import PRECERTIFICATE_POISON, TIME_STAMPING
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeyPool, elliptic_keys, small_keys
from pkitools_test_pki.names import Attribute
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.self_signed import self_signed
from pkitools_test_pki.shapes import shape_names
from tests.support.deliveries import metadata_of, pem, pkcs7_of, pkcs12_of
from tests.support.der import NULL, oid, sequence, tlv

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
KVK_OIN = "00000003273229750000"
PASSED, FAILED, INDETERMINATE = Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE
PREPRODUCTION, PRODUCTION = Environment.PREPRODUCTION, Environment.PRODUCTION


@dataclass(frozen=True)
class Delivery:
    """A file, and what is at hand beside it; the CRLs of every authority unless said otherwise."""

    file: bytes
    beside: Sequence[bytes] = ()
    asked: dict[str, Any] = field(default_factory=dict)


Make = Callable[[PKI], Delivery]


@dataclass(frozen=True)
class Row:
    """One row of the table.

    Args:
        told: what was delivered.
        key, place: the document that asks it, by its key in the register, and where.
        verdict: what follows.
        make: makes it.
        code: the rule that says what is wrong; empty where the document makes nothing wrong.
        weighs: how much that is.
    """

    told: str
    key: str
    place: str
    verdict: Verdict
    make: Make
    code: str = ""
    weighs: Severity = Severity.ERROR


@pytest.fixture(scope="module")
def pki() -> PKI:
    return build(*shape_names(), moment=MOMENT, keys=KeyPool(small_keys, limit=1))


def whole(issued: IssuedCertificate, **asked: Any) -> Delivery:
    """The certificate with the authorities above it, in their order."""
    return Delivery(pem(*(link.der for link in issued.path[:-1])), asked=asked)


def of(profile: str, **deviation: Any) -> Make:
    """A delivery of what a profile has, but for the deviation."""
    return lambda pki: whole(pki.issue(profile, **deviation))


def asked_by(system: str, profile: str, **deviation: Any) -> Make:
    return lambda pki: whole(pki.issue(profile, **deviation), systems=system)


def within(make: Make, **asked: Any) -> Make:
    """The same delivery, with more said of its use."""

    def made(pki: PKI) -> Delivery:
        one = make(pki)
        return Delivery(one.file, one.beside, {**one.asked, **asked})

    return made


def extension(dotted: str, value: bytes, *, critical: bool = False) -> Extension:
    return Extension(dotted, critical, value)


def revoked(reason: str) -> Make:
    def make(pki: PKI) -> Delivery:
        issued = pki.issue("g4-tls")
        pki.issuer_of("g4-tls").revoke(issued, reason)
        return whole(issued)

    return make


def second_is_revoked(pki: PKI) -> Delivery:
    good, bad = pki.issue("g4-tls"), pki.issue("g4-tls")
    pki.issuer_of("g4-tls").revoke(bad, "keyCompromise")
    return Delivery(pem(*(link.der for link in good.path[:-1]), bad.der))


def reversed_order(pki: PKI) -> Delivery:
    return Delivery(pem(*(link.der for link in reversed(pki.issue("g4-tls").path[:-1]))))


def alone(pki: PKI) -> Delivery:
    return Delivery(pki.issue("g4-tls").der)


def in_pkcs7(pki: PKI) -> Delivery:
    return Delivery(pkcs7_of(*(link.der for link in pki.issue("g1-server").path[:-1])))


def in_pkcs12(pki: PKI) -> Delivery:
    issued = pki.issue("g1-server")
    return Delivery(pkcs12_of(("koppeling", issued.der, None), more=[link.der for link in issued.path[1:-1]]))


def metadata(number: str) -> Make:
    def make(pki: PKI) -> Delivery:
        issued = pki.issue("g1-server", oin=KVK_OIN, organization_identifier="NTRNL-27322975")
        entity_id = f"urn:nl-eid-gdi:1.0:DV:{number}:entities:9001"
        file = metadata_of(("signing", issued.der), entity_id=entity_id)
        return Delivery(file, [link.der for link in issued.path[1:-1]], {"systems": "digid-machtigen"})

    return make


def authority(name: str) -> Make:
    return lambda pki: whole(pki[name].certificate)


def responder(pki: PKI) -> Delivery:
    return whole(pki["g4-tls-tsp"].ocsp_responder())


def time_stamping(pki: PKI) -> Delivery:
    purposes = extension("2.5.29.37", sequence(oid(TIME_STAMPING)), critical=True)
    subject = [Attribute("C", "NL"), Attribute("O", "TRIAL TSP"), Attribute("CN", "TRIAL TSU 1")]
    # straight below the domain, which says nothing of purposes
    return whole(pki["g3-services-domain"].issue("g3-authenticity", extensions=[purposes], subject=subject, oin=""))


def by_itself(**asked: Any) -> Make:
    def make(_: PKI) -> Delivery:
        made = self_signed("g4-tls", moment=MOMENT, keys=KeyPool(small_keys, limit=1))
        return Delivery(made.der, asked=asked)

    return make


def website(**deviation: Any) -> Make:
    """A qualified website certificate (QEVCP-w): its policy, key usage and statements."""
    rows = ((oid("0.4.0.1862.1.1"),), (oid("0.4.0.1862.1.6"), sequence(oid("0.4.0.1862.1.6.3"))))
    statements = extension("1.3.6.1.5.5.7.1.3", sequence(*(sequence(*row) for row in rows)))
    return of(
        "g3-server",
        policies=["0.4.0.194112.1.4", "2.23.140.1.1", "2.16.528.1.1003.1.2.5.6"],
        dns=["www.voorbeeld.nl"],
        **{"extensions": [statements], **deviation},
    )


def elliptic(usages: Sequence[str]) -> Make:
    """An EC key, of which PKIoverheid has none: straight below a root, which claims no policy of it."""
    key = elliptic_keys("ec:P-256")
    return lambda pki: whole(
        pki["g3-root"].issue("g3-authenticity", key=key, key_usage=usages, policies=["1.3.6.1.4.1.99999.1"])
    )


DIGIKOPPELING = ("digikoppeling-security", "PKI001")
RFC5280 = "rfc-5280"

TABLE = [
    # the file
    Row("the certificate with its authorities", RFC5280, "6.1", PASSED, of("g4-tls")),
    Row("the authorities first", RFC5280, "6.1", PASSED, reversed_order),
    Row("the certificate alone", RFC5280, "6.1", FAILED, alone, "path.anchor.found"),
    Row("PKCS#7", RFC5280, "6.1", PASSED, in_pkcs7),
    Row("PKCS#12", RFC5280, "6.1", PASSED, in_pkcs12),
    Row(
        "two certificates, the second revoked",
        RFC5280,
        "6.1.3 (a)(3)",
        FAILED,
        second_is_revoked,
        "revocation.status.revoked",
    ),
    # its time
    Row(
        "one that ended yesterday",
        RFC5280,
        "6.1.3 (a)(2)",
        FAILED,
        of("g4-tls", not_before=MOMENT - timedelta(days=300), not_after=MOMENT - timedelta(days=1)),
        "path.validity.expired",
    ),
    Row(
        "one that begins tomorrow",
        RFC5280,
        "6.1.3 (a)(2)",
        FAILED,
        of("g4-tls", not_before=MOMENT + timedelta(days=1), days=300),
        "path.validity.not_yet_valid",
    ),
    Row(
        "a revoked one",
        RFC5280,
        "6.1.3 (a)(3)",
        FAILED,
        revoked("keyCompromise"),
        "revocation.status.revoked",
    ),
    Row("one on hold", RFC5280, "6.1.3 (a)(3)", FAILED, revoked("certificateHold"), "revocation.status.revoked"),
    Row(
        "a certificate for four years",
        "g4-trial-profiles",
        "validity",
        PASSED,
        of("g4-authentication", days=1461),
        "trial.validity.usual",
        Severity.INFO,
    ),
    # its number
    Row(
        "an OIN for Digikoppeling", *DIGIKOPPELING, PASSED, asked_by("digikoppeling", "g4-tls", dns=["a.voorbeeld.nl"])
    ),
    Row(
        "no OIN for Digikoppeling",
        *DIGIKOPPELING,
        FAILED,
        asked_by("digikoppeling", "g1-server", oin="", dns=["a.voorbeeld.nl"]),
        "system.oin.required",
    ),
    Row(
        "no OIN, and nobody asks one",
        *DIGIKOPPELING,
        PASSED,
        of("g1-server", oin=""),
        "x509.oin.missing",
        Severity.WARNING,
    ),
    Row(
        "an RSIN that fails the eleven-test",
        "oin-stelsel",
        "Data Architectuur",
        FAILED,
        of("g1-server", oin="00000001123456789000"),
        "x509.oin.invalid",
    ),
    Row(
        "an OIN from before 2017",
        "peppol-0190",
        "",
        PASSED,
        of("g1-server", oin="00000004003214345001", organization_identifier="NTRNL-27322975"),
        "oin.suffix.legacy",
        Severity.NOTICE,
    ),
    Row(
        "metadata of the certificate's own organisation, under a test root no document names",
        "pkitools",
        "",
        PASSED,
        metadata(KVK_OIN),
        "system.hierarchy.unconfirmed",
        Severity.WARNING,
    ),
    Row(
        "metadata of another organisation",
        "st-saml",
        "",
        FAILED,
        metadata("00000001822477348000"),
        "system.oin.equals_entity_id",
    ),
    # where it is used
    Row(
        "a TRIAL certificate for production",
        "g4-trial-readme",
        "",
        FAILED,
        within(of("g4-tls"), environment=PRODUCTION),
        "environment.production.no_test",
    ),
    Row(
        "a self-signed one for production",
        "relying-parties",
        "trust only the appropriate roots",
        FAILED,
        by_itself(environment=PRODUCTION),
        "environment.self_signed.not_allowed",
    ),
    Row(
        "a self-signed one to try DigiD Machtigen",
        "digid-machtigen-manual",
        "step 3",
        PASSED,
        by_itself(systems="digid-machtigen"),
    ),
    Row("for another host", "rfc-9525", "6", FAILED, within(of("g4-tls"), host="x.voorbeeld.nl"), "path.host.name"),
    # whose it is
    Row("a person's", "etsi-en-319-412-2", "4.2.4", PASSED, of("g4-person-sponsor")),
    Row(
        "a person's for Digikoppeling",
        *DIGIKOPPELING,
        FAILED,
        asked_by("digikoppeling", "g4-person-individual"),
        "system.oin.required",
    ),
    Row("a seal", "etsi-en-319-412-3", "4.2.1", PASSED, of("g4-seal")),
    *(
        Row(f"{whose}, by itself", key, place, PASSED, make, f"environment.holder.{slug}", Severity.NOTICE)
        for whose, key, place, make, slug in (
            ("an OCSP responder's", "rfc-6960", "4.2.2.2", responder, "ocsp_responder"),
            ("a time stamping unit's", "rfc-3161", "2.3", time_stamping, "time_stamping"),
            ("an authority's", RFC5280, "4.2.1.9", authority("g4-tls-tsp"), "authority"),
        )
    ),
    Row(
        "an OCSP responder's for DigiD Machtigen",
        "rfc-6960",
        "4.2.2.2",
        FAILED,
        within(responder, systems="digid-machtigen"),
        "environment.holder.ocsp_responder",
    ),
    Row(
        "an authority's for Digikoppeling",
        RFC5280,
        "4.2.1.9",
        FAILED,
        within(authority("g4-tls-tsp"), systems="digikoppeling"),
        "environment.holder.authority",
    ),
    Row("a qualified website's", "cabf-tls-br", "7.1.2.7.6", PASSED, website()),
    Row(
        "a precertificate",
        "rfc-6962",
        "3.1",
        FAILED,
        website(extensions=[extension(PRECERTIFICATE_POISON, NULL, critical=True)]),
        "rfc6962.precertificate.poison",
    ),
    Row("a web server's with its locality", "cabf-tls-br", "7.1.2.7.4", PASSED, of("g3-server", locality="Den Haag")),
    Row(
        "a G1 server's with its locality",
        "digikoppeling-certificates",
        "chapter 10",
        PASSED,
        of("g3-authenticity", locality="Den Haag"),
        "por.subject.discouraged",
        Severity.INFO,  # a SHOULD NOT, of what KPN asks for
    ),
    # its key and its names
    Row(
        "an RSA key for key agreement",
        "rfc-3279",
        "2.3.1",
        PASSED,
        of("g3-authenticity", key_usage=["digitalSignature", "keyAgreement"]),
        "rfc5280.key_usage.suits_key",
        Severity.WARNING,
    ),
    Row(
        "an EC key to encipher keys",
        "rfc-8813",
        "section 3",
        FAILED,
        elliptic(["digitalSignature", "keyEncipherment"]),
        "rfc5280.key_usage.suits_ec_key",
    ),
    Row("an EC key to sign", "rfc-8813", "section 3", PASSED, elliptic(["digitalSignature"])),
    Row(
        "a wildcard",
        "g4-trial-profiles",
        "",
        FAILED,
        of("g4-tls", dns=["*.voorbeeld.nl"]),
        "trial.san.no_wildcard",
    ),
    Row(
        "an address as a name",
        "g4-trial-readme",
        "",
        FAILED,
        of("g4-tls", dns=["a.voorbeeld.nl"], ip=["192.0.2.1"]),
        "por.g4.san_no_address",
    ),
    Row(
        "a critical extension nobody knows",
        RFC5280,
        "4.2",
        FAILED,
        of("g1-server", extensions=[extension("1.3.6.1.4.1.99999.2", tlv(0x05), critical=True)]),
        "rfc5280.extensions.unknown_critical",
    ),
]


def judged(row: Row, pki: PKI) -> FileCheck:
    delivery = row.make(pki)
    lists = list(pki.crls().values())  # of every authority there is: those of others are no alarm
    given: dict[str, Any] = {"environment": PREPRODUCTION, **delivery.asked}
    return check_file(
        delivery.file,
        moment=MOMENT,
        intermediates=delivery.beside,
        trust=TrustStore.from_der([root.certificate.der for root in pki.roots], "test PKI"),
        revocation=Revocation(policy="require", crls=lists),
        raise_crashes=True,
        **given,
    )


@pytest.mark.slow
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.told)
def test_the_verdict_is_what_the_document_says(row: Row, pki: PKI) -> None:
    report = judged(row, pki).report
    assert report.verdict is row.verdict, report.findings
    if row.code:
        found = [o for o in report.findings if o.rule.code == row.code]
        assert {(o.rule.severity, o.rule.source.key) for o in found} == {(row.weighs, row.key)}, report.findings
    if row.verdict is PASSED:
        alarms = {o.rule.code for o in report.findings if o.rule.severity >= Severity.WARNING}
        assert alarms == ({row.code} if row.weighs >= Severity.WARNING and row.code else set())


def test_the_table_is_long_enough_and_each_row_names_a_document() -> None:
    assert len(TABLE) >= 30
    assert len({row.told for row in TABLE}) == len(TABLE)
    assert all(document(row.key) for row in TABLE)
    assert {row.verdict for row in TABLE} >= {PASSED, FAILED}
