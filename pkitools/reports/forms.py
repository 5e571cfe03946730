"""Which form a report is to have: the end of its name says so, and what writes it is there before the work begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pkitools.arguments import text
from pkitools.errors import InvalidValueError


def form_of(name: str, forms: Mapping[str, Callable[[], object]]) -> str:
    """Return the end of a file's name that says what form it is to have.

    Args:
        name: the file.
        forms: the end of a name → what loads the writer of that form.

    Raises:
        InvalidValueError: there is no such form.
        MissingExtraError: what writes it is not installed.
    """
    name = text(name, "name")
    found = next((suffix for suffix in forms if name.lower().endswith(suffix)), None)
    if found is None:
        raise InvalidValueError("report.error.form", name=name, known=", ".join(sorted(forms)))
    forms[found]()  # that something lacks is to be heard before the work, not after it
    return found
