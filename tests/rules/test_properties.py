"""Whatever a certificate holds, ``lint`` answers: every rule once, nothing raised, and every message renders."""

from __future__ import annotations

import dataclasses
import string
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.messages import LANGUAGES, message, template
from pkitools.profiles import profiles
from pkitools.rules import lint
from pkitools.x509 import (
    BasicConstraints,
    CertificateFacts,
    CertificatePolicy,
    DistinguishedName,
    DistributionPoint,
    Extension,
    GeneralName,
    NameAttribute,
    PublicKey,
    QcStatement,
    SignatureAlgorithm,
    read_certificate,
)
from pkitools.x509.oids import ATTRIBUTES, EXTENDED_KEY_USAGES, EXTENSIONS, KEY_USAGES, QC_STATEMENTS
from tests.support.certificates import MOMENT, made
from tests.support.effort import examples

BASES = [
    made(name) for name in ("g1-server", "g4-tls", "trial:g4-tls", "trial:g4-seal", "uzi-server", "ca", "self-signed")
]
POLICIES = [
    *(
        f"2.16.528.1.1003.1.2.{rest}"
        for rest in ("8.6", "5.6", "44.15.35.11", "41.15.35.11", "41.14.25.5", "44.16.25.7")
    ),
    "0.4.0.194112.1.3",
    "0.4.0.2042.1.1",
    "1.2.3",
]
texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", " ", "NL", "api.voorbeeld.nl", "*.a", "00000003273229750000", "NTRNL-1", "http://a", "{value}"]
    ),
)
names = st.builds(
    lambda rows: DistinguishedName(tuple((row,) for row in rows), b"0\x00"),
    st.lists(
        st.builds(
            lambda oid, value, kind: NameAttribute(oid, ATTRIBUTES[oid], value, kind),
            st.sampled_from(sorted(ATTRIBUTES)),
            texts,
            st.sampled_from(["PrintableString", "UTF8String", "BMPString", "tag 0x05"]),
        ),
        max_size=6,
    ),
)
general_names = st.builds(
    GeneralName,
    st.sampled_from(["dns", "ip", "uri", "email", "directory", "other", "x400"]),
    texts,
    st.sampled_from([None, "2.5.5.5", "1.3.6.1.4.1.311.20.2.3"]),
)
moments = st.datetimes(datetime(1950, 1, 1), datetime(9999, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001  # hypothesis wants naive bounds
numbers = st.one_of(st.none(), st.integers(-5, 1 << 20))


def maybe(values: Any) -> Any:
    return st.one_of(st.none(), st.lists(values, max_size=4).map(tuple))


FIELDS: dict[str, Any] = {
    "version": st.integers(0, 9),
    "serial_number": st.integers(-1, 1 << 170),
    "subject": names,
    "issuer": names,
    "not_before": moments,
    "not_after": moments,
    "public_key": st.builds(
        PublicKey,
        st.sampled_from(["RSA", "RSASSA-PSS", "EC", "Ed25519", "DSA", "unknown", "1.2.3"]),
        numbers,
        st.sampled_from([None, "explicit", "P-256"]),
        numbers,
        st.just("00" * 32),
        st.binary(max_size=40),
    ),
    "signature_algorithm": st.builds(
        SignatureAlgorithm,
        st.just("1.2"),
        st.sampled_from(["RSASSA-PSS", "sha256WithRSAEncryption", "unknown"]),
        st.sampled_from([None, "sha1", "sha512"]),
        st.sampled_from([None, "sha1", "sha512"]),
        numbers,
        numbers,
    ),
    "der": st.binary(max_size=60),
    "extensions": st.lists(
        st.builds(Extension, st.sampled_from([*sorted(EXTENSIONS), "1.2.3"]), st.booleans(), st.just(b"")), max_size=6
    ).map(tuple),
    "basic_constraints": st.one_of(st.none(), st.builds(BasicConstraints, st.booleans(), numbers)),
    "key_usage": st.one_of(st.none(), st.frozensets(st.sampled_from(KEY_USAGES))),
    "extended_key_usage": maybe(st.sampled_from([*sorted(EXTENDED_KEY_USAGES), "1.2.3"])),
    "subject_alternative_name": maybe(general_names),
    "certificate_policies": maybe(
        st.builds(CertificatePolicy, st.sampled_from(POLICIES), st.just(()), maybe(texts).map(lambda v: v or ()))
    ),
    "subject_key_identifier": st.sampled_from([None, "", "00"]),
    "authority_key_identifier": st.sampled_from([None, "", "00"]),
    "crl_distribution_points": maybe(st.builds(DistributionPoint, st.lists(texts, max_size=2).map(tuple))),
    "ocsp_uris": st.lists(texts, max_size=2).map(tuple),
    "ca_issuers_uris": st.lists(texts, max_size=2).map(tuple),
    "qc_statements": maybe(
        st.builds(QcStatement, st.sampled_from([*sorted(QC_STATEMENTS), "1.2"]), st.lists(texts, max_size=2).map(tuple))
    ),
    "problems": st.lists(
        st.sampled_from(["duplicate_extension:2.5.29.15", "malformed_name:subject", "odd:x"]), max_size=2
    ).map(tuple),
}


@st.composite
def mutated(draw: st.DrawFn) -> CertificateFacts:
    base = draw(st.sampled_from(BASES))
    fields = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=6, unique=True))
    return dataclasses.replace(base, **{name: draw(FIELDS[name]) for name in fields})


def operands(code: str) -> set[str]:
    texts = (text for language in LANGUAGES for text in template(code, language).values())
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def hold(facts: CertificateFacts, **asked: Any) -> None:
    report = lint(facts, moment=MOMENT, raise_crashes=True, **asked)
    codes = [outcome.rule.code for outcome in report.outcomes]
    assert len(codes) == len(set(codes))
    for outcome in report.findings:
        missing = operands(outcome.rule.code) - set(outcome.params)
        assert not missing, (outcome.rule.code, missing)
    for outcome in report.not_checked:
        assert message(f"report.reason.{outcome.reason}", outcome.params, "nl").message


@pytest.mark.slow
@examples(150)
@given(
    mutated(),
    st.sampled_from([None, *(profile.name for profile in profiles())]),
    st.sampled_from([None, "digikoppeling", "fsc", "digid", "digid-machtigen"]),
    st.sampled_from([None, *Environment]),
    st.sampled_from(["end_entity", "intermediate", "trust_anchor", None]),
    st.sampled_from(BASES),
)
def test_lint_never_raises_on_mutated_facts(
    facts: CertificateFacts,
    profile: str | None,
    system: str | None,
    environment: Environment | None,
    role: Any,
    other: CertificateFacts,
) -> None:
    hold(
        facts,
        profile=profile,
        system=system,
        environment=environment,
        role=role,
        path=(facts, other),
        others=(facts, other),
    )


@examples(150)
@given(st.sampled_from(BASES), st.data())
def test_lint_never_raises_on_mutated_bytes(base: CertificateFacts, data: st.DataObject) -> None:
    der = bytearray(base.der)
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    try:
        facts = read_certificate(bytes(der))
    except InputError:
        return
    hold(facts)
