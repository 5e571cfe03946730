"""Each correction of the facts of November 2026, and the tests that would have seen it: none is without one.

The corrections are the rows of section (b) of ``shared/facts/update-2026-11/README.md``; R26 and R27 are cases, F7 is a
finding of a reader, and ``por.key.renewed`` is the last of the table of rules.
"""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from pkitools.messages import LANGUAGES, message
from pkitools.trust import get_hierarchy
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.shared import shared

FACTS, COMPARED = "tests.rules.test_facts", "tests.house.test_compare_facts"
MADE = "tests.cli.test_csr.test_what_no_text_demands_is_made_and_warned_of"
WEIGHED = "tests.profiles.test_one_weight.test_in_production_it_weighs_what_the_text_for_production_bears"
HERE = "tests.cli.test_corrections"

CORRECTIONS: dict[str, tuple[str, ...]] = {
    "1": (f"{FACTS}.test_digikoppeling_takes_g4_private_tls_by_its_own_text_and_does_not_list_the_other",),
    "2": (f"{FACTS}.test_nobody_needs_private_g1_to_reach_the_server_of_kvk",),
    "3": (f"{FACTS}.test_neither_schools_nor_care_providers_are_in_the_oin_register",),
    "4": (MADE, WEIGHED),
    "5": (MADE,),
    "6": (WEIGHED, MADE),
    "7": (f"{FACTS}.test_fsc_wishes_a_domain_name_and_does_not_demand_it",),
    "8": ("tests.checking.test_no_alarm.test_a_rule_is_asked_of_those_it_is_for",),
    "9": (f"{FACTS}.test_what_no_text_for_it_demands_is_a_warning",),
    "10": (f"{FACTS}.test_a_shape_that_no_standard_gives_is_no_reason_to_refuse_a_number",),
    "11": (f"{FACTS}.test_a_shape_that_no_standard_gives_is_no_reason_to_refuse_a_number",),
    "12": (f"{FACTS}.test_the_prefix_of_care_insurers_is_published_and_not_adopted",),
    "13": (
        f"{FACTS}.test_the_texts_of_spring_are_the_ones_cited",
        f"{FACTS}.test_a_text_that_could_not_be_read_is_named_as_the_newest",
        f"{COMPARED}.test_nothing_claims_a_version_older_than_what_was_settled",
    ),
    "14": (f"{FACTS}.test_digikoppeling_asks_two_sided_tls_and_no_key_usage_in_so_many_words",),
    "15": (f"{FACTS}.test_without_extended_key_usage_nobody_is_told_to_order_again",),
    "16": (f"{FACTS}.test_registering_as_a_subscriber_is_not_delivery",),
    "17": (f"{FACTS}.test_fsc_wishes_a_domain_name_and_does_not_demand_it",),
    "18": (
        f"{FACTS}.test_what_no_text_for_it_demands_is_a_warning",
        f"{FACTS}.test_a_rule_cites_the_chapter_that_says_it",
    ),
    "19": (
        f"{FACTS}.test_what_no_text_for_it_demands_is_a_warning",
        f"{FACTS}.test_an_ou_under_g4_stays_an_error",
    ),
    "20": (f"{FACTS}.test_a_rule_cites_the_chapter_that_says_it",),
    "21": (f"{FACTS}.test_a_rule_cites_the_chapter_that_says_it",),
    "22": (f"{FACTS}.test_digid_names_one_root_and_says_of_no_other_that_it_is_refused",),
    "23": (f"{HERE}.test_digid_tells_both_what_logius_said_of_the_website_and_what_st_saml_asks",),
    "24": (
        f"{FACTS}.test_what_a_tsp_says_of_its_own_intake_is_no_third_partys_word",
        f"{HERE}.test_whoever_has_to_order_is_told_every_tsp",
    ),
    "25": (f"{HERE}.test_that_g4_private_tls_signs_messages_is_said_to_be_inferred",),
    "R26": (f"{HERE}.test_a_system_that_is_not_there_is_no_dead_end",),
    "R27": (f"{FACTS}.test_digipoort_does_not_promise_test_certificates_that_are_not_given_out",),
    "F7": (f"{FACTS}.test_digid_machtigen_cites_the_steps_of_its_manual",),
    "por.key.renewed": (f"{FACTS}.test_a_key_that_is_kept_is_a_warning",),
}


@in_one_test
@pytest.mark.parametrize("name", CORRECTIONS)
def test_each_correction_has_a_test_that_is_there(name: str) -> None:
    for test in CORRECTIONS[name]:
        module, _, function = test.rpartition(".")
        assert callable(getattr(import_module(module), function)), test


def test_no_correction_is_left_out() -> None:
    notes = shared("facts/update-2026-11/README.md").read_text(encoding="utf-8")
    wrong = notes.partition("\n## (b)")[2].partition("\n## ")[0]
    numbered = re.findall(r"^\| (\d+) \|", wrong, re.MULTILINE)
    assert len(numbered) == 25
    assert set(CORRECTIONS) == {*numbered, "R26", "R27", "F7", "por.key.renewed"}
    assert "por.key.renewed" in notes


@pytest.mark.parametrize("language", LANGUAGES)
def test_digid_tells_both_what_logius_said_of_the_website_and_what_st_saml_asks(run: Command, language: str) -> None:
    told = " ".join(run("--lang", language, "systems", "show", "digid").out.split())
    about, note = told.partition("Signicat")[0], told.rpartition("TLS 1.2")[2]
    for part in (about, note):
        assert "2022" in part
        assert "ST-SAML" in part


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_has_to_order_is_told_every_tsp(language: str) -> None:
    remedy = message("environment.production.root", {}, language).remedy
    assert all(name in remedy for name in ("KPN", "DigiCert", "Digidentity", "Cleverbase", "CIBG"))


def test_that_g4_private_tls_signs_messages_is_said_to_be_inferred() -> None:
    purpose = get_hierarchy("g4-tls").purpose
    assert "afgeleid" in purpose["nl"]
    assert "inferred" in purpose["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_system_that_is_not_there_is_no_dead_end(run: Command, language: str) -> None:
    near = run("--lang", language, "systems", "show", "kadaster")
    assert (near.code, "kadaster-klic?" in near.err) == (2, True)
    other = run("--lang", language, "systems", "show", "belastingdienst")
    assert other.code == 2
    assert "system.toml" in other.err  # how to describe it oneself
    without = {"nl": "wat voor elk PKIoverheid-certificaat geldt", "en": "what holds for every PKIoverheid"}[language]
    assert without not in other.err, "there is nothing that systems show would tell without one"
    asked = run("--lang", language, "cert", "check", "a.pem", "-e", "pre", "--for", "belastingdienst")
    assert (asked.code, without in asked.err) == (2, True)
