"""A day of going live that cannot be met any more stays told, also when there is nothing to do but to wait."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from pkitools.connections.planning import PlanKind
from pkitools.connections.status import StepState
from tests.connections.support import CHAIN, OIN, certificate, connection, held, written
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.effort import in_turn
from tests.support.requests import request, subject

AT: Final = ("--moment", "2026-11-22T12:00:00Z")
NEAR, PAST, FAR = "2027-02-27", "2026-11-20", "2028-02-01"  # its course takes six months

LIES: Final = {"nothing": (), "a request": ("a.csr",), "a certificate": ("a.pem",)}
STATED: Final = {
    "nothing": {},
    "ordered": {"ordered": "2026-11-20"},
    "sent": {"ordered": "2026-11-01", "sent": "2026-11-20"},
    "tested": {"ordered": "2026-11-01", "sent": "2026-11-20", "tested": "2026-11-21"},
}


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """Three folders: one with nothing, one with a request, one with a good certificate."""
    asked = pem(request(subject(serialNumber=OIN))).replace(b"CERTIFICATE", b"CERTIFICATE REQUEST")
    contents = {"a.csr": asked, "a.pem": certificate() + CHAIN}
    for name, files in LIES.items():
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).write_bytes(contents[file])
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    return tmp_path


@pytest.mark.parametrize("live", [NEAR, PAST, FAR])
@pytest.mark.parametrize("stated", STATED)
@pytest.mark.parametrize("lies", LIES)
def test_what_went_by_is_told_until_it_is_live(places: Path, run: Command, lies: str, stated: str, live: str) -> None:
    """By the step that is late, or in a sentence beside the steps: by one of the two, and never as an error."""
    text = connection(files=f'["{lies}"]', live=live, **STATED[stated])
    (one,) = held(places, text).statuses
    late = one.of("request")
    assert late is not None
    is_tested = stated == "tested" and lies == "a certificate"
    is_late = late.state is StepState.LATE
    assert is_late == (lies == "nothing" and stated == "nothing" and live != FAR)
    assert (one.missed is not None) == (live == NEAR and not is_late and not is_tested)
    file = written(places, text)
    tongues = tuple({"nl": "is krap: volgens de planning", "en": "is short: by the plan"}.items())
    for number, command in enumerate(("status", "plan")):
        for tongue, words in in_turn(tongues, number, list(STATED).index(stated), list(LIES).index(lies)):
            ran = run("--lang", tongue, command, "--connections", file, "--trust", places / "root.pem", *AT)
            if one.missed is None:
                assert words not in ran.told
            elif command == "status" or PlanKind.START not in {each.kind for each in one.plan.dates if one.plan}:
                assert ran.told.count(words) == 1
                assert "2016-11-02" in ran.told, "its source"
    verbose = run("--lang", "en", "status", "--connections", file, "--verbose", "--trust", places / "root.pem", *AT)
    assert verbose.told.count("is short: by the plan") == (one.missed is not None)


def test_who_only_waits_is_told_what_to_ask(places: Path, run: Command) -> None:
    file = written(places, connection(files='["nothing"]', live=NEAR, **STATED["ordered"]))
    ran = run("--lang", "en", "status", "--connections", file, *AT)
    assert ran.code == 0
    assert "1 waiting." in ran.told
    assert "Now: Ask what can be sped up" in ran.told
    for form in ("md", "html"):
        run("--lang", "en", "status", "--connections", file, *AT, "--report", places / f"s.{form}")
        assert (places / f"s.{form}").read_text(encoding="utf-8").count("is short: by the plan") == 1


def test_what_was_ordered_after_its_day_is_told_and_advice_is_no_lead_time(places: Path) -> None:
    """The system has no course: the order is what takes long, where it is known how long that takes."""
    row = {"files": '["nothing"]', "system": '"fsc"', "live": "2026-12-10", "ordered": "2026-11-20"}
    (advised,) = held(places, connection(**row)).statuses
    assert advised.missed is None
    text = 'tsp = "kpn"\n[tsp.kpn]\ndelivery = 30\n' + connection(**row)
    (late,) = held(places, text).statuses
    assert late.missed is not None
    assert late.missed.kind is PlanKind.ORDER
