"""The hierarchies: which roots there are, what each is for, and which environment a root stands for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.frozen import Frozen, dataclass
from pkitools.package_data import read_toml
from pkitools.trust.authorities import CAStatus, HierarchyKind, catalogue, status_by_date


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """One root and everything under it.

    Args:
        name: how options and data name it: ``g4-tls``, ``g1-private``.
        label: how people name it: ``G4 Priv G-TLS``, ``Private G1``.
        generation: ``G4``, ``G3``, ``G2``, ``EV``, ``G1-private``, ``G1-public``.
        kind: production, TRIAL, test or acceptance.
        root: common name of the root; ``None`` where not known.
        root_sha256: fingerprint of the root, hex; ``None`` where not known or not fixed.
        purpose: what it is for, by language.
    """

    name: str
    label: str
    generation: str
    kind: HierarchyKind
    root: str | None
    root_sha256: str | None
    purpose: Mapping[str, str]
    not_before: datetime | None = None
    not_after: datetime | None = None

    def status(self, moment: datetime) -> CAStatus:
        """Return what the root is at ``moment``, by date."""
        return status_by_date(self.not_before, self.not_after, moment)

    @property
    def environment(self) -> Environment:
        """The environment its certificates are meant for."""
        return self.kind.environment


@cache
def hierarchies() -> tuple[Hierarchy, ...]:
    """Return every hierarchy, production first, the newest generation first."""
    raw = read_toml(str(__package__), "data/hierarchies.toml")
    return tuple(_hierarchy(record) for record in raw["hierarchy"])


def get_hierarchy(name: str) -> Hierarchy:
    """Return the hierarchy of this name.

    Raises:
        InvalidValueError: ``trust.error.unknown_hierarchy``.
    """
    for hierarchy in hierarchies():
        if hierarchy.name == name:
            return hierarchy
    raise InvalidValueError("trust.error.unknown_hierarchy", name=name, known=", ".join(h.name for h in hierarchies()))


def hierarchy_of_root(root_sha256: str) -> Hierarchy | None:
    """Return the hierarchy whose root has this SHA-256 (hex), or ``None``: a root is known by nothing else."""
    return _by_root().get(root_sha256.lower())


@cache
def _by_root() -> dict[str, Hierarchy]:
    return {h.root_sha256: h for h in reversed(hierarchies()) if h.root_sha256 is not None}


def environment_of(root_sha256: str) -> Environment | None:
    """Return the environment a root stands for, or ``None`` when the root is not in the catalogue.

    A root nobody lists is a test hierarchy or a self-signed certificate: what it stands for is the caller's to say.
    """
    hierarchy = hierarchy_of_root(root_sha256)
    return hierarchy.environment if hierarchy else None


def _hierarchy(record: dict[str, object]) -> Hierarchy:
    sha256 = record.get("root_sha256")
    root = catalogue().by_sha256.get(str(sha256)) if sha256 else None
    purpose = record["purpose"]
    assert isinstance(purpose, dict)
    return Hierarchy(
        name=str(record["name"]),
        label=str(record["label"]),
        generation=str(record["generation"]),
        kind=HierarchyKind(str(record["kind"])),
        root=str(record["root"]) if "root" in record else None,
        root_sha256=str(sha256) if sha256 else None,
        purpose=Frozen(purpose),
        not_before=root.not_before if root else None,
        not_after=root.not_after if root else None,
    )
