"""What a request for a connection asks, by what its file states: commands, forms and the choice are made of it."""

from __future__ import annotations

from typing import Final

from pkitools.connections.model import Connection

CHOSEN_BY: Final[tuple[str, ...]] = ("for", "environment", "tsp")
"""By which of them the certificate is chosen; the others stand in the request."""


def wishes_of(connection: Connection, tsp: str | None) -> dict[str, str | tuple[str, ...]]:
    """Return the order for a connection, as :mod:`pkitools.ordering` names its fields; what is not stated is left out.

    Args:
        connection: it.
        tsp: the name of the TSP that it is ordered at (:meth:`Connection.tsp_at`).
    """
    fields: dict[str, str | tuple[str, ...] | None] = {
        "for": None if connection.system is None else connection.system.name,
        "environment": str(connection.environment),
        "tsp": None if connection.self_signed else tsp,
        "oin": connection.holder.oin,
        "organization": connection.holder.name,
        "common_name": connection.common_name or next(iter(connection.dns), None),
        "dns": connection.dns,
    }
    return {name: value for name, value in fields.items() if value}
