"""What who receives metadata asks of it, as data. Adding a consumer is adding an entry to ``data/consumers.toml``."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Any

from pkitools.documents import cite
from pkitools.findings import Basis, Certainty, Severity
from pkitools.frozen import dataclass
from pkitools.oin.entity_schemes import ENTITIES, EntitySubject
from pkitools.package_data import read_toml


class Topic(StrEnum):
    """What is asked."""

    ROOT = "root"  # values: the elements the document may be
    LIST_FIRST = "list_first"  # values: the roles, in an entity ID, that a list may begin with
    SERVICE_ROLE = "service_role"  # one SPSSODescriptor
    PROTOCOL = "protocol"
    SIGNED = "signed"
    ALGORITHMS = "algorithms"  # values: URIs
    DIGESTS = "digests"  # values: URIs
    CANONICALIZATION = "canonicalization"  # values: URIs
    KEY_INFO = "key_info"  # only a certificate in the KeyInfo of the signature
    SIGNER_INCLUDED = "signer_included"
    SIGNER_OIN = "signer_oin"
    USE_STATED = "use_stated"
    USE_ABSENT = "use_absent"
    ENCRYPTION_KEY = "encryption_key"  # values: the roles, in entity IDs, that need one
    KEY_NAME = "key_name"  # values: the uses that need one
    VALIDITY = "validity"
    REQUESTS_SIGNED = "requests_signed"
    ASSERTIONS_SIGNED = "assertions_signed"
    HTTPS = "https"
    CONSUMER_BINDINGS = "consumer_bindings"  # values: URIs
    ONE_DEFAULT = "one_default"
    MOST_SIGNING_KEYS = "most_signing_keys"  # number


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that is asked.

    Args:
        topic: what.
        basis: where it stands.
        values: what is asked, where that is not yes or no.
        number: how many.
        severity: what a violation weighs; ``None``: what the rule weighs.
    """

    topic: Topic
    basis: Basis
    values: tuple[str, ...] = ()
    number: int = 0
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who receives metadata.

    Args:
        name: of the entry.
        title: how people call it.
        systems: the systems whose metadata goes there.
        schemes: forms of entity IDs for which it holds; empty: any other.
        roles: roles in an entity ID that its metadata may have, beside those that the system names.
        asks: what it asks.
    """

    name: str
    title: str
    systems: tuple[str, ...]
    schemes: tuple[str, ...]
    roles: tuple[str, ...]
    asks: tuple[Ask, ...]

    def ask(self, topic: Topic) -> Ask | None:
        """Return what it asks of a topic; ``None`` where that is nothing."""
        return next((each for each in self.asks if each.topic is topic), None)


@cache
def consumers() -> tuple[Consumer, ...]:
    """Return every consumer, read once."""
    return tuple(map(_consumer, read_toml(str(__package__), "data/consumers.toml")["consumer"]))


def _consumer(row: dict[str, Any]) -> Consumer:
    systems, schemes, roles = (tuple(row.get(name, ())) for name in ("systems", "schemes", "roles"))
    return Consumer(row["name"], row["title"], systems, schemes, roles, tuple(map(_ask, row["ask"])))


def _ask(row: dict[str, Any]) -> Ask:
    weighs = row.get("severity")
    return Ask(
        Topic(row["topic"]),
        Basis(cite(row["source"], row.get("section", "")), Certainty(row["certainty"])),
        tuple(row.get("values", ())),
        row.get("number", 0),
        Severity[weighs.upper()] if weighs else None,
    )


def consumer_for(system: str, entity_id: str) -> Consumer | None:
    """Return who receives metadata of this entity for this system; ``None`` where nothing is known of that.

    Of a system whose only consumer knows other forms of entity IDs it is that one: the form is judged elsewhere.

    Args:
        system: its name.
        entity_id: as the metadata has it.
    """
    scheme = EntitySubject(entity_id, ENTITIES).scheme
    form = scheme.name if scheme is not None else None
    named = [each for each in consumers() if system in each.systems]
    exact = next((each for each in named if form in each.schemes), None)
    other = next((each for each in named if not each.schemes), None)
    return exact or other or next(iter(named), None)
