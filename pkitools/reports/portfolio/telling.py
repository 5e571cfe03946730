"""How a portfolio is told, and the few texts that every form of report makes alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkitools.findings import Outcome, Report, Verdict
from pkitools.frozen import dataclass
from pkitools.messages import Language, RemedyText, message
from pkitools.portfolio.model import HeldCertificate, Place, Standing
from pkitools.reports.telling.answer import answer_of

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
    """Return what decides about a certificate: what it fails on, or what kept it from being judged.

    Of one that passed it is what nobody may read over, such as that revocation is not known; ``None`` where there is
    nothing of the kind, and of an authority.
    """
    worst = next((one for one in certificate.judgements if one.verdict is certificate.verdict), None)
    if worst is None:
        return None
    answer = answer_of(Report(certificate.name, worst.told))
    return answer.but if worst.verdict is Verdict.PASSED else answer.because


def place_text(place: Place) -> str:
    """Return where something lies in one line: the file, and in it the name or the number."""
    detail = place.alias or place.entity_id or (str(place.position) if place.position > 1 else "")
    return f"{place.name} ({detail})" if detail else place.name


def standing_word(standing: Standing, language: Language) -> str:
    """Return how a certificate stands, in a word or two."""
    return message(f"portfolio.standing.{standing}", {}, language).title
