"""A whole verdict and a path, ours and those of others, on streams of leaves of which none comes twice in a while."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509 import verification

from benchmarks.harness import MissingError, Work
from benchmarks.inputs import MOMENT, bare, batches, pool_of, world
from pkitools.checking import Checker, Revocation, check
from pkitools.revocation import RevocationPolicy, read_crl
from pkitools.systems import systems
from pkitools.trust import TrustStore
from pkitools.validation import validate_many, validate_path

SYSTEM: Final = "digid-machtigen"
BATCH: Final = 100
LARGE: Final = 400
"""Of several processes: one of them waits for the other at the end of each batch."""
CHECKS: Final = 4000
"""Bare signature checks that take about as long as a large batch."""


def asked(names: tuple[str, ...] = (SYSTEM,), *, read: bool = True, shape: str = "g4-tls") -> dict[str, Any]:
    """Return everything a verdict asks: a system, the lists, required, and the chain."""
    of = world(shape)
    crls = [read_crl(der) for der in of.crls()] if read else of.crls()
    return {
        "moment": MOMENT,
        "environment": "preproduction",
        "systems": names,
        "intermediates": of.above,
        "trust": TrustStore.from_der([of.root]),
        "revocation": Revocation(policy=RevocationPolicy.REQUIRE, crls=crls),
    }


def verdict(*, names: tuple[str, ...] = (SYSTEM,), read: bool = True, same: bool = False) -> Work:
    of, given = world("g4-tls"), asked(names, read=read)

    def judge(n: int) -> None:
        result = check(of.leaf(0 if same else n), **given)
        assert result.path is not None
        assert all(status.is_good for status in result.revocation.statuses)

    return judge


def nine() -> tuple[str, ...]:
    return tuple(system.name for system in systems())[:9]


def _batches(size: int) -> Callable[[ProcessPoolExecutor | None], None]:
    """Return what judges the next batch by one Checker; verdict and findings are looked at here."""
    checker = Checker(**asked())
    stream = batches("g4-tls", size)

    def judge(pool: ProcessPoolExecutor | None) -> None:
        for result in checker.check_many(next(stream), executor=pool):
            assert not isinstance(result, Exception)
            assert result.verdict is not None
            assert isinstance(result.report.findings, tuple)

    return judge


def many(*, processes: int = 0, size: int = BATCH) -> Work:
    judge = _batches(size)
    pool = pool_of(processes) if processes else None
    judge(pool)  # its processes are there, and know the question, before anything is timed
    return lambda _: judge(pool)


def many_from_nothing(processes: int, size: int) -> Work:
    """The same, with all that workers cost before their first certificate: their start, their imports, the question."""
    judge = _batches(size)

    def started(_: int) -> None:
        with ProcessPoolExecutor(processes) as pool:
            judge(pool)

    return started


def work_of_two() -> float:
    """Processor time of two workers and of who asks them, to that of one process that does it all."""
    judge, pool = _batches(LARGE), ProcessPoolExecutor(2)
    judge(pool)
    with pool:
        workers = [Path(f"/proc/{number}/schedstat") for number in pool._processes]
        if not all(map(Path.exists, workers)):
            raise MissingError("what a process has used is read from /proc")
        return statistics.median(_work_of_two(judge, pool, workers) for _ in range(9))


def _work_of_two(
    judge: Callable[[ProcessPoolExecutor | None], None], pool: ProcessPoolExecutor, workers: list[Path]
) -> float:
    def used() -> float:
        return time.process_time() + sum(int(place.read_text().split()[0]) for place in workers) / 1e9

    before = used()
    judge(None)
    between = used()
    judge(pool)
    return (used() - between) / (between - before)


def bare_checks(processes: int) -> Work:
    """Bare signature checks by so many processes that share nothing: what the machine gives them."""
    of = world("g4-tls")
    part = partial(_check_bare, of.above[0], of.leaf(0))
    if processes == 1:
        return lambda _: part(CHECKS)
    pool = pool_of(processes)
    return lambda _: list(pool.map(part, [CHECKS // processes] * processes))


def _check_bare(issuer: bytes, leaf: bytes, count: int) -> None:
    check = bare(issuer, leaf)
    for _ in range(count):
        check()


def path(shape: str) -> Work:
    of = world(shape)
    above, anchors = tuple(of.above), (of.root,)

    def validate(n: int) -> None:
        result = validate_path(of.leaf(n), intermediates=above, anchors=anchors, moment=MOMENT)
        assert result.path is not None

    return validate


def many_paths(shape: str) -> Work:
    of, stream = world(shape), batches(shape, BATCH)
    above, anchors = tuple(of.above), (of.root,)

    def validate(_: int) -> None:
        for result in validate_many(next(stream), intermediates=above, anchors=anchors, moment=MOMENT):
            assert not isinstance(result, Exception)
            assert result.path is not None

    return validate


# -- others ------------------------------------------------------------------------------------------------------------


def cryptography_verifier(shape: str) -> Work:
    """Its verifier for clients, the extensions of the end entity left alone: it asks for names PKIoverheid has not."""
    of, policy = world(shape), verification.ExtensionPolicy
    present = policy.permit_all().require_present(x509.BasicConstraints, verification.Criticality.AGNOSTIC, None)
    load = x509.load_der_x509_certificate
    builder = verification.PolicyBuilder().store(verification.Store([load(of.root)])).time(MOMENT)
    builder = builder.extension_policies(ca_policy=present, ee_policy=policy.permit_all())
    above = [load(der) for der in of.above]
    return lambda n: builder.build_client_verifier().verify(load(of.leaf(n)), above)


def openssl_library(shape: str, *, crls: bool) -> Work:
    """OpenSSL's verify as a library, by pyOpenSSL; its store is made once."""
    try:
        from OpenSSL import crypto
    except ImportError as error:
        raise MissingError("pyOpenSSL is not installed") from error
    of = world(shape)
    load = x509.load_der_x509_certificate
    certificate = crypto.X509.from_cryptography
    store = crypto.X509Store()
    store.add_cert(certificate(load(of.root)))
    if crls:
        for der in of.crls():
            store.add_crl(x509.load_der_x509_crl(der))
        store.set_flags(crypto.X509StoreFlags.CRL_CHECK | crypto.X509StoreFlags.CRL_CHECK_ALL)
    above = [certificate(load(der)) for der in of.above]
    return lambda n: crypto.X509StoreContext(store, certificate(load(of.leaf(n))), above).verify_certificate()


def pyhanko(shape: str, *, crls: bool = False, fresh: bool = False) -> Work:
    """pyhanko-certvalidator; everything is read from DER for each certificate, or all but that once."""
    from pyhanko_certvalidator import CertificateValidator, ValidationContext

    of, load = world(shape), asn1_x509.Certificate.load
    lists, root, above = of.crls() if crls else [], of.root, of.above

    def ready() -> tuple[Any, list[Any]]:
        mode: dict[str, Any] = {}
        if crls:
            mode = {"crls": [asn1_crl.CertificateList.load(der) for der in lists], "revocation_mode": "require"}
        context = ValidationContext(trust_roots=[load(root)], moment=MOMENT, allow_fetching=False, **mode)
        return context, [load(der) for der in above]

    kept = ready()

    def validate(n: int) -> None:
        context, chain = ready() if fresh else kept
        validator: Any = CertificateValidator(load(of.leaf(n)), chain, validation_context=context)
        asyncio.run(validator.async_validate_usage(set()))

    return validate
