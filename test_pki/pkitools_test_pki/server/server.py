"""The whole server: listeners around a router, started and stopped together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pkitools.errors import StateError
from pkitools.messages import Language
from pkitools_test_pki.keys import KeySource, fresh_keys
from pkitools_test_pki.pki import PKI
from pkitools_test_pki.server.faulty_documents import FaultyDocuments, choose
from pkitools_test_pki.server.faulty_listener import FaultyListener
from pkitools_test_pki.server.listener import LOOPBACK, Environ, Listener, request_of
from pkitools_test_pki.server.ready_crls import DEFAULT_HUGE, DEFAULT_PARTITIONS, ReadyCRLs
from pkitools_test_pki.server.responder import Mode, Responder
from pkitools_test_pki.server.routing import Clock, HttpRequest, HttpResponse, Router, plain
from pkitools_test_pki.server.served_pki import ServedFolderPKI, ServedMemoryPKI, ServedPKI

if TYPE_CHECKING:
    from pkitools_test_pki.server.rehearsal import Admission, Refusal, Rehearsal


class PkiServer:
    """Serves a test PKI over HTTP. Use as a context manager; it listens when made.

    A PKI in memory must know its server's address before it issues anything, so the server may be made first::

        with PkiServer(clock=clock) as server:
            pki = build("g4-tls", moment=clock(), base_url=server.url)
            server.serve(pki)

    Args:
        subject: a PKI in memory, or the folder of one; may be given to :meth:`serve` later.
        clock: tells the time, aware UTC.
        host: where to listen.
        port: likewise; 0 takes a free one. Left out: the port that the PKI's certificates name, a free one without a
            PKI.
        mode: who signs the OCSP responses of ``/ocsp/``.
        faults: names of :func:`~pkitools_test_pki.server.faulty_documents.served_faults`, at most one of each kind.
        partitions, huge: see :class:`~pkitools_test_pki.server.ready_crls.ReadyCRLs`.
        keep_responses: see :class:`~pkitools_test_pki.server.responder.Responder`.
        keys: makes the keys of what the server issues to itself.
        language: of the pages.

    Raises:
        StateError: the extra ``pkitools-nl[serve]`` is not installed, or the folder is no test PKI.
        NetworkError: the address cannot be listened on.
    """

    def __init__(
        self,
        subject: PKI | str | os.PathLike[str] | None = None,
        *,
        clock: Clock,
        host: str = LOOPBACK,
        port: int | None = None,
        mode: Mode = "delegated",
        faults: Iterable[str] = (),
        partitions: int = DEFAULT_PARTITIONS,
        huge: int = DEFAULT_HUGE,
        keep_responses: bool = True,
        keys: KeySource = fresh_keys,
        language: Language = "en",
    ) -> None:
        self._clock, self._mode, self._keys, self._language = clock, mode, keys, language
        self._partitions, self._huge, self._keep = partitions, huge, keep_responses
        self.faults = choose(faults)
        self.router: Router | None = None
        self._rehearsal: Rehearsal | None = None
        self._source = None if subject is None else self._opened(subject)
        try:
            self._listener = self._listening(host, self._port() if port is None else port)
        except BaseException:
            self._close()
            raise
        if self._source is not None:
            self.router = self._router(self._source)

    def _listening(self, host: str, port: int) -> Listener | FaultyListener:
        if self.faults.on_the_wire:
            return FaultyListener(self._answer, self.faults.on_the_wire, host=host, port=port)
        return Listener(self._application, host=host, port=port)

    def _port(self) -> int:
        return named_address(self._source.pki)[1] if self._source else 0

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        host = f"[{self._listener.host}]" if ":" in self._listener.host else self._listener.host
        return f"http://{host}:{self._listener.port}"

    @property
    def host(self) -> str:
        """The address it listens on."""
        return self._listener.host

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return ip_address(self.host).is_loopback

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._listener.port

    @property
    def is_where_certificates_say(self) -> bool:
        """Whether the addresses in the certificates lead here, as far as can be told without asking name servers."""
        if self.router is None:
            return True
        host, port = named_address(self.router.served.pki)
        same_host = host == self._listener.host or self._listener.host in {"0.0.0.0", "::"}  # noqa: S104 - compared
        return port == self.port and (same_host or (host == "localhost" and self._listener.host == LOOPBACK))

    def serve(self, subject: PKI | str | os.PathLike[str]) -> Router:
        """Serve this PKI from now on."""
        self._end_rehearsal()
        source = self._opened(subject)
        before, self._source = self._source, source
        self.router = self._router(source)
        if before is not None:
            before.close()
        return self.router

    def rehearse(
        self,
        *,
        port: int = 0,
        system: str | None = None,
        refused: Callable[[Refusal], None] | None = None,
        admitted: Callable[[Admission], None] | None = None,
        accept: Sequence[bytes] = (),
    ) -> Rehearsal:
        """Start the mutual TLS endpoint for what is served; it stops with the server.

        Args:
            port, system, refused, admitted, accept: see :class:`~pkitools_test_pki.server.rehearsal.Rehearsal`.

        Raises:
            StateError: nothing is served yet.
            InvalidValueError, NetworkError: see :class:`~pkitools_test_pki.server.rehearsal.Rehearsal`.
        """
        from pkitools_test_pki.server.rehearsal import Rehearsal

        if self.router is None:
            raise StateError("test_pki.error.nothing_served")
        self._end_rehearsal()
        self._rehearsal = Rehearsal(
            self.router,
            host=self._listener.host,
            port=port,
            system=system,
            refused=refused,
            admitted=admitted,
            accept=accept,
        )
        self.router.refusals = self._rehearsal.documents
        return self._rehearsal

    def _end_rehearsal(self) -> None:
        rehearsal, self._rehearsal = self._rehearsal, None
        if rehearsal is not None:
            rehearsal.stop()

    def _opened(self, subject: PKI | str | os.PathLike[str]) -> ServedPKI:
        if isinstance(subject, PKI):
            return ServedMemoryPKI(subject)
        return ServedFolderPKI(subject, moment=self._clock(), keys=self._keys)

    def _router(self, source: ServedPKI) -> Router:
        return Router(
            source,
            clock=self._clock,
            mode=self._mode,
            ready_crls=ReadyCRLs(source, partitions=self._partitions, huge=self._huge),
            responder=Responder(source, keep=self._keep),
            instead=FaultyDocuments(source, self.faults) if self.faults.names else None,
            faults=self.faults.names,
            language=self._language,
        )

    def _application(self, environ: Environ) -> HttpResponse:
        return self._answer(request_of(environ))

    def _answer(self, request: HttpRequest) -> HttpResponse:
        return self.router.answer(request) if self.router else plain(503, "Nothing to serve yet", ("Retry-After", "1"))

    def stop(self) -> None:
        """Stop. When this returns, no thread, port or file of the server is left."""
        self._end_rehearsal()
        self._listener.stop()
        self._close()

    def _close(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def __enter__(self) -> PkiServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def named_address(pki: PKI) -> tuple[str, int]:
    """Return the host and port that the certificates of a PKI name."""
    parts = urlsplit(next(iter(pki)).base_url)
    return parts.hostname or "", parts.port or 80
