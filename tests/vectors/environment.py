"""Vectors of :mod:`pkitools.checking.environment`."""

from __future__ import annotations

from dataclasses import replace

from pkitools.checking.environment import Standing, environment_outcomes
from pkitools.environment import Environment
from pkitools.findings import Report
from pkitools.trust import embedded_certificates, get_hierarchy
from pkitools.trust.authorities import HierarchyKind
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.model import CertificatePolicy
from tests.vectors import Vector

PREPRODUCTION, PRODUCTION = Environment.PREPRODUCTION, Environment.PRODUCTION
G1 = get_hierarchy("g1-private")
UNDER_G1 = Standing(anchored=True, hierarchy=G1, claimed=G1, claimed_kind=HierarchyKind.PRODUCTION)
UNDER_OWN_ROOT = Standing(anchored=True)
SELF_SIGNED = Standing(anchored=True, self_signed=True)


def facts() -> CertificateFacts:
    ca = next(c for c in embedded_certificates() if c.common_name.startswith("KPN PKIoverheid"))
    return read_certificate(ca.der)


def report(environment: Environment, standing: Standing, policy: str | None = None) -> Report:
    subject = facts()
    if policy:
        subject = replace(subject, certificate_policies=(CertificatePolicy(policy),))
    return Report("vector", tuple(environment_outcomes(subject, environment, standing)))


VECTORS = [
    Vector(
        "environment.production.root",
        lambda: report(PRODUCTION, UNDER_OWN_ROOT),
        lambda: report(PRODUCTION, UNDER_G1),
    ),
    Vector(
        "environment.production.no_test",
        lambda: report(PRODUCTION, Standing(anchored=True, claimed_kind=HierarchyKind.TRIAL)),
        lambda: report(PRODUCTION, UNDER_G1),
    ),
    Vector(
        "environment.preproduction.production_certificate",
        lambda: report(PREPRODUCTION, UNDER_G1),
        lambda: report(PREPRODUCTION, UNDER_OWN_ROOT),
    ),
    Vector(
        "environment.self_signed",
        lambda: report(PRODUCTION, SELF_SIGNED),
        lambda: report(PRODUCTION, UNDER_G1),
    ),
    Vector(
        "environment.policy.arc",
        lambda: report(PRODUCTION, UNDER_G1, "2.16.528.1.1003.1.2.41.15.35.11"),
        lambda: report(PRODUCTION, UNDER_G1, "2.16.528.1.1003.1.2.8.6"),
    ),
]
