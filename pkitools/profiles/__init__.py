"""The certificate profiles of PKIoverheid, as data: what each asks of subject, names, key, usage and validity.

>>> get_profile("g4-tls").key.minimum_bits
3001

Every statement carries its :class:`~pkitools.findings.Basis`: the source, and how certain it is. What the TSPs ask of
a request is here too (:func:`get_tsp`), with "unknown" where nothing is published.
"""

from pkitools.profiles.loading import get_profile, get_tsp, profiles, trial, tsps
from pkitools.profiles.model import (
    TSP,
    Acceptance,
    AttributeRule,
    KeyRule,
    Permission,
    PolicyRule,
    Presence,
    Profile,
    QcStatementsRule,
    SANRule,
    SignatureRule,
    SubjectRule,
    TrialRule,
    UsageRule,
    ValidityRule,
    ValidityStep,
)
from pkitools.x509.oids import ATTRIBUTE_OIDS

__all__ = [
    "ATTRIBUTE_OIDS",
    "TSP",
    "Acceptance",
    "AttributeRule",
    "KeyRule",
    "Permission",
    "PolicyRule",
    "Presence",
    "Profile",
    "QcStatementsRule",
    "SANRule",
    "SignatureRule",
    "SubjectRule",
    "TrialRule",
    "UsageRule",
    "ValidityRule",
    "ValidityStep",
    "get_profile",
    "get_tsp",
    "profiles",
    "trial",
    "tsps",
]
