"""Why the dependencies have the floors they have."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.support.shared import shared

ROOT = Path(__file__).parents[2]
CASE = "pathological::pathological-chain-same-subject-same-key"
PROGRAM = """
import json, sys
from datetime import datetime
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
case = json.load(sys.stdin)
load = lambda pem: x509.load_pem_x509_certificate(pem.encode())
verifier = (PolicyBuilder().store(Store([load(c) for c in case["trusted_certs"]]))
    .time(datetime.fromisoformat(case["validation_time"]).replace(tzinfo=None))
    .build_server_verifier(x509.DNSName(case["expected_peer_name"]["value"])))
try:
    verifier.verify(load(case["peer_certificate"]), [load(c) for c in case["untrusted_intermediates"]])
except VerificationError:
    print("refused")
"""


def test_cryptography_is_required_at_a_version_that_does_not_hang() -> None:
    """46.0.7 to 48.0.1 hang on a hundred certificates with one name and one key; 49 stops at 100 signatures."""
    requirements = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert "cryptography>=49" in requirements
    cases = json.loads(shared("conformance/limbo.json").read_text(encoding="utf-8"))["testcases"]
    case = next(case for case in cases if case["id"] == CASE)
    case["validation_time"] = case["validation_time"] or "2026-01-01T00:00:00+00:00"
    # the time-out is the difference between refusing and hanging, not a measure of speed
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(case), text=True, capture_output=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "refused", done.stderr


def test_the_certvalidator_we_use_is_the_maintained_fork() -> None:
    requirements = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert any(line.startswith("pyhanko-certvalidator") for line in requirements)
    assert not any(line.startswith("certvalidator") for line in requirements)
