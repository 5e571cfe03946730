"""Recognise a certificate: which CA it is, or under which hierarchy it says to stand, and how sure that is.

Nothing here proves anything but a fingerprint match. Names are free for anyone to write: about twenty self-signed
certificates named "Staat der Nederlanden Root CA - G3" sit in public test suites. A path to an anchor is the proof.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import Final

from pkitools.frozen import dataclass, of_the_latest
from pkitools.text import pattern
from pkitools.trust.authorities import CatalogueEntry, HierarchyKind, catalogue, same_name
from pkitools.trust.hierarchy import Hierarchy, get_hierarchy, hierarchies
from pkitools.trust.policies import decode_policy
from pkitools.x509.model import CertificateFacts


class Match(StrEnum):
    """How a certificate was recognised, surest first."""

    FINGERPRINT = "fingerprint"  # it is the certificate of the catalogue
    NAME_AND_KEY = "name_and_key"  # same name and same key: another certificate of the same CA
    NAME = "name"  # same name; the catalogue knows no key to compare with
    NAMING_RULE = "naming_rule"  # the name follows PKIoverheid's rule, the CA is not in the catalogue
    POLICY = "policy"  # only its policy OID says so
    LOOK_ALIKE = "look_alike"  # the name of a known CA, with another key
    NONE = "none"

    @property
    def is_proof(self) -> bool:
        """Only a fingerprint proves."""
        return self is Match.FINGERPRINT


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a certificate, or its issuer, seems to be.

    Args:
        match: how it was recognised.
        authority: the entry of the catalogue it fits; for a look-alike the CA whose name it bears.
        hierarchy: the hierarchy it points to; ``None`` where unknown, and always for a look-alike.
        generation: ``G4``, ``G3``, … where known.
        kind: production, TRIAL, test or acceptance, where known.
        tsp: name of the issuing CA as the certificate writes it.
    """

    match: Match
    authority: CatalogueEntry | None = None
    hierarchy: Hierarchy | None = None
    generation: str | None = None
    kind: HierarchyKind | None = None
    tsp: str | None = None


# <owner> - G4 <Root|Intm|PKIo> <Publ|EUTL|Priv> <G|S-xx>-<use> [NP|LP|SYS] - <year>
_G4_NAME: Final = pattern(
    r"^(?P<owner>.+?) - G4 (?P<level>Root|Intm|PKIo) (?P<trust>Publ|EUTL|Priv) (?P<use>[GS]-\w+)"
    r"(?: (?:NP|LP|SYS))? - \d{4}$"
)
_LONGEST_NAME: Final = 128  # twice what X.520 allows; a pattern over a megabyte of name would take for ever
_G4_HIERARCHY: Final = {
    ("Priv", "G-TLS"): "g4-tls",
    ("Priv", "G-Other"): "g4-other",
    ("Priv", "S-CIBG"): "g4-cibg",
    ("EUTL", "G-Sigs"): "g4-eutl",
    ("Publ", "G-SMIME"): "g4-smime",
}
_OLDER_NAME: Final = pattern(r"PKIoverheid .*(?:- |\s)(?P<generation>G[123])$")
_PREFIXES: Final = (
    ("TRIAL ", HierarchyKind.TRIAL),
    ("TEST ", HierarchyKind.TEST),
    ("ACCEPTATIE ", HierarchyKind.ACCEPTANCE),
)


def recognise(facts: CertificateFacts) -> Recognition:
    """Return which CA of the catalogue this certificate is: by fingerprint, else by name with the key compared.

    ``LOOK_ALIKE`` means: the name of a known CA, but another key. The key is computed, not read from an extension.
    """
    if entry := catalogue().by_sha256.get(facts.sha256):
        return _of_entry(Match.FINGERPRINT, entry)
    return _by_name(facts.subject.common_name, _key_identifier(facts))


def recognise_name(common_name: str) -> Recognition:
    """Return which CA of the catalogue bears a name, or what the name says by PKIoverheid's rule for names.

    For a name without a certificate, such as those a server asks certificates of. Anybody may bear it.
    """
    return _by_issuer(common_name, None)


def hierarchy_of(facts: CertificateFacts, issuer: CertificateFacts | None = None) -> Recognition:
    """Return under which hierarchy a certificate says to stand, from its issuer's name and key identifier.

    Good for a first answer and for advice ("this is a G3 certificate; the system asks Private G1"), never for trust.

    Args:
        facts: the certificate.
        issuer: the certificate of its issuer, where at hand; recognised itself and thereby surer. That it is the
            issuer is for a path to show.
    """
    if issuer is not None and issuer.subject.der == facts.issuer.der:
        return _below(facts, recognise(issuer))
    return _by_itself(facts)


@of_the_latest
def _by_itself(facts: CertificateFacts) -> Recognition:
    return _below(facts, _by_issuer(facts.issuer.common_name, facts.authority_key_identifier))


def _below(facts: CertificateFacts, found: Recognition) -> Recognition:
    """Return what a certificate says to be by what is known of its issuer; of whom nothing is, by its own policy."""
    if found.match is Match.NONE:
        found = _by_policy(facts)
    return Recognition(
        found.match, found.authority, found.hierarchy, found.generation, found.kind, facts.issuer.common_name
    )


def claimed_test(facts: CertificateFacts) -> HierarchyKind | None:
    """Return of which kind of test hierarchy a certificate says to be; ``None`` of one that says no such thing."""
    return _if_test(hierarchy_of(facts).kind)


def claimed_test_below(issuer: str, facts: Callable[[], CertificateFacts]) -> HierarchyKind | None:
    """Return the same by the common name of the issuer, where that says of which hierarchy it is.

    Args:
        issuer: the common name.
        facts: reads the certificate, which is asked only of an issuer whose name says nothing.
    """
    found = recognise_name(issuer)
    return claimed_test(facts()) if found.match is Match.NONE else _if_test(found.kind)


def _if_test(kind: HierarchyKind | None) -> HierarchyKind | None:
    return None if kind is HierarchyKind.PRODUCTION else kind


def _by_issuer(common_name: str | None, key_identifier: str | None) -> Recognition:
    """Return what :func:`_by_name` says; of an authority that comes again and again it is remembered."""
    short = len(common_name or "") <= _LONGEST_NAME and len(key_identifier or "") <= _LONGEST_NAME
    return (_remembered if short else _by_name)(common_name, key_identifier)


def _by_name(common_name: str | None, key_identifier: str | None) -> Recognition:
    if not common_name:
        return Recognition(Match.NONE)
    entries = catalogue().by_name.get(same_name(common_name), ())
    same_key = [e for e in entries if e.ski and e.ski == key_identifier]
    if same_key:
        return _of_entry(Match.NAME_AND_KEY, max(same_key, key=lambda e: str(e.not_before)))
    keyed = [e for e in entries if e.ski]
    real = [e for e in keyed if e.kind is HierarchyKind.PRODUCTION]  # the names of tests are everybody's
    if real and key_identifier:
        return Recognition(Match.LOOK_ALIKE, real[-1], tsp=common_name)
    if entries:
        return _of_entry(Match.NAME, entries[-1])
    return _by_naming_rule(common_name)


_remembered = lru_cache(maxsize=64)(_by_name)


def _by_naming_rule(common_name: str) -> Recognition:
    if len(common_name) > _LONGEST_NAME:
        return Recognition(Match.NONE)
    kind = next((kind for prefix, kind in _PREFIXES if common_name.startswith(prefix)), HierarchyKind.PRODUCTION)
    if found := _G4_NAME.match(common_name):
        name = _G4_HIERARCHY.get((found["trust"], found["use"]))
        return Recognition(Match.NAMING_RULE, None, _for_kind(name, kind, "G4"), "G4", kind, common_name)
    if found := _OLDER_NAME.search(common_name):
        generation = found["generation"]
        private = " Private " in common_name
        production = {"G1": "g1-private" if private else None, "G2": "g2", "G3": "g3"}[generation]
        label = "G1-private" if generation == "G1" and private else generation
        return Recognition(Match.NAMING_RULE, None, _for_kind(production, kind, label), label, kind, common_name)
    return Recognition(Match.NONE)


def _for_kind(production: str | None, kind: HierarchyKind, generation: str) -> Hierarchy | None:
    if kind is HierarchyKind.PRODUCTION:
        return get_hierarchy(production) if production else None
    if kind is not HierarchyKind.TRIAL:
        return None  # whose test hierarchy it is, a name does not tell
    wanted = f"trial-{production}" if generation == "G4" else f"trial-{generation.lower()}"
    return next((h for h in hierarchies() if h.name == wanted), None)


def _by_policy(facts: CertificateFacts) -> Recognition:
    for policy in facts.certificate_policies or ():
        info = decode_policy(policy.oid)
        if info and info.kind:
            return Recognition(Match.POLICY, None, None, info.generation, info.kind)
    return Recognition(Match.NONE)


def _of_entry(match: Match, entry: CatalogueEntry) -> Recognition:
    hierarchy = get_hierarchy(entry.hierarchy) if entry.hierarchy else None
    return Recognition(match, entry, hierarchy, entry.generation, entry.kind, entry.name)


def _key_identifier(facts: CertificateFacts) -> str:
    """Return the SHA-1 of the public key (RFC 5280 4.2.1.2 method 1), as every CA of the catalogue computes it."""
    from pkitools.x509 import key_identifier

    # a key nobody can read is not the key of the catalogue
    return key_identifier(facts.public_key.spki) or "unreadable"
