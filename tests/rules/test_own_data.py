"""Facts of one's own: a folder adds systems, TSPs, roots and rules; what is wrong is one sentence with its line."""

from __future__ import annotations

import json
import pickle
import re
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from importlib.machinery import PathFinder
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import pytest

import pkitools
from pkitools.documents import DocumentStatus, Reading
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError, PkitoolsError
from pkitools.findings import Certainty, Severity, Status, Verdict
from pkitools.messages import error_sentence, message, outcome_message
from pkitools.profiles import tsps
from pkitools.reports import report_document
from pkitools.rulebook import all_rules
from pkitools.rules import OwnData, lint, read_data
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import RuleBook
from pkitools.rules.own import installed_data, presence
from pkitools.rules.own.data import READABLE
from pkitools.systems import evaluate, read_system, systems
from pkitools.x509.oids import ANY_EXTENDED_KEY_USAGE, CLIENT_AUTH, SERVER_AUTH
from pkitools_test_pki.pki import PKI, build
from tests.support.cases import in_one_test
from tests.support.certificates import EKU, Change, ec_key, made, pss_key, purposes, putting, rsa_key, without
from tests.support.keys import SHARED_KEYS

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "docs" / "templates"
MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
PREPRODUCTION = Environment.PREPRODUCTION
PRODUCTION = Environment.PRODUCTION
EMAIL_PROTECTION: Final = "1.3.6.1.5.5.7.3.4"

HEAD = """version = "1"
retrieved = 2026-11-26

[source.policy]
document = "Beleid"

"""
RULE = """[[rule]]
code = "voorbeeld.subject.unit"
severity = "error"
certainty = "official"
source = "policy"
requires = { attribute = "OU" }

[rule.nl]
title = "Geen afdeling"
message = "Gevraagd {wanted}, gevonden {found}."
remedy = "Vraag opnieuw aan."

[rule.en]
title = "No department"
message = "Asked {wanted}, found {found}."
remedy = "Request again."
"""
TSP = """version = "1"
retrieved = 2026-11-26
source.order.document = "Bestelpagina"
[tsps.huis]
name = "Huis-CA"
document = "order"
certainty = "official"
key_sizes = [4096]
hashes = ["sha256"]
pkcs1 = "accepted"
pss = "refused"
subject_required = ["CN", "OU"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "systems").mkdir()
    (tmp_path / "rules").mkdir()
    (tmp_path / "trust").mkdir()
    system = (TEMPLATES / "system.toml").read_text(encoding="utf-8").replace('name = "template"', 'name = "example"')
    (tmp_path / "systems" / "example.toml").write_text(system, encoding="utf-8")
    shutil.copy(TEMPLATES / "rules.toml", tmp_path / "rules" / "ours.toml")
    (tmp_path / "tsps.toml").write_text(TSP, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def pki() -> PKI:
    return build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)


def statuses(report: Any, code: str) -> list[Status]:
    return [outcome.status for outcome in report.outcomes if outcome.rule.code == code]


def rules_of(folder: Path, text: str) -> OwnData:
    (folder / "rules" / "ours.toml").write_text(text, encoding="utf-8")
    return read_data(folder)


def asking(folder: Path, line: str, *more: str) -> OwnData:
    return rules_of(folder, HEAD + RULE.replace('requires = { attribute = "OU" }', "\n".join((line, *more))))


def test_what_a_folder_adds_is_there_and_ours_stays(folder: Path) -> None:
    data = read_data(folder)
    assert not data.refused
    assert data.system("example").title == "Template"
    assert data.system("digid").title == "DigiD"
    assert data.tsp("huis").key_sizes == (4096,)
    assert data.tsp("kpn").title == "KPN"
    assert [rule.code for rule in data.rules] == ["example.subject.unit", "example.validity.year"]
    assert not {rule.code for rule in data.rules} & {rule.code for rule in all_rules()}


def test_a_system_and_rules_of_ones_own_are_judged_in_both_languages(folder: Path, pki: PKI) -> None:
    data, issued = read_data(folder), pki.issue("g4-tls", not_after=MOMENT + timedelta(days=499))

    def judged(**more: Any) -> Any:
        result = pkitools.check(
            issued.der,
            moment=MOMENT,
            environment=PREPRODUCTION,
            intermediates=[link.der for link in issued.intermediates],
            trust=issued.root.der,
            revocation=pkitools.Revocation(policy="off"),
            **more,
        )
        return result.report

    told = judged(systems="example", data=data)
    (found,) = [o for o in told.outcomes if o.rule.code == "example.validity.year"]
    assert found.status is Status.VIOLATED
    assert told.verdict is Verdict.FAILED
    assert "500 dagen geldig; ten hoogste 398" in outcome_message(found, "nl").message
    assert "valid for 500 days; at most 398" in outcome_message(found, "en").message
    assert outcome_message(found, "nl").title == "Te lang geldig"
    assert found.rule.source.document.title["nl"] == "Certificate policy of an organisation"
    assert "system.hierarchy.accepted" in {outcome.rule.code for outcome in told.outcomes}
    assert not statuses(judged(), "example.validity.year"), "without data nobody asks it"
    # it is for production only
    assert statuses(told, "example.subject.unit") == [Status.NOT_APPLICABLE]
    assert statuses(judged(data=data), "example.subject.unit") == [], "and for its system only"


FAULTS = [
    # file, what stands there, what is put in its place, the code of the error, words of it in Dutch
    ("system", 'version = "1"', 'version = "99"', "toml.error.form", "vorm 99"),
    ("rules", 'version = "1"', 'version = "99"', "toml.error.form", "vorm 99"),
    ("tsps", 'version = "1"', 'version = "99"', "toml.error.form", "vorm 99"),
    ("rules", "requires =", "since = 2027-01-02\nuntil = 2027-01-01\nrequires =", "toml.error.period", "is eerder dan"),
    (
        "system",
        "number = 2048",
        "since = 2027-01-02\nuntil = 2027-01-01\nnumber = 2048",
        "toml.error.period",
        "is eerder dan",
    ),
    ("system", "number = 2048\n", "", "systems.error.number", "bij key_size hoort een getal"),
    ("system", "number = 2\n", "", "systems.error.number", "bij maximum hoort een getal"),
    ("system", "number = 2048", "number = 0", "toml.error.least", "kan niet 0 zijn"),
    ("system", "number = 2048", "number = -3", "toml.error.least", "van 1 of meer"),
    ("system", "number = 2048", 'number = "2048"', "toml.error.no_number", "geen heel getal"),
    ("system", "number = 2048", 'number = 2048\nvalues = ["x"]', "systems.error.unread_field", "values niet gelezen"),
    ("system", 'topic = "oin"', 'topic = "oin"\nnumber = 3', "systems.error.unread_field", "number niet gelezen"),
    ("system", 'values = ["g1-private"]\n', "", "systems.error.values", "bij hierarchy horen waarden"),
    ("system", 'topic = "oin"', 'topic = "policy"\nvalues = ["server"]', "systems.error.oid", "server is geen OID"),
    ("system", 'environments = ["production"]', "environments = []", "toml.error.empty", "environments is leeg"),
    ("system", 'environments = ["production"]', 'environments = [""]', "toml.error.empty", "environments is leeg"),
    (
        "system",
        'environments = ["production"]',
        'environments = ["produktie"]',
        "arguments.error.choice",
        "niet produktie zijn",
    ),
    ("system", '\nanswer = "unknown"', '\nanswer = "maybe"', "arguments.error.choice", "kan niet maybe zijn"),
    (
        "system",
        'certainty = "standard"\nnl = "Een RSA-sleutel',
        'certainty = "inferred"\nseverity = "error"\nnl = "Een RSA-sleutel',
        "rules.error.own_severity",
        "geen fout zijn",
    ),
    ("system", 'severity = "notice"', 'severity = "fatal"', "arguments.error.choice", "kan niet fatal zijn"),
    ("system", 'topic = "oin"', 'topic = "registration"\nvalues = ["us"]', "arguments.error.choice", "niet us zijn"),
    (
        "system",
        'values = ["trial", "test"',
        'values = ["g1-private", "test"',
        "systems.error.twice",
        "over g1-private is hier",
    ),
    (
        "system",
        'topic = "key_size"\nnumber = 2048',
        'topic = "key_size"\nanswer = "no"',
        "systems.error.unasked",
        '"no"',
    ),
    ("system", 'title = "Template"', 'title = " "', "toml.error.empty", "title is leeg"),
    ("system", 'owner = "An', 'owner = ""\n#', "toml.error.empty", "owner is leeg"),
    ("rules", 'source = "policy"', 'source = "policy"\nsystems = []', "toml.error.empty", "systems is leeg"),
    ("rules", 'title = "Geen', 'title = ""\n#', "toml.error.empty", "nl.title is leeg"),
    ("rules", 'severity = "error"', 'severity = "fataal"', "arguments.error.choice", "kan niet fataal zijn"),
    ("rules", 'certainty = "official"', 'certainty = "zeker"', "arguments.error.choice", "kan niet zeker zijn"),
    ("rules", 'attribute = "OU"', 'attribute = "OU", value = ""', "toml.error.empty", "value is leeg"),
    ("rules", 'attribute = "OU"', "policy = []", "toml.error.empty", "policy is leeg"),
    ("rules", 'attribute = "OU"', 'policy = ["1.2.3", "server"]', "systems.error.oid", "server is geen OID"),
    ("rules", 'attribute = "OU"', 'key = "RSA", bits = 0', "toml.error.least", "bits kan niet 0 zijn"),
    ("rules", 'attribute = "OU"', 'key = "RSA"', "toml.error.missing", "bits ontbreekt"),
    ("rules", 'attribute = "OU"', 'key = "DSA", bits = 1', "arguments.error.choice", "Kies uit: RSA, EC"),
    ("rules", 'attribute = "OU"', "days = -1", "toml.error.least", "van 1 of meer"),
    ("rules", "retrieved = 2026-11-26", 'retrieved = "vandaag"', "toml.error.no_day", "Geef een dag zoals"),
    ("tsps", "key_sizes = [4096]", "key_sizes = [0]", "toml.error.no_numbers", "heel getal boven 0"),
    ("tsps", 'hashes = ["sha256"]', "hashes = []", "toml.error.empty", "hashes is leeg"),
    ("tsps", 'pkcs1 = "accepted"', 'pkcs1 = "soms"', "arguments.error.choice", "kan niet soms zijn"),
]
PLACES: Final = {"system": "systems/example.toml", "rules": "rules/ours.toml", "tsps": "tsps.toml"}


@pytest.mark.parametrize(("kind", "old", "new", "code", "words"), FAULTS, ids=[f"{f[0]}-{f[2]}" for f in FAULTS])
def test_what_cannot_be_is_refused_with_its_line_and_says_what_is_wrong_and_what_to_do(
    folder: Path, kind: str, old: str, new: str, code: str, words: str
) -> None:
    path = folder / PLACES[kind]
    text = HEAD + RULE if kind == "rules" else path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    data = read_data(folder)
    (refused,) = data.refused
    assert (refused.error.code, refused.name) == (code, PLACES[kind])
    assert refused.line is not None
    # the line of the field; of one that is missing, of its table, which the template writes in so many lines
    at = text.partition(old)[0].count("\n") + 1
    assert at - 8 <= refused.line <= at + new.count("\n")
    remedy = message(code, refused.error.params, "nl").remedy
    for told in (error_sentence(next(data.unusable(refused.kind)), "nl"), *found_sentences(data, refused.kind)):
        assert f"{PLACES[kind]}:{refused.line}" in told
        assert words in told
        assert remedy
        assert remedy in told
        assert "?" not in told


def found_sentences(data: OwnData, kind: str) -> list[str]:
    """What a report says of a file that could not be used: the finding with its remedy, and what was not asked."""
    found = list(data.outcomes(kind, system="example" if kind == "systems" else ""))
    violated = [outcome_message(each, "nl") for each in found if each.status is Status.VIOLATED]
    unasked = [message("report.reason.own_data", each.params, "nl") for each in found if each.reason]
    assert len(violated) == len(unasked) == 1
    return [f"{each.message} {each.remedy}" for each in (*violated, *unasked)]


def test_a_rule_of_ones_own_asks_what_a_system_asks_in_the_same_words(folder: Path) -> None:
    """Whatever a certificate has: no purposes, any, this one or another; a key for RSA, or for RSASSA-PSS only."""
    asked = {
        "client_auth": ('extended_key_usage = "clientAuth"', "system.eku.client_auth"),
        "server_auth": ('extended_key_usage = "serverAuth"', "system.eku.server_auth"),
        "key_size": ('key = "RSA", bits = 2048', "system.key.rsa_size"),
    }
    stated = [
        (ANY_EXTENDED_KEY_USAGE,),
        (CLIENT_AUTH,),
        (SERVER_AUTH,),
        (EMAIL_PROTECTION, ANY_EXTENDED_KEY_USAGE),
        (EMAIL_PROTECTION,),
    ]
    changes = [without(EKU), *(putting(EKU, purposes(*each)) for each in stated)]
    changes += [with_key(key) for key in (pss_key(), pss_key(1024), rsa_key(1024), ec_key())]
    seen: set[tuple[str, Status]] = set()
    for topic, (line, code) in asked.items():
        system = read_system(ASKING.format(topic=topic, number="number = 2048" if topic == "key_size" else ""))
        data = asking(folder, f"requires = {{ {line} }}")
        for facts in (made("g4-tls", change) for change in changes):
            (own,) = statuses(lint(facts, moment=MOMENT, environment=PRODUCTION, data=data), "voorbeeld.subject.unit")
            found = evaluate(system, PRODUCTION, facts, moment=MOMENT)
            assert [own] == [each.status for each in found if each.rule.code == code], (topic, facts.public_key.label)
            seen.add((topic, own))
    assert seen == {(topic, status) for topic in asked for status in (Status.MET, Status.VIOLATED)}


def with_key(key: bytes) -> Change:
    return lambda parts: setattr(parts, "key", key)


ASKING: Final = """version = "1"
retrieved = 2026-11-26
name = "x"
title = "X"
owner = "Y"
about = {{ nl = "nl", en = "en" }}
source.a.document = "A"
[[statement]]
topic = "{topic}"
{number}
source = "a"
certainty = "official"
nl = "Een."
en = "One."
"""

VOCABULARY = [
    ('requires = { attribute = "CN" }', True),
    ('requires = { attribute = "OU" }', False),
    ('requires = { attribute = "C", value = "NL" }', True),
    ('requires = { attribute = "C", value = "BE" }', False),
    ('requires = { extended_key_usage = "serverAuth" }', True),
    ('requires = { extended_key_usage = "emailProtection" }', False),
    ('requires = { policy = ["2.16.528.1.1003.1.2.44.15.35.11"] }', True),
    ('requires = { policy = ["1.2.3", "1.2.4"] }', False),
    ('requires = { key = "RSA", bits = 2048 }', True),
    ('requires = { key = "RSA", bits = 16384 }', False),
    ('requires = { key = "EC", bits = 1 }', False),
    ("requires = { days = 100000 }", True),
    ("requires = { days = 1 }", False),
    ('forbids = { attribute = "OU" }', True),
    ('forbids = { attribute = "C" }', False),
    ('forbids = { extended_key_usage = "emailProtection" }', True),
    ('forbids = { extended_key_usage = "serverAuth" }', False),
    ('forbids = { issuer = ["Someone else"] }', True),
    ('requires = { issuer = ["Someone else"] }', False),
]


def test_each_word_of_the_vocabulary_is_met_and_violated(folder: Path) -> None:
    facts = made("g4-tls")
    for line, met in VOCABULARY:
        report = lint(facts, moment=MOMENT, environment=PRODUCTION, data=asking(folder, line))
        assert statuses(report, "voorbeeld.subject.unit") == [Status.MET if met else Status.VIOLATED], line


def test_what_could_not_be_read_is_never_said_to_be_absent(folder: Path) -> None:
    facts = made("g4-tls")
    for extension, line in {
        "2.5.29.37": 'forbids = { extended_key_usage = "clientAuth" }',
        "2.5.29.32": 'forbids = { policy = ["1.2.3"] }',
    }.items():
        for slug in ("malformed_extension", "duplicate_extension"):
            broken = replace(
                facts, problems=(f"{slug}:{extension}",), extended_key_usage=None, certificate_policies=None
            )
            report = lint(broken, moment=MOMENT, profile="g4-tls", data=asking(folder, line))
            assert statuses(report, "voorbeeld.subject.unit") == [Status.NOT_CHECKED]


def test_a_rule_holds_between_its_days_and_where_it_says(folder: Path) -> None:
    facts = made("g4-tls")
    data = asking(
        folder,
        'requires = { attribute = "OU" }',
        "since = 2026-11-01",
        "until = 2026-11-30",
        'environments = ["production"]',
    )
    days = {date(2026, 10, 31): False, date(2026, 11, 1): True, date(2026, 11, 30): True, date(2026, 12, 1): False}
    for day, holds in days.items():
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        for environment in (PRODUCTION, PREPRODUCTION, None):
            found = statuses(lint(facts, moment=at, environment=environment, data=data), "voorbeeld.subject.unit")
            here = {PRODUCTION: Status.VIOLATED, PREPRODUCTION: Status.NOT_APPLICABLE, None: Status.NOT_CHECKED}
            assert found == [here[environment] if holds else Status.NOT_APPLICABLE]


ODD_PLACEHOLDERS: Final = [
    *("{found.__class__.__mro__}", "{found:>399999999}", "{found!r}", "{found[0]}", "{found:{wanted}}", "{}", "{0}"),
    *("{", "}", "{found", "{wanted.format}", "{ found}"),
]
WEAK: Final = ("draft", "superseded", "observed", "none")
MISTAKES = [
    ('code = "voorbeeld.subject.unit"', 'code = "rfc5280.subject.unit"', 8),
    ('code = "voorbeeld.subject.unit"', 'code = "Voorbeeld"', 8),
    ('code = "voorbeeld.subject.unit"', "code = 3", 8),
    ('severity = "error"', 'severity = "fatal"', 9),
    ('certainty = "official"', 'certainty = "inferred"', 9),
    ('certainty = "official"', 'certainty = "sure"', 10),
    ('source = "policy"', 'source = "beleid"', 11),
    ('source = "policy"', 'source = "none"', 11),
    ('source = "policy"', 'source = "kvk-ubo-api"', 11),  # quoted by others: its text was not read
    *(('source = "policy"', f'source = "{key}"', 11) for key in ("oin-stelsel-3", "pkitools", "g4-analogy")),
    *(('source = "policy"', f'source = "{key}"', 10) for key in ("signicat-docs", "digipoort-supplier")),
    *(('document = "Beleid"', f'document = "Beleid"\nstatus = "{status}"', 12) for status in WEAK),
    ('document = "Beleid"', 'document = "Beleid"\nstatus = "own"', 6),
    ('certainty = "official"\n', "", 9),  # advice, which is no error
    ('source = "policy"\n', "", 7),
    ('{ attribute = "OU" }', '{ attribute = "AFDELING" }', 12),
    ('{ attribute = "OU" }', '{ attribute = "OU", days = 3 }', 12),
    ('{ attribute = "OU" }', "{ days = 0 }", 12),
    ('{ attribute = "OU" }', "{ policy = [] }", 12),
    ('{ attribute = "OU" }', '{ key = "rsa", bits = 1 }', 12),
    ("requires =", "forbids = { days = 3 } #", 12),
    ("requires = {", "demands = {", 12),
    ('remedy = "Vraag opnieuw aan."\n', "", 14),
    ("gevonden {found}", "gevonden {oin}", 16),
    ("gevonden {found}", "gevonden {found.real}", 16),
    *(("gevonden {found}", f"gevonden {odd}", 16) for odd in ODD_PLACEHOLDERS),
    ("[[rule]]", "[[rules]]", 7),
    ("[rule.nl]", "[rule.nl", 14),
    ('source = "policy"', 'source = "policy"\nsystems = ["zaaksysteem"]', 12),
    ('source = "policy"', 'source = "policy"\nsystems = ["example", "digid", "Digid"]', 12),
    ('source = "policy"', 'source = "policy"\nsystems = ["iwlz"]', 12),  # known by name, and nobody could read it
]


@pytest.mark.parametrize(("old", "new", "line"), MISTAKES)
def test_a_mistake_is_one_sentence_with_its_line_and_what_it_asked_is_not_checked(
    folder: Path, old: str, new: str, line: int
) -> None:
    text = HEAD + RULE
    assert old in text
    data = rules_of(folder, text.replace(old, new, 1))
    (refused,) = data.refused
    assert (refused.kind, refused.name) == ("rules", "rules/ours.toml")
    assert refused.line is not None
    assert abs(refused.line - line) <= 1, refused.line
    assert "\n" not in str(refused.error)
    assert data.system("example").name == "example", "the other files work"
    report = lint(made("g4-tls"), moment=MOMENT, data=data)
    assert report.verdict is Verdict.INDETERMINATE
    assert set(statuses(report, READABLE.code)) == {Status.VIOLATED, Status.NOT_CHECKED}


def test_a_system_whose_file_is_refused_is_not_checked_and_others_are(folder: Path, pki: PKI) -> None:
    path = folder / "systems" / "example.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('topic = "oin"', 'topic = "oi"'), encoding="utf-8")
    data, issued = read_data(folder), pki.issue("g4-tls")
    (refused,) = data.refused
    assert refused.line is not None
    assert 'topic = "oi"' in path.read_text(encoding="utf-8").splitlines()[refused.line - 1]

    def verdict(system: str) -> Any:
        result = pkitools.check_file(
            issued.chain_pem,
            moment=MOMENT,
            environment=PREPRODUCTION,
            systems=system,
            trust=issued.root.der,
            revocation=pkitools.Revocation(policy="off"),
            data=replace(data, entries=()),
        )
        return result.verdict, set(statuses(result.report, READABLE.code))

    assert verdict("example") == (Verdict.INDETERMINATE, {Status.MET, Status.VIOLATED, Status.NOT_CHECKED})
    assert verdict("fsc")[1] == {Status.MET}
    with pytest.raises(InvalidValueError):
        verdict("nobody")


def test_its_roots_count_as_trust_and_never_in_production(folder: Path, pki: PKI) -> None:
    issued = pki.issue("g4-tls")
    (folder / "trust" / "test.pem").write_bytes(issued.root.pem)
    data = replace(read_data(folder), entries=())
    for environment, anchored in ((PREPRODUCTION, True), (PRODUCTION, False)):
        result = pkitools.check_file(
            issued.chain_pem,
            moment=MOMENT,
            environment=environment,
            data=data,
            revocation=pkitools.Revocation(policy="off"),
        )
        assert (result.verdict is Verdict.PASSED) is anchored
    (folder / "trust" / "leaf.pem").write_bytes(issued.pem)
    (refused,) = read_data(folder).refused
    assert refused.name == "trust/leaf.pem"


def test_a_rule_may_name_every_system_there_is_also_one_whose_file_is_refused(folder: Path) -> None:
    (folder / "systems" / "example.toml").write_text("name =", encoding="utf-8")
    names = ", ".join(f'"{name}"' for name in ("example", *(system.name for system in systems())))
    data = rules_of(folder, HEAD + RULE.replace("requires", f"systems = [{names}]\nrequires"))
    assert [refused.place for refused in data.refused] == ["systems/example.toml:1"]
    assert len(data.rules) == 1


TSP_MISTAKES = [
    ('["sha256"]', '["blah"]', "hashes"),
    ('["sha256"]', '["sha256", "SHA-256"]', "hashes"),
    ('["sha256"]', '"sha256"', "hashes"),
    ('"accepted"', '"yes"', "pkcs1"),
    ('"refused"', '"perhaps"', "pss"),
    ('["CN", "OU"]', '["CN", "AFDELING"]', "subject_required"),
    ("[4096]", "[true]", "key_sizes"),
    ('pss = "refused"', 'oin = "nonsense"', "oin"),
    ('pss = "refused"', 'domain_check = "nonsense"', "domain_check"),
    ('pss = "refused"', 'domain_checks = "order"', "domain_checks"),
]


@pytest.mark.parametrize(("old", "new", "field"), TSP_MISTAKES)
def test_a_word_nobody_knows_of_a_tsp_is_refused_with_its_line(folder: Path, old: str, new: str, field: str) -> None:
    text = TSP.replace(old, new, 1)
    (folder / "tsps.toml").write_text(text, encoding="utf-8")
    (refused,) = read_data(folder).refused
    assert refused.line is not None
    assert text.splitlines()[refused.line - 1].startswith(f"{field} =")


def test_our_own_file_of_tsps_is_one_that_anybody_may_have(folder: Path) -> None:
    ours = Path(pkitools.__file__).parent / "profiles" / "data" / "tsps.toml"
    shutil.copy(ours, folder / "tsps.toml")
    data = read_data(folder)
    assert not data.refused
    assert data.tsps == tsps()
    (folder / "tsps.toml").write_text(ours.read_text(encoding="utf-8").replace("4096", "8192"), encoding="utf-8")
    for name in ("kpn", "KPN"):
        assert read_data(folder).tsp(name).key_sizes == (2048, 8192), "one's own goes before ours"


@pytest.mark.parametrize("kind", ["systems/example.toml", "rules/ours.toml", "tsps.toml"])
@pytest.mark.parametrize("text", [b"a = 1\nb =\n", b"a = 1\n\xff\n"])
def test_what_is_not_toml_is_said_of_the_file_it_is(folder: Path, kind: str, text: bytes) -> None:
    (folder / kind).write_bytes(text)
    (refused,) = read_data(folder).refused
    assert refused.place == f"{kind}:2"
    assert str(refused.error).startswith(f"{kind} is not TOML")


def test_of_two_rules_of_one_name_the_later_is_refused_with_its_line_and_the_first_is_asked(folder: Path) -> None:
    other = RULE.replace("subject.unit", "subject.other")
    (folder / "rules" / "more.toml").write_text(HEAD + RULE, encoding="utf-8")
    (folder / "rules" / "most.toml").write_text(HEAD + other + RULE, encoding="utf-8")
    (folder / "rules" / "next.toml").write_text(HEAD + other, encoding="utf-8")  # what is refused takes no name
    data = read_data(folder)
    assert [refused.place for refused in data.refused] == ["rules/most.toml:24"]
    assert "voorbeeld.subject.unit" in str(data.refused[0].error)
    assert [rule.code for rule in data.rules][:2] == ["voorbeeld.subject.unit", "voorbeeld.subject.other"]
    assert Status.NOT_CHECKED in statuses(lint(made("g4-tls"), moment=MOMENT, data=data), READABLE.code)
    twice = rules_of(folder, HEAD + RULE + RULE)
    assert twice.refused[-1].name == "rules/ours.toml"


def test_two_systems_of_one_name_are_told_by_the_file_that_bears_another(folder: Path) -> None:
    shutil.copy(folder / "systems" / "example.toml", folder / "systems" / "again.toml")
    data = read_data(folder)
    (refused,) = data.refused
    assert refused.name == "systems/again.toml"
    assert (
        'name = "example"' in (folder / refused.name).read_text(encoding="utf-8").splitlines()[(refused.line or 0) - 1]
    )
    assert data.system("example").name == "example"
    with pytest.raises(InvalidValueError, match="again"):
        data.system("again")


def test_a_system_of_ours_cannot_be_replaced(folder: Path) -> None:
    text = (folder / "systems" / "example.toml").read_text(encoding="utf-8").replace('"example"', '"digid"')
    (folder / "systems" / "digid.toml").write_text(text, encoding="utf-8")
    data = read_data(folder)
    assert [refused.name for refused in data.refused] == ["systems/digid.toml"]
    assert data.system("digid").title == "DigiD"


# -- what is called as one of ours -------------------------------------------------------------------------------------

WRITTEN: Any = {
    "as it is": str,
    "upper": str.upper,
    "spaces": lambda name: name.replace("-", " "),
    "apart": lambda name: name[:2] + "-" + name[2:],
    "dots": lambda name: name.replace(" ", "."),
    "accent": lambda name: name.replace("i", "\u00ef", 1),
    "not seen": lambda name: "\ufeff" + "\u200b".join((name[:2], name[2:])) + "\u2060\u00ad",
}


def _described_as(folder: Path, name: str, title: str) -> OwnData:
    """Return what is read of a folder whose one system is called so and accepts whatever it is shown."""
    text = (TEMPLATES / "system.toml").read_text(encoding="utf-8")
    text = text.replace('name = "template"', f'name = "{name}"').replace('title = "Template"', f'title = "{title}"')
    for old in (folder / "systems").iterdir():
        old.unlink()
    (folder / "systems" / f"{name}.toml").write_text(text, encoding="utf-8")
    return read_data(folder)


@pytest.mark.slow
@pytest.mark.parametrize("form", WRITTEN)
def test_no_name_of_ours_whatever_way_it_is_written_ever_gives_a_system_of_ones_own(folder: Path, form: str) -> None:
    """Each system x its name and its title x as name (which is that of the file) and as title of one's own."""
    for ours in systems():
        for called in (WRITTEN[form](ours.name), WRITTEN[form](ours.title)):
            names = [("zaak", called)] if "/" in called else [("zaak", called), (called, "Zaak")]
            for name, title in names:
                data = _described_as(folder, name, title)
                assert f"systems/{name}.toml" in {refused.name for refused in data.refused}, (ours.name, name, title)
                for asked in (called, ours.name, ours.title):
                    assert data.system(asked) == ours, (asked, name, title)
                    assert data.refused_for(asked), "who wrote the file is told that it is not asked"


def test_nor_does_one_that_is_handed_in_as_a_value() -> None:
    ours = systems()[0]
    for name, title in ((ours.name, "Zaak"), ("zaak", ours.title), (ours.name.upper(), "Zaak")):
        with pytest.raises(InvalidValueError):
            OwnData(systems=(replace(ours, name=name, title=title),))


def test_a_tsp_of_ours_is_replaced_under_its_own_name_only(folder: Path) -> None:
    def read_as(name: str, title: str) -> OwnData:
        text = TSP.replace("[tsps.huis]", f'[tsps."{name}"]').replace('"Huis-CA"', f'"{title}"')
        (folder / "tsps.toml").write_text(text, encoding="utf-8")
        return read_data(folder)

    for ours in tsps():
        assert read_as(ours.name, ours.title).tsp(ours.name).key_sizes == (4096,)
        others = [other.title for other in tsps() if other != ours]
        for name, title in (("huis", ours.title), (ours.name.upper(), "Huis"), (ours.name, others[0])):
            (refused,) = read_as(name, title).refused
            assert refused.name == "tsps.toml"
            assert refused.line is not None


def test_a_system_of_ours_whose_own_file_was_refused_is_judged_and_the_file_is_told(folder: Path) -> None:
    for refused in ("name =", (folder / "systems" / "example.toml").read_text(encoding="utf-8")):
        (folder / "systems" / "digid.toml").write_text(refused.replace('"example"', '"digid"'), encoding="utf-8")
        data = replace(read_data(folder), entries=())
        for asked in ("digid", "DigiD", "DIGID"):
            result = pkitools.check(
                made("g4-tls").der, moment=MOMENT, environment=PREPRODUCTION, systems=asked, data=data
            )
            assert Status.NOT_CHECKED in statuses(result.report, READABLE.code)
            assert any(each.rule.code.startswith("system.") for each in result.report.outcomes), "ours is asked"
            linted = lint(made("g4-tls"), moment=MOMENT, system=asked, data=data)
            assert Status.NOT_CHECKED in statuses(linted, READABLE.code)
        other = lint(made("g4-tls"), moment=MOMENT, system="fsc", data=data)
        assert set(statuses(other, READABLE.code)) == {Status.MET}


def test_of_two_of_ones_own_that_are_called_alike_both_are_named(folder: Path) -> None:
    text = (folder / "systems" / "example.toml").read_text(encoding="utf-8")
    (folder / "systems" / "again.toml").write_text(text.replace('"example"', '"again"'), encoding="utf-8")
    data = read_data(folder)
    for asked in ("Template", "TEMPLATE"):
        with pytest.raises(InvalidValueError, match="again, example"):
            data.system(asked)
    assert {data.system(name).name for name in ("again", "example")} == {"again", "example"}


# -- what is in the folder and is not read ----------------------------------------------------------------------------

MISPLACED: Final = [
    *("{kind}/x.TOML", "{kind}/x.toml.txt", "{kind}/x.tml", "{kind}/x", "{kind}/sub/x.toml", "{kind}/sub/sub/x.toml"),
    *("{upper}/x.toml", "{one}/x.toml", "{kind}.toml", "{kind}.d/x.toml", "x.toml", "{upper}.toml"),
    *("regels/x.toml", "{kind}-gemeente/x.toml", "ours/{kind}/x.toml", "ours/more/x.txt", "old/x"),
]
LEFT_ALONE: Final = [
    *(
        "{kind}/README.md",
        "{kind}/.gitkeep",
        "{kind}/.DS_Store",
        "{kind}/x.toml~",
        "{kind}/x.toml.bak",
    ),
    *("README.md", "pyproject.toml", ".git/config", "docs/x.toml", "{kind}/notes.txt", "LICENSE"),
    *("docs/notes.txt", "{kind}/..2026/x.toml", "docs/.old/x.toml"),
]


def _contents(folder: Path) -> dict[str, str]:
    system = (folder / "systems" / "example.toml").read_text(encoding="utf-8").replace('"example"', '"x"')
    return {"rules": HEAD + RULE, "systems": system.replace("Template", "X"), "tsps": TSP}


@pytest.mark.parametrize("kind", ["rules", "systems"])
@pytest.mark.parametrize("place", MISPLACED)
def test_a_file_that_was_meant_and_is_not_read_is_told(folder: Path, place: str, kind: str) -> None:
    name = place.format(kind=kind, upper=kind.title(), one=kind.rstrip("s"))
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_contents(folder)[kind], encoding="utf-8")
    data = read_data(folder)
    assert [(refused.kind, refused.name) for refused in data.refused] == [(kind, name)]
    if kind == "rules":
        assert Status.NOT_CHECKED in statuses(lint(made("g4-tls"), moment=MOMENT, data=data), READABLE.code)
    elif Path(name).name.startswith("x"):
        assert data.cannot_tell("x")


@pytest.mark.parametrize(
    "name", ["TSPS.toml", "tsp.toml", "tsps.toml.txt", "tsps/x.toml", "x.toml", "leveranciers/x.toml"]
)
def test_so_is_a_file_of_tsps(folder: Path, name: str) -> None:
    (folder / "tsps.toml").unlink()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(TSP, encoding="utf-8")
    assert [(refused.kind, refused.name) for refused in read_data(folder).refused] == [("tsps", name)]


@pytest.mark.parametrize(
    "name", ["Trust/root.pem", "trust/sub/root.pem", "trust.pem", "trusts/root", "wortels/root.pem"]
)
def test_so_is_a_root(folder: Path, pki: PKI, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(pki.issue("g4-tls").root.pem)
    assert {refused.kind for refused in read_data(folder).refused} == {"trust"}


@pytest.mark.parametrize("kind", ["rules", "systems", "trust"])
@pytest.mark.parametrize("place", LEFT_ALONE)
def test_what_lies_beside_them_is_left_alone(folder: Path, place: str, kind: str) -> None:
    path = folder / place.format(kind=kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    told = "[tool.x]\ny = 1\n" if path.suffix == ".toml" else "What is what.\n"
    path.write_bytes(b"\x00\x00\x00\x01Bud1" + bytes(99) if path.name == ".DS_Store" else told.encode())
    assert not read_data(folder).refused


INLINE: Final = [
    ("rules", "rule = [{ code = 1 }]"),
    ("rules", '[["rule"]]'),
    ("systems", "statement = [{ topic = 1 }]"),
    ("tsps", 'tsps.huis.name = "x"'),
    ("tsps", 'tsps = { huis = { name = "x" } }'),
]


@pytest.mark.parametrize(("kind", "text"), INLINE)
def test_it_is_seen_whatever_way_toml_lets_it_be_written(folder: Path, kind: str, text: str) -> None:
    (folder / "elders").mkdir()
    (folder / "elders" / "x.toml").write_text(f'version = "1"\n{text}\n', encoding="utf-8")
    assert [(refused.kind, refused.name) for refused in read_data(folder).refused] == [(kind, "elders/x.toml")]


def test_a_leaf_that_lies_elsewhere_is_no_root(folder: Path, pki: PKI) -> None:
    (folder / "elders").mkdir()
    (folder / "elders" / "leaf.pem").write_bytes(pki.issue("g4-tls").pem)
    assert not read_data(folder).refused


@in_one_test
@pytest.mark.parametrize("wrong", [None, 3, b"x", "\0", "nowhere"])
def test_what_is_no_folder_is_refused_by_our_own_error(wrong: Any) -> None:
    with pytest.raises(PkitoolsError):
        read_data(wrong)


def test_a_folder_with_nothing_of_the_kind_is_an_error_and_no_silence(tmp_path: Path) -> None:
    (tmp_path / "system").mkdir()
    (tmp_path / "system" / "x.toml").write_text("", encoding="utf-8")
    with pytest.raises(InputError):
        read_data(tmp_path)


def _judged_elsewhere(data: OwnData) -> str:
    report = lint(made("g4-tls"), moment=MOMENT, data=data)
    return next(o.status for o in report.outcomes if o.rule.code == "voorbeeld.subject.unit").value


@pytest.mark.slow
def test_it_goes_along_into_other_processes(folder: Path) -> None:
    data = rules_of(folder, HEAD + RULE)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(_judged_elsewhere, data).result() == _judged_elsewhere(data) == "violated"


def test_it_pickles_and_is_one_line(folder: Path) -> None:
    data = read_data(folder)
    again = pickle.loads(pickle.dumps(data))
    assert repr(again) == repr(data)
    assert "\n" not in repr(data)
    assert [rule.texts for rule in again.rules] == [rule.texts for rule in data.rules]
    assert all(rule.severity <= Severity.ERROR for rule in again.rules)


# -- rules of a package -----------------------------------------------------------------------------------------------

BOOK = """
from pkitools.documents import Document, DocumentStatus, Source
from pkitools.findings import MET, Severity, Violated
from pkitools.rules.engine import RuleBook
from datetime import date

_TITLE = {"nl": "Ons beleid", "en": "Our policy"}
_DOCUMENT = Document("ours/policy", _TITLE, "1", DocumentStatus.IN_FORCE, "", date(2026, 11, 26))
BOOK = RuleBook("ours", Source("ours/policy", "", _DOCUMENT))
_SENTENCES = {"title": "Kort", "message": "{length} tekens.", "remedy": "Korter."}


@BOOK.rule("name.short", Severity.WARNING, "1", texts={"nl": _SENTENCES, "en": _SENTENCES})
def short(at):
    length = len(at.facts.subject.common_name or "")
    return MET if length < 3 else Violated(params={"length": str(length)})


BOOK.namespace = "ours"
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    # two texts of one length within a second have one byte code: the second would be the first
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write(text: str, name: str = "ours_rules") -> OwnData:
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        info = tmp_path / f"{name}-1.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[pkitools.rules]\nours = {name}:BOOK\n", encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return installed_data()

    return write


def test_a_package_brings_rules_with_checks(package: Any, folder: Path) -> None:
    data = read_data(folder) + package(BOOK)
    assert not data.refused
    report = lint(made("g4-tls"), moment=MOMENT, data=data)
    (found,) = [o for o in report.outcomes if o.rule.code == "ours.name.short"]
    assert found.status is Status.VIOLATED
    assert outcome_message(found, "nl").message.endswith(" tekens.")
    (told,) = [file for file in data.files if file.source is not None]
    assert (told.name, told.read, told.source and told.source.text("nl")) == (
        "ours_rules:BOOK",
        date(2026, 11, 26),
        "Ons beleid 1",
    )


def test_a_rule_that_is_there_already_is_refused_by_its_package_and_stops_nothing_else(
    package: Any, folder: Path
) -> None:
    """A package with a code twice, two packages with one, and one that a file of one's own has too."""
    again = BOOK + BOOK.partition("\n\n\n")[2]
    twice = package(again)
    assert ([each.name for each in twice.refused], twice.entries) == (["ours_rules:BOOK"], ())
    two = package(BOOK, "other_rules") if not package(BOOK).refused else OwnData()
    assert [each.name for each in two.refused] == ["ours_rules:BOOK"]
    assert [rule.code for rule in two.rules] == ["ours.name.short"]
    warns = RULE.replace("voorbeeld.subject.unit", "ours.name.short").replace('"error"', '"warning"')
    own = rules_of(folder, HEAD + warns) + two
    assert [rule.code for rule in own.rules] == ["ours.name.short"]
    assert [each.name for each in own.refused] == ["ours_rules:BOOK", "other_rules"]
    assert all("ours.name.short" in str(each.error) for each in own.refused)
    assert own.system("example").name == "example", "the others work"
    report = lint(made("g4-tls"), moment=MOMENT, data=own)
    assert report.verdict is Verdict.INDETERMINATE
    assert Status.NOT_CHECKED in statuses(report, READABLE.code)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("BOOK = RuleBook(", "BOOK = str("),
        ("from pkitools.documents", "from pkitools.nowhere"),
        ('RuleBook("ours"', 'RuleBook("por"'),
        ('RuleBook("ours"', 'RuleBook("POR"'),
        ("@BOOK.rule(", 'BOOK.namespace = "environment"\n@BOOK.rule('),
        ("@BOOK.rule(", 'BOOK.namespace = "POR"\n@BOOK.rule('),
        ('texts={"nl": _SENTENCES, "en": _SENTENCES}', 'texts={"nl": _SENTENCES, "en": {}}'),
        (', texts={"nl": _SENTENCES, "en": _SENTENCES}', ""),
        ("BOOK = RuleBook", "raise SystemError; BOOK = RuleBook"),
        ("BOOK = RuleBook", "raise SystemExit(0); BOOK = RuleBook"),
        ("BOOK = RuleBook", "raise GeneratorExit; BOOK = RuleBook"),
        ("BOOK = RuleBook", "class Odd(Exception):\n    __repr__ = None\nraise Odd\nBOOK = RuleBook"),
        ('texts={"nl": _SENTENCES, "en": _SENTENCES}', 'texts="none"'),
        ("date(2026, 11, 26))", "date(2026, 11, 26), sections=[])"),  # what many are told alike is found by its rule
    ],
)
def test_a_package_whose_rules_cannot_be_used_is_told(package: Any, old: str, new: str) -> None:
    data = package(BOOK.replace(old, new, 1))
    (refused,) = data.refused
    assert "ours_rules:BOOK" in str(refused.error)
    assert lint(made("g4-tls"), moment=MOMENT, data=data).verdict is Verdict.INDETERMINATE


def test_a_package_fails_a_certificate_only_on_a_document_that_bears_it(package: Any) -> None:
    """As a file of one's own does: whatever the document is, and however sure the rule calls itself."""
    stranger = "date(2026, 11, 26), third_party=True)"
    for status, how_read, certainty in product(DocumentStatus, Reading, Certainty):
        text = BOOK.replace("IN_FORCE", status.name).replace("Severity.WARNING", "Severity.ERROR")
        text = text.replace("date(2026, 11, 26))", f"date(2026, 11, 26), how=Reading.{how_read.name})")
        text = text.replace("DocumentStatus, Source", "DocumentStatus, Reading, Source")
        text = text.replace("MET, Severity", "MET, Certainty, Severity")
        text = text.replace('"1", texts', f'"1", certainty=Certainty.{certainty.name}, texts')
        bears = status in {DocumentStatus.IN_FORCE, DocumentStatus.INFORMAL} and how_read is Reading.READ
        assert bool(package(text).entries) is (bears and certainty in {Certainty.STANDARD, Certainty.OFFICIAL}), text
    binds = BOOK.replace("Severity.WARNING", "Severity.ERROR")
    for old, new in (("date(2026, 11, 26))", stranger), ('Source("ours/policy", "", _DOCUMENT)', 'Source("por")')):
        assert package(binds).entries
        (refused,) = package(binds.replace(old, new)).refused
        assert "ours_rules:BOOK: ours.name.short" in str(refused.error)


def test_nor_does_one_violation_of_it_weigh_more_than_its_own_document_bears(package: Any) -> None:
    """A check may name another document, or another weight, for what it found: of one violation or of several."""
    draft = ", Basis(Source('d', '', replace(_DOCUMENT, status=DocumentStatus.DRAFT)), Certainty.STANDARD)"
    cases = (
        ("IN_FORCE", "", "STANDARD", Severity.ERROR),
        ("DRAFT", "", "STANDARD", Severity.WARNING),
        ("IN_FORCE", draft, "STANDARD", Severity.WARNING),
        ("IN_FORCE", "", "ADVICE", Severity.WARNING),
    )
    several = ("return MET if length < 3 else {}", "return [{}]", "return ({},)", "yield {}")
    for (how, given, certainty, weighs), answers in product(cases, several):
        text = BOOK.replace("IN_FORCE", how).replace("MET, Severity", "MET, Basis, Certainty, Severity")
        text = "from dataclasses import replace\n" + text.replace(
            'params={"length": str(length)})',
            f'(), {{"length": str(length)}}{given}, severity=Severity.ERROR)',
        ).replace('"1", texts', f'"1", certainty=Certainty.{certainty}, texts')
        before, _, violation = text.partition("return MET if length < 3 else ")
        violation, _, after = violation.partition("\n")
        text = f"{before}{answers.format(violation)}\n{after}"
        report = lint(made("g4-tls"), moment=MOMENT, data=pickle.loads(pickle.dumps(package(text))))
        (found,) = [each for each in report.outcomes if each.rule.code == "ours.name.short"]
        assert (found.status, found.rule.severity) == (Status.VIOLATED, weighs), text


def test_what_a_package_answers_can_be_told_in_every_form_or_is_not_checked(package: Any) -> None:
    """Of an answer that is half of another kind a scan and a JSON document are made long after the check was done."""
    imports = BOOK.replace("MET, Severity", "MET, Basis, Certainty, Evidence, Met, NotChecked, Severity")
    for answer, status in (
        ('Violated([Evidence("a", ["b"])], {"length": [length]})', Status.VIOLATED),
        ('Met([Evidence("a", {})], {"length": {}})', Status.MET),
        ('NotChecked("offline", params={1: 2}, evidence=[Evidence("a", 3)])', Status.NOT_CHECKED),
        ('Violated(("a",))', Status.NOT_CHECKED),
        ('Violated(severity="error")', Status.NOT_CHECKED),
        ('Violated(basis="ours/policy")', Status.NOT_CHECKED),
        ("Violated(basis=Basis(Source('d', [], _DOCUMENT), Certainty.STANDARD))", Status.NOT_CHECKED),
        ('[Violated([Evidence("a", ["b"])]), None]', Status.NOT_CHECKED),
    ):
        data = package(imports.replace('MET if length < 3 else Violated(params={"length": str(length)})', answer))
        report = lint(made("g4-tls"), moment=MOMENT, data=data)
        (found,) = [each for each in report.outcomes if each.rule.code == "ours.name.short"]
        assert found.status is status, answer
        assert hash((found.rule, found.evidence, tuple(found.params.items())))
        assert json.dumps(report_document(report))


def test_a_person_who_interrupts_is_obeyed(package: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        package(BOOK.replace("BOOK = RuleBook", "raise KeyboardInterrupt; BOOK = RuleBook", 1))


def test_a_check_that_ends_the_program_is_not_checked(package: Any) -> None:
    ends = BOOK.replace("    return MET if", "    raise SystemExit(0)\n    return MET if", 1)
    data = package(ends.replace("Severity.WARNING", "Severity.ERROR"))
    report = lint(made("g4-tls"), moment=MOMENT, data=data)
    assert statuses(report, "ours.name.short") == [Status.NOT_CHECKED]
    assert report.verdict is Verdict.INDETERMINATE


PROMISED = re.compile(r"^  \| `(pkitools\.\w+(?:\.\w+)?)` \| (.+) \|$", re.MULTILINE)


def test_what_a_package_is_promised_is_there() -> None:
    asked = RuleContext(made("g4-tls"), kind="end_entity", profile=None, moment=MOMENT)
    promised = PROMISED.findall((ROOT / "docs" / "stability.md").read_text(encoding="utf-8"))
    assert len(promised) == 4
    for module, names in promised:
        room = import_module(module)
        for name in re.findall(r"`(\w+)`", names):
            assert hasattr(room, name) or hasattr(RuleBook, name) or hasattr(asked, name), name
    used = re.findall(r"^from (pkitools\.\S+) import (.+)$", BOOK, re.MULTILINE)
    told = {module: set(re.findall(r"`(\w+)`", names)) for module, names in promised}
    assert all(set(names.split(", ")) <= told[module] for module, names in used), "the example stands on nothing else"


def test_nothing_installed_adds_nothing() -> None:
    assert not installed_data().entries


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> type:
    """Only Python's own finder, which another module of the process may have stripped (``importlib_metadata`` does)."""
    own = type("Own", (PathFinder,), {"find_distributions": None})
    monkeypatch.setattr(presence, "PathFinder", own)
    monkeypatch.setattr(sys, "meta_path", [own])
    return own


@pytest.mark.usefixtures("finder")
@pytest.mark.parametrize("suffix", [".dist-info", ".egg-info", ".DIST-INFO"])
def test_a_package_with_rules_is_seen_at_a_glance_and_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "none")])
    info = tmp_path / f"ours-1{suffix}"
    info.mkdir()
    (tmp_path / "old-1.egg-info").write_text("Name: old")
    assert not presence.may_be_there()
    (info / "entry_points.txt").write_text("[console_scripts]\nx = y:z\n")
    assert not presence.may_be_there()
    (info / "entry_points.txt").write_text("[console_scripts]\nx = y:z\n\n[ pkitools.rules ]\nours = ours:BOOK\n")
    assert presence.may_be_there()


def test_where_a_glance_cannot_tell_whether_there_are_rules_it_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finder: type
) -> None:
    monkeypatch.setattr(sys, "path", [])
    assert not presence.may_be_there()
    archive = tmp_path / "packages.zip"
    archive.write_bytes(b"")
    monkeypatch.setattr(sys, "path", [str(archive)])
    assert presence.may_be_there()
    (tmp_path / "ours.egg").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert presence.may_be_there()
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "meta_path", [finder, type("Finder", (), {"find_distributions": None})])
    assert presence.may_be_there()


def test_who_misspells_a_name_hears_of_ones_own_as_well_as_of_ours(folder: Path) -> None:
    data = read_data(folder)
    system, tsp = data.systems[0].name, data.tsps[0].name
    for find, name, ours in ((data.system, system, "digid"), (data.tsp, tsp, "kpn")):
        with pytest.raises(InvalidValueError) as near:
            find(f"{name}x")
        assert name in str(near.value.params["near"]).split(", ")
        with pytest.raises(InvalidValueError) as far:
            find("qqqqqqqqqqqq")
        assert {name, ours} <= set(str(far.value.params["known"]).split(", "))
