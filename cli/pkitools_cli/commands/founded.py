"""Where something stands and how sure that is, as several commands tell it."""

from __future__ import annotations

from pkitools.documents import Source
from pkitools.findings import Certainty
from pkitools_cli.i18n import language, report_word, tr


def founded(source: Source, certainty: Certainty | None) -> str:
    """Return the document with its certainty between square brackets; of what is not known, that it is not."""
    if certainty is None:
        return f"[{tr('cli.systems.unknown')}]"
    return f"[{source.text(language())}; {report_word('certainty', certainty)}]"
