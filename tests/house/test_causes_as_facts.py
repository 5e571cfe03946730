"""A sentence states no guess as the cause: words that accuse stand only where a check has shown it, or beside an "or".

"Damaged", "forged", "not a CA", "issued in production": whoever reads that of a file that is whole looks in the wrong
place. What may say so stands here with what has been seen when it is said; an entry that is not needed turns red.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from pkitools.messages import LANGUAGES
from tests.support.cases import in_one_test

ROOTS = (Path(str(files("pkitools.messages"))), Path(str(files("pkitools_cli"))) / "messages")
WORDS = {
    "en": r"""forg(?:e|ed|ery|ing)\b|counterfeit|\bfaked?\b|impersonat|tamper|manipulat|damaged?\b|corrupt|cut[ -]off
        |truncated|\balter(?:ed)?\b|(?:was|were)[ ]changed|(?<!can[ ]be[ ])\bbroken\b|stolen|\bnot[ ]a[ ]CA\b(?!-)
        |(?:not|no)[ ]an?[ ](?:X\.509[ ])?certificate\b(?![ ](?:profile|signing|of))|issued[ ]in[ ]production""",
    "nl": r"""vervals|nagemaakt|namaak|\bnep|gemanipuleerd|geknoei|beschadig|corrupt|afgebroken|afgekapt|gewijzigd|kapot
        |gestolen|(?:is|niet)[ ]geen[ ]CA\b|\bgeen[ ]CA[ ]is\b|(?:is|niet)[ ]geen[ ](?:X\.509-)?certificaat\b
        |Geen[ ]certificaat$|in[ ]productie[ ](?:is[ ])?uitgegeven|uitgegeven[ ]in[ ]productie""",
}
SAID_AFTER_A_CHECK = {
    "x509.der.cut_off": "the length that stands there was compared with the bytes there are",
    "x509.der.oid": "the same; it is said beside two other causes",
    "advice.signature.weak_hash": "of the hash, whose collisions are published, and not of the certificate",
    "advice.names.wildcard": "says what a stolen key would do, and not that one was stolen",
    "csr.signature.valid": "the signature was verified and does not hold; both causes there can be are named",
    "path.name_constraints.place": "the extension is for CAs only, and basicConstraints does not make it one",
    "rfc5280.key_usage.cert_sign_needs_ca": "the same",
    "rfc5280.name_constraints.only_on_ca": "the same",
    "portfolio.error.names_no_certificate": "the file was read as the program reads it, and holds none",
    "report.crl_reason.affiliationchanged": "what the CRL of the issuer says",
    "sources.error.html": "it starts as a web page",
    "x509.error.not_a_certificate": "it does not have the fields of one",
    "trust.error.not_a_ca": "title only: the sentence says what does not stand in it",
    "trust.error.no_certificate": "every file was read, and none holds one",
    "g4_trial.error.no_certificate": "every block was read, and none is one",
    "test_pki.error.defect": "the catalogue of broken certificates, made broken here",
    "test_pki.error.topic": "the same",
    "test_pki.error.layer": "the same",
    "test_pki.problem.damaged": "SQLite's own integrity check said so",
    "test_pki.problem.certificate_damaged": "it was held to the hash in the ledger and to its authority's signature",
    "test_pki.problem.crl_damaged": "it was held to its authority's signature",
    "test_pki.problem.crl_file": "the same",
    "cert.show.role.self_issued": "version 3, where basicConstraints would say so",
    "test_pki.issue.change.prefixed": "our own change, told",
    "test_pki_broken.help": "the catalogue of broken certificates, made broken here",
    "test_pki_broken.done": "the same",
    "remedies.test_pki.error.defect": "the same",
}


def sentences(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for root in ROOTS:
        for path in sorted((root / language).glob("*.toml")):
            for code, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
                text = entry if isinstance(entry, str) else "\n".join(entry.values())
                # a code is of one file; a word of the interface is named by its file as well
                key = f"{path.stem}.{code}" if isinstance(entry, str) else code
                found[key] = found.get(key, "") + "\n" + text
    return found


def accusing(language: str) -> dict[str, str]:
    pattern = re.compile(WORDS[language], re.VERBOSE | re.MULTILINE | re.IGNORECASE)
    hits = {code: pattern.search(text) for code, text in sentences(language).items()}
    return {code: hit.group() for code, hit in hits.items() if hit is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_accuse_stand_where_a_check_has_shown_it(language: str) -> None:
    found = accusing(language)
    assert {code: word for code, word in found.items() if code not in SAID_AFTER_A_CHECK} == {}


def test_every_entry_is_needed() -> None:
    used = {code for language in LANGUAGES for code in accusing(language)}
    assert sorted(set(SAID_AFTER_A_CHECK) - used) == []


@in_one_test
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The file is damaged."),
        ("en", "{name} is not a CA."),
        ("en", "The certificate was altered."),
        ("nl", "Het bestand is beschadigd."),
        ("nl", "Een nagemaakte autoriteit"),
        ("nl", "Dit is geen certificaat."),
    ],
)
def test_the_words_are_seen(language: str, sentence: str) -> None:
    assert re.search(WORDS[language], sentence, re.VERBOSE | re.MULTILINE | re.IGNORECASE)
