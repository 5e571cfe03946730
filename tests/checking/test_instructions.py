"""How many instructions three fixed pieces of work take, as valgrind counts them: no clock and no load plays a part.

What they do goes by the Python it runs on, so there is a bound for each. One that is not here is told, and not held.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from pkitools_test_pki.pki import build
from tests.support.effort import PATIENCE
from tests.support.keys import SHARED_KEYS

pytestmark = [pytest.mark.slow, pytest.mark.interop]

MOMENT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIMES: Final = 5
BOUNDS: Final[Mapping[str, Mapping[str, float]]] = {
    "3.11": {"read_certificate": 0.66, "validate_path": 2.94, "check": 3.78},
    "3.12": {"read_certificate": 0.74, "validate_path": 3.04, "check": 5.65},
    "3.13": {"read_certificate": 0.72, "validate_path": 3.01, "check": 5.33},
}
"""Python → work → the most millions of instructions for one; a tenth more than was counted.

A processor with other instructions for large numbers is what that tenth is for: they are a third of a path.
"""

WORK: Final = """
import json, os, sys
from datetime import UTC, datetime
from pkitools.checking import Revocation, check
from pkitools.revocation import read_crl
from pkitools.trust import TrustStore
from pkitools.validation import validate_path
from pkitools.x509 import read_certificate

times, given = int(sys.argv[2]), json.load(open(sys.argv[1]))
leaves, above, roots, crls = ([bytes.fromhex(each) for each in part] for part in given)
moment, stream = datetime(2026, 11, 22, 12, tzinfo=UTC), iter(leaves)
asked = dict(
    moment=moment, environment="preproduction", systems="digid-machtigen", intermediates=above,
    trust=TrustStore.from_der(roots), revocation=Revocation(policy="require", crls=[read_crl(each) for each in crls]),
)
for work in (
    read_certificate,
    lambda der: validate_path(der, intermediates=above, anchors=roots, moment=moment),
    lambda der: check(der, **asked),
):
    work(next(stream)), work(next(stream))
    os.getpgrp()
    for _ in range(times):
        work(next(stream))
    os.getpgrp()
"""
MARK: Final = "getpgrp"
"""Of the C library; nothing else calls it: it ends a count and begins the next."""
NAMES: Final = ("read_certificate", "validate_path", "check")


def test_no_more_instructions_are_taken(tmp_path: Path) -> None:
    counted = instructions(tmp_path)
    told = ", ".join(f"{name} {millions:.2f}" for name, millions in counted.items())
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    if python not in BOUNDS:
        pytest.skip(f"no bounds for Python {python}; counted, in millions: {told}")
    over = {name: BOUNDS[python][name] for name in NAMES if counted[name] > BOUNDS[python][name]}
    assert not over, f"more than the bounds {over}; counted, in millions: {told}"


def given(folder: Path) -> str:
    """Return the file with what is worked on: leaves of which each is used once, what is above them, and the lists."""
    pki = build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)
    leaves = [pki.issue(dns=[f"host{n:03}.voorbeeld.nl"]) for n in range(len(NAMES) * (TIMES + 2))]
    first = leaves[0]
    parts = (
        [leaf.der for leaf in leaves],
        [each.der for each in first.intermediates],
        [first.root.der],
        [authority.crl(moment=MOMENT) for authority in pki],
    )
    file = folder / "given.json"
    file.write_text(json.dumps([[der.hex() for der in part] for part in parts]), encoding="ascii")
    return str(file)


def instructions(folder: Path) -> Mapping[str, float]:
    """Return the millions of instructions that one of each work takes, of those between its two marks."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        pytest.skip("valgrind is not here: no instructions are counted")
    tool = [valgrind, "--tool=callgrind", f"--dump-before={MARK}", f"--callgrind-out-file={folder}/counted"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [*tool, sys.executable, "-c", WORK, given(folder), str(TIMES)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=20 * PATIENCE,
        check=False,
    )
    if "unrecognised instruction" in done.stderr or "unhandled instruction" in done.stderr:
        pytest.skip("this valgrind does not know an instruction of this processor")
    assert done.returncode == 0, done.stderr
    parts = sorted(folder.glob("counted.*"), key=lambda path: int(path.suffix[1:]))
    # before the first mark, then of each work what is between its marks and what is made ready for the next
    totals = [int(re.findall(r"^(?:summary|totals): (\d+)", path.read_text(), re.MULTILINE)[-1]) for path in parts]
    assert len(totals) >= 2 * len(NAMES), f"{len(totals)} counts: the marks were not seen"
    return {name: total / TIMES / 1e6 for name, total in zip(NAMES, totals[1 : 2 * len(NAMES) : 2], strict=True)}
