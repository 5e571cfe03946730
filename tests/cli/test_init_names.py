"""Which name ``init`` gives an organisation to which certificates give several, and that it says so."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Final

import pytest

from pkitools.connections import hold, read_connections
from pkitools_cli.commands.status.commands import command_for
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN
from tests.portfolio.support import judging
from tests.support.cases import in_one_test
from tests.support.chains import end_entity, good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.der import UTF8, common_name, integer, name, serial_attribute

__all__ = ["run"]  # a fixture

pytestmark = pytest.mark.slow

AT: Final = "2026-11-22T12:00:00Z"
SPANS: Final = {
    "ended": (datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    "older": (datetime(2025, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)),  # the last to end is not the newest
    "newer": (datetime(2026, 6, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)),
    "coming": (datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)),
}
VALID: Final = ("newer", "older")
NAMES: Final = [
    (("Gemeente A", "Gemeente B"), True),
    (("GEMEENTE  A", "Gemeente A"), False),
    (("TRIAL Gemeente A", "Gemeente A"), False),
]


def _laid(folder: Path, cn: str, organization: str, span: str) -> None:
    start, end = SPANS[span]
    subject = name(("2.5.4.6", 19, b"NL"), ("2.5.4.10", UTF8, organization.encode()), common_name(cn),
                   serial_attribute(OIN))  # fmt: skip
    der = end_entity(cn, good_chain().tsp, subject=subject, start=start, end=end).der
    (folder / f"{cn}.pem").write_bytes(pem(der) + CHAIN)


@in_one_test
@pytest.mark.parametrize(("first", "second"), [*permutations(SPANS, 2)])
@pytest.mark.parametrize(("names", "differ"), NAMES)
def test_the_newest_valid_one_gives_the_name(
    tmp_path: Path, run: Command, first: str, second: str, names: tuple[str, str], *, differ: bool
) -> None:
    for each, organization, span in zip(("a.example.nl", "b.example.nl"), names, (first, second), strict=True):
        _laid(tmp_path, each, organization, span)
    valid = [each for each in VALID if each in {first, second}]
    taken = valid[0] if valid else max((first, second), key=lambda each: SPANS[each][0])
    chosen, other = names if taken == first else names[::-1]
    out = tmp_path / "connections.toml"
    told = " ".join(run("init", tmp_path, "--out", out, "--moment", AT).told.split())
    text = out.read_text(encoding="utf-8")
    (organization,) = tomllib.loads(text)["organization"].values()
    assert organization["name"] == chosen.removeprefix("TRIAL ")
    comments = [line for line in text.splitlines() if line.startswith("#") and f'"{other}"' in line]
    assert bool(comments) is differ
    assert (f"Taken, from the newest one that is valid: {chosen}. Also found: {other}." in told) is differ


@pytest.mark.parametrize("hostile", ['B"\n[organization.x]', "B\x1b[31m", "B\u2028oin = 1"])
def test_a_name_in_a_comment_begins_no_line(tmp_path: Path, run: Command, hostile: str) -> None:
    for cn, organization, span in (("a.nl", "Gemeente A", "newer"), ("b.nl", hostile, "older")):
        _laid(tmp_path, cn, organization, span)
    out = tmp_path / "connections.toml"
    told = run("init", tmp_path, "--out", out, "--moment", AT).told
    assert list(tomllib.loads(out.read_text(encoding="utf-8"))["organization"]) == [OIN]
    assert "\x1b" not in out.read_text(encoding="utf-8") + told


@pytest.mark.parametrize("prefix", ["", "TRIAL "])
@pytest.mark.parametrize("by_hand", [False, True])
def test_what_follows_from_the_name_of_a_test_certificate_runs(
    tmp_path: Path, run: Command, prefix: str, *, by_hand: bool
) -> None:
    """A request asks for the name without what issuing a test certificate puts before it; the certificate fits both."""
    subject = name(("2.5.4.6", 19, b"NL"), ("2.5.4.10", UTF8, f"{prefix}Gemeente".encode()),
                   common_name(f"{prefix}a.example.nl"), serial_attribute(OIN))  # fmt: skip
    start, end = SPANS["newer"]
    (tmp_path / "m").mkdir()
    for number, file in enumerate(("m/a.pem", "m/b.pem")):  # the name may come with it and without
        der = end_entity(
            "a.example.nl", good_chain().tsp, subject=subject, start=start, end=end, serial=integer(number + 7)
        )
        (tmp_path / file).write_bytes(pem(der.der) + CHAIN)
        subject = name(("2.5.4.6", 19, b"NL"), ("2.5.4.10", UTF8, b"Gemeente"), common_name("a.example.nl"),
                       serial_attribute(OIN))  # fmt: skip
    out = tmp_path / "connections.toml"
    run("init", tmp_path / "m", "--out", out, "--moment", AT, "--for", "digid-machtigen")
    (drafted,) = tomllib.loads(out.read_text(encoding="utf-8"))["connection"]
    assert drafted["common_name"] == "a.example.nl"
    if by_hand:
        out.write_text(
            out.read_text(encoding="utf-8").replace('"a.example.nl"', f'"{prefix}a.example.nl"', 1), encoding="utf-8"
        )
    read = read_connections(out.read_bytes(), str(out))
    (one,) = hold(read, judging()).statuses
    assert one.certificate is not None
    for file in (tmp_path / "m").iterdir():
        file.unlink()
    (one,) = hold(read, judging()).statuses
    words = next(filter(None, (command_for(one, step) for step in one.steps)))
    assert words[:2] == ["csr", "create"]
    (tmp_path / "pw").write_text("een wachtwoord van genoeg tekens", encoding="utf-8")
    filled = [
        {"FILE": str(tmp_path / "pw"), "LOCALITY": "Utrecht", "PROVINCE": "Utrecht"}.get(one, one) for one in words
    ]
    assert run(*filled).code == 0, words
