"""Connections → what each of them claims of the certificates at its places: what a scan judges those by."""

from __future__ import annotations

from collections.abc import Iterator

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
    return tuple(_claim(one, name) for name, one in _by_name(connections))


def claiming(connections: Connections) -> dict[str, Connection]:
    """Return the connections by the names of their claims, which are those of the judgements they ask for.

    Args:
        connections: the connections.
    """
    return dict(_by_name(connections))


def _by_name(connections: Connections) -> Iterator[tuple[str, Connection]]:
    of_type(connections, Connections, "connections")
    apart = connections.told_apart()
    for one in connections.connections:
        own = apart[one.number]
        yield f"{_called(one)} ({own})" if own else _called(one), one


def _claim(one: Connection, name: str) -> Claim:
    return Claim(
        name=name,
        places=Places.of(one.files).there,
        environment=one.environment,
        oin=one.holder.oin,
        system=one.system,
        entity_id=one.entity_id,
    )


def _called(one: Connection) -> str:
    system = () if one.system is None else (one.system.name,)
    return "/".join((one.organization.key, *system, str(one.environment)))
