"""What one may not see is not "not there": in a folder that is closed to the account, each command says so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from pkitools_cli.exit_codes import MonitorCode
from tests.connections.support import CHAIN, OIN, certificate

CLOSED: Final = "closed/a.pem"
COMMANDS: Final = {
    "scan": f"scan {CLOSED} --offline",
    "scan of a pointer": "scan site --offline",
    "scan of a link": "scan links --offline",
    "expiry": f"expiry {CLOSED}",
    "expiry for monitoring": f"expiry {CLOSED} --nagios",
    "cert check": f"cert check {CLOSED} -e preproduction --offline",
    "cert check with its chain": f"cert check open/a.pem -e preproduction --offline --chain {CLOSED}",
    "cert check with its lists": "cert check open/a.pem -e preproduction --offline --crl closed/crl",
    "cert check with its roots": f"cert check open/a.pem -e preproduction --offline --trust {CLOSED}",
    "cert show": f"cert show {CLOSED}",
    "csr check": "csr check closed/a.csr",
    "csr create": "csr create --for fsc -e preproduction --oin {oin} "
    "--organization A --common-name a.nl --out closed/x",
    "init": f"init {CLOSED} --out init.toml",
    "lists": "scan open --offline --crl closed",
    "lists below": "scan open --offline --crl closed/crl",
    "roots": "scan open --offline --trust closed",
    "roots below": "scan open --offline --trust closed/root.pem",
    "since": "scan open --offline --since closed/last.json",
    "report": "scan open --offline --report closed/report.json",
    "connections": "status --connections closed/connections.toml",
    "plan": "plan --connections closed/connections.toml",
    "page": "page --folder closed/keys --no-browser",
    "metadata": "metadata check closed/m.xml --for digid -e preproduction",
    "chain": f"chain complete {CLOSED}",
    "export": f"export public {CLOSED} --out public.pem",
}
PATTERNS: Final = (
    "closed/a.pem",
    "closed",
    "closed/*.pem",
    "*/never.pem",
    "closed/*/b.pem",
    "*/*/b.pem",
    "unlisted/*.pem",
    "{here}/closed/*.pem",
)
STATUS: Final = {
    f"status of {pattern}": f"status --connections {number}.toml" for number, pattern in enumerate(PATTERNS)
}
RUN: Final = """
import contextlib, io, json, shlex, sys
from pkitools_cli.main import main
told = {}
for name, command in json.load(sys.stdin).items():
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(shlex.split(command))
    except SystemExit as end:
        told[name] = [end.code, out.getvalue() + err.getvalue()]
json.dump(told, sys.stdout)
"""


def _without_rights() -> Sequence[str]:
    """What begins a command line so that permissions hold for it, also where it is root's."""
    if os.geteuid() != 0:
        return ()
    program = shutil.which("setpriv")
    if program is None:
        pytest.skip("root may read everything, and setpriv is not installed")
    return program, "--bounding-set=-dac_override,-dac_read_search,-fowner", "--inh-caps=-all"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[int, str]]:
    """By command, its exit code and all that it said: one process for all."""
    here = tmp_path_factory.mktemp("here")
    for folder in ("open", "closed", "closed/keys", "closed/crl", "site", "links", "unlisted"):
        (here / folder).mkdir()
    for file in ("open/a.pem", CLOSED, "unlisted/a.pem", "closed/root.pem"):
        (here / file).write_bytes(certificate() + CHAIN)
    (here / "site" / "nginx.conf").write_text("server { ssl_certificate ../closed/a.pem; }\n")
    (here / "links" / "a.pem").symlink_to("../closed/a.pem")
    for number, pattern in enumerate(PATTERNS):
        (here / f"{number}.toml").write_text(
            f'[organization.a]\noin = "{OIN}"\nname = "A"\n[[connection]]\norganization = "a"\nsystem = "fsc"\n'
            f'environment = "preproduction"\nfiles = ["open", "{pattern.format(here=here)}"]\n'
            "sent = 2026-11-01\ntested = 2026-11-01\n"
        )
    commands = {name: command.format(oin=OIN) for name, command in {**COMMANDS, **STATUS}.items()}
    (here / "closed").chmod(0)
    (here / "unlisted").chmod(0o300)
    try:
        done = subprocess.run(
            [*_without_rights(), sys.executable, "-c", RUN],
            input=json.dumps(commands),
            capture_output=True,
            text=True,
            check=True,
            cwd=here,
            env={**os.environ, "PKITOOLS_LANG": "en", "COLUMNS": "1000"},
        )
    finally:
        for folder in ("closed", "unlisted"):
            (here / folder).chmod(0o700)
    found: Mapping[str, tuple[int, str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", [*COMMANDS, *STATUS])
def test_it_is_told_and_never_good(name: str, told: Mapping[str, tuple[int, str]]) -> None:
    code, text = told[name]
    assert "did not foresee" not in text
    assert "permission" in text or name.endswith("monitoring"), text
    assert code == (MonitorCode.UNKNOWN if name.endswith("monitoring") else 1) or (
        code in {10, 11} and name in STATUS
    ), text


def test_permissions_hold_there(told: Mapping[str, tuple[int, str]]) -> None:
    """What is open to it is read, so that the rest is refused for no other reason."""
    assert Path(sys.executable).exists()
    code, text = told["status of closed"]
    assert "open/a.pem" in text, (code, text)
