"""What a defect is, and what comes out of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pkitools.environment import Environment
from pkitools.files import Output, write_set
from pkitools.frozen import dataclass, field
from pkitools.messages import Language
from pkitools_test_pki.issued import IssuedCertificate, PathLike, outputs, pem
from pkitools_test_pki.keys import private_pem

if TYPE_CHECKING:
    from pkitools.checking import CheckResult
    from pkitools_test_pki.algorithms import PrivateKey
    from pkitools_test_pki.defects.laboratory import Laboratory


class Layer(StrEnum):
    """Where a defect can be noticed first, when a client shows the certificate to a server that trusts its root."""

    TLS = "tls"
    """The TLS stack refuses it in the handshake."""
    REVOCATION = "revocation"
    """The TLS stack refuses it once it is given the CRLs, or asks OCSP."""
    APPLICATION = "application"
    """The handshake succeeds; who reads the certificate afterwards, such as for its OIN, has to see it."""
    CHECK = "check"
    """No connection depends on it: a rule of PKIoverheid or of a system, of which ``cert check`` tells."""


@dataclass(frozen=True, slots=True)
class Context:
    """In which use the defect shows.

    Args:
        environment: where the certificate is to be used.
        systems: the connected systems it is for.
        entity_id: the entity ID it is to be used with.
        host: the TLS server it is to name.
        revocation: the policy, when it is to be another than the environment's own.
    """

    environment: Environment = Environment.PREPRODUCTION
    systems: tuple[str, ...] = ()
    entity_id: str | None = None
    host: str | None = None
    revocation: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """What a defect's function returns when it is more than a certificate with its own path.

    Args:
        certificate: the broken one.
        chain: DER of what comes along with it; its intermediates when left out.
        crls: DER of the CRLs at hand; one of each authority in its path when left out.
    """

    certificate: IssuedCertificate
    chain: Sequence[bytes] | None = None
    crls: Sequence[bytes] | None = None


Build: TypeAlias = "Callable[[Laboratory], Sample | IssuedCertificate]"


@dataclass(frozen=True, slots=True)
class Defect:
    """One way to be wrong.

    Args:
        name: as in ``--only`` and in file names.
        topic: the module it is in.
        description: what is wrong, in English.
        codes: the rules of severity WARNING and above that must be violated in ``context``, and no others.
        context: in which use.
        make: builds a certificate with it.
        refused: whether ``cert check`` refuses it; else it passes with a warning, and another system may take it too.
    """

    name: str
    topic: str
    description: str
    codes: frozenset[str]
    context: Context
    make: Build = field(repr=False, compare=False)
    refused: bool = True

    @property
    def description_nl(self) -> str:
        """The description in Dutch."""
        from pkitools_test_pki.defects.registry import dutch_descriptions

        return dutch_descriptions()[self.name]

    @property
    def layer(self) -> Layer:
        """Where it can be noticed first."""
        from pkitools_test_pki.defects.registry import layers

        topics, named = layers()
        return named.get(self.name, topics[self.topic])

    @property
    def descriptions(self) -> Mapping[Language, str]:
        """The description by language."""
        return {"en": self.description, "nl": self.description_nl}

    def build(self, laboratory: Laboratory) -> BrokenCertificate:
        """Return a certificate with this defect."""
        made = self.make(laboratory)
        sample = made if isinstance(made, Sample) else Sample(made)
        links = [link.der for link in sample.certificate.intermediates]
        return BrokenCertificate(
            defect=self,
            certificate=sample.certificate,
            chain=tuple(links if sample.chain is None else sample.chain),
            trust_anchors=(laboratory.root.certificate.der,),
            crls=tuple(laboratory.crls(sample.certificate) if sample.crls is None else sample.crls),
            moment=laboratory.moment,
        )


@dataclass(frozen=True)
class BrokenCertificate:
    """A certificate with a defect, and all that is needed to see it.

    Args:
        defect: what is wrong with it.
        certificate: it.
        chain: DER of the certificates that come along with it.
        trust_anchors: DER of the roots the system under test trusts.
        crls: DER of the CRLs at hand.
        moment: when to look, aware UTC.
    """

    defect: Defect
    certificate: IssuedCertificate = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    trust_anchors: tuple[bytes, ...] = field(repr=False)
    crls: tuple[bytes, ...] = field(repr=False)
    moment: datetime

    @property
    def key(self) -> PrivateKey | None:
        """The private key; ``None`` when there is none that belongs to it."""
        return self.certificate.key

    @property
    def pem(self) -> bytes:
        """The certificate in PEM."""
        return self.certificate.pem

    @property
    def chain_pem(self) -> bytes:
        """The certificate and what comes along with it, in PEM."""
        return self.pem + b"".join(pem("CERTIFICATE", der) for der in self.chain)

    @property
    def trust_pem(self) -> bytes:
        """The roots in PEM."""
        return b"".join(pem("CERTIFICATE", der) for der in self.trust_anchors)

    @property
    def crls_pem(self) -> bytes:
        """The CRLs in PEM."""
        return b"".join(pem("X509 CRL", der) for der in self.crls)

    @property
    def key_pem(self) -> bytes | None:
        """The private key as PKCS#8 in PEM, not encrypted."""
        return None if self.key is None else private_pem(self.key)

    def outputs(self, prefix: PathLike, *, with_crls: bool = True) -> list[Output]:
        """Return its files: ``PREFIX.key`` first, ``PREFIX.pem``, ``PREFIX.chain.pem`` and ``PREFIX.crls.pem``."""
        files = outputs(prefix, self.pem, self.chain_pem, self.key_pem)
        if self.crls and with_crls:
            files.append(Output(f"{os.fspath(prefix)}.crls.pem", self.crls_pem, secret=False))
        return files

    def write(self, prefix: PathLike, *, overwrite: bool = False) -> tuple[Path, ...]:
        """Write its files, all or none; return their paths.

        Raises:
            FileError: one of them exists (without ``overwrite``), or cannot be written.
        """
        files = self.outputs(prefix)
        write_set(files, overwrite=overwrite)
        return tuple(Path(os.fspath(file.path)) for file in files)

    def check(self) -> CheckResult:
        """Judge it as ``cert check`` does, offline, in the defect's context."""
        from pkitools.checking import Revocation, check
        from pkitools.revocation import RevocationPolicy
        from pkitools.trust import TrustStore

        context = self.defect.context
        policy = RevocationPolicy(context.revocation) if context.revocation else None
        return check(
            self.certificate.der,
            moment=self.moment,
            environment=context.environment,
            systems=context.systems,
            intermediates=self.chain,
            trust=TrustStore.from_der(self.trust_anchors, "test PKI"),
            entity_id=context.entity_id,
            host=context.host,
            revocation=Revocation(policy=policy, crls=self.crls),
        )
