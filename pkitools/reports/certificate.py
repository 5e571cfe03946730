"""Certificates as data, as several documents tell them."""

from __future__ import annotations

from pkitools.reports.document import instant
from pkitools.trust import Recognition
from pkitools.x509 import CertificateFacts


def summary_document(facts: CertificateFacts) -> dict[str, object]:
    """Return which certificate it is: thumbprint, names and validity."""
    return {
        "sha256": facts.sha256,
        "subject": facts.subject.text,
        "issuer": facts.issuer.text,
        "not_before": instant(facts.not_before),
        "not_after": instant(facts.not_after),
    }


def recognition_document(found: Recognition, *, labelled: bool = False) -> dict[str, object]:
    """Return what a certificate was recognised as, with the name of the hierarchy for people when ``labelled``."""
    label = {"label": found.hierarchy.label if found.hierarchy else None}
    return {
        "match": str(found.match),
        "proof": found.match.is_proof,
        "authority": found.authority.name if found.authority else None,
        "authority_sha256": found.authority.sha256 if found.authority else None,
        "hierarchy": found.hierarchy.name if found.hierarchy else None,
        **(label if labelled else {}),
        "generation": found.generation,
        "kind": str(found.kind) if found.kind else None,
    }
