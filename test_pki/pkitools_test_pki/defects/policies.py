"""Defects of the certificate policies."""

from __future__ import annotations

from pkitools_test_pki import der
from pkitools_test_pki.defects.laboratory import PRODUCTION_POLICIES, Laboratory
from pkitools_test_pki.defects.model import Context
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.extensions import extension
from pkitools_test_pki.issued import IssuedCertificate

_NCP = "0.4.0.2042.1.1"
_TRIAL_TLS = "2.16.528.1.1003.1.2.41.15.35.11"
_TRIAL_AUTHENTICATION = "2.16.528.1.1003.1.2.41.16.25.8"


@defect("environment.policy.profile", refused=False)
def no_policies(lab: Laboratory) -> IssuedCertificate:
    """There are no certificatePolicies."""
    return lab.leaf(policies=())


@defect("environment.policy.profile", refused=False)
def no_pkioverheid_policy(lab: Laboratory) -> IssuedCertificate:
    """The only policy is ETSI's: nothing says that PKIoverheid's rules hold."""
    return lab.leaf(policies=[_NCP])


@defect("trial.policies.required")
def no_etsi_policy(lab: Laboratory) -> IssuedCertificate:
    """The ETSI policy NCP is missing beside PKIoverheid's own."""
    return lab.leaf(policies=[_TRIAL_TLS])


@defect("por.issuer.policies", refused=False)
def production_policy(lab: Laboratory) -> IssuedCertificate:
    """The policy is of the production arc, though a TRIAL authority issued the certificate."""
    return lab.leaf(policies=PRODUCTION_POLICIES)


@defect(
    "por.issuer.policies",
    "system.policy.expected",
    "trial.san.absent",
    "trial.usage.extended_key_usage",
    "trial.usage.key_usage",
    context=Context(systems=("digikoppeling",)),
)
def policy_of_another_type(lab: Laboratory) -> IssuedCertificate:
    """The policy is that of an authentication certificate of a legal person, from an authority for servers."""
    return lab.leaf(policies=[_NCP, _TRIAL_AUTHENTICATION])


@defect("rfc5280.certificate_policies.duplicates")
def policy_twice(lab: Laboratory) -> IssuedCertificate:
    """One policy is there twice."""
    return lab.leaf(policies=[_NCP, _TRIAL_TLS, _TRIAL_TLS])


@defect("path.policy.acceptable", "por.issuer.policies")
def policy_not_of_issuer(lab: Laboratory) -> IssuedCertificate:
    """The issuing authority asks for a policy of its own in everything below it, and the certificate has another."""
    explicit = extension("policy_constraints", der.sequence(der.context(0, b"\x00", constructed=False)))
    issuer = lab.authority(policies=[_TRIAL_AUTHENTICATION], extensions=[explicit])
    return lab.leaf(issuer=issuer)
