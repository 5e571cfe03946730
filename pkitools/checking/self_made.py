"""What there is to do about a certificate that its holder made: make it anew. Nobody can be asked for another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pkitools.findings import CertificateRef, Outcome, Status
from pkitools.frozen import replace
from pkitools.validation.rules import ANCHOR_FOUND

_ORDER_ANOTHER: Final = frozenset({"environment.self_signed.not_allowed", "system.self_signed.not_allowed"})


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
    return [_told(found, sha256) if found.rule.of_content else found for found in given]


def as_of_provider(found: Outcome, sha256: str) -> Outcome:
    """Return what is wrong with a certificate of an identity provider so that it says whom to ask: it is theirs.

    That its root is not trusted here is for who judges it.
    """
    if found.status is not Status.VIOLATED or found.rule.code == ANCHOR_FOUND.code:
        return found
    about = found.certificate or CertificateRef(sha256, "end_entity")
    return replace(found, certificate=replace(about, of_provider=True))


def _told(found: Outcome, sha256: str) -> Outcome:
    about = found.certificate or CertificateRef(sha256, "end_entity")
    return replace(found, certificate=replace(about, make_anew=True))
