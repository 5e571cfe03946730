"""Whether a peer is ready for certificates of G4: two clients that differ in nothing but how theirs were signed.

A peer that is set up well takes neither, because it knows the root of neither; so a refusal alone proves nothing. What
is different between the two does. One that takes a client whose root nobody can know verifies nobody, and proves as
little.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pkitools.arguments import of_type
from pkitools.arguments import seconds as limited
from pkitools.fetching import Proxies
from pkitools.fetching.addresses import Networks, networks
from pkitools.frozen import dataclass
from pkitools.probing import Alert, ClientMaterial, Observation, Offered, Taken, probe
from pkitools.trust import recognise_name

_TOOK: Final = frozenset({Taken.YES, Taken.WITH_CHAIN})
_NOT_TRUSTED: Final = frozenset({"unknown_ca", "access_denied"})
"""Alerts of a peer that understood a certificate and does not know who issued it."""
_G4: Final = "G4"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a peer showed of certificates of G4.

    Args:
        seen: with the client certificate that is signed with RSASSA-PSS.
        control: with the same signed with PKCS#1 v1.5; ``None`` where the peer asked for none, or took the first.
        strangers: no peer can know who issued these two, so that whoever takes one verifies nobody.
    """

    seen: Observation
    control: Observation | None
    strangers: bool = False

    @property
    def signatures(self) -> Offered:
        """Whether the peer takes RSASSA-PSS signatures of clients, by the algorithms it asks."""
        return self.seen.takes_pss

    @property
    def authorities(self) -> Offered:
        """Whether the peer asks for certificates of an authority of G4; unknown where it names none at all."""
        if not self.seen.handshake.issuers:
            return Offered.UNKNOWN
        return Offered.YES if self.named else Offered.NO

    @property
    def named(self) -> tuple[str, ...]:
        """The authorities of G4 that the peer named, by common name."""
        found = (name.common_name for name in self.seen.handshake.issuers)
        return tuple(name for name in found if name is not None and recognise_name(name).generation == _G4)

    @property
    def takes_anyone(self) -> bool:
        """Whether the peer took a client that nobody can vouch for: that says nothing of what it does with another.

        What stands behind it may verify the certificate still, and not take RSASSA-PSS.
        """
        return self.strangers and self.seen.taken in _TOOK

    @property
    def certificate(self) -> Offered:
        """Whether the peer takes a client certificate that is signed with RSASSA-PSS; unknown where nothing proves it.

        No: it takes the one that is signed with PKCS#1 v1.5, or says of that no more than that it does not know the
        root, and refuses this one for another reason.
        """
        if self.seen.taken in _TOOK:
            return Offered.UNKNOWN if self.strangers else Offered.YES
        if self.control is None or self.seen.taken not in {Taken.REFUSED, Taken.NOT_SENT}:
            return Offered.UNKNOWN
        if self.control.taken in _TOOK:
            return Offered.NO
        mine, other = self.alert, _alert(self.control)
        is_other = mine is not None and mine.name not in _NOT_TRUSTED
        return Offered.NO if is_other and other is not None and other.name in _NOT_TRUSTED else Offered.UNKNOWN

    @property
    def alert(self) -> Alert | None:
        """The reason the peer gave to refuse the certificate that is signed with RSASSA-PSS."""
        return _alert(self.seen)

    @property
    def control_alert(self) -> Alert | None:
        """The reason it gave to refuse the other."""
        return None if self.control is None else _alert(self.control)

    @property
    def answer(self) -> Offered:
        """Whether it is ready: yes where it took the certificate, no where one thing is proven against it.

        What it did says more than what it asks: one of TLS 1.2 may ask no RSASSA-PSS and take such a certificate.
        """
        if self.certificate is Offered.UNKNOWN and self.signatures is Offered.NO and not self.takes_anyone:
            return Offered.NO
        return self.certificate


def _alert(seen: Observation) -> Alert | None:
    return (seen.because or seen.handshake).alert


def try_readiness(
    host: str,
    port: int,
    *,
    moment: datetime,
    signed_with_pss: ClientMaterial,
    signed_with_pkcs1: ClientMaterial,
    starttls: str = "",
    allow_net: Networks = (),
    proxies: Proxies | None = None,
    seconds: float = 60.0,
    strangers: bool = False,
) -> Readiness:
    """Connect to a peer with two client certificates, and return what it did.

    Args:
        host, port: whom to ask.
        moment: when, aware UTC.
        signed_with_pss, signed_with_pkcs1: the two clients; they should differ in nothing but the signatures.
        starttls: the protocol in which TLS has to be asked for.
        allow_net: networks that may be connected to though they are not public.
        proxies: as for :func:`~pkitools.probing.probe`.
        seconds: for both together.
        strangers: their authorities were made for this, and no peer can know them.

    Raises:
        InvalidValueError: no such host name, port or protocol, or something is of another type.
        ProbeError: there was no TLS to look at.
        StateError: the extra ``pkitools-nl[probe]`` is not installed.
    """
    of_type(signed_with_pss, ClientMaterial, "signed_with_pss")
    of_type(signed_with_pkcs1, ClientMaterial, "signed_with_pkcs1")
    nets, each = networks(allow_net), limited(seconds) / 2  # an iterator is read once

    def tried(client: ClientMaterial) -> Observation:
        return probe(
            host,
            port,
            moment=moment,
            client=client,
            starttls=starttls,
            allow_net=nets,
            proxies=proxies,
            seconds=each,
        ).seen

    first = tried(signed_with_pss)
    is_settled = first.taken in _TOOK or not first.handshake.asks
    return Readiness(first, None if is_settled else tried(signed_with_pkcs1), strangers)
