"""A good certificate of its time raises no alarm: at most two notices, and no warning but for what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from pkitools.checking import FileCheck, Revocation, check, check_file
from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.findings import Severity, Status
from pkitools.revocation import RevocationPolicy
from pkitools.rules import lint
from pkitools.rules.order_day import LEAD_TIME
from pkitools.x509.oids import OCSP_NO_CHECK, OCSP_SIGNING, TIME_STAMPING
from pkitools_test_pki.keys import KeyPool, small_keys
from pkitools_test_pki.pki import build
from tests.support.cases import in_one_test
from tests.support.certificates import (
    AIA,
    CDP,
    CLIENT,
    EKU,
    KU,
    MOMENT,
    NC,
    POLICIES,
    QC,
    SERVER,
    SKI,
    Change,
    alternative,
    giving,
    issued_by,
    made,
    named_bits,
    policies,
    purposes,
    putting,
    statements,
    without,
)
from tests.support.der import NULL, UTF8, oid, sequence, tlv
from tests.support.shared import shared
from tests.vectors.consumers import KPN

# --- real certificates -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """A file of the samples, and a moment at which it was in use.

    Args:
        path: below ``samples``.
        moment: inside the validity of every certificate in it, before it was time to order.
        beside: other files of the samples that hold the authorities.
        wrong: code of a finding that is right → what the README of the samples says, or why it cannot be otherwise.
    """

    path: str
    moment: datetime
    beside: tuple[str, ...] = ()
    wrong: tuple[tuple[str, str], ...] = ()


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


G1 = "certificates/PrivateG1_"
NO_OIN = (("x509.oin.missing", "README: no OIN, a valid 8.6 certificate of its time, of no use where an OIN is asked"),)
SAMPLES = [
    Sample(f"{G1}lab.api.mijniconnect.nl_20251009.chain.pem", day(2026, 11, 26)),
    Sample(f"{G1}lab.api.mijniconnect.nl_20251009.pem", day(2025, 10, 10)),
    Sample(f"{G1}lab.api.mijniconnect.nl_20251009.pem", day(2027, 11, 26)),
    Sample(f"{G1}api.kvk.nl_20210408.chain.pem", day(2022, 1, 1)),
    Sample(f"{G1}api.kvk.nl_20210408.pem", day(2023, 12, 1)),
    Sample(f"{G1}saml-sign.pp1.digid.nl_20201104.chain.pem", day(2022, 1, 1)),
    Sample(f"{G1}saml-sign.pp1.digid.nl_20201104.pem", day(2020, 11, 5)),
    Sample(f"{G1}api-test-sign.coronatester.nl_20230908.chain.pem", day(2024, 1, 1), wrong=NO_OIN),
    Sample(f"{G1}api-test-sign.coronatester.nl_20230908.pem", day(2023, 9, 9), wrong=NO_OIN),
    Sample("certificates/EV_acc-waardepapieren.hoorn.nl_20210622.chain.pem", day(2021, 9, 1)),
    Sample("certificates/G3_eh01.staging.iwelcome.nl_20190521.chain.pem", day(2020, 1, 1)),
    Sample("metadata/digid-metadata_pp1_2023.xml", day(2024, 1, 1)),
]


def judged(sample: Sample, environment: Environment) -> FileCheck:
    path = shared("samples") / sample.path
    return check_file(
        path,
        moment=sample.moment,
        environment=environment,
        # the CRLs of these certificates are gone: that nobody looked is told, and counted as a notice
        revocation=Revocation(policy=RevocationPolicy.OFF),
        raise_crashes=True,
    )


BROKER = Sample(
    "metadata/eherkenning-metadata_iwelcome_2020.xml",
    day(2020, 10, 1),
    wrong=(
        ("path.anchor.found", "metadata holds no chain, and the CA above it is no intermediate that pkitools holds"),
        (
            "oin.entity_id.certificate",
            "its entity ID names 00000001002220647000, its certificates 00000003520354760000",
        ),
        ("oin.entity_id.production_index", "the index of its entity ID, 9000 or higher, is of a test environment"),
    ),
)
"""Of the samples the one that cannot be without an alarm inside its validity, and why."""


@pytest.mark.parametrize("environment", Environment)
def test_the_metadata_of_a_broker_has_the_alarms_that_it_earns_and_no_others(environment: Environment) -> None:
    expected = {code for code, _ in BROKER.wrong}
    if environment is Environment.PREPRODUCTION:
        expected.remove("oin.entity_id.production_index")
    results = judged(BROKER, environment).results
    assert len(results) == 2
    for result in results:
        assert {o.rule.code for o in result.report.findings if o.rule.severity >= Severity.WARNING} == expected


@in_one_test
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s.path.split('/')[1]}@{s.moment:%Y-%m-%d}")
def test_a_real_certificate_inside_its_validity_raises_no_alarm(sample: Sample) -> None:
    wrong = dict(sample.wrong)
    for result in judged(sample, Environment.PRODUCTION).results:
        assert result.facts.not_after - sample.moment > LEAD_TIME, "then the warning to order is right"
        alarms = {o.rule.code for o in result.report.findings if o.rule.severity >= Severity.WARNING}
        assert alarms == set(wrong), "an exception that is no longer needed, or an alarm"
        notices = [o.rule.code for o in result.report.findings if o.rule.severity is Severity.NOTICE]
        assert len(notices) <= 2, notices


@in_one_test
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s.path.split('/')[1]}@{s.moment:%Y-%m-%d}")
def test_nor_does_it_where_one_of_production_is_a_notice_of_its_own(sample: Sample) -> None:
    for result in judged(sample, Environment.PREPRODUCTION).results:
        alarms = {o.rule.code for o in result.report.findings if o.rule.severity >= Severity.WARNING}
        assert alarms == set(dict(sample.wrong))
        notices = {o.rule.code for o in result.report.findings if o.rule.severity is Severity.NOTICE}
        assert len(notices - {"revocation.policy.off"}) <= 2, notices


@in_one_test
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s.path.split('/')[1]}@{s.moment:%Y-%m-%d}")
def test_nor_is_its_profile_left_open_for_a_system_also_where_it_has_none_of_ours(sample: Sample) -> None:
    for system in ("digid", "digikoppeling"):
        found = check_file(
            shared("samples") / sample.path,
            moment=sample.moment,
            environment=Environment.PRODUCTION,
            systems=system,
            revocation=Revocation(policy=RevocationPolicy.OFF),
        )
        for result in found.results:
            asked = {o.status for o in result.report.outcomes if o.rule.code == "environment.policy.profile"}
            assert Status.NOT_CHECKED not in asked
            assert not [
                o for o in result.report.findings if "policy.profile" in o.rule.code and o.rule.severity > Severity.INFO
            ]


def test_inside_the_lead_time_the_only_warning_is_to_order() -> None:
    sample = Sample(f"{G1}api.kvk.nl_20210408.pem", day(2024, 2, 1))
    (result,) = judged(sample, Environment.PRODUCTION).results
    alarms = [o.rule.code for o in result.report.findings if o.rule.severity >= Severity.WARNING]
    assert alarms == ["advice.validity.order_now"]


def test_every_end_entity_of_the_samples_is_in_the_table() -> None:
    folder = shared("samples")
    known = {sample.path for sample in SAMPLES}
    there = {f"certificates/{path.name}" for path in (folder / "certificates").glob("*.chain.pem")}
    assert there <= known
    assert all(read_source((folder / path).read_bytes(), path).certificates for path in known)


# --- what lies beside it ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_lists_that_do_not_fit_are_no_alarm_beside_one_that_does() -> None:
    keys = KeyPool(small_keys, limit=4)
    own, namesakes = (build("g4-tls", moment=MOMENT, keys=keys) for _ in range(2))
    issued = own.issue("g4-tls")
    old = [authority.crl(moment=MOMENT - timedelta(days=30)) for authority in own]
    new = [authority.crl(moment=MOMENT) for authority in own]
    theirs = [authority.crl(moment=MOMENT) for authority in namesakes]

    def told(*lists: bytes) -> set[str]:
        result = check(
            issued.der,
            moment=MOMENT,
            environment=Environment.PREPRODUCTION,
            intermediates=[link.der for link in issued.path[1:-1]],
            trust=issued.path[-1].der,
            revocation=Revocation(policy=RevocationPolicy.REQUIRE, crls=lists),
            raise_crashes=True,
        )
        return {o.rule.code for o in result.report.findings if o.rule.severity >= Severity.WARNING}

    assert "revocation.crl.issuer" in told(*theirs)
    assert "revocation.source.stale" in told(*old)
    for lists in ((*new, *theirs, *old), (*old, *theirs, *new)):
        assert told(*lists) == set()


# --- whom a rule is for ----------------------------------------------------------------------------------------------

WEB = policies("2.23.140.1.2.2")
OV_G3 = policies("2.23.140.1.2.2", "2.16.528.1.1003.1.2.5.6")
RESPONDER = (
    putting(EKU, purposes(OCSP_SIGNING)),
    putting(KU, named_bits("digitalSignature"), critical=True),
    giving("serialNumber"),
    putting(POLICIES, policies("2.16.528.1.1003.1.2.8.4")),
)
NO_CHECK = putting(OCSP_NO_CHECK, NULL)
UNIT = (putting(EKU, purposes(TIME_STAMPING), critical=True), giving("serialNumber", "TSU1"))
PERSON = (giving("SN", "Jansen"), giving("GN", "Jan"), giving("serialNumber", "A123456789"))
COMPLIANCE, TYPE, PDS = "0.4.0.1862.1.1", "0.4.0.1862.1.6", "0.4.0.1862.1.5"
SIGNS_TLS = putting(KU, named_bits("digitalSignature"), critical=True)
QWAC = (
    putting(POLICIES, policies("0.4.0.194112.1.4", "2.23.140.1.1")),
    putting(QC, statements((COMPLIANCE, []), (TYPE, ["0.4.0.1862.1.6.3"]))),
    SIGNS_TLS,
    giving("serialNumber", "27322975"),
)
CONSTRAINED = putting(NC, sequence(tlv(0xA0, sequence(tlv(0x82, b"voorbeeld.nl")))))
VIOLATED, MET, NOT_ASKED = Status.VIOLATED, Status.MET, Status.NOT_APPLICABLE


def uzi_card(card: str, policy: str) -> tuple[Change, ...]:
    name = f"2.16.528.1.1003.1.3.5.5.5-1-123456789-{card}-90000380-01.015-00000000"
    return (
        alternative(tlv(0xA0, oid("2.5.5.5"), tlv(0xA0, tlv(UTF8, name.encode())))),
        putting(POLICIES, policies(policy)),
    )


SCOPES: list[tuple[str, str, tuple[Change, ...], Status, Severity | None]] = [
    # OCSP responders, time stamping, persons, other PKIs: no OIN is asked of them
    ("x509.oin.missing", "g1-server", (giving("serialNumber"),), VIOLATED, Severity.WARNING),
    ("x509.oin.missing", "g1-server", RESPONDER, NOT_ASKED, None),
    ("x509.oin.missing", "g1-server", (*RESPONDER, putting(EKU, purposes(OCSP_SIGNING, SERVER))), VIOLATED, None),
    ("x509.oin.not_an_oin", "g1-server", (giving("serialNumber", "TSU1"),), VIOLATED, None),
    ("x509.oin.not_an_oin", "g1-server", UNIT, NOT_ASKED, None),
    ("x509.oin.not_an_oin", "g1-server", PERSON, NOT_ASKED, None),
    ("x509.oin.not_an_oin", "g1-server", QWAC, NOT_ASKED, None),
    ("x509.oin.missing", "g1-server", (putting(POLICIES, WEB), giving("serialNumber")), NOT_ASKED, None),
    ("x509.oin.missing", "g1-server", (putting(POLICIES, OV_G3), giving("serialNumber")), VIOLATED, None),
    # what an authority lets answer for it
    ("advice.revocation.none", "g1-server", (*RESPONDER, without(CDP, AIA)), VIOLATED, None),
    ("advice.revocation.none", "g1-server", (*RESPONDER, without(CDP, AIA), NO_CHECK), NOT_ASKED, None),
    ("advice.revocation.none", "g1-server", (without(CDP, AIA), NO_CHECK), VIOLATED, None),
    (
        "por.subject.organization_identifier",
        "g1-server",
        (*RESPONDER, giving("organizationIdentifier")),
        NOT_ASKED,
        None,
    ),
    ("etsi.extended_key_usage.not_critical", "g4-seal", UNIT, NOT_ASKED, None),
    # the profile goes by the whole policy: a card of the UZI-register is no server
    ("uzi.key.size", "g1-server", uzi_card("S", "2.16.528.1.1007.99.12"), VIOLATED, Severity.ERROR),
    ("uzi.key.size", "g1-server", uzi_card("Z", "2.16.528.1.1007.99.211"), NOT_ASKED, None),
    ("uzi.key.size", "g1-server", uzi_card("Z", "2.16.528.1.1003.1.2.5.1"), NOT_ASKED, None),
    # the public web
    # of KPN, which asks for it, it is as it should be
    ("por.subject.discouraged", "g1-server", (giving("L", "Hoorn"),), VIOLATED, Severity.INFO),
    (
        "por.subject.discouraged",
        "g1-server",
        (giving("L", "Hoorn"), giving("postalAddress", "Plein 1")),
        VIOLATED,
        Severity.NOTICE,
    ),
    ("por.subject.discouraged", "g1-server", (putting(POLICIES, OV_G3), giving("L", "Hoorn")), NOT_ASKED, None),
    ("rfc5280.subject_key_identifier.present", "g1-server", (without(SKI),), VIOLATED, Severity.WARNING),
    ("rfc5280.subject_key_identifier.present", "g1-server", (without(SKI), putting(POLICIES, WEB)), NOT_ASKED, None),
    ("rfc5280.name_constraints.critical", "ca", (CONSTRAINED,), VIOLATED, Severity.NOTICE),
    (
        "rfc5280.name_constraints.critical",
        "ca",
        (CONSTRAINED, putting(EKU, purposes(CLIENT))),
        VIOLATED,
        Severity.ERROR,
    ),
    # websites
    ("etsi.key_usage.commitment", "g4-seal", (SIGNS_TLS,), VIOLATED, Severity.WARNING),
    ("etsi.key_usage.commitment", "g1-server", QWAC, NOT_ASKED, None),
    ("etsi.qc_statements.disclosure", "g1-server", QWAC, NOT_ASKED, None),
    (
        "etsi.semantics.identifier_country",
        "g4-tls",
        (giving("C", "GR"), giving("organizationIdentifier", "VATEL-1")),
        MET,
        None,
    ),
    (
        "etsi.semantics.identifier_country",
        "g4-tls",
        (giving("C", "BE"), giving("organizationIdentifier", "VATEL-1")),
        VIOLATED,
        None,
    ),
    # a hierarchy that ended before G3 does
    ("advice.hierarchy.ends", "g1-server", (putting(POLICIES, policies("2.16.528.1.1003.1.2.5.6")),), VIOLATED, None),
    # a policy of production that somebody copied into a test PKI of his own
    (
        "oin_stelsel.test_number.production_certificate",
        "g1-server",
        (giving("serialNumber", "00000099999999910000"),),
        NOT_ASKED,
        None,
    ),
    (
        "oin_stelsel.test_number.production_certificate",
        "g1-server",
        (giving("serialNumber", "00000099999999910000"), issued_by(KPN)),
        VIOLATED,
        Severity.WARNING,
    ),
    # kinds of keys keep their weight
    (
        "rfc5280.key_usage.suits_key",
        "g1-server",
        (putting(KU, named_bits("keyAgreement")),),
        VIOLATED,
        Severity.WARNING,
    ),
]


@in_one_test
@pytest.mark.parametrize(("code", "base", "changes", "status", "weighs"), SCOPES)
def test_a_rule_is_asked_of_those_it_is_for(
    code: str, base: str, changes: tuple[Change, ...], status: Status, weighs: Severity | None
) -> None:
    found = list(_outcomes(code, base, changes))
    assert [s for s, _ in found] == [status]
    assert weighs is None or found[0][1] is weighs


def _outcomes(code: str, base: str, changes: tuple[Change, ...]) -> Iterator[tuple[Status, Severity]]:
    report = lint(made(base, *changes), moment=MOMENT, raise_crashes=True)
    yield from ((o.status, o.rule.severity) for o in report.outcomes if o.rule.code == code)


@pytest.mark.parametrize(
    ("issuer", "status"),
    [
        ("QuoVadis CSP - PKI Overheid CA - G2", NOT_ASKED),
        ("KPN PKIoverheid Server CA 2020", NOT_ASKED),
        ("KPN PKIoverheid Private Services CA - G1", VIOLATED),
        ("QuoVadis PKIoverheid Organisatie Server CA - G3", VIOLATED),
    ],
)
def test_only_of_g1_and_g3_it_is_said_that_they_end(issuer: str, status: Status) -> None:
    def named(parts: object) -> None:
        parts.issuer = [("2.5.4.3", UTF8, issuer.encode())]  # type: ignore[attr-defined]  # Parts, as every change is handed

    g3 = putting(POLICIES, policies("2.16.528.1.1003.1.2.5.6"))
    facts = made("g1-server", g3, named, without("2.5.29.35"))
    found = [o.status for o in lint(facts, moment=MOMENT).outcomes if o.rule.code == "advice.hierarchy.ends"]
    assert found == [status]
