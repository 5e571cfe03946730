"""What the connections of a file claim of what is scanned; without a place that is named, their places are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from pkitools.text import pattern, visible
from pkitools_cli.i18n import tr

if TYPE_CHECKING:
    from pkitools.connections import Connections
    from pkitools.portfolio import Claim

# whoever is named in it, with a password, is not told of
_ADDRESS: Final = pattern(
    r"(?i)[a-z][a-z0-9+.-]{1,20}://(?:[^/@]{0,200}@)?(?P<host>\[[^\]]{1,45}\]|[^/:?#]{1,253})(?::(?P<port>[0-9]{1,5}))?"
)


def connections_in(name: str | None) -> Connections | None:
    """Return the connections of a file; ``None`` where none is given.

    Raises:
        PkitoolsError: it cannot be read, or something in it cannot be used.
    """
    if name is None:
        return None
    from pkitools_cli.commands.status.asked import given_connections

    found = given_connections(name)
    if found.unread:  # which of what is scanned is theirs, and what is asked of it, cannot be told
        raise found.unread[0].error
    return found


def claimed(connections: Connections | None) -> tuple[Claim, ...]:
    """Return what connections claim of what is scanned."""
    if connections is None:
        return ()
    from pkitools.connections import claims_of

    return claims_of(connections)


def named_by(claims: tuple[Claim, ...]) -> tuple[str, ...]:
    """Return the places that connections claim, each once."""
    return tuple(dict.fromkeys(place for claim in claims for place in claim.places))


def places_of(given: tuple[str, ...], claims: tuple[Claim, ...]) -> tuple[str, ...]:
    """Return the places to look at: those given, else the files of the connections, of which none may be there yet.

    Raises:
        click.UsageError: there are neither places nor connections.
    """
    places = given or named_by(claims)
    if not places and not claims:
        raise click.UsageError(tr("cli.scan.which_places"))
    refuse_no_place(given)
    return places


def refuse_no_place(given: tuple[str, ...]) -> None:
    """Refuse what names no file, folder or peer: nothing at all, and the address of a page.

    Raises:
        click.UsageError: there is one.
    """
    if not all(map(str.strip, given)):
        raise click.UsageError(tr("cli.scan.empty_place"))
    for place in given:
        peer = _peer_meant(place)
        if peer is not None:
            raise click.UsageError(tr("cli.scan.address", peer=visible(peer, 100)))


def _peer_meant(place: str) -> str | None:
    """Return the peer of the address of a page; ``None`` of what is a peer, or is there by that name."""
    address = _ADDRESS.match(place)
    if address is None or os.path.lexists(place):
        return None
    from pkitools.portfolio.inventory import peer_of

    return None if peer_of(place) else f"{address['host']}:{address['port'] or 443}"
