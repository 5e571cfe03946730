"""From an organisation's particulars to a request: names byte for byte, and a clear refusal of what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Certainty, Severity
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.oin import InvalidOINError
from pkitools.profiles import Presence, get_profile, profiles
from pkitools.profiles.conformance import text_fault
from pkitools.requests import RequestPlan, SignatureScheme, check_request, plan_request, read_request
from tests.support.cases import in_one_test
from tests.support.requests import pooled_key, small_key

OIN = "00000003273229750000"
RSIN_OIN = "00000001822477348000"
TEST_OIN = "00000099999999910000"
PRODUCTION, PREPRODUCTION = Environment.PRODUCTION, Environment.PREPRODUCTION
TRIAL = {"common_name": "TRIAL api.example.nl", "organization": "TRIAL Gemeente", "dns_names": ["api.example.nl"]}
HARD_NAMES = ["Stichting Zorg, Welzijn en Wonen", "'s-Gravenhage", 'Café + Co = "X"', "a\\,b#c;<d>", "Ĳsselstein ß"]


def plan(profile: str = "g4-tls", environment: Environment = PRODUCTION, **changed: object) -> RequestPlan:
    values: dict[str, object] = {
        "common_name": "api.example.nl",
        "organization": "Gemeente Voorbeeld",
        "oin": OIN,
        **changed,
    }
    return plan_request(get_profile(profile), environment, **values)  # type: ignore[arg-type]  # a test's keyword arguments


def refusal(profile: str = "g4-tls", environment: Environment = PRODUCTION, **changed: object) -> str:
    with pytest.raises(InvalidValueError) as caught:
        plan(profile, environment, **changed)
    for language in LANGUAGES:
        sentence = error_sentence(caught.value, language)
        assert len(sentence) > 20
        shown = [value for value in changed.values() if isinstance(value, str)]
        assert " ? " not in sentence.replace("= ?", "") or "?" in "".join(shown), "an operand is missing"
    return caught.value.code.removeprefix("requests.error.")


@in_one_test
@pytest.mark.parametrize("profile", profiles(), ids=lambda p: p.name)
def test_each_profile_gives_a_request_that_its_own_check_passes(profile: object) -> None:
    made = plan(profile.name).sign(pooled_key("rsa:4096"))  # type: ignore[attr-defined]  # a Profile
    chosen = made.plan.profile
    report = check_request(made.der, chosen, key=made.key.public, environment=PRODUCTION, raise_crashes=True)
    assert report.verdict == "passed"
    assert {o.rule.code for o in report.findings} <= {"oin.register.absent", "csr.organization.trade_register"}
    order = [rule.name for rule in chosen.subject.attributes]
    names = [attribute.name for attribute in made.facts.subject]
    assert names == sorted(names, key=order.index)
    for attribute in made.facts.subject:
        rule = chosen.subject.attribute(attribute.oid)
        assert rule is not None
        assert attribute.string_type == rule.string_type
    assert made.facts.subject.first("2.5.4.5") == OIN
    pss = made.facts.signature_algorithm.name == "RSASSA-PSS"
    assert pss == chosen.signature.request.startswith("pss")
    assert bool(made.facts.dns_names) == (chosen.san.presence is not Presence.FORBIDDEN)


@in_one_test
@pytest.mark.parametrize("name", HARD_NAMES)
def test_names_survive_byte_for_byte(name: str) -> None:
    made = plan(organization=name, common_name=name, dns_names=["api.example.nl"]).sign(pooled_key())
    found = [(a.name, a.value) for a in made.facts.subject]
    assert [value for short, value in found if short in {"O", "CN"}] == [name, name]
    assert len(made.facts.subject.rdns) == 5
    assert name.encode() in made.der


@given(st.text(min_size=2, max_size=64))
def test_any_name_survives_or_is_refused(name: str) -> None:
    if text_fault(name):
        assert refusal(organization=name).startswith("text_")
        return
    planned = plan(organization=name)
    assert planned.subject.get("O") == name
    assert read_request(planned.sign(pooled_key("rsa:3072")).der).subject.organization == name


def test_pss_has_its_parameters_and_pkcs1_can_be_chosen() -> None:
    algorithm = plan().sign(pooled_key()).facts.signature_algorithm
    assert (algorithm.hash, algorithm.mgf_hash, algorithm.salt_length) == ("sha512", "sha512", 64)
    chosen = plan(signature=SignatureScheme.PKCS1).sign(pooled_key()).facts.signature_algorithm
    assert chosen.name == "sha256WithRSAEncryption"


def test_the_kvk_number_comes_from_the_oin_or_is_asked() -> None:
    assert plan().subject.get("organizationIdentifier") == "NTRNL-27322975"
    assert plan(oin=RSIN_OIN, kvk="52035476").subject.get("organizationIdentifier") == "NTRNL-52035476"
    assert plan(oin=RSIN_OIN).subject.get("organizationIdentifier") is None
    assert refusal(kvk="52035476") == "kvk_differs"
    assert plan("g1-server").subject.get("organizationIdentifier") is None
    assert plan("g1-server", kvk="27322975").subject.get("organizationIdentifier") == "NTRNL-27322975"
    for wrong in ("1234567", "123456789", "1234567a", "00000000", "１２３４５６７８"):
        with pytest.raises(InvalidValueError):
            plan(kvk=wrong)


@in_one_test
@pytest.mark.parametrize(
    "oin",
    ["00000001123456789000", "1822477348000", "00000005123456782000", f"{OIN} ", "0000000700025be00000", "", "x" * 99],
)
def test_a_wrong_oin_is_refused(oin: str) -> None:
    with pytest.raises(InvalidOINError):
        plan(oin=oin)


def test_an_oin_with_letters_and_one_with_a_legacy_suffix_are_taken() -> None:
    assert plan(oin="0000000700025BE00000", kvk="52035476").subject.get("serialNumber") == "0000000700025BE00000"
    assert plan(oin="00000004003214345001", kvk="52035476").subject.get("serialNumber") == "00000004003214345001"


def test_a_test_oin_is_for_preproduction() -> None:
    assert refusal(oin=TEST_OIN, kvk="27322975") == "test_oin"
    assert plan("g4-tls", PREPRODUCTION, oin=TEST_OIN, kvk="27322975").subject.get("serialNumber") == TEST_OIN


@in_one_test
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"organization": "x" * 65}, "too_long"),
        ({"organization": "é" * 65}, "too_long"),
        ({"organization": ""}, "too_short"),
        ({"common_name": "x" * 65}, "too_long"),
        ({"organization": "Voor\u202ebeeld"}, "text_characters"),
        ({"organization": "Voor\nbeeld"}, "text_characters"),
        ({"organization": "Voor\0beeld"}, "text_characters"),
        ({"organization": " Voorbeeld"}, "text_space"),
        ({"country": "nl"}, "form"),
        ({"country": "NLD"}, "form"),
        ({"country": "Ñ1"}, "not_printable"),
        ({"dns_names": ["a.example.nl", "10.0.0.1"]}, "dns_ip"),
        ({"dns_names": ["::1"]}, "dns_ip"),
        ({"dns_names": ["café.nl"]}, "dns_idn"),
        ({"dns_names": ["a_b.example.nl"]}, "name_underscore"),
        ({"dns_names": ["a.example.nl."]}, "dns_syntax"),
        ({"dns_names": ["https://example.nl"]}, "name_url"),
        ({"dns_names": [""]}, "dns_syntax"),
        ({"dns_names": ["-a.example.nl"]}, "dns_syntax"),
        ({"dns_names": [f"{'a' * 64}.nl"]}, "dns_syntax"),
        ({"dns_names": [".".join(["a" * 60] * 5)]}, "dns_syntax"),
        ({"common_name": "10.0.0.1"}, "dns_ip"),
        ({"key_type": "ec:p-256"}, "key_type_ec"),
        ({"key_type": "rsa:2048"}, "key_type_size"),
        ({"key_type": "rsa"}, "key_type"),
    ],
)
def test_what_a_tls_profile_does_not_take_is_refused(changed: dict[str, object], code: str) -> None:
    assert refusal(**changed) == code


# what only the schema of TRIAL shows: particulars, the error for TRIAL, the warning elsewhere
INDICATED = [
    ({"organization": "x"}, "too_short", "csr.subject.length"),
    ({"organization": None}, "missing_o", "csr.subject.required"),
    ({"locality": "Den Haag"}, "attribute_forbidden", "csr.subject.not_allowed"),
    ({"province": "Zuid-Holland"}, "attribute_forbidden", "csr.subject.not_allowed"),
    ({"oin": RSIN_OIN}, "missing_organizationidentifier", "csr.subject.organization_identifier"),
    ({"oin": "00000004194049711000"}, "missing_organizationidentifier", "csr.subject.organization_identifier"),
    ({"organization_identifier": f"OI:NL-{OIN}"}, "form", "csr.subject.oin_identifier"),
    ({"dns_names": ["*.example.nl"]}, "dns_wildcard", "csr.san.wildcard"),
    ({"dns_names": ["x.onion"]}, "dns_onion", "csr.san.name"),
    ({"dns_names": ["intern"]}, "dns_single_label", "csr.san.name"),
    ({"dns_names": [f"n{n}.example.nl" for n in range(101)]}, "san_too_many", "csr.san.count"),
    ({"common_name": "*.example.nl"}, "dns_wildcard", "csr.san.wildcard"),
    ({"common_name": "Gemeente Voorbeeld", "dns_names": []}, "san_missing", "csr.san.required"),
]


@in_one_test
@pytest.mark.parametrize(("changed", "error", "warning"), INDICATED)
@pytest.mark.parametrize("environment", Environment)
def test_what_only_the_schema_of_trial_shows_is_made_with_a_warning(
    environment: Environment, changed: dict[str, object], error: str, warning: str
) -> None:
    assert refusal(environment=environment, tsp="g4-trial", **{**TRIAL, **changed}) == error
    planned = plan(environment=environment, **changed)
    made = planned.sign(pooled_key())
    assert planned.differences(made.facts) == ()
    report = check_request(made.der, planned.profile, environment=environment, raise_crashes=True)
    assert report.verdict == "passed"
    (found,) = [each for each in report.findings if each.rule.code == warning]
    assert (found.rule.severity, found.rule.certainty) == (Severity.WARNING, Certainty.INFERRED)


def test_localhost_in_production_is_made_with_a_warning() -> None:
    planned = plan(dns_names=["localhost"])
    report = check_request(planned.sign(pooled_key()).der, planned.profile, environment=PRODUCTION)
    assert {each.rule.code: each.rule.severity for each in report.findings}["csr.san.localhost"] is Severity.WARNING
    assert report.verdict == "passed"


def test_a_kvk_number_and_an_identifier_are_not_both_given() -> None:
    assert refusal(kvk="27322975", organization_identifier="NTRNL-27322975") == "identifier_twice"


@in_one_test
@pytest.mark.parametrize("oin", [OIN, RSIN_OIN])
@pytest.mark.parametrize("other", [OIN, RSIN_OIN, "00000003520354760000", "00000001001234567000"])
def test_an_identifier_with_an_oin_is_that_of_the_request(oin: str, other: str) -> None:
    identifier = f"OI:NL-{other}"
    if oin != other:
        assert refusal(oin=oin, organization_identifier=identifier) == "identifier_differs"
    else:
        assert "identifier_differs" not in caught_code(oin=oin, organization_identifier=identifier)


def caught_code(**changed: object) -> str:
    """Return why a request is refused, if it is: the form of the identifier is the profile's."""
    try:
        plan(**changed)
    except InvalidValueError as error:
        return error.code
    return ""


def test_a_trade_register_number_of_another_is_refused_and_a_sub_oin_has_a_holder() -> None:
    assert refusal(organization_identifier="NTRNL-52035476") == "identifier_differs"
    assert "identifier_differs" not in caught_code(oin="00000004194049711000", organization_identifier=f"OI:NL-{OIN}")


def test_the_remedy_for_an_international_name_is_the_name_itself() -> None:
    with pytest.raises(InvalidValueError) as caught:
        plan(dns_names=["café.nl"])
    assert "xn--caf-dma.nl" in str(caught.value)
    with pytest.raises(InvalidValueError) as doubtful:
        plan(dns_names=["straße.nl"])
    assert "strasse" not in str(doubtful.value)


def test_the_dns_names_are_the_common_name_unless_given() -> None:
    assert plan().dns_names == ("api.example.nl",)
    assert plan(dns_names=["b.example.nl", "B.example.nl", "a.example.nl"]).dns_names == (
        "b.example.nl",
        "a.example.nl",
    )
    assert plan(common_name="Voorbeeld", dns_names=["a.example.nl"]).dns_names == ("a.example.nl",)
    assert plan("g1-server", dns_names=["b.example.nl"]).dns_names == ("api.example.nl", "b.example.nl")
    assert plan("g4-tls", PREPRODUCTION, common_name="localhost").dns_names == ("localhost",)
    assert plan("g1-server", common_name="*.example.nl").dns_names == ("*.example.nl",)


@in_one_test
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("https://koppeling.voorbeeld.nl/", "name_url"),
        ("koppeling.voorbeeld.nl/pad", "name_url"),
        ("koppeling.voorbeeld.nl:8443", "name_port"),
        ("koppeling.súdwest-fryslân.nl", "dns_idn"),
        ("kop_peling.voorbeeld.nl", "name_underscore"),
        ("x" * 600 + ".nl:1", None),
    ],
)
def test_what_is_wrong_with_a_name_is_said_and_not_that_there_is_none(name: str, code: str | None) -> None:
    for profile in ("g4-tls", "g1-server"):
        said = refusal(profile, common_name=name)
        assert said == code if code else said in {"too_long", "dns_syntax", "san_missing"}
    if code:
        assert refusal("g4-tls", common_name="Voorbeeld", dns_names=[name]) == code


def test_a_name_for_people_is_not_held_to_what_a_host_name_is() -> None:
    assert plan(common_name="Koppeling_v2.1", dns_names=["a.example.nl"]).dns_names == ("a.example.nl",)
    assert plan("g4-tls", common_name="Gemeente Voorbeeld").dns_names == ()


def test_legal_person_profiles_have_no_names_and_longer_common_names() -> None:
    assert plan("g4-seal", common_name="Gemeente Voorbeeld").dns_names == ()
    trial = {**TRIAL, "tsp": "g4-trial"}
    assert refusal("g4-seal", **{**trial, "common_name": "abcd"}) == "too_short"
    assert refusal("g4-authentication", **{**trial, "dns_names": ["a.example.nl"]}) == "san_forbidden"
    assert plan("g4-seal", common_name="abcd").subject.get("CN") == "abcd"
    assert plan("g4-authentication", dns_names=["a.example.nl"]).dns_names == ("a.example.nl",)


def test_a_uzi_request_needs_a_name_only() -> None:
    planned = plan_request(get_profile("uzi-server"), PRODUCTION, common_name="zorg.example.nl")
    assert planned.subject.attributes == (("CN", "zorg.example.nl"),)
    assert planned.key_type == "rsa:4096"
    assert refusal("uzi-server", key_type="rsa:3072") == "key_type_size"
    assert plan("uzi-server", dns_names=["a.example.nl"]).dns_names == ("api.example.nl", "a.example.nl")


def test_the_g1_profile_has_a_place_for_locality_and_none_for_ou() -> None:
    planned = plan("g1-server", locality="'s-Gravenhage", province="Zuid-Holland")
    assert [name for name, _ in planned.subject.attributes] == ["C", "ST", "L", "O", "CN", "serialNumber"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "code"), [("ec:p-256", "key_algorithm"), ("rsa:2048", "key_too_small"), ("e3", "key_exponent")]
)
def test_a_key_the_profile_does_not_take_is_refused(spec: str, code: str) -> None:
    key = small_key(3072, 3) if spec == "e3" else pooled_key(spec)
    with pytest.raises(InvalidValueError) as caught:
        plan(tsp="g4-trial", **TRIAL).sign(key)
    assert caught.value.code == f"requests.error.{code}"
    if spec == "e3":  # in production no text says it
        report = check_request(plan().sign(key).der, get_profile("g4-tls"), environment=PRODUCTION)
        assert {o.rule.code: o.rule.severity for o in report.findings}["csr.key.exponent"] is Severity.WARNING


def test_the_files_are_a_key_and_a_request_or_the_request_alone() -> None:
    made = plan().sign(pooled_key())
    outputs = made.outputs("dir/x", b"geheim")
    assert [(str(o.path), o.secret) for o in outputs] == [("dir/x.key", True), ("dir/x.csr", False)]
    assert outputs[0].data.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert outputs[1].data == made.pem
    assert b"PRIVATE" not in made.pem


@pytest.mark.slow
def test_making_makes_a_new_key_each_time() -> None:
    first, second = plan().make(), plan().make()
    assert first.key.public.spki_sha256 != second.key.public.spki_sha256
    assert first.facts.public_key.spki == first.key.public.spki
