"""A request as plain data, for JSON."""

from __future__ import annotations

from pkitools.requests.reading import RequestFacts
from pkitools.x509.document import (
    general_name_document,
    key_document,
    name_document,
    problem_documents,
    signature_document,
)
from pkitools.x509.oids import EXTENSIONS


def request_document(facts: RequestFacts) -> dict[str, object]:
    """Return everything the facts hold. ``None`` is an extension not asked for."""
    names = facts.subject_alternative_name
    return {
        "version": facts.version,
        "subject": name_document(facts.subject),
        "public_key": key_document(facts.public_key),
        "signature_algorithm": signature_document(facts.signature_algorithm),
        "subject_alternative_name": None if names is None else [general_name_document(name) for name in names],
        "extensions": [{"oid": e.oid, "name": EXTENSIONS.get(e.oid), "critical": e.critical} for e in facts.extensions],
        "attributes": list(facts.attributes),
        "sha256": facts.sha256,
        "problems": problem_documents(facts.problems),
    }
