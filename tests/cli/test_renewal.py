"""``pkitools renewal diff`` and ``g4 plan``: what is said, in which form, and what comes next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from pkitools.messages import LANGUAGES
from pkitools_cli.framework import Group
from pkitools_cli.main import cli
from pkitools_test_pki import exports
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import build
from tests.cli.conftest import pem
from tests.renewal.conftest import renewed
from tests.support.answers import commands, parse
from tests.support.certificates import POLICIES, SAN, giving, made, policies, putting, without
from tests.support.command import Command
from tests.support.schemas import assert_valid

AT = ("--moment", "2027-01-10T12:00:00Z")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {
        "old.pem": [made("g1-server")],
        "new.pem": [renewed("g1-server")],
        "other.pem": [renewed("g1-server", giving("serialNumber", "00000001001516814000"))],
        "hostile.pem": [renewed("g1-server", giving("CN", "a\x1b[31m\u202e"), giving("O", "\x9b2J"))],
        "both.pem": [made("g1-server"), made("g4-tls")],
        "client.pem": [made("g1-server", without(SAN))],
        "g4.pem": [made("g4-tls")],
        "own.pem": [made("self-signed")],
        "unknown.pem": [made("g1-server", putting(POLICIES, policies("2.16.528.1.1003.1.2.5.8")))],
        "noise.pem": [],
    }
    for name, found in files.items():
        (tmp_path / name).write_bytes(b"".join(pem("CERTIFICATE", facts.der) for facts in found) or b"\x93\x00noise")
    monkeypatch.chdir(tmp_path)
    return tmp_path


DIFFS = {
    ("old.pem", "new.pem"): 0,
    ("new.pem", "old.pem"): 10,
    ("old.pem", "old.pem"): 10,
    ("old.pem", "other.pem"): 10,
    ("old.pem", "g4.pem"): 0,
    ("old.pem", "own.pem"): 10,
    ("own.pem", "own.pem"): 10,
    ("old.pem", "noise.pem"): 1,
    ("old.pem", "both.pem"): 1,
}


@pytest.mark.slow
@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("files", "code"), DIFFS.items(), ids=str)
def test_a_diff_ends_as_it_was_found_in_every_form(run: Command, files: tuple[str, str], code: int) -> None:
    for language, more in product(LANGUAGES, ((), ("--for", "digid"), ("--texts",))):
        ran = run("--lang", language, "renewal", "diff", *files, *more, *AT)
        assert ran.code == code, ran.err
        assert "cli." not in ran.out
        above = ran.out.partition("Subject: ")[0].partition("Onderwerp: ")[0]
        assert [row for row in above.splitlines() if len(row) > 80] == []
        told = list(commands(ran.out))
        assert len(told) == (code == 0)
        for words in told:
            parse(words)
    if code != 1:
        assert_valid(run("renewal", "diff", *files, "--json", *AT).document, "renewal-diff-v1")


@pytest.mark.usefixtures("place")
def test_nobody_is_told_of_what_is_no_renewal(run: Command) -> None:
    ran = run("--lang", "nl", "renewal", "diff", "old.pem", "other.pem", "--texts", *AT)
    assert "geen vernieuwing" in ran.told.partition("FOUT")[0]
    assert "Onderwerp" not in ran.out
    assert "Wie het moet weten" not in ran.out


@pytest.mark.usefixtures("place")
def test_findings_count_when_that_is_asked(run: Command) -> None:
    asked = ("renewal", "diff", "old.pem", "new.pem", "--for", "digid", *AT)
    assert run(*asked).code == 0
    ran = run(*asked, "--fail-on", "warning")
    assert ran.code == 12
    assert "[system.reuse.unique_name]" in ran.out


@pytest.mark.usefixtures("place")
def test_nothing_of_a_certificate_reaches_the_terminal_raw(run: Command) -> None:
    for words in (("renewal", "diff", "old.pem", "hostile.pem", "--texts"), ("g4", "plan", "hostile.pem", "old.pem")):
        ran = run(*words, *AT)
        assert not set(ran.out) & {"\x1b", "\u202e", "\x9b"}


@pytest.mark.usefixtures("place")
def test_a_file_with_several_holders_is_refused_with_what_to_do(run: Command) -> None:
    ran = run("--lang", "nl", "renewal", "diff", "both.pem", "new.pem", *AT)
    assert (ran.code, ran.out) == (1, "")
    assert "eigen bestand" in " ".join(ran.err.split())


PLANS = {
    ("old.pem",): (0, 1),
    ("old.pem", "client.pem", "g4.pem"): (0, 1),
    ("g4.pem",): (0, 0),
    ("own.pem",): (11, 0),
    ("unknown.pem", "old.pem"): (11, 1),
    ("noise.pem", "old.pem"): (1, 1),
    ("noise.pem",): (1, 0),
    (".",): (1, 1),
}


@pytest.mark.slow
@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("files", "asked"), PLANS.items(), ids=str)
def test_a_plan_ends_as_it_was_found_in_every_form(
    run: Command, files: tuple[str, ...], asked: tuple[int, int]
) -> None:
    code, steps = asked
    for language, more in product(LANGUAGES, ((), ("--for", "digid", "--for", "kvk"))):
        ran = run("--lang", language, "g4", "plan", *files, *more, *AT)
        assert ran.code == code, ran.err
        assert "cli." not in ran.out
        assert [row for row in ran.out.splitlines() if len(row) > 80] == []
        told = list(commands(ran.out))
        assert len(told) == steps
        for words in told:
            parse(words)
    if files != ("noise.pem",):
        assert_valid(run("g4", "plan", *files, "--for", "digid", "--json", *AT).document, "g4-plan-v1")


def test_a_keystore_is_planned_with_all_its_holders(run: Command, place: Path) -> None:
    pki = build("g1-private", moment=datetime(2026, 11, 22, tzinfo=UTC), keys=elliptic_keys)
    (place / "store.p12").write_bytes(exports.pkcs12_bundle(pki.issue("g1-server"), b"wachtwoord 1", rounds=100))
    (place / "secret").write_bytes(b"wachtwoord 1")
    ran = run("g4", "plan", "store.p12", "--passphrase-file", "secret", "--json", *AT)
    assert ran.code == 0, ran.err
    (found,) = ran.document["certificates"]
    assert (found["replacement"]["profile"], found["test"]) == ("g4-tls", True)
    assert run("g4", "plan", "store.p12", *AT).code == 1, "without its passphrase"


@pytest.mark.usefixtures("place")
def test_the_table_at_the_end_has_a_row_for_each_the_first_to_end_on_top(run: Command) -> None:
    out = run("g4", "plan", "g4.pem", "new.pem", "old.pem", *AT).out
    rows = out[out.index("certificate   ") :].splitlines()[1:4]
    assert [row.split()[-1] for row in rows] == sorted(row.split()[-1] for row in rows)
    assert sum("g4-tls" in row for row in rows) == 2
    assert "is G4 already" in "".join(rows)
    assert "certificate   " not in run("g4", "plan", "old.pem", *AT).out


@pytest.mark.usefixtures("place")
def test_what_has_expired_is_told_so_and_is_not_the_first_to_end(run: Command) -> None:
    late = ("--moment", "2028-06-01T12:00:00Z")
    assert "all of those have expired" in run("g4", "plan", "old.pem", *late).told
    for name in ("old.pem", "g4.pem"):
        assert "EXPIRED" in run("g4", "plan", name, *late).told
        assert "EXPIRED" not in run("g4", "plan", name, *AT).told


@pytest.mark.usefixtures("place")
def test_a_day_to_order_that_has_passed_is_told_so(run: Command) -> None:
    document = run("g4", "plan", "old.pem", "--json", *AT).document
    day = next(each["day"] for each in document["certificates"][0]["dates"] if each["kind"] == "order")
    assert "HAS PASSED" not in run("g4", "plan", "old.pem", "--moment", f"{day}T23:59:59Z").told
    after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    assert "HAS PASSED" in run("g4", "plan", "old.pem", "--moment", f"{after}T00:00:00Z").told


def test_the_nouns_are_there() -> None:
    assert isinstance(cli, Group)
    assert {"renewal", "g4"} <= set(cli.listed)
