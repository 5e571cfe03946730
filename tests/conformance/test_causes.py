"""The reason of every refusal is the real one: held, over all files of two packages of vectors, to a second judge.

``cryptography-vectors`` and ``asn1crypto-tests`` hold whole and malformed files of nearly every kind there is. No file
may be called what another program, or its bytes, say it is not.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pkitools.containers import ItemKind, pkcs12_mac, read_source
from pkitools.crl.reading import read_crl
from pkitools.errors import InputError, PkitoolsError
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.requests import check_request, load_key, read_request
from pkitools.x509 import read_certificate
from tests.conformance.causes import (
    READ_BY_OPENSSL,
    Command,
    Refusal,
    disagreements,
    everything_said_otherwise,
    judge_of,
)
from tests.support.judges import judge

PACKAGES = ("cryptography_vectors", "asn1crypto_tests")
FEWEST = 2000  # refused in both packages; far fewer means that the corpus was not found

pytestmark = [pytest.mark.slow, pytest.mark.conformance]


def corpus() -> list[Path]:
    found: list[Path] = []
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            pytest.skip(f"{package} is not installed")
        files = (path for path in sorted(Path(spec.origin).parent.rglob("*")) if path.is_file())
        found += [path for path in files if path.suffix not in {".py", ".pyc"}]
    return found


def refused(file: Path, error: PkitoolsError) -> Refusal:
    named = error.params.get("problem") or error.params.get("kind") or ""
    return Refusal(file, error.code, str(named))


def errors_of(file: Path, data: bytes) -> Iterator[PkitoolsError]:
    """Yield why each reader refuses the file or a part of it."""
    try:
        contents = read_source(data, file.name)
    except PkitoolsError as error:
        yield error
    else:
        yield from (bad.error for bad in contents.problems)
        for item in contents.items:
            reader = {ItemKind.CERTIFICATE: read_certificate, ItemKind.REQUEST: read_request, ItemKind.CRL: read_crl}
            try:
                reader.get(item.kind, bytes)(item.der)
            except PkitoolsError as error:
                yield error
    try:
        load_key(data, file.name)
    except PkitoolsError as error:
        yield error


@pytest.fixture(scope="module")
def refusals() -> dict[Refusal, PkitoolsError]:
    with pytest.MonkeyPatch.context() as patched:  # two readers ask the same of each keystore, and it is slow
        patched.setattr(pkcs12_mac, "derive", cache(pkcs12_mac.derive))
        return {refused(file, error): error for file in corpus() for error in errors_of(file, file.read_bytes())}


def test_every_reason_is_the_real_one(refusals: dict[Refusal, PkitoolsError]) -> None:
    judge("openssl")
    assert len({refusal.file for refusal in refusals}) > FEWEST
    told = everything_said_otherwise(refusals)
    assert [line for line in told if line.partition(":")[0] not in READ_BY_OPENSSL] == []
    assert {line.partition(":")[0] for line in told} == set(READ_BY_OPENSSL), "an entry of the ledger is not needed"


def test_every_reason_has_a_sentence_in_both_languages(refusals: dict[Refusal, PkitoolsError]) -> None:
    for error in {refusal.cause: error for refusal, error in refusals.items()}.values():
        for language in LANGUAGES:
            sentence = error_sentence(error, language)
            assert "?" not in sentence
            assert error.code not in sentence
            assert str(error.params.get("problem", "§")) not in sentence  # its title stands there, not its code


def test_the_causes_are_many_and_one_wrong_one_is_seen(refusals: dict[Refusal, PkitoolsError]) -> None:
    """Exchanged reasons are noticed, each by its own judge: the comparison can fail."""
    judge("openssl")
    assert len(Counter(refusal.cause for refusal in refusals)) > 40
    certificate = next(r.file for r in refusals if r.operand == "sources.kind.certificate" and r.file.suffix == ".pem")
    for wrong in (
        Refusal(certificate, "sources.error.other_kind", "sources.kind.ocsp_request"),
        Refusal(certificate, "sources.error.other_kind", "sources.kind.attribute_certificate"),
        Refusal(certificate, "sources.error.unrecognised", ""),
        Refusal(certificate, "requests.error.key_kind", "DSA"),
        Refusal(certificate, "sources.error.damaged", ""),
    ):
        assert len(disagreements([wrong])) == 1, wrong


def test_every_kind_of_judge_is_used(refusals: dict[Refusal, PkitoolsError]) -> None:
    judges = [judge_of(refusal) for refusal in refusals]
    assert {"x509", "crl", "pkey", "pkcs12", "cms", "ocsp", "ts", "asn1parse"} <= {
        one.words.split()[0] for one in judges if isinstance(one, Command)
    }


def test_the_signature_of_a_request_is_called_wrong_only_where_openssl_calls_it_so() -> None:
    from tests.conformance.causes import signature_verdicts

    judge("openssl")
    ders = {
        item.der: file.name
        for file in corpus()
        if file.suffix in {".pem", ".der", ".csr"} and b"PKITS" not in bytes(file)
        for item in requests_in(file)
    }
    ours = {der: status_of_signature(der) for der in ders}
    theirs = signature_verdicts(list(ders))
    assert {"met", "violated", "not_checked"} == set(ours.values())
    assert not [
        (ders[der], ours[der], theirs[der])
        for der in ders
        if ours[der] != "not_checked" and (ours[der] == "met") != theirs[der]
    ]


def requests_in(file: Path) -> Iterator[object]:
    try:
        yield from read_source(file.read_bytes(), file.name).of_kind(ItemKind.REQUEST)
    except InputError:
        return
    except PkitoolsError:
        return


def status_of_signature(der: bytes) -> str:
    return next(str(o.status) for o in check_request(der).outcomes if o.rule.code == "csr.signature.valid")
