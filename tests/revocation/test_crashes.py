"""A check of revocation that raises is told as not checked: never a good status, whatever the policy accepts."""

from __future__ import annotations

import pickle
from typing import Any, NoReturn

import pytest

from pkitools.errors import InvalidValueError
from pkitools.fetching import FetchError, FetchFault, HttpStatus
from pkitools.findings import Report, Status, Verdict
from pkitools.revocation import RevocationPolicy, StatusKind, crl_status, ocsp, ocsp_status, status_search
from pkitools_test_pki.crl import RevokedEntry
from tests.revocation.material import MOMENT, World


def crash(*_subject: object, **_named: object) -> NoReturn:
    raise ZeroDivisionError("oops")


FAULTS: list[tuple[Any, str]] = [
    (crl_status, "covered"),
    (crl_status, "require_fresh"),
    (ocsp_status, "require_fresh"),
    (ocsp_status, "_single"),
    (status_search, "combine"),
    (ocsp, "is_about"),
]


@pytest.mark.parametrize("policy", [RevocationPolicy.REQUIRE, RevocationPolicy.PREFER])
@pytest.mark.parametrize(("where", "name"), FAULTS, ids=[f"{where.__name__}.{name}" for where, name in FAULTS])
def test_a_check_that_raises_is_not_checked(
    where: Any, name: str, policy: RevocationPolicy, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaf = world.plain
    of_lists = where is crl_status or name == "combine"
    given: dict[str, Any] = {
        "crls": [world.crl_case(leaf).crl()] if of_lists else [],
        "ocsp_responses": [] if of_lists else [world.ocsp_case(leaf).signed()],
        "policy": policy,
    }
    assert world.check(leaf, **given).statuses[0].is_good
    monkeypatch.setattr(where, name, crash)
    result = world.check(leaf, raise_crashes=False, **given)
    assert (result.statuses[0].kind, result.statuses[0].code) == (StatusKind.UNKNOWN, "crashed")
    report = Report("leaf", result.outcomes)
    assert report.verdict is Verdict.INDETERMINATE
    told = [outcome for outcome in report.not_checked if outcome.reason == "crashed"]
    assert {"revocation.status.revoked", "revocation.source.readable"} <= {outcome.rule.code for outcome in told}
    assert {outcome.params["detail"] for outcome in told} == {"ZeroDivisionError: oops"}
    with pytest.raises(ZeroDivisionError):
        world.check(leaf, **given)


def test_a_revocation_another_source_tells_of_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    leaf = world.plain
    revoked = world.crl_case(leaf).crl(revocations=[RevokedEntry(leaf.serial_number, MOMENT, "keyCompromise")])
    monkeypatch.setattr(ocsp_status, "_single", crash)
    answer = world.ocsp_case(leaf).signed()
    result = world.check(leaf, crls=[revoked], ocsp_responses=[answer], raise_crashes=False)
    assert result.statuses[0].kind is StatusKind.REVOKED
    report = Report("leaf", result.outcomes)
    assert report.verdict is Verdict.FAILED
    assert "revocation.source.readable" in report.codes(Status.NOT_CHECKED)


def test_a_fetcher_may_say_its_fault_in_text_but_not_in_any_text() -> None:
    assert FetchError("timeout", "http://x/").fault is FetchFault.TIMEOUT
    missing = FetchError("http-404", "http://x/").fault
    assert isinstance(missing, HttpStatus)
    assert (missing, missing.number) == ("http-404", 404)
    assert pickle.loads(pickle.dumps(missing)) == missing
    for wrong in ("timeuot", "http-", "http-4o4", "http-4040", ""):
        with pytest.raises(InvalidValueError):
            FetchError(wrong, "http://x/")
