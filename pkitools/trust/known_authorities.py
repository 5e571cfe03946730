"""What the catalogue knows against a certificate: it imitates an authority, or is one that was revoked."""

from __future__ import annotations

from datetime import datetime

from pkitools.arguments import aware
from pkitools.trust.authorities import CAStatus, CatalogueEntry, HierarchyKind, catalogue, same_name
from pkitools.x509.keys import key_identifier
from pkitools.x509.model import CertificateFacts


def imitated(facts: CertificateFacts) -> CatalogueEntry | None:
    """Return the authority of production whose name a certificate bears without its key, or ``None``.

    Names of TRIAL, test and acceptance hierarchies are free for everybody who makes such a hierarchy. That a new key is
    the authority's own only a path to its root can show.
    """
    name = facts.subject.common_name
    bearers = catalogue().by_name.get(same_name(name), ()) if name else ()
    keyed = [entry for entry in bearers if entry.ski and entry.kind is HierarchyKind.PRODUCTION]
    if not keyed:
        return None
    own = key_identifier(facts.public_key.spki)
    return None if any(entry.ski == own for entry in keyed) else keyed[-1]


def known_revoked(facts: CertificateFacts, moment: datetime) -> CatalogueEntry | None:
    """Return the entry of this very certificate when the catalogue knows it as revoked at ``moment``."""
    entry = catalogue().by_sha256.get(facts.sha256)
    return entry if entry is not None and _is_revoked(entry, moment) else None


def revoked_issuer(facts: CertificateFacts, moment: datetime) -> CatalogueEntry | None:
    """Return the issuer that a certificate names, by name and key, when all its certificates were revoked.

    For a certificate whose issuer's certificate is not at hand.
    """
    name, key = facts.issuer.common_name, facts.authority_key_identifier
    if not name or not key:
        return None
    held = [entry for entry in catalogue().by_name.get(same_name(name), ()) if entry.ski == key]
    return held[-1] if held and all(_is_revoked(entry, moment) for entry in held) else None


def sibling(entry: CatalogueEntry, moment: datetime) -> CatalogueEntry | None:
    """Return another certificate of the same authority, same name and key, that was not revoked."""
    for other in catalogue().by_ski.get(entry.ski or "", ()):
        same = same_name(other.name) == same_name(entry.name) and other.sha256 != entry.sha256
        if same and other.sha256 and not _is_revoked(other, moment):
            return other
    return None


def authority_problems(facts: CertificateFacts, moment: datetime) -> tuple[str, ...]:
    """Return what to know before one looks at a certificate any further, as :mod:`pkitools.x509.problems` tells it.

    That it imitates an authority is what :func:`~pkitools.trust.recognise` says.
    """
    entry = known_revoked(facts, aware(moment))
    if entry is None or entry.revoked is None:
        return ()
    day, reason = entry.revoked.date, entry.revoked.reason
    told = (entry.name, day.isoformat() if day else "", reason or "", entry.revoked.source)
    return (f"revoked_authority:{', '.join(part for part in told if part)}",)


def _is_revoked(entry: CatalogueEntry, moment: datetime) -> bool:
    return entry.status(moment) is CAStatus.REVOKED
