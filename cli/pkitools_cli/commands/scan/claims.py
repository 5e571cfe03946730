"""What the connections of a file claim of what is scanned; without a place that is named, their places are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkitools_cli.i18n import tr

if TYPE_CHECKING:
    from pkitools.connections import Connections
    from pkitools.portfolio import Claim


def connections_in(name: str | None) -> Connections | None:
    """Return the connections of a file; ``None`` where none is given.

    Raises:
        PkitoolsError: it cannot be read, or something in it cannot be used.
    """
    if name is None:
        return None
    from pkitools_cli.commands.status.asked import given_connections

    return given_connections(name)


def claimed(connections: Connections | None) -> tuple[Claim, ...]:
    """Return what connections claim of what is scanned."""
    if connections is None:
        return ()
    from pkitools.connections import claims_of

    return claims_of(connections)


def places_of(given: tuple[str, ...], claims: tuple[Claim, ...]) -> tuple[str, ...]:
    """Return the places to look at: those given, else the files of the connections.

    Raises:
        click.UsageError: there are neither.
    """
    places = given or tuple(dict.fromkeys(place for claim in claims for place in claim.places))
    if not places:
        raise click.UsageError(tr("cli.scan.no_places" if claims else "cli.scan.which_places"))
    return places
