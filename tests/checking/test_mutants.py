"""What passes, others can load: a good certificate with fields changed, signed again, and judged by OpenSSL and pyca.

Few mutants pass, so the second judges are asked for those only; most are refused before they need a signature. Where we
pass what a judge refuses, ``mutants.toml`` says why, with an example, and turns red when that example needs it no more.
"""

from __future__ import annotations

import random
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from pkitools.checking import Revocation, check
from pkitools.environment import Environment
from pkitools.errors import PkitoolsError
from pkitools.findings import Report, Verdict
from pkitools.revocation import RevocationPolicy
from pkitools.rules import lint
from pkitools.trust import TrustStore
from pkitools.x509 import read_certificate, signed_parts
from pkitools_test_pki.issued import IssuedCertificate
from tests.support.broken import laboratory
from tests.support.chains import MOMENT
from tests.support.der import extension, integer, oid, sequence, tlv
from tests.support.effort import budget
from tests.support.judges import judge
from tests.support.mutation import Field, grown, mutants
from tests.validation.openssl import pem

LEDGER = Path(__file__).with_name("mutants.toml")
SYSTEM = "digikoppeling"
NO_REVOCATION = Revocation(policy=RevocationPolicy.OFF)
BATCH = 500

# extensions and forms that a good certificate may have besides, so that their fields are changed as well
RICH = {
    "2.5.29.16": sequence(tlv(0x80, b"20260101000000Z"), tlv(0x81, b"20300101000000Z")),
    "2.5.29.18": sequence(tlv(0x86, b"http://voorbeeld.test/")),
    "2.5.29.46": sequence(
        sequence(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://voorbeeld.test/delta.crl"))), tlv(0x81, b"\x01\x7e"))
    ),
    "1.3.6.1.5.5.7.1.24": sequence(integer(5)),
    "1.3.6.1.5.5.7.1.11": sequence(sequence(oid("1.3.6.1.5.5.7.48.3"), tlv(0x86, b"http://voorbeeld.test/"))),
}


@cache
def good() -> IssuedCertificate:
    return laboratory(MOMENT).leaf()


@cache
def trust() -> TrustStore:
    return TrustStore.from_der([good().path[-1].der], "test PKI")


def between() -> list[bytes]:
    return [link.der for link in good().path[1:-1]]


def bodies() -> list[Field]:
    """The signed part of the good certificate as it is, and with more in it."""
    plain = grown(signed_parts(good().der).signed)
    return [plain, grown(with_extensions(RICH))]


def with_extensions(more: dict[str, bytes]) -> bytes:
    """The signed part of the good certificate with these extensions, instead of its own of the same kind."""
    body = grown(signed_parts(good().der).signed)
    held = body.parts[-1].parts[0]
    kinds = {oid(dotted) for dotted in more}
    held.parts = [part for part in held.parts if part.parts[0].encoded() not in kinds]
    held.parts += [grown(extension(dotted, value)) for dotted, value in more.items()]
    return body.encoded()


def certificate(body: bytes, signature: bytes = b"\x00" * 256) -> bytes:
    return sequence(body, signed_parts(good().der).algorithm, tlv(0x03, b"\x00", signature))


def signed(body: bytes) -> bytes:
    key = laboratory(MOMENT).tsp.key
    assert isinstance(key, rsa.RSAPrivateKey)
    sha512 = hashes.SHA512()
    return certificate(body, key.sign(body, padding.PSS(padding.MGF1(sha512), 64), sha512))


def report(der: bytes) -> Report:
    return check(
        der,
        moment=MOMENT,
        environment=Environment.PREPRODUCTION,
        systems=SYSTEM,
        intermediates=between(),
        trust=trust(),
        revocation=NO_REVOCATION,
    ).report


def may_pass(body: bytes) -> bool:
    """Whether the rules that need no signature let it through: what they refuse, the whole check refuses."""
    try:
        facts = read_certificate(certificate(body))
    except PkitoolsError:
        return False
    rules = lint(facts, moment=MOMENT, environment=Environment.PREPRODUCTION, system=SYSTEM, role="end_entity")
    return rules.verdict is not Verdict.FAILED


def passing(made: Iterable[bytes]) -> list[bytes]:
    survivors = (signed(body) for body in made if may_pass(body))
    return [der for der in survivors if report(der).verdict is Verdict.PASSED]


# --- the judges ---


def openssl_refusals(ders: list[bytes], folder: Path) -> Iterator[tuple[bytes, str]]:
    """Yield what ``openssl verify`` refuses of these, and its words."""
    program = judge("openssl")
    (folder / "root.pem").write_text(pem([good().path[-1].der]), encoding="ascii")
    (folder / "between.pem").write_text(pem(between()), encoding="ascii")
    command = [program, "verify", "-attime", str(int(MOMENT.timestamp())), "-CAfile", "root.pem"]
    command += ["-untrusted", "between.pem"]
    for start in range(0, len(ders), BATCH):
        batch = {f"{number}.pem": der for number, der in enumerate(ders[start : start + BATCH])}
        for name, der in batch.items():
            (folder / name).write_text(pem([der]), encoding="ascii")
        if subprocess.run([*command, *batch], cwd=folder, capture_output=True, check=False).returncode == 0:
            continue
        for name, der in batch.items():  # which of them, and why
            if read_certificate(der).not_after == MOMENT:
                continue  # RFC 5280 4.1.2.5: through notAfter, inclusive; OpenSSL's ends a second before
            done = subprocess.run([*command, name], cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                yield der, done.stdout + done.stderr


def pyca_refusals(ders: list[bytes], _folder: Path) -> Iterator[tuple[bytes, str]]:
    """Yield what ``cryptography`` cannot load whole, and its words."""
    for der in ders:
        try:
            loaded = x509.load_der_x509_certificate(der)
            for part in ("subject", "issuer", "extensions", "not_valid_before_utc", "not_valid_after_utc"):
                getattr(loaded, part)
            loaded.public_key()
        except Exception as error:  # whatever it raises, it cannot load it
            yield der, f"{type(error).__name__}: {error}"


JUDGES = {"openssl": openssl_refusals, "cryptography": pyca_refusals}


@dataclass(frozen=True)
class Difference:
    """What we pass and a judge refuses: its words, why, and an extension that shows it."""

    judge: str
    words: str
    reason: str
    extension: str
    value: str

    def explains(self, name: str, words: str) -> bool:
        return name == self.judge and re.search(self.words, words) is not None


DIFFERENCES = [Difference(**row) for row in tomllib.loads(LEDGER.read_text(encoding="utf-8"))["difference"]]


# --- the tests ---


def test_the_good_certificate_and_the_rich_one_pass(tmp_path: Path) -> None:
    ders = passing(body.encoded() for body in bodies())
    assert len(ders) == 2
    for name, refusals in JUDGES.items():
        assert not list(refusals(ders, tmp_path)), name


@pytest.mark.slow
@pytest.mark.interop
def test_what_passes_can_be_loaded(tmp_path: Path) -> None:
    chance = random.Random(budget("PKITOOLS_FUZZ_SEED", 20261126))
    ders = passing(mutants(bodies(), chance, budget("PKITOOLS_RESIGNED", 4_000)))
    assert len(ders) > 100, "the changes are too wild to tell anything"
    unexplained = [
        (name, words, der.hex())
        for name, refusals in JUDGES.items()
        for der, words in refusals(ders, tmp_path)
        if not any(known.explains(name, words) for known in DIFFERENCES)
    ]
    assert not unexplained, f"{len(unexplained)} of {len(ders)}: {unexplained[:5]}"


@pytest.mark.interop
@pytest.mark.parametrize("known", DIFFERENCES, ids=lambda known: f"{known.judge}-{known.extension}")
def test_every_difference_of_the_ledger_is_still_one(known: Difference, tmp_path: Path) -> None:
    der = signed(with_extensions({known.extension: bytes.fromhex(known.value)}))
    assert report(der).verdict is Verdict.PASSED, "we refuse it as well: take it out"
    refused = [words for _, words in JUDGES[known.judge]([der], tmp_path)]
    assert refused, f"{known.judge} loads it now: take it out"
    assert known.explains(known.judge, refused[0]), refused
