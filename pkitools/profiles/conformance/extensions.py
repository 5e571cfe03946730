"""keyUsage, extendedKeyUsage, certificatePolicies and qcStatements of a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pkitools.findings import Basis
from pkitools.profiles.conformance.model import Departure, Found, Looks, Particulars, Requirement
from pkitools.profiles.model import Profile
from pkitools.x509.purposes import purpose_names

_EXTENSIONS: Final = {"keyUsage": "2.5.29.15", "extendedKeyUsage": "2.5.29.37"}

PART: Final = Looks()


def _set_of(path: str, found: Sequence[str], wanted: Sequence[str], basis: Basis) -> Found:
    if set(found) == set(wanted):
        return ()
    return [Departure(path, ", ".join(found), {"wanted": ", ".join(wanted)}, basis)]


@PART.of_profile(Requirement.KEY_USAGE)
def _key_usage(profile: Profile, of: Particulars) -> Found:
    if of.extensions is None:
        return None
    rule = profile.usage
    return _set_of("keyUsage", sorted(of.extensions.key_usage), sorted(rule.key_usage), rule.basis)


@PART.of_profile(Requirement.EXTENDED_KEY_USAGE)
def _extended_key_usage(profile: Profile, of: Particulars) -> Found:
    if of.extensions is None:
        return None
    found, rule = of.extensions.extended_key_usage, profile.usage
    return _set_of("extendedKeyUsage", purpose_names(found), purpose_names(rule.extended_key_usage), rule.basis)


@PART.of_profile(Requirement.KEY_USAGE_CRITICAL)
def _key_usage_critical(profile: Profile, of: Particulars) -> Found:
    return _criticality(profile, of, "keyUsage", wanted=True)


@PART.of_profile(Requirement.EXTENDED_KEY_USAGE_NOT_CRITICAL)
def _extended_key_usage_not_critical(profile: Profile, of: Particulars) -> Found:
    return _criticality(profile, of, "extendedKeyUsage", wanted=False)


def _criticality(profile: Profile, of: Particulars, name: str, *, wanted: bool) -> Found:
    found = of.extensions.critical.get(_EXTENSIONS[name]) if of.extensions else None
    if found is None:
        return None
    return () if found is wanted else [Departure(f"{name}.critical", str(found).lower(), {}, profile.usage.basis)]


@PART.of_profile(Requirement.POLICIES)
def _policies(profile: Profile, of: Particulars) -> Found:
    if of.extensions is None:
        return None
    rule, there = profile.policies, of.extensions.policies
    wanted, basis = (rule.trial, rule.trial_basis) if of.trial else (rule.production, rule.production_basis)
    return (Departure("certificatePolicies", oid, {}, basis) for oid in wanted if oid not in there)


@PART.of_profile(Requirement.QC_STATEMENTS)
def _qc_statements(profile: Profile, of: Particulars) -> Found:
    if of.extensions is None:
        return None
    rule, there = profile.qc_statements, of.extensions.qc_statements
    return (
        Departure("qcStatements", ", ".join(there.get(oid, ())), {"oid": oid}, rule.basis)
        for oid, wanted in rule.statements
        if oid not in there or not set(wanted) <= set(there[oid])
    )
