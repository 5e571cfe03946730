"""What runs by itself: the units, the CronJob and jobs of CI in docs/how-to/timers, read by who runs them, and run."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema.validators import validator_for

from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, certificate
from tests.support.chains import crl, good_chain
from tests.support.command import Command

__all__ = ["run"]  # a fixture

TIMERS: Final = Path(__file__).parents[2] / "docs" / "how-to" / "timers"
PAGE: Final = TIMERS.parent / "timers.md"
NAMES: Final = sorted(path.name for path in TIMERS.iterdir())
PROGRAM: Final = "/usr/local/bin/pkitools"


def text_of(name: str) -> str:
    return (TIMERS / name).read_text(encoding="utf-8")


def parsed(text: str) -> Any:
    yaml = pytest.importorskip("yaml", reason="the extra pkitools-nl[g4-trial] is not installed")
    found = yaml.safe_load(text)
    return {"on" if key is True else key: value for key, value in found.items()}  # YAML 1.1 takes on for true


def _of_unit(text: str) -> Iterator[str]:
    yield from re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)


def _of_cronjob(text: str) -> Iterator[str]:
    for container in parsed(text)["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]:
        yield shlex.join([*container["command"], *container["args"]])


def _of_gitlab(text: str) -> Iterator[str]:
    for job in parsed(text).values():
        yield from job.get("script", ()) if isinstance(job, dict) else ()


def _of_github(text: str) -> Iterator[str]:
    for step in parsed(text)["jobs"]["scan"]["steps"]:
        if step.get("run", "").startswith("pkitools "):
            yield step["run"]


COMMANDS: Final[dict[str, Callable[[str], Iterator[str]]]] = {
    "cronjob.yaml": _of_cronjob,
    "github-actions.yml": _of_github,
    "gitlab-ci.yml": _of_gitlab,
    "pkitools-scan.service": _of_unit,
    "pkitools-scan.timer": lambda _: iter(()),
    "pkitools-status.service": _of_unit,
}


def test_each_is_here_and_shown_on_the_page_as_it_is() -> None:
    assert sorted(COMMANDS) == NAMES
    blocks = re.findall(r"^```\w*\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert [name for name in NAMES if text_of(name) not in blocks] == []


def _commands_with_lists(name: str) -> Iterator[str]:
    """The commands as the remark in the file changes them."""
    swaps = set(re.findall(r"# .*: (--crl.*) instead of (--revocation.off)$", text_of(name), re.MULTILINE))
    for given, off in swaps:
        yield from (command.replace(off, given) for command in COMMANDS[name](text_of(name)) if off in command)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_its_commands_run_and_write_what_they_say(
    name: str, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a certificate under a root that is nobody's: each command says so, and writes its reports all the same."""
    etc, var = tmp_path / "etc", tmp_path / "var"
    (etc / "certificates").mkdir(parents=True)
    var.mkdir()
    (etc / "certificates" / "a.pem").write_bytes(certificate() + CHAIN)
    (etc / "connections.toml").write_text(
        f'[organization.a]\noin = "{OIN}"\nname = "A"\n[[connection]]\norganization = "a"\nsystem = "digid"\n'
        'environment = "production"\nfiles = ["certificates"]\n'
    )
    monkeypatch.chdir(etc)
    (etc / "crl").mkdir()
    (etc / "crl" / "a.crl").write_bytes(crl(good_chain().tsp))
    commands, with_lists = list(COMMANDS[name](text_of(name))), list(_commands_with_lists(name))
    assert commands or name.endswith(".timer")
    assert len(with_lists) == sum("--revocation" in command for command in commands), "what is left out is said"
    commands += with_lists
    for command in commands:
        here = command.replace("/etc/pkitools", str(etc)).replace("/var/lib/pkitools", str(var))
        program, *words = shlex.split(here)
        assert program in {"pkitools", PROGRAM}
        ran = run(*words)
        assert ran.code == 10, ran.err
        reports = [word for flag, word in pairwise(words) if flag == "--report"]
        reports += [word.partition("=")[2] for word in words if word.startswith("--report=")]
        assert reports
        assert all(Path(report).stat().st_size for report in reports)
        assert run(*words).code == ran.code, "the next day"


KINDS: Final = {"systemd": [name for name in NAMES if name.endswith(".service")]} | {
    name: [name] for name in NAMES if name.endswith((".yml", ".yaml"))
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("days", [7, 1000])
def test_each_rings_when_it_is_late_to_order_and_nothing_else_is_wrong(
    kind: str, days: int, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page promises it: a connection is to be live in a week, and there is no certificate yet."""
    live = (datetime.now(UTC) + timedelta(days=days)).date()
    (tmp_path / "certificates").mkdir()
    (tmp_path / "connections.toml").write_text(
        f'[organization.a]\noin = "{OIN}"\nname = "A"\ntsp = "kpn"\nsubscriber = true\n[tsp.kpn]\ndelivery = 15\n'
        '[[connection]]\norganization = "a"\nsystem = "fsc"\nenvironment = "production"\n'
        f'live = {live}\nfiles = ["certificates/*.pem"]\n'
    )
    monkeypatch.chdir(tmp_path)
    commands = [command for name in KINDS[kind] for command in COMMANDS[name](text_of(name))]
    here = [command.replace("/etc/pkitools", ".").replace("/var/lib/pkitools", ".") for command in commands]
    rung = [run(*shlex.split(command)[1:]).code == 12 for command in here]
    assert any(rung) is (days == 7)


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    judge = shutil.which("systemd-analyze")
    if judge is None:
        pytest.skip("systemd-analyze is not installed")
    (tmp_path / "pkitools").write_text("#!/bin/sh\n")
    (tmp_path / "pkitools").chmod(0o755)
    units = [name for name in NAMES if name.endswith((".service", ".timer"))]
    for name in units:
        (tmp_path / name).write_text(text_of(name).replace(PROGRAM, str(tmp_path / "pkitools")))
    asked = [judge, "verify", *(str(tmp_path / name) for name in units)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_kubernetes_takes_the_cronjob() -> None:
    validator = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    manifest = parsed(text_of("cronjob.yaml"))
    validator.validate(manifest, validator.latest_version(), strict=True)
    pod = manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    for container in pod["containers"]:
        assert {each["name"] for each in container["volumeMounts"]} == {each["name"] for each in pod["volumes"]}


@pytest.mark.parametrize(
    ("name", "schema"), [("gitlab-ci.yml", "gitlab-ci"), ("github-actions.yml", "github-workflows")]
)
def test_the_server_of_ci_takes_the_job(name: str, schema: str) -> None:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    folder = files("check_jsonschema") / "builtin_schemas" / "vendor"
    rules = json.loads((folder / f"{schema}.json").read_text(encoding="utf-8"))
    job = parsed(text_of(name))
    assert [problem.message for problem in validator_for(rules)(rules).iter_errors(job)] == []


def test_no_command_of_ci_waits_for_another_to_succeed() -> None:
    """A scan that finds something ends with another exit code than 0: the calendar is wanted above all then."""
    jobs = [job for job in parsed(text_of("gitlab-ci.yml")).values() if isinstance(job, dict) and "script" in job]
    assert [len(job["script"]) for job in jobs] == [1, 1]
    steps = list(parsed(text_of("github-actions.yml"))["jobs"]["scan"]["steps"])
    scan = next(number for number, step in enumerate(steps) if "pkitools scan" in step.get("run", ""))
    assert all(step.get("if") == "always()" for step in steps[scan + 1 :])
    assert "OnFailure=pkitools-status.service" in text_of("pkitools-scan.service")
