"""The catalogue of broken certificates: each raises exactly the rules it names, and nothing else is wrong with it."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
from pathlib import Path

import pytest

from pkitools.checking import CheckResult
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Severity, Status, Verdict
from pkitools.rulebook import all_rules
from pkitools.systems import Stance, get_system, systems
from pkitools_test_pki.defects import BrokenCertificate, Context, Defect, Laboratory, Layer, defects, get_defect
from pkitools_test_pki.defects.model import Build
from pkitools_test_pki.defects.registry import TOPICS, defect, dutch_descriptions, layers
from tests.support.broken import broken, judged
from tests.support.broken import laboratory as shared_laboratory
from tests.support.cases import in_one_test
from tests.support.effort import PATIENCE
from tests.support.judges import judge
from tests.test_pki.conftest import MOMENT

pytestmark = pytest.mark.slow  # a product of cases


AMBIENT = frozenset({"system.hierarchy.unconfirmed"})
"""What every TRIAL certificate gets from a system that does not say whether it takes them."""

BY_NAME = {found.name: found for found in defects()}


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    return shared_laboratory(MOMENT)


def raised(result: CheckResult) -> frozenset[str]:
    """Return the rules of severity WARNING and above that the certificate violates."""
    outcomes = result.report.outcomes
    return (
        frozenset(o.rule.code for o in outcomes if o.status is Status.VIOLATED and o.rule.severity >= Severity.WARNING)
        - AMBIENT
    )


def sound(make: Build, context: Context, laboratory: Laboratory) -> frozenset[str]:
    return raised(Defect("sound", "", "", frozenset(), context, make).build(laboratory).check())


# -- each raises exactly its rules ------------------------------------------------------------------------------------


@in_one_test
@pytest.mark.parametrize("name", BY_NAME)
def test_raises_exactly_its_rules_and_is_refused_or_warned_of_as_it_says(name: str) -> None:
    found, result = BY_NAME[name], judged(name, MOMENT)
    assert found.codes, "a defect that raises nothing is none"
    assert raised(result) == found.codes
    assert (result.report.verdict is Verdict.FAILED) == found.refused


def test_each_is_described_in_two_languages() -> None:
    texts = {f"{d.name}, {n}": text for d in defects() for n, text in enumerate((d.description, d.description_nl))}
    ill = [name for name, text in texts.items() if not (10 < len(text) < 140 and text.endswith(".")) or "  " in text]
    assert not ill
    assert not [found.name for found in defects() if found.description == found.description_nl]


def test_no_description_is_left_over() -> None:
    assert set(dutch_descriptions()) == set(BY_NAME)


def test_each_is_one_short_function() -> None:
    for found in defects():
        (function,) = ast.parse(inspect.getsource(found.make)).body
        assert isinstance(function, ast.FunctionDef), found.name
        assert len(function.body) <= 5, found.name


def test_no_layer_is_that_of_nothing_and_no_exception_says_what_its_topic_says() -> None:
    topics, named = layers()
    assert set(topics) == set(TOPICS)
    assert set(named) <= set(BY_NAME)
    assert not [name for name, layer in named.items() if layer is topics[BY_NAME[name].topic]]
    assert {found.layer for found in defects()} == set(Layer)


def test_every_code_is_a_rule() -> None:
    known = {rule.code for rule in all_rules()}
    assert {code for found in defects() for code in found.codes} <= known


def test_the_catalogue_is_large_and_sorted_by_topic() -> None:
    assert len(BY_NAME) >= 60
    assert [found.topic for found in defects()] == sorted((d.topic for d in defects()), key=TOPICS.index)


# -- the sound certificates they deviate from --------------------------------------------------------------------------


@pytest.mark.parametrize("system", [None, *(s.name for s in systems() if s.name not in {"eherkenning", "kvk", "uzi"})])
def test_the_sound_certificate_raises_nothing(system: str | None, laboratory: Laboratory) -> None:
    context = Context(systems=(system,) if system else ())
    said = system and get_system(system).about_hierarchy("trial-g4-tls", "trial", Environment.PREPRODUCTION, MOMENT)
    refused = {"system.hierarchy.accepted"} if said and said.answer is Stance.NO else frozenset()
    assert sound(lambda lab: lab.leaf(), context, laboratory) == refused


def test_the_sound_certificate_of_each_other_kind_raises_nothing(laboratory: Laboratory) -> None:
    kvk = Context(systems=("kvk",))
    assert sound(lambda lab: lab.leaf(oin="00000003999999910000"), kvk, laboratory) == frozenset()
    assert sound(lambda lab: lab.production_leaf(), Context(), laboratory) == frozenset()
    assert sound(lambda lab: lab.uzi_leaf(), Context(systems=("uzi",)), laboratory) == frozenset()
    required = Context(revocation="require")
    assert sound(lambda lab: lab.leaf(), required, laboratory) == frozenset()


def test_the_right_host_and_entity_id_raise_nothing(laboratory: Laboratory) -> None:
    host = Context(host="koppeling.voorbeeld.test")
    assert sound(lambda lab: lab.leaf(), host, laboratory) == frozenset()
    context = BY_NAME["oin-of-supplier"].context
    assert sound(lambda lab: lab.leaf(), context, laboratory) == frozenset()


def test_authorities_that_deviate_in_nothing_raise_nothing(laboratory: Laboratory) -> None:
    assert sound(lambda lab: lab.leaf(issuer=lab.authority()), Context(), laboratory) == frozenset()


# -- what issues ask of the catalogue ----------------------------------------------------------------------------------

WANTED = {
    "expired": "expired",
    "not yet valid": "not-yet-valid",
    "other issuer": "unknown-root",
    "short intermediate": "issuer-ends-first",
    "late intermediate": "issuer-not-yet-valid",
    "non-CA intermediate": "issuer-is-no-authority",
    "no keyCertSign": "issuer-without-cert-sign",
    "pathlen": "path-length-exceeded",
    "CA as leaf": "end-entity-is-authority",
    "missing key usage": "no-key-usage",
    "two serialNumbers": "two-oins",
    "multi-valued RDN": "two-oins-in-one-rdn",
    "none": "no-oin",
    "key mismatch": "signed-by-another-key",
    "elliptic curve": "elliptic-curve",
    "revoked": "revoked",
    "weak key": "rsa-1024",
    "SHA-1": "sha1",
    "look-alike": "look-alike-root",
    "NUL": "nul-in-name",
    "duplicate extension": "duplicate-extension",
    "negative serial": "serial-number-negative",
    "malformed time": "generalized-time-too-early",
}


@in_one_test
@pytest.mark.parametrize("asked", WANTED)
def test_what_people_roll_by_hand_is_here(asked: str) -> None:
    assert get_defect(WANTED[asked]).codes


# -- finding one ------------------------------------------------------------------------------------------------------


def test_an_unknown_name_is_answered_with_those_like_it() -> None:
    with pytest.raises(InvalidValueError) as caught:
        get_defect("Not_Yet_Valid")
    assert caught.value.code == "test_pki.error.defect"
    assert "not-yet-valid" in str(caught.value)


def test_a_name_is_given_once() -> None:
    def expired(lab: Laboratory) -> object:
        """Again."""
        return lab.leaf()

    with pytest.raises(ValueError, match="expired"):
        defect("path.validity.expired")(expired)  # type: ignore[arg-type]  # it never comes to building


# -- the second judge --------------------------------------------------------------------------------------------------

OPENSSL = {
    "expired": (10, 0),
    "not-yet-valid": (9, 0),
    "issuer-expired": (10, 1),
    "issuer-not-yet-valid": (9, 1),
    "validity-reversed": (9, 0),
    "another-host": (62, 0),
    "key-usage-of-a-signature": (26, 0),
    "no-client-auth": (26, 0),
    "only-code-signing": (26, 0),
    "authority-key-identifier-of-another": (20, 0),
    "duplicate-extension": (20, 0),
    "unknown-critical-extension": (34, 0),
    "extension-not-decodable": (20, 0),
    "policy-twice": (42, 0),
    "policy-not-of-issuer": (43, 0),
    "altered-after-signing": (7, 0),
    "signed-by-another-key": (7, 0),
    "two-signature-algorithms": (7, 0),
    "no-intermediates": (20, 0),
    "domain-missing": (20, 1),
    "chain-of-another": (20, 0),
    "unknown-root": (20, 2),
    "look-alike-root": (19, 3),
    "look-alike-of-production": (19, 3),
    "issuer-is-no-authority": (79, 1),
    "issuer-without-basic-constraints": (79, 1),
    "issued-by-end-entity": (79, 1),
    "issuer-without-cert-sign": (79, 1),
    "path-length-exceeded": (25, 2),
    "issuer-for-other-purposes": (26, 1),
    "name-constraints-violated": (47, 0),
    "issuer-with-unknown-critical-extension": (34, 1),
    "self-signed-by-end-entity": (18, 0),
    "revoked": (23, 0),
    "on-hold": (23, 0),
    "issuer-revoked": (23, 1),
    "crl-stale": (12, 0),
    "crl-not-yet": (11, 0),
    "crl-signed-by-another-key": (8, 0),
    "crl-only-of-authorities": (44, 0),
    "issuer-may-not-sign-crls": (35, 0),
}
"""Defect → the error number of ``openssl verify``, and the depth it is found at."""


def openssl_errors(found: BrokenCertificate, folder: Path) -> list[tuple[int, int]]:
    """Return what ``openssl verify`` finds wrong; an empty list when it accepts."""
    files = {"leaf": found.pem, "trust": found.trust_pem, "crls": found.crls_pem}
    files["chain"] = found.chain_pem[len(found.pem) :]
    for name, content in files.items():
        (folder / name).write_bytes(content)
    arguments = ["-CAfile", "trust", "-attime", f"{found.moment.timestamp():.0f}", "-purpose", "sslclient"]
    arguments += ["-policy_check"]
    arguments += ["-untrusted", "chain"] if found.chain else []
    arguments += ["-crl_check_all", "-CRLfile", "crls"] if found.crls else []
    host = found.defect.context.host
    arguments += ["-verify_hostname", host] if host else []
    done = subprocess.run(
        [judge("openssl"), "verify", *arguments, "leaf"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    errors = re.findall(r"^error (\d+) at (\d+) depth", done.stderr + done.stdout, re.MULTILINE)
    assert bool(errors) == bool(done.returncode), done.stderr
    return [(int(number), int(depth)) for number, depth in errors]


@in_one_test
@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.parametrize("name", OPENSSL)
def test_openssl_refuses_it_for_the_same_reason(name: str, tmp_path: Path) -> None:
    assert openssl_errors(broken(name, MOMENT), tmp_path)[0] == OPENSSL[name]


@pytest.mark.interop
def test_openssl_accepts_the_sound_certificate(laboratory: Laboratory, tmp_path: Path) -> None:
    made = Defect("sound", "", "", frozenset(), Context(), lambda lab: lab.leaf()).build(laboratory)
    assert openssl_errors(made, tmp_path) == []


# self-signed: a matter of the system, which has not said what it takes
REFUSED = [d.name for d in defects() if d.topic in {"chain", "revocation"} and d.name != "self-signed-by-end-entity"]


def test_what_is_wrong_with_the_path_fails_it() -> None:
    assert not [name for name in REFUSED if judged(name, MOMENT).report.verdict is not Verdict.FAILED]
