"""Readiness for G4: what is of an older generation still, and which lists of what is trusted lack the roots of G4."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from pkitools.findings import NOT_APPLICABLE, violated
from pkitools.portfolio.model import HeldCertificate
from pkitools.portfolio.risk.case import Case, about, names
from pkitools.portfolio.risk.grouping import is_in_use
from pkitools.portfolio.risk.model import Hit, Told
from pkitools.renewal import migration_facts
from pkitools.trust import HierarchyKind, get_hierarchy

_G4 = "G4"


def certificates(case: Case) -> Told:
    """Yield the certificates of production that are of an older generation: of each generation once."""
    of_production = [one for one in case.certificates if _is_of_production(one, case)]
    used = [one for one in of_production if is_in_use(one, case.moment)]
    return _older(used, len(used)) if used else NOT_APPLICABLE


def _is_of_production(one: HeldCertificate, case: Case) -> bool:
    return case.kind(one) is HierarchyKind.PRODUCTION


def _older(used: list[HeldCertificate], total: int) -> Iterator[Hit]:
    older = migration_facts().generations
    by_hierarchy: dict[str, list[HeldCertificate]] = {}
    for one in used:
        if one.generation in older and one.hierarchy is not None:
            by_hierarchy.setdefault(one.hierarchy, []).append(one)
    for name, members in by_hierarchy.items():
        hierarchy = get_hierarchy(name)
        day = "–" if hierarchy.not_after is None else f"{hierarchy.not_after:%Y-%m-%d}"
        yield about(names(members), members, count=len(members), total=total, hierarchy=hierarchy.label, day=day)


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
        own = {place.name for one in case.certificates if not one.is_authority for place in one.places}
        own |= {key.place.name for key in case.keys}
        older = migration_facts().generations
        self.by_folder: dict[str, dict[str, set[str]]] = {}
        for one in case.certificates:
            if not self._is_root(one, case) or one.not_after < case.moment or one.generation not in {*older, _G4}:
                continue
            for place in one.places:
                if place.name not in own:
                    folder = self.by_folder.setdefault(str(PurePath(place.name).parent), {})
                    folder.setdefault(place.name, set()).add(one.generation)

    @staticmethod
    def _is_root(one: HeldCertificate, case: Case) -> bool:
        return one.is_authority and one.subject == one.issuer and _is_of_production(one, case)
