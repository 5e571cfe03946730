"""Keys: one for several that should each have their own, one that others can read, one beside what it does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Final

from pkitools.checking.organizations import Likeness, likeness
from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Basis, Certainty, NotChecked, Severity, met_if_none
from pkitools.findings.asking import Violated
from pkitools.portfolio.beside import misfits
from pkitools.portfolio.model import HeldCertificate
from pkitools.portfolio.risk.case import Case, about, names
from pkitools.portfolio.risk.grouping import is_succession
from pkitools.portfolio.risk.model import Hit, Told

INFERRED: Final = Basis(cite("pkitools"), Certainty.INFERRED)
"""What rests on how a folder is called."""


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
    held = (f"{_called(one)} ({one.oin or '–'})" for one in members)
    return iter(dict.fromkeys(held))


def _called(one: HeldCertificate) -> str:
    """Return whose a certificate is; of one that names nobody where it is, for its thumbprint says nothing."""
    named = one.organization or one.common_name
    return named or next((place.name for place in one.places), one.name)


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
    closed = [key.place.name for key in case.keys if key.spki_sha256 is None and key.place.name not in case.told]
    beside = {key.place.name: where for key, where, _ in misfits(case)}
    found = [
        Hit(Violated((), {"value": name, "beside": where}), (), tuple(dict.fromkeys((name, where))))
        for name, where in {**case.keys_beside, **beside}.items()
    ]
    if not found and closed:
        return NotChecked("keys_closed", str(len(closed)))
    return found
