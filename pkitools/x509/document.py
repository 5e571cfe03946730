"""A certificate as plain data, for JSON: lossless, names of OIDs beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from pkitools.messages import LANGUAGES
from pkitools.oin import oin_document
from pkitools.text import instant
from pkitools.x509.keys import key_identifier
from pkitools.x509.model import (
    CertificateFacts,
    CertificatePolicy,
    DistinguishedName,
    DistributionPoint,
    GeneralName,
    PublicKey,
    QcStatement,
    SignatureAlgorithm,
)
from pkitools.x509.oids import EXTENDED_KEY_USAGES, EXTENSIONS, KEY_USAGES, OTHER_NAMES, QC_STATEMENTS
from pkitools.x509.problems import problem_sentence
from pkitools.x509.subject_oin import OINResult, oin_from_certificate

Document = Mapping[str, object]
T = TypeVar("T")


def certificate_document(facts: CertificateFacts) -> dict[str, object]:
    """Return everything the facts hold. ``None`` is an absent extension."""
    return {
        "version": facts.version,
        "subject": name_document(facts.subject),
        "issuer": name_document(facts.issuer),
        "self_issued": facts.is_self_issued,
        "serial_number": {"decimal": str(facts.serial_number), "hex": serial_hex(facts.serial_number)},
        "oin": oin_result_document(oin_from_certificate(facts)),
        "not_before": instant(facts.not_before),
        "not_after": instant(facts.not_after),
        "public_key": key_document(facts.public_key),
        "signature_algorithm": signature_document(facts.signature_algorithm),
        "thumbprints": {"sha1": facts.sha1, "sha256": facts.sha256, "x5t_s256": facts.x5t_s256},
        **_extension_documents(facts),
        "extensions": [{"oid": e.oid, "name": EXTENSIONS.get(e.oid), "critical": e.critical} for e in facts.extensions],
        "problems": problem_documents(facts.problems),
    }


def _extension_documents(facts: CertificateFacts) -> dict[str, object]:
    constraints = facts.basic_constraints
    return {
        "basic_constraints": {"ca": constraints.ca, "path_length": constraints.path_length} if constraints else None,
        "key_usage": None if facts.key_usage is None else [use for use in KEY_USAGES if use in facts.key_usage],
        "extended_key_usage": _optional(facts.extended_key_usage, _named(EXTENDED_KEY_USAGES)),
        "subject_alternative_name": _optional(facts.subject_alternative_name, general_name_document),
        "certificate_policies": _optional(facts.certificate_policies, _policy),
        "subject_key_identifier": facts.subject_key_identifier,
        "authority_key_identifier": facts.authority_key_identifier,
        "crl_distribution_points": _optional(facts.crl_distribution_points, _point),
        "ocsp_uris": list(facts.ocsp_uris),
        "ca_issuers_uris": list(facts.ca_issuers_uris),
        "qc_statements": _optional(facts.qc_statements, _qc_statement),
    }


def serial_hex(serial: int) -> str:
    """Return a certificate serial number as ``openssl x509 -serial`` and most screens write it: hex pairs, capitals."""
    digits = f"{abs(serial):X}"
    return ("-" if serial < 0 else "") + digits.zfill(len(digits) + len(digits) % 2)


def name_document(name: DistinguishedName) -> dict[str, object]:
    """Return a name: its line for people, and its attributes per RDN as encoded."""
    return {
        "text": name.text,
        "rdns": [
            [{"oid": a.oid, "name": a.name, "value": a.value, "string_type": a.string_type} for a in rdn]
            for rdn in name.rdns
        ],
    }


def general_name_document(name: GeneralName) -> dict[str, object]:
    """Return one GeneralName."""
    return {
        "kind": name.kind,
        "value": name.value,
        "type_id": name.type_id,
        "type_name": OTHER_NAMES.get(name.type_id or ""),
        "string_type": name.string_type,
    }


def key_document(key: PublicKey) -> dict[str, object]:
    """Return a public key with its thumbprints; ``key_identifier`` is computed from the key (RFC 5280 4.2.1.2)."""
    return {
        "algorithm": key.algorithm,
        "label": key.label,
        "bits": key.bits,
        "curve": key.curve,
        "exponent": str(key.exponent) if key.exponent is not None else None,
        "spki_sha256": key.spki_sha256,
        "spki_sha256_base64": key.spki_sha256_base64,
        "key_identifier": key_identifier(key.spki),
    }


def signature_document(algorithm: SignatureAlgorithm) -> dict[str, object]:
    """Return a signature algorithm."""
    return {
        "oid": algorithm.oid,
        "name": algorithm.name,
        "hash": algorithm.hash,
        "mgf_hash": algorithm.mgf_hash,
        "salt_length": algorithm.salt_length,
        "trailer_field": algorithm.trailer_field,
    }


def oin_result_document(result: OINResult) -> dict[str, object]:
    """Return where the OIN was found and what it says; the findings as codes."""
    return {
        "value": result.value,
        "where": result.where or None,
        "explained": oin_document(result.oin) if result.oin is not None else None,
        "violated": [o.rule.code for o in result.outcomes if o.status == "violated"],
    }


def problem_documents(problems: tuple[str, ...]) -> list[Document]:
    """Return the problems with their sentences."""
    return [{"code": p, **{lang: problem_sentence(p, lang) for lang in LANGUAGES}} for p in problems]


def _optional(values: Iterable[T] | None, document: Callable[[T], Document]) -> list[Document] | None:
    return None if values is None else [document(value) for value in values]


def _named(names: Mapping[str, str]) -> Callable[[str], Document]:
    return lambda oid: {"oid": oid, "name": names.get(oid)}


def _policy(policy: CertificatePolicy) -> Document:
    return {"oid": policy.oid, "cps_uris": list(policy.cps_uris), "user_notices": list(policy.user_notices)}


def _point(point: DistributionPoint) -> Document:
    return {
        "uris": list(point.uris),
        "other_names": [general_name_document(name) for name in point.other_names],
        "reasons": list(point.reasons),
        "crl_issuer": [general_name_document(name) for name in point.crl_issuer],
    }


def _qc_statement(statement: QcStatement) -> Document:
    values = [{"value": value, "name": QC_STATEMENTS.get(value)} for value in statement.values]
    return {"oid": statement.oid, "name": QC_STATEMENTS.get(statement.oid), "values": values}
