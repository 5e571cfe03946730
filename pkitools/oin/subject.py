"""A text taken apart as an OIN, valid or not: what the checks look at."""

from __future__ import annotations

from typing import Final

from pkitools.environment import Environment
from pkitools.frozen import dataclass, once
from pkitools.limits import MAX_OIN_TEXT
from pkitools.oin.prefixes import BODY_LENGTH, LENGTH, PREFIX_LENGTH, Form, Prefix, prefix_table
from pkitools.text import pattern

_DIGITS: Final = "0123456789"
_LARGE: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALLOWED: Final = frozenset(_DIGITS + _LARGE)
EBMS_SUFFIXES: Final = ("_OTA", "_T")  # of a PartyId outside production
_SYNTAX: Final = pattern(f"[0-9]{{{PREFIX_LENGTH}}}[0-9A-Z]{{{BODY_LENGTH}}}")
_CAPITALS: Final = str.maketrans(_LARGE.lower(), _LARGE)
_SEPARATORS: Final = str.maketrans("", "", " .-")


def capitals(text: str) -> str:
    """Return the text with a…z as A…Z. ``str.upper`` would make an ASCII letter of a dotless i or a long s."""
    return text.translate(_CAPITALS)


def compact(text: str) -> str:
    """Return the text without surrounding white space, without dots, dashes and spaces, in capitals. Idempotent.

    >>> compact(" 00000007.00025be00.000 ")
    '0000000700025BE00000'
    """
    return capitals(text.translate(_SEPARATORS).strip())


def well_formed(text: str) -> bool:
    """Return whether the text is eight ASCII digits followed by twelve ASCII digits or capitals."""
    return _SYNTAX.fullmatch(text) is not None


@dataclass(frozen=True)
class Candidate:
    """One text judged as an OIN.

    Args:
        given: the text as given.
        environment: where the OIN is to be used, where asked.
        legacy: whether a prefix that is no longer given out is accepted.
        lenient: whether the text is tidied first.
    """

    given: str
    environment: Environment | None = None
    legacy: bool = False
    lenient: bool = False

    @property
    def text(self) -> str:
        """What is looked at: the text as given, or its beginning where it is longer than any text that holds an OIN."""
        return self.given[:MAX_OIN_TEXT]

    @once
    def tidied(self) -> str:
        """The text as :func:`compact` makes it."""
        return compact(self.text)

    @once
    def stripped(self) -> str:
        """The text without surrounding white space; tidied when lenient."""
        return self.tidied if self.lenient else self.text.strip()

    @once
    def ebms_suffix(self) -> str:
        """The environment suffix of an ebMS PartyId behind twenty positions, or nothing."""
        return next(
            (s for s in EBMS_SUFFIXES if len(self.stripped) == LENGTH + len(s) and self.stripped.endswith(s)), ""
        )

    @once
    def core(self) -> str:
        """What is judged as the number itself, in capitals: the case, spaces and suffix have rules of their own."""
        return capitals(self.stripped.removesuffix(self.ebms_suffix))

    @property
    def length(self) -> int:
        """How many positions there are: of the core, or of a text that is too long to be looked at as a whole."""
        return len(self.core) if len(self.given) <= MAX_OIN_TEXT else len(self.given)

    @once
    def is_well_formed(self) -> bool:
        """The core has the syntax of an OIN."""
        return well_formed(self.core)

    @property
    def prefix(self) -> str:
        """The first eight positions of a well-formed core."""
        return self.core[:PREFIX_LENGTH] if self.is_well_formed else ""

    @property
    def body(self) -> str:
        """The twelve positions after the prefix of a well-formed core."""
        return self.core[PREFIX_LENGTH:] if self.is_well_formed else ""

    @once
    def row(self) -> Prefix | None:
        """The row of the prefix table, where the prefix is known."""
        return prefix_table().prefixes.get(self.prefix)

    @once
    def form(self) -> Form | None:
        """The shape the body has, of those its register allows."""
        return self.row.form_of(self.body) if self.row is not None else None

    @property
    def split(self) -> int:
        """How long the hoofdnummer is: by its shape, else by the first shape of its register, else nine."""
        if self.form is not None:
            return self.form.length
        return self.row.forms[0].length if self.row is not None and self.row.forms else 9

    @property
    def hoofdnummer(self) -> str:
        """The hoofdnummer of a well-formed core."""
        return self.body[: self.split]

    @property
    def suffix(self) -> str:
        """The suffix of a well-formed core."""
        return self.body[self.split :]

    @property
    def parts(self) -> tuple[str, str, str]:
        """Prefix, hoofdnummer and suffix of a well-formed core; else nothing, three times."""
        return (self.prefix, self.hoofdnummer, self.suffix) if self.is_well_formed else ("", "", "")
