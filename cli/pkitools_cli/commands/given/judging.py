"""What every command that judges certificates is given beside them: a chain, what is trusted, and lists.

A test PKI keeps its authorities and CRLs in folders of their own, beside the roots that ``--trust`` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

import click

from pkitools.containers import BadItem, Contents, ItemKind, unread_file
from pkitools.errors import InputError
from pkitools.files import is_file, is_folder
from pkitools.frozen import dataclass, replace
from pkitools_cli.commands.given.fetching import NetworkRange, fetcher_of
from pkitools_cli.inputs import WithUnread, called, each_of, read_input, read_items, read_whole
from pkitools_cli.options import moment_was_given

if TYPE_CHECKING:
    from pkitools.checking import Revocation
    from pkitools.revocation import Cache, CertificateRevocationList
    from pkitools.trust import TrustStore
    from pkitools_cli.commands.given.lists import NamedList

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


trust_option = click.option("--trust", multiple=True, metavar="FILE|DIR", help="cli.cert_check.trust")
_crl_option = click.option("--crl", "crls", multiple=True, metavar="FILE|DIR", help="cli.cert_check.crl")
_revocation_option = click.option(
    "--revocation", type=click.Choice(["require", "prefer", "off"]), help="cli.cert_check.revocation"
)


def authority_options(command: F) -> F:
    """Add ``--trust`` and ``--crl``: what is trusted besides, and lists."""
    return trust_option(_crl_option(command))


def scan_options(command: F) -> F:
    """Add what all that lies at some places is judged by: :class:`GivenLists`."""
    return authority_options(_revocation_option(command))


def revocation_options(command: F) -> F:
    """Add the options about revocation of every command that judges certificates: :class:`GivenRevocation`."""
    return revocation_options_with("cli.cert_check")(command)


def revocation_options_with(texts: str) -> Callable[[F], F]:
    """Return what adds those options, where the network is for more than revocation.

    Args:
        texts: where it is said what ``--offline`` and ``--allow-net`` do there.
    """
    options = (
        _crl_option,
        click.option("--ocsp", multiple=True, metavar="FILE", help="cli.cert_check.ocsp"),
        _revocation_option,
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
    found = [Path(folder) / name for folder in trusted if is_file(Path(folder) / "trust.pem")]
    return [folder for folder in found if is_folder(folder) and any(folder.iterdir())]


@dataclass(frozen=True, slots=True)
class GivenChain:
    """What ``--chain`` gave.

    Args:
        certificates: DER.
        files: what they stood in, which may hold CRLs too.
    """

    certificates: list[bytes]
    files: list[Contents]


def chain_of(names: Iterable[str]) -> WithUnread[GivenChain, BadItem]:
    """Return what the files of ``--chain`` hold.

    Args:
        names: the files and folders. Of each the end entity comes first: chains are stored in either order.
    """
    from pkitools.checking import end_entity_first

    found = each_of(names, read_whole, unread_file, read_list=lambda name: WithUnread(read_input(name)))
    ders = [der for contents in found.value for der in end_entity_first(contents.certificates)]
    return WithUnread(GivenChain(ders, found.value), found.unread)


def lists_of(options: GivenLists, chain: Iterable[Contents] = ()) -> WithUnread[Revocation, BadItem]:
    """Return how revocation is to be checked by lists at hand, as bytes: they go to other processes.

    Args:
        options: what was given. CRLs and OCSP responses in the files of ``--trust`` count like those of ``--crl``.
        chain: what was given as a chain, for what it holds of revocation.
    """
    crls = _crls(options)
    return WithUnread(_with_files(options, crls.value, chain), crls.unread)


def revocation_of(options: GivenRevocation, chain: Iterable[Contents] = ()) -> WithUnread[Revocation, BadItem]:
    """Return how revocation is to be checked by what was given and, unless that was refused, by asking.

    Args:
        options: what was given, as of :func:`lists_of`.
        chain: what was given as a chain, for what it holds of revocation.
    """
    crls = _crls(options)
    found = [(called(name), read_items(name, ItemKind.OCSP_RESPONSE)) for name in options.ocsp]
    responses = [(der, name) for name, each in found for der in each.value]
    given = _with_files(options, crls.value, chain, responses, read=_read_once)
    online = not options.offline and options.revocation != "off"
    given = replace(
        given,
        fetcher=fetcher_of(options.allow_net, options.allow_port) if online else None,
        cache=_cache(options.cache) if options.cache else None,
    )
    return WithUnread(given, (*crls.unread, *(one for _, each in found for one in each.unread)))


class _GivenCrls(NamedTuple):
    """The lists of ``--crl``, and those that stand beside what ``--trust`` names: nobody said that they are for it."""

    meant: Sequence[NamedList] = ()
    beside: Sequence[NamedList] = ()


def _crls(options: GivenLists) -> WithUnread[_GivenCrls, BadItem]:
    places = (options.crls, tuple(map(str, _crls_beside(options.trust))))
    if not any(places):
        return WithUnread(_GivenCrls())
    from pkitools_cli.commands.given.lists import read_crls

    found = [[read_crls(name) for name in names] for names in places]
    meant, beside = ([crl for each in of_names for crl in each.value] for of_names in found)
    return WithUnread(
        _GivenCrls(meant, beside), tuple(one for of_names in found for each in of_names for one in each.unread)
    )


def _with_files(
    options: GivenLists,
    lists: _GivenCrls,
    chain: Iterable[Contents],
    responses: Sequence[NamedList] = (),
    read: Callable[[bytes], bytes | CertificateRevocationList] = bytes,
) -> Revocation:
    from pkitools.checking import Revocation
    from pkitools.checking.delivered_lists import with_delivered
    from pkitools.revocation import RevocationOptions, RevocationPolicy

    crls = (*lists.meant, *lists.beside)
    given = Revocation(
        policy=RevocationPolicy(options.revocation) if options.revocation else None,
        crls=[read(der) for der, _ in crls],
        ocsp_responses=[der for der, _ in responses],
        options=replace(RevocationOptions(), moment_is_now=not moment_was_given()),
        names=dict(reversed((*crls, *responses))),  # of one that is in several files, as the first of them
        beside={der for der, _ in lists.beside}.difference(der for der, _ in lists.meant),
    )
    if not options.trust:
        return with_delivered(given, chain) or given
    from pkitools_cli.commands.given.lists import trusted_files

    given = with_delivered(given, chain) or given
    return with_delivered(given, trusted_files(options.trust), is_for_it=False) or given


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
