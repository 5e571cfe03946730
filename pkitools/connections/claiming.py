"""Connections → what each of them claims of the certificates at its places: what a scan judges those by."""

from __future__ import annotations

from collections import Counter

from pkitools.arguments import of_type
from pkitools.connections.holding import matches
from pkitools.connections.model import Connection, Connections
from pkitools.portfolio import Claim


def claims_of(connections: Connections) -> tuple[Claim, ...]:
    """Return what each connection claims, in the order of their file.

    Each is called by its organisation, system and environment; where two are called alike, by its line as well.

    Args:
        connections: the connections; a pattern among their files stands for what there is by it now.
    """
    of_type(connections, Connections, "connections")
    counts = Counter(map(_called, connections.connections))
    return tuple(_claim(one, is_alone=counts[_called(one)] == 1) for one in connections.connections)


def _claim(one: Connection, *, is_alone: bool) -> Claim:
    return Claim(
        name=_called(one) if is_alone else f"{_called(one)} ({one.line})",
        places=tuple(path for given in one.files for path in matches(given)),
        environment=one.environment,
        oin=one.holder.oin,
        system=one.system,
        entity_id=one.entity_id,
        endpoint=one.endpoint,
    )


def _called(one: Connection) -> str:
    system = () if one.system is None else (one.system.name,)
    return "/".join((one.organization.key, *system, str(one.environment)))
