"""What the commands about connections ask: the file of connections, and how what lies at its places is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkitools.errors import InputError
from pkitools.frozen import dataclass
from pkitools_cli.commands.scan.running import Running
from pkitools_cli.inputs import about_input
from pkitools_cli.output import complain
from pkitools_cli.own_data import system_named, tsp_named
from pkitools_cli.remedies import error_line

if TYPE_CHECKING:
    from datetime import datetime
    from ipaddress import IPv4Network, IPv6Network

    from pkitools.connections import Connections
    from pkitools.environment import Environment
    from pkitools.portfolio import Judging


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanning:
    """What was given, as a scan takes it; what is left out here it does without."""

    moment: datetime
    places: tuple[str, ...] = ()
    environment: Environment | None = None
    systems: tuple[str, ...] = ()
    since: str | None = None
    jobs: int = 1
    dask: str | None = None
    chain: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()
    crls: tuple[str, ...] = ()
    revocation: str | None = None
    passphrase_file: str | None = None
    passphrase_env: str | None = None
    offline: bool = True
    allow_net: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, options: object, **own: object) -> Scanning:
        """Return of what a command was given what a scan takes.

        Args:
            options: what was given; a field of another name is none of a scan.
            own: what the command itself says.
        """
        fields = [name for name in vars(cls)["__slots__"] if name not in own and hasattr(options, name)]
        given: dict[str, Any] = {**{name: getattr(options, name) for name in fields}, **own}
        return cls(**given)


def given_connections(name: str) -> Connections:
    """Return the connections of a file.

    Raises:
        PkitoolsError: it cannot be read, or something in it cannot be used.
    """
    from pkitools.connections import read_connections
    from pkitools.files import may_be_there, read_bytes
    from pkitools.limits import MAX_TOML_BYTES

    if not may_be_there(name):
        raise InputError("connections.error.no_file", name=name)
    with about_input(name):
        return read_connections(read_bytes(name, limit=MAX_TOML_BYTES), name, system=system_named, tsp=tsp_named)


def judging_of(given: Scanning) -> tuple[Judging, bool]:
    """Return how certificates are judged, and whether everything that was given for it could be read."""
    running = Running.of(given)
    for bad in running.unread:
        complain(error_line(bad.error))
    return running.judging, not running.unread
