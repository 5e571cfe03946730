"""Vectors of :mod:`pkitools.portfolio.risk`: what was found together, wrong and right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pkitools.environment import Environment
from pkitools.findings import Report
from pkitools.portfolio import HeldCertificate, HeldKey
from pkitools.portfolio.risk import risks_of
from tests.support.portfolios import G1_ISSUER, OTHER_OIN, authority, day, held, portfolio, private_key
from tests.vectors import Vector

TRIAL: dict[str, Any] = {"hierarchy": "trial-g4-tls", "environment": Environment.PREPRODUCTION}
OTHER: dict[str, Any] = {"oin": OTHER_OIN, "organization": "Waterschap B"}
NEXT: dict[str, Any] = {"not_before": day("2027-04-01"), "subject": "C=NL, O=Gemeente A, CN=a", "common_name": "a"}
G1: dict[str, Any] = {"hierarchy": "g1-private", "generation": "G1-private", "issuer": G1_ISSUER}
G4_ROOT: dict[str, Any] = {"hierarchy": "g4-tls", "generation": "G4", "not_after": day("2039-05-20")}


def report(*found: HeldCertificate | HeldKey, systems: tuple[str, ...] = (), **changes: Any) -> Callable[[], Report]:
    """Make the report on what was found."""

    def make() -> Report:
        risks = risks_of(portfolio(*found, **changes), systems=systems, raise_crashes=True)
        return Report("portfolio", risks.outcomes)

    return make


def same_name(label: str, begin: str) -> HeldCertificate:
    """A certificate with the name of another."""
    return held(label, subject="C=NL, O=Gemeente A, CN=a", not_before=day(begin))


VECTORS = [
    Vector(
        "risk.key.two_environments",
        report(held("a", key="k"), held("b", key="k", **TRIAL)),
        report(held("a", key="k"), held("b", key="l", **TRIAL)),
    ),
    Vector(
        "risk.key.two_organizations",
        report(held("a", key="k"), held("b", key="k", **OTHER)),
        report(held("a", key="k"), held("b", key="l", **OTHER)),
    ),
    Vector(
        "risk.key.renewed",
        report(held("a", key="k"), held("b", key="k", **NEXT)),
        report(held("a", key="k"), held("b", key="l", **NEXT)),
    ),
    Vector(
        "risk.key.readable",
        report(private_key("a", "/srv/a.key", readable_by_others=True)),
        report(private_key("a", "/srv/a.key")),
    ),
    Vector(
        "risk.key.misfit",
        report(held("a"), private_key("b", "/srv/a.key")),
        report(held("a"), private_key("a", "/srv/a.key")),
    ),
    Vector(
        "risk.name.twice",
        report(held("a"), same_name("b", "2026-06-02")),
        report(held("a"), same_name("b", "2027-04-01")),
    ),
    Vector(
        "risk.certificate.two_environments",
        report(held("a", "/srv/prod/a.pem", "/srv/preprod/a.pem")),
        report(held("a", "/srv/prod/a.pem"), held("b", "/srv/preprod/a.pem")),
    ),
    Vector(
        "risk.certificate.wrong_environment",
        report(held("a", "/srv/prod/a.pem", **TRIAL)),
        report(held("a", "/srv/preprod/a.pem", **TRIAL)),
    ),
    Vector(
        "risk.system.maximum",
        report(held("a"), held("b", common_name="a"), held("c", common_name="a"), systems=("digid",)),
        report(held("a"), held("b", common_name="a"), systems=("digid",)),
    ),
    Vector(
        "risk.system.unique_name",
        report(held("a"), held("b", **NEXT), systems=("digid",)),
        report(held("a"), held("b"), systems=("digid",)),
    ),
    Vector(
        "risk.authority.ends",
        report(held("a", **G1), moment=day("2028-01-01"), certificates=(held("a", **G1, not_after=day("2028-06-01")),)),
        report(held("a", **G1)),
    ),
    Vector("risk.g4.certificates", report(held("a", **G1)), report(held("a"))),
    Vector(
        "risk.g4.trust",
        report(authority("root", "/srv/trust/g1.pem")),
        report(authority("root", "/srv/trust/g1.pem"), authority("g4", "/srv/trust/g4.pem", **G4_ROOT)),
    ),
]
