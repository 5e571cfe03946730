"""Judging by what a system asks: the hierarchy, self-signed, the OIN; severity follows the source."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.findings import Certainty, Outcome, Report, Severity, Status, Verdict
from pkitools.messages import LANGUAGES, outcome_message
from pkitools.oin import OIN
from pkitools.rulebook import all_rules
from pkitools.systems import Stance, System, Topic, evaluate, get_system, systems
from pkitools.systems.rules import RULES
from pkitools.trust import get_hierarchy, hierarchies, hierarchy_of
from pkitools.x509 import oin_from_certificate, read_certificate
from pkitools.x509.model import BasicConstraints, GeneralName, PublicKey
from tests.support.cases import in_one_test
from tests.support.leaves import CLIENT, KVK_OIN, RSIN_OIN, dns, leaf
from tests.support.shared import shared

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
PREPRODUCTION, PRODUCTION = Environment.PREPRODUCTION, Environment.PRODUCTION
GDI = "urn:nl-eid-gdi:1.0:DV:{}:entities:0001"


def judge(system: str, environment: Environment = PRODUCTION, **how: object) -> Report:
    given_leaf = how.pop("facts", None) or leaf()
    hierarchy = how.pop("hierarchy", None)
    oin = how.pop("oin", KVK_OIN)
    outcomes = evaluate(
        get_system(system),
        environment,
        given_leaf,  # type: ignore[arg-type]  # options passed through as given
        moment=MOMENT,
        hierarchy=get_hierarchy(str(hierarchy)) if hierarchy else None,
        oin=OIN.parse(str(oin)) if oin else None,
        **how,  # type: ignore[arg-type]  # options passed through as given
    )
    return Report("test", outcomes, MOMENT, environment, system)


def of(report: Report, code: str) -> Outcome:
    (found,) = [o for o in report.outcomes if o.rule.code == code]
    return found


def found(report: Report) -> dict[str, Severity]:
    return {o.rule.code: o.rule.severity for o in report.findings}


@in_one_test
@pytest.mark.parametrize("system", systems(), ids=lambda s: s.name)
@pytest.mark.parametrize("environment", Environment)
def test_every_rule_is_considered_and_known_to_the_rulebook(system: object, environment: Environment) -> None:
    name = next(s.name for s in systems() if s is system)
    report = judge(name, environment, hierarchy="g1-private")
    considered = {o.rule.code for o in report.outcomes}
    assert considered == {r.code for r in RULES if not r.code.startswith("system.reuse.")}
    assert considered <= {rule.code for rule in all_rules()}
    said = get_system(name).about_hierarchy("g1-private", "pkioverheid", environment, MOMENT)
    refused = said is not None and said.answer is Stance.NO  # the system has an authority of its own
    assert report.verdict is (Verdict.FAILED if refused else Verdict.PASSED)


@in_one_test
@pytest.mark.parametrize(
    ("system", "environment", "hierarchy", "code", "severity"),
    [
        ("digid-machtigen", PRODUCTION, "g3", "system.hierarchy.accepted", Severity.WARNING),  # inferred
        ("digid-machtigen", PRODUCTION, "trial-g4-tls", "system.hierarchy.accepted", Severity.ERROR),
        ("digid-machtigen", PRODUCTION, "cibg-test", "system.hierarchy.accepted", Severity.ERROR),
        ("digid-machtigen", PRODUCTION, "g4-tls", "system.hierarchy.unconfirmed", Severity.WARNING),
        ("digid-machtigen", PREPRODUCTION, "trial-g4-tls", "system.hierarchy.unconfirmed", Severity.WARNING),
        ("digid", PRODUCTION, "g3", "system.hierarchy.accepted", Severity.WARNING),
        ("digid", PRODUCTION, "ev", "system.hierarchy.accepted", Severity.WARNING),
        ("digid", PREPRODUCTION, "g3", "system.hierarchy.accepted", Severity.WARNING),
        ("digid", PREPRODUCTION, "trial-g4-tls", "system.hierarchy.unconfirmed", Severity.WARNING),
        ("digikoppeling", PRODUCTION, "g3", "system.hierarchy.accepted", Severity.ERROR),
        ("digikoppeling", PRODUCTION, "g4-other", "system.hierarchy.accepted", Severity.WARNING),
        ("digikoppeling", PREPRODUCTION, "g1-private", "system.hierarchy.discouraged", Severity.WARNING),
        ("digikoppeling", PREPRODUCTION, "cibg-test", "system.hierarchy.unconfirmed", Severity.WARNING),
        ("digipoort", PRODUCTION, "g4-tls", "system.hierarchy.accepted", Severity.WARNING),  # a third party's word
        ("digipoort", PRODUCTION, "g3", "system.hierarchy.accepted", Severity.WARNING),  # no text names it
        ("digimelding", PRODUCTION, "g4-other", "system.hierarchy.accepted", Severity.WARNING),
        ("digimelding", PRODUCTION, "g4-cibg", "system.hierarchy.accepted", Severity.WARNING),
        ("eherkenning", PRODUCTION, "ev", "system.hierarchy.unconfirmed", Severity.WARNING),
        ("rdw", PRODUCTION, "g1-private", "system.hierarchy.accepted", Severity.ERROR),
        ("rdw", PREPRODUCTION, "trial-g4-tls", "system.hierarchy.accepted", Severity.ERROR),
        ("eherkenning", PRODUCTION, "trial-g4-tls", "system.hierarchy.accepted", Severity.ERROR),
        ("eherkenning", PREPRODUCTION, "trial-g4-tls", "system.hierarchy.accepted", Severity.ERROR),
        ("kvk", PRODUCTION, "trial-g4-tls", "system.hierarchy.accepted", Severity.WARNING),
        ("fsc", PRODUCTION, "g4-tls", "system.hierarchy.unconfirmed", Severity.WARNING),
        ("mijnoverheid", PRODUCTION, "g3", "system.hierarchy.accepted", Severity.ERROR),
        ("uzi", PRODUCTION, "g3", "system.hierarchy.accepted", Severity.WARNING),
    ],
)
def test_a_hierarchy_is_weighed_as_firmly_as_the_source_speaks(
    system: str, environment: Environment, hierarchy: str, code: str, severity: Severity
) -> None:
    weighed = {c: s for c, s in found(judge(system, environment, hierarchy=hierarchy)).items() if ".hierarchy." in c}
    assert weighed == {code: severity}


@pytest.mark.parametrize("system", ["rdw", "vecozo"])
@pytest.mark.parametrize("environment", Environment)
def test_who_takes_no_pkioverheid_is_never_said_to_want_it(system: str, environment: Environment) -> None:
    """Its own root is one nobody lists: whether a certificate is of it, no one can say."""
    report = judge(system, environment, root_sha256="ab" * 32, facts=leaf(issuer="RDW CA", certificate_policies=None))
    assert {code for code in found(report) if ".hierarchy." in code} == {"system.hierarchy.unconfirmed"}
    own = of(judge(system, environment, self_signed=True), "system.self_signed.not_allowed")
    assert "geen van PKIoverheid" in (outcome_message(own, "nl").remedy or "")
    assert "none of PKIoverheid" in (outcome_message(own, "en").remedy or "")


OWN_WORD = {Certainty.OFFICIAL, Certainty.STANDARD, Certainty.ADVICE}
NOT_TAKEN = ("system.hierarchy.accepted", "system.self_signed.not_allowed")
FLATLY = re.compile(r"(is|wordt|accepteert \w+|takes?) (niet|not|no|geen) |accepteert dat niet|does not take that")
HEDGED = re.compile("waarschijnlijk|probably|derde partij|third party", re.IGNORECASE)


@in_one_test
@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize("system", systems(), ids=lambda s: s.name)
def test_what_passes_is_never_said_not_to_be_accepted(system: System, environment: Environment) -> None:
    """Of every hierarchy, and of what signs itself: a flat refusal fails, and what does not fail is no refusal."""
    told = 0
    for hierarchy in (*(one.name for one in hierarchies()), None):
        report = judge(system.name, environment, hierarchy=hierarchy, self_signed=hierarchy is None)
        for outcome in (one for one in report.findings if one.rule.code in NOT_TAKEN):
            told += 1
            for language in LANGUAGES:
                text = outcome_message(outcome, language)
                for sentence in (text.title, text.message):
                    is_refused = outcome.rule.severity is Severity.ERROR
                    assert bool(HEDGED.search(sentence)) is not is_refused, (hierarchy, language, sentence)
                    assert is_refused or not FLATLY.search(HEDGED.split(sentence)[0]), sentence
            assert (report.verdict is Verdict.FAILED) is (
                max(each.rule.severity for each in report.findings) is Severity.ERROR
            )
    said = system.statements_at(environment, MOMENT, Topic.HIERARCHY)
    assert told or all(each.answer is not Stance.NO for each in said)


@in_one_test
@pytest.mark.parametrize(
    ("system", "environment", "hierarchy"),
    [
        ("digikoppeling", PRODUCTION, "g1-private"),
        ("digikoppeling", PRODUCTION, "g4-tls"),
        ("digikoppeling", PREPRODUCTION, "trial-g4-tls"),
        ("fsc", PREPRODUCTION, "cibg-acceptance"),
        ("uzi", PREPRODUCTION, "cibg-test"),
        ("uzi", PRODUCTION, "g4-tls"),
    ],
)
def test_an_accepted_hierarchy_is_met(system: str, environment: Environment, hierarchy: str) -> None:
    report = judge(system, environment, hierarchy=hierarchy)
    assert {code for code in found(report) if ".hierarchy." in code} <= {"system.hierarchy.heard"}
    assert of(report, "system.hierarchy.accepted").status is Status.MET


@in_one_test
@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize("system", systems(), ids=lambda s: s.name)
def test_what_only_others_say_is_taken_never_passes_unsaid(system: System, environment: Environment) -> None:
    for one in hierarchies():
        group = "pkioverheid" if str(one.kind) == "production" else str(one.kind)
        said = system.about_hierarchy(one.name, group, environment, MOMENT)
        report = judge(system.name, environment, hierarchy=one.name)
        own_word = said is None or said.answer is not Stance.YES or said.certainty in OWN_WORD
        assert ("system.hierarchy.heard" in found(report)) is not own_word, one.name


def test_a_refusal_names_what_would_have_matched_and_who_says_so() -> None:
    outcome = of(judge("digikoppeling", hierarchy="g3"), "system.hierarchy.accepted")
    assert outcome.params["hierarchy"] == "G3"
    assert outcome.params["accepted"] == "Private G1, G4 Priv G-TLS"
    assert outcome.rule.source.section == "PKI005, chapter 3"
    assert outcome.rule.certainty is Certainty.STANDARD
    assert outcome.rule.applies_to == ("digikoppeling",)


def test_without_a_path_a_name_may_refuse_but_never_accept() -> None:
    good = of(judge("digikoppeling"), "system.hierarchy.accepted")
    assert (good.status, good.reason) == (Status.NOT_CHECKED, "no_path")
    g3 = leaf(issuer="KPN BV PKIoverheid Organisatie Server CA - G3")
    assert of(judge("digikoppeling", facts=g3), "system.hierarchy.accepted").status is Status.VIOLATED
    nobody = judge("digikoppeling", facts=leaf(issuer="My CA", certificate_policies=None))
    assert of(nobody, "system.hierarchy.accepted").status is Status.NOT_CHECKED
    assert nobody.verdict is Verdict.INDETERMINATE


def test_a_root_nobody_lists_is_a_test_hierarchy_whatever_the_certificate_calls_its_issuer() -> None:
    report = judge("digikoppeling", root_sha256="ab" * 32)  # its issuer bears the name of a G1 CA
    assert of(report, "system.hierarchy.accepted").status is Status.VIOLATED
    assert judge("digikoppeling", PREPRODUCTION, root_sha256="ab" * 32).codes() >= {"system.hierarchy.unconfirmed"}
    trial = leaf(issuer="TRIAL Acme - G4 PKIo Priv G-TLS SYS - 2025")
    accepted = judge("digikoppeling", PREPRODUCTION, root_sha256="ab" * 32, facts=trial)
    assert of(accepted, "system.hierarchy.accepted").status is Status.MET


def test_a_catalogued_root_needs_only_its_fingerprint() -> None:
    root = get_hierarchy("g1-private").root_sha256
    assert of(judge("digikoppeling", root_sha256=root), "system.hierarchy.accepted").status is Status.MET


@in_one_test
@pytest.mark.parametrize(
    ("system", "environment", "code", "severity"),
    [
        ("digid-machtigen", PREPRODUCTION, "system.self_signed.preproduction_only", Severity.NOTICE),
        ("digid-machtigen", PRODUCTION, "system.self_signed.not_allowed", Severity.ERROR),
        ("digid", PREPRODUCTION, "system.self_signed.not_allowed", Severity.WARNING),
        ("digikoppeling", PREPRODUCTION, "system.self_signed.unconfirmed", Severity.WARNING),
        ("eherkenning", PRODUCTION, "system.self_signed.not_allowed", Severity.ERROR),
    ],
)
def test_self_signed(system: str, environment: Environment, code: str, severity: Severity) -> None:
    report = judge(system, environment, self_signed=True)
    assert {c: s for c, s in found(report).items() if ".self_signed." in c} == {code: severity}
    assert of(report, "system.hierarchy.accepted").status is Status.NOT_APPLICABLE


def test_a_self_signed_client_certificate_for_digid_machtigen_passes_preproduction_only() -> None:
    facts = leaf(issuer="api.example.nl", oin="", certificate_policies=None)
    assert judge("digid-machtigen", PREPRODUCTION, facts=facts, self_signed=True, oin=None).verdict is Verdict.PASSED
    assert judge("digid-machtigen", PRODUCTION, facts=facts, self_signed=True, oin=None).verdict is Verdict.FAILED


def test_the_oin_of_the_supplier_fails_against_the_entity_id() -> None:
    report = judge("eherkenning", hierarchy="g1-private", entity_id=f"urn:etoegang:DV:{RSIN_OIN}:entities:0001")
    outcome = of(report, "system.oin.equals_entity_id")
    assert outcome.status is Status.VIOLATED
    assert (outcome.params["oin"], outcome.params["wanted"]) == (KVK_OIN, RSIN_OIN)
    assert report.verdict is Verdict.FAILED


@in_one_test
@pytest.mark.parametrize(
    ("entity_id", "nl", "en"),
    [
        (f"urn:etoegang:DV:{KVK_OIN}:entities:0001", "hoort bij een ander stelsel", "is one of another scheme"),
        ("https://voorbeeld.nl/saml", "hoort bij een ander stelsel", "is one of another scheme"),
        ("urn:etoegang:DV:123:entities:x", "is niet te lezen", "cannot be read"),
        ("urn:etoegang:DV", "is niet te lezen", "cannot be read"),
        ("onzin zonder urn", "is niet te lezen", "cannot be read"),
    ],
)
def test_what_is_no_entity_id_is_not_called_one_of_another_scheme(entity_id: str, nl: str, en: str) -> None:
    """That it cannot be read comes first, then the form it should have: in the title and in the short sentence."""
    report = judge("digid-machtigen", hierarchy="g1-private", entity_id=entity_id)
    outcome = of(report, "system.entity_id.scheme")
    assert (outcome.status, outcome.rule.severity) == (Status.VIOLATED, Severity.ERROR)
    for language, said in (("nl", nl), ("en", en)):
        text = outcome_message(outcome, language)
        assert said in text.title
        assert f"urn:nl-eid-gdi:1.0:DV:{KVK_OIN}:entities:" in text.message
        assert entity_id in text.message
        unread = {"nl": "niet te lezen", "en": "cannot be read"}[language]
        assert (unread in text.short, unread in text.message) == (unread in said,) * 2
        assert text.short.index(unread) < text.short.index("urn:") if unread in said else "urn:" in text.short


def test_the_form_names_no_oin_where_the_entity_id_and_the_certificate_name_different_ones() -> None:
    """It had the one of the certificate, beside the advice to take a certificate of whom the entity ID names."""
    report = judge("digid-machtigen", hierarchy="g1-private", entity_id=f"urn:etoegang:DV:{RSIN_OIN}:entities:0001")
    assert of(report, "system.oin.equals_entity_id").status is Status.VIOLATED
    outcome = of(report, "system.entity_id.scheme")
    assert not any(oin in str(outcome.params["wanted"]) for oin in (KVK_OIN, RSIN_OIN))
    assert str(outcome.params["wanted"]).startswith("urn:nl-eid-gdi:1.0:DV:OIN:entities:")


def test_an_entity_id_without_the_certificate_s_oin_fails_too() -> None:
    entity_id = f"urn:etoegang:DV:{KVK_OIN}:entities:0001"
    report = judge("eherkenning", hierarchy="g1-private", oin=None, entity_id=entity_id)
    assert report.codes() >= {"system.oin.equals_entity_id", "system.oin.required"}


@in_one_test
@pytest.mark.parametrize(
    ("system", "entity_id", "status"),
    [
        ("digid", "https://www.example.nl/saml", Status.NOT_APPLICABLE),  # classic: chosen freely
        ("digid", GDI.format(KVK_OIN), Status.MET),
        ("digid", GDI.format(RSIN_OIN), Status.VIOLATED),
        ("digid-machtigen", "https://www.example.nl/saml", Status.NOT_APPLICABLE),  # the scheme is wrong
        ("digid-machtigen", f"urn:etoegang:DV:{KVK_OIN}:entities:0001", Status.MET),  # of another scheme
        ("digid-machtigen", f"urn:etoegang:DV:{RSIN_OIN}:entities:0001", Status.VIOLATED),
        ("eherkenning", f"urn:etoegang:DV:{KVK_OIN}:entities:00001", Status.MET),  # its index is another rule's
        ("digid", f"urn:etoegang:DV:{RSIN_OIN}:entities:0001", Status.NOT_APPLICABLE),
        ("eherkenning", "urn:etoegang:DV:0:entities:1", Status.VIOLATED),
        ("eherkenning", "urn:etoegang:DV:entities:1", Status.NOT_CHECKED),
        ("digikoppeling", GDI.format(RSIN_OIN), Status.NOT_APPLICABLE),
    ],
)
def test_entity_ids_of_other_forms(system: str, entity_id: str, status: Status) -> None:
    report = judge(system, hierarchy="g1-private", entity_id=entity_id)
    assert of(report, "system.oin.equals_entity_id").status is status


def test_a_missing_entity_id_is_a_notice_not_a_verdict() -> None:
    report = judge("eherkenning", hierarchy="g1-private")
    assert found(report) == {"system.entity_id.given": Severity.NOTICE}
    assert report.verdict is Verdict.PASSED


def test_absent_usages_allow_everything() -> None:
    report = judge("digikoppeling", hierarchy="g1-private", facts=leaf(extended_key_usage=None, key_usage=None))
    assert report.codes() == frozenset()


def test_any_extended_key_usage_is_enough() -> None:
    facts = leaf(extended_key_usage=("2.5.29.37.0",))
    assert judge("digid", hierarchy="g1-private", facts=facts).codes() <= {"system.entity_id.given"}


@in_one_test
@pytest.mark.parametrize(
    "name",
    [
        "",
        "1-2-3-4",
        "1-2-3-S-9000038-0-0",
        "1-2-3-S-900003800-0-0",
        "1-2-3-S-9000038A-0-0",
        "1-2-3-S-９００００３８０-0-0",
    ],
)
def test_a_uzi_name_without_a_ura_is_none(name: str) -> None:
    facts = leaf(subject_alternative_name=(GeneralName("other", name, "2.5.5.5", "IA5String"), *dns("a.nl")))
    assert of(judge("uzi", facts=facts), "system.ura.in_san").status is Status.VIOLATED


def test_an_elliptic_curve_key_is_not_an_rsa_key() -> None:
    facts = leaf(public_key=PublicKey("EC", 256, "P-256", None, "00" * 32))
    report = judge("digid", hierarchy="g1-private", facts=facts)
    assert of(report, "system.key.rsa_size").params["found"] == "EC P-256"
    assert report.verdict is Verdict.FAILED


@given(
    system=st.sampled_from([s.name for s in systems()]),
    environment=st.sampled_from(Environment),
    hierarchy=st.sampled_from([None, *(h.name for h in hierarchies())]),
    self_signed=st.booleans(),
    oin=st.sampled_from([None, KVK_OIN, RSIN_OIN]),
    entity_id=st.none() | st.text(max_size=60),
    bare=st.booleans(),
)
def test_it_never_fails_and_a_weak_certainty_never_is_an_error(
    system: str,
    environment: Environment,
    hierarchy: str | None,
    self_signed: bool,
    oin: str | None,
    entity_id: str | None,
    bare: bool,
) -> None:
    facts = (
        leaf(oin="", key_usage=None, extended_key_usage=(CLIENT,), subject_alternative_name=None) if bare else leaf()
    )
    report = judge(
        system,
        environment,
        facts=facts,
        hierarchy=hierarchy,
        self_signed=self_signed,
        oin=oin,
        entity_id=entity_id,
    )
    for outcome in report.outcomes:
        assert outcome.certificate is not None
        if outcome.rule.severity is Severity.ERROR:
            assert outcome.rule.certainty in {Certainty.STANDARD, Certainty.OFFICIAL}


def test_a_ca_certificate_changes_nothing_here() -> None:
    facts = leaf(basic_constraints=BasicConstraints(ca=True, path_length=None))
    assert judge("digikoppeling", hierarchy="g1-private", facts=facts).codes() == frozenset()


@in_one_test
@pytest.mark.parametrize(
    ("file", "system", "code", "status"),
    [
        ("PrivateG1_lab.api.mijniconnect.nl_20251009", "digikoppeling", "system.hierarchy.accepted", Status.MET),
        ("PrivateG1_lab.api.mijniconnect.nl_20251009", "kvk", "system.oin.kvk_based", Status.MET),
        ("PrivateG1_lab.api.mijniconnect.nl_20251009", "digid", "system.key.rsa_size", Status.MET),
        ("PrivateG1_api.kvk.nl_20210408", "kvk", "system.oin.kvk_based", Status.VIOLATED),
        ("PrivateG1_saml-sign.pp1.digid.nl_20201104", "digid-machtigen", "system.eku.client_auth", Status.MET),
        ("PrivateG1_api-test-sign.coronatester.nl_20230908", "digid", "system.oin.required", Status.VIOLATED),
        ("PrivateG1_api-test-sign.coronatester.nl_20230908", "digid", "system.hierarchy.accepted", Status.MET),
        ("EV_acc-waardepapieren.hoorn.nl_20210622", "digid", "system.hierarchy.accepted", Status.VIOLATED),
        ("G3_eh01.staging.iwelcome.nl_20190521", "digikoppeling", "system.hierarchy.accepted", Status.VIOLATED),
        ("G3_eh01.staging.iwelcome.nl_20190521", "digikoppeling", "system.policy.expected", Status.VIOLATED),
        ("G3_eh01.staging.iwelcome.nl_20190521", "eherkenning", "system.hierarchy.accepted", Status.MET),
    ],
)
def test_real_certificates(file: str, system: str, code: str, status: Status) -> None:
    data = shared(f"samples/certificates/{file}.pem").read_bytes()
    (der,) = read_source(data, file).certificates
    facts = read_certificate(der)
    claimed = hierarchy_of(facts).hierarchy
    assert claimed is not None
    report = judge(system, facts=facts, hierarchy=claimed.name, oin=oin_from_certificate(facts).oin)
    assert of(report, code).status is status


@in_one_test
@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize("system", systems(), ids=lambda s: s.name)
def test_that_a_supplier_may_not_register_is_said_where_the_data_say_so(
    system: System, environment: Environment
) -> None:
    """As a NOTICE, since nothing shows whose certificate it is; it changes no verdict."""
    said = [s for s in system.statements_at(environment, MOMENT, "registration") if "supplier" in s.values]
    refused = any(statement.answer == "no" for statement in said)
    report = judge(system.name, environment, hierarchy="g1-private")
    told = found(report).get("system.registration.supplier")
    assert told == (Severity.NOTICE if refused else None)
    if refused:
        assert of(report, "system.registration.supplier").rule.source == said[0].source


def test_some_system_says_so() -> None:
    assert "system.registration.supplier" in judge("digid-machtigen", PRODUCTION).codes()
    assert "system.registration.supplier" not in judge("digid-machtigen", PREPRODUCTION).codes()
