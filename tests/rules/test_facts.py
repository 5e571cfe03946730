"""What the documents of 2026 say: a test for each fact that was once told otherwise, and what it weighs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pkitools.environment import Environment
from pkitools.findings import Certainty, Outcome, Report, Severity, Status
from pkitools.messages import message
from pkitools.oin import OIN, check_oin
from pkitools.oin.prefixes import row_of
from pkitools.profiles import get_tsp
from pkitools.requests import check_request
from pkitools.rulebook import all_rules
from pkitools.rules import lint
from pkitools.systems import Stance, Statement, Topic, get_system
from tests.support.cases import in_one_test
from tests.support.certificates import AIA, CDP, EKU, KU, giving, issued, made, named_bits, putting, without
from tests.support.der import NULL
from tests.support.requests import request
from tests.support.rule_vectors import report

MOMENT = datetime(2026, 11, 26, tzinfo=UTC)
ASSURED = "0.4.0.194121.2.1"
PRODUCTION, PREPRODUCTION = Environment.PRODUCTION, Environment.PREPRODUCTION


def said(system: str, topic: Topic, environment: Environment = PRODUCTION) -> list[Statement]:
    return get_system(system).statements_at(environment, MOMENT, topic)


def of(found: Report, code: str) -> Outcome:
    (outcome,) = [each for each in found.findings if each.rule.code == code]
    return outcome


def about(system: str, hierarchy: str, environment: Environment = PRODUCTION) -> Statement:
    found = get_system(system).about_hierarchy(hierarchy, "pkioverheid", environment, MOMENT)
    assert found is not None
    return found


# --- Digikoppeling Beveiliging, FSC Core, REST-API profile ------------------------------------------------------------


def test_digikoppeling_takes_g4_private_tls_by_its_own_text_and_does_not_list_the_other() -> None:
    taken = about("digikoppeling", "g4-tls")
    assert (taken.answer, taken.certainty, taken.source.section) == (Stance.YES, Certainty.STANDARD, "3.5")
    assert taken.source.document.version.startswith("3.0.1")
    other = about("digikoppeling", "g4-other")
    assert (other.answer, other.certainty, other.severity) == (Stance.NO, Certainty.INFERRED, Severity.WARNING)
    rule = next(rule for rule in all_rules() if rule.code == "digikoppeling.certificate.type")
    assert (rule.source.section, rule.certainty, rule.severity) == ("3.5", Certainty.STANDARD, Severity.WARNING)


@pytest.mark.parametrize("topic", [Topic.CLIENT_AUTH, Topic.SERVER_AUTH])
def test_digikoppeling_asks_two_sided_tls_and_no_key_usage_in_so_many_words(topic: Topic) -> None:
    (statement,) = said("digikoppeling", topic)
    assert statement.certainty is Certainty.INFERRED
    assert statement.severity is Severity.WARNING


def test_fsc_wishes_a_domain_name_and_does_not_demand_it() -> None:
    (wished,) = said("fsc", Topic.FQDN)
    assert wished.severity is Severity.WARNING
    assert wished.source.document.version.startswith("2.0.0")
    (named,) = said("fsc", Topic.ORGANIZATION_NAME)
    assert (named.severity, named.source.key) == (Severity.ERROR, "digikoppeling-rest-api")
    assert named.source.document.version.startswith("4.0.1")
    (outway,) = said("fsc", Topic.NOTE)
    assert "OUTWAY_IDENTIFICATION_TYPE_DOMAIN_NAME" in outway.text["nl"]
    assert outway.certainty is Certainty.STANDARD


# --- the other systems ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "en"])
def test_nobody_needs_private_g1_to_reach_the_server_of_kvk(language: str) -> None:
    told = get_system("kvk").about[language]
    assert "DigiCert Global Root G2" in told
    assert all(statement.answer is not Stance.UNKNOWN for statement in said("kvk", Topic.LEAD_TIME))
    (delivery,) = said("kvk", Topic.DELIVERY)
    assert "developers.kvk.nl" in delivery.text[language]


def test_registering_as_a_subscriber_is_not_delivery() -> None:
    (told,) = said("digipoort", Topic.LEAD_TIME)
    assert "twee weken" in told.text["nl"]
    assert "twee tot drie maanden" in told.text["nl"]


def test_digipoort_does_not_promise_test_certificates_that_are_not_given_out() -> None:
    told = [s.text["nl"] for s in get_system("digipoort").statements_at(PREPRODUCTION, MOMENT)]
    assert not [text for text in told if "Gebruik een testcertificaat van Logius" in text]
    assert [text for text in told if "geen testcertificaten meer" in text]


def test_digid_names_one_root_and_says_of_no_other_that_it_is_refused() -> None:
    for environment in Environment:
        statement = about("digid", "g3", environment)
        assert (statement.answer, statement.certainty) == (Stance.NO, Certainty.INFERRED)
    (oin,) = said("digid", Topic.OIN)
    assert oin.source.key == "st-saml"
    assert [s for s in said("digid", Topic.NOTE) if "transport" in s.text["nl"]]


def test_digid_machtigen_cites_the_steps_of_its_manual() -> None:
    steps = {s.topic: s.source.section for s in get_system("digid-machtigen").statements if "step" in s.source.section}
    assert steps[Topic.DELIVERY] == "step 3, step 6"
    assert set(steps.values()) == {"step 3", "step 3, step 6"}
    (lead_time,) = said("digid-machtigen", Topic.LEAD_TIME)
    assert "goed is voorbereid" in lead_time.text["nl"]
    assert "2016" in lead_time.text["nl"]


def test_mijnoverheid_tells_of_digikoppeling_and_stays_unknown() -> None:
    statement = about("mijnoverheid", "g4-tls")
    assert statement.answer is Stance.UNKNOWN
    assert "21 april 2026" in statement.text["nl"]


@pytest.mark.parametrize("name", ["kpn", "digicert", "digidentity"])
def test_what_a_tsp_says_of_its_own_intake_is_no_third_partys_word(name: str) -> None:
    tsp = get_tsp(name)
    assert tsp.basis.certainty is Certainty.OFFICIAL
    assert tsp.basis.source.document.url.count("/") > 3


# --- certificates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "base", "change", "certainty"),
    [
        ("por.g4.validity", "g4-tls", issued(2026, 6, days=1097), Certainty.OFFICIAL),
        ("por.g1.key_usage", "g1-server", putting(KU, named_bits("digitalSignature"), critical=True), "official"),
        ("por.subject.other_attributes", "g1-server", giving("title", "Systeem"), Certainty.INFERRED),
        ("por.subject.organizational_unit", "g1-server", giving("OU", "ICT"), Certainty.INFERRED),
    ],
)
def test_what_no_text_for_it_demands_is_a_warning(code: str, base: str, change: object, certainty: str) -> None:
    found = of(report(base, change), code)  # type: ignore[arg-type]  # a Change
    assert found.rule.severity is Severity.WARNING
    assert found.rule.certainty == certainty


def test_a_key_that_is_kept_is_a_warning() -> None:
    def earlier(parts: object) -> None:
        parts.serial = b"\x02\x01\x07"  # type: ignore[attr-defined]  # Parts

    found = report("g1-server", others=lambda: made("g1-server", earlier))
    assert of(found, "por.key.renewed").rule.severity is Severity.WARNING


def test_an_ou_under_g4_stays_an_error() -> None:
    assert of(report("g4-tls", giving("OU", "ICT")), "por.subject.organizational_unit").rule.severity is Severity.ERROR


def test_without_extended_key_usage_nobody_is_told_to_order_again() -> None:
    from pkitools.messages import LANGUAGES

    found = of(report("g1-server", without(EKU)), "advice.usage.unlimited")
    for language in LANGUAGES:
        text = message("advice.usage.unlimited", found.params, language)
        assert "4.2.1.12" in text.message
        assert "opnieuw" not in text.remedy
        assert "again" not in text.remedy


@in_one_test
@pytest.mark.parametrize(
    ("code", "key", "section"),
    [
        ("por.g1.key_usage", "digikoppeling-certificates", "chapter 4"),
        ("por.g1.signature", "digikoppeling-certificates", "chapter 2, chapter 10"),
        ("csr.signature.hash", "kpn-csr", ""),
        ("csr.san.common_name", "pkitools", ""),
        ("por.g4.san_no_address", "g4-migration", "p. 4-5"),
        ("oin.register.absent", "oin-suboin-check", "2.3.2"),
    ],
)
def test_a_rule_cites_the_chapter_that_says_it(code: str, key: str, section: str) -> None:
    rule = next(rule for rule in all_rules() if rule.code == code)
    assert (rule.source.key, rule.source.section) == (key, section)


def test_only_of_the_tsp_that_says_so_a_weak_hash_is_an_error() -> None:
    """Of another it is inferred, and of a request that goes nowhere yet too; the sentence says whose word it is."""
    for tsp, weighs in (("kpn", Severity.ERROR), ("digicert", Severity.WARNING), (None, Severity.WARNING)):
        judged = check_request(request(scheme="pkcs1", digest="sha1"), "g4-tls", tsp=tsp)
        found = of(judged, "csr.signature.hash")
        assert found.rule.severity is weighs, tsp
        assert "KPN" in message("csr.signature.hash", found.params, "nl").message


# --- the OIN ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("register", ["brin", "uzi"])
def test_neither_schools_nor_care_providers_are_in_the_oin_register(register: str) -> None:
    assert row_of(register).registered == "never"


@pytest.mark.parametrize("text", ["00000009ABC123456000", "00000007000252500000", "0000001112345678900A"])
def test_a_shape_that_no_standard_gives_is_no_reason_to_refuse_a_number(text: str) -> None:
    found = check_oin(text)
    assert found.worst is Severity.WARNING
    oin = OIN.parse(text)
    assert (oin.brin, oin.vestiging, oin.ura) == (None, None, None)


def test_the_prefix_of_care_insurers_is_published_and_not_adopted() -> None:
    row = row_of("dezi_insurer")
    assert (row.status, row.certainty, row.source.key) == ("proposed", Certainty.OFFICIAL, "oin-stelsel-3")
    assert of(check_oin("00000011123456789000"), "oin.prefix.proposed").rule.severity is Severity.WARNING


# --- the documents ----------------------------------------------------------------------------------------------------


@in_one_test
@pytest.mark.parametrize(
    ("key", "version"),
    [
        ("digikoppeling-security", "3.0.1"),
        ("fsc-core", "2.0.0"),
        ("digikoppeling-rest-api", "4.0.1"),
        ("oin-suboin-check", "1.1.0"),
        ("oin-stelsel-3", "3.0.1"),
    ],
)
def test_the_texts_of_spring_are_the_ones_cited(key: str, version: str) -> None:
    from pkitools.documents import document

    assert document(key).version.startswith(version)


@pytest.mark.parametrize(
    ("key", "version"),
    [("por", "5.2"), ("etsi-en-319-412-1", "1.6.1"), ("etsi-en-319-412-2", "2.4.1"), ("oin-stelsel", "3.0.1")],
)
def test_a_text_that_could_not_be_read_is_named_as_the_newest(key: str, version: str) -> None:
    from pkitools.documents import document

    assert document(key).newest == version


def test_a_certificate_too_short_lived_to_be_revoked_needs_no_revocation() -> None:
    """EN 319 412-2 4.3.11 and EN 319 412-1: validity assured; its newer text says so, and no older one forbids it."""
    code, bare = "etsi.revocation.present", without(CDP, AIA)
    for changes, status in (((bare,), Status.VIOLATED), ((bare, putting(ASSURED, NULL)), Status.NOT_APPLICABLE)):
        report = lint(made("g4-tls", *changes), moment=MOMENT)
        assert [outcome.status for outcome in report.outcomes if outcome.rule.code == code] == [status]
