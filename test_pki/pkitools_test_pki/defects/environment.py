"""Defects of place: a sound certificate where it does not belong."""

from __future__ import annotations

from pkitools.environment import Environment
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import Context
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.self_signed import self_signed

_PRODUCTION = Context(Environment.PRODUCTION)


@defect("environment.production.no_test", "oin.test.production", context=_PRODUCTION)
def trial_in_production(lab: Laboratory) -> IssuedCertificate:
    """A sound TRIAL certificate is used in production."""
    return lab.leaf()


@defect("environment.production.no_test", context=_PRODUCTION)
def disguised_as_production(lab: Laboratory) -> IssuedCertificate:
    """A test authority gave the certificate a real OIN, the policy of production, and no TRIAL in its names."""
    return lab.production_leaf()


@defect("environment.self_signed.not_allowed", context=_PRODUCTION)
def self_signed_in_production(lab: Laboratory) -> IssuedCertificate:
    """The certificate is signed with its own key, and used in production."""
    return self_signed(moment=lab.moment, key=lab.key, oin="00000001123456782000")


@defect("system.hierarchy.accepted", context=Context(systems=("eherkenning",)))
def trial_for_eherkenning(lab: Laboratory) -> IssuedCertificate:
    """A TRIAL certificate is used with a system that has only real ones, in preproduction too."""
    return lab.leaf()


@defect("system.ura.in_san", "system.key.rsa_size", context=Context(systems=("uzi",)), refused=False)
def server_certificate_for_uzi(lab: Laboratory) -> IssuedCertificate:
    """An ordinary server certificate is used with a system that asks for a UZI server certificate."""
    return lab.leaf()


@defect("system.oin.kvk_based", context=Context(systems=("kvk",)), refused=False)
def oin_not_of_kvk(lab: Laboratory) -> IssuedCertificate:
    """A certificate with an OIN from a RSIN is used with a system that asks for a KvK number in it."""
    return lab.leaf(oin="00000001123456782000")
