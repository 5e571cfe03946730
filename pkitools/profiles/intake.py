"""One table with what a TSP asks of a request → :class:`~pkitools.profiles.model.TSP`: ours, or somebody's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from pkitools.arguments import choice
from pkitools.documents import Source
from pkitools.errors import InvalidValueError
from pkitools.findings import Basis, Certainty
from pkitools.profiles.model import TSP, Acceptance, OINPlace, RequestHash
from pkitools.toml_table import Table
from pkitools.x509.oids import ATTRIBUTE_OIDS

Cited: TypeAlias = Callable[[str, str], Source]
"""The key of a document and the place it is named at → the document."""

_FIELDS: Final = (
    *("name", "document", "section", "certainty", "key_sizes", "hashes", "pkcs1", "pss", "subject_required", "oin"),
    *("predates_g4", "trial", "domain_check"),
)


def read_tsp(name: str, table: Table, cited: Cited) -> TSP:
    """Return the TSP a table describes. What it does not say of signatures and the OIN is unknown.

    Args:
        name: what it is asked for by.
        table: what it says; what each field may hold: :class:`~pkitools.profiles.model.TSP`.
        cited: finds the documents it names.

    Raises:
        InvalidValueError: a field is missing or unknown, or a value is none; the error says where.
    """
    table.require_known(_FIELDS)
    return TSP(
        name=name,
        title=table.need("name", str),
        key_sizes=_numbers(table, "key_sizes"),
        hashes=tuple(choice(RequestHash, each, table.at("hashes")) for each in table.texts("hashes")),
        pkcs1=table.chosen("pkcs1", Acceptance) or Acceptance.UNKNOWN,
        pss=table.chosen("pss", Acceptance) or Acceptance.UNKNOWN,
        subject_required=_attributes(table, "subject_required"),
        oin=table.chosen("oin", OINPlace) or OINPlace.UNKNOWN,
        predates_g4=table.get("predates_g4", bool) or False,
        trial=table.get("trial", bool) or False,
        basis=_basis(table, cited),
        domain_check=_domain_check(table, cited),
    )


def _basis(table: Table, cited: Cited) -> Basis:
    source = cited(table.need("document", str), table.at("document"))
    section = table.get("section", str)
    certainty = table.chosen("certainty", Certainty) or Certainty.THIRD_PARTY
    return Basis(source.at(section) if section else source, certainty)


def _domain_check(table: Table, cited: Cited) -> Basis | None:
    """Return where it says that it checks domains; that a name which is nobody's does not come through is inferred."""
    key = table.get("domain_check", str)
    return None if key is None else Basis(cited(key, table.at("domain_check")), Certainty.INFERRED)


def _numbers(table: Table, field: str) -> tuple[int, ...]:
    found: list[Any] = table.get(field, list) or []
    if not all(type(each) is int and each > 0 for each in found):
        raise InvalidValueError("toml.error.no_numbers", where=table.at(field))
    return tuple(found)


def _attributes(table: Table, field: str) -> tuple[str, ...]:
    found = table.texts(field)
    for name in found:
        if name not in ATTRIBUTE_OIDS:
            known = ", ".join(ATTRIBUTE_OIDS)
            raise InvalidValueError("arguments.error.choice", parameter=table.at(field), given=name, known=known)
    return found
