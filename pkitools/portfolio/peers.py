"""Peers → what they send as units of work, by means that are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from pkitools.errors import NetworkError, PkitoolsError
from pkitools.portfolio.model import Gap, Reading, Unread
from pkitools.portfolio.reading import Unit
from pkitools.requests.keys import to_pem


class Fetch(Protocol):
    """The means to ask a peer, such as :func:`pkitools.probing.fetch_chain`."""

    def __call__(self, host: str, port: int, /) -> Iterable[bytes]:
        """Return the certificates that a peer sends, DER, its own first.

        Raises:
            PkitoolsError: it sent none.
        """


Peer = tuple[str, int]
_PEERS_AT_ONCE: Final = 8


def asked_together(
    fetch: Fetch | None, peers: Sequence[Peer], *, raise_crashes: bool = False
) -> Iterator[tuple[Peer, tuple[bytes, ...] | PkitoolsError]]:
    """Yield the answer of each peer, in order; some are asked at once, for one that is silent takes long.

    Args:
        fetch: the means; ``None``: none are asked.
        peers: host and port of each.
        raise_crashes: let what the means did not say that they raise, raise.
    """
    if not peers:
        return
    if fetch is None:
        yield from ((peer, NetworkError("probing.error.offline", peer=_peer_name(peer))) for peer in peers)
        return
    from concurrent.futures import ThreadPoolExecutor  # a scan of files alone needs no threads

    ask = fetch

    def answer(peer: Peer) -> tuple[bytes, ...] | PkitoolsError:
        try:
            return tuple(ask(*peer))
        except PkitoolsError as error:
            return error
        except Exception as error:  # the means are somebody else's code: one peer must not end a scan
            if raise_crashes:
                raise
            return PkitoolsError("portfolio.error.fetch_crashed", name=_peer_name(peer), detail=type(error).__name__)

    threads = ThreadPoolExecutor(_PEERS_AT_ONCE)
    try:
        yield from zip(peers, threads.map(answer, peers), strict=True)
    finally:  # whoever stops does not wait for the peers that are silent, and no further one is asked
        threads.shutdown(wait=False, cancel_futures=True)


def unit_of_peer(peer: Peer, answer: tuple[bytes, ...] | PkitoolsError, named_by: tuple[str, ...]) -> Unit | Reading:
    """Return what a peer sent as a unit of work, or why it sent nothing.

    Args:
        peer: host and port.
        answer: the certificates, DER, or the error.
        named_by: what points to it.
    """
    name = _peer_name(peer)
    if isinstance(answer, PkitoolsError):
        unread = Unread(name, Gap.UNREACHABLE, answer.code, answer.params, None, named_by)
        return Reading(name, unread=(unread,))
    data = b"".join(to_pem("CERTIFICATE", der) for der in answer)
    return Unit(name, data, named_by=named_by, host=peer[0])


def _peer_name(peer: Peer) -> str:
    host, port = peer
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
