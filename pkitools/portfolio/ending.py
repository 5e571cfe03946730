"""What stands above a certificate of which no path was proved, to know until when it could have worked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from pkitools.errors import InputError
from pkitools.x509 import CertificateFacts
from pkitools.x509.at_hand import AtHand
from pkitools.x509.path_certificate import load_cached
from pkitools.x509.signatures import certificate_signed_by

_MOST_NAMESAKES: Final = 16
"""Authorities of one name that are tried: an authority was renewed a few times, and a file can hold thousands."""
_MOST_ABOVE: Final = 8


def way_up(facts: CertificateFacts, at_hand: Sequence[AtHand]) -> tuple[CertificateFacts, ...]:
    """Return the authorities above a certificate as far as they are at hand, its issuer first.

    Of several that signed, it is the one that ends last, as where a path is built: an authority of which another
    certificate lasts longer ends nothing.

    Args:
        facts: the certificate.
        at_hand: where its authorities are looked for.

    Returns:
        Nothing where all that may stand above it by name last as long as it does: then no signature is verified.
    """
    named = (each for some in at_hand for each in some.above(facts))
    if all(each.not_after >= facts.not_after for each in named):
        return ()
    return tuple(_above(facts, at_hand))


def _above(facts: CertificateFacts, at_hand: Sequence[AtHand]) -> Iterator[CertificateFacts]:
    below, seen = facts, {facts.sha256}
    for _ in range(_MOST_ABOVE):
        named = (each for some in at_hand for each in some.named(below.issuer.der) if each.sha256 not in seen)
        last_first = sorted(named, key=lambda each: each.not_after, reverse=True)
        signed = (each for each in islice(last_first, _MOST_NAMESAKES) if _signed(below.der, each.der))
        if (issuer := next(signed, None)) is None:
            return
        yield issuer
        seen.add(issuer.sha256)
        below = issuer


@lru_cache(maxsize=256)
def _signed(child: bytes, issuer: bytes) -> bool:
    """Return whether one certificate signed another; ``False`` as well of what cannot be read to verify it."""
    try:
        return certificate_signed_by(load_cached(child), load_cached(issuer))
    except InputError:
        return False
