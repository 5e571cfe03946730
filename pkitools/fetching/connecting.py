"""A connection to a host whose addresses were tested first, under one deadline.

Name servers are asked once: the address that was tested is the address connected to.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Final

from pkitools.fetching.addresses import Address, Network, is_allowed
from pkitools.fetching.http1 import Deadline, TransferError
from pkitools.fetching.model import FetchFault
from pkitools.files.common import said
from pkitools.messages import Detail

Resolver = Callable[[str, int], Sequence[str]]

_MAX_ADDRESSES: Final = 4  # connected to, one after another; all of them are tested


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's name service for the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Connector:
    """Connects over TCP. Its methods raise :class:`~pkitools.fetching.http1.TransferError` and nothing else.

    Args:
        allow_net: networks that may be connected to though they are not public.
        connect_seconds: for one connection.
        resolver: host and port → addresses as text.
    """

    def __init__(
        self, *, allow_net: Sequence[Network] = (), connect_seconds: float = 5.0, resolver: Resolver = resolve
    ) -> None:
        self._allow_net, self._connect_seconds, self._resolver = tuple(allow_net), connect_seconds, resolver

    def connect_to_tested(self, host: str | Address, port: int, deadline: Deadline) -> socket.socket:
        """Return a connection to a host all of whose addresses may be connected to."""
        return self.connect(self.tested(host, port, deadline), port, deadline)

    def tested(self, host: str | Address, port: int, deadline: Deadline) -> list[Address]:
        """Return the addresses of a host; refused when one of them may not be connected to."""
        addresses = self.addresses(host, port, deadline) if isinstance(host, str) else [host]
        refused = dict.fromkeys(str(each) for each in addresses if not is_allowed(each, self._allow_net))
        if refused:
            told = ", ".join(refused)  # all of them: whoever allows one is not refused for the next
            named = str(host) != told
            raise TransferError(
                FetchFault.ADDRESS, Detail("fetching.detail.host_is", host=host, address=told) if named else told
            )
        return addresses

    def addresses(self, host: str, port: int, deadline: Deadline) -> list[Address]:
        """Return the addresses of a host, untested."""
        try:
            return [ip_address(host)]
        except ValueError:
            pass
        try:
            found = [ip_address(text.partition("%")[0]) for text in self._resolved(host, port, deadline)]
        except ValueError:
            raise TransferError(FetchFault.DNS, Detail("fetching.detail.an_address_that_is_none")) from None
        if not found:
            raise TransferError(FetchFault.DNS, Detail("fetching.detail.no_address"))
        return found

    def _resolved(self, host: str, port: int, deadline: Deadline) -> Sequence[str]:
        # the system's name service cannot be given a time: it is asked in a thread that may be left behind
        answer: list[Sequence[str]] = []
        faults: list[str] = []

        def ask() -> None:
            try:
                answer.append(self._resolver(host, port))
            except (OSError, UnicodeError) as error:
                faults.append(said(error) if isinstance(error, OSError) else str(error)[:200])

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(deadline.left())
        if thread.is_alive():
            raise TransferError(FetchFault.DNS, Detail("fetching.detail.no_answer_in_time"))
        if not answer:
            raise TransferError(FetchFault.DNS, faults[0] if faults else Detail("fetching.detail.no_answer"))
        return answer[0]

    def connect(self, addresses: Sequence[Address], port: int, deadline: Deadline) -> socket.socket:
        """Return a connection to the first of these that answers."""
        fault = TransferError(FetchFault.CONNECT)
        for address in addresses[:_MAX_ADDRESSES]:
            try:
                return socket.create_connection((str(address), port), deadline.left(self._connect_seconds))
            except TimeoutError:
                fault = TransferError(FetchFault.TIMEOUT, Detail("fetching.detail.no_connection"))
            except OSError as error:
                fault = TransferError(FetchFault.CONNECT, said(error))
        raise fault
