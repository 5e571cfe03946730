"""What a request for a connection asks, by what its file states: commands, forms and the choice are made of it."""

from __future__ import annotations

from typing import Final

from pkitools.connections.model import Connection
from pkitools.profiles import trial

CHOSEN_BY: Final[tuple[str, ...]] = ("for", "environment", "tsp")
"""By which of them the certificate is chosen; the others stand in the request."""


def wishes_of(connection: Connection, tsp: str | None) -> dict[str, str | tuple[str, ...]]:
    """Return the order for a connection, as :mod:`pkitools.ordering` names its fields; what is not stated is left out.

    Names are as a request asks for them: what a test certificate has in front of them its issuer puts there.

    Args:
        connection: it.
        tsp: the name of the TSP that it is ordered at (:meth:`Connection.tsp_at`).
    """
    fields: dict[str, str | tuple[str, ...] | None] = {
        "for": None if connection.system is None else connection.system.name,
        "environment": str(connection.environment),
        "tsp": None if connection.self_signed else tsp,
        "oin": connection.holder.oin,
        "organization": trial().without_prefix(connection.holder.name),
        "common_name": trial().without_prefix(connection.common_name or next(iter(connection.dns), "")),
        "dns": connection.dns,
    }
    return {name: value for name, value in fields.items() if value}
