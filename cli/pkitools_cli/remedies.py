"""What to do, in the words of the command line: with the options and commands no sentence of the library names.

The sentences are ``messages/<language>/remedies.toml``, by the code of the library's message and with its operands.
What people read comes through here; JSON carries the library's own sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from pkitools.frozen import dataclass
from pkitools.messages import Language, Message, Remedy, Texts, error_sentence, filled, message
from pkitools.text import NameText, shown
from pkitools_cli.i18n import blank, language, lookup, tr

if TYPE_CHECKING:
    from pkitools.errors import PkitoolsError


_ASK_FOR_LISTS: Final = frozenset(
    {"report.reason.not_obtained", "revocation.status.unknown", "revocation.status.unconfirmed"}
)

MAY_BE_LEFT_OUT: Final = "may_be_left_out"
"""The operand of a name that nobody knows, where the command does without one as well."""


POINTS_ELSEWHERE: Final = "points_elsewhere"
"""The operand of a file that is none of our kinds, and names others: how a shell takes its name."""

OWN_OPERANDS: Final = frozenset({"allow", "called"})
"""The operands that no message of the library has: what follows ``--allow-net``, and the name of the system."""

_ANY_NETWORK: Final = "CIDR"


@dataclass(frozen=True, slots=True)
class _AsRead:
    """An error, with its operands as people read them."""

    code: str
    params: Mapping[str, object]


def remedy_text(remedy: Remedy, chosen: Language) -> str | None:
    """Return the sentence of the command line for a remedy; ``None`` where the library's will do."""
    points = POINTS_ELSEWHERE in remedy.params
    text = lookup("cli.inputs.points_elsewhere" if points else f"cli.remedies.{remedy.code}", chosen)
    if text is None:
        return None
    said = filled(text, _readable({**remedy.params, **_own(text, remedy.params)}, chosen))
    return f"{said} {lookup('cli.main.without_system', chosen)}" if MAY_BE_LEFT_OUT in remedy.params else said


def _own(text: str, params: Mapping[str, object]) -> dict[str, str]:
    """Return the operands of a sentence that are of the command line."""
    found = {}
    if "{allow}" in text:
        found["allow"] = allowing(params.values())
    if "{called}" in text:
        found["called"] = _name_of(str(params.get("system", "")))
    return found


def _name_of(title: str) -> str:
    """Return by which name a command knows a system, as the one that is meant is known by its title."""
    from pkitools_cli.own_data import every_system

    return next((each.name for each in every_system() if each.title == title), blank("system"))


def allowing(particulars: Iterable[object]) -> str:
    """Return what follows ``--allow-net`` to allow the addresses that were refused: each with the option between.

    Args:
        particulars: of the refusals; what is no address in them is passed over.
    """
    from ipaddress import ip_address

    found: dict[str, None] = {}
    for word in (word for each in particulars for word in re.split(r"[\s,;()\[\]]+", str(each))):
        try:
            found[str(ip_address(word))] = None
        except ValueError:
            continue
    return " --allow-net ".join(found) or _ANY_NETWORK


def offline_remedy_text(remedy: Remedy, chosen: Language) -> str | None:
    """Return the same of a command that asks no address whether something is revoked: lists are all that helps it."""
    if remedy.code in _ASK_FOR_LISTS:
        return lookup("cli.inputs.give_lists", chosen)
    return remedy_text(remedy, chosen)


def told(code: str, params: Mapping[str, object], texts: Texts | None = None) -> Message:
    """Return the message of ``code`` in the language in force."""
    return message(code, _readable(params, language()), language(), remedy_text, texts)


def _readable(params: Mapping[str, object], chosen: Language) -> Mapping[str, object]:
    """Return operands as people read them, where one of them may be a moment or is a distinguished name."""
    if not any(isinstance(value, str) and _is_read_otherwise(value) for value in params.values()):
        return params
    from pkitools.reports.telling.readable import readable

    return readable(params, chosen)


def _is_read_otherwise(value: str) -> bool:
    return isinstance(value, NameText) or (value[:2] == "20" and value[4:5] == "-")


def error_line(error: PkitoolsError) -> str:
    """Return what is wrong and what to do, in the language in force; the file it is about is always named."""
    sentence = error_sentence(_AsRead(error.code, _readable(error.params, language())), language(), remedy_text)
    if not error.file or shown(error.file) in sentence:
        return sentence
    return tr("cli.inputs.failed", file=shown(error.file), why=sentence)
