"""The next certificate of an old one: everything is taken over, and what changes is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pkitools.containers import Contents, read_source
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError
from pkitools.findings import Verdict
from pkitools.ordering import Order, Renewal, RequestChange, choice_of, plan_order, renewal_of
from pkitools.profiles import get_profile, profiles, tsps
from pkitools.requests import check_request
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools_test_pki.pki import build
from tests.support.cases import in_one_test
from tests.support.certificates import Parts, adding, giving, made, putting
from tests.support.deliveries import jks_of, pem, pkcs12_of
from tests.support.der import sequence, tlv
from tests.support.keys import SHARED_KEYS
from tests.support.requests import pooled_key
from tests.support.shared import shared

MOMENT = datetime(2026, 11, 26, tzinfo=UTC)
TRIAL = [profile.name for profile in profiles() if profile.serial_number == "oin" and profile.policies.trial]
SERVERS = [profile.name for profile in profiles() if profile.serial_number == "oin"]


def contents(facts: CertificateFacts) -> Contents:
    return read_source(pem(facts.der), "old.pem")


def renewed(facts: CertificateFacts, **given: str) -> tuple[Renewal, Order]:
    renewal = renewal_of(contents(facts), moment=MOMENT)
    wishes = renewal.wishes(given)
    chosen = choice_of(wishes, moment=MOMENT)
    return renewal, plan_order(renewal.wishes(given, chosen), moment=MOMENT)


def codes(changes: tuple[RequestChange, ...]) -> list[str]:
    return [change.code.removeprefix("ordering.change.") for change in changes]


@in_one_test
@pytest.mark.parametrize(("kind", "name"), [("", each) for each in SERVERS] + [("trial:", each) for each in TRIAL])
def test_of_a_certificate_of_today_nothing_changes_but_the_key(name: str, kind: str) -> None:
    old = made(f"{kind}{name}")
    renewal, order = renewed(old)
    assert codes(renewal.changes(order.plan)) == ["key"]
    assert order.plan.profile.name == name
    assert order.plan.environment is (Environment.PREPRODUCTION if kind else Environment.PRODUCTION)


def test_what_its_issuer_did_not_sign_is_told() -> None:
    """Of an authority that is at hand; of a test nobody can say it."""
    real = shared("samples/certificates/PrivateG1_lab.api.mijniconnect.nl_20251009.pem").read_bytes()
    der = read_source(real, "real.pem").certificates[0]
    forged = read_certificate(der[:-1] + bytes([der[-1] ^ 1]))
    found = [renewal_of(contents(each), moment=MOMENT).is_forged for each in (read_certificate(der), forged)]
    assert found == [False, True]
    assert not renewal_of(
        contents(build("g4-tls", moment=MOMENT, keys=SHARED_KEYS).issue().facts), moment=MOMENT
    ).is_forged


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (lambda: made("g1-server", adding("2.5.4.11", 12, b"Afdeling")), "OU goes: was Afdeling"),
        (lambda: made("g1-server", giving("L", "Utrecht")), "L goes: was Utrecht"),
        (lambda: made("g1-server", giving("organizationIdentifier")), "organizationIdentifier is new: NTRNL-27322975"),
        (
            lambda: made(
                "g1-server", putting("2.5.29.17", sequence(tlv(0x82, b"api.example.nl"), tlv(0x87, bytes(4))))
            ),
            "Names that go: 0.0.0.0",
        ),
    ],
    ids=["OU", "L", "organizationIdentifier", "IP address"],
)
def test_what_g4_does_not_have_goes_and_what_it_wants_is_added(facts: object, told: str) -> None:
    assert callable(facts)
    renewal, order = renewed(facts(), profile="g4-tls")
    changes = renewal.changes(order.plan)
    assert codes(changes)[0] == "profile"
    assert told in [change.sentence("en") for change in changes]


DISCOURAGED = [(each, name) for each in SERVERS for name in get_profile(each).subject.names("discouraged")]


@pytest.mark.parametrize(("profile", "name"), [each for each in DISCOURAGED if each[1] in {"L", "ST"}])
def test_what_the_profile_advises_against_is_taken_over_where_the_tsp_asks_for_it_and_nowhere_else(
    profile: str, name: str
) -> None:
    """What a renewal puts in itself, it does not warn of after that."""
    old = made(profile, giving(name, "Utrecht"))
    renewal, order = renewed(old)
    told = [change for change in renewal.changes(order.plan) if change.params.get("attribute") == name]
    assert codes(tuple(told)) == ["discouraged"]
    assert told[0].sentence("nl").startswith(f"{name} vervalt: was Utrecht.")
    request = order.plan.sign(pooled_key(order.plan.key_type))
    report = check_request(request.der, order.plan.profile, environment="production")
    assert "csr.subject.discouraged" not in {found.rule.code for found in report.findings}
    field = {"L": "locality", "ST": "province"}[name]
    asking = next(tsp.name for tsp in tsps() if name in tsp.subject_required)
    for given in ({"tsp": asking}, {"tsp": "one-of-my-own"}, {field: "Utrecht"}):
        assert renewal.wishes(given)[field] == "Utrecht"


def test_a_profile_that_is_no_longer_issued_is_followed_by_one_of_the_same_use() -> None:
    old = contents(made("g1-server"))
    found = {year: renewal_of(old, moment=datetime(year, 12, 1, tzinfo=UTC)).values["profile"] for year in (2027, 2028)}
    assert found == {2027: "g1-server", 2028: "g4-tls"}


def test_a_system_that_is_named_chooses_and_the_rest_stays() -> None:
    renewal, order = renewed(made("g4-tls"), **{"for": "digid-machtigen"})
    assert order.plan.profile.name == "g1-server"
    assert codes(renewal.changes(order.plan)) == ["profile", "key"]


def test_a_trial_certificate_that_is_renewed_for_production_loses_its_prefix() -> None:
    _, order = renewed(made("trial:g4-tls"), environment="production", oin="00000003273229750000")
    assert not [value for _, value in order.plan.subject.attributes if value.startswith("TRIAL")]
    assert order.plan.tsp is None


@pytest.mark.parametrize(("tsp", "organization"), [("kpn", "Voorbeeld"), ("g4-trial", "TRIAL Voorbeeld")])
def test_a_trial_certificate_that_is_renewed_at_a_tsp_that_issues_none_loses_its_prefix(
    tsp: str, organization: str
) -> None:
    old = made("trial:g4-tls", giving("O", "TRIAL Voorbeeld"))
    assert renewal_of(contents(old), moment=MOMENT).wishes({"tsp": tsp})["organization"] == organization


def test_of_g1_nobody_issues_test_certificates_but_a_test_pki_so_no_tsp_is_taken_to_be_meant() -> None:
    old = build("g1-private", moment=MOMENT, keys=SHARED_KEYS).issue(oin="00000003273229750000", moment=MOMENT)
    renewal, order = renewed(old.facts, **{"for": "digid-machtigen"})
    assert order.plan.environment is Environment.PREPRODUCTION
    assert "tsp" not in renewal.values
    assert order.plan.profile.name == "g1-server"


def test_one_that_says_neither_environment_nor_profile_asks_for_it() -> None:
    renewal = renewal_of(contents(made("self-signed")), moment=MOMENT)
    for given, wanted in (({}, "environment"), ({"environment": "production"}, "profile")):
        with pytest.raises(InvalidValueError) as refused:
            renewal.wishes(given)
        assert refused.value.code == f"ordering.error.renew_{wanted}"


def test_the_old_key_is_refused() -> None:
    key = pooled_key()
    renewal = renewal_of(contents(made("g1-server")), moment=MOMENT)
    renewal.refuse_key(key)
    same = Renewal("old.pem", made("g1-server", _with(key.public.spki)), {})
    with pytest.raises(InvalidValueError, match="new key pair"):
        same.refuse_key(key)


@pytest.mark.parametrize("form", ["pkcs12", "jks"])
def test_a_keystore_gives_the_certificate_that_has_the_key(form: str) -> None:
    key, old, ca = pooled_key(), made("g1-server"), made("ca")
    data = (
        pkcs12_of(("mine", old.der, key), more=[ca.der])
        if form == "pkcs12"
        else jks_of(("mine", old.der, key), trusted=[ca.der])
    )
    assert renewal_of(read_source(data, "old", passphrase=None), moment=MOMENT).old.sha256 == old.sha256


def test_two_certificates_are_not_chosen_between_and_an_authority_is_not_renewed() -> None:
    two = pem(made("g1-server").der, made("g4-tls").der)
    for data, slug in ((two, "several"), (pem(made("ca").der), "authority")):
        with pytest.raises(InputError) as refused:
            renewal_of(read_source(data, "old.pem"), moment=MOMENT)
        assert refused.value.code == f"ordering.error.renew_{slug}"


@pytest.mark.slow
def test_real_certificates_are_renewed_with_everything_their_profile_has() -> None:
    renewed_ones = 0
    for path in sorted(Path(shared("samples/certificates")).glob("*.pem")):
        if ".chain." in path.name:
            continue
        renewal = renewal_of(read_source(path.read_bytes(), path.name), moment=MOMENT)
        if "oin" not in renewal.values:  # a certificate without an OIN is of no use to any of the systems
            continue
        order = plan_order(renewal.wishes({}), moment=MOMENT)
        request = order.plan.sign(pooled_key(order.plan.key_type))
        report = check_request(request.der, order.plan.profile, environment="production")
        assert report.verdict is not Verdict.FAILED
        kept = {name for name, _ in order.plan.subject.attributes}
        gone = {str(c.params["attribute"]) for c in renewal.changes(order.plan) if c.code == "ordering.change.dropped"}
        assert not gone & {"C", "O", "CN", "serialNumber"}
        assert {"C", "O", "CN", "serialNumber"} <= kept
        renewed_ones += 1
    assert renewed_ones >= 4


def _with(spki: bytes) -> Callable[[Parts], None]:
    def put(parts: Parts) -> None:
        parts.key = spki

    return put
