"""The problems of :attr:`~pkitools.x509.CertificateFacts.problems` as sentences.

A problem is ``<slug>:<where>``; its sentence is the entry ``x509.problem.<slug>``, in which ``{where}`` stands.
"""

from __future__ import annotations

from typing import Final

from pkitools.messages import Language, message
from pkitools.x509.oids import EXTENSIONS

SLUGS: Final = (
    "duplicate_extension",
    "even_modulus",
    "extensions_before_v3",
    "malformed_extension",
    "malformed_general_name",
    "malformed_key",
    "malformed_name",
    "malformed_signature_algorithm",
    "wrong_string_type",
    "not_der",
    "odd_time",
    "revoked_authority",
    "serial_not_positive",
    "serial_padded",
    "serial_too_long",
    "signature_algorithm_mismatch",
    "undecodable_string",
    "unknown_version",
)


def problem_sentence(problem: str, language: Language) -> str:
    """Return the sentence of one problem."""
    slug, _, where = problem.partition(":")
    name = EXTENSIONS.get(where)
    return message(f"x509.problem.{slug}", {"where": f"{name} ({where})" if name else where}, language).message
