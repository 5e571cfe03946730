"""How connections stand, and their days, as a file for another program or for people: one module a form.

A module has a function ``render(work, telling)`` that returns the text of the whole file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pkitools.arguments import of_type
from pkitools.errors import InvalidValueError
from pkitools.reports.forms import form_of
from pkitools.reports.planning.work import Work, WorkTelling

__all__ = ["Work", "WorkTelling", "work_form", "work_report", "work_suffixes"]

Render = Callable[[Work, WorkTelling], str]


def _csv() -> Render:
    from pkitools.reports.planning.as_csv import render

    return render


def _html() -> Render:
    from pkitools.reports.pages.work import work_page

    return work_page


def _ics() -> Render:
    from pkitools.reports.planning.as_ics import render

    return render


def _json() -> Render:
    from pkitools.reports.planning.as_json import render

    return render


def _markdown() -> Render:
    from pkitools.reports.planning.as_markdown import render

    return render


_FORMS: Final[Mapping[str, Callable[[], Render]]] = {
    ".csv": _csv,
    ".html": _html,
    ".ics": _ics,
    ".json": _json,
    ".md": _markdown,
}
"""The end of a file's name → what loads the module that writes it."""


def work_suffixes() -> tuple[str, ...]:
    """Return the ends of names that a report on connections may have, such as ``.ics``."""
    return tuple(sorted(_FORMS))


def work_form(name: str) -> str:
    """Return the end of a file's name that says what form it is to have; what writes that form is there.

    Raises:
        InvalidValueError: there is no such form.
        MissingExtraError: what writes it is not installed.
    """
    try:
        return form_of(name, _FORMS)
    except InvalidValueError as error:
        from pkitools.reports.portfolio import report_suffixes

        if not name.lower().endswith(report_suffixes()):
            raise
        raise InvalidValueError("report.error.form_of_certificates", **error.params) from None


def work_report(work: Work, suffix: str, telling: WorkTelling | None = None) -> bytes:
    """Return the content of a report on connections.

    Args:
        work: how they stand, or their days.
        suffix: the form: see :func:`work_suffixes`.
        telling: how to tell it; by default in English.

    Raises:
        InvalidValueError: there is no such form.
        MissingExtraError: what writes it is not installed.
    """
    render = _FORMS[work_form(suffix)]()
    return render(of_type(work, Work, "work"), telling or WorkTelling()).encode("utf-8", "replace")
