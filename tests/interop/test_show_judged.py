"""What ``cert show`` says of CRLs, OCSP responses, keys, keystores and names is what openssl and keytool say."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given
from hypothesis import strategies as st

from pkitools.containers import read_source
from pkitools.reports import cert_show_document, describe
from pkitools.x509.oids import ATTRIBUTES, STRING_ATTRIBUTES
from pkitools.x509.rfc4514 import rfc4514
from tests.support.certificates import made
from tests.support.der import certificate, name
from tests.support.effort import examples
from tests.support.judges import KEYTOOL, judge
from tests.support.shown import MOMENT, PASSPHRASE, Sample, samples, shared_files, small

pytestmark = pytest.mark.slow
SECRET = PASSPHRASE.decode()


def asked(program: str, *arguments: str, given: bytes = b"", cwd: Path | None = None, good: bool = True) -> str:
    """What another program says of bytes."""
    done = subprocess.run(
        [judge(program), *arguments], input=given, capture_output=True, check=good, cwd=cwd, env={"LC_ALL": "C"}
    )
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def shown(sample: Sample) -> Any:
    source = read_source(sample.data, "f", passphrase=sample.passphrase)
    return cert_show_document([describe("f", source)], MOMENT)["files"][0]  # type: ignore[index]  # a plain object


def instant(openssl: str) -> str:
    """A moment as openssl writes it, as our documents do."""
    found = datetime.strptime(openssl.strip(), "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    return found.isoformat().replace("+00:00", "Z")


def after(label: str, text: str) -> list[str]:
    return [found.strip() for found in re.findall(rf"{label}[:=]?(.*)", text)]


def test_crls_are_what_openssl_says() -> None:
    chosen = {key: sample for key, sample in samples().items() if key.startswith("crl") and sample.data[:1] == b"\x30"}
    chosen |= {key: sample for key, sample in shared_files().items() if key.endswith(".crl")}
    assert len(chosen) >= 3
    for sample in chosen.values():
        crl = shown(sample)["items"][0]["crl"]
        text = asked("openssl", "crl", "-inform", "DER", "-noout", "-text", "-nameopt", "RFC2253", given=sample.data)
        assert after("Issuer", text)[0] == crl["issuer"]["rfc4514"]
        assert instant(after("Last Update", text)[0]) == crl["this_update"]
        assert instant(after("Next Update", text)[0]) == crl["next_update"]
        assert text.count("Serial Number:") == crl["revoked"]
        assert after("Signature Algorithm", text)[0] == crl["signature_algorithm"]["name"].replace(
            "ecdsaWithSHA", "ecdsa-with-SHA"
        )
        number = re.search(r"X509v3 CRL Number: ?\n\s*(\w+)", text)
        assert (number and str(int(number[1], 0))) == crl["number"]
        base = re.search(r"Delta CRL Indicator: critical\n\s*(\w+)", text)
        assert (base and str(int(base[1], 0))) == crl["base_number"]
        key = re.search(r"Authority Key Identifier: ?\n\s*(?:keyid:)?([0-9A-F:]+)", text)
        assert key
        assert key[1].replace(":", "").lower() == crl["authority_key_identifier"]


OCSP_REFUSALS = {
    "malformed-request": "malformedrequest",
    "internal-error": "internalerror",
    "try-later": "trylater",
    "sig-required": "sigrequired",
    "unauthorized": "unauthorized",
}


def test_ocsp_responses_are_what_openssl_says(tmp_path: Path) -> None:
    seen = set()
    for key, sample in samples().items():
        if not key.startswith("ocsp"):
            continue
        ours = shown(sample)["items"][0]["ocsp"]
        (tmp_path / "r").write_bytes(sample.data)
        text = asked("openssl", "ocsp", "-respin", "r", "-resp_text", "-noverify", cwd=tmp_path, good=False)
        seen.add(ours["status"])
        if ours["status"] != "successful":
            (said,) = re.findall(r"(?:OCSP Response Status: |Responder Error: )(\w+)", text)[:1]
            assert said == OCSP_REFUSALS[ours["status"]]
            continue
        (single,) = ours["responses"]
        assert after("Cert Status", text)[0] == single["status"]
        assert after("Serial Number", text)[0] == single["serial_number"]["hex"]
        assert after("Issuer Name Hash", text)[0].lower() == single["issuer_name_hash"]
        assert after("Issuer Key Hash", text)[0].lower() == single["issuer_key_hash"]
        assert instant(after("Produced At", text)[0]) == ours["produced_at"]
        assert instant(after("This Update", text)[0]) == single["this_update"]
        assert [instant(found) for found in after("Next Update", text)] == [
            moment for moment in (single["next_update"],) if moment
        ]
        assert [instant(found) for found in after("Revocation Time", text)] == [
            moment for moment in (single["revoked_at"],) if moment
        ]
        reasons = [re.sub(r"[ (].*", "", found) for found in after("Revocation Reason", text)]
        assert reasons == [reason for reason in (single["reason"],) if reason]
        responder = after("Responder Id", text)[0]
        by_name = ours["responder"] and ours["responder"]["rfc4514"].split(",")[0]
        assert responder.replace(" = ", "=").endswith(by_name or responder)
        assert (ours["responder_key_sha1"] or responder).lower() == responder.lower()
        assert ("OCSP Nonce" in text) == (ours["nonce"] is not None)
        assert (ours["nonce"] or "").upper() in text
        assert ours["signature_algorithm"]["name"].replace("ecdsaWithSHA", "ecdsa-with-SHA") in text
    assert len(seen) == 6


def test_keys_are_what_openssl_says() -> None:
    count = 0
    for key, sample in samples().items():
        if not key.startswith(("key.", "public.")):
            continue
        (item,) = shown(sample)["items"]
        ours = item["key"]["public_key"]
        assert (ours is None) == key.endswith("locked")
        form = ("-pubin",) if key.startswith("public") else ("-passin", f"pass:{SECRET}")
        spki = subprocess.run(
            [judge("openssl"), "pkey", *form, "-pubout", "-outform", "DER"],
            input=sample.data,
            capture_output=True,
            check=True,
        ).stdout
        text = asked("openssl", "pkey", "-pubin", "-inform", "DER", "-noout", "-text", given=spki)
        if ours is None:
            continue
        count += 1
        digest = asked("openssl", "dgst", "-sha256", "-r", given=spki).split()[0]
        assert digest == ours["spki_sha256"]
        bits = re.search(r"\((\d+) bit\)", text)
        assert bits is None or int(bits[1]) == ours["bits"]
        assert {"RSA": "Modulus", "EC": "NIST CURVE: P-256", "Ed25519": "ED25519"}[ours["algorithm"]] in text
    assert count == 8


CIPHERS = {
    "pbeWithSHA1And40BitRC2-CBC": "RC2-40, PKCS#12 KDF SHA-1",
    "pbeWithSHA1And3-KeyTripleDES-CBC": "3DES, PKCS#12 KDF SHA-1",
    "PBES2, PBKDF2, AES-256-CBC, PRF hmacWithSHA256": "AES-256-CBC, PBKDF2 SHA-256",
}


def test_keystores_are_what_openssl_says(tmp_path: Path) -> None:
    stores = {key: sample for key, sample in shared_files().items() if key.endswith(".p12") and sample.passphrase}
    if not stores:
        pytest.skip("the cases of the shared material are not beside the project")
    for sample in stores.values():
        assert sample.passphrase
        (tmp_path / "s.p12").write_bytes(sample.data)
        options = ("-info", "-noout", "-legacy", "-passin", f"pass:{sample.passphrase.decode()}")
        text = asked("openssl", "pkcs12", "-in", "s.p12", *options, cwd=tmp_path)
        file = shown(sample)
        mac = re.search(r"MAC: sha(\d+), Iteration (\d+)", text)
        assert mac
        assert file["keystore"]["integrity"]["cipher"] == f"HMAC SHA-{mac[1]}"
        assert file["keystore"]["integrity"]["rounds"] == int(mac[2])
        (bag,) = re.findall(r"Shrouded Keybag: (.*)", text)
        (data,) = re.findall(r"PKCS7 Encrypted data: (.*)", text)
        keys = [item["key"]["protection"] for item in file["items"] if item["kind"] == "key"]
        for said, ours in ((bag, keys[0]), (data, file["keystore"]["certificates"])):
            scheme, rounds = _scheme(said)
            assert CIPHERS[scheme] == f"{ours['cipher']}, {ours['derivation']}"
            assert rounds == ours["rounds"]
        assert file["counts"]["certificate"] == text.count("Certificate bag") or "Certificate bag" not in text


def _scheme(said: str) -> tuple[str, int]:
    scheme = re.sub(r", Iteration \d+", "", said)
    rounds = re.search(r"Iteration (\d+)", said)
    assert rounds
    return scheme, int(rounds[1])


KINDS = {"private_key": "PrivateKeyEntry", "other_key": "PrivateKeyEntry", "certificate": "trustedCertEntry"}


@pytest.mark.parametrize("kind", ["JKS", "PKCS12"])
def test_the_entries_of_a_keystore_are_what_keytool_says(kind: str, tmp_path: Path) -> None:
    store = ("-keystore", "s", "-storetype", kind, "-storepass", SECRET)
    (tmp_path / "ca.pem").write_bytes(small().ca.public_bytes(Encoding.PEM))
    for alias in ("een", "twee"):
        distinguished = ("-alias", alias, "-dname", f"CN={alias}.nl", "-keyalg", "EC", "-groupname", "secp256r1")
        asked("keytool", *KEYTOOL, "-genkeypair", *store, *distinguished, "-keypass", SECRET, cwd=tmp_path)
    asked("keytool", *KEYTOOL, "-importcert", "-noprompt", "-alias", "wortel", "-file", "ca.pem", *store, cwd=tmp_path)
    text = asked("keytool", *KEYTOOL, "-list", *store, cwd=tmp_path)
    said = dict(re.findall(r"^(\w+), .*?(PrivateKeyEntry|trustedCertEntry)", text, re.MULTILINE))
    assert len(said) == 3
    file = shown(Sample((tmp_path / "s").read_bytes(), PASSPHRASE))
    assert {entry["alias"]: KINDS[entry["kind"]] for entry in file["keystore"]["entries"]} == said
    thumbprints = {found.replace(":", "").lower() for found in re.findall(r"\(SHA-256\): ([0-9A-F:]+)", text)}
    ours = {item["certificate"]["thumbprints"]["sha256"] for item in file["items"] if item["certificate"]}
    assert thumbprints == ours


def test_a_request_is_what_openssl_says() -> None:
    for key in ("request.ec", "request.rsa-pss"):
        sample = samples()[key]
        request = shown(sample)["items"][0]["request"]
        form = ("-inform", "DER") if sample.data[:1] == b"\x30" else ()
        text = asked("openssl", "req", *form, "-noout", "-text", "-nameopt", "RFC2253", given=sample.data)
        assert after("Subject", text)[0] == request["subject"]["rfc4514"]
        assert f"({request['public_key']['bits']} bit)" in text
        for alternative in request["subject_alternative_name"]:
            assert f"DNS:{alternative['value']}" in text


# names as RFC 4514 writes them


def printed(der: bytes) -> str:
    options = ("-inform", "DER", "-noout", "-subject", "-nameopt", "RFC2253")
    return asked("openssl", "x509", *options, given=der).removesuffix("\n").removeprefix("subject=")


def test_every_real_name_is_what_openssl_prints() -> None:
    if not shared_files():
        pytest.skip("the samples of the shared material are not beside the project")
    ders = {
        der
        for key, sample in {**shared_files(), **samples()}.items()
        if not key.endswith(".b64.txt") and not key.startswith(("R12/java", "R10/key"))
        for der in _certificates(sample)
    }
    assert len(ders) > 5
    for der in ders:
        ours = rfc4514(x509.load_der_x509_certificate(der).subject.public_bytes())
        assert printed(der) == ours


def _certificates(sample: Sample) -> list[bytes]:
    try:
        return [der for der in read_source(sample.data, "f", passphrase=sample.passphrase).certificates if _loads(der)]
    except Exception:
        return []


def _loads(der: bytes) -> bool:
    try:
        _ = x509.load_der_x509_certificate(der).subject
    except ValueError:
        return False
    return True


VALUES = st.text(st.sampled_from(' #,+"\\<>;=aZ0éß€\U0001f512\n\t\x7f\x00'), min_size=1, max_size=8)
TYPES = st.sampled_from([*sorted(STRING_ATTRIBUTES), "1.2.3.4", "2.5.4.999"])
BMP = 0x1E
TAGS = {0x0C: "utf-8", 0x1E: "utf-16-be", 0x1C: "utf-32-be", 0x14: "latin-1", 0x16: "ascii"}


@examples(60)
@given(st.lists(st.tuples(TYPES, st.sampled_from(sorted(TAGS)), VALUES), min_size=1, max_size=3))
@example(parts=[("0.9.2342.19200300.100.1.1", 0x0C, "#")])
@example(parts=[("0.9.2342.19200300.100.1.1", 0x0C, "=#")])
def test_every_name_is_what_openssl_prints(parts: list[tuple[str, int, str]]) -> None:
    """Every sign that is special, in every type of string, of every attribute that we have a name for and of others."""
    subject = name(*[(dotted, tag, _octets(tag, value)) for dotted, tag, value in parts])
    assert _with_lone_hash(printed(certificate(subject))) == rfc4514(subject)


def _with_lone_hash(text: str) -> str:
    """What OpenSSL prints, and a value that is one number sign, which it leaves as it is, escaped by RFC 4514 2.4."""
    return re.sub(r"((?:\A|(?<!\\)[,+])[\w.]+=)#(?=[,+]|\Z)", r"\1\#", text)


def _octets(tag: int, value: str) -> bytes:
    """A value in a type of string, without what that type has no way to write."""
    kept = "".join(char for char in value if ord(char) < 0x10000) if tag == BMP else value
    return kept.encode(TAGS[tag], "ignore") or "x".encode(TAGS[tag])


def test_the_judge_can_tell_a_wrong_name() -> None:
    der = made("g1-server").der
    ours = rfc4514(x509.load_der_x509_certificate(der).subject.public_bytes())
    assert ours == printed(der)
    assert ours != ",".join(reversed(str(ours).split(",")))
    assert set(ATTRIBUTES.values()) >= {part.split("=")[0] for part in str(ours).split(",")}


def test_an_elliptic_key_has_its_curve_in_both() -> None:
    assert isinstance(small().key, ec.EllipticCurvePrivateKey)
    (item,) = shown(samples()["key.ec.old.plain"])["items"]
    assert (item["form"], item["key"]["public_key"]["curve"]) == ("SEC1", "P-256")
