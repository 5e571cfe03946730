"""The sentences: title, message and remedy of every rule code and error code, in Dutch and English.

They live in ``messages/<language>/<first part of the code>.toml``::

    ["oin.rsin.eleven_test"]
    title = "The RSIN fails the eleven-test"
    message = "{rsin} is not an RSIN: a digit is wrong or two are swapped."
    remedy = "Compare the OIN with the one in the OIN register."

Some have a ``short`` too, the answer in a few words where the title does not hold the operand that counts, and a
``word`` for a narrow column. A part that would not be a sentence when an operand is empty has another for then:
``message_without_found`` where ``found`` is. Elsewhere a word stands in the place of what is empty.

``tests/test_messages.py`` checks that every code has both languages, with the same placeholders, and that each renders.

No sentence names an option or a command: a web page shows them as they are. A program that knows better what to do (an
option, a link, a button) gives its own words for a :class:`Remedy`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial, reduce
from types import MappingProxyType
from typing import Final, Literal, Protocol, TypeAlias, get_args

from pkitools.frozen import dataclass, field, replace
from pkitools.package_data import read_toml
from pkitools.text import introduced, shown

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Coded(Protocol):
    """What has a code, as every rule has."""

    @property
    def code(self) -> str:
        """The code its message stands under."""
        ...


Texts: TypeAlias = Mapping[str, Mapping[str, str]]
"""The sentences of one rule, by language and part: of a rule that is not ours, which brings its own."""


class CodedRule(Coded, Protocol):
    """What a rule is: a code, and sentences of its own where it is not one of ours."""

    @property
    def texts(self) -> Texts | None:
        """Its own sentences."""
        ...


class CodedError(Coded, Protocol):
    """What every error of :mod:`pkitools.errors` is: a code, and the operands of its message."""

    @property
    def params(self) -> Mapping[str, object]:
        """The operands."""
        ...


class CertificateAtHand(Protocol):
    """Whether what is told of a certificate is mended by who made it."""

    @property
    def of_provider(self) -> bool:
        """Whether it is of an identity provider, the other side of a connection."""

    @property
    def make_anew(self) -> bool:
        """Whether it is."""
        ...


class CodedOutcome(Protocol):
    """What an outcome of :mod:`pkitools.findings` is: of a rule with a code, with the operands of its message."""

    @property
    def rule(self) -> CodedRule:
        """The rule."""
        ...

    @property
    def params(self) -> Mapping[str, object]:
        """The operands."""
        ...

    @property
    def reason(self) -> str:
        """Why it was not checked; empty of what was."""
        ...

    @property
    def certificate(self) -> CertificateAtHand | None:
        """Which certificate it is about."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message, rendered: no placeholder left, every operand printable."""

    title: str
    message: str
    remedy: str
    short: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about a finding, an unanswered question or an error, as a value: no sentence.

    ``outcome.remedy`` and ``error.remedy`` give one; a program makes an option, a link or a button of it.

    Args:
        code: of the rule or the error; ``report.reason.<reason>`` where a rule was not checked.
        params: the operands, as they came: not yet safe to show.
    """

    code: str
    params: Mapping[str, object] = field(hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.code, dict(self.params))  # a mapping proxy cannot be pickled


RemedyText: TypeAlias = Callable[[Remedy, Language], str | None]
"""A program's own sentence for a remedy; ``None`` where the library's will do."""


MAKE_ANEW: Final = "report.make_anew"
"""What to do about a finding on a certificate that its holder made."""

OF_PROVIDER: Final = "report.of_provider"
"""What to do about a finding on a certificate of the other side."""

CAUSE: Final = "problem"
"""The operand that is the code of an error: a message shows the title of that error, in its own language.

Where the operands of that error are there as well, it may show its sentence (``problem_message``) and what to do about
it (``problem_remedy``).
"""


NOTHING: Final = "–"
"""The operand for what is not there: a message has a word for it, or another sentence."""

WHY: Final = "why"
"""The operand that says in words what the operands ``fault`` or ``code`` say as a code of :mod:`pkitools.fetching` or
:mod:`pkitools.revocation`, with ``detail`` behind it."""

_OF_SYSTEM: Final = "files.system."
_TOGETHER: Final = "report.together"
_EMPTY: Final = frozenset({NOTHING, ""})


class _Told(str):
    """An operand that is a sentence of ours, with its own operands in place: it is shown as it is."""

    __slots__ = ()


class Detail(str):
    """What is particular about a fault, as a value: a code, and the operands of its words.

    As text it is the English words: what data keep, and what a program sees. A message that has it for an operand tells
    it in its own language.

    Args:
        code: names its words, such as ``fetching.detail.port``.
        operands: of its words; one may be a detail itself.
    """

    __slots__ = ("code", "operands")

    code: str
    operands: Mapping[str, object]

    def __new__(cls, code: str, /, **operands: object) -> Detail:
        """Make one; a code without words shows as itself."""
        made = super().__new__(cls, message(code, operands, "en").title)
        made.code, made.operands = code, operands
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return partial(Detail, self.code, **self.operands), ()  # results are sent between processes

    def in_language(self, language: Language) -> str:
        """Return its words in a language."""
        return _Told(message(self.code, self.operands, language).title)


def together(*details: str) -> str:
    """Return several details as one, each but the first behind a semicolon; those that are empty are left out."""
    return reduce(
        lambda told, each: Detail(_TOGETHER, first=told, second=each) if told and each else told or each, details, ""
    )


def codes_of(detail: str) -> tuple[str, ...]:
    """Return the codes of a detail and of those in it, outermost first; of mere words there are none."""
    if not isinstance(detail, Detail):
        return ()
    inner = [code for each in detail.operands.values() if isinstance(each, Detail) for code in codes_of(each)]
    return detail.code, *inner


class _Operands(dict[str, str]):
    """Operands for ``format_map``: a missing one shows as a question mark rather than hide the whole message."""

    def __missing__(self, key: str) -> str:
        return "?"


@cache
def catalogue(language: Language, namespace: str) -> Mapping[str, Mapping[str, str]]:
    """Return code → {title, message, remedy} of one namespace: the templates of its file, abbreviations introduced."""
    try:
        data = read_toml(__name__, f"{language}/{namespace}.toml")
    except FileNotFoundError:
        return {}
    return {code: {part: introduced(text, language) for part, text in entry.items()} for code, entry in data.items()}


def template(code: str, language: Language) -> Mapping[str, str]:
    """Return the templates of ``code``, or an empty mapping when it has none."""
    return catalogue(language, code.partition(".")[0]).get(code, {})


def filled(text: str, params: Mapping[str, object]) -> str:
    """Return a template with its operands in place, each made printable and cut to a readable length."""
    return text.format_map(
        _Operands(
            {name: value if isinstance(value, (_Told, Detail)) else shown(value) for name, value in params.items()}
        )
    )


def message(
    code: str,
    params: Mapping[str, object],
    language: Language,
    remedy_text: RemedyText | None = None,
    texts: Texts | None = None,
) -> Message:
    """Return the message of ``code``; a code without one shows as itself.

    Args:
        code: of a rule, an error or a word of a report.
        params: the operands.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies, shown instead of the library's where it has one.
        texts: sentences that the rule brings itself.
    """
    entry = template(code, language) if texts is None else texts[language]
    if CAUSE in params:
        params = {**params, **_of_cause(params, language, remedy_text)}
    parts = ("title", "message", "remedy", "short", "word")
    if any(f"{{{WHY}}}" in part for part in entry.values()):
        params = _with_why(params, language)
    told = _with_words(params, language)
    title, text, remedy, short, word = (filled(_part(entry, part, params), told) for part in parts)
    # where an operand is empty the library says another thing, and the program has its own for that
    variant = _key_of_part(entry, "remedy", params).removeprefix("remedy")
    own_code = f"{code}.{variant[1:]}" if variant else code
    own = None if remedy_text is None else remedy_text(Remedy(own_code, params), language)
    return Message(title or code, text, remedy if own is None else own, short, word)


def _of_cause(params: Mapping[str, object], language: Language, remedy_text: RemedyText | None) -> Mapping[str, object]:
    """Return what there is to say of the error that an operand names: its title, its sentence and what to do."""
    code = str(params[CAUSE])
    said = message(code, {name: value for name, value in params.items() if name != CAUSE}, language, remedy_text)
    told = {"problem_message": _Told(said.message or f"{said.title}."), "problem_remedy": _Told(said.remedy)}
    return {CAUSE: said.title, **told}


def _with_why(params: Mapping[str, object], language: Language) -> Mapping[str, object]:
    code = params.get("fault", params.get("code"))
    if code is None or WHY in params:
        return params
    detail = params.get("detail", "")
    return {**params, WHY: fault_in_words(str(code), detail if isinstance(detail, str) else str(detail), language)}


def fault_in_words(code: str, detail: str, language: Language) -> str:
    """Return why nothing usable came, in words.

    Args:
        code: of :mod:`pkitools.fetching` or :mod:`pkitools.revocation`, such as ``dns`` or ``http-404``; one that
            nobody knows is told as it is.
        detail: the particulars.
        language: ``nl`` or ``en``.
    """
    if code == "url" and isinstance(detail, Detail) and "address" in detail.operands:
        code, detail = "address", str(detail.operands["address"])
    entry = template(f"report.attempt.{code}", language) or template(f"fetching.fault.{code}", language)
    kind, _, status = code.partition("-")
    if not entry and kind == "http" and status:
        entry = template("fetching.fault.http", language)
    said = filled(entry["title"], {"status": status}) if entry else shown(code)
    if detail in {"", "-", NOTHING}:
        return _Told(said)
    told = in_words(detail, language)
    return _Told(f"{said} ({told if isinstance(told, _Told) else shown(told)})")


def _part(entry: Mapping[str, str], part: str, params: Mapping[str, object]) -> str:
    """Return the template of a part: the one for where an operand is empty, if that is so."""
    return entry.get(_key_of_part(entry, part, params), "")


def _key_of_part(entry: Mapping[str, str], part: str, params: Mapping[str, object]) -> str:
    """Return under which key the template of a part stands."""
    empty = (f"{part}_without_{name}" for name, value in params.items() if str(value) in _EMPTY)
    return next(filter(entry.get, empty), part)


def in_words(text: str, language: Language) -> str:
    """Return a detail in its words, and a text with those for what the operating system said: it has codes for that."""
    if isinstance(text, Detail):
        return text.in_language(language)
    if _OF_SYSTEM not in text:
        return text
    return re.sub(
        rf"{re.escape(_OF_SYSTEM)}[a-z_]+", lambda found: template(found[0], language).get("title", "?"), text
    )


def _with_words(params: Mapping[str, object], language: Language) -> Mapping[str, object]:
    """Return the operands, with a word for what is not there, for a detail and for what the operating system said."""
    if any(_OF_SYSTEM in value if type(value) is str else type(value) is Detail for value in params.values()):
        params = {
            name: in_words(each, language) if type(each) is str or type(each) is Detail else each
            for name, each in params.items()
        }
    if NOTHING not in params.values():
        return params
    word = template("report.nothing", language)["title"]
    return {
        name: template(f"report.nothing.{name}", language).get("title", word) if value == NOTHING else value
        for name, value in params.items()
    }


def outcome_message(
    outcome: CodedOutcome,
    language: Language,
    remedy_text: RemedyText | None = None,
    params: Mapping[str, object] | None = None,
) -> Message:
    """Return the message of the rule of an outcome; of what was not checked why not, for the rule's is of a fault.

    Args:
        outcome: one of a report.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies, shown instead of the library's where it has one.
        params: its operands as they are to be shown; by default as they are.
    """
    operands = outcome.params if params is None else params
    if outcome.reason:
        why = message(f"report.reason.{outcome.reason}", operands, language, remedy_text)
        return why if why.message else replace(why, message=shown(outcome.reason))
    said = message(outcome.rule.code, operands, language, remedy_text, outcome.rule.texts)
    about = outcome.certificate
    if about is None or not (about.make_anew or about.of_provider):
        return said
    instead = MAKE_ANEW if about.make_anew else OF_PROVIDER
    return replace(said, remedy=message(instead, {}, language, remedy_text).remedy)


def error_sentence(error: CodedError, language: Language, remedy_text: RemedyText | None = None) -> str:
    """Return the one sentence of an error: what is wrong and what to do."""
    text = message(error.code, error.params, language, remedy_text)
    what = text.message or text.title
    if text.remedy and what[-1:] not in {".", "!", "?"}:  # it ends with a value
        what += "."
    return " ".join(part for part in (what, text.remedy) if part)
