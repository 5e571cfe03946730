"""Every command with every exit code it can give; and the table of README.md against the enum."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pkitools_cli.exit_codes import ExitCode
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.command_words import options

AT = "--moment 2026-11-22T12:00:00Z"
TEMPLATE = Path(__file__).parents[2] / "docs" / "templates" / "connections.toml"
META = f"--for digid-machtigen -e preproduction --offline {AT}"
CSR = (
    "csr create --oin 00000003273229750000 --organization Voorbeeld --common-name a.example.nl "
    "--profile g4-tls -e production --key {world}/plain.key --out {out}/made"
)

# What each command can end with, besides 2, which each gives to an option nobody knows.
TABLE: dict[str, dict[int, str]] = {
    "oin check": {
        0: "oin check 00000003273229750000",
        10: "oin check 123",
        12: "oin check --lenient 0000.0003.2732.2975.0000 --fail-on notice",
    },
    "oin derive": {0: "oin derive --kvk 27322975", 10: "oin derive --rsin 123456789"},
    # each answer of a register: tests/cli/test_oin_lookup.py
    "oin lookup": {1: "oin lookup 00000003273229750000 --offline --snapshot {out}/none"},
    "csr create": {0: CSR, 1: CSR.replace("{out}", "{out}/nowhere")},
    "csr check": {
        0: "csr check {world}/request.csr --profile g4-tls",
        1: "csr check {world}/noise",
        10: "csr check {world}/request.csr --profile uzi-server",
        12: "csr check {world}/request.csr --profile g4-tls --tsp kpn --fail-on notice",
    },
    "cert show": {0: "cert show {world}/leaf.pem", 1: "cert show {world}/noise"},
    "cert check": {
        0: "cert check {issued} --trust {world}/pki --crl {world}/pki/crl -e preproduction --offline",
        1: "cert check {world}/noise -e production --offline",
        10: "cert check {world}/leaf.pem -e production --offline",
        11: "cert check {issued} --trust {world}/pki/trust.pem -e preproduction --offline --revocation require",
        12: "cert check {issued} --trust {world}/pki/trust.pem -e preproduction --offline --fail-on warning",
    },
    "cert lint": {
        0: f"cert lint {{world}}/leaf.pem {AT}",
        1: "cert lint {world}/noise",
        10: f"cert lint {{world}}/wrong.pem {AT}",
        12: "cert lint {world}/leaf.pem --moment 2040-01-01 --fail-on notice",
    },
    "chain complete": {
        0: "chain complete {issued} --chain {world}/pki/trust.pem --offline",
        1: "chain complete {world}/noise --offline",
        10: "chain complete {world}/leaf.pem --offline",
    },
    "export": {
        0: "export public {world}/leaf.pem --out {out}/made.pem",
        1: "export public {world}/noise --out {out}/made",
    },
    "trust export": {0: "trust export g1-private --out {out}/made.pem", 1: "trust export ev --out {out}/made.pem"},
    "trust diff": {
        1: "trust diff {world}/noise",
        10: f"trust diff {{world}}/leaf.pem --hierarchy g4-tls {AT}",
        11: f"trust diff {{world}}/leaf.pem {AT}",
    },
    "trust update": {11: "trust update --offline"},
    "cert receive": {  # 10 and 11: test_cert_receive.py
        0: "cert receive {world}/pki/trust.pem --manifest {world}/manifest.json --offline",
        1: "cert receive {world}/noise --manifest {world}/manifest.json --offline",
    },
    "metadata check": {
        0: f"metadata check {{world}}/metadata.xml {META}",
        1: f"metadata check {{world}}/doctype.xml {META}",
        10: f"metadata check {{world}}/tampered.xml {META}",
        12: f"metadata check {{world}}/metadata.xml {META} --fail-on notice",
    },
    "metadata diff": {
        0: "metadata diff {world}/metadata.xml {world}/renewed.xml",
        1: "metadata diff {world}/metadata.xml {world}/noise",
        10: "metadata diff {world}/metadata.xml {world}/tampered.xml",
    },
    "trust list": {0: "trust list"},
    "trust show": {0: "trust show g4-tls", 1: "trust show {world}/noise"},
    "rules list": {0: "rules list"},
    "rules explain": {0: "rules explain oin.syntax.length"},
    "rules documents": {0: "rules documents"},
    "facts status": {0: "facts status"},
    # the other codes need a peer: tests/cli/test_probe.py
    "probe": {1: "probe localhost:9 --offline"},
    "renewal diff": {
        0: f"renewal diff {{world}}/leaf.pem {{world}}/renewed.pem {AT}",
        1: "renewal diff {world}/leaf.pem {world}/noise",
        10: "renewal diff {world}/leaf.pem {world}/leaf.pem",
        12: f"renewal diff {{world}}/leaf.pem {{world}}/renewed.pem --for digid --fail-on warning {AT}",
    },
    "g4 probe": {1: "g4 probe localhost:1 --offline"},
    "g4 plan": {
        0: f"g4 plan {{world}}/leaf.pem {AT}",
        1: "g4 plan {world}/noise",
        11: "g4 plan {world}/selfmade.pem",
    },
    # each on folders of its own: tests/cli/test_scan.py
    "scan": {
        0: "scan {issued} --trust {world}/pki --offline",
        1: "scan {world}/noise",
        10: "scan {world}/leaf.pem -e production",
        11: "scan {issued} --trust {world}/pki/trust.pem --revocation require",
        12: "scan {issued} --trust {world}/pki/trust.pem --fail-on warning",
    },
    "expiry": {
        0: f"expiry {{world}}/leaf.pem {AT}",
        1: "expiry {world}/noise",
        10: "expiry {world}/leaf.pem --moment 2040-01-01",
        11: "expiry {world}/request.csr",
        12: "expiry {world}/leaf.pem --moment 2026-11-22 -w 20000 --fail-on notice",
    },
    # each on files of its own: tests/cli/test_connections.py
    "init": {
        0: "init {world}/leaf.pem --out {out}/connections.toml",
        1: "init {world}/noise --out {out}/connections.toml",
    },
    "status": {0: f"status --connections {TEMPLATE} {AT}", 1: "status --connections {world}/noise"},
    "plan": {0: f"plan --for digid --live 2027-06-01 {AT}", 1: "plan --connections {world}/noise"},
    "explain": {0: "explain bad decrypt", 1: "explain hello"},
    "systems list": {0: "systems list"},
    "systems show": {0: "systems show digid"},
    "test-pki list": {0: "test-pki list {world}/pki", 1: "test-pki list {world}/noise"},
    "test-pki verify": {0: "test-pki verify {world}/pki", 1: "test-pki verify {world}/noise"},
    "test-pki crl": {0: "test-pki crl {world}/pki", 1: "test-pki crl {world}/noise"},
    "test-pki issue": {
        0: "test-pki issue {world}/pki --csr {world}/request.csr --out {out}/issued",
        1: "test-pki issue {world}/pki --csr {world}/noise --out {out}/issued",
    },
    "test-pki create": {0: "test-pki create {out}/pki --fast", 1: "test-pki create {world}/noise --fast"},
    "test-pki revoke": {1: "test-pki revoke {world}/noise 12"},
    "page": {2: "page --online --offline"},  # 0: tests/cli/test_page_serving.py
    "test-pki serve": {0: "test-pki serve {world}/pki --list-faults", 1: "test-pki serve {world}/noise"},
}
_ANSWERED = {"oin lookup", "scan", "expiry", "init"}  # that nobody answered, or what could not be read, is their answer
CASES = [(command, code, line) for command, codes in TABLE.items() for code, line in codes.items()]
COMMANDS = [tuple(name.split()) for name in options()]


@in_one_test
@pytest.mark.parametrize(("command", "code", "line"), CASES, ids=[f"{name}-{code}" for name, code, _ in CASES])
def test_the_exit_code_says_what_happened(
    run: Command, world: Path, tmp_path: Path, command: str, code: int, line: str
) -> None:
    issued = world / "issued.pem"
    if "{issued}" in line and not issued.exists():
        made = run("test-pki", "issue", world / "pki", "--csr", world / "request.csr", "--out", world / "issued")
        assert made.code == 0, made.err
        issued.write_bytes((world / "issued.chain.pem").read_bytes())
    ran = run(*(part.format(world=world, out=tmp_path, issued=issued) for part in line.split()))
    assert ran.code == code, ran.out + ran.err
    assert bool(ran.out) == (code not in {1, 2}) or command in {"oin derive", *_ANSWERED}
    assert bool(ran.err) or code not in {1, 2} or command in _ANSWERED


@in_one_test
@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_an_option_nobody_knows_is_usage(run: Command, path: tuple[str, ...]) -> None:
    ran = run(*path, "--nonsense")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")


def test_every_command_is_in_the_table() -> None:
    later = {"test-pki broken", "test-pki import", "test-pki export"}  # tests/cli/test_test_pki_*.py
    assert {" ".join(path) for path in COMMANDS} - later == set(TABLE)


def test_every_code_is_met() -> None:
    assert {code for _, code, _ in CASES} | {ExitCode.USAGE} == set(ExitCode)


def test_the_readme_says_the_same() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ", readme, flags=re.MULTILINE)
    assert [int(row) for row in rows] == sorted(ExitCode)
