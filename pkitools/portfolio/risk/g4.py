"""Readiness for G4: what is of an older generation still, and which lists of what is trusted lack the roots of G4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from pkitools.findings import NOT_APPLICABLE, violated
from pkitools.limits import MAX_RISK_MEMBERS
from pkitools.portfolio.model import HeldCertificate
from pkitools.portfolio.risk.case import Case, about, names
from pkitools.portfolio.risk.grouping import is_in_use, lean
from pkitools.portfolio.risk.model import Hit, Told
from pkitools.renewal import migration_facts
from pkitools.trust import HierarchyKind, get_hierarchy

_G4 = "G4"


def certificates(case: Case) -> Told:
    """Yield the certificates of production that are of an older generation: of each generation once."""
    older, total = migration_facts().generations, 0
    by_hierarchy: dict[str, tuple[list[HeldCertificate], int]] = {}
    for one in case.certificates:
        if is_in_use(one, case.moment) and _is_of_production(one, case):
            total += 1
            if one.generation in older and one.hierarchy is not None:
                members, count = by_hierarchy.get(one.hierarchy, ([], 0))
                by_hierarchy[one.hierarchy] = members, count + 1
                members += [lean(one)] if count < MAX_RISK_MEMBERS else []
    return _older(by_hierarchy, total) if total else NOT_APPLICABLE


def _is_of_production(one: HeldCertificate, case: Case) -> bool:
    return case.kind(one) is HierarchyKind.PRODUCTION


def _older(by_hierarchy: Mapping[str, tuple[list[HeldCertificate], int]], total: int) -> Iterator[Hit]:
    for name, (members, count) in by_hierarchy.items():
        hierarchy = get_hierarchy(name)
        day = "–" if hierarchy.not_after is None else f"{hierarchy.not_after:%Y-%m-%d}"
        yield about(names(members), members, count=count, total=total, hierarchy=hierarchy.label, day=day)


def trust(case: Case) -> Told:
    """Yield the places that hold roots of an older generation to trust, and no root of G4."""
    folders = _Roots(case).by_folder
    return _without_g4(folders) if folders else NOT_APPLICABLE


def _without_g4(folders: dict[str, dict[str, set[str]]]) -> Iterator[Hit]:
    for folder, files in folders.items():
        generations = set().union(*files.values())
        if _G4 not in generations:
            found = violated("roots", folder, generations=", ".join(sorted(generations)), count=len(files))
            yield Hit(found, (), tuple(files))


class _Roots:
    """The generations of the roots of production in files that hold authorities alone: what somebody trusts."""

    def __init__(self, case: Case) -> None:
        files = self._files(case)
        own = {p.name for one in case.certificates if not one.is_authority for p in one.places if p.name in files}
        own |= {key.place.name for key in case.keys if key.place.name in files}
        self.by_folder: dict[str, dict[str, set[str]]] = {}
        for name, generations in files.items():
            if name not in own:
                self.by_folder.setdefault(str(PurePath(name).parent), {})[name] = generations

    def _files(self, case: Case) -> dict[str, set[str]]:
        older = migration_facts().generations
        found: dict[str, set[str]] = {}
        for one in case.certificates:
            if self._is_root(one, case) and one.not_after >= case.moment and one.generation in {*older, _G4}:
                for place in one.places:
                    found.setdefault(place.name, set()).add(one.generation)
        return found

    @staticmethod
    def _is_root(one: HeldCertificate, case: Case) -> bool:
        return one.is_authority and one.is_self_issued and _is_of_production(one, case)
