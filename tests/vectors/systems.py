"""Vectors of :mod:`pkitools.systems.rules`: each of one system that asks the thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pkitools.environment import Environment
from pkitools.findings import Report
from pkitools.oin import OIN
from pkitools.systems import Use, check_reuse, evaluate, get_system
from pkitools.trust import get_hierarchy
from pkitools.x509.model import CertificateFacts, CertificatePolicy, GeneralName
from tests.support.leaves import KVK_OIN, RSIN_OIN, SERVER, UZI_NAME, dns, leaf, rsa
from tests.vectors import Vector

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
PREPRODUCTION, PRODUCTION = Environment.PREPRODUCTION, Environment.PRODUCTION
Make = Callable[[], Report]


def report(
    system: str,
    facts: CertificateFacts | None = None,
    *,
    environment: Environment = PRODUCTION,
    hierarchy: str | None = "g1-private",
    self_signed: bool = False,
    oin: str | None = KVK_OIN,
    entity_id: str | None = None,
) -> Make:
    def make() -> Report:
        outcomes = evaluate(
            get_system(system),
            environment,
            facts or leaf(),
            moment=MOMENT,
            hierarchy=get_hierarchy(hierarchy) if hierarchy else None,
            self_signed=self_signed,
            oin=OIN.parse(oin) if oin else None,
            entity_id=entity_id,
        )
        return Report("vector", outcomes, MOMENT, environment, system)

    return make


def reuse(*uses: tuple[CertificateFacts, str, Environment]) -> Make:
    named = [Use(facts, get_system(system), environment) for facts, system, environment in uses]
    return lambda: Report("vector", check_reuse(named, moment=MOMENT))


A, B = leaf(), leaf("other.example.nl", public_key=rsa(thumbprint="22" * 32))
SAME_KEY = leaf("other.example.nl")
SAME_NAME = leaf(issuer="Another CA", public_key=rsa(thumbprint="33" * 32))
THIRD = leaf("third.example.nl", public_key=rsa(thumbprint="44" * 32))
UZI = GeneralName("other", UZI_NAME, "2.5.5.5", "IA5String")
ENTITY = "urn:etoegang:DV:{}:entities:0001"

VECTORS = [
    Vector("system.hierarchy.accepted", report("digikoppeling", hierarchy="g3"), report("digikoppeling")),
    Vector(
        "system.hierarchy.discouraged",
        report("digikoppeling", environment=PREPRODUCTION),
        report("digikoppeling", environment=PREPRODUCTION, hierarchy="trial-g4-tls"),
    ),
    Vector("system.hierarchy.heard", report("edsn"), report("digikoppeling")),
    Vector("system.hierarchy.unconfirmed", report("digid", hierarchy="g4-tls"), report("digid")),
    Vector("system.self_signed.not_allowed", report("digid-machtigen", self_signed=True), report("digid-machtigen")),
    Vector(
        "system.self_signed.unconfirmed",
        report("fsc", environment=PREPRODUCTION, self_signed=True),
        report("digid-machtigen", environment=PREPRODUCTION, self_signed=True),
    ),
    Vector(
        "system.self_signed.preproduction_only",
        report("digid-machtigen", environment=PREPRODUCTION, self_signed=True),
        report("digid-machtigen", environment=PREPRODUCTION),
    ),
    Vector(
        "system.registration.supplier",
        report("digid-machtigen"),
        report("digid-machtigen", environment=PREPRODUCTION),
    ),
    Vector("system.oin.required", report("digikoppeling", oin=None), report("digikoppeling")),
    Vector(
        "system.oin.equals_entity_id",
        report("eherkenning", entity_id=ENTITY.format(RSIN_OIN)),
        report("eherkenning", entity_id=ENTITY.format(KVK_OIN)),
    ),
    Vector(
        "system.entity_id.scheme",
        report("digid-machtigen", entity_id=ENTITY.format(KVK_OIN)),
        report("eherkenning", entity_id=ENTITY.format(KVK_OIN)),
    ),
    Vector(
        "system.entity_id.role",
        report("eherkenning", entity_id=ENTITY.format(KVK_OIN).replace("DV", "HM")),
        report("eherkenning", entity_id=ENTITY.format(KVK_OIN)),
    ),
    Vector("system.entity_id.given", report("eherkenning"), report("eherkenning", entity_id=ENTITY.format(KVK_OIN))),
    Vector("system.oin.kvk_based", report("kvk", oin=RSIN_OIN), report("kvk")),
    Vector("system.oin.digits_only", report("digid", oin="0000000700025BE00000"), report("digid")),
    Vector("system.ura.in_san", report("uzi"), report("uzi", leaf(subject_alternative_name=(UZI,)))),
    Vector("system.eku.client_auth", report("digid", leaf(extended_key_usage=(SERVER,))), report("digid")),
    Vector("system.eku.server_auth", report("fsc", leaf(extended_key_usage=())), report("fsc")),
    Vector(
        "system.key_usage.signing",
        report("eherkenning", leaf(key_usage=frozenset({"keyEncipherment"}))),
        report("eherkenning"),
    ),
    Vector("system.key.rsa_size", report("digid", leaf(public_key=rsa(1024))), report("digid")),
    Vector(
        "system.policy.expected",
        report("digikoppeling", leaf(certificate_policies=(CertificatePolicy("2.16.528.1.1003.1.2.5.1"),))),
        report("digikoppeling"),
    ),
    Vector("system.san.fqdn", report("fsc", leaf(subject_alternative_name=())), report("fsc")),
    Vector("system.san.no_wildcard", report("kvk", leaf(subject_alternative_name=dns("*.example.nl"))), report("kvk")),
    Vector(
        "system.san.single_domain",
        report("kvk", leaf(subject_alternative_name=dns("a.example.nl", "b.example.nl"))),
        report("kvk", leaf(subject_alternative_name=dns("a.example.nl", "A.example.nl"))),
    ),
    Vector("system.subject.organization", report("fsc", leaf(subject=leaf().issuer)), report("fsc")),
    Vector(
        "system.reuse.separate_certificate",
        reuse((A, "digid-machtigen", PREPRODUCTION), (A, "digid-machtigen", PRODUCTION)),
        reuse((A, "digid-machtigen", PREPRODUCTION), (B, "digid-machtigen", PRODUCTION)),
    ),
    Vector(
        "system.reuse.unique_name",
        reuse((A, "digid", PRODUCTION), (SAME_NAME, "digid", PRODUCTION)),
        reuse((A, "digid", PRODUCTION), (B, "digid", PRODUCTION)),
    ),
    Vector(
        "system.reuse.maximum",
        reuse((A, "digid", PRODUCTION), (B, "digid", PRODUCTION), (THIRD, "digid", PRODUCTION)),
        reuse((A, "digid", PRODUCTION), (B, "digid", PRODUCTION), (THIRD, "digid", PREPRODUCTION)),
    ),
    Vector(
        "system.reuse.certificate_across_environments",
        reuse((A, "digid", PREPRODUCTION), (A, "eherkenning", PRODUCTION)),
        reuse((A, "digid", PREPRODUCTION), (B, "digid", PRODUCTION)),
    ),
    Vector(
        "system.reuse.key_across_environments",
        reuse((A, "digid", PREPRODUCTION), (SAME_KEY, "digid", PRODUCTION)),
        reuse((A, "digid", PREPRODUCTION), (B, "digid", PRODUCTION)),
    ),
    Vector(
        "system.reuse.name_across_environments",
        reuse((A, "digid", PREPRODUCTION), (SAME_NAME, "digid", PRODUCTION)),
        reuse((A, "digid", PREPRODUCTION), (B, "digid", PRODUCTION)),
    ),
    Vector(
        "system.reuse.oin_across_environments",
        reuse((A, "digid", PREPRODUCTION), (leaf("other.example.nl", oin=RSIN_OIN), "digid", PRODUCTION)),
        reuse((A, "digid", PREPRODUCTION), (B, "digid", PRODUCTION)),
    ),
    Vector(
        "system.reuse.shared_between_systems",
        reuse((A, "digid", PRODUCTION), (A, "digikoppeling", PRODUCTION)),
        reuse((A, "digid", PRODUCTION), (B, "digikoppeling", PRODUCTION)),
    ),
]
