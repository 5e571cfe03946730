"""How a rule of metadata is declared, and what its check looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Generic, TypeVar

from pkitools.documents import Source, cite
from pkitools.environment import Environment
from pkitools.findings import Answers, Certainty, Evidence, Outcome, Rule, Severity, Violated, ask
from pkitools.frozen import dataclass, field
from pkitools.metadata.consumers import Ask, Consumer, Topic
from pkitools.metadata.saml import Entity, Key, Role, SamlMetadata
from pkitools.metadata.signatures import Verified
from pkitools.oin.entity_schemes import ENTITIES, EntitySubject
from pkitools.x509 import CertificateFacts

C = TypeVar("C")
Check = Callable[[C], Answers]


@dataclass(slots=True)
class MetadataBook(Generic[C]):
    """Rules about one kind of subject, in the order they are asked.

    Args:
        topic: the second part of every code.
        entries: each rule with its check.
    """

    topic: str
    entries: list[tuple[Rule, Callable[[C], Answers]]] = field(default_factory=list)

    def rule(
        self, slug: str, severity: Severity, source: Source | None = None, certainty: Certainty = Certainty.STANDARD
    ) -> Callable[[Check[C]], Check[C]]:
        """Declare a rule; without a source it is our own advice."""
        own = source is None
        made = Rule(
            f"metadata.{self.topic}.{slug}",
            severity,
            cite("pkitools") if source is None else source,
            Certainty.ADVICE if own else certainty,
        )

        def declared(check: Check[C]) -> Check[C]:
            self.entries.append((made, check))
            return check

        return declared

    def outcomes(self, subject: C, *, raise_crashes: bool = False) -> Iterator[Outcome]:
        """Yield what every rule says of a subject."""
        for rule, check in self.entries:
            yield from ask(rule, check, subject, raise_crashes=raise_crashes)


@dataclass(frozen=True, slots=True)
class SamlCase:
    """Metadata to be judged, and what for.

    Args:
        metadata: what it says; of metadata that is signed, what is signed of it.
        written: what the whole document says, its signature with it.
        consumer: who receives it; ``None`` where nothing is known of that.
        environment: where it is to be used.
        moment: aware UTC.
        verified: what came of its signature.
        certificates: what is known of each certificate, by its DER; those that cannot be read are absent.
    """

    metadata: SamlMetadata
    written: SamlMetadata
    consumer: Consumer | None
    environment: Environment
    moment: datetime
    verified: Verified
    certificates: Mapping[bytes, CertificateFacts]

    def asked(self, topic: Topic) -> Ask | None:
        """Return what the consumer asks of a topic."""
        return None if self.consumer is None else self.consumer.ask(topic)

    @property
    def title(self) -> str:
        """How people call the consumer."""
        return "" if self.consumer is None else self.consumer.title

    def facts(self, ders: Iterable[bytes]) -> list[CertificateFacts]:
        """Return what is known of certificates."""
        return [self.certificates[der] for der in ders if der in self.certificates]

    def each_key(self) -> Iterator[tuple[str, Key]]:
        """Yield every key, with the place it stands."""
        for entity in self.metadata.entities:
            for role in entity.roles:
                for number, key in enumerate(role.keys, start=1):
                    yield f"{self._of(entity)}{role.kind}/KeyDescriptor {number}", key

    def each_role(self) -> Iterator[tuple[str, Role]]:
        """Yield every role, with the place it stands."""
        for entity in self.metadata.entities:
            yield from ((f"{self._of(entity)}{role.kind}", role) for role in entity.roles)

    def _of(self, entity: Entity) -> str:
        return f"{entity.entity_id}: " if len(self.metadata.entities) > 1 else ""


def role_in_id(entity: Entity) -> str:
    """Return the role that an entity ID names, such as ``DV``; empty where it names none."""
    subject = EntitySubject(entity.entity_id, ENTITIES)
    return subject.role if subject.is_parsed else ""


def against(asked: Ask, path: str, value: object, **params: object) -> Violated:
    """Return a violation of what a consumer asks, founded on where it asks that."""
    shown = str(value)
    operands = {"value": shown or "–", **{name: str(each) for name, each in params.items()}}
    return Violated((Evidence(path, shown),), operands, asked.basis, asked.severity)
