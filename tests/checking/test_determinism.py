"""The same input at the same moment gives the same bytes, in every process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.checking.test_samples import SAMPLES
from tests.support.shared import shared

pytestmark = pytest.mark.slow

AT = "2022-01-01T00:00:00Z"


def output(seed: str, *arguments: str) -> bytes:
    files = [str(shared("samples/certificates") / f"{sample.name}.chain.pem") for sample in SAMPLES]
    command = [sys.executable, "-m", "pkitools_cli", *arguments[:2], "cert", *arguments[2:], *files, "--moment", AT]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=60, check=False)
    assert done.stderr == b""
    return done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--lang", "en", "check", "--for", "digid", "--for", "eherkenning", "-e", "production", "--offline", "--json"),
        ("--lang", "nl", "check", "--for", "fsc", "-e", "preproduction", "--offline", "--strict", "--cross-check"),
        ("--lang", "nl", "lint", "--json"),
    ],
    ids=["check_json", "check_text", "lint_json"],
)
def test_the_hash_seed_changes_nothing(arguments: tuple[str, ...]) -> None:
    first, *others = (output(seed, *arguments) for seed in ("0", "1", "4711"))
    assert len(first) > 1000
    assert all(other == first for other in others)
