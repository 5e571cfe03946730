"""The request that is advised after a check is for a certificate that the systems asked for take."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from types import SimpleNamespace

import click
import pytest

from pkitools.environment import Environment
from pkitools.profiles import get_profile, profiles
from pkitools.systems import Stance, Topic, get_system, systems
from pkitools.trust import HierarchyKind, get_hierarchy
from pkitools_cli.commands.cert.next_step import _profile
from tests.support.certificates import made

MOMENT = datetime(2026, 11, 26, tzinfo=UTC)
GROUPS = {"trial", "pkioverheid", "*"}


def advised(profile: str, names: tuple[str, ...], environment: Environment) -> str | None:
    options = SimpleNamespace(profile=None, systems=names, environment=environment, moment=MOMENT)
    with click.Context(click.Command("check")):
        return _profile(made(profile), options)  # type: ignore[arg-type]  # it looks at no more of the options


def taken(name: str, environment: Environment) -> set[str]:
    said = get_system(name).statements_at(environment, MOMENT, Topic.HIERARCHY)
    return {value for each in said if each.answer is Stance.YES for value in each.values}


@pytest.mark.parametrize("environment", Environment)
def test_no_system_is_offered_a_hierarchy_that_it_does_not_take(environment: Environment) -> None:
    tried = [
        (profile, system.name, advised(profile, (system.name,), environment), taken(system.name, environment))
        for profile, system in product(("g4-tls", "g1-server"), systems())
    ]
    offered = [(profile, system, name, takes) for profile, system, name, takes in tried if takes and name is not None]
    assert offered
    for profile, system, name, takes in offered:
        root = get_profile(name).root
        assert takes & {root, f"trial-{root}", *GROUPS}, (system, profile, name)
    ours = [(system, name) for _, system, name, takes in tried if takes & {"g1-private", "g4-tls"}]
    assert ours
    assert [system for system, name in ours if name is None] == []


def test_what_is_taken_stays_what_it_was() -> None:
    assert advised("g4-tls", (), Environment.PRODUCTION) == "g4-tls"
    assert advised("g4-tls", ("digikoppeling",), Environment.PRODUCTION) == "g4-tls"
    assert advised("g4-tls", ("digid",), Environment.PRODUCTION) == "g1-server"
    assert advised("g4-tls", ("digikoppeling", "digid"), Environment.PRODUCTION) == "g1-server"


def test_every_profile_names_a_hierarchy_of_production() -> None:
    assert {get_hierarchy(profile.root).kind for profile in profiles()} == {HierarchyKind.PRODUCTION}
