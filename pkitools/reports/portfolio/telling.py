"""How a portfolio is told, and the few texts that every form of report makes alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkitools.findings import Outcome
from pkitools.frozen import dataclass
from pkitools.messages import Language, RemedyText, message
from pkitools.portfolio.model import HeldCertificate, Place, Standing

if TYPE_CHECKING:
    from pkitools.portfolio.comparing import Changes


@dataclass(frozen=True, slots=True)
class Telling:
    """How to tell a portfolio.

    Args:
        language: of the sentences and headings.
        changes: what changed since an earlier one, where one was given.
        remedy: gives what to do, where the caller has words of its own; ``None``: the words of the library.
    """

    language: Language = "en"
    changes: Changes | None = None
    remedy: RemedyText | None = None


def deciding(certificate: HeldCertificate) -> Outcome | None:
    """Return what decides about a certificate: the worst that is violated, else what kept it from being judged."""
    return next(iter((*certificate.findings, *certificate.not_checked)), None)


def place_text(place: Place) -> str:
    """Return where something lies in one line: the file, and in it the name or the number."""
    detail = place.alias or place.entity_id or (str(place.position) if place.position > 1 else "")
    return f"{place.name} ({detail})" if detail else place.name


def standing_word(standing: Standing, language: Language) -> str:
    """Return how a certificate stands, in a word or two."""
    return message(f"portfolio.standing.{standing}", {}, language).title
