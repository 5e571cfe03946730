"""What every command that judges certificates is given beside them: a chain, what is trusted, and lists.

A test PKI keeps its authorities and CRLs in folders of their own, beside the roots that ``--trust`` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import click

from pkitools.containers import BadItem, Contents, ItemKind, unread_file
from pkitools.errors import InputError
from pkitools.frozen import replace
from pkitools_cli.commands.given.fetching import NetworkRange, fetcher_of
from pkitools_cli.inputs import called, each_of, read_crls, read_input, read_items, read_whole, trusted_files
from pkitools_cli.options import moment_was_given

if TYPE_CHECKING:
    from pkitools.checking import Revocation
    from pkitools.revocation import Cache, CertificateRevocationList
    from pkitools.trust import TrustStore

F = TypeVar("F", bound=Callable[..., object])


class GivenLists(Protocol):
    """What any command that judges certificates is given about revocation."""

    @property
    def revocation(self) -> str | None:
        """What an unknown status means."""

    @property
    def crls(self) -> tuple[str, ...]:
        """Files with CRLs, or folders of them."""

    @property
    def trust(self) -> tuple[str, ...]:
        """What is trusted besides, which may hold CRLs."""


class GivenRevocation(GivenLists, Protocol):
    """What a command that may ask others besides is given: :func:`revocation_options`."""

    @property
    def ocsp(self) -> tuple[str, ...]:
        """Files with OCSP responses."""

    @property
    def offline(self) -> bool:
        """Open no connection."""

    @property
    def cache(self) -> Path | None:
        """Where documents are kept."""

    @property
    def allow_net(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Private networks that may be asked."""

    @property
    def allow_port(self) -> tuple[int, ...]:
        """Further ports that may be asked."""


def revocation_options(command: F) -> F:
    """Add the options about revocation of every command that judges certificates: :class:`GivenRevocation`."""
    return revocation_options_with("cli.cert_check")(command)


def revocation_options_with(texts: str) -> Callable[[F], F]:
    """Return what adds those options, where the network is for more than revocation.

    Args:
        texts: where it is said what ``--offline`` and ``--allow-net`` do there.
    """
    options = (
        click.option("--crl", "crls", multiple=True, metavar="FILE|DIR", help="cli.cert_check.crl"),
        click.option("--ocsp", multiple=True, metavar="FILE", help="cli.cert_check.ocsp"),
        click.option("--revocation", type=click.Choice(["require", "prefer", "off"]), help="cli.cert_check.revocation"),
        click.option("--offline", is_flag=True, envvar="PKITOOLS_OFFLINE", help=f"{texts}.offline"),
        click.option("--allow-net", multiple=True, type=NetworkRange(), help=f"{texts}.allow_net"),
        click.option("--allow-port", multiple=True, type=click.IntRange(1, 65535), help="cli.cert_check.allow_port"),
        click.option("--cache", type=click.Path(path_type=Path), metavar="DIR", help="cli.cert_check.cache"),
    )

    def add(command: F) -> F:
        for option in reversed(options):  # click lists them as decorators stand, the last of which is asked first
            command = option(command)
        return command

    return add


def trust_of(trusted: Sequence[str]) -> TrustStore | None:
    """Return what ``--trust`` gave, with the authorities of each test PKI among it; ``None`` where it gave nothing."""
    from pkitools.trust import TrustStore

    given = (*trusted, *map(str, authorities_beside(trusted)))
    return TrustStore.from_files(given) if given else None


def authorities_beside(trusted: Iterable[str]) -> list[Path]:
    """Return the folders with the certificates of authorities, of each test PKI among what is trusted."""
    return _folders(trusted, "certs")


def _crls_beside(trusted: Iterable[str]) -> list[Path]:
    return _folders(trusted, "crl")


def _folders(trusted: Iterable[str], name: str) -> list[Path]:
    found = [Path(folder) / name for folder in trusted if (Path(folder) / "trust.pem").is_file()]
    return [folder for folder in found if folder.is_dir() and any(folder.iterdir())]


def chain_of(names: Iterable[str], unread: list[BadItem]) -> tuple[list[bytes], list[Contents]]:
    """Return the certificates of the files of ``--chain``, and the files: they may hold CRLs too.

    Args:
        names: the files and folders. Of each the end entity comes first: chains are stored in either order.
        unread: what could not be read of the material; gets more of it.
    """
    from pkitools.checking import end_entity_first

    files = list(
        each_of(
            names,
            lambda name: read_whole(name, unread),
            lambda name, error: unread.append(unread_file(name, error)),
            read_list=read_input,
        )
    )
    return [der for contents in files for der in end_entity_first(contents.certificates)], files


def lists_of(options: GivenLists, unread: list[BadItem], chain: Iterable[Contents] = ()) -> Revocation:
    """Return how revocation is to be checked by lists at hand, as bytes: they go to other processes.

    Args:
        options: what was given. CRLs and OCSP responses in the files of ``--trust`` count like those of ``--crl``.
        unread: what could not be read of the material; gets more of it.
        chain: what was given as a chain, for what it holds of revocation.
    """
    names = dict[bytes, str]()
    return _with_files(options, _crls(options, unread, names), chain, names)


def revocation_of(options: GivenRevocation, unread: list[BadItem], chain: Iterable[Contents] = ()) -> Revocation:
    """Return how revocation is to be checked by what was given and, unless that was refused, by asking.

    Args:
        options: what was given, as of :func:`lists_of`.
        unread: what could not be read of the material; gets more of it.
        chain: what was given as a chain, for what it holds of revocation.
    """
    names = dict[bytes, str]()
    crls = [_read_once(crl) for crl in _crls(options, unread, names)]
    responses: list[bytes] = []
    for name in options.ocsp:
        found = read_items(name, unread, ItemKind.OCSP_RESPONSE)
        names |= dict.fromkeys(found, called(name))
        responses += found
    given = _with_files(options, crls, chain, names, responses)
    online = not options.offline and options.revocation != "off"
    return replace(
        given,
        fetcher=fetcher_of(options.allow_net, options.allow_port) if online else None,
        cache=_cache(options.cache) if options.cache else None,
    )


def _crls(options: GivenLists, unread: list[BadItem], names: dict[bytes, str]) -> list[bytes]:
    places = (*options.crls, *map(str, _crls_beside(options.trust)))
    return [crl for name in places for crl in read_crls(name, unread, names)]


def _with_files(
    options: GivenLists,
    crls: Sequence[bytes | CertificateRevocationList],
    chain: Iterable[Contents],
    names: dict[bytes, str],
    responses: Sequence[bytes] = (),
) -> Revocation:
    from pkitools.checking import Revocation
    from pkitools.checking.delivered_lists import with_delivered
    from pkitools.revocation import RevocationOptions, RevocationPolicy

    given = Revocation(
        policy=RevocationPolicy(options.revocation) if options.revocation else None,
        crls=tuple(crls),
        ocsp_responses=tuple(responses),
        options=replace(RevocationOptions(), moment_is_now=not moment_was_given()),
        names=names,
    )
    return with_delivered(given, (*chain, *trusted_files(options.trust))) or given


def _cache(folder: Path) -> Cache:
    from pkitools.fetching.cache import DiskCache  # few keep what they fetch

    return DiskCache(folder)


def _read_once(crl: bytes) -> bytes | CertificateRevocationList:
    """Return a list read, for every file that is judged; one that cannot be read as it came: judging tells of it."""
    from pkitools.revocation import read_crl

    try:
        return read_crl(crl)
    except InputError:
        return crl
