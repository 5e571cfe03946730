"""Connections held against what lies at their places: what a file shows, and what is never assumed."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations, product
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from pkitools.checking import Revocation
from pkitools.connections import ConnectionStatus, Step, StepState, draft, hold, owning, read_connections, uses_of
from pkitools.connections.naming import says_nothing
from pkitools.connections.status import Grouping
from pkitools.environment import Environment
from pkitools.findings import Severity, Verdict
from pkitools.portfolio import Gap, Portfolio
from pkitools.portfolio.risk import risks_of
from pkitools.systems import systems
from pkitools_cli.commands.scan.running import words_to_check
from pkitools_cli.commands.status.asked import Scanning
from pkitools_cli.commands.status.commands import command_for
from pkitools_test_pki.self_signed import self_signed
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, OTHER_OIN, certificate, connection, held, written
from tests.portfolio.support import judging, scanned
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT
from tests.support.command import Command
from tests.support.deliveries import corrupt, key_info, metadata_of, pem
from tests.support.keys import SHARED_KEYS
from tests.support.requests import request

__all__ = ["run"]  # a fixture

FILES = {"files": '["f"]'}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder ``f`` with a good certificate and its chain."""
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.pem").write_bytes(certificate() + CHAIN)
    return tmp_path


def states(one: ConnectionStatus) -> dict[str, str]:
    return {step.step.value: step.state.value for step in one.steps}


def only(folder: Path, **fields: str) -> ConnectionStatus:
    (one,) = held(folder, connection(**{**FILES, **fields})).statuses
    return one


def test_what_no_file_shows_is_not_known_until_it_is_stated(folder: Path) -> None:
    one = only(folder)
    assert states(one) == {
        **dict.fromkeys(("oin", "request", "order", "certificate", "verdict"), "done"),
        **dict.fromkeys(("sent", "metadata", "tested"), "unknown"),
        "renewal": "waiting",
    }
    assert (one.verdict, one.worst, one.state) == (Verdict.INDETERMINATE, Severity.WARNING, StepState.UNKNOWN)
    told = only(folder, sent="2026-11-01", tested="2026-11-02")
    assert {step: told.of(step).state for step in (Step.SENT, Step.TESTED)} == {  # type: ignore[union-attr]  # there is one of each
        Step.SENT: StepState.DONE,
        Step.TESTED: StepState.DONE,
    }


@pytest.mark.parametrize(
    ("day", "state", "code"),
    [
        ("2025-12-31", "now", "earlier"),  # before this certificate begins: it was another one
        ("2026-01-01", "done", "stated"),
        ("2026-11-22", "done", "stated"),
        ("2026-11-23", "waiting", "planned"),
    ],
)
@pytest.mark.parametrize("step", ["sent", "tested"])
def test_a_stated_day_is_of_this_certificate(folder: Path, step: str, day: str, state: str, code: str) -> None:
    found = only(folder, **{step: day}).of(Step(step))
    assert found is not None
    assert (found.state.value, found.code) == (state, f"connections.{step}.{code}")


def test_a_connection_without_files_begins_at_the_beginning(folder: Path) -> None:
    one = only(folder, files='["nowhere"]')
    assert states(one)["request"] == "now"
    assert all(state == "waiting" for step, state in states(one).items() if step not in {"oin", "request"})
    assert one.absent == (str(folder / "nowhere"),)
    assert (one.verdict, one.worst) == (Verdict.PASSED, Severity.NOTICE)


@pytest.mark.parametrize(
    ("live", "state", "verdict"),
    [
        ("2026-11-01", "late", Verdict.FAILED),  # it was to be live, and there is no certificate
        ("2027-01-15", "late", Verdict.PASSED),  # six months are no longer there
        ("2027-06-15", "now", Verdict.PASSED),  # they end within four weeks from now
        ("2028-01-15", "waiting", Verdict.PASSED),
    ],
)
def test_the_day_of_going_live_says_when_to_begin(folder: Path, live: str, state: str, verdict: Verdict) -> None:
    one = only(folder, files='["nowhere"]', live=live)
    assert (one.state.value, one.verdict) == (state, verdict)
    request_step = one.of(Step.REQUEST)
    assert request_step is not None
    assert one.plan is not None
    assert request_step.due == one.plan.begin.day


@pytest.mark.slow
def test_a_request_is_seen_and_its_order_is_not(folder: Path) -> None:
    (folder / "r").mkdir()
    (folder / "r" / "a.csr").write_bytes(pem(request()).replace(b"CERTIFICATE", b"CERTIFICATE REQUEST"))
    text = f'[organization.b]\noin = "{scanned(folder / "r").requests[0].oin}"\nname = "B"\n'
    text += connection(organization='"b"', files='["r"]')
    (one,) = held(folder, text).statuses
    assert (states(one)["request"], states(one)["order"], states(one)["certificate"]) == ("done", "unknown", "waiting")
    (stated,) = held(folder, text + "ordered = 2026-11-01\n").statuses
    assert states(stated)["order"] == "done"


def test_a_certificate_of_another_organisation_is_none_of_this(folder: Path) -> None:
    (folder / "f" / "a.pem").write_bytes(certificate(OTHER_OIN) + CHAIN)
    one = only(folder)
    assert one.certificate is None
    assert [each.oin for each in one.others] == [OTHER_OIN]
    found = one.of(Step.CERTIFICATE)
    assert found is not None
    assert (found.state, found.code) == (StepState.NOW, "connections.certificate.others")


def test_a_supplier_connects_with_a_certificate_of_his_own(folder: Path) -> None:
    (folder / "f" / "a.pem").write_bytes(certificate(OTHER_OIN) + CHAIN)
    text = f'[organization.b]\noin = "{OTHER_OIN}"\nname = "B"\n' + connection(**FILES, holder='"b"')
    (one,) = held(folder, text).statuses
    assert one.certificate is not None


def test_what_has_ended_is_too_late_and_fails(folder: Path) -> None:
    (folder / "f" / "a.pem").write_bytes(certificate(end=datetime(2026, 11, 1, tzinfo=UTC)) + CHAIN)
    one = only(folder, sent="2026-11-01")
    assert (one.state, one.verdict, states(one)["sent"]) == (StepState.LATE, Verdict.FAILED, "waiting")


def test_the_next_certificate_takes_the_place_of_what_ends(folder: Path) -> None:
    end = datetime(2026, 12, 1, tzinfo=UTC)
    (folder / "f" / "a.pem").write_bytes(certificate(end=end) + CHAIN)
    assert states(only(folder))["renewal"] == "late"
    (folder / "f" / "b.pem").write_bytes(certificate() + CHAIN)
    one = only(folder)
    assert one.certificate is not None
    assert one.certificate.not_after.year == 2027
    assert states(one)["renewal"] == "waiting"


def test_a_certificate_that_is_not_good_is_not_sent(folder: Path) -> None:
    one = only(folder, environment='"production"', sent="2026-11-01")
    assert (states(one)["verdict"], states(one)["sent"], one.verdict) == ("now", "waiting", Verdict.FAILED)


def test_a_certificate_that_lies_elsewhere_may_be_used_again(folder: Path) -> None:
    again = connection(**FILES, system='"fsc"') + connection(files='["nowhere"]')
    two = next(each for each in held(folder, again).statuses if each.absent)
    assert [each.oin for each in two.reusable] == [OIN]
    # for which system is not known: then it is not known either whether it may be used there
    two = next(each for each in held(folder, again.replace('system = "digid-machtigen"\n', "")).statuses if each.absent)
    assert (two.reusable, [each.oin for each in two.perhaps]) == ((), [OIN])


@pytest.mark.parametrize(("live", "offered"), [("2027-10-31", True), ("2027-11-01", False), ("2028-03-01", False)])
def test_one_that_has_ended_by_the_day_of_going_live_is_not_used_again(folder: Path, live: str, offered: bool) -> None:
    again = connection(**FILES, system='"fsc"') + connection(files='["nowhere"]', live=live)
    two = next(each for each in held(folder, again).statuses if each.absent)
    assert bool(two.reusable) is offered


def test_a_self_signed_one_is_used_again_where_the_system_takes_such_ones(tmp_path: Path) -> None:
    made = self_signed(moment=MOMENT, keys=SHARED_KEYS, oin=OIN, organization="Gemeente", dns=["x.example.nl"])
    (tmp_path / "own.pem").write_bytes(made.pem)
    seen = set()
    for system in systems():
        text = connection(files='["own.pem"]', system='"digid-machtigen"')
        two = held(tmp_path, text + connection(files='["nowhere"]', system=f'"{system.name}"')).statuses[1]
        is_taken = system.self_signed_allowed(Environment.PREPRODUCTION, MOMENT) is True
        seen.add((is_taken, bool(two.reusable or two.perhaps)))
    assert seen <= {(True, True), (True, False), (False, False)}
    assert {(True, True), (False, False)} <= seen


@pytest.mark.slow
def test_what_is_said_to_serve_again_does_and_nothing_warns_of_it(folder: Path) -> None:
    """Whoever follows it puts the certificate at the place of the connection: it is that of the connection then, and
    nothing warns of the two together. Of a client the OIN counts; a name that is stated has to be in it.
    """
    wishes: tuple[dict[str, str], ...] = (
        {},
        {"common_name": '"host.example.nl"'},
        {"common_name": '"other.example.nl"'},
        {"dns": '["host.example.nl"]'},
        {"dns": '["other.example.nl"]'},
        {"endpoint": '"machtigen.example.nl:443"'},
    )
    seen = set()
    (folder / "g").mkdir()
    (folder / "g" / "b.pem").write_bytes((folder / "f" / "a.pem").read_bytes())
    for wish, system, other, environment in product(
        wishes, ("fsc", "digid"), ("fsc", "digid", "digid-machtigen", "brp"), ("production", "preproduction")
    ):
        first = connection(**FILES, system=f'"{system}"', environment=f'"{environment}"')
        where = {"system": f'"{other}"', **wish}
        offered = held(folder, first + connection(files='["nowhere"]', **where)).statuses[1].reusable
        is_named = "other" not in str(wish)  # where the other side listens is no name of the certificate
        seen.add((is_named, system == other, environment, bool(offered)))
        assert is_named or not offered, (wish, system, other)
        if not offered:
            continue
        file = written(folder, first + connection(files='["g"]', **where))
        connections = read_connections(file.read_bytes(), str(file))
        two = hold(connections, judging()).statuses[1]
        assert two.certificate is not None, (wish, system, other, environment)
        assert two.certificate.sha256 == offered[0].sha256
        assert two.verdict is not Verdict.FAILED
        risks = risks_of(scanned(folder), uses=uses_of(connections))
        warned = [one.outcome.rule.code for one in risks.found if one.severity >= Severity.WARNING]
        assert warned == [], (wish, system, other, environment)
    assert {(True, True, "preproduction", True), (True, False, "preproduction", True)} < seen
    assert (True, True, "production", True) in seen, "whoever runs a system may say that one is enough for both"


def test_but_not_where_a_system_asks_another_for_each_environment(folder: Path) -> None:
    text = connection(**FILES, environment='"production"') + connection(files='["nowhere"]')
    two = next(each for each in held(folder, text).statuses if each.absent)
    assert two.reusable == ()


def test_without_a_system_it_is_asked_for(folder: Path) -> None:
    text = connection(**FILES).replace('system = "digid-machtigen"\n', "")
    (one,) = held(folder, text).statuses
    assert (states(one)["verdict"], "metadata" in states(one)) == ("now", False)


def test_what_cannot_be_read_leaves_it_a_part(folder: Path) -> None:
    (folder / "f" / "torn.pem").write_bytes(corrupt())
    status = held(folder, connection(**FILES))
    assert not status.is_whole
    assert [one.gap for one in status.unread] == [Gap.UNREADABLE]


def test_patterns_and_pointers_lead_to_places(folder: Path) -> None:
    (folder / "nginx.conf").write_text(f"ssl_certificate {folder / 'f' / 'a.pem'};\n")
    for files in ('["f/*.pem"]', '["nginx.conf"]', '["."]', '["f/a.pem"]'):
        assert only(folder, files=files).certificate is not None, files
    assert only(folder, files='["f/*.crt"]').absent == (str(folder / "f" / "*.crt"),)


def test_of_what_is_as_urgent_what_has_ended_comes_first_and_then_the_earliest_day(folder: Path) -> None:
    """Not the first step of each: one to do by the end of the year stood before what to order today. Of what has ended
    the last to end is missed most."""
    ends = {"a": (2026, 12, 10), "b": (2026, 10, 31), "c": (2026, 12, 5), "d": (2026, 10, 1)}
    files = {name: [f"{name}.pem"] for name in (*ends, "e", "g", "h")}
    for name, end in {**ends, "e": (2027, 3, 12), "g": (2027, 3, 8), "h": (2027, 11, 1)}.items():
        (folder / f"{name}.pem").write_bytes(
            certificate(cn=f"{name}.example.nl", end=datetime(*end, tzinfo=UTC)) + CHAIN
        )
    others = "".join(connection(files=f'["{name}.pem"]') for name in files if name != "h")
    status = held(folder, others + connection(files='["h.pem"]', environment='"production"'))
    told = [(one.state, Path(one.connection.files[0]).stem) for one in status.in_order()]
    late, now = (["".join(name for state, name in told if state is each)] for each in (StepState.LATE, StepState.NOW))
    assert (late, now) == (["bdca"], ["hge"])


def test_groups_hold_every_connection_once(folder: Path) -> None:
    text = connection(**FILES, supplier='"S"') + connection(**FILES, system='"fsc"') + connection(**FILES)
    status = held(folder, text)
    sizes = {by.value: {name: len(each) for name, each in status.grouped(by).items()} for by in Grouping}
    assert sizes == {
        "organization": {"Gemeente A": 3},
        "system": {"DigiD Machtigen": 2, "FSC": 1},
        "supplier": {"S": 1, "": 2},
    }


def test_a_first_file_can_be_read_and_held(folder: Path) -> None:
    (folder / "f" / "b.pem").write_bytes(certificate(OTHER_OIN, 'x"\n[[connection]]\n\x1b[31m') + CHAIN)
    made = draft(scanned(folder / "f"), str(folder))
    file = folder / "connections.toml"
    file.write_bytes(made.data)
    found = read_connections(made.data, str(file))
    assert (made.organizations, made.connections, made.left_out) == (2, 2, ())
    assert {one.oin for one in found.organizations} == {OIN, OTHER_OIN}
    status = hold(found, judging())
    assert {one.connection.holder.oin: one.certificate.oin for one in status.statuses if one.certificate} == {
        OIN: OIN,
        OTHER_OIN: OTHER_OIN,
    }
    assert status.is_whole


def test_a_first_file_has_what_was_made_by_hand_for_preproduction_and_orders_nothing(tmp_path: Path) -> None:
    """It stood in production, where nobody takes it, and a good one was to be ordered anew that very day."""
    made = self_signed(moment=MOMENT, keys=SHARED_KEYS, oin=OIN, organization="Gemeente", dns=["x.example.nl"])
    (tmp_path / "x.pem").write_bytes(made.pem)
    drafted = draft(scanned(tmp_path), str(tmp_path))
    [one] = read_connections(drafted.data, str(tmp_path / "connections.toml")).connections
    assert (one.environment, one.self_signed) == (Environment.PREPRODUCTION, True)
    assert one.holder.name == "Gemeente"  # issuing put TRIAL in front: no request is to ask for that


@in_one_test
@pytest.mark.parametrize("sound", [True, False])
@pytest.mark.parametrize("octet", [0x80, 0xE9, 0xFF])
def test_what_a_first_file_cannot_hold_is_left_out_of_it_and_told(tmp_path: Path, octet: int, sound: bool) -> None:
    """The name of a file in Latin-1 made TOML of it that no command read."""
    name = os.fsdecode(b"g%c.pem" % octet)
    (tmp_path / "x.pem").write_bytes(certificate(OIN, "x.example.nl") + CHAIN)
    (found,) = scanned(tmp_path).judged
    (place,) = found.places
    bad = replace(place, name=str(tmp_path / name))
    held = replace(found, places=(place, bad) if sound else (bad,), organization="Gemeente \ud800")
    drafted = draft(Portfolio(MOMENT, (str(tmp_path),), certificates=(held,)), str(tmp_path))
    assert drafted.no_unicode == (str(tmp_path / name),)
    assert drafted.connections == sound
    tomllib.loads(drafted.data.decode())
    if sound:
        [one] = read_connections(drafted.data, str(tmp_path / "connections.toml")).connections
        assert not any("\ufffd" in str(each) for each in one.files)


@pytest.mark.parametrize("name", [" ", ".", "\u00a0-"])
def test_a_first_file_states_no_name_that_says_nothing(tmp_path: Path, name: str) -> None:
    """A certificate may bear one, and what is written is to be read again."""
    (tmp_path / "x.pem").write_bytes(certificate(OIN, name) + CHAIN)
    (found,) = scanned(tmp_path).judged
    empty = replace(found, organization=name, common_name=name, dns_names=(name,))
    drafted = draft(Portfolio(MOMENT, (str(tmp_path),), certificates=(empty,)), str(tmp_path))
    [one] = read_connections(drafted.data, str(tmp_path / "connections.toml")).connections
    assert (one.common_name, one.dns) == (None, ())
    assert one.organization.name == (OIN if says_nothing(empty.name) else empty.name)


def test_what_has_no_oin_is_told_not_to_be_in_it(folder: Path) -> None:
    from tests.portfolio.support import LEAF

    (folder / "f" / "c.pem").write_bytes(LEAF)
    made = draft(scanned(folder / "f"), str(folder))
    assert (made.connections, [one.name for one in made.left_out]) == (1, ["host.example.nl"])


def test_what_was_written_can_be_made_again(folder: Path) -> None:
    file = written(folder, connection(**FILES))
    assert len(read_connections(file.read_bytes(), str(file)).connections) == 1


# --- whose certificate is it? -----------------------------------------------------------------------------------------

NAMES = [
    ({}, True),
    ({"common_name": '"host.example.nl"'}, True),
    ({"common_name": '"HOST.example.nl"'}, True),
    ({"common_name": '"other.example.nl"'}, False),
    ({"dns": '["x.example.nl", "host.example.nl"]'}, True),
    ({"dns": '["x.example.nl"]'}, False),
]


@pytest.mark.parametrize(("fields", "is_its"), NAMES)
def test_a_certificate_of_another_name_is_not_that_of_the_connection(
    folder: Path, fields: dict[str, str], is_its: bool
) -> None:
    one = only(folder, **fields)
    step = one.of(Step.CERTIFICATE)
    assert step is not None
    assert (one.certificate is not None) == is_its
    assert (step.state, step.code) == (
        (StepState.DONE, "connections.certificate.done")
        if is_its
        else (StepState.NOW, "connections.certificate.misnamed")
    )
    assert is_its or "host.example.nl" in str(step.params["found"])


def test_of_two_names_in_one_folder_each_connection_has_its_own(folder: Path) -> None:
    (folder / "f" / "b.pem").write_bytes(certificate(cn="b.example.nl") + CHAIN)
    text = "".join(connection(**FILES, common_name=f'"{name}.example.nl"') for name in ("host", "b", "c"))
    found = [one.certificate.name if one.certificate else None for one in held(folder, text).statuses]
    assert found == ["host.example.nl", "b.example.nl", None]


@pytest.mark.parametrize(("ordered", "code"), [("2026-08-22", "overdue"), ("2026-08-24", "waiting")])
def test_what_was_ordered_and_did_not_come_is_asked_after(folder: Path, ordered: str, code: str) -> None:
    """Where it is not known how long a TSP takes, three months is too long."""
    step = only(folder, files='["nowhere"]', ordered=ordered).of(Step.CERTIFICATE)
    assert step is not None
    assert step.code == f"connections.certificate.{code}"
    assert step.state is (StepState.NOW if code == "overdue" else StepState.WAITING)


def test_what_lies_there_as_well_and_who_else_has_it_is_told(folder: Path) -> None:
    (folder / "f" / "b.pem").write_bytes(certificate(end=datetime(2026, 12, 1, tzinfo=UTC)) + CHAIN)
    (folder / "f" / "c.pem").write_bytes(certificate(end=datetime(2026, 11, 1, tzinfo=UTC)) + CHAIN)
    one, two = held(folder, connection(**FILES) + connection(**FILES, owner='"x"', supplier='"S"')).statuses
    assert [each.not_after.month for each in one.beside] == [12]  # the one that has ended is none
    assert one.certificate is two.certificate
    assert [each.number for each in one.shared_with] == [2]
    assert [each.number for each in two.shared_with] == [1]


def test_what_may_be_used_again_if_more_were_known(folder: Path) -> None:
    """Whether it was revoked is not known: it may perhaps be used, and that is not left out."""
    required = replace(judging(), revocation=Revocation(policy="require"))
    text = connection(**FILES, system='"fsc"') + connection(files='["nowhere"]')
    file = written(folder, text)
    two = hold(read_connections(file.read_bytes(), str(file)), required).statuses[1]
    assert ([each.oin for each in two.reusable], [each.oin for each in two.perhaps]) == ([], [OIN])


def test_connections_on_one_line_are_told_apart(folder: Path) -> None:
    row = '{organization = "a", environment = "preproduction", system = "%s", files = ["%s"]}'
    text = f"connection = [{row % ('fsc', 'f')}, {row % ('digid-machtigen', 'nowhere')}]\n"
    file = folder / "connections.toml"
    file.write_text(text + f'[organization.a]\noin = "{OIN}"\nname = "A"\n')
    one, two = hold(read_connections(file.read_bytes(), str(file)), judging()).statuses
    assert (one.certificate is not None, two.certificate is not None) == (True, False)


def test_alike_connections_have_names_of_their_own(folder: Path) -> None:
    kinds = {
        "common_name": ['"a.example.nl"', '"b.example.nl"'],
        "entity_id": ['"e1"', '"e2"'],
        "files": ['["f"]', '["g"]'],
        "supplier": ['"s"', '"t"'],  # of which neither is a name
    }
    for field, values in kinds.items():
        text = "".join(connection(**{**FILES, field: value}) for value in values)
        file = written(folder, text + connection(**FILES, system='"fsc"'))
        told = read_connections(file.read_bytes(), str(file)).told_apart()
        assert len({told[1], told[2]}) == 2, field
        assert told[1], field
        assert told[3] == "", field


def test_a_pattern_that_stands_for_too_much_leaves_it_a_part(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owning, "MAX_PATTERN_FILES", 1)
    assert held(folder, connection(files='["f/*.pem"]')).is_whole
    (folder / "f" / "b.pem").write_bytes(certificate())
    status = held(folder, connection(files='["f/*.pem"]'))
    assert ([one.code for one in status.unread], status.is_whole) == (["connections.error.pattern"], False)


def test_for_what_a_certificate_is_says_the_connection_that_names_its_place(folder: Path) -> None:
    text = connection(**FILES) + connection(files='["f"]', environment='"production"')
    file = written(folder, text)
    connections = read_connections(file.read_bytes(), str(file))
    (one,) = (each for each in scanned(folder / "f").judged)
    uses = uses_of(connections)(one.places[0].name)
    assert [(use.environment.value, use.system and use.system.name, use.is_stated) for use in uses] == [
        ("preproduction", "digid-machtigen", True),
        ("production", "digid-machtigen", True),
    ]
    risks = risks_of(scanned(folder / "f"), uses=uses_of(connections))
    # whoever runs the system asks another one for each
    worst = risks.found[0]
    assert (worst.outcome.rule.code, worst.severity.name) == ("risk.certificate.two_environments", "WARNING")


def test_the_check_that_is_named_for_a_verdict_is_given_what_was_known(folder: Path) -> None:
    one = only(folder, environment='"production"')
    asked = Scanning(moment=datetime(2026, 11, 26, tzinfo=UTC), trust=("pki",), crls=("lists",), revocation="off")
    given = ["--trust", "pki", "--crl", "lists", "--revocation", "off"]
    words = {step.step.value: command_for(one, step, words_to_check(asked)) or [] for step in one.steps}
    assert words["verdict"][:2] == ["cert", "check"]
    assert words["verdict"][-6:] == given
    assert not any(set(given) & set(each) for step, each in words.items() if step != "verdict")


def test_of_plans_that_are_over_the_last_stands_first(run: Command, folder: Path) -> None:
    ends = {"2025-03-01": "a", "2026-11-20": "b", "2026-10-01": "c", "2027-11-01": "d", "2026-12-20": "e"}
    for end, name in ends.items():
        made = certificate(cn=f"{name}.example.nl", end=datetime.fromisoformat(end).replace(tzinfo=UTC))
        (folder / f"{name}.pem").write_bytes(made + CHAIN)
    file = written(folder, "".join(connection(files=f'["{name}.pem"]') for name in ends.values()))
    document = run("plan", "--connections", file, "--moment", "2026-11-22T12:00:00Z", "--json").document
    told = [next(day["day"] for day in one["plan"]["dates"] if day["kind"] == "end") for one in document["plans"]]
    assert "".join(ends[day] for day in told) == "bcaed"


ENDS = {
    "ahead": 'validUntil="2027-01-01T00:00:00Z"',
    "over": 'validUntil="2026-01-01T00:00:00Z"',
    "undated": 'validUntil="gisteren"',
}


def _metadata(der: bytes, end: str) -> bytes:
    return metadata_of((None, der), entity_id=f"urn:nl-eid-gdi:1.0:DV:{OIN}:entities:9001").replace(
        b"<md:SPSSODescriptor>", f"<md:SPSSODescriptor {end}>".encode()
    )


@pytest.mark.slow
def test_metadata_past_their_end_are_not_done(folder: Path) -> None:
    """The product of what metadata lie there: of two files, whose certificate they hold and until when they go."""
    sooner = certificate(end=datetime(2027, 10, 1, tzinfo=UTC))  # of two the last is what a connection has
    own, other = map(load_pem_x509_certificate, ((folder / "f" / "a.pem").read_bytes(), sooner))
    files = [
        (holds, end, _metadata(of.public_bytes(Encoding.DER), ENDS[end]))
        for (holds, of), end in product((("own", own), ("other", other)), ENDS)
    ]
    (folder / "m").mkdir()
    for (one, end, text), (also, later, beside) in product(files, repeat=2):
        (folder / "m" / "a.xml").write_bytes(text)
        (folder / "m" / "b.xml").write_bytes(beside)
        in_force = {holds for holds, until in ((one, end), (also, later)) if until == "ahead"}
        step = only(folder, files='["f", "m"]').of(Step.METADATA)
        assert step is not None
        found = (one, end, also, later, step.code)
        if in_force:
            # what is the matter with them beside their end is another test's: nobody signed these
            assert (step.code == "connections.metadata.refused") is ("own" in in_force), found
        else:
            assert step.state is StepState.NOW, found
            assert (step.code == "connections.metadata.other") is ("own" not in {one, also}), found


@pytest.mark.parametrize("roles", [*permutations(("over", "undated", "ahead"), 2)])
def test_the_order_of_the_roles_in_metadata_says_nothing(folder: Path, roles: tuple[str, ...]) -> None:
    """As a key of a role that is in force it is a key, whichever role stands last."""
    own = load_pem_x509_certificate((folder / "f" / "a.pem").read_bytes())
    whole = _metadata(own.public_bytes(Encoding.DER), "")
    found = re.search(rb"<md:SPSSODescriptor.*</md:SPSSODescriptor>", whole, re.DOTALL)
    assert found is not None
    one = found[0].replace(b"<md:SPSSODescriptor >", b"<md:SPSSODescriptor>")
    each = {
        name: one.replace(b"SPSSODescriptor", f"{kind}Descriptor".encode()).replace(
            f"<md:{kind}Descriptor>".encode(), f"<md:{kind}Descriptor {ENDS[name]}>".encode()
        )
        for name, kind in (("over", "SPSSO"), ("ahead", "AttributeAuthority"), ("undated", "PDP"))
    }
    (folder / "m").mkdir()
    codes = set()
    for order in (roles, roles[::-1]):
        (folder / "m" / "a.xml").write_bytes(whole.replace(found[0], b"".join(each[name] for name in order)))
        step = only(folder, files='["f", "m"]').of(Step.METADATA)
        assert step is not None
        codes.add(step.code)
    assert len(codes) == 1, codes
    assert (codes <= {"connections.metadata.over", "connections.metadata.undated"}) is ("ahead" not in roles), codes


@pytest.mark.slow
def test_a_certificate_that_only_signed_the_metadata_is_no_key_in_them(folder: Path) -> None:
    """Who renewed, signed with the new one and left the old one in, is not done."""
    sooner = certificate(end=datetime(2027, 10, 1, tzinfo=UTC))
    own, other = map(load_pem_x509_certificate, ((folder / "f" / "a.pem").read_bytes(), sooner))
    (folder / "m").mkdir()
    states_of = {  # who receives them refuses them, as their signature is none
        ("own", "own"): "refused",
        ("own", "other"): "refused",
        ("own", None): "refused",
        ("other", "own"): "signs",
        ("other", "other"): "other",
        ("other", None): "other",
    }
    for (key, signer), code in states_of.items():
        held = {"own": own, "other": other}
        text = _metadata(held[key].public_bytes(Encoding.DER), "")
        if signer is not None:
            info = key_info(held[signer].public_bytes(Encoding.DER)).encode()
            signed = b"<ds:Signature>" + info + b"</ds:Signature><md:SPSSODescriptor"
            text = text.replace(b"<md:SPSSODescriptor", signed, 1)
        (folder / "m" / "a.xml").write_bytes(text)
        step = only(folder, files='["f", "m"]').of(Step.METADATA)
        assert step is not None
        assert step.code == f"connections.metadata.{code}", (key, signer)
