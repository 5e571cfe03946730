"""Peers → what they send as units of work, by means that are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from pkitools.errors import NetworkError, PkitoolsError
from pkitools.portfolio.model import Gap, Reading, Unread
from pkitools.portfolio.reading import Unit
from pkitools.requests.keys import to_pem


class Fetch(Protocol):
    """The means to ask a peer, such as :func:`pkitools.probing.fetch_chains`."""

    def __call__(
        self, host: str, port: int, /
    ) -> Iterable[bytes] | Mapping[str, Iterable[bytes] | PkitoolsError | None]:
        """Return the certificates that a peer sends, DER, its own first; of several addresses by each: that, why
        there were none, or ``None`` where it was not asked.

        Raises:
            PkitoolsError: it sent none.
        """


Peer = tuple[str, int]
Answer = tuple[bytes, ...] | PkitoolsError
_PEERS_AT_ONCE: Final = 8
_NO_WAY: Final = frozenset({"probing.error.connect"})
"""An address that nothing listens at, or that no route leads to."""


def asked_together(
    fetch: Fetch | None, peers: Sequence[Peer], *, raise_crashes: bool = False
) -> Iterator[tuple[Peer, Mapping[str, Answer]]]:
    """Yield the answers of each peer, in order; some are asked at once, for one that is silent takes long.

    Where it sends different things at its addresses, each is by the address; else it is by an empty text.

    Args:
        fetch: the means; ``None``: none are asked.
        peers: host and port of each.
        raise_crashes: let what the means did not say that they raise, raise.
    """
    if not peers:
        return
    if fetch is None:
        yield from ((peer, {"": NetworkError("probing.error.offline", peer=_peer_name(peer))}) for peer in peers)
        return
    from concurrent.futures import ThreadPoolExecutor  # a scan of files alone needs no threads

    ask = fetch

    def answer(peer: Peer) -> Mapping[str, Answer]:
        try:
            return _told_apart(ask(*peer), peer)
        except PkitoolsError as error:
            return {"": error}
        except Exception as error:  # the means are somebody else's code: one peer must not end a scan
            if raise_crashes:
                raise
            detail = type(error).__name__
            return {"": PkitoolsError("portfolio.error.fetch_crashed", name=_peer_name(peer), detail=detail)}

    threads = ThreadPoolExecutor(_PEERS_AT_ONCE)
    try:
        yield from zip(peers, threads.map(answer, peers), strict=True)
    finally:  # whoever stops does not wait for the peers that are silent, and no further one is asked
        threads.shutdown(wait=False, cancel_futures=True)


def _told_apart(
    given: Iterable[bytes] | Mapping[str, Iterable[bytes] | PkitoolsError | None], peer: Peer
) -> Mapping[str, Answer]:
    """Return what there is to tell of the addresses of a peer.

    An address that cannot be connected to has no certificate, and where another answers that is no news: many a machine
    has no route for IPv6. What was connected to and sent none is told.
    """
    if not isinstance(given, Mapping):
        return {"": tuple(given)}
    answers: dict[str, Answer] = {}
    for address, one in given.items():
        if one is None:
            answers[address] = NetworkError("portfolio.error.address_not_asked", peer=_peer_name(peer), address=address)
        else:
            answers[address] = one if isinstance(one, PkitoolsError) else tuple(one)
    sent = [one for one in answers.values() if not isinstance(one, PkitoolsError)]
    if not sent:
        return {"": next(iter(answers.values()))}
    wrong = {at: one for at, one in answers.items() if isinstance(one, PkitoolsError) and one.code not in _NO_WAY}
    if all(one == sent[0] for one in sent):
        return {"": sent[0], **wrong}
    return {**{at: one for at, one in answers.items() if not isinstance(one, PkitoolsError)}, **wrong}


def unit_of_peer(
    peer: Peer, answer: tuple[bytes, ...] | PkitoolsError, named_by: tuple[str, ...], address: str = ""
) -> Unit | Reading:
    """Return what a peer sent as a unit of work, or why it sent nothing.

    Args:
        peer: host and port.
        answer: the certificates, DER, or the error.
        named_by: what points to it.
        address: where it answered; empty where that makes no difference.
    """
    name = f"{_peer_name(peer)} ({address})" if address else _peer_name(peer)
    if isinstance(answer, PkitoolsError):
        unread = Unread(name, Gap.UNREACHABLE, answer.code, answer.params, None, named_by)
        return Reading(name, unread=(unread,))
    data = b"".join(to_pem("CERTIFICATE", der) for der in answer)
    return Unit(name, data, named_by=named_by, host=peer[0])


def _peer_name(peer: Peer) -> str:
    host, port = peer
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
