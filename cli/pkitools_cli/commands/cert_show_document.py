"""One item of ``cert show`` as data: ``docs/schemas/cert-show-v1.json``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from pkitools.containers import Item, ItemKind
from pkitools.messages import LANGUAGES
from pkitools.reports.document import instant
from pkitools.trust import Match, Recognition, decode_policy, hierarchy_of, recognise
from pkitools.x509 import CertificateFacts, oin_from_subject
from pkitools.x509.document import (
    certificate_document,
    general_name_document,
    key_document,
    name_document,
    oin_result_document,
    problem_documents,
    signature_document,
)
from pkitools.x509.names import name_from_der

if TYPE_CHECKING:  # they load cryptography
    from pkitools.requests import RequestFacts
    from pkitools.revocation import CertificateRevocationList


def item_document(item: Item, facts: object, issuer: CertificateFacts | None, moment: datetime) -> dict[str, object]:
    """Return an item; of ``certificate``, ``request`` and ``crl`` the one that it is, is filled."""
    is_request, is_crl = item.kind is ItemKind.REQUEST, item.kind is ItemKind.CRL
    return {
        "kind": str(item.kind),
        "position": item.position,
        "alias": item.alias,
        "form": item.form or None,
        "encrypted": item.encrypted,
        "certificate": _certificate(facts, issuer, moment) if isinstance(facts, CertificateFacts) else None,
        "request": _request(cast("RequestFacts", facts)) if is_request else None,
        "crl": _crl(cast("CertificateRevocationList", facts)) if is_crl else None,
    }


def _certificate(facts: CertificateFacts, issuer: CertificateFacts | None, moment: datetime) -> dict[str, object]:
    itself = recognise(facts)
    state = "not_yet_valid" if moment < facts.not_before else "expired" if moment > facts.not_after else "valid"
    return {
        **certificate_document(facts),
        "at_moment": state,
        "is_ca": facts.is_ca,
        "itself": _recognition(itself),
        "issued_by": _recognition(hierarchy_of(facts, issuer)),
        "hierarchy": _hierarchy(itself, facts, issuer),
        "policy_names": {p.oid: _policy_name(p.oid) for p in facts.certificate_policies or ()},
    }


def _hierarchy(itself: Recognition, facts: CertificateFacts, issuer: CertificateFacts | None) -> str | None:
    known = itself if itself.match is not Match.NONE else hierarchy_of(facts, issuer)
    return known.hierarchy.name if known.hierarchy else None


def _policy_name(oid: str) -> dict[str, str] | None:
    info = decode_policy(oid)
    return {chosen: info.name[chosen] for chosen in LANGUAGES} if info else None


def _recognition(found: Recognition) -> dict[str, object]:
    return {
        "match": str(found.match),
        "proof": found.match.is_proof,
        "authority": found.authority.name if found.authority else None,
        "authority_sha256": found.authority.sha256 if found.authority else None,
        "hierarchy": found.hierarchy.name if found.hierarchy else None,
        "label": found.hierarchy.label if found.hierarchy else None,
        "generation": found.generation,
        "kind": str(found.kind) if found.kind else None,
    }


def _request(facts: RequestFacts) -> dict[str, object]:
    names = facts.subject_alternative_name
    return {
        "subject": name_document(facts.subject),
        "oin": oin_result_document(oin_from_subject(facts.subject, names or ())),
        "public_key": key_document(facts.public_key),
        "signature_algorithm": signature_document(facts.signature_algorithm),
        "subject_alternative_name": None if names is None else [general_name_document(name) for name in names],
        "sha256": facts.sha256,
        "problems": problem_documents(facts.problems),
    }


def _crl(crl: CertificateRevocationList) -> dict[str, object]:
    return {
        "issuer": name_document(name_from_der(crl.issuer)),
        "this_update": instant(crl.this_update),
        "next_update": instant(crl.next_update),
        "number": str(crl.number) if crl.number is not None else None,
        "revoked": crl.index.count,
        "sha256": crl.sha256,
    }
