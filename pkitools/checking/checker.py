"""Many certificates, one question: :class:`Checker` is asked the question once, and keeps what is about authorities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pkitools.arguments import aware, of_type, optional
from pkitools.checking.judgement import Memory, judged
from pkitools.checking.question import Question, Revocation, question
from pkitools.checking.result import CheckResult
from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.frozen import replace
from pkitools.revocation import CertificateRevocationList, read_crl
from pkitools.x509.given import CERTIFICATE, Given, several_ders

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from pkitools.checking.expectation import Expectation
    from pkitools.profiles import Profile
    from pkitools.rules.own import OwnData
    from pkitools.systems import System
    from pkitools.trust import TrustStore
    from pkitools.validation import PolicyInput


class Checker:
    """Judges certificates as :func:`~pkitools.checking.check` does, one question for all of them.

    What comes again with every certificate is done once: arguments are read, lists of revoked certificates too, and of
    authorities are kept the path above the end entity with its signatures, their status, and what rules say of all that
    the certificates they issue by one profile have in common. None of it outlives the certificates and lists it rests
    on, and nothing is kept of an end entity. A checker may be shared between threads.

    >>> checker = Checker(moment=moment, environment="production", systems="digid-machtigen")  # doctest: +SKIP
    >>> for result in checker.check_many(certificates):  # doctest: +SKIP
    ...     print(result)

    Args:
        moment: validation time, aware UTC, of what :meth:`check` is not told another for.
        environment, systems, intermediates, trust, entity_id, profile, host, revocation, expected, cross_check, strict,
            policies, data, raise_crashes: as for :func:`~pkitools.checking.check`.

    Raises:
        InvalidValueError: as :func:`~pkitools.checking.check`.
    """

    def __init__(
        self,
        *,
        moment: datetime,
        environment: Environment | str,
        systems: str | System | Iterable[str | System] = (),
        intermediates: Given | Iterable[Given] = (),
        trust: TrustStore | Given | Iterable[Given] | None = None,
        entity_id: str | None = None,
        profile: Profile | str | None = None,
        host: str | None = None,
        revocation: Revocation | None = None,
        expected: Expectation | None = None,
        cross_check: bool = False,
        strict: bool = False,
        policies: PolicyInput | None = None,
        data: OwnData | None = None,
        raise_crashes: bool = False,
    ) -> None:
        asked = question(
            moment=moment,
            environment=environment,
            systems=systems,
            intermediates=intermediates,
            trust=trust,
            entity_id=entity_id,
            profile=profile,
            host=host,
            revocation=revocation,
            expected=expected,
            cross_check=cross_check,
            strict=strict,
            policies=policies,
            data=data,
            raise_crashes=raise_crashes,
        )
        self._asked = _with_lists_read(asked)
        self._memory = Memory()

    @classmethod
    def of(cls, asked: Question, memory: Memory | None = None) -> Checker:
        """Return a checker of a question whose arguments were read already.

        Args:
            asked: the question.
            memory: one that is shared; by default its own.
        """
        checker = cls.__new__(cls)
        checker._asked, checker._memory = _with_lists_read(asked), memory or Memory()
        return checker

    def __repr__(self) -> str:
        systems = ", ".join(system.name for system in self._asked.systems)
        return f"<Checker for {self._asked.environment}{f', {systems}' if systems else ''}>"

    def check(
        self,
        certificate: Given,
        *,
        moment: datetime | None = None,
        intermediates: Given | Iterable[Given] = (),
        entity_id: str | None = None,
        expected: Expectation | None = None,
    ) -> CheckResult:
        """Judge one certificate.

        Args:
            certificate: the end entity, as for :func:`~pkitools.checking.check`.
            moment: another validation time than that of the checker.
            intermediates: what came with this certificate; those of the checker are added.
            entity_id: instead of that of the checker.
            expected: instead of what the checker expects.

        Raises:
            InputError: ``certificate`` is no certificate.
            InvalidValueError: ``moment`` is not aware, or one of the others is nothing that could be it.
        """
        asked = self._asked
        if moment is not None:
            asked = replace(asked, moment=aware(moment))
        if intermediates != ():
            beside = several_ders(intermediates, CERTIFICATE, "intermediates")
            asked = replace(asked, intermediates=(*beside, *asked.intermediates))
        if entity_id is not None:
            asked = replace(asked, entity_id=optional(entity_id, str, "entity_id"))
        if expected is not None:
            from pkitools.checking.expectation import Expectation

            asked = replace(asked, expected=of_type(expected, Expectation, "expected"))
        return judged(certificate, asked, self._memory)

    def check_many(
        self, certificates: Given | Iterable[Given], *, executor: Executor | None = None
    ) -> Iterator[CheckResult | InputError]:
        """Judge each certificate, in the order given, as they come.

        What cannot be read as a certificate gives its error in its place, and does not stop the rest.

        Args:
            certificates: end entities; an iterator, or what holds several. Without an executor none is read ahead.
            executor: judges them, such as a :class:`~concurrent.futures.ProcessPoolExecutor`, which uses more than one
                core. From another process come verdict and findings; what else a result holds is made when it is asked
                for. What the checker was made with has to be fit for pickling then.
        """
        from pkitools.checking.elsewhere import judged_by, judged_or_error  # who judges one needs neither

        each = _each(certificates)
        material = self._asked.material.for_several()
        several = self
        if material is not self._asked.material:
            several = Checker.of(replace(self._asked, material=material), self._memory)
        if executor is None:
            return (judged_or_error(several, certificate) for certificate in each)
        return judged_by(executor, several, several._asked, Checker.of, each)


def _each(certificates: Given | Iterable[Given]) -> Iterable[Given]:
    """Return what can be gone over one by one, without reading ahead."""
    if isinstance(certificates, Iterable) and not isinstance(
        certificates, (bytes, bytearray, memoryview, str, Mapping)
    ):
        return certificates
    return several_ders(certificates, CERTIFICATE, "certificates")


def _with_lists_read(asked: Question) -> Question:
    """Return the question with every list read that can be; what cannot is told of with each certificate."""
    return replace(asked, material=replace(asked.material, crls=tuple(map(_read, asked.material.crls))))


def _read(crl: bytes | CertificateRevocationList) -> bytes | CertificateRevocationList:
    if isinstance(crl, CertificateRevocationList):
        return crl
    try:
        return read_crl(crl)
    except InputError:
        return crl
