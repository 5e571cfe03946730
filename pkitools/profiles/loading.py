"""``data/*.toml`` → the values of :mod:`pkitools.profiles.model`, once, when first asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from pkitools import toml_table
from pkitools.arguments import named, near, text
from pkitools.documents import Source, cite
from pkitools.errors import InvalidValueError
from pkitools.findings import Basis, Certainty
from pkitools.package_data import read_toml
from pkitools.profiles.model import (
    TSP,
    AttributeRule,
    KeyRule,
    Permission,
    PolicyRule,
    Presence,
    Profile,
    QcStatementsRule,
    SANRule,
    SignatureRule,
    SubjectRule,
    TrialRule,
    UsageRule,
    ValidityRule,
    ValidityStep,
)

Table = Mapping[str, Any]


def profiles() -> tuple[Profile, ...]:
    """Return every profile, in the order of the data file."""
    return tuple(_profiles().values())


def get_profile(name: str) -> Profile:
    """Return one profile by name, whatever its capitals, spaces and dashes: ``g1-server``, ``G1 server``.

    Raises:
        InvalidValueError: no profile has this name; the error lists those there are, and what was perhaps meant.
    """
    known: Mapping[str, Sequence[str]] = dict.fromkeys(_profiles(), ())
    found = named(text(name, "profile"), known)
    if found is None:
        raise _unknown("profiles.error.unknown", "profiles.error.unknown_near", name, known)
    return _profiles()[found]


def _unknown(code: str, code_near: str, name: str, known: Mapping[str, Sequence[str]]) -> InvalidValueError:
    names = ", ".join(known)
    if meant := near(name, known):
        return InvalidValueError(code_near, name=name, near=", ".join(meant), known=names)
    return InvalidValueError(code, name=name, known=names)


@cache
def trial() -> TrialRule:
    """Return how TRIAL certificates differ from those of production."""
    data = _data("profiles")
    values = {**data["trial"], "basis": _bases()[data["trial"]["basis"]]}
    return TrialRule(**{**values, "prefixed": tuple(values["prefixed"])})


def tsps() -> tuple[TSP, ...]:
    """Return every TSP whose intake rules were looked for, also those of which nothing was found."""
    return tuple(_tsps().values())


def get_tsp(name: str) -> TSP:
    """Return one TSP by name, or by its name for people: ``kpn``, ``KPN``.

    Raises:
        InvalidValueError: none has this name; the error lists those there are, and what was perhaps meant.
    """
    known = {each: (tsp.title,) for each, tsp in _tsps().items()}
    found = named(text(name, "tsp"), known)
    if found is None:
        raise unknown_tsp(name, known)
    return _tsps()[found]


def unknown_tsp(name: str, known: Mapping[str, Sequence[str]]) -> InvalidValueError:
    """Return what there is to say of a name that no TSP has, of those that are known: what each is called, by name."""
    return _unknown("profiles.error.unknown_tsp", "profiles.error.unknown_tsp_near", name, known)


@cache
def _data(name: str) -> Table:
    return read_toml(str(__package__), f"data/{name}.toml")


@cache
def _bases() -> Mapping[str, Basis]:
    return {key: _basis(table) for key, table in _data("profiles")["bases"].items()}


def _basis(table: Table) -> Basis:
    source = cite(table["document"], table.get("section", ""))
    return Basis(source, Certainty(table["certainty"]), table.get("note", ""), table.get("of_trial", False))


@cache
def _profiles() -> Mapping[str, Profile]:
    return MappingProxyType({profile.name: profile for profile in _read(_data("profiles"))})


def read_profiles(text: str) -> tuple[Profile, ...]:
    """Return the profiles a TOML text describes, as ``data/profiles.toml`` does, with bases and subjects of that file.

    The text is our own, a template or an entry to be: a mistake in it is a bug and raises as such.
    """
    import tomllib  # what is ours is read from tables

    more = tomllib.loads(text)
    return _read(
        {"subjects": {**_data("profiles")["subjects"], **more.get("subjects", {})}, "profiles": more["profiles"]}
    )


def _read(data: Table) -> tuple[Profile, ...]:
    subjects = data["subjects"]
    return tuple(_profile(name, table, subjects[table["subject"]]) for name, table in data["profiles"].items())


def _profile(name: str, table: Table, subject: Table) -> Profile:
    return Profile(
        name,
        table["generation"],
        table["hierarchy"],
        table["root"],
        table.get("serial_number", "oin"),
        SubjectRule(tuple(_attribute(entry) for entry in subject["attributes"]), _bases()[subject["basis"]]),
        _san(table["san"]),
        _key(table["key"]),
        _usage(table["usage"]),
        _policies(table["policies"]),
        _qc_statements(table["qc"]),
        _signature(table["signature"]),
        _validity(table["validity"]),
    )


def _attribute(table: Table) -> AttributeRule:
    return AttributeRule(
        table["name"],
        Presence(table["presence"]),
        table["string_type"],
        table["minimum"],
        table["maximum"],
        table.get("pattern"),
        _bases()[table["basis"]],
        _bases()[table.get("form_basis", table["basis"])],
    )


def _san(table: Table) -> SANRule:
    return SANRule(
        Presence(table["presence"]),
        frozenset(table.get("kinds", ())),
        table.get("minimum", 0),
        table.get("maximum"),
        Permission(table.get("wildcard", "forbidden")),
        Permission(table.get("localhost", "forbidden")),
        table.get("common_name_listed", False),
        _bases()[table["basis"]],
        _bases()[table.get("address_basis", table["basis"])],
    )


def _key(table: Table) -> KeyRule:
    size_basis = _bases()[table["size_basis"]]
    return KeyRule(
        table["algorithm"],
        table["minimum_bits"],
        table.get("recommended_bits", table["minimum_bits"]),
        tuple(table["generate"]),
        tuple(table["curves"]),
        _bases()[table["algorithm_basis"]],
        size_basis,
        _bases()[table["recommended_basis"]] if "recommended_basis" in table else size_basis,
    )


def _usage(table: Table) -> UsageRule:
    return UsageRule(frozenset(table["key_usage"]), tuple(table["extended_key_usage"]), _bases()[table["basis"]])


def _policies(table: Table) -> PolicyRule:
    return PolicyRule(
        tuple(table["production"]),
        _bases()[table["production_basis"]],
        tuple(table.get("trial", ())),
        _bases()[table["trial_basis"]] if "trial_basis" in table else None,
    )


def _qc_statements(table: Table) -> QcStatementsRule:
    found = tuple((entry["oid"], tuple(entry["values"])) for entry in table["statements"])
    return QcStatementsRule(found, _bases()[table["basis"]])


def _signature(table: Table) -> SignatureRule:
    return SignatureRule(table["request"], table["certificate"], _bases()[table["basis"]])


def _validity(table: Table) -> ValidityRule:
    steps = tuple(ValidityStep(s.get("from"), s["days"], _bases()[s["basis"]]) for s in table["steps"])
    return ValidityRule(steps, table.get("trial_days"), table.get("latest_end"))


@cache
def _tsps() -> Mapping[str, TSP]:
    from pkitools.profiles.intake import read_tsp  # for who makes a request

    tables = toml_table.Table(_data("tsps"), "").tables("tsps")
    return MappingProxyType({name: read_tsp(name, table, _cited) for name, table in tables.items()})


def _cited(key: str, where: str) -> Source:
    return cite(key)  # of our own file: tests hold every key to the register
