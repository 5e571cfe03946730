"""What a scan found → a first ``connections.toml``, for people to go on with. It can be read as it is."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePath

from pkitools.arguments import of_type, one_of, optional, text
from pkitools.connections.naming import says_nothing
from pkitools.environment import Environment
from pkitools.files import is_file
from pkitools.frozen import dataclass
from pkitools.messages import LANGUAGES, Language, message
from pkitools.oin import OIN, InvalidOINError
from pkitools.portfolio import HeldCertificate, Portfolio
from pkitools.profiles import trial
from pkitools.systems import System


@dataclass(frozen=True, slots=True)
class NamesOfOne:
    """The names that certificates give one organisation, where they differ.

    Args:
        oin: whose.
        chosen: the one that was taken.
        others: the rest, that of the newest certificate first.
    """

    oin: str
    chosen: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A first file.

    Args:
        data: the file: TOML in UTF-8.
        organizations, connections: how many it holds.
        left_out: certificates that are in none of its connections: there is no OIN in them, or more than one.
        of_others: those of identity providers, the other side of connections: they are in none either, rightly.
        differing: the organisations to which certificates give several names, each with the one that was taken.
        no_unicode: names of files that TOML cannot hold, as what the system has is no Unicode: they are not in it.
    """

    data: bytes
    organizations: int
    connections: int
    left_out: tuple[HeldCertificate, ...]
    of_others: tuple[HeldCertificate, ...] = ()
    differing: tuple[NamesOfOne, ...] = ()
    no_unicode: tuple[str, ...] = ()


def draft(portfolio: Portfolio, folder: str, *, system: System | None = None, language: Language = "en") -> Draft:
    """Return a first file of connections: one for each organisation, name and environment.

    Args:
        portfolio: what a scan found.
        folder: where the file is to be: paths in it count from there.
        system: the system they are for; ``None``: that is left to be filled in.
        language: of the comments.

    Raises:
        InvalidValueError: a value is none.
    """
    of_type(portfolio, Portfolio, "portfolio")
    folder, system = text(folder, "folder"), optional(system, System, "system")
    language = one_of(LANGUAGES, language, "language")
    writing = _Writing(portfolio, folder, system, language, Counter(_stems(portfolio)))
    own = [one for one in portfolio.judged if _oin(one) is not None and not one.is_of_provider]
    places = [place.name for one in own for place in one.places]
    no_unicode = tuple(dict.fromkeys(name for name in places if not is_unicode(name)))
    usable = sorted(
        (one for one in own if any(is_unicode(place.name) for place in one.places)),
        key=lambda each: (each.oin or "", _bare(each.name), each.not_after),
    )
    organizations = {oin: _names(oin, usable, portfolio.moment) for oin in sorted({str(one.oin) for one in usable})}
    groups: dict[tuple[str, str, Environment], list[HeldCertificate]] = {}
    for one in usable:
        groups.setdefault((str(one.oin), _bare(one.name), _environment(one)), []).append(one)
    lines = [*writing.comment("head"), "version = 1"]
    lines += [line for names in organizations.values() for line in writing.organization(names)]
    lines += [line for members in groups.values() for line in writing.connection(members)]
    lines += ["", *writing.comment("foot")]
    left_out = tuple(one for one in portfolio.judged if _oin(one) is None)
    of_others = tuple(one for one in portfolio.judged if _oin(one) is not None and one.is_of_provider)
    differing = tuple(names for names in organizations.values() if names.others)
    data = ("\n".join(lines) + "\n").encode()
    return Draft(data, len(organizations), len(groups), left_out, of_others, differing, no_unicode)


def _names(oin: str, usable: Iterable[HeldCertificate], moment: datetime) -> NamesOfOne:
    """Return what an organisation is called: as in its newest certificate that is valid, else in its newest."""
    own = sorted(
        (one for one in usable if one.oin == oin),
        key=lambda one: (one.not_before <= moment <= one.ends, one.not_before, one.sha256),
        reverse=True,
    )
    given = [each for one in own if not says_nothing(each := _bare(one.organization))]
    first, *rest = _each_once(given) or [_instead(own, oin)]
    return NamesOfOne(oin, first, tuple(rest))


def _each_once(names: Iterable[str]) -> list[str]:
    """Return names without those that differ in nothing but capitals and spaces from one before them."""
    found: dict[str, str] = {}
    for each in names:
        found.setdefault(" ".join(each.casefold().split()), each)
    return list(found.values())


def _instead(own: Iterable[HeldCertificate], oin: str) -> str:
    """Return what an organisation is called of which no certificate says it."""
    return next((each for one in own if not says_nothing(each := _bare(one.name))), oin)


def _bare(name: str | None) -> str:
    """Return a name as a request asks for it: issuing a test certificate puts something in front of it."""
    return trial().without_prefix(name or "")


def _oin(one: HeldCertificate) -> OIN | None:
    try:
        return None if one.oin is None else OIN.parse(one.oin)
    except InvalidOINError:
        return None


def _environment(one: HeldCertificate) -> Environment:
    """Return for which environment it is; what an organisation made itself is for preproduction, or for nothing."""
    return Environment.PREPRODUCTION if one.is_self_issued else one.judgements[0].environment


@dataclass(frozen=True, slots=True)
class _Writing:
    """How a file is written, and of what."""

    portfolio: Portfolio
    folder: str
    system: System | None
    language: Language
    stems: Mapping[str, int]

    def comment(self, slug: str, **operands: str) -> list[str]:
        told = message(f"connections.draft.{slug}", operands, self.language).message
        return [f"# {line}" for line in told.splitlines()]

    def organization(self, names: NamesOfOne) -> Iterator[str]:
        oin = quoted(names.oin)
        yield from ("", f"[organization.{oin}]", f"oin = {oin}", f"name = {quoted(names.chosen)}")
        if names.others:
            yield from self.comment("names", names=", ".join(map(quoted, names.others)))
        yield from self.comment("organization")

    def connection(self, members: list[HeldCertificate]) -> Iterator[str]:
        last = members[-1]
        oin = str(last.oin)
        yield from ("", "[[connection]]", f"organization = {quoted(oin)}")
        yield from self.comment("system") if self.system is None else [f"system = {quoted(self.system.name)}"]
        yield f"environment = {quoted(_environment(last).value)}"
        if last.is_self_issued:
            yield "self_signed = true"
        if not says_nothing(name := _bare(last.common_name)):
            yield f"common_name = {quoted(name)}"
        if dns := [each for each in last.dns_names if not says_nothing(each)]:
            yield f"dns = {_list(dns)}"
        entity_ids = {place.entity_id for one in members for place in one.places if place.entity_id}
        own = [each for each in entity_ids if f":{oin}:" in each]
        if len(own) == 1:
            yield f"entity_id = {quoted(own[0])}"
        yield f"files = {_list(self._files(members))}"
        yield from self.comment("connection")

    def _files(self, members: list[HeldCertificate]) -> dict[str, None]:
        """Return where they lie, and where their keys do."""
        known = {one.spki_sha256 for one in members}
        keys = [key.place for key in self.portfolio.keys if key.spki_sha256 in known]
        found = [*(place for one in members for place in one.places), *keys]
        requests = [one.place for one in self.portfolio.requests if one.spki_sha256 in known]
        own = frozenset(place.name for place in (*found, *requests))
        told = dict.fromkeys(_relative(place.name, self.folder) for place in found if is_unicode(place.name))
        return {**told, **dict.fromkeys(self._to_come(members[-1], own))}

    def _to_come(self, last: HeldCertificate, own: frozenset[str]) -> Iterator[str]:
        """Yield a pattern for what comes beside the last certificate, such as the next; none that takes others in."""
        files = [place.name for place in last.places if place.entity_id is None and is_file(place.name)]
        files = [*filter(is_unicode, files)]
        if not files:
            return
        stem = min(files, key=len)
        for end in (Path(stem).suffix, ".chain"):
            stem = stem.removesuffix(end)
        if self.stems[stem] == sum(name.startswith(f"{stem}.") for name in own):
            yield glob.escape(_relative(stem, self.folder)) + ".*"


def _stems(portfolio: Portfolio) -> Iterator[str]:
    """Yield of each file that was found what its name begins with, up to each dot."""
    found = {place.name for one in portfolio.certificates for place in one.places}
    found |= {key.place.name for key in portfolio.keys} | {one.place.name for one in portfolio.requests}
    for name in found:
        begin = len(name) - len(PurePath(name).name)
        yield from (name[:at] for at in range(begin, len(name)) if name[at] == ".")


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, values))}]"


def _relative(name: str, folder: str) -> str:
    try:
        return os.path.relpath(name, folder or os.curdir)
    except ValueError:  # another drive
        return name


def is_unicode(value: str) -> bool:
    """Return whether a text can be written: the name of a file may have octets that are none, as lone surrogates."""
    return all(not "\ud800" <= char <= "\udfff" for char in value)


def quoted(value: str) -> str:
    """Return a text as TOML writes it: what a certificate holds can end no string and begin no line."""
    return '"' + "".join(_escaped(char) for char in value) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if not is_unicode(char):
        return "\ufffd"
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
