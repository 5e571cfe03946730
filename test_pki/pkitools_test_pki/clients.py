"""Two clients of TRIAL that differ in nothing but how their certificates are signed: RSASSA-PSS, and PKCS#1 v1.5."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pkitools.frozen import dataclass, replace
from pkitools_test_pki.algorithms import PrivateKey
from pkitools_test_pki.authority import DEFAULT_BASE_URL
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeySource, small_keys
from pkitools_test_pki.ledger import MemoryLedger
from pkitools_test_pki.pki import built_of
from pkitools_test_pki.shapes import authorities_of

_SHAPE: Final = "g4-tls"
_PSS: Final = "rsassa-pss-sha512"
_PKCS1: Final = "sha256-with-rsa"


@dataclass(frozen=True, slots=True)
class TwinClients:
    """Two client certificates with their chains and keys, in memory: nobody trusts them.

    Args:
        pss: signed as those of G4 are.
        pkcs1: signed as those of G1 and G3 are.
    """

    pss: IssuedCertificate
    pkcs1: IssuedCertificate


def twin_clients(moment: datetime, *, keys: KeySource = small_keys) -> TwinClients:
    """Return two clients with the same names and keys, all of them made anew.

    Args:
        moment: now, aware UTC.
        keys: where the keys come from; authorities of 2048 bits when left out, for nobody has to trust them.
    """
    made: list[PrivateKey] = []

    def first(key_type: str) -> PrivateKey:
        made.append(keys(key_type))
        return made[-1]

    pss = _client(_PSS, moment, first)
    again = iter(made)  # one PKI is built like the other, so it asks for the same keys in the same order
    return TwinClients(pss, _client(_PKCS1, moment, lambda _: next(again)))


def _client(scheme: str, moment: datetime, keys: KeySource) -> IssuedCertificate:
    specs = authorities_of((_SHAPE,))
    signed_so = [replace(spec, generation=replace(spec.generation, signature=scheme)) for spec in specs]
    pki = built_of(signed_so, moment=moment, keys=keys, base_url=DEFAULT_BASE_URL, ledger=MemoryLedger())
    return pki.issue(_SHAPE)
