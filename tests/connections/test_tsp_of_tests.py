"""Where a system takes test certificates, a TSP that issues none is told in no command, and no day goes by it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from pkitools.connections import LeadKind, Step
from pkitools.environment import Environment
from pkitools.messages import LANGUAGES
from pkitools.ordering import NoChoiceError, choose
from pkitools.profiles import TSP, tsps
from pkitools.systems import Stance, System, systems
from pkitools_cli.commands.status.commands import command_for
from tests.connections.support import OIN, connection, held
from tests.support.chains import MOMENT


def stance(system: System, environment: Environment, tsp: TSP | None) -> tuple[Stance, bool]:
    """What a system says of the certificate that would be chosen, and whether that is one for tests."""
    try:
        chosen = choose(system, environment, moment=MOMENT, tsp=tsp)
    except NoChoiceError:
        return Stance.NO, False
    said = chosen.reasons[0].statement
    return Stance.UNKNOWN if said is None else said.answer, chosen.tsp is not None and chosen.tsp.trial


@pytest.mark.parametrize("environment", Environment)
def test_what_is_told_to_order_is_what_the_system_takes(tmp_path: Path, environment: Environment) -> None:
    """Of every system and every TSP: nothing is advised against that would not be without the TSP."""
    left_out = 0
    for system, tsp in product(systems(), tsps()):
        stated = f'[organization.b]\noin = "{OIN}"\nname = "Gemeente B"\ntsp = "{tsp.name}"\n'
        fields = {"organization": '"b"', "system": f'"{system.name}"', "environment": f'"{environment}"'}
        (one,) = held(tmp_path, stated + connection(**fields)).statuses
        worse = stance(system, environment, None) == (Stance.YES, True) != stance(system, environment, tsp)
        assert one.tsp == (None if worse else tsp.name), (system.name, tsp.name)
        left_out += worse
        step = one.of(Step.REQUEST)
        assert step is not None
        words = command_for(one, step, moment=MOMENT)
        assert words is None or words[:2] != ["csr", "create"] or ("--tsp" in words) is not worse
    assert (left_out > 0) is (environment is Environment.PREPRODUCTION)


@pytest.mark.parametrize(("system", "is_known"), [("digikoppeling", False), ("fsc", True)])
def test_no_day_goes_by_a_tsp_that_does_not_issue_it(tmp_path: Path, system: str, is_known: bool) -> None:
    """KPN says how long it takes to register; a test certificate does not come from it."""
    stated = f'[organization.b]\noin = "{OIN}"\nname = "Gemeente B"\ntsp = "kpn"\n'
    (one,) = held(tmp_path, stated + connection(organization='"b"', system=f'"{system}"', live="2027-06-01")).statuses
    assert one.plan is not None
    register = one.plan.on("register")
    assert register is not None
    assert (register.lead is not None) is is_known
    assert (one.connection.lead_times_at(MOMENT).of(LeadKind.REGISTRATION) is not None) is is_known


@pytest.mark.parametrize(
    ("system", "tsp", "profile"), [("digikoppeling", "kpn", None), ("digikoppeling", None, "g1-server")]
)
def test_what_is_advised_against_names_what_is_taken(system: str, tsp: str | None, profile: str | None) -> None:
    """With whom issues it, in both languages."""
    named = next(each for each in systems() if each.name == system)
    given = next((each for each in tsps() if each.name == tsp), None)
    usual = choose(named, "preproduction", moment=MOMENT)
    assert usual.tsp is not None
    found = choose(named, "preproduction", moment=MOMENT, tsp=given, profile=profile).reasons[0]
    assert found.code == "ordering.reason.profile_discouraged"
    for language in LANGUAGES:
        assert f"{usual.profile.name} ({usual.tsp.title})" in found.sentence(language)
