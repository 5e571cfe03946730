"""A profile that is added as data, as CONTRIBUTING says, is judged exactly as the one it is a copy of."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pkitools.profiles import get_profile
from pkitools.rules import lint
from tests.support.certificates import KU, MOMENT, made, named_bits, putting

ROOT = Path(__file__).parents[2]
# original → its copy, each with the last number of its policy
TWINS = {"g4-authentication": ("g4-demo-person", "25.8", "25.98"), "g4-tls": ("g4-demo-tls", "35.11", "35.98")}


def copied(text: str, name: str) -> str:
    """Return the entries of one profile under its twin's name, with policies of its own."""
    twin, policy, its_policy = TWINS[name]
    tables = re.findall(rf"^\[profiles\.{name}[.\]].*?(?=^\[|^# --)", text, re.DOTALL | re.MULTILINE)
    assert len(tables) == 8
    entries = "".join(tables).replace(f"[profiles.{name}", f"[profiles.{twin}")
    return re.sub(rf'(\.4[14]\.1[56]\.){re.escape(policy)}"', rf'\g<1>{its_policy}"', entries)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What a library with the copies in its data says of them, and of their originals."""
    folder = tmp_path_factory.mktemp("added")
    shutil.copytree(ROOT / "pkitools", folder / "pkitools", ignore=shutil.ignore_patterns("__pycache__"))
    data = folder / "pkitools" / "profiles" / "data" / "profiles.toml"
    text = data.read_text(encoding="utf-8")
    data.write_text(text + "".join(copied(text, name) for name in TWINS), encoding="utf-8")
    policies = folder / "pkitools" / "trust" / "data" / "policies.toml"
    uses = {its_policy.rpartition(".")[2] for _, _, its_policy in TWINS.values()}
    with policies.open("a", encoding="utf-8") as known:  # of an unknown use nobody knows of which hierarchy it is
        known.writelines(f'[g4.use.{use}]\ncode = "demo"\nnl = "demo"\nen = "demo"\n' for use in sorted(uses))
    names = [*TWINS, *(twin for twin, _, _ in TWINS.values())]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.twins", *names],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, dict[str, Any]] = json.loads(ran.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", TWINS)
def test_a_profile_added_as_data_is_judged_as_its_twin(judged: dict[str, dict[str, Any]], name: str) -> None:
    twin, policy, its_policy = TWINS[name]
    text = json.dumps(judged[twin]).replace(twin, name).replace(f".{its_policy}", f".{policy}")
    found: dict[str, Any] = json.loads(text)
    differing = [case for case in judged[name] if found[case] != judged[name][case]]
    assert not differing, (differing[0], found[differing[0]], judged[name][differing[0]])


@pytest.mark.slow
@pytest.mark.parametrize("name", TWINS)
def test_the_cases_say_something(judged: dict[str, dict[str, Any]], name: str) -> None:
    for case, told in judged[name].items():
        if case.startswith("recognise"):
            assert told == name
        elif not case.startswith("csr create"):
            assert len({code for code, status, *_ in told[1:] if status in {"met", "violated"}}) > 10, case
    bad = judged[name]["cert lint trial:another usage"]
    assert bad[0] == "failed"
    assert {"trial.usage.key_usage", "trial.usage.extended_key_usage"} <= {
        code for code, status, *_ in bad[1:] if status == "violated"
    }


def test_a_profile_of_ones_own_is_judged_without_being_in_the_data() -> None:
    mine = replace(get_profile("g4-authentication"), name="mine")
    facts = made("trial:g4-authentication", putting(KU, named_bits("keyAgreement"), critical=True))
    report = lint(facts, moment=MOMENT, profile=mine, raise_crashes=True)
    assert report.outcomes == lint(facts, moment=MOMENT, raise_crashes=True).outcomes
    assert "trial.usage.key_usage" in report.codes()
    longer = replace(mine, usage=replace(mine.usage, key_usage=frozenset({"keyAgreement"})))
    assert "trial.usage.key_usage" not in lint(facts, moment=MOMENT, profile=longer, raise_crashes=True).codes()
