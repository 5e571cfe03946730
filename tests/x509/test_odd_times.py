"""Dates RFC 5280 does not allow are shown, noted and refused by a rule; what is no date at all is still an error."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pkitools.checking import check
from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.findings import Verdict
from pkitools.x509 import read_certificate
from tests.support.cases import in_one_test
from tests.support.der import certificate, sequence, tlv
from tests.support.shared import shared

END = tlv(0x17, b"270101000000Z")


def dated(tag: int, text: bytes) -> bytes:
    return certificate(validity=sequence(tlv(tag, text), END))


@in_one_test
@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        (0x17, b"2601020304Z", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
        (0x17, b"260102030405", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (0x17, b"260102030405+0130", datetime(2026, 1, 2, 1, 34, 5, tzinfo=UTC)),
        (0x17, b"991231233000-0100", datetime(2000, 1, 1, 0, 30, tzinfo=UTC)),
        (0x18, b"202601020304Z", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
        (0x18, b"20260102030405", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (0x18, b"20260102030405.123Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (0x18, b"20260102030405,5+0100", datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)),
    ],
)
def test_another_form_is_read_and_noted(tag: int, text: bytes, expected: datetime) -> None:
    facts = read_certificate(dated(tag, text))
    assert facts.not_before == expected
    assert facts.problems == ("odd_time:notBefore",)


@in_one_test
@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (0x17, b""),
        (0x17, b"Bad time value"),
        (0x17, b"261302030405Z"),
        (0x17, b"2602300304Z"),
        (0x17, b"2601020304+9999"),
        (0x18, b"00010101000000+0100"),
        (0x18, b"99991231235959-0100"),
        (0x18, b"00000101000000"),
        (0x18, b"20260102030405." + b"1" * 100_000 + b"Z"),
        (0x0C, b"260102030405Z"),
    ],
)
def test_what_is_no_date_is_an_error(tag: int, text: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_certificate(dated(tag, text))
    assert refused.value.code == "x509.error.malformed_certificate"


@pytest.mark.parametrize("name", ["utcNoSeconds", "generalizedNotZulu"])
def test_the_cases_are_shown_and_never_pass(name: str) -> None:
    source = read_source(shared(f"cases/R29/{name}.pem").read_bytes(), name)
    facts = read_certificate(source.certificates[0])
    assert {problem.partition(":")[0] for problem in facts.problems} >= {"odd_time"}
    result = check(facts.der, moment=facts.not_before, environment=Environment.PREPRODUCTION)
    assert result.report.verdict is Verdict.FAILED
    assert "rfc5280.validity.form" in {
        outcome.rule.code for outcome in result.report.outcomes if outcome.status == "violated"
    }
