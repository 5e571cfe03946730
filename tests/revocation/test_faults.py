"""The fault matrix: what is said of each of the 113 ways in which a source of revocation can fail."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from pkitools.findings import Report, Severity, Verdict
from pkitools.revocation import RevocationPolicy, RevocationStatus, StatusKind
from pkitools.revocation.outcomes import report_outcomes
from pkitools_test_pki.faults import faults
from pkitools_test_pki.faults.crls import CRL_FAULTS
from pkitools_test_pki.faults.http import BEHAVIOURS
from pkitools_test_pki.faults.responses import OCSP_FAULTS
from tests.revocation.material import World
from tests.revocation.situations import LONG, Scene, situation
from tests.support.effort import bounded
from tests.support.fault_server import FaultServer

# what is accepted and told, besides the status
NOTES: Final = {
    "N7": "content-type",
    "N8": "pem",
    "C9": "replayed",
    "C10.number-back": "number-back",
    "O8.absent": "nonce-absent",
    "K1.corrupt": "cache-ignored",
    "K1.owner": "cache-ignored",
    "K1.symlink": "cache-ignored",
    "K1.half": "cache-ignored",
}
EFFORT: Final = 20.0  # seconds of processor time, the server of the test included: it may make 10,000 answers
HUNGRY: Final = frozenset(name for name in faults() if name.startswith(("N10.", "N11.", "N12.")))
MEGABYTE: Final = 1 << 20


# a CRL of a million entries takes seconds to make and to read
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name == "C10.million" else name for name in faults()]
)
def test_fault(name: str, world: World, server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = faults()[name]
    scene = Scene(name, world, server, tmp_path, monkeypatch)
    if name in HUNGRY:
        tracemalloc.start()
    try:
        with bounded(EFFORT, wall=2 * LONG):
            found = situation(name)(scene)
        peak = tracemalloc.get_traced_memory()[1] if name in HUNGRY else 0
    finally:
        if name in HUNGRY:
            tracemalloc.stop()
    assert (found.status.kind, found.status.code) == (StatusKind(fault.status), fault.code)
    assert peak < 64 * MEGABYTE + 8 * MEGABYTE  # the server of the test has its own
    assert NOTES.get(name, "") in {*found.notes, ""}
    if found.result is not None:
        _judged(found.status, found.result.certificates[:1])


def _judged(status: RevocationStatus, leaf: tuple[object, ...]) -> None:
    """What the two policies make of it."""
    for policy in (RevocationPolicy.REQUIRE, RevocationPolicy.PREFER):
        report = Report("leaf", report_outcomes(leaf, {}, policy))  # type: ignore[arg-type]  # made by the check
        if status.kind is StatusKind.GOOD:
            assert report.verdict is Verdict.PASSED
        elif status.kind is StatusKind.REVOKED:
            assert report.verdict is Verdict.FAILED
        elif policy is RevocationPolicy.REQUIRE:
            # never valid; and only what was heard can make it invalid
            assert report.verdict is (Verdict.INDETERMINATE if _unheard(status.code) else Verdict.FAILED)
        else:
            # valid, and never silently so
            assert report.verdict is Verdict.PASSED
            assert report.worst is Severity.WARNING
            assert "revocation.status.unconfirmed" in report.codes()


def _unheard(code: str) -> bool:
    words = {"connect", "dns", "timeout", "tls", "offline", "url", "address", "redirect", "no-source", "clock"}
    return code in words or code.startswith(("http-4", "http-5", "proxy-connect", "proxy-auth"))


def test_the_catalogue_is_the_matrix() -> None:
    assert Counter(name[0] for name in faults()) == {"N": 47, "C": 22, "O": 33, "A": 4, "K": 7}
    assert len(faults()) == 113


def test_every_fault_can_be_made_and_nothing_else_is() -> None:
    kinds = {kind: {name for name, fault in faults().items() if fault.kind == kind} for kind in ("http", "crl", "ocsp")}
    assert set(CRL_FAULTS) == kinds["crl"]
    assert set(OCSP_FAULTS) == kinds["ocsp"]
    assert kinds["http"] <= set(BEHAVIOURS) <= set(faults())


def test_every_fault_says_what_it_is_in_two_languages() -> None:
    for fault in faults().values():
        assert fault.nl.strip()
        assert fault.en.strip()
        assert (fault.code == "") == (fault.status in {"good", "revoked"})
