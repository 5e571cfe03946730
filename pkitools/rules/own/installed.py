"""Rules that an installed Python package brings: its entry points in the group ``pkitools.rules``, a rule book each.

In the package's ``pyproject.toml``::

    [project.entry-points."pkitools.rules"]
    example = "example_rules:BOOK"

``BOOK`` is a :class:`~pkitools.rules.engine.RuleBook` whose namespace is none of ours and whose rules bring their own
sentences (``texts``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from pkitools.errors import InvalidValueError, PkitoolsError
from pkitools.findings import Answers, Basis, Evidence, Met, NotChecked, Rule, Severity, Violated
from pkitools.frozen import dataclass, replace
from pkitools.messages import LANGUAGES, catalogue
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import Check, Entry, RuleBook
from pkitools.rules.own.data import RULES, OwnData, OwnFile, Refused
from pkitools.rules.own.presence import GROUP, may_be_there
from pkitools.systems.reading import BINDING, can_bind, require_ground, require_own_word
from pkitools.toml_table import Table

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

A = TypeVar("A")


def installed_data() -> OwnData:
    """Return the rules that installed packages bring; a package whose rules cannot be used is among the refused."""
    if not may_be_there():
        return OwnData()
    from importlib.metadata import entry_points  # it loads mail, CSV and zip files: 10 ms that few need

    entries: list[Entry] = []
    refused: list[Refused] = []
    files: list[OwnFile] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        try:
            brought = _new(point, _guarded(point), entries)
        except PkitoolsError as error:
            refused.append(Refused(RULES, point.value, None, error))
        else:
            entries += brought
            files += _rests_on(point, brought)
    return OwnData(entries=tuple(entries), refused=tuple(refused), files=tuple(files))


def _rests_on(point: EntryPoint, brought: list[Entry]) -> Iterator[OwnFile]:
    """Yield the documents that the rules of a package rest on: they age as those of a folder do."""
    for source in {entry.rule.source.key: entry.rule.source.at("") for entry in brought}.values():
        yield OwnFile(RULES, point.value, source.document.read, source)


def _new(point: EntryPoint, brought: list[Entry], before: list[Entry]) -> list[Entry]:
    """Return the rules of a package, unless one of them is there already: then nothing of it is used, as of a file."""
    known = {entry.rule.code for entry in before}
    for code in (entry.rule.code for entry in brought):
        if code in known:
            raise InvalidValueError("rules.error.own_double", where=point.value, name=code)
        known.add(code)
    return brought


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
    _refuse_ours(point, book.namespace)
    for entry in book.entries:
        _refuse_ours(
            point, entry.rule.code.partition(".")[0]
        )  # a book may be called anew after its rules were declared
        texts = entry.rule.texts
        if texts is None or any({"title", "message", "remedy"} - set(texts.get(each, ())) for each in LANGUAGES):
            raise InvalidValueError("rules.error.own_texts", where=point.value, code=entry.rule.code)
        _require_ground(point, entry.rule)
        hash(entry.rule)  # what many certificates are told alike is found by it: one with a list in it cannot be kept
        yield replace(entry, check=Bounded(entry.rule, entry.check))


@dataclass(frozen=True, slots=True)
class Bounded:
    """The check of a package, whose violations weigh no more than their document bears.

    Args:
        rule: the rule.
        check: what the package asks.
    """

    rule: Rule
    check: Check

    def __call__(self, at: RuleContext) -> Answers:
        """Return what it answers, one answer or several; an error only on a document that bears one.

        Raises:
            TypeError: something in an answer is not of its kind: reports are made of it long after the check is done.
        """
        answer = self.check(at)
        if isinstance(answer, (list, tuple, Iterator)):
            return [self._bounded(_whole(each)) for each in answer]
        return self._bounded(_whole(answer))

    def _bounded(self, answer: A) -> A:
        if not isinstance(answer, Violated) or (answer.basis is None and answer.severity is None):
            return answer
        basis = answer.basis or Basis(self.rule.source, self.rule.certainty)
        if basis.certainty in BINDING and can_bind(basis.source):
            return answer
        return replace(answer, severity=min(answer.severity or self.rule.severity, Severity.WARNING))


def _whole(answer: A) -> A:
    """Return an answer with its evidence in a tuple and its operands as text: what is told alike is found by them.

    Raises:
        TypeError: a part of it is of another kind than it has to be.
    """
    if not isinstance(answer, (Met, NotChecked, Violated)):
        return answer
    if isinstance(answer, Violated):
        _require(answer.basis, Basis, "basis")
        _require(answer.severity, Severity, "severity")
        hash(answer.basis)
    seen = tuple(answer.evidence)
    for each in seen:
        _require(each, Evidence, "evidence")
    evidence = tuple(Evidence(_text(each.path), _text(each.value)) for each in seen)
    return replace(answer, evidence=evidence, params={str(name): _text(value) for name, value in answer.params.items()})


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)  # a name keeps its short form


def _require(value: object, kind: type, part: str) -> None:
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"{part} is a {type(value).__name__} where a {kind.__name__} is meant")


def _require_ground(point: EntryPoint, rule: Rule) -> None:
    """Refuse an error that its document does not bear, as of a rule in a file."""
    table = Table({}, f"{point.value}: {rule.code}: ")
    require_own_word(table, rule.certainty, rule.source)
    if rule.severity is Severity.ERROR:
        require_ground(table, rule.certainty, rule.source)


def _refuse_ours(point: EntryPoint, namespace: str) -> None:
    if any(catalogue(language, namespace.casefold()) for language in LANGUAGES):
        raise InvalidValueError("rules.error.own_namespace", where=point.value, namespace=namespace)


def _loaded(point: EntryPoint) -> RuleBook:
    found = point.load()
    if not isinstance(found, RuleBook):
        raise InvalidValueError("rules.error.own_package", where=point.value, problem_text=type(found).__name__)
    return found
