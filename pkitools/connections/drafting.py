"""What a scan found → a first ``connections.toml``, for people to go on with. It can be read as it is."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pkitools.arguments import of_type, text
from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.messages import Language, message
from pkitools.oin import OIN, InvalidOINError
from pkitools.portfolio import HeldCertificate, Place, Portfolio
from pkitools.systems import System


@dataclass(frozen=True, slots=True)
class Draft:
    """A first file.

    Args:
        data: the file: TOML in UTF-8.
        organizations, connections: how many it holds.
        left_out: certificates that are in none of its connections: there is no OIN in them, or more than one.
    """

    data: bytes
    organizations: int
    connections: int
    left_out: tuple[HeldCertificate, ...]


def draft(
    portfolio: Portfolio, folder: str, *, system: System | None = None, language: Language = "en"
) -> Draft:
    """Return a first file of connections: one for each organisation, name and environment.

    Args:
        portfolio: what a scan found.
        folder: where the file is to be: paths in it count from there.
        system: the system they are for; ``None``: that is left to be filled in.
        language: of the comments.
    """
    of_type(portfolio, Portfolio, "portfolio")
    folder = text(folder, "folder")
    usable = [one for one in portfolio.judged if _oin(one) is not None]
    organizations: dict[str, HeldCertificate] = {}
    for one in sorted(usable, key=lambda each: each.not_after, reverse=True):
        organizations.setdefault(str(_oin(one)), one)
    groups: dict[tuple[str, str, Environment], list[HeldCertificate]] = {}
    for one in sorted(usable, key=lambda each: (each.oin or "", each.name, each.not_after)):
        groups.setdefault((str(_oin(one)), one.name, _environment(one)), []).append(one)
    lines = [*_comment("draft.head", language), "version = 1"]
    lines += [line for oin, one in organizations.items() for line in _organization(oin, one, language)]
    for (oin, _, environment), members in groups.items():
        keys = [key.place for key in portfolio.keys if key.spki_sha256 in {one.spki_sha256 for one in members}]
        lines += _connection(oin, environment, members, keys, folder, system, language)
    left_out = tuple(one for one in portfolio.judged if _oin(one) is None)
    data = ("\n".join(lines) + "\n").encode()
    return Draft(data, len(organizations), len(groups), left_out)


def _oin(one: HeldCertificate) -> OIN | None:
    try:
        return None if one.oin is None else OIN.parse(one.oin)
    except InvalidOINError:
        return None


def _environment(one: HeldCertificate) -> Environment:
    return one.judgements[0].environment


def _comment(slug: str, language: Language) -> list[str]:
    return [f"# {line}" for line in message(f"connections.{slug}", {}, language).message.splitlines()]


def _organization(oin: str, one: HeldCertificate, language: Language) -> Iterator[str]:
    yield ""
    yield f"[organization.{quoted(oin)}]"
    yield f"oin = {quoted(oin)}"
    yield f"name = {quoted(one.organization or one.name)}"
    yield from _comment("draft.organization", language)


def _connection(
    oin: str,
    environment: Environment,
    members: list[HeldCertificate],
    keys: list[Place],
    folder: str,
    system: System | None,
    language: Language,
) -> Iterator[str]:
    last = members[-1]
    found = [*(place for one in members for place in one.places), *keys]
    places = dict.fromkeys(_relative(place.name, folder) for place in found)
    entity_ids = dict.fromkeys(place.entity_id for one in members for place in one.places if place.entity_id)
    yield ""
    yield "[[connection]]"
    yield f"organization = {quoted(oin)}"
    yield from _comment("draft.system", language) if system is None else [f"system = {quoted(system.name)}"]
    yield f"environment = {quoted(environment.value)}"
    yield f"common_name = {quoted(last.name)}"
    if last.dns_names:
        yield f"dns = [{', '.join(map(quoted, last.dns_names))}]"
    own = [each for each in entity_ids if f":{oin}:" in each]
    if len(own) == 1:
        yield f"entity_id = {quoted(own[0])}"
    yield f"files = [{', '.join(map(quoted, places))}]"
    yield from _comment("draft.connection", language)


def _relative(name: str, folder: str) -> str:
    try:
        return os.path.relpath(name, folder or os.curdir)
    except ValueError:  # another drive
        return name


def quoted(value: str) -> str:
    """Return a text as TOML writes it: what a certificate holds can end no string and begin no line."""
    return '"' + "".join(_escaped(char) for char in value) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
