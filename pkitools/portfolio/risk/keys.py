"""Keys: one for several that should each have their own, one that others can read, one beside what it does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Final

from pkitools.checking.file_names import Stem, is_named_as_key, stem_of
from pkitools.checking.organizations import Likeness, likeness
from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Basis, Certainty, NotChecked, Severity, met_if_none
from pkitools.findings.asking import Violated
from pkitools.portfolio.model import HeldCertificate, HeldKey, Portfolio
from pkitools.portfolio.risk.case import Case, about, names
from pkitools.portfolio.risk.grouping import is_succession
from pkitools.portfolio.risk.model import Hit, Told

INFERRED: Final = Basis(cite("pkitools"), Certainty.INFERRED)
"""What rests on how a folder is called."""
_NEAR: Final = 3
"""Lines between the certificate and the key of one server in a configuration."""
_CERTIFICATE_ENDS: Final = frozenset((".pem", ".crt", ".cer", ".der", ".cert", ".chain", ".fullchain", ".bundle"))
_KINDS: Final = frozenset((
    "cert", "certs", "crt", "certificate", "certificates", "certificaat", "certificaten", "public",
    "key", "keys", "private", "privkey", "sleutel", "sleutels",
))  # fmt: skip
"""Folders for one kind of thing, such as ``/etc/ssl/certs`` and ``/etc/ssl/private``."""
_Shared = tuple[PurePath, Stem]


def two_environments(case: Case) -> Told:
    """Yield the keys that certificates of both environments have."""
    if not case.in_use:
        return NOT_APPLICABLE
    return _two_environments(case)


def _two_environments(case: Case) -> Iterator[Hit]:
    for group in case.of_one_key:
        members = group.members
        stated = {environment for one in members for environment in case.environments(one, stated=True)}
        every = stated | {environment for one in members for environment in case.environments(one, stated=False)}
        if len(every) == 2 and not _is_one_place(members, case):
            sure = len(stated) == 2
            severity, basis = (None, None) if sure else (Severity.NOTICE, INFERRED)
            yield about(names(members), members, severity=severity, basis=basis, count=group.count)


def _is_one_place(members: Iterable[HeldCertificate], case: Case) -> bool:
    """Return whether it is one certificate that is in both: that is another finding."""
    return any(len(case.environments(one, stated=False)) == 2 for one in members)


def two_organizations(case: Case) -> Told:
    """Yield the keys that certificates of two organisations have."""
    if not case.in_use:
        return NOT_APPLICABLE
    return _two_organizations(case)


def _two_organizations(case: Case) -> Iterator[Hit]:
    for group in case.of_one_key:
        members = group.members
        oins = {one.oin for one in members}
        known = sorted(filter(None, oins))
        alike = _are_alike([one.organization for one in members])
        if len(known) > 1:  # an organisation may have numbers for its parts
            severity = Severity.NOTICE if alike else None
            yield about(_held_by(members), members, severity=severity, count=group.count, oins=", ".join(known))
        elif None in oins and alike is False:
            yield about(_held_by(members), members, count=group.count, oins=", ".join(known) or "–")


def _are_alike(organizations: Iterable[str | None]) -> bool | None:
    """Return whether all are the name of one organisation; ``None`` where one has no name."""
    first, *others = [one or "" for one in organizations]
    if not first or not all(others):
        return None
    return all(likeness(first, other) is not Likeness.DIFFERENT for other in others)


def _held_by(members: Iterable[HeldCertificate]) -> Iterator[str]:
    held = (f"{one.organization or one.name} ({one.oin or '–'})" for one in members)
    return iter(dict.fromkeys(held))


def renewed(case: Case) -> Told:
    """Yield the keys that go on in the next certificate of one name: told, for some systems want just that."""
    if not case.in_use:
        return NOT_APPLICABLE
    return _renewed(case)


def _renewed(case: Case) -> Iterator[Hit]:
    for group in case.of_one_key:
        members = group.members
        one_name = len({one.subject for one in members}) == 1
        if one_name and len(members) == group.count and is_succession(members):
            yield about(names(members[:1]), members, count=group.count)


def readable(case: Case) -> Told:
    """Yield the private keys that others may read, by their folder."""
    if not any(key.readable_by_others is not None for key in case.keys):
        return NOT_APPLICABLE
    return _readable(case)


def _readable(case: Case) -> Iterator[Hit]:
    folders: dict[tuple[str, bool], dict[str, None]] = {}
    for key in case.keys:
        if key.readable_by_others:
            path = PurePath(key.place.name)
            folders.setdefault((str(path.parent), key.encrypted), {})[key.place.name] = None
    for (folder, encrypted), files in folders.items():
        found = met_if_none("mode", [PurePath(name).name for name in files], folder=folder, count=len(files))
        assert isinstance(found, Violated)  # there is a file in each
        severity = Severity.NOTICE if encrypted else None
        yield Hit(Violated(found.evidence, found.params, severity=severity), (), tuple(files))


def misfit(case: Case) -> Told:
    """Yield the private keys beside certificates that none of them fits: in one file, under one name, or named by one
    configuration.
    """
    if not case.keys:
        return NOT_APPLICABLE
    closed = [key.place.name for key in case.keys if key.spki_sha256 is None]
    beside = {key.place.name: where for key, where, _ in misfits(case)}
    found = [
        Hit(Violated((), {"value": name, "beside": where}), (), tuple({name, where}))
        for name, where in {**case.keys_beside, **beside}.items()
    ]
    if not found and closed:
        return NotChecked("keys_closed", str(len(closed)))
    return found


def misfits(case: Case | Portfolio) -> Iterator[tuple[HeldKey, str, set[str]]]:
    """Yield the private keys that fit none of the certificates they are beside, where, and the public keys of those."""
    beside = _Beside(case.certificates, case.keys)
    # a request that was kept when its certificate came is of no order
    waiting = {request.spki_sha256 for request in case.requests} - {one.spki_sha256 for one in case.certificates}
    for key in case.keys:
        if key.spki_sha256 is None or key.spki_sha256 in waiting:  # of an order that is under way
            continue
        for where, held in beside.of(key):
            if held and key.spki_sha256 not in held:
                yield key, where, held
                break


class _Beside:
    """The public keys in certificates, by what a private key is held beside: a file, a name, a configuration."""

    def __init__(self, certificates: Iterable[HeldCertificate], keys: Iterable[HeldKey]) -> None:
        self.by_file: dict[str, set[str]] = {}
        self.by_name: dict[_Shared, dict[str, None]] = {}
        self.by_folder: dict[PurePath, dict[str, None]] = {}
        self.by_pointer: dict[str, list[tuple[int, str]]] = {}
        for key in keys:  # nothing else is asked for, and so nothing else is kept
            self.by_name[_shared(key.place.name)] = {}
            if not stem_of(key.place.name).text:
                self.by_folder[PurePath(key.place.name).parent] = {}
            self.by_pointer |= {_origin(origin)[0]: [] for origin in key.place.named_by}
        for one in certificates:
            if not one.is_authority:
                self._add(one)

    def _add(self, one: HeldCertificate) -> None:
        for place in one.places:
            if place.container != "tls" and place.entity_id is None:
                self._add_file(place.name, one.spki_sha256)
            for name, line in map(_origin, place.named_by):
                if name in self.by_pointer:
                    self.by_pointer[name].append((line, one.spki_sha256))

    def _add_file(self, name: str, public_key: str) -> None:
        path, shared = PurePath(name), _shared(name)
        if shared not in self.by_name and path.parent not in self.by_folder:
            return
        self.by_file.setdefault(name, set()).add(public_key)
        if path.suffix.lower() in _CERTIFICATE_ENDS:
            for found in (self.by_name.get(shared), self.by_folder.get(path.parent)):
                if found is not None:
                    found[name] = None

    def of(self, key: HeldKey) -> Iterator[tuple[str, set[str]]]:
        """Yield where certificates are beside a key, and the public keys in those."""
        name = key.place.name
        inside = self.by_file.get(name, set())
        yield name, inside
        if not inside or is_named_as_key(name):
            yield from self._named_alike(name)
        for origin in key.place.named_by:
            pointing, line = _origin(origin)
            named = self.by_pointer.get(pointing, [])
            near = any(abs(line - other) <= _NEAR for other, _ in named)
            yield origin, {spki for _, spki in named} if near and not _is_list(pointing) else set()

    def _named_alike(self, name: str) -> Iterator[tuple[str, set[str]]]:
        """Yield the first of the files with certificates to which a key may belong by its name, and the keys of all.

        Those in its folder, if there are; else those in the folder of another kind beside it. Where its name says only
        what is in it (``privkey.pem``), every certificate of its folder may be its own.
        """
        folder = PurePath(name).parent
        found = [other for other in self.by_name[_shared(name)] if other != name and not is_named_as_key(other)]
        alike = [other for other in found if PurePath(other).parent == folder] or found
        if alike:
            own = alike if stem_of(name).text else [other for other in self.by_folder[folder] if other != name]
            yield alike[0], {spki for other in own for spki in self.by_file[other]}


def _origin(origin: str) -> tuple[str, int]:
    name, _, line = origin.rpartition(":")
    return name, int(line) if line.isdecimal() else 0


def _is_list(name: str) -> bool:
    """Return whether a file that names others is a list: what stands beside one another there belongs to itself."""
    return PurePath(name).suffix.lower() in {".csv", ".txt", ".tsv", ".lst"}


def _shared(name: str) -> _Shared:
    """Return what the files that belong together share: a name, and the folder they are in or their folders are in."""
    stem, folder = stem_of(name), PurePath(name).parent
    is_of_a_kind = not stem.is_local and folder.name.casefold() in _KINDS
    return folder.parent if is_of_a_kind else folder, stem
