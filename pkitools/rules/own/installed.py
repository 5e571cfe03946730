"""Rules that an installed Python package brings: its entry points in the group ``pkitools.rules``, a rule book each.

In the package's ``pyproject.toml``::

    [project.entry-points."pkitools.rules"]
    example = "example_rules:BOOK"

``BOOK`` is a :class:`~pkitools.rules.engine.RuleBook` whose namespace is none of ours and whose rules bring their own
sentences (``texts``).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from pkitools.errors import InvalidValueError, PkitoolsError
from pkitools.messages import LANGUAGES, catalogue
from pkitools.rules.engine import Entry, RuleBook
from pkitools.rules.own.data import RULES, OwnData, Refused

GROUP: Final = "pkitools.rules"


def installed_data() -> OwnData:
    """Return the rules that installed packages bring; a package whose rules cannot be used is among the refused."""
    entries: list[Entry] = []
    refused: list[Refused] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        try:
            entries += _entries(point)
        except PkitoolsError as error:
            refused.append(Refused(RULES, point.value, None, error))
    return OwnData(entries=tuple(entries), refused=tuple(refused))


def _entries(point: EntryPoint) -> Iterator[Entry]:
    book = _loaded(point)
    if any(catalogue(language, book.namespace) for language in LANGUAGES):
        raise InvalidValueError("rules.error.own_namespace", where=point.value, namespace=book.namespace)
    for entry in book.entries:
        texts = entry.rule.texts
        if texts is None or any({"title", "message", "remedy"} - set(texts.get(each, ())) for each in LANGUAGES):
            raise InvalidValueError("rules.error.own_texts", where=point.value, code=entry.rule.code)
        yield entry


def _loaded(point: EntryPoint) -> RuleBook:
    try:
        found = point.load()
    except Exception as error:  # whatever a stranger's module raises when it is imported, its rules are not asked
        raise InvalidValueError("rules.error.own_package", where=point.value, problem_text=repr(error)) from None
    if not isinstance(found, RuleBook):
        raise InvalidValueError("rules.error.own_package", where=point.value, problem_text=type(found).__name__)
    return found
