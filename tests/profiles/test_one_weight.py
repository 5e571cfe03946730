"""What a profile says weighs one thing, in a request as in a certificate: in production, and in TRIAL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from pkitools.environment import Environment
from pkitools.findings import Certainty, Outcome, Severity
from pkitools.profiles import get_profile, get_tsp
from pkitools.requests import check_request
from tests.support.cases import in_one_test
from tests.support.certificates import SAN, Change, alternative, giving, without
from tests.support.der import tlv
from tests.support.requests import attribute, request, san, subject
from tests.support.rule_vectors import report

OF_REQUEST = ("csr.subject.", "csr.san.")
OF_CERTIFICATE = ("g4.subject.", "g4.san.", "trial.subject.", "trial.san.", "por.subject.", "por.g4.san_", "rfc5280.")


@dataclass(frozen=True)
class Fact:
    """One way to differ from a profile, and what it is worth in production.

    Args:
        attributes: of the subject: replaced, added, or left out.
        names: of the subjectAltName, encoded; ``None``: as they are.
        production: how much it weighs.
    """

    attributes: dict[str, Sequence[str]]
    names: Sequence[bytes] | None
    production: Severity


def dns(*names: str) -> list[bytes]:
    return [tlv(0x82, name.encode()) for name in names]


def says(production: Severity, **attributes: str | Sequence[str]) -> Fact:
    listed = {name: (value,) if isinstance(value, str) else value for name, value in attributes.items()}
    return Fact(listed, None, production)


def named(production: Severity, *names: bytes) -> Fact:
    return Fact({}, names, production)


ERROR, WARNING = Severity.ERROR, Severity.WARNING
FACTS = {
    "O of one letter": says(WARNING, O="X"),
    "O of 65 letters": says(ERROR, O="x" * 65),
    "CN of one letter": says(WARNING, CN="x"),
    "no O": says(WARNING, O=()),
    "no C": says(WARNING, C=()),
    "C of three letters": says(ERROR, C="NLD"),
    "no organizationIdentifier": says(WARNING, organizationIdentifier=()),
    "an OIN as organizationIdentifier": says(WARNING, organizationIdentifier="OI:NL-00000003273229750000"),
    "another form of organizationIdentifier": says(WARNING, organizationIdentifier="NTRNL-1234"),
    "L": says(WARNING, L="Den Haag"),
    "ST": says(WARNING, ST="Zuid-Holland"),
    "title": says(WARNING, title="Systeem"),
    "OU": says(ERROR, OU="ICT"),
    "O twice": says(WARNING, O=("Gemeente", "Gemeente")),
    "wildcard": named(WARNING, *dns("*.voorbeeld.nl")),
    "one label": named(WARNING, *dns("intern")),
    "onion": named(WARNING, *dns("x.onion")),
    "101 names": named(WARNING, *dns(*(f"n{n}.voorbeeld.nl" for n in range(101)))),
    "no names": named(WARNING),
    "a space in a name": named(ERROR, *dns("a b.voorbeeld.nl")),
    "an address": named(ERROR, *dns("a.voorbeeld.nl"), tlv(0x87, b"\x0a\x00\x00\x01")),
    "a mail address": named(WARNING, *dns("a.voorbeeld.nl"), tlv(0x81, b"a@voorbeeld.nl")),
}


def _trial(values: Sequence[str], name: str) -> Sequence[str]:
    return [f"TRIAL {value}" for value in values] if name in {"O", "CN"} and values else values


def _worst(found: Sequence[Outcome], families: tuple[str, ...]) -> Severity | None:
    return max((each.rule.severity for each in found if each.rule.code.startswith(families)), default=None)


def of_request(fact: Fact, *, trial: bool) -> list[Outcome]:
    values = {"O": ("Gemeente",), "CN": ("api.voorbeeld.nl",), **fact.attributes}
    told = {name: _trial(given, name) if trial else given for name, given in values.items()}
    # a test OIN is one that both accept
    oin = "00000099999999910000" if trial else "00000003273229750000"
    plain = subject(**dict.fromkeys(told), serialNumber=oin)
    attributes = [*plain, *(attribute(name, value) for name, given in told.items() for value in given)]
    names = dns("api.voorbeeld.nl") if fact.names is None else fact.names
    made = request(attributes, *([san(*names)] if names else []))
    where = Environment.PREPRODUCTION if trial else Environment.PRODUCTION
    tsp = get_tsp("g4-trial") if trial else None
    return list(check_request(made, get_profile("g4-tls"), tsp=tsp, environment=where, raise_crashes=True).findings)


def of_certificate(fact: Fact, *, trial: bool) -> list[Outcome]:
    told = {name: _trial(given, name) if trial else given for name, given in fact.attributes.items()}
    changes: list[Change] = [giving(name, *given) for name, given in told.items()]
    if fact.names is not None:
        changes.append(_names(fact.names))
    return list(report("trial:g4-tls" if trial else "g4-tls", *changes, profile=get_profile("g4-tls")).findings)


def _names(names: Sequence[bytes]) -> Change:
    return alternative(*names) if names else without(SAN)


@in_one_test
@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_in_production_it_weighs_what_the_text_for_production_bears(fact: Fact) -> None:
    asked, issued = of_request(fact, trial=False), of_certificate(fact, trial=False)
    assert _worst(asked, OF_REQUEST) is fact.production, [each.rule.code for each in asked]
    assert _worst(issued, OF_CERTIFICATE) is fact.production, [each.rule.code for each in issued]
    for each in (*asked, *issued):
        assert each.rule.severity is not ERROR or each.rule.certainty in {Certainty.STANDARD, Certainty.OFFICIAL}
        assert each.rule.severity is not ERROR or "trial" not in each.rule.source.key


@in_one_test
@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_in_trial_its_schema_binds_both(fact: Fact) -> None:
    asked, issued = of_request(fact, trial=True), of_certificate(fact, trial=True)
    # the prefix of TRIAL makes a short name long enough
    expected = None if any(value in {"X", "x"} for given in fact.attributes.values() for value in given) else ERROR
    assert _worst(asked, OF_REQUEST) is expected, [each.rule.code for each in asked]
    assert _worst(issued, OF_CERTIFICATE) is expected, [each.rule.code for each in issued]
