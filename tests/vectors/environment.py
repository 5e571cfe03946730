"""Vectors of :mod:`pkitools.checking.environment`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from pkitools.checking.environment import EnvironmentContext, check_environment
from pkitools.environment import Environment
from pkitools.findings import Report
from pkitools.profiles import get_profile
from pkitools.trust import embedded_certificates, get_hierarchy
from pkitools.trust.authorities import HierarchyKind
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.model import CertificatePolicy
from pkitools.x509.oids import OCSP_SIGNING, TIME_STAMPING
from tests.vectors import Vector

PREPRODUCTION, PRODUCTION = Environment.PREPRODUCTION, Environment.PRODUCTION
G1 = get_hierarchy("g1-private")
Anchored = dict[str, Any]
UNDER_G1: Anchored = {"hierarchy": G1, "claimed": G1, "claimed_kind": HierarchyKind.PRODUCTION}
UNDER_OWN_ROOT: Anchored = {}
SELF_SIGNED: Anchored = {"self_signed": True}


def facts() -> CertificateFacts:
    ca = next(c for c in embedded_certificates() if c.common_name.startswith("KPN PKIoverheid"))
    return read_certificate(ca.der)


def report(environment: Environment, known: Anchored, policy: str | None = None) -> Report:
    subject = facts()
    if policy:
        subject = replace(subject, certificate_policies=(CertificatePolicy(policy),))
    context = EnvironmentContext(subject, environment, anchored=True, **known)
    return Report("vector", check_environment(context, raise_crashes=True))


AS_G1: Anchored = {"profile": get_profile("g1-server")}
OF_PKIOVERHEID: Anchored = {"of_pkioverheid": True}


def leaf(known: Anchored, policy: str | None) -> Report:
    subject = replace(
        facts(), basic_constraints=None, certificate_policies=(CertificatePolicy(policy),) if policy else None
    )
    context = EnvironmentContext(subject, PREPRODUCTION, anchored=True, **known)
    return Report("vector", check_environment(context, raise_crashes=True))


def held(purpose: str) -> Report:
    subject = replace(facts(), basic_constraints=None, extended_key_usage=(purpose,))
    context = EnvironmentContext(subject, PREPRODUCTION, anchored=True)
    return Report("vector", check_environment(context, raise_crashes=True))


VECTORS = [
    Vector(
        "environment.production.root",
        lambda: report(PRODUCTION, UNDER_OWN_ROOT),
        lambda: report(PRODUCTION, UNDER_G1),
    ),
    Vector(
        "environment.production.no_test",
        lambda: report(PRODUCTION, {"claimed_kind": HierarchyKind.TRIAL}),
        lambda: report(PRODUCTION, UNDER_G1),
    ),
    Vector(
        "environment.preproduction.production_certificate",
        lambda: report(PREPRODUCTION, UNDER_G1),
        lambda: report(PREPRODUCTION, UNDER_OWN_ROOT),
    ),
    Vector(
        "environment.self_signed.not_allowed",
        lambda: report(PRODUCTION, SELF_SIGNED),
        lambda: report(PRODUCTION, UNDER_G1),
    ),
    Vector(
        "environment.policy.arc",
        lambda: report(PRODUCTION, UNDER_G1, "2.16.528.1.1003.1.2.41.15.35.11"),
        lambda: report(PRODUCTION, UNDER_G1, "2.16.528.1.1003.1.2.8.6"),
    ),
    Vector(
        "environment.policy.profile",
        lambda: leaf(OF_PKIOVERHEID, None),
        lambda: leaf(OF_PKIOVERHEID, "2.16.528.1.1003.1.2.8.6"),
    ),
    Vector(
        "environment.policy.as_asked",
        lambda: leaf(AS_G1, "2.16.528.1.1003.1.2.44.15.35.11"),
        lambda: leaf(AS_G1, "2.16.528.1.1003.1.2.8.6"),
    ),
    Vector("environment.holder.authority", lambda: report(PREPRODUCTION, UNDER_G1), lambda: leaf({}, None)),
    *(
        Vector(f"environment.holder.{slug}", partial(held, purpose), lambda: leaf({}, None))
        for slug, purpose in (("ocsp_responder", OCSP_SIGNING), ("time_stamping", TIME_STAMPING))
    ),
]
