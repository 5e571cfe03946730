"""What comes first in a report: what the holder can act on."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from pkitools.checking import CheckResult, Revocation, check
from pkitools.checking.ranking import RANK, ranked
from pkitools.environment import Environment
from pkitools.findings import Outcome, Rule, Severity, Source, Status
from pkitools.revocation import RevocationPolicy
from pkitools.rulebook import all_rules
from pkitools.trust import TrustStore
from pkitools.x509 import read_certificate
from tests.support.chains import CRL_SIGN, EKU, KU, SERVER, Issued, authority, crl, end_entity, good_chain, purposes

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAST = datetime(2026, 6, 1, tzinfo=UTC)


def judged(leaf: Issued, environment: Environment = Environment.PREPRODUCTION, **more: object) -> CheckResult:
    asked = {"revocation": Revocation(policy=RevocationPolicy.OFF), "intermediates": good_chain().intermediates, **more}
    return check(leaf.der, moment=MOMENT, environment=environment, **asked)  # type: ignore[arg-type]  # as each test asks


def trusted() -> TrustStore:
    return TrustStore.from_der([good_chain().root.der])


def codes(result: CheckResult) -> list[str]:
    return [o.rule.code for o in result.report.findings if o.rule.severity is Severity.ERROR]


def before(result: CheckResult, *wanted: str) -> bool:
    """Whether these violations are all there, in this order, with nothing in front."""
    return tuple(codes(result)[: len(wanted)]) == wanted


def test_every_rank_is_of_a_rule_there_is() -> None:
    assert set(RANK) <= {rule.code for rule in all_rules()}


def test_expired_comes_before_an_issuer_nobody_knows() -> None:
    leaf = end_entity("oud.example.nl", good_chain().tsp, end=PAST)
    result = judged(leaf, intermediates=())
    assert before(result, "path.validity.expired", "path.anchor.found")
    assert dict(result.report.findings[1].params)["issuer"] == "CN=TSP"


def test_not_yet_valid_comes_before_an_issuer_nobody_knows() -> None:
    leaf = end_entity("nieuw.example.nl", good_chain().tsp, start=datetime(2027, 1, 1, tzinfo=UTC))
    assert before(judged(leaf, intermediates=()), "path.validity.not_yet_valid", "path.anchor.found")


def test_expired_comes_before_the_wrong_environment() -> None:
    leaf = end_entity("oud.example.nl", good_chain().tsp, end=PAST)
    result = judged(leaf, Environment.PRODUCTION, trust=trusted())
    assert codes(result)[0] == "path.validity.expired"


def test_revoked_comes_before_the_wrong_environment() -> None:
    chain = good_chain()
    lists = (
        crl(chain.tsp, read_certificate(chain.leaf.der).serial_number),
        crl(chain.domain),
        crl(chain.root),
    )
    revocation = Revocation(policy=RevocationPolicy.PREFER, crls=lists)
    result = judged(chain.leaf, Environment.PRODUCTION, trust=trusted(), revocation=revocation)
    assert before(result, "revocation.status.revoked", "environment.production.root")


def test_the_wrong_environment_comes_before_the_purpose() -> None:
    leaf = end_entity("ander.example.nl", good_chain().tsp, extensions={KU: (True, CRL_SIGN)})
    result = judged(leaf, Environment.PRODUCTION, trust=trusted(), systems=["digid-machtigen"])
    found = codes(result)
    assert found[0] == "environment.production.root"
    assert found.index("environment.production.root") < found.index("system.key_usage.signing")


def test_the_purpose_comes_before_an_issuer_nobody_knows() -> None:
    leaf = end_entity("gast.example.nl", good_chain().tsp, extensions={EKU: (False, purposes(SERVER))})
    result = judged(leaf, intermediates=(), host="elders.example.nl")
    assert before(result, "path.host.name", "path.anchor.found")


def test_a_trial_certificate_names_the_root_that_would_have_matched() -> None:
    issuer = authority("TRIAL KPN - G4 PKIo Priv G-TLS SYS - 2026")
    result = judged(end_entity("proef.example.nl", issuer), Environment.PRODUCTION, intermediates=())
    found = next(o for o in result.report.findings if o.rule.code == "environment.production.no_test")
    assert found.params["wanted"] == "Staat der Nederlanden - G4 Root Priv G-TLS - 2024"
    assert codes(result)[0] == "environment.production.no_test"
    assert "path.anchor.found" not in codes(result)  # the same fact


def test_an_unknown_root_in_production_is_told_both_that_systems_take() -> None:
    result = judged(good_chain().leaf, Environment.PRODUCTION, trust=trusted())
    found = next(o for o in result.report.findings if o.rule.code == "environment.production.root")
    assert found.params["wanted"].split(", ") == [
        "Staat der Nederlanden - G4 Root Priv G-TLS - 2024",
        "Staat der Nederlanden Private Root CA - G1",
    ]


def test_the_order_loses_and_adds_nothing_and_leaves_the_rest_as_recorded() -> None:
    rules = [Rule(code, Severity.ERROR, Source("test")) for code in (*reversed(RANK), "other.first", "other.second")]
    outcomes = [Outcome(rule, Status.VIOLATED) for rule in rules] + [Outcome(rule, Status.MET) for rule in rules]
    result = ranked(outcomes)
    assert sorted(map(id, result)) == sorted(map(id, outcomes))
    assert [o.rule.code for o in result[: len(RANK)]] == list(RANK)
    kept = result[len(RANK) :]
    assert all(outcomes.index(a) < outcomes.index(b) for a, b in pairwise(kept))


@pytest.mark.parametrize("outcomes", [[], [Outcome(Rule("other.rule", Severity.ERROR, Source("test")), Status.MET)]])
def test_without_a_ranked_violation_nothing_moves(outcomes: list[Outcome]) -> None:
    assert ranked(outcomes) == outcomes
