"""What the tests of probing have in common: a PKI with a server and a client, and how a peer is tried."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from pkitools.checking import Revocation
from pkitools.findings import Outcome
from pkitools.probing import ClientIdentity, ClientMaterial, ProbeResult, probe
from pkitools.reports.telling.answer import answer_of
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import build
from tests.support.effort import PATIENCE
from tests.support.keys import SHARED_KEYS
from tests.support.peers import LOOPBACK, TLS

NOW = datetime.now(UTC).replace(microsecond=0)
HOST = "localhost"


class World:
    """A PKI, another that nobody trusts, and a server and client of it."""

    def __init__(self) -> None:
        self.pki, self.other = (build("g4-tls", moment=NOW, keys=SHARED_KEYS) for _ in range(2))
        self.server = self.issue()
        self.client = self.pki.issue(moment=NOW)
        self.root = self.pki.roots[0].certificate

    def issue(self, **deviation: Any) -> IssuedCertificate:
        """Issue a certificate for the server."""
        return self.pki.issue(**{"moment": NOW, "dns": [HOST], **deviation})

    @cached_property
    def crls(self) -> tuple[bytes, ...]:
        """Of every authority, with nothing revoked."""
        return tuple(self.pki.crls(moment=NOW).values())

    def trust(self) -> list[bytes]:
        """The roots of the one PKI."""
        return [root.certificate.der for root in self.pki.roots]

    def asking(self, **how: Any) -> TLS:
        """A server that asks for a client certificate of the PKI."""
        return TLS(identity=self.server, trusts=[self.root], **how)


def shown(client: IssuedCertificate, *, whole: bool = True) -> ClientMaterial:
    """A client certificate, with those above it or without them."""
    complete = (client.der, *(one.der for one in client.intermediates))
    return ClientMaterial(ClientIdentity(complete if whole else complete[:1], client.key), complete)


def tried(port: int, world: World, **how: Any) -> ProbeResult:
    """Probe a peer as the tests do."""
    given: dict[str, Any] = {
        "moment": NOW,
        "environment": "preproduction",
        "trust": world.trust(),
        "allow_net": LOOPBACK,
        "revocation": Revocation(crls=world.crls),
        "seconds": PATIENCE,
        "raise_crashes": True,
        **how,
    }
    return probe(given.pop("host", HOST), port, **given)


def first(result: ProbeResult) -> Outcome | None:
    """What a reader gets first."""
    answer = answer_of(result.report)
    return answer.because or answer.step
