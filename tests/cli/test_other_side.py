"""Whose certificate it is: what metadata say to be of an identity provider is the other side's, for every command."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from pkitools.containers.saml_names import is_of_provider
from tests.connections.support import CHAIN, certificate
from tests.portfolio.test_copies import made
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.command import Command, Ran
from tests.support.deliveries import pem
from tests.support.page import Read, Visitor
from tests.support.shared import shared

AT: Final = ("--moment", "2026-11-28T12:00:00Z")
FILE: Final = "idp.xml"
OIN: Final = "00000004166909913000"
CONNECTION: Final = (
    f'version = 1\n[organization.a]\noin = "{OIN}"\nname = "A"\n[[connection]]\norganization = "a"\nsystem = "digid"\n'
    f'environment = "production"\nfiles = ["{FILE}"]\n'
)
ORDERS: Final = ("csr create", "Order another", "Order today", "Request a new certificate")
THEIRS: Final = "identity provider (IdP), the other side of the connection"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_bytes((shared("samples") / "metadata" / "digid-metadata_pp1_2023.xml").read_bytes())
    (tmp_path / "c.toml").write_text(CONNECTION, encoding="utf-8")
    return tmp_path


def on_page(run: Command) -> str:
    return " ".join(Read(Visitor().drop([(FILE, Path(FILE).read_bytes())])).text.split())


ENTRANCES: Final[dict[str, Callable[[Command], str]]] = {
    "cert check": lambda run: run("cert", "check", FILE, "-e", "pre", "--offline", "--verbose", *AT).told,
    "metadata check": lambda run: run("metadata", "check", FILE, "--for", "digid", "-e", "pre", "--offline", *AT).told,
    "scan": lambda run: run("scan", FILE, *AT).told,
    "expiry": lambda run: run("expiry", FILE, *AT).told,
    "status": lambda run: run("status", "--connections", "c.toml", *AT).told,
    "page": on_page,
}


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_no_entrance_says_to_order_what_the_other_side_has(run: Command, place: Path, entrance: str) -> None:
    with chdir(place):
        told = ENTRANCES[entrance](run)
    assert "ask them for new metadata" in told or "ask for new metadata" in told, told
    assert THEIRS.partition(",")[0] in told, told
    assert not [words for words in ORDERS if words in told], told


def test_no_request_is_made_in_its_name(run: Command, place: Path) -> None:
    with chdir(place):
        made = run(
            "csr", "create", "--renew", FILE, "--for", "digid", "-e", "production", "--no-passphrase", "--out", "q"
        )
        assert (made.code, [*Path().glob("q*")]) == (1, [])
    assert THEIRS in " ".join(made.err.split())


def test_a_first_file_has_no_connection_for_it(run: Command, place: Path) -> None:
    with chdir(place):
        made: Ran = run("init", FILE, "--out", "first.toml", *AT)
        written = Path("first.toml").read_text(encoding="utf-8") if Path("first.toml").exists() else ""
    assert OIN not in written
    assert "the other side" in made.told


def test_no_day_of_it_is_planned(run: Command, place: Path) -> None:
    with chdir(place):
        told = run("plan", "--connections", "c.toml", *AT).told
    assert "Order" not in told, told
    assert "2100" not in told, told


@in_one_test
@pytest.mark.parametrize(
    ("roles", "is_theirs"),
    [
        (["IDPSSODescriptor"], True),
        (["IDPSSODescriptor", "Signature"], True),
        (["Signature"], False),
        (["SPSSODescriptor"], False),
        (["IDPSSODescriptor", "SPSSODescriptor"], False),
        (["IDPSSODescriptor", None], False),
        ([None], False),
        ([], False),
    ],
)
def test_it_is_theirs_where_it_stands_as_theirs_alone(roles: list[str | None], is_theirs: bool) -> None:
    assert is_of_provider(roles) is is_theirs


@pytest.mark.parametrize(("moment", "is_told"), [("2026-11-28", True), ("2020-06-01", False)])
@pytest.mark.parametrize("own", [False, True], ids=["alone", "beside an own one that ended"])
def test_a_scan_ends_with_asking_the_other_side(
    run: Command, place: Path, moment: str, is_told: bool, own: bool
) -> None:
    """Only where nothing of one's own has ended: then that comes first."""
    if own:
        ended = certificate(cn="own.example.nl", end=datetime(2026, 10, 1, tzinfo=UTC))
        (place / "own.pem").write_bytes(ended + CHAIN)
    with chdir(place):
        told = run("scan", ".", "--moment", f"{moment}T12:00:00Z").told
    asked = "Now: Ask the identity provider for new metadata"
    assert (asked in told) is (is_told and not own), told
    assert ("which has expired: is it still in use?" in told) is (is_told and own), told


OWN: Final = {  # files, with the spans of what is in them
    "good": {"a.pem": ("2026-06-01", "2027-06-01")},
    "a copy of what was": {"a.pem.bak": ("2025-11-20", "2026-11-20"), "a.pem": ("2026-11-01", "2027-11-01")},
    "followed": {"old.pem": ("2025-11-20", "2026-11-20"), "a.pem": ("2026-11-01", "2027-11-01")},
    "ends soon": {"a.pem": ("2025-12-10", "2026-12-10")},
    "ended": {"a.pem": ("2025-11-20", "2026-11-20")},
}


@pytest.mark.parametrize("command", ["scan", "expiry"])
@pytest.mark.parametrize("kind", OWN)
def test_what_is_told_to_do_first_is_of_ones_own_or_to_ask_and_nothing_else(
    run: Command, place: Path, tmp_path_factory: pytest.TempPathFactory, kind: str, command: str
) -> None:
    root = tmp_path_factory.mktemp("trust") / "root.pem"
    root.write_bytes(pem(good_chain().root.der))
    for name, span in OWN[kind].items():
        (place / name).write_bytes(made(*span, 7)[0])
        (place / f"{name}.key").write_bytes(made(*span, 7)[1])
        (place / f"{name}.key").chmod(0o600)
    ran = run(command, place, "--trust", root, *AT)
    now = " ".join(ran.told.partition("Now:")[2].split())
    assert ("dentity provider" in now) is (kind not in {"ends soon", "ended"}), ran.told
    assert ("rder" in now) is (kind in {"ends soon", "ended"}), now
    assert ("which has expired: is it still in use?" in now) is (kind == "ended"), now
    assert ran.code == 10
