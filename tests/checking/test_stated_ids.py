"""Entity IDs and service IDs: given or stated by metadata, before every system that asks one, and before none."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from pkitools.checking import FileCheck, Revocation, check_file
from pkitools.checking.stated_ids import check_given_entity_id
from pkitools.environment import Environment
from pkitools.findings import Outcome, Report, Severity, Status, Verdict
from pkitools.messages import LANGUAGES
from pkitools.oin import OIN
from pkitools.oin.entity_schemes import ENTITIES, schemes
from pkitools.reports import outcome_message, report_text
from pkitools.systems import Topic, evaluate, get_system, systems
from pkitools.trust import TrustStore
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeyPool
from pkitools_test_pki.pki import build
from tests.support.deliveries import metadata_of, pem
from tests.support.leaves import leaf

pytestmark = pytest.mark.slow

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWN, OTHER = "00000099000000010000", "00000001001516814000"
ABOUT = ("oin.entity_id.", "oin.service_id.", "system.entity_id.", "system.oin.equals_entity_id")
ASKING = {system.name: said for system in systems() for said in system.statements if said.topic is Topic.ENTITY_ID}


@dataclass
class Judge:
    leaf: IssuedCertificate

    def __call__(self, data: bytes, **asked: object) -> FileCheck:
        given = {
            "moment": MOMENT,
            "environment": "preproduction",
            "trust": TrustStore.from_der([self.leaf.root.der]),
            "intermediates": [link.der for link in self.leaf.intermediates],
            "revocation": Revocation(policy="off"),
            "raise_crashes": True,
        }
        return check_file(data, **{**given, **asked})  # type: ignore[arg-type]  # what a test asks is told apart by name

    def about(self, entity_id: str, system: str | None, *, stated: bool = False) -> Report:
        """What is found of the certificate with this entity ID."""
        named = {"systems": system} if system else {}
        if stated:
            return self(metadata_of(("signing", self.leaf.der), entity_id=entity_id), **named).report
        return self(pem(self.leaf.der), entity_id=entity_id, **named).report


@pytest.fixture(scope="module")
def judge() -> Judge:
    pki = build("g4-tls", moment=MOMENT, keys=KeyPool(limit=4))
    return Judge(pki.issue("g4-tls", dns=["a.voorbeeld.nl"], oin=OWN))


def found(report: Report) -> dict[str, Severity]:
    return {o.rule.code: o.rule.severity for o in report.findings if o.rule.code.startswith(ABOUT)}


ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
GDI, ETD = "urn:nl-eid-gdi:1.0:{}:{}:entities:{}", "urn:etoegang:{}:{}:entities:{}"
GARBAGE = "https://voorbeeld.nl/saml"
SCHEME, ROLE, EQUAL = "system.entity_id.scheme", "system.entity_id.role", "system.oin.equals_entity_id"
CERTIFICATE = "oin.entity_id.certificate"
SYNTAX, WITH_OIN = "oin.entity_id.syntax", "oin.entity_id.with_oin"

TABLE: list[tuple[str, str | None, dict[str, Severity]]] = [
    # ST-SAML, metadata_dv_rd: its own scheme, and the OIN of the certificate
    (GDI.format("DV", OWN, "9000"), "digid-machtigen", {}),
    (GDI.format("LC", OWN, "9000"), "digid-machtigen", {}),
    (GDI.format("BVD", OWN, "9000"), "digid-machtigen", {ROLE: WARNING}),
    (GDI.format("DV", OTHER, "9000"), "digid-machtigen", {EQUAL: ERROR}),
    (GDI.format("DV", OWN, "0001"), "digid-machtigen", {"oin.entity_id.test_index": WARNING}),
    (GDI.format("DV", OWN, "90001"), "digid-machtigen", {"oin.entity_id.index": ERROR}),
    (GDI.format("XX", OWN, "9000"), "digid-machtigen", {"oin.entity_id.role": ERROR}),
    (ETD.format("DV", OWN, "9000"), "digid-machtigen", {SCHEME: ERROR}),
    (ETD.format("DV", OTHER, "9000"), "digid-machtigen", {SCHEME: ERROR, EQUAL: ERROR}),
    (GARBAGE, "digid-machtigen", {SCHEME: ERROR}),
    ("urn:nl-eid-gdi:1.0:DV:entities", "digid-machtigen", {SYNTAX: ERROR}),
    (GDI.format("DV", OWN, "9000").replace("1.0", "1:0"), "digid-machtigen", {"oin.entity_id.version": ERROR}),
    # the classic connection to DigiD: a text of one's own choice
    (GARBAGE, "digid", {WITH_OIN: NOTICE}),
    (GDI.format("DV", OTHER, "9000"), "digid", {EQUAL: ERROR}),
    ("urn:nl-eid-gdi:1.0:DV:entities", "digid", {SYNTAX: ERROR}),
    (ETD.format("DV", OTHER, "9000"), "digid", {SCHEME: NOTICE}),
    # the Afsprakenstelsel, EntityID
    (ETD.format("DV", OWN, "9000"), "eherkenning", {}),
    (ETD.format("HM", OWN, "9000"), "eherkenning", {ROLE: WARNING}),
    (ETD.format("DV", OTHER, "9000"), "eherkenning", {EQUAL: ERROR}),
    (GDI.format("DV", OWN, "9000"), "eherkenning", {SCHEME: ERROR}),
    ("", "eherkenning", {SCHEME: ERROR}),
    # no system, or one that asks no entity ID: what was given is held to its own form, and to the certificate
    (GDI.format("DV", OWN, "9000"), None, {}),
    (GDI.format("DV", OTHER, "9000"), None, {CERTIFICATE: ERROR}),
    (GARBAGE, None, {SYNTAX: ERROR}),
    (GARBAGE, "digikoppeling", {SYNTAX: ERROR}),
    (ETD.format("DV", OTHER, "9000"), "digikoppeling", {CERTIFICATE: ERROR}),
]


@pytest.mark.slow
@pytest.mark.parametrize("stated", [False, True], ids=["given", "stated"])
def test_an_entity_id_before_each_system(judge: Judge, stated: bool) -> None:
    for entity_id, system, expected in TABLE:
        if stated and not entity_id:
            continue  # metadata with an empty one states none: told of the file, file.entity_id.stated
        chosen = stated and entity_id == GARBAGE and system not in ASKING
        report = judge.about(entity_id, system, stated=stated)
        assert found(report) == ({WITH_OIN: NOTICE} if chosen else expected), (entity_id, system)
        if ERROR in expected.values() and not chosen:
            assert report.verdict is Verdict.FAILED


FORMS = [
    form
    for scheme in schemes().of_kind(ENTITIES)
    for role, oin, index in itertools.product((*scheme.roles, "XX"), (OWN, OTHER), ("9000", "1", "90001"))
    for form in (f"{scheme.start}{role}:{oin}:entities:{index}",)
]


def asked(system: str, entity_id: str, oin: str = OWN) -> list[Outcome]:
    """What the system and the ID itself say of it, for a certificate with this OIN."""
    known = OIN.parse(oin)
    told = evaluate(get_system(system), "preproduction", leaf(oin=oin), moment=MOMENT, oin=known, entity_id=entity_id)
    own = check_given_entity_id(entity_id, Environment.PREPRODUCTION, [get_system(system)], known)
    return [o for o in (*told, *own) if o.status is Status.VIOLATED and o.rule.code.startswith(ABOUT)]


@pytest.mark.slow
def test_what_is_advised_raises_nothing_itself() -> None:
    """The form that a finding shows is right for this certificate, this system and this environment, and whole.

    Of an ID with another OIN than the certificate's the OIN is left open: which of the two is meant is not known.
    """
    shown = 0
    for system, entity_id in itertools.product(ASKING, [*FORMS, GARBAGE]):
        for outcome in asked(system, entity_id):
            if outcome.rule.code in {SCHEME, ROLE}:
                advised = outcome.params["wanted"]
                shown += 1
                assert not asked(system, advised.replace(":OIN:", f":{OWN}:")), (entity_id, advised)
                for language in LANGUAGES:  # it is there to be copied: whole, wherever it is told
                    told = outcome_message(outcome, language)
                    assert all(advised in text for text in (told.short, told.message) if text)
    assert shown > 20


def test_no_finding_says_that_two_equal_numbers_must_be_equal() -> None:
    compared = 0
    for system, entity_id in itertools.product((*ASKING, "digikoppeling"), [*FORMS, GARBAGE]):
        for outcome in asked(system, entity_id):
            if outcome.rule.code == EQUAL:
                compared += 1
                assert outcome.params["oin"] != outcome.params["wanted"], (system, entity_id)
            if outcome.rule.code == CERTIFICATE:
                compared += 1
                assert outcome.params["oin"] != outcome.params["certificate_oin"], (system, entity_id)
    assert compared > 20


MISWRITTEN = (
    " {0}",
    "{0} ",
    "\t{0}",
    "\u00a0{0}",
    "\u200b{0}",
    "{1}.{2}",
    "{1} {2}",
    "{0:.19}",
    "{0}0",
    "{1}x{2}",
    "27322975",
)


@pytest.mark.parametrize("form", [GDI, ETD])
@pytest.mark.parametrize("system", [None, "digid-machtigen", "eherkenning", "digikoppeling"])
def test_what_is_not_written_as_an_oin_is_said_and_not_that_another_certificate_is_needed(
    judge: Judge, form: str, system: str | None
) -> None:
    """Only where another organisation's OIN is there, however it is written, the certificate may be the wrong one."""
    for written, oin in itertools.product(MISWRITTEN, (OWN, OTHER)):
        report = judge.about(form.format("DV", written.format(oin, oin[:8], oin[8:]), "9000"), system)
        codes = report.codes()
        assert any(code.startswith("oin.syntax.") for code in codes), (written, codes)
        is_another = oin == OTHER and OIN.compact(written.format(oin, oin[:8], oin[8:])) == OTHER
        assert bool(codes & {EQUAL, CERTIFICATE}) == is_another, (written, oin, codes)
        assert report.verdict is Verdict.FAILED


def test_a_certificate_without_an_oin_is_not_silently_equal() -> None:
    told = check_given_entity_id(GDI.format("DV", OWN, "9000"), Environment.PREPRODUCTION, [], None)
    codes = {o.rule.code for o in told if o.status is Status.VIOLATED}
    assert {code for code in codes if code.startswith(ABOUT)} == {CERTIFICATE}


SERVICE = "urn:etoegang:DV:{}:services:{}"


@pytest.mark.parametrize(
    ("service_id", "codes"),
    [
        (SERVICE.format(OWN, "1"), set()),
        (SERVICE.format(OWN, "0"), {"oin.service_id.index"}),
        (SERVICE.format(OWN, "1").replace("DV", "HM"), {"oin.service_id.role"}),
        (SERVICE.format(OWN, "1").replace("services", "Services"), {"oin.service_id.case"}),
        (SERVICE.format(OWN, ""), {"oin.service_id.syntax"}),
        ("urn:etoegang:1.13:service-catalog", set()),
        ("urn:etoegang:DV:x", set()),
    ],
)
def test_a_service_id_that_metadata_states_is_judged(judge: Judge, service_id: str, codes: set[str]) -> None:
    inside = f'<md:RequestedAttribute Name="{service_id}"/><md:RequestedAttribute Name="{service_id}"/>'
    data = metadata_of(("signing", judge.leaf.der), entity_id=ETD.format("DV", OWN, "9000"), inside=inside)
    told = judge(data, systems="eherkenning")
    assert {c for c in told.file_report.codes() if c.startswith("oin.service_id")} == codes
    assert told.verdict is (Verdict.FAILED if codes else told.results[0].verdict)


def test_a_freely_chosen_entity_id_is_told_once_for_the_whole_file(judge: Judge) -> None:
    keys = [("signing", judge.leaf.der), ("encryption", judge.leaf.root.der)]
    told = judge(metadata_of(*keys, entity_id=GARBAGE))
    assert [o.rule.code for o in told.report.findings].count(WITH_OIN) == 1
    assert WITH_OIN in told.file_report.codes()


def test_each_finding_shows_in_both_languages_what_to_write(judge: Judge) -> None:
    report = judge.about(ETD.format("DV", OWN, "9000"), "digid-machtigen")
    for language in LANGUAGES:
        assert GDI.format("DV", OWN, "9000") in report_text(report, language)
    assert EQUAL in report.codes(Status.MET)
