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
            entries += _guarded(point)
        except PkitoolsError as error:
            refused.append(Refused(RULES, point.value, None, error))
    return OwnData(entries=tuple(entries), refused=tuple(refused))


def _guarded(point: EntryPoint) -> list[Entry]:
    """Return the rules of a package, or raise an error of ours.

    Whatever a stranger's module raises when it is imported, its rules are not asked and the program goes on: also after
    ``sys.exit``. Only ``KeyboardInterrupt`` goes through, as that of a person cannot be told from one of the module.
    """
    try:
        return list(_entries(point))
    except (PkitoolsError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise InvalidValueError("rules.error.own_package", where=point.value, problem_text=_told(error)) from None


def _told(error: BaseException) -> str:
    try:
        return repr(error)
    except Exception:  # an error whose own text raises must not escape the guard
        return type(error).__name__


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
    found = point.load()
    if not isinstance(found, RuleBook):
        raise InvalidValueError("rules.error.own_package", where=point.value, problem_text=type(found).__name__)
    return found
