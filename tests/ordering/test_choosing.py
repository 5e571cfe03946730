"""What is ordered for each system, from each TSP: the data decide, and what is chosen can be ordered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Severity, Verdict
from pkitools.messages import LANGUAGES, template
from pkitools.ordering import Choice, NoChoiceError, choose, lacking, missing, plan_order
from pkitools.ordering.fitness import unmet
from pkitools.profiles import TSP, Profile, get_tsp, profiles, tsps
from pkitools.requests import check_request
from pkitools.systems import Stance, Statement, System, Topic, get_system, systems
from pkitools.systems.reading import can_bind
from tests.support.cases import in_one_test
from tests.support.requests import pooled_key

MOMENT = datetime(2026, 11, 26, tzinfo=UTC)
WISHES = {
    "oin": "00000003273229750000",
    "organization": "Gemeente Voorbeeld",
    "common_name": "api.example.nl",
    "locality": "Utrecht",
    "province": "Utrecht",
}
DOUBTS = {"profile_unknown", "profile_doubted", "unmet", "unmet_oin", "unmet_ura"}
ALL = list(product(systems(), Environment, (None, *tsps())))


def name(case: object) -> str:
    return str(getattr(case, "name", case))


def chosen(system: System, environment: Environment, tsp: TSP | None) -> Choice | None:
    try:
        return choose(system, environment, moment=MOMENT, tsp=tsp)
    except NoChoiceError:
        return None


def takes(system: System, environment: Environment, tsp: TSP | None) -> set[str]:
    """The roots of profiles that a system says it takes, written down apart from how it is chosen."""
    trial = tsp is not None and tsp.trial
    roots = {profile.root for profile in profiles()}
    said = {
        root: system.about_hierarchy(
            f"trial-{root}" if trial else root, "trial" if trial else "pkioverheid", environment, MOMENT
        )
        for root in roots
    }
    return {root for root, each in said.items() if each and each.answer in {Stance.YES, Stance.DISCOURAGED}}


def test_what_is_chosen_is_what_the_system_says_it_takes() -> None:
    found_at = [(*each, chosen(*each)) for each in ALL]
    assert {found is None for *_, found in found_at} == {True, False}
    for system, environment, tsp, found in found_at:
        if found is not None:
            doubted = {each.code.removeprefix("ordering.reason.") for each in found.reasons} & DOUBTS
            assert doubted or found.profile.root in takes(system, environment, found.tsp), (system, environment, tsp)
            assert doubted or not unmet(found.profile, system.statements_at(environment, MOMENT))
            assert not doubted or tsp is not None, "of any TSP only what is taken is chosen"
            assert tsp is None or found.tsp is tsp
        elif tsp is None:  # without a TSP nothing but the system can be in the way
            assert not takes(system, environment, None), (system, environment)


@pytest.mark.slow
def test_what_is_chosen_makes_a_request_the_tsp_finds_no_fault_with() -> None:
    made = 0
    for system, environment, tsp in ALL:
        found = chosen(system, environment, tsp)
        if found is None:
            continue
        allowed = {rule.name for rule in found.profile.subject.attributes}
        wishes = {key: value for key, value in WISHES.items() if not (key == "locality" and "L" not in allowed)}
        wishes = {key: value for key, value in wishes.items() if not (key == "province" and "ST" not in allowed)}
        if found.profile.serial_number == "uzi":
            wishes = {"common_name": "api.example.nl"}
        elif found.tsp is not None and found.tsp.trial:
            wishes |= {"oin": "00000099999999910000", "kvk": "99999991"}
        order = plan_order(
            {**wishes, "for": system.name, "environment": str(environment), **({"tsp": tsp.name} if tsp else {})},
            moment=MOMENT,
        )
        assert order.plan.key_type == found.key_type
        request = order.plan.sign(pooled_key(found.key_type))
        report = check_request(request.der, found.profile, tsp=found.tsp, environment=environment)
        assert report.verdict is not Verdict.FAILED, (system, environment, tsp, report.findings)
        made += 1
    assert made > 80


@pytest.mark.parametrize("where", Environment)
@pytest.mark.parametrize("system", [s for s in systems() if s.name in {"rdw", "vecozo"}], ids=name)
def test_a_system_that_takes_none_is_said_to_take_none(system: System, where: Environment) -> None:
    with pytest.raises(NoChoiceError) as refused:
        choose(system, where, moment=MOMENT)
    assert refused.value.code == "ordering.error.no_pkioverheid"
    assert {each.topic for each in refused.value.statements} == {Topic.HIERARCHY}


def test_what_is_not_published_is_not_guessed_and_can_be_chosen_by_hand() -> None:
    system = get_system("suwinet-inlezen")
    with pytest.raises(NoChoiceError, match="not published"):
        choose(system, "production", moment=MOMENT)
    found = choose(system, "production", moment=MOMENT, profile="g1-server")
    assert found.reasons[0].code == "ordering.reason.profile_unknown"
    assert found.reasons[0].attention


def test_a_system_nobody_could_read_is_refused_with_whom_to_ask() -> None:
    with pytest.raises(InvalidValueError) as refused:
        plan_order(
            {**WISHES, "for": "Basisregistratie Grootschalige Topografie", "environment": "production"}, moment=MOMENT
        )
    assert refused.value.code.startswith("systems.error.")


def tried(system: System, environment: Environment, **given: Any) -> Choice | NoChoiceError:
    try:
        return choose(system, environment, moment=MOMENT, **given)
    except NoChoiceError as error:
        return error


def issues(tsp: TSP, profile: Profile) -> bool:
    """Whether a TSP issues a profile, written down apart: CIBG its own, TRIAL those that have a TRIAL policy."""
    own = (profile.name == "uzi-server") is (tsp.name == "cibg")
    return own and (tsp.name != "g4-trial" or profile.generation == "G4")


def binds(statement: Statement) -> bool:
    return statement.severity is Severity.ERROR and can_bind(statement.source)


def test_only_a_text_that_binds_refuses_what_was_chosen_already() -> None:
    refused: set[str] = set()
    for system, environment, tsp in ALL:
        found = tried(system, environment, tsp=tsp)
        if isinstance(found, Choice):
            against = {*unmet(found.profile, system.statements_at(environment, MOMENT)), *refusals(found)}
            assert against <= {reason.statement for reason in found.reasons if reason.attention}, (system, tsp)
            continue
        code = found.code.removeprefix("ordering.error.")
        refused.add(code)
        if code == "not_published":
            assert chosen(system, environment, None) is None, "nobody says which certificate: one has to be named"
            continue
        of_trial = (tsp is not None and tsp.trial, environment) == (True, Environment.PRODUCTION)
        assert of_trial if code == "trial_production" else found.statements, (system, environment, tsp)
        assert all(map(binds, found.statements)), (system, environment, tsp)
    assert refused == {"no_pkioverheid", "not_published", "tsp_no_oin", "tsp_refused", "trial_production"}


def refusals(found: Choice) -> Iterator[Statement]:
    """What the system says against the hierarchy of what was chosen."""
    for reason in found.reasons:
        if reason.about == "profile" and reason.statement and reason.statement.answer is Stance.NO:
            yield reason.statement


@in_one_test
@pytest.mark.parametrize("profile", profiles(), ids=name)
def test_so_it_is_of_a_profile(profile: Profile) -> None:
    tries = [tried(system, environment, profile=profile) for system, environment in product(systems(), Environment)]
    refused = [found for found in tries if isinstance(found, NoChoiceError)]
    assert refused
    for found in refused:
        assert found.statements
        assert all(map(binds, found.statements)), found.statements


@pytest.mark.slow
@pytest.mark.parametrize("profile", profiles(), ids=name)
def test_who_is_told_to_leave_the_profile_out_gets_another_without_it(profile: Profile) -> None:
    """Nor is a profile the matter of a system that takes no certificate of PKIoverheid at all."""
    for system, environment, tsp in product(systems(), Environment, (None, *tsps())):
        if tsp is not None and not issues(tsp, profile):
            continue
        found = tried(system, environment, profile=profile, tsp=tsp)
        if isinstance(found, NoChoiceError):
            without = tried(system, environment, tsp=tsp)
            assert (found.code == "ordering.error.profile_refused") is isinstance(without, Choice), (system, tsp)
            none = isinstance(without, NoChoiceError) and without.code == "ordering.error.no_pkioverheid"
            assert (found.code == "ordering.error.no_pkioverheid") is none, (system, tsp)


@pytest.mark.parametrize("environment", Environment)
def test_without_a_system_too_nobody_is_asked_for_what_he_does_not_issue(environment: Environment) -> None:
    asked = {each: WISHES[each] for each in ("oin", "organization", "common_name")}
    refused: set[str] = set()
    for profile, tsp in product(profiles(), tsps()):
        values = {**asked, "profile": profile.name, "tsp": tsp.name, "environment": str(environment)}
        if profile.serial_number == "uzi":
            values = {each: values[each] for each in values if each != "oin"}
        told = error_of(values)
        in_vain = tsp.trial and environment is Environment.PRODUCTION
        wanted = "trial_production" if in_vain else "" if issues(tsp, profile) else "tsp_profile"
        if told.startswith("ordering.") or wanted == "":
            assert told.removeprefix("ordering.error.") == wanted, (profile, tsp)
        refused.add(told)
    assert refused >= {"ordering.error.tsp_profile"} | (
        {"ordering.error.trial_production"} if environment is Environment.PRODUCTION else set()
    )


def error_of(values: dict[str, Any]) -> str:
    """The error by which an order is refused; of fields the profile does not have it is another than of the TSP."""
    try:
        plan_order(values, moment=MOMENT)
    except InvalidValueError as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("system", "tsp", "profile", "codes"),
    [
        ("digipoort", "cibg", "uzi-server", ["profile_doubted", "unmet_oin"]),
        ("uzi", "kpn", "g1-server", ["unmet_ura"]),
    ],
)
def test_what_does_not_bind_is_told_with_its_reason(system: str, tsp: str, profile: str, codes: list[str]) -> None:
    found = choose(get_system(system), "production", moment=MOMENT, tsp=get_tsp(tsp))
    assert found.profile.name == profile
    told = [each.code.removeprefix("ordering.reason.") for each in found.reasons if each.attention]
    assert told == codes


@pytest.mark.parametrize(
    ("system", "tsp", "code"),
    [("digid", "g4-trial", "trial_production"), ("digid", "cibg", "tsp_no_oin")],
)
def test_a_tsp_whose_certificates_do_not_fit_is_said_to_be_the_matter(system: str, tsp: str, code: str) -> None:
    with pytest.raises(NoChoiceError) as refused:
        plan_order({**WISHES, "for": system, "tsp": tsp, "environment": "production"}, moment=MOMENT)
    assert refused.value.code == f"ordering.error.{code}"


def test_a_profile_that_does_not_fit_is_refused_with_what_the_system_asks() -> None:
    with pytest.raises(NoChoiceError) as refused:
        choose(get_system("digid-machtigen"), "production", moment=MOMENT, profile="g4-seal")
    assert refused.value.code == "ordering.error.profile_refused"
    assert Topic.SIGNING in {each.topic for each in refused.value.statements}


def test_a_preproduction_that_wants_trial_gets_the_tsp_of_trial() -> None:
    found = choose(get_system("digikoppeling"), "preproduction", moment=MOMENT)
    assert (found.tsp is not None and found.tsp.trial, found.profile.name) == (True, "g4-tls")
    real = choose(get_system("digikoppeling"), "preproduction", moment=MOMENT, tsp=tsps()[0])
    assert real.reasons[0].code == "ordering.reason.profile_discouraged"


def test_what_the_tsp_asks_is_missing_until_it_is_given() -> None:
    kpn = next(tsp for tsp in tsps() if tsp.name == "kpn")
    found = choose(get_system("digid-machtigen"), "production", moment=MOMENT, tsp=kpn)
    assert missing({}, found) == ("oin", "organization", "common_name", "locality", "province")
    assert missing(WISHES, found) == ()
    assert lacking({}, found) == ("oin", "organization", "common_name"), "what no request can do without"
    wishes = {key: value for key, value in WISHES.items() if key != "locality"}
    order = {**wishes, "for": "digid-machtigen", "tsp": "kpn", "environment": "production"}
    assert plan_order(order, moment=MOMENT).plan.subject.get("L") is None, "a wish stops nothing"


@pytest.mark.parametrize("names", [("a.example.nl", "b.example.nl"), ("*.example.nl",)])
def test_names_the_system_does_not_want_are_told(names: tuple[str, ...]) -> None:
    wishes = {**WISHES, "common_name": names[0], "dns": names, "for": "kvk", "environment": "production"}
    order = plan_order(wishes, moment=MOMENT)
    assert order.choice is not None
    assert "ordering.reason.names_against" in {reason.code for reason in order.choice.reasons if reason.attention}


@pytest.mark.parametrize(
    ("number", "told"),
    [
        *(("00000001003214345000", True), ("00000004003214345001", True)),
        *(("00000003273229750000", False), ("00000003123456780000", False)),
    ],
)
def test_an_oin_the_system_does_not_want_is_told(number: str, *, told: bool) -> None:
    """By every system that asks an OIN of the KvK number, and by no other."""
    asking = 0
    for system in systems():
        asks = any(each.topic is Topic.KVK_NUMBER for each in system.statements_at("production", MOMENT))
        try:
            wishes = {**WISHES, "oin": number, "for": system.name, "environment": "production"}
            order = plan_order(wishes, moment=MOMENT)
        except NoChoiceError:
            continue
        assert order.choice is not None
        found = [each for each in order.choice.reasons if each.code == "ordering.reason.oin_against"]
        assert bool(found) is (asks and told), system.name
        assert all(each.attention and number in each.sentence("nl") for each in found)
        asking += asks
    assert asking


def test_every_reason_reads_as_a_sentence_in_both_languages() -> None:
    for system, environment, tsp in ALL:
        found = chosen(system, environment, tsp)
        for reason in found.reasons if found else ():
            for language in LANGUAGES:
                assert template(reason.code, language)
                assert "{" not in reason.sentence(language)
