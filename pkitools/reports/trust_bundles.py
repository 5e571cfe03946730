"""Trust bundles as data: ``docs/schemas/trust-export-v1.json``, ``trust-diff-v1.json``, ``trust-update-v1.json``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pkitools.exports import BundleDifference, PublishedAuthority, TrustBundle
from pkitools.trust import CACertificate


def trust_export_document(bundle: TrustBundle) -> dict[str, object]:
    """Return the whole document: what is in a bundle, where it is, and which systems take its hierarchy."""
    return {
        "schema": "pkitools.trust-export/v1",
        "hierarchy": bundle.hierarchy.name,
        "files": [str(output.path) for output in bundle.outputs],
        "certificates": [_certificate(one) for one in bundle.certificates],
        "left_out": [_certificate(one) for one in bundle.left_out],
        "systems": [{"system": one.system.name, "environment": str(one.environment)} for one in bundle.accepted_by],
    }


def trust_diff_document(difference: BundleDifference, file: str) -> dict[str, object]:
    """Return the whole document: each certificate of a bundle, and what is missing.

    Args:
        difference: what was found.
        file: the file with the bundle.
    """
    return {
        "schema": "pkitools.trust-diff/v1",
        "file": file,
        "right": difference.is_right,
        "hierarchies": [one.name for one in difference.hierarchies],
        "entries": [
            {
                "position": entry.position,
                "finding": str(entry.finding),
                "subject": entry.facts.subject.text if entry.facts else None,
                "sha256": entry.facts.sha256 if entry.facts else None,
                "hierarchy": entry.authority.hierarchy if entry.authority else None,
            }
            for entry in difference.entries
        ],
        "missing": [_certificate(one) for one in difference.missing],
        "not_held": [one.name for one in difference.not_held],
    }


def trust_update_document(found: Iterable[PublishedAuthority], written: Iterable[Path] = ()) -> dict[str, object]:
    """Return the whole document: what the publisher has of each authority.

    Args:
        found: what came of asking.
        written: the files with those that are what is known.
    """
    return {
        "schema": "pkitools.trust-update/v1",
        "authorities": [
            {
                "name": one.entry.name,
                "sha256": one.entry.sha256,
                "url": one.url,
                "state": str(one.state),
                "detail": one.detail or None,
            }
            for one in found
        ],
        "files": [str(path) for path in written],
    }


def _certificate(one: CACertificate) -> dict[str, object]:
    return {"common_name": one.common_name, "level": one.level, "sha256": one.sha256}
