"""A JWK that states a key beside its certificates: is it the key of one of them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pkitools.containers import Item
from pkitools.documents import cite
from pkitools.findings import MET, Evidence, Outcome, Rule, Severity, Violated, outcome
from pkitools.x509 import CertificateFacts

MATCH: Final = Rule("file.jwk.key", Severity.ERROR, cite("rfc-7517", "4.7"), of_content=False)

RULES: Final[tuple[Rule, ...]] = (MATCH,)


def check_jwk_keys(read: Sequence[tuple[Item, CertificateFacts]]) -> Iterator[Outcome]:
    """Yield an outcome for each JWK that states a key: which of its certificates comes first another rule asks.

    Args:
        read: the certificates of the file, and where they stand.
    """
    stated: dict[int, list[tuple[Item, CertificateFacts]]] = {}
    for item, facts in read:
        if item.stated_key is not None and item.place is not None:
            stated.setdefault(item.place, []).append((item, facts))
    for pairs in stated.values():
        yield outcome(MATCH, MET if any(_fits(item, facts) for item, facts in pairs) else _violated(pairs[0]))


def _fits(item: Item, facts: CertificateFacts) -> bool:
    return bool(item.stated_key) and facts.public_key.spki.endswith(item.stated_key or b"")


def _violated(pair: tuple[Item, CertificateFacts]) -> Violated:
    item, facts = pair
    name = facts.subject.common_name or facts.subject.text or facts.sha256
    evidence = (Evidence(f"block {item.position}", facts.public_key.spki_sha256),)
    return Violated(evidence, {"position": str(item.position), "name": name})
