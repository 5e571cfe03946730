"""Metadata judged and compared, as data: ``docs/schemas/metadata-check-v1.json`` and ``metadata-diff-v1.json``."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from pkitools.messages import LANGUAGES, message
from pkitools.metadata.saml import SamlMetadata
from pkitools.reports.check import cert_check_document
from pkitools.reports.checked_file import CheckedFile
from pkitools.reports.document import report_document

if TYPE_CHECKING:
    from pkitools.metadata import MetadataChange, MetadataCheck, MetadataComparison, ReadMetadata
    from pkitools.metadata.comparison import Told
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
        "kind": str(found.read.kind),
        "verdict": str(found.verdict),
        "names": list(found.read.names),
        "consumer": found.consumer.name if found.consumer is not None else None,
        "signature": _signature(found),
        "entities": _entities(found.read),
        "report": report_document(found.report),
        "complete": judged.is_complete if judged is not None else True,
        "certificates": of_certificates.get("certificates", []),
    }


def metadata_diff_document(found: MetadataComparison, old: str, new: str) -> dict[str, object]:
    """Return the whole document.

    Args:
        found: what was found.
        old: name of the one file.
        new: name of the other.
    """
    return {
        "schema": "pkitools.metadata-diff/v1",
        "kind": str(found.new.kind),
        "old": {"file": old, "signature": str(found.old.verified.status)},
        "new": {"file": new, "signature": str(found.new.verified.status)},
        "changes": [_change(change) for change in found.changes],
        "not_checked": [] if found.not_checked is None else [_gap(found.not_checked)],
    }


def _gap(reason: str) -> dict[str, object]:
    texts = {language: message(f"report.reason.{reason}", {}, language) for language in LANGUAGES}
    document: dict[str, object] = {"reason": reason}
    for language, text in texts.items():
        document[language] = {"message": text.message, "remedy": text.remedy}
    return document


def _change(change: MetadataChange) -> dict[str, object]:
    document: dict[str, object] = {
        "topic": str(change.topic),
        "kind": str(change.kind),
        "place": change.place,
        "old": change.old or None,
        "new": change.new or None,
        "certificate": None if change.certificate is None else _certificate(change.certificate),
    }
    for language in LANGUAGES:
        text = message(change.code, change.params, language)
        document[language] = {"message": text.message, "remedy": text.remedy}
    return document


def _certificate(told: Told) -> dict[str, object]:
    return {"sha1": told.sha1, "sha256": told.sha256}


def _signature(found: MetadataCheck) -> dict[str, object]:
    signer = found.read.verified.signer
    return {
        "status": str(found.read.verified.status),
        "signer_sha256": sha256(signer).hexdigest() if signer is not None else None,
    }


def _entities(read: ReadMetadata) -> list[dict[str, object]]:
    document = read.document
    return list(map(_entity, document.entities)) if isinstance(document, SamlMetadata) else []


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
