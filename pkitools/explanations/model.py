"""An error text of another program, and what it means."""

from __future__ import annotations

from collections.abc import Mapping

from pkitools.documents import Source
from pkitools.frozen import dataclass
from pkitools.messages import Language


@dataclass(frozen=True, slots=True)
class Words:
    """An explanation in one language.

    Args:
        meaning: what the program says.
        causes: what can be behind it: possibilities, of which none may be so.
        actions: what to do now.
    """

    meaning: str
    causes: tuple[str, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErrorText:
    """A text that a program shows, and where that was seen."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True, eq=False)  # one per entry of the data: compared and hashed by identity
class Explanation:
    """What one error means.

    Args:
        code: names it.
        programs: who shows it.
        texts: what it is recognised by.
        words: what it means, by language.
        is_general: it says no more than that something went wrong.
        alerts: the numbers of the alerts of TLS that mean it (RFC 8446 6.2).
        statuses: the numbers of IIS that mean it: ``403.16``.
    """

    code: str
    programs: tuple[str, ...]
    texts: tuple[ErrorText, ...]
    words: Mapping[Language, Words]
    is_general: bool = False
    alerts: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """One error that a text holds.

    Args:
        explanation: what it means.
        text: what it was recognised by, as our data have it: nothing of what was given.
        programs: who shows that text.
    """

    explanation: Explanation
    text: ErrorText
    programs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """What was found in a text.

    Args:
        found: each error once, in the order of the text; none where nothing is recognised.
        is_whole: whether all of the text was looked at.
    """

    found: tuple[Recognised, ...]
    is_whole: bool = True
