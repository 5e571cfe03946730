"""The table of all that is measured: which jobs stand beside each other, and what ratios and goals are told."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial as of
from typing import Final

from benchmarks import crl, dropping, making, processes, reading, scale, serving, verdicts
from benchmarks.harness import Figure, Job, MissingError, Ratio, Table
from benchmarks.inputs import one_signature, three_signatures
from pkitools_test_pki.algorithms import PSS_SHA512

JUDGED, DROPPED = "`check_file` of the same", "dropped on the page, to the last octet of the answer"
G1, G4 = "g1-private", "g4-tls"
THREE, ONE = "three bare signature checks", "one bare signature check"
CHECK, MANY, TWO = (
    "`check`, one system, 3 CRLs",
    "`check_many`, the same",
    "`check_many` in two processes, findings back",
)
NINE, WALL = "`check`, nine systems", "`check_many` in one process, by the wall"
BARE, BARE_TWO = "bare signature checks in one process, by the wall", "bare signature checks in two processes"
COLD = "`check_many` in two processes, started for each 400"
CLICK, CRYPTO, BOTH = "`import click`", "`import cryptography.x509`", "`import click, cryptography.x509`"
ISSUE, ITS = "`test-pki issue --csr`", "`import click, cryptography.x509, sqlite3`"


def _verdicts() -> Table:
    return Table(
        "verdicts",
        "A whole verdict",
        "A stream of different G4 leaves (RSASSA-PSS, RSA 4096) below root, domain and TSP. Ours judges path, "
        "revocation by three lists, environment, OIN, all rules and a system; the others judge path and revocation. "
        "What two processes gain is also held against what they gain at bare signature checks, of which they share "
        "nothing: more than that the machine does not give.",
        "µs",
        (
            Job(THREE, of(three_signatures, G4), "yardstick"),
            Job(ONE, of(one_signature, G4), "yardstick"),
            Job(CHECK, verdicts.verdict),
            Job("the same, again and again of one leaf", of(verdicts.verdict, same=True), state="once"),
            Job("the same, the lists as bytes", of(verdicts.verdict, read=False), state="cold"),
            Job(NINE, lambda: verdicts.verdict(names=verdicts.nine())),
            Job(MANY, verdicts.many, per=verdicts.BATCH),
            Job(WALL, of(verdicts.many, size=verdicts.LARGE), per=verdicts.LARGE, wall=True),
            Job(TWO, of(verdicts.many, processes=2, size=verdicts.LARGE), per=verdicts.LARGE, wall=True),
            Job(COLD, of(verdicts.many_from_nothing, 2, verdicts.LARGE), "ours", "cold", verdicts.LARGE, wall=True),
            Job(BARE, of(verdicts.bare_checks, 1), "yardstick", "once", verdicts.CHECKS, wall=True),
            Job(BARE_TWO, of(verdicts.bare_checks, 2), "yardstick", "once", verdicts.CHECKS, wall=True),
            Job("OpenSSL's verify as a library, 3 CRLs", of(verdicts.openssl_library, G4, crls=True), "peer"),
            Job("pyhanko-certvalidator, 3 CRLs, context kept", of(verdicts.pyhanko, G4, crls=True), "peer"),
            Job(
                "pyhanko-certvalidator, 3 CRLs, all from DER",
                of(verdicts.pyhanko, G4, crls=True, fresh=True),
                "peer",
                "cold",
            ),
        ),
        (
            Ratio(CHECK, THREE, 5, 1),
            Ratio(MANY, ONE, 14, 2),
            Ratio(NINE, CHECK, 1.5, 3),
            Ratio(TWO, WALL, 1.8, 6, at_least=True),
            Ratio(TWO, WALL, 0.9, 6, at_least=True, beside=(BARE_TWO, BARE)),
            Ratio(BARE_TWO, BARE, at_least=True),
            Ratio(COLD, WALL, at_least=True),
            Ratio("the same, again and again of one leaf", THREE),
            Ratio(CHECK, "pyhanko-certvalidator, 3 CRLs, context kept", at_least=True),
            Ratio(CHECK, "OpenSSL's verify as a library, 3 CRLs"),
        ),
        (
            Figure(
                "processor time of `check_many` in two processes, with that of who asks them",
                verdicts.work_of_two,
                "× that of one",
                1.1,
                6,
            ),
        ),
    )


def _paths(shape: str) -> Table:
    name = {G1: "G1", G4: "G4"}[shape]
    path, many = f"`validate_path` from DER, {name}", f"`validate_many` per leaf, {name}"
    return Table(
        f"paths-{name.lower()}",
        f"A path of {name}",
        "The same stream, without revocation.",
        "µs",
        (
            Job(THREE, of(three_signatures, shape), "yardstick"),
            Job(ONE, of(one_signature, shape), "yardstick"),
            Job(path, of(verdicts.path, shape), state="cold"),
            Job(many, of(verdicts.many_paths, shape), per=verdicts.BATCH),
            Job("cryptography's verifier", of(verdicts.cryptography_verifier, shape), "peer"),
            Job("OpenSSL's verify as a library", of(verdicts.openssl_library, shape, crls=False), "peer"),
            Job("pyhanko-certvalidator, context kept", of(verdicts.pyhanko, shape), "peer"),
            Job("pyhanko-certvalidator, all from DER", of(verdicts.pyhanko, shape, fresh=True), "peer", "cold"),
        ),
        (
            Ratio(path, THREE, 2.0, 4),
            Ratio(many, ONE, 1.9, 5),
            Ratio(path, "pyhanko-certvalidator, all from DER", 12, at_least=True),
            Ratio("cryptography's verifier", THREE),
        ),
    )


def _list_table(mix: crl.Mix, *, quick: bool) -> Table:
    count, words, goal, row = {
        "equal": (1_000_000, "serial numbers of one length", 4, 7),
        "mixed": (1_000_000, "of mixed lengths", 4, 7),
        "layouts": (300_000, "100 layouts of entries", 10, 12),
    }[mix]
    count = count // 10 if quick else count
    entries = f"CRL of {count:,}, {words}"
    first, later = f"{entries}, to the first verdict", "a look-up later, of a listed number"
    sha512 = "one SHA-512 over the file"
    pss, kept = "the same, signed with RSASSA-PSS and SHA-512", None if row == 12 else 2.5
    return Table(
        f"crl-{mix}",
        f"A {entries}",
        "Load, signature (PKCS #1, RSA 4096, SHA-256), strict parse and the first look-up. The goal was set where one "
        "SHA-256 over 53 MB took 134 ms. A processor with instructions for it (SHA-NI) takes a quarter of that and "
        "does nothing else here faster; SHA-512, for which it has none, takes nearly what SHA-256 took there.",
        "ms",
        (
            Job("one SHA-256 over the file", of(crl.hashed, mix, count), "yardstick", "once"),
            Job(sha512, of(crl.hashed, mix, count, "sha512"), "yardstick", "once"),
            Job(first, of(crl.first_verdict, mix, count), state="once"),
            Job(pss, of(crl.first_verdict, mix, count, PSS_SHA512), state="once"),
            Job(later, of(crl.later, mix, count, crl.LISTED), state="once"),
            Job("a look-up later, of another", of(crl.later, mix, count, crl.ABSENT), state="once"),
            Job("cryptography: load, signature, look-up", of(crl.by_cryptography, mix, count), "peer", "once"),
            Job("`openssl crl`, which reads it and checks nothing", of(crl.by_openssl, mix, count), "peer", "process"),
            Job("`cert show`", of(crl.shown, mix, count), state="process"),
        ),
        (
            Ratio(first, "one SHA-256 over the file", goal, row),
            Ratio(first, sha512, goal, row),
            Ratio(first, "cryptography: load, signature, look-up", at_least=True),
        ),
        (
            Figure(f"memory of a {entries}, to the first verdict", of(crl.memory_of, mix, count, 1), SIZE, kept, row),
            Figure("memory once many were looked up in it", of(crl.memory_of, mix, count, 50), SIZE, kept),
        ),
        rounds=5,
        least=0.01,
    )


def _startup() -> Table:
    version, oin, helped = "`--version`", "`oin check`", "`--help`"
    show, check = "`cert show` of one certificate", "`cert check` with chain, 3 CRLs and a system"
    return Table(
        "startup",
        "Commands as processes",
        "From the shell to the shell, against a Python that imports what cannot be done without.",
        "ms",
        (
            Job("`python -c pass`", of(processes.python, "-c", "pass"), "yardstick", "process"),
            Job(CLICK, of(processes.imports, "click"), "yardstick", "process"),
            Job(CRYPTO, of(processes.imports, "cryptography.x509"), "yardstick", "process"),
            Job(BOTH, of(processes.imports, "click", "cryptography.x509"), "yardstick", "process"),
            Job(ITS, of(processes.imports, "click", "cryptography.x509", "sqlite3"), "yardstick", "process"),
            Job(version, of(processes.pkitools, "--version"), state="process"),
            Job(helped, of(processes.pkitools, "--help"), state="process"),
            Job(oin, of(processes.pkitools, "oin", "check", processes.OIN), state="process"),
            Job(show, processes.cert_show, state="process"),
            Job(check, processes.cert_check, state="process"),
            Job("`csr create --key`", processes.csr_create, state="process"),
            Job(ISSUE, processes.issue, state="process"),
            Job("`openssl verify`", of(processes.openssl_verify, crls=False), "peer", "process"),
            Job("`openssl verify`, 3 CRLs", of(processes.openssl_verify, crls=True), "peer", "process"),
            Job("`openssl req -new -key`", processes.openssl_req, "peer", "process"),
        ),
        (
            Ratio(version, CLICK, 1.1, 8),
            Ratio(oin, CLICK, 1.3, 8),
            Ratio(helped, CLICK, 1.2, 8),
            Ratio(show, BOTH, 1.2, 9),
            Ratio(check, BOTH, 1.6, 9),
            Ratio(ISSUE, ITS, 1.5, 11),
            Ratio("`csr create --key`", BOTH),
            Ratio(check, "`openssl verify`, 3 CRLs"),
        ),
        rounds=15,
    )


def _bundles(*, quick: bool) -> Table:
    few = 100 if quick else 1000
    small, large = (f"`cert show` of {count:,} certificates" for count in (few, 10 * few))
    files = 10 if quick else 100
    checked, by_openssl = f"`cert check` of {files} files", f"`openssl verify` of {files} files, 3 CRLs"
    return Table(
        "bundles",
        "Many certificates in one command",
        "Files of different certificates. What openssl prints of each is less.",
        "ms",
        (
            Job(small, of(processes.shown, few), state="process"),
            Job(large, of(processes.shown, 10 * few), state="process"),
            Job(f"the same {few:,} as JSON", of(processes.shown, few, "--json"), state="process"),
            Job(
                f"`openssl storeutl -text` of {10 * few:,}",
                of(processes.printed_by_openssl, 10 * few),
                "peer",
                "process",
            ),
            Job(checked, of(processes.cert_check, files), state="process"),
            Job(by_openssl, of(processes.openssl_verify, crls=True, count=files), "peer", "process"),
        ),
        (Ratio(large, small, 11, 10), Ratio(checked, by_openssl)),
        rounds=3,
    )


def _scale(few: int, many: int) -> Table:
    small, large = (f"a scan of {count:,} files, each" for count in (few, many))
    wall, two = f"{small}, by the wall", f"{small}, two processes"
    return Table(
        "scale",
        "A scan of many files",
        "Distinct G4 leaves in distinct files: each is read and judged as in the table of verdicts, and the results "
        "are kept for a report. What two processes gain is also held against bare signature checks in two. Where one "
        "signature check takes 100 µs, 6.67 of them are the time of one in 1,500 files a second.",
        "µs",
        (
            Job(ONE, of(one_signature, G4), "yardstick"),
            Job("the same files, only read", of(scale.bare_reading, few), "yardstick", "once", few),
            Job(small, of(scale.scanned, few), state="cold", per=few),
            Job(large, of(scale.scanned, many), state="cold", per=many),
            Job(wall, of(scale.scanned, few), state="cold", per=few, wall=True),
            Job(two, of(scale.scanned, few, processes=2), state="cold", per=few, wall=True),
            Job(BARE, of(verdicts.bare_checks, 1), "yardstick", "once", verdicts.CHECKS, wall=True),
            Job(BARE_TWO, of(verdicts.bare_checks, 2), "yardstick", "once", verdicts.CHECKS, wall=True),
        ),
        (
            Ratio(small, ONE, 14, 13),
            Ratio(large, small, 1.1, 14),
            Ratio(two, wall, 1.7, 15, at_least=True),
            Ratio(two, wall, 0.9, 15, at_least=True, beside=(BARE_TWO, BARE)),
            Ratio(two, ONE, 6.67, 18),
        ),
        (
            Figure(f"the first result of a scan of {many:,} files", scale.first_result(many), "ms", 500, 16),
            Figure(f"memory of a process that scans {few:,} files", scale.memory(few), "MB"),
            Figure(f"memory of a process that scans {many:,} files", scale.memory(many), "MB", 200, 17),
        ),
        rounds=3,
    )


def _reading() -> Table:
    theirs = "cryptography: load, all extensions, both names"
    return Table(
        "reading",
        "Reading a certificate; making a request",
        "A stream of different leaves. A request is signed with a key that is there.",
        "µs",
        (
            Job(theirs, reading.by_cryptography, "yardstick"),
            Job("asn1crypto: the same", reading.by_asn1crypto, "peer"),
            Job("`read_certificate`: every fact", reading.facts),
            Job("`oin_from_certificate`", reading.oin),
            Job("a bare RSA 3072 signature", reading.signature, "yardstick"),
            Job("a request planned and signed", reading.request),
            Job("a request checked", reading.checked_request),
        ),
        (
            Ratio("`read_certificate`: every fact", theirs),
            Ratio("a request planned and signed", "a bare RSA 3072 signature"),
        ),
    )


def _making(*, quick: bool) -> Table:
    few = 1000 if quick else 10_000
    small, large = (f"a CRL of {count:,} entries, built and signed" for count in (few, 10 * few))
    leaf, bare = "one more leaf, its key given", "a bare RSASSA-PSS signature, RSA 4096"
    pooled, official = "four levels, RSA keys from a pool", "g4-trial: three levels, fresh RSA keys"
    return Table(
        "making",
        "The test PKI",
        "g4-trial is the official generator; it and trustme make their keys anew, and trustme has two levels without "
        "lists, policies or OIN.",
        "ms",
        (
            Job(bare, making.signature, "yardstick"),
            Job(leaf, making.leaf),
            Job(pooled, making.pooled),
            Job("four levels, EC keys", making.elliptic),
            Job("trustme: two levels, EC keys", of(making.trustme, "ECDSA"), "peer"),
            Job("trustme: two levels, RSA 2048 keys", of(making.trustme, "RSA"), "peer"),
            Job(official, of(processes.g4_trial, leaf=False), "peer", "process"),
            Job("g4-trial: one more leaf", of(processes.g4_trial, leaf=True), "peer", "process"),
            Job(small, of(making.list_of, few)),
            Job(large, of(making.list_of, 10 * few)),
            Job(f"cryptography: a CRL of {few:,} entries", of(making.list_by_cryptography, few), "peer"),
        ),
        (Ratio(leaf, bare, 1.3), Ratio(large, small, 11), Ratio(pooled, official, at_least=True)),
        ()
        if quick
        else (
            Figure(
                "a hierarchy with fresh RSA keys, in memory",
                of(making.beside_its_keys, on_disk=False),
                "× its keys",
                1.15,
            ),
            Figure(
                "a hierarchy with fresh RSA keys, in a folder",
                of(making.beside_its_keys, on_disk=True),
                "× its keys",
                1.15,
            ),
            Figure("the catalogue of broken certificates", making.catalogue, "s", 10),
        ),
        rounds=5,
    )


def _serving() -> Table:
    def rate(name: str, goal: float | None, *how: str) -> tuple[Figure, Figure]:
        return (
            Figure(f"{name}, per second", lambda: serving.asked(*how)[0], "/ s", goal, at_least=True),
            Figure(f"{name}, a hundredth takes longer than", lambda: serving.asked(*how)[1], "ms"),
        )

    return Table(
        "serving",
        "The server of the test PKI",
        "OCSP over HTTP, four clients that keep their connections; the server held to one core. RSA 2048.",
        "ms",
        (),
        (),
        (
            *rate("OCSP kept, POST", 500, "cached", "delegated", "POST"),
            *rate("OCSP kept, GET", 500, "cached", "delegated", "GET"),
            *rate("OCSP signed for each by the authority", 150, "fresh", "issuer", "POST"),
            *rate("OCSP signed for each by a delegated responder", 150, "fresh", "delegated", "POST"),
            *rate("a page of the same server", None, "cached", "issuer", "PDS"),
            Figure("bare signatures without a server, per second", serving.signatures, "/ s"),
            Figure("the slowest case of x509-limbo", _slowest_of_limbo, "ms", 100),
        ),
    )


def _page() -> Table:
    return Table(
        "page",
        "A certificate that is dropped on the page",
        "A leaf of G4 with its chain, sent by a browser that keeps its connection; the answer is the whole page, with "
        "the chain as a picture. Beside it the judgement alone, as the page asks for it, revocation off.",
        "ms",
        (
            Job(JUDGED, dropping.judged, "yardstick", "once"),
            Job(DROPPED, dropping.dropped, state="once", wall=True),
        ),
        (Ratio(DROPPED, JUDGED),),
        (Figure("what the page takes more than `check_file`", dropping.more, "ms", 100),),
    )


def _slowest_of_limbo() -> float:
    """The case that was made to take for ever and takes us longest."""
    from tests.support.shared import SHARED

    if not (SHARED / "conformance" / "limbo.json").exists():
        raise MissingError("its file is not beside the project")
    from tests.conformance.limbo import accepts, cases

    slowest = 0.0
    for case in cases():
        started = time.perf_counter()
        accepts(case)
        slowest = max(slowest, time.perf_counter() - started)
    return slowest * 1e3


def tables(*, quick: bool, scale: int = 10_000) -> Sequence[Table]:
    """Return all tables; with less in them and without what takes long, when there is little time.

    Args:
        quick: there is little time.
        scale: files of the larger scan, of which the smaller has a tenth.
    """
    found = [
        _verdicts(),
        _paths(G4),
        *(_list_table(mix, quick=quick) for mix in MIXES),
        _startup(),
        _bundles(quick=quick),
        _scale(*((150, 600) if quick else (scale // 10, scale))),
        _reading(),
        _making(quick=quick),
        _page(),
    ]
    return found if quick else [*found[:2], _paths(G1), *found[2:], _serving()]


SIZE: Final = "× the file"
MIXES: Final[tuple[crl.Mix, ...]] = ("equal", "mixed", "layouts")
GOALS: Final = 18
"""Rows of the table of goals."""
