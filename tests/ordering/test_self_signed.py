"""A certificate that its holder signs: only where the data of a system say that its preproduction takes one."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from pkitools.checking import check
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Verdict
from pkitools.ordering import NoChoiceError, SelfSigned, plan_self_signed
from pkitools.requests import SignatureScheme
from pkitools.systems import Stance, Topic, systems
from tests.support.judges import judge
from tests.support.requests import pooled_key

MOMENT = datetime(2026, 11, 26, 12, tzinfo=UTC)
WISHES = {
    "for": "digid-machtigen",
    "environment": "preproduction",
    "oin": "00000003273229750000",
    "organization": "Gemeente Voorbeeld",
    "common_name": "api.example.nl",
}


@pytest.fixture(scope="module", params=SignatureScheme)
def made(request: pytest.FixtureRequest) -> SelfSigned:
    signature = "pss" if request.param is SignatureScheme.PSS else "pkcs1"
    plan = plan_self_signed({**WISHES, "key_type": "rsa:3072", "signature": signature}, moment=MOMENT)
    return plan.sign(pooled_key())


def test_it_passes_what_the_system_asks(made: SelfSigned) -> None:
    result = check(made.facts.der, moment=MOMENT, environment="preproduction", systems="digid-machtigen")
    assert result.verdict is Verdict.PASSED, result.report.findings
    assert str(result.oin) == WISHES["oin"]
    assert made.facts.extended_key_usage == ("1.3.6.1.5.5.7.3.2",)


def test_it_is_valid_for_397_days_unless_something_else_is_asked(made: SelfSigned) -> None:
    assert made.facts.not_after - made.facts.not_before == timedelta(days=397)
    longer = plan_self_signed(WISHES, moment=MOMENT, days=30).sign(pooled_key("rsa:4096"))
    assert longer.facts.not_after - longer.facts.not_before == timedelta(days=30)


def test_in_production_it_fails_whatever_it_is(made: SelfSigned) -> None:
    result = check(made.facts.der, moment=MOMENT, environment="production", systems="digid-machtigen")
    assert result.verdict is Verdict.FAILED


def test_another_judge_takes_it_as_a_client_and_not_as_an_authority(made: SelfSigned, tmp_path: Path) -> None:
    path = tmp_path / "c.pem"
    path.write_bytes(made.pem)
    for purpose, accepted in (("sslclient", True), ("sslserver", False)):
        at = ("-attime", str(int(MOMENT.timestamp())))
        command = [judge("openssl"), "verify", "-CAfile", path, *at, "-purpose", purpose, path]
        ran = subprocess.run(command, capture_output=True, check=False)
        assert (ran.returncode == 0) is accepted, (purpose, ran.stderr)


def test_only_where_the_data_allow_it_is_one_made() -> None:
    made_for = set()
    for system, environment in product(systems(), Environment):
        wishes = {**WISHES, "for": system.name, "environment": str(environment)}
        said = system.statements_at(environment, MOMENT, Topic.SELF_SIGNED)
        allowed = any(each.answer is Stance.YES for each in said) and environment is Environment.PREPRODUCTION
        try:
            plan_self_signed(wishes, moment=MOMENT)
        except NoChoiceError:
            assert not allowed
        except InvalidValueError:
            assert not allowed
        else:
            assert allowed, system
            made_for.add(system.name)
    assert made_for == {system.name for system in systems() if system.self_signed_allowed("preproduction", MOMENT)}
    assert made_for


@pytest.mark.parametrize("days", [0, -1, 1097])
def test_a_validity_that_makes_no_sense_is_refused(days: int) -> None:
    with pytest.raises(InvalidValueError) as refused:
        plan_self_signed(WISHES, moment=MOMENT, days=days)
    assert refused.value.code == "ordering.error.self_signed_days"


def test_without_a_system_nobody_says_that_it_may_be() -> None:
    with pytest.raises(InvalidValueError) as refused:
        plan_self_signed({k: v for k, v in WISHES.items() if k != "for"} | {"profile": "g1-server"}, moment=MOMENT)
    assert refused.value.code == "ordering.error.self_signed_system"
