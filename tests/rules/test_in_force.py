"""A rule binds from its first day to its last, by the day of issuance or by the moment asked; and by nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

import pytest

from pkitools.environment import Environment
from pkitools.findings import Binds, Period, Status
from pkitools.rulebook import find_rule
from pkitools.rules import lint
from pkitools.rules.periods import periods
from tests.support.cases import in_one_test
from tests.support.certificates import (
    KU,
    POLICIES,
    QC,
    Change,
    Parts,
    ec_key,
    edwards_key,
    giving,
    made,
    named_bits,
    policies,
    pss_key,
    putting,
    rsa_key,
    setting,
)
from tests.vectors.etsi import seal_with

ENCIPHERS = putting(KU, named_bits("digitalSignature", "keyEncipherment"), critical=True)
G3 = putting(POLICIES, policies("2.16.528.1.1003.1.2.5.6"))

VIOLATING: dict[str, tuple[str, tuple[Change, ...]]] = {
    "por.subject.organizational_unit": ("g1-server", (giving("OU", "ICT"),)),
    "por.subject.organization_identifier": ("g1-server", (giving("organizationIdentifier"),)),
    "por.key.size_g4": ("g4-tls", (setting("key", rsa_key(2048)),)),
    "por.key.size_g1": ("g1-server", ()),
    "advice.hierarchy.ends": ("g1-server", ()),
    "digikoppeling.pki005.private_root": ("g1-server", (G3,)),
    "digikoppeling.certificate.type": ("g1-server", (G3,)),
    "rfc5280.key_usage.suits_ec_key": ("self-signed", (setting("key", ec_key()), ENCIPHERS)),
    "rfc5280.key_usage.suits_early_ec_key": ("self-signed", (setting("key", ec_key()), ENCIPHERS)),
    "rfc5280.key_usage.suits_pss_key": ("self-signed", (setting("key", pss_key()), ENCIPHERS)),
    "rfc5280.key_usage.suits_edwards_key": ("self-signed", (setting("key", edwards_key()), ENCIPHERS)),
    "etsi.qc_statements.disclosure": (
        "g4-seal",
        (putting(QC, seal_with(PDS=["https://pds.voorbeeld.nl/nl"], language="nl")),),
    ),
}
"""Code → a certificate that violates the rule while it is in force: its base, and what is changed."""


def test_every_rule_with_dates_is_here_and_every_date_is_of_a_rule() -> None:
    assert set(VIOLATING) == set(periods())
    assert all(find_rule(code).in_force == period for code, period in periods().items())


def days_around(period: Period) -> list[tuple[date, bool]]:
    """The last day before, the first day, the last day and the first day after; and whether the rule binds then."""
    day = timedelta(days=1)
    starts = [(period.since - day, False), (period.since, True)] if period.since else []
    ends = [(period.until, True), (period.until + day, False)] if period.until else []
    return list(chain(starts, ends))


def seen(code: str, period: Period, day: date, hour: time) -> Status:
    at = datetime.combine(day, hour, UTC)
    base, changes = VIOLATING[code]

    def lasts(parts: Parts) -> None:
        parts.not_before = at if period.binds is Binds.ISSUER else at - timedelta(days=100)
        parts.not_after = parts.not_before + timedelta(days=365)

    facts = made(base, *changes, lasts)
    # what binds the issuer does so whenever the certificate is looked at
    moment = at + timedelta(days=200) if period.binds is Binds.ISSUER else at
    system = "digikoppeling" if code.startswith("digikoppeling.") else None
    report = lint(facts, moment=moment, system=system, environment=Environment.PRODUCTION, raise_crashes=True)
    (status,) = {o.status for o in report.outcomes if o.rule.code == code}
    return status


@in_one_test
@pytest.mark.parametrize("code", VIOLATING)
def test_it_binds_from_its_first_day_to_its_last(code: str) -> None:
    period = periods()[code]
    around = days_around(period)
    assert around
    for day, binds in around:
        for hour in (time(0, 0), time(23, 59, 59)):
            assert seen(code, period, day, hour) is (Status.VIOLATED if binds else Status.NOT_APPLICABLE), day
