"""A portfolio as a file for another program, or for people: one module a form, and one table of them.

A module has a function ``render(portfolio, telling)`` that returns the text of the whole file, or yields it piece by
piece, so that one of a hundred thousand certificates takes no memory; it takes nothing but the
:class:`~pkitools.portfolio.Portfolio` and how to tell it. One that is added gets its line in the table below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

from pkitools.portfolio.model import Portfolio
from pkitools.reports.forms import form_of
from pkitools.reports.portfolio.telling import Telling

Render = Callable[[Portfolio, Telling], str | Iterator[str]]


def _csv() -> Render:
    from pkitools.reports.portfolio.as_csv import render

    return render


def _json() -> Render:
    from pkitools.reports.portfolio.as_json import render

    return render


def _markdown() -> Render:
    from pkitools.reports.portfolio.as_markdown import render

    return render


def _prometheus() -> Render:
    from pkitools.reports.portfolio.as_prometheus import render

    return render


def _junit() -> Render:
    from pkitools.reports.portfolio.as_junit import render

    return render


def _ics() -> Render:
    from pkitools.reports.portfolio.as_ics import render

    return render


def _sarif() -> Render:
    from pkitools.reports.portfolio.as_sarif import render

    return render


def _html() -> Render:
    from pkitools.reports.pages.portfolio import portfolio_page

    return portfolio_page


_PIECES: Final = 200

_FORMS: Final[Mapping[str, Callable[[], Render]]] = {
    ".csv": _csv,
    ".html": _html,
    ".ics": _ics,
    ".json": _json,
    ".md": _markdown,
    ".prom": _prometheus,
    ".sarif": _sarif,
    ".xml": _junit,
}
"""The end of a file's name → what loads the module that writes it."""


def report_suffixes() -> tuple[str, ...]:
    """Return the ends of names that a report may have, such as ``.csv``."""
    return tuple(sorted(_FORMS))


def report_form(name: str) -> str:
    """Return the end of a file's name that says what form it is to have; what writes that form is there.

    Raises:
        InvalidValueError: there is no such form.
        MissingExtraError: what writes it is not installed.
    """
    return form_of(name, _FORMS)


def portfolio_report(portfolio: Portfolio, suffix: str, telling: Telling | None = None) -> bytes:
    """Return the content of a report.

    Args:
        portfolio: what was found.
        suffix: the form: see :func:`report_suffixes`.
        telling: how to tell it; by default in English.

    Raises:
        InvalidValueError: there is no such form.
        MissingExtraError: what writes it is not installed.
    """
    return b"".join(report_pieces(portfolio, suffix, telling))


def report_pieces(portfolio: Portfolio, suffix: str, telling: Telling | None = None) -> Iterator[bytes]:
    """Yield the content of a report piece by piece, as :func:`portfolio_report` returns it whole.

    Args:
        portfolio, suffix, telling: as there.

    Raises:
        InvalidValueError: there is no such form.
        MissingExtraError: what writes it is not installed.
    """
    told = _FORMS[report_form(suffix)]()(portfolio, telling or Telling())
    pieces = iter((told,) if isinstance(told, str) else told)
    # some hundred kilobytes together: to write each line by itself takes longer than to make it
    batches = iter(lambda: "".join(islice(pieces, _PIECES)), "")
    return (batch.encode("utf-8") for batch in batches)
