"""What there is to do about a certificate that its holder made: make it anew. Nobody can be asked for another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pkitools.findings import CertificateRef, Outcome, Status

_CONTENT: Final = (
    "advice.addresses.",
    "advice.key.",
    "advice.names.",
    "advice.revocation.",
    "advice.signature.",
    "advice.usage.",
    "advice.validity.",
    "digikoppeling.pki001.",
    "digikoppeling.pki002.",
    "digikoppeling.pki003.",
    "digikoppeling.pki004.",
    "digikoppeling.sign001.",
    "digikoppeling.tls002.",
    "etsi.",
    "g4.",
    "oin_stelsel.",
    "por.",
    "rfc5280.",
    "st_saml.certificate.key",
    "st_saml.certificate.may",
    "st_saml.certificate.oin",
    "st_saml.certificate.rsa",
    "system.eku.",
    "system.key.",
    "system.key_usage.",
    "system.oin.digits_only",
    "system.oin.kvk_based",
    "system.oin.required",
    "system.san.",
    "system.subject.",
    "trial.",
    "x509.oin.",
)
"""How codes begin of rules about what a certificate holds. What asks for another kind of certificate (a hierarchy, a
policy, one for production) is not among them: that has to be ordered, whoever made this one."""

_ORDER_ANOTHER: Final = frozenset({"environment.self_signed", "system.self_signed.not_allowed"})


def as_self_made(outcomes: Iterable[Outcome], sha256: str) -> list[Outcome]:
    """Return the outcomes about a self-signed certificate so that each says what its maker can do.

    Where another kind of certificate has to be ordered, what this one holds does not matter any more.

    Args:
        outcomes: of its report.
        sha256: its fingerprint, hex lower case.
    """
    given = list(outcomes)
    if any(found.rule.code in _ORDER_ANOTHER and found.status is Status.VIOLATED for found in given):
        return given
    return [_told(found, sha256) if found.rule.code.startswith(_CONTENT) else found for found in given]


def _told(found: Outcome, sha256: str) -> Outcome:
    about = found.certificate or CertificateRef(sha256, "end_entity")
    return replace(found, certificate=replace(about, self_made=True))
