"""The prefix table of the OIN scheme, as data.

``data/prefixes.toml`` holds one entry per prefix with the shape of what follows it. Nothing in the code knows a
prefix by its digits: a register that joins the scheme is added to the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from pkitools.documents import Source, cite
from pkitools.findings import Basis, Certainty
from pkitools.frozen import dataclass
from pkitools.package_data import read_toml

PREFIX_LENGTH: Final = 8
BODY_LENGTH: Final = 12  # hoofdnummer and suffix together
LENGTH: Final = PREFIX_LENGTH + BODY_LENGTH
_SERIAL_LENGTH: Final = 3  # a suffix of before 2017 is a serial number in the last three positions


@dataclass(frozen=True, slots=True)
class Form:
    """One shape of the twelve positions after the prefix.

    Args:
        length: positions of the hoofdnummer, 8 or 9.
        pattern: regular expression the hoofdnummer matches in full.
    """

    length: int
    pattern: str

    @property
    def suffix(self) -> str:
        """The suffix of today: zeroes."""
        return "0" * (BODY_LENGTH - self.length)

    def fits(self, body: str) -> bool:
        """Return whether the twelve positions have this shape; the suffix may be a serial number of before 2017."""
        hoofdnummer, padding, serial = body[: self.length], body[self.length : -_SERIAL_LENGTH], body[-_SERIAL_LENGTH:]
        return (
            re.fullmatch(self.pattern, hoofdnummer) is not None
            and not padding.strip("0")
            and re.fullmatch("[0-9]+", serial) is not None
        )


@dataclass(frozen=True, slots=True)
class Prefix:
    """One row of the prefix table.

    Args:
        prefix: eight digits.
        register: short name used in codes and scripts: ``kvk``, ``rsin``, ``suboin``, …
        status: ``assigned``, ``unassigned``, ``proposed`` or ``test``.
        certainty: how well the row is founded.
        forms: the shapes of what follows, in order of preference; none means any twelve characters.
        eleven_test: whether the hoofdnummer passes the eleven-test.
        zero: whether a hoofdnummer of zeroes is ruled out.
        registered: ``special``, ``always``, ``issued``, ``never`` or ``unknown``: whether to expect it in the OIN
            register.
        hrn: whether a TSP forms an HRN with this prefix.
        number: language → what the hoofdnummer is called.
        name: language → the register.
        about: language → what to know about an OIN with this prefix.
        source: where the row stands.
        shape: what the forms rest on.
        tsp_check: how a TSP checks a number, as the rule ``csr.organization.<tsp_check>`` tells; empty: not known.
    """

    prefix: str
    register: str
    status: str
    certainty: Certainty
    forms: tuple[Form, ...]
    eleven_test: bool
    zero: bool
    registered: str
    hrn: bool
    number: Mapping[str, str]
    name: Mapping[str, str]
    about: Mapping[str, str]
    source: Source
    shape: Basis
    tsp_check: str = ""

    def form_of(self, body: str) -> Form | None:
        """Return the first shape that the twelve positions have."""
        return next((form for form in self.forms if form.fits(body)), None)


@dataclass(frozen=True, slots=True)
class PrefixTable:
    """The table with its provenance.

    Args:
        source: where the table stands.
        prefixes: prefix → row.
        examples: OINs that documentation prints as an example → the document.
        demo: prefixes outside the table that turn up in demonstration data.
        tsp_checks: ways in which a TSP checks a number → where each stands; :attr:`Prefix.tsp_check` names one.
    """

    source: Source
    prefixes: Mapping[str, Prefix]
    examples: Mapping[str, Source]
    demo: frozenset[str]
    tsp_checks: Mapping[str, Source]


@cache
def prefix_table() -> PrefixTable:
    """Return the table, read once."""
    data = read_toml(str(__package__), "data/prefixes.toml")
    source = cite(data["source"]["document"], data["source"]["section"])
    rows = [_prefix(dict(row), source) for row in data["prefix"]]
    return PrefixTable(
        source=source,
        prefixes=MappingProxyType({row.prefix: row for row in rows}),
        examples=MappingProxyType({row["oin"]: cite(row["document"]) for row in data["example"]}),
        demo=frozenset(data["demo"]["prefixes"]),
        tsp_checks=MappingProxyType(_sections(data["tsp_checks"])),
    )


def _sections(told: Mapping[str, Any]) -> dict[str, Source]:
    document = cite(told["document"])
    return {way: document.at(section) for way, section in told["sections"].items()}


def _prefix(row: dict[str, Any], table: Source) -> Prefix:
    elsewhere, section, shape = row.pop("document", None), row.pop("section", ""), row.pop("shape", None)
    stands = cite(elsewhere, section) if elsewhere else table
    texts = {part: MappingProxyType(row[part]) for part in ("number", "name", "about")}
    shaped = {"certainty": Certainty(row["certainty"]), "forms": tuple(Form(**form) for form in row["forms"]), **texts}
    resting = _basis(shape) if shape else Basis(stands, Certainty(row["certainty"]))
    return Prefix(**{**row, **shaped, "source": stands, "shape": resting})


def _basis(told: Mapping[str, str]) -> Basis:
    return Basis(cite(told["document"], told.get("section", "")), Certainty(told["certainty"]))


def row_of(register: str) -> Prefix:
    """Return the row of a register by its short name. Raises ``KeyError`` for a name that is not in the table."""
    return _by_register()[register]


@cache
def _by_register() -> Mapping[str, Prefix]:
    return {row.register: row for row in prefix_table().prefixes.values()}
