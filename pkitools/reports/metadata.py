"""Metadata judged, as data: ``docs/schemas/metadata-check-v1.json``."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from pkitools.reports.check import CheckedFile, cert_check_document
from pkitools.reports.document import report_document

if TYPE_CHECKING:
    from pkitools.metadata import MetadataCheck
    from pkitools.metadata.saml import Endpoint, Entity, Key, Role


def metadata_check_document(found: MetadataCheck, name: str) -> dict[str, object]:
    """Return the whole document.

    Args:
        found: what was found.
        name: of the file.
    """
    judged = found.certificates
    of_certificates = cert_check_document([CheckedFile(name, judged)]) if judged is not None else {}
    return {
        "schema": "pkitools.metadata-check/v1",
        "file": name,
        "verdict": str(found.verdict),
        "consumer": found.consumer.name if found.consumer is not None else None,
        "signature": _signature(found),
        "entities": [_entity(entity) for entity in found.metadata.entities],
        "report": report_document(found.report),
        "complete": judged.is_complete if judged is not None else True,
        "certificates": of_certificates.get("certificates", []),
    }


def _signature(found: MetadataCheck) -> dict[str, object]:
    signer = found.verified.signer
    return {
        "status": str(found.verified.status),
        "signer_sha256": sha256(signer).hexdigest() if signer is not None else None,
    }


def _entity(entity: Entity) -> dict[str, object]:
    return {
        "entity_id": entity.entity_id,
        "valid_until": entity.valid_until,
        "cache_duration": entity.cache_duration,
        "roles": [_role(role) for role in entity.roles],
    }


def _role(role: Role) -> dict[str, object]:
    return {
        "role": role.kind,
        "keys": [_key(key) for key in role.keys],
        "endpoints": [_endpoint(endpoint) for endpoint in role.endpoints],
    }


def _key(key: Key) -> dict[str, object]:
    return {
        "use": key.use,
        "names": list(key.names),
        "certificates_sha256": [None if der is None else sha256(der).hexdigest() for der in key.certificates],
    }


def _endpoint(endpoint: Endpoint) -> dict[str, object]:
    return {
        "kind": endpoint.kind,
        "binding": endpoint.binding,
        "location": endpoint.location,
        "response_location": endpoint.response_location,
        "index": endpoint.index,
        "is_default": endpoint.is_default,
    }
