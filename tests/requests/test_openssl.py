"""OpenSSL as the second judge of every request: profile by profile, key by key."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pkitools.environment import Environment
from pkitools.profiles import Profile, profiles
from pkitools.requests import SignatureScheme, check_request, plan_request
from tests.support.cases import in_one_test
from tests.support.requests import pooled_key

OIN = "00000003273229750000"
ORGANIZATION = 'Café + Co = "X", \'s-Gravenhage'
CASES = [
    pytest.param(profile, key_type, scheme, id=f"{profile.name}-{key_type}-{scheme}")
    for profile in profiles()
    for key_type in profile.key.types
    for scheme in SignatureScheme
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.interop,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
]


def openssl(*arguments: str | Path) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode() + done.stderr.decode()


@in_one_test
@pytest.mark.parametrize(("profile", "key_type", "scheme"), CASES)
def test_openssl_agrees(tmp_path: Path, profile: Profile, key_type: str, scheme: SignatureScheme) -> None:
    plan = plan_request(
        profile,
        Environment.PRODUCTION,
        common_name="api.example.nl",
        organization=ORGANIZATION,
        oin=OIN,
        key_type=key_type,
        signature=scheme,
    )
    made = plan.sign(pooled_key(key_type))
    (tmp_path / "r").write_bytes(made.pem)
    text = openssl(
        "req", "-in", tmp_path / "r", "-verify", "-noout", "-text", "-subject", "-nameopt", "utf8,sep_multiline,oid"
    )
    assert "verify OK" in text
    subject = re.findall(r"^ +([0-9.]+)=(.*)$", text.split("subject=", 1)[1], re.MULTILINE)
    expected = [(rule.oid, plan.subject.get(rule.name)) for rule in profile.subject.attributes]
    assert subject == [(oid, value) for oid, value in expected if value is not None]
    assert dict(subject)["2.5.4.5"] == OIN
    assert dict(subject)["2.5.4.10"] == ORGANIZATION
    assert f"Public-Key: ({key_type.partition(':')[2]} bit)" in text
    if scheme is SignatureScheme.PSS:
        parameters = ("rsassaPss", "Hash Algorithm: sha512", "mgf1 with sha512", "Salt Length: 0x40")
        assert all(part in text for part in parameters)
    else:
        assert "Signature Algorithm: sha256WithRSAEncryption" in text
    assert ("DNS:api.example.nl" in text) == (profile.san.presence != "forbidden")


def test_the_string_types_are_those_of_the_profile(tmp_path: Path) -> None:
    from pkitools.profiles import get_profile

    plan = plan_request(
        get_profile("g4-tls"), Environment.PRODUCTION, common_name="api.example.nl", organization="Café", oin=OIN
    )
    (tmp_path / "r").write_bytes(plan.sign(pooled_key()).der)
    parsed = openssl("asn1parse", "-inform", "DER", "-in", tmp_path / "r")
    found = re.findall(r"OBJECT +:(\w+)\n.*?prim: (\w+) +:(.*)", parsed)
    types = {name: (kind, value) for name, kind, value in found}
    assert types["serialNumber"] == ("PRINTABLESTRING", OIN)
    assert types["countryName"] == ("PRINTABLESTRING", "NL")
    for name in ("organizationName", "commonName", "organizationIdentifier"):
        assert types[name][0] == "UTF8STRING"


@pytest.mark.parametrize("padding", ["pss", "pkcs1"])
def test_a_request_of_openssl_passes_the_check(tmp_path: Path, padding: str) -> None:
    (tmp_path / "k").write_bytes(pooled_key().pem(None))
    pss = ["rsa_padding_mode:pss", "rsa_pss_saltlen:64", "rsa_mgf1_md:sha512"]
    options = [part for option in pss for part in ("-sigopt", option)] if padding == "pss" else []
    subject = f"/C=NL/O=Gemeente/CN=api.example.nl/organizationIdentifier=NTRNL-27322975/serialNumber={OIN}"
    openssl(
        "req", "-new", "-utf8", "-sha512", *options, "-key", tmp_path / "k", "-subj", subject,
        "-addext", "subjectAltName=DNS:api.example.nl", "-outform", "DER", "-out", tmp_path / "r",
    )  # fmt: skip
    from pkitools.profiles import get_profile

    report = check_request(
        (tmp_path / "r").read_bytes(), get_profile("g4-tls"), key=pooled_key().public, raise_crashes=True
    )
    assert report.verdict == "passed"
    usual = set() if padding == "pss" else {"csr.signature.scheme"}
    assert report.codes() - {"oin.register.absent", "csr.organization.trade_register"} == usual


def test_a_request_as_people_make_it_is_told_what_to_mend(tmp_path: Path) -> None:
    """The commonest faults of all: a small key, SHA-256 without PSS, the OIN in the CN, an OU, no DNS name."""
    from pkitools.profiles import get_profile

    (tmp_path / "k").write_bytes(pooled_key("rsa:2048").pem(None))
    subject = f"/C=NL/ST=Utrecht/O=Gemeente/OU=ICT/CN={OIN}"
    openssl("req", "-new", "-key", tmp_path / "k", "-subj", subject, "-outform", "DER", "-out", tmp_path / "r")
    report = check_request((tmp_path / "r").read_bytes(), get_profile("g4-tls"), raise_crashes=True)
    assert report.codes() == {
        "csr.key.size",
        "csr.oin.misplaced",
        "csr.oin.missing",
        "csr.san.required",
        "csr.signature.scheme",
        "csr.subject.not_allowed",
        "csr.subject.organization_identifier",
    }
