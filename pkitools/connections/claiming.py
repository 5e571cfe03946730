"""Connections → what each of them claims of the certificates at its places: what a scan judges those by."""

from __future__ import annotations

from pkitools.arguments import of_type
from pkitools.connections.model import Connection, Connections
from pkitools.connections.owning import Places
from pkitools.portfolio import Claim


def claims_of(connections: Connections) -> tuple[Claim, ...]:
    """Return what each connection claims, in the order of their file.

    Each is called by its organisation, system and environment, and by what tells it apart where others have the same.

    Args:
        connections: the connections; a pattern among their files stands for what there is by it now.
    """
    of_type(connections, Connections, "connections")
    apart = connections.told_apart()
    return tuple(_claim(one, apart[one.number]) for one in connections.connections)


def _claim(one: Connection, apart: str) -> Claim:
    return Claim(
        name=f"{_called(one)} ({apart})" if apart else _called(one),
        places=Places.of(one.files).there,
        environment=one.environment,
        oin=one.holder.oin,
        system=one.system,
        entity_id=one.entity_id,
        endpoint=one.endpoint,
    )


def _called(one: Connection) -> str:
    system = () if one.system is None else (one.system.name,)
    return "/".join((one.organization.key, *system, str(one.environment)))
