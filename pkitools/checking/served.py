"""What is sent of a certificate and its private key: is the first certificate that of the key?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from pkitools.checking.delivery.checks import ORDER
from pkitools.checking.private_keys import FIRST
from pkitools.checking.selection import is_authority
from pkitools.containers import Item
from pkitools.containers.kubernetes import CERTIFICATE, KEY
from pkitools.findings import MET, Evidence, Outcome, Severity, Violated, outcome
from pkitools.frozen import dataclass
from pkitools.text import joined
from pkitools.x509 import CertificateFacts, PublicKey
from pkitools.x509.holder import Holder, holder_of
from pkitools.x509.keys import thumbprints

_ALL: Final = " → "


def may_be_own(facts: CertificateFacts) -> bool:
    """Return whether a certificate may be that of a server, and not of an authority above it."""
    return not is_authority(facts) or (facts.is_self_issued and holder_of(facts) is not Holder.AUTHORITY)


def somebodys_own(chain: Sequence[CertificateFacts]) -> list[CertificateFacts]:
    """Return the certificates that are somebody's own: what issued another of them is none, whatever it says of itself.

    A root that ``openssl req -x509`` makes says no more of its use than a server's own does.
    """
    issuers = {one.issuer.der for one in chain if not one.is_self_issued}
    return [one for one in chain if may_be_own(one) and not (one.is_ca and one.subject.der in issuers)]


@dataclass(frozen=True, slots=True)
class AuthorityKey:
    """A private key that is of an authority, and stands with a certificate of somebody's own that it is not of.

    Args:
        authority: its certificate.
        own: the other.
    """

    authority: CertificateFacts
    own: CertificateFacts

    @property
    def params(self) -> dict[str, str]:
        """Whose it is and whose it is not, for a message."""
        named = {"authority": self.authority, "own": self.own}
        return {name: one.subject.called or one.sha256 for name, one in named.items()}


def of_authority(key: Collection[str], chain: Sequence[CertificateFacts]) -> AuthorityKey | None:
    """Return of which authority a private key is that stands with certificates.

    Args:
        key: thumbprints of its public half.
        chain: the certificates that it stands with.

    Returns:
        ``None`` where it is of one that is somebody's own, where there is none of these, or where it is of none at all.
    """
    fitting = [one for one in chain if not thumbprints(one.public_key).isdisjoint(key)]
    own = somebodys_own(chain) if fitting else []
    if not own or any(one in own for one in fitting):
        return None
    return AuthorityKey(fitting[0], own[0])


def check_first(
    read: Sequence[tuple[Item, CertificateFacts]], halves: Mapping[Item, PublicKey | None]
) -> Iterator[Outcome]:
    """Yield whether the first private key of a text is that of the first certificate: a program takes these two.

    That an authority stands first the check of the order tells, and of a key of none of them that of keys.

    Args:
        read: the certificates of a file, and where they stand.
        halves: its private keys, each with its public half.
    """
    plain = [pair for pair in read if pair[0].place is None and pair[0].among is None]
    key = next((half for item, half in halves.items() if item.place is None and item.among is None), None)
    own = somebodys_own([facts for _, facts in plain])
    if key is None or len(own) < 2 or plain[0][1] not in own:
        return
    fitting = next((one for one in own if not thumbprints(one.public_key).isdisjoint(thumbprints(key))), None)
    if fitting is None:
        return
    if is_same_key(plain[0][1], fitting):
        yield outcome(FIRST, MET)
        return
    params = {
        "first": plain[0][1].subject.called or plain[0][1].sha256,
        "own": fitting.subject.called or fitting.sha256,
    }
    position = next(item.position for item, one in plain if one is fitting)
    yield outcome(FIRST, Violated((Evidence(f"block {position}", fitting.sha256),), params))


def own_of(key: Collection[str], chain: Sequence[CertificateFacts]) -> CertificateFacts | None:
    """Return the certificate of a key among those that are sent: the first, or another that may be a server's own.

    Args:
        key: thumbprints of its public half.
        chain: what is sent, in its order; at least one.
    """
    ends = (chain[0], *filter(may_be_own, chain))  # that of an authority above it is no fit
    return next((one for one in ends if not thumbprints(one.public_key).isdisjoint(key)), None)


def is_same_key(one: CertificateFacts, other: CertificateFacts) -> bool:
    """Return whether two certificates are for one key."""
    return not thumbprints(one.public_key).isdisjoint(thumbprints(other.public_key))


def out_of_order(
    chain: Sequence[CertificateFacts], own: CertificateFacts, evidence: tuple[Evidence, ...] = (), **more: str
) -> Outcome:
    """Return that the certificate of a key is not the first: what sends the file serves another, or does not start.

    Args:
        chain: what is sent, in its order.
        own: the certificate of the key, which is in it.
        evidence: where that was seen.
        more: parameters beside the order that it has and the one that it should have.
    """
    names = [one.subject.called for one in chain]
    first = own.subject.called
    wanted = [first, *(name for name, one in zip(names, chain, strict=True) if one is not own)]
    params = {"found": joined(names, between=_ALL), "wanted": joined(wanted, between=_ALL), **more}
    return outcome(ORDER, Violated(evidence, params, severity=Severity.ERROR))


def check_served(
    read: Sequence[tuple[Item, CertificateFacts]], halves: Mapping[Item, PublicKey | None]
) -> Iterator[Outcome]:
    """Yield of each Secret that a server loads that its first certificate is not that of its key, as another is.

    What fits no certificate of it the checks of keys tell.

    Args:
        read: the certificates of a file, and where they stand.
        halves: its private keys, each with its public half.
    """
    keys: dict[int | None, PublicKey | None] = {}
    for item, half in halves.items():
        if item.is_served and item.alias == KEY:
            keys.setdefault(item.place, half)  # the first is loaded
    for place, half in keys.items():
        chain = [pair for pair in read if pair[0].is_served and pair[0].place == place and pair[0].alias == CERTIFICATE]
        facts = [one for _, one in chain]
        own = None if half is None or not facts else own_of(thumbprints(half), facts)
        if own is not None and not is_same_key(facts[0], own):
            position = next(item.position for item, one in chain if one is own)
            yield out_of_order(facts, own, (Evidence(f"block {position}", own.sha256),), position=str(position))
