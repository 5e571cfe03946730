"""Causes and their second judge: of every refusal, who else may say whether its reason is the real one.

Keys are what :mod:`pkitools` says: a code, or a code with the kind it names. A command is OpenSSL's (``{file}`` is the
file, ``{der}`` its DER), which has to end well (``OK``), badly (``FAILS``) or print what is asked. Where OpenSSL has no
reader, the judge is ``asn1crypto`` or a reading of the bytes.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from asn1crypto import cms, core, crl, csr, parser, pkcs12, x509

OK: Final = "^rc=0$"
FAILS: Final = "^rc=[1-9][0-9]*$"
_KIND: Final = "sources.kind."
_PEM: Final = re.compile(rb"-----BEGIN [^-\n]+-----[ ]*\r?\n(?:[^-\n]+:[^\n]*\n)*\r?\n?([A-Za-z0-9+/=\s]+)-----END")


@dataclass(frozen=True)
class Refusal:
    """One reason for one file, from one reader."""

    file: Path
    code: str
    operand: str

    @property
    def cause(self) -> str:
        return f"{self.code} {self.operand}".strip()


@dataclass(frozen=True)
class Command:
    """What OpenSSL is asked, and what has to stand in its answer."""

    words: str
    answer: str = OK


Reading: TypeAlias = Callable[[bytes], bool]


def der_of(data: bytes) -> bytes:
    found = _PEM.search(data)
    return base64.b64decode(b"".join(found.group(1).split()) + b"==") if found else data  # some lack their padding


def _parses(kind: object) -> Reading:
    def reading(data: bytes) -> bool:
        return kind.load(der_of(data), strict=True).native is not None  # type: ignore[attr-defined]  # of asn1crypto

    return reading


def _matches(pattern: bytes) -> Reading:
    return lambda data: re.match(pattern, data, re.DOTALL) is not None


def _pair(data: bytes) -> bool:
    outer = core.SequenceOf.load(data, spec=core.Any)
    return all(x509.Certificate.load(one.contents).subject is not None for one in outer)


def _no_lengths_of_der(data: bytes) -> bool:
    """An indefinite or a too long length: openssl reads it as BER, the strict parser of asn1crypto does not mind."""
    return b"\x80" in data[:64] or re.search(rb"[\x30-\x31\xa0][\x81-\x83]\x00", data) is not None


def _is_json(data: bytes) -> bool:
    return isinstance(json.loads(data), dict | list)


def _holds_nothing(data: bytes) -> bool:
    """No PEM, and no value of ASN.1 that fills the file. OpenSSL's storeutl looks for the same, and takes seconds."""
    if b"-----BEGIN " in data:
        return False
    try:
        return not data or not data[0] & 0x20 or len(parser.parse(data, strict=True)[4]) == 0
    except ValueError:
        return True


def _no_asn1(data: bytes) -> bool:
    """One of the blocks of a PEM file holds no ASN.1 at all."""
    return any(not base64.b64decode(found.group(1)).startswith(b"\x30") for found in _PEM.finditer(data))


def _label(*labels: bytes) -> Reading:
    return lambda data: any(b"-----BEGIN " + label in data for label in labels)


CMS: Final = "cms -cmsout -print -noout -inform DER -in {der}"
NO_PRIVATE_KEY: Final = Command("pkey -in {file} -passin pass: -noout", FAILS)


def _content(name: str) -> Command:
    return Command(CMS, f"contentType: (?:id-[a-z]+-)?{name}")


# what a file is → who says so
KINDS: Final[dict[str, Command | Reading]] = {
    "ocsp_request": Command("ocsp -reqin {der} -req_text -noverify", "OCSP Request Data"),
    "time_stamp_request": Command("ts -query -in {der} -text", "Message data:"),
    "time_stamp_response": Command("ts -reply -in {der} -text", "Status info:"),
    "cms_data": _content("(?:pkcs7-)?data"),
    "cms_enveloped": _content("pkcs7-envelopedData"),
    "cms_digested": _content("pkcs7-digestData"),
    "cms_encrypted": _content("pkcs7-encryptedData"),
    "cms_compressed": Command("asn1parse -inform DER -in {der}", "id-smime-ct-compressedData"),
    "rsa_public_key": Command("rsa -RSAPublicKey_in -inform DER -in {der} -noout"),
    "key_parameters": Command("asn1parse -inform DER -in {der}", r"INTEGER|prime-field|OBJECT"),
    "single_value": Command("asn1parse -inform DER -in {der}", r"^\s*0:d=0 .*prim"),
    "oid_and_value": Command("asn1parse -inform DER -in {der}", r"d=0 .*SEQUENCE\s+\d+:d=1 .*OBJECT"),
    "pkcs12_bag": Command("asn1parse -inform DER -in {der}", "OBJECT +:x509Certificate"),
    "attribute_certificate": _parses(cms.AttributeCertificateV2),
    "unsigned_certificate": _parses(x509.TbsCertificate),
    "certificate_pair": _pair,
    "ber": _no_lengths_of_der,
    "json": _is_json,
    "mail": _matches(rb"[A-Za-z-]+: .*MIME-Version:"),
    "ssh": _matches(rb"(?:ssh|ecdsa|sk)-[a-z0-9@.-]+ AAAA"),
    "ssh_certificate": _matches(rb"[a-z0-9@.-]+-cert-v01@openssh\.com AAAA"),
    "openssh_key": _label(b"OPENSSH PRIVATE KEY"),
    "certificate": lambda data: x509.Certificate.load(der_of(data))["tbs_certificate"]["subject"].dump() != b"",
    "request": lambda data: csr.CertificationRequest.load(der_of(data))["certification_request_info"].dump() != b"",
    "crl": lambda data: crl.CertificateList.load(der_of(data))["tbs_cert_list"]["this_update"].dump() != b"",
    "dsa_public_key": _label(b"DSA PUBLIC KEY"),
    "public_key": Command(
        "asn1parse -inform DER -in {der}", r"d=0 .*\s+.*d=1 .*SEQUENCE\s+.*OBJECT(?s:.*)d=1 .*BIT STRING"
    ),
    "ocsp_response": Command(
        "ocsp -respin {der} -resp_text -noverify", "OCSP Response Data|Response Status|Responder Error"
    ),
    "pkcs7": Command("asn1parse -inform DER -in {der}", r"\A\s*0:d=0 .*\s+.*OBJECT +:pkcs7-signedData"),
    "broken_pem": lambda data: b"-----BEGIN " in data,
}
# why a private key is refused → what stands in the file, as OpenSSL prints it
KEYS: Final[dict[str, Command | Reading]] = {
    "DSA": Command("asn1parse -inform DER -in {der}", r"dsaEncryption|(?s:(?:INTEGER.*){6})"),
    "DH": Command("asn1parse -inform DER -in {der}", "dhKeyAgreement|X9.42 DH"),
    "X25519": Command("asn1parse -inform DER -in {der}", "OBJECT +:X25519"),
    "X448": Command("asn1parse -inform DER -in {der}", "OBJECT +:X448"),
    "Ed25519": Command("asn1parse -inform DER -in {der}", "OBJECT +:ED25519"),
    "Ed448": Command("asn1parse -inform DER -in {der}", "OBJECT +:ED448"),
    "ML-DSA-44": Command("asn1parse -inform DER -in {der}", r"2\.16\.840\.1\.101\.3\.4\.3\.17|ML-DSA-44"),
    "ML-DSA-65": Command("asn1parse -inform DER -in {der}", r"2\.16\.840\.1\.101\.3\.4\.3\.18|ML-DSA-65"),
    "ML-KEM-768": Command("asn1parse -inform DER -in {der}", r"2\.16\.840\.1\.101\.3\.4\.4\.2|ML-KEM-768"),
    "EC (explicit)": Command(
        "asn1parse -inform DER -in {der} -dump",
        "prime-field|characteristic-two-field|2A8648CE3D0101|2a 86 48 ce 3d 01 01",
    ),
    "EC (1.3.132.0.28)": Command("ec -in {file} -noout -text", "secp128r1"),
}
# all other reasons
CAUSES: Final[dict[str, Command | Reading]] = {
    "sources.error.unrecognised": _holds_nothing,
    "sources.error.beside": Command(CMS, r"eContentType: (?!.*pkcs7-data )"),  # signed is something else than octets
    "sources.error.ssh": KINDS["ssh"],
    "sources.error.passphrase_missing": Command(
        "pkcs12 -legacy -in {file} -passin pass: -noout", "invalid password|^rc=[1-9]"
    ),
    "sources.error.pkcs12_contents": Command("pkcs12 -legacy -in {file} -passin pass:password -noout", OK),
    "sources.error.passphrase_wrong": Command(
        "pkcs12 -legacy -in {file} -passin pass:wrong -noout", "Mac verify error"
    ),
    "requests.error.key_file_too_large": lambda data: len(data) > 65536,
    "requests.error.several_keys": lambda data: data.count(b"PRIVATE KEY-----") > 2,
    "requests.error.no_key_in_keystore": Command(
        "pkcs12 -legacy -in {file} -passin pass: -nocerts -nodes", r"^rc=\d+$"
    ),
    "requests.error.passphrase_needed": lambda data: b"ENCRYPTED" in data or b"PRIVATE KEY" not in data,
    "requests.error.key_damaged": Command("rsa -in {file} -check -noout", "error|not prime|^rc=[1-9]"),
    "requests.error.key_malformed": Command("pkey -in {file} -passin pass: -check -noout", FAILS),
    "requests.error.key_even": Command("rsa -in {file} -noout -text", r"prime2: 2 |prime1: 2 "),
    "requests.error.key_cipher": Command("pkcs8 -in {file} -passin pass:password -out /dev/null", FAILS),
    # both are certificates for OpenSSL, and stay so here: a date in them is none
    "x509.error.malformed_certificate": Command(
        "x509 -in {file} -noout -dates", "Bad time value|notAfter=.*9999|^rc=0"
    ),
    "revocation.error.crl_malformed": Command("crl -inform DER -in {der} -noout", r"^rc=\d$"),
}


def judge_of(refusal: Refusal) -> Command | Reading | None:
    """Return who may say whether the reason is the real one; ``None``: nobody was named, and that is a fault."""
    code, operand = refusal.code, refusal.operand
    if code == "sources.error.passphrase_missing" and "PKITS" in str(refusal.file):  # four hundred, of one make
        return lambda data: pkcs12.Pfx.load(data)["mac_data"].native is not None
    if operand == f"{_KIND}public_key" and refusal.file.name == "dsa.pub.pem":  # numbers only: its label says what
        return KINDS["dsa_public_key"]
    if operand.startswith(_KIND):
        kind = operand.removeprefix(_KIND)
        if kind != "unknown":
            return KINDS.get(kind)
        return _no_asn1 if code == "sources.error.unknown_block" else CAUSES["sources.error.unrecognised"]
    if code == "requests.error.key_kind":
        return KEYS.get(
            operand, Command("asn1parse -inform DER -in {der}", re.escape(re.sub(r"^EC \((.*)\)$", r"\1", operand)))
        )
    return CAUSES.get(code)


# OpenSSL reads these keys all the same; what is wrong with them stands in their bytes
READ_BY_OPENSSL: Final = {
    "ec_private_key_non_zero_unused_bits.der": "X.690 11.2.1: bits of the public key that are unused are set",
    "truncated-private-key.der": "RFC 5915 3: the scalar has fewer octets than its curve asks",
    "ec-inconsistent-curve2.pem": "the curve outside is not the one inside",
    "ec-invalid-version.pem": "RFC 5915 3: the version is 1; here it is another",
    "invalid-version.der": "RFC 5958 2: version 2 asks a public key in the structure around the key; there is none",
    "dsa-wrong-version.pem": "the version of such a key is 0",
    "rsa-wrong-version.pem": "RFC 8017 A.1.2: the version is 0 or 1",
}


def disagreements(refusals: Iterable[Refusal]) -> list[str]:
    """Return the refusals whose judge says otherwise, one line each, but for :data:`READ_BY_OPENSSL`."""
    found = everything_said_otherwise(refusals)
    return [line for line in found if line.partition(":")[0] not in READ_BY_OPENSSL]


def everything_said_otherwise(refusals: Iterable[Refusal]) -> list[str]:
    """Return the refusals whose judge says otherwise, one line each."""
    wrong: list[str] = []
    asked: list[tuple[Refusal, Command]] = []
    for refusal in refusals:
        judge = judge_of(refusal)
        if judge is None:
            wrong.append(f"{refusal.file.name}: nobody judges {refusal.cause!r}")
        elif isinstance(judge, Command):
            asked.append((refusal, judge))
        elif not _holds(judge, refusal.file.read_bytes()):
            wrong.append(f"{refusal.file.name}: {refusal.cause!r} is not what the bytes say")
    return wrong + [
        f"{refusal.file.name}: {refusal.cause!r}, but openssl {command.words.split()[0]} says {answer[:120]!r}"
        for (refusal, command), answer in zip(asked, _answers(asked), strict=True)
        if not re.search(command.answer, answer, re.MULTILINE)
    ]


def _holds(reading: Reading, data: bytes) -> bool:
    try:
        return reading(data)
    except (ValueError, TypeError, KeyError):
        return False


def _answers(asked: list[tuple[Refusal, Command]]) -> list[str]:
    """Ask OpenSSL everything from one shell: starting one for each question takes longer than the answers."""
    with TemporaryDirectory() as folder:
        lines = ["exec 2>&1"]
        for number, (refusal, command) in enumerate(asked):
            der = Path(folder) / f"{number}.der"
            if "{der}" in command.words:
                der.write_bytes(der_of(refusal.file.read_bytes()))
            words = command.words.replace("{file}", f"'{refusal.file}'").replace("{der}", f"'{der}'")
            lines.append(f"printf '\\n<next>\\n'; openssl {words} </dev/null; printf '\\nrc=%s\\n' $?")
        script = Path(folder) / "script"
        script.write_text("\n".join(lines), encoding="utf-8")
        # without a terminal nothing can ask for a passphrase and wait
        done = subprocess.run(["/bin/sh", script], capture_output=True, check=True, start_new_session=True, timeout=300)
    return done.stdout.decode("latin-1").split("\n<next>\n")[1:]


def signature_verdicts(ders: list[bytes]) -> dict[bytes, bool]:
    """Return of each request whether OpenSSL verifies its signature."""
    with TemporaryDirectory() as folder:
        files = [Path(folder) / str(number) for number in range(len(ders))]
        for file, der in zip(files, ders, strict=True):
            file.write_bytes(der)
        command = Command("req -inform DER -verify -noout -in {file}")
        answers = _answers([(Refusal(file, "", ""), command) for file in files])
    return {der: "verify OK" in answer for der, answer in zip(ders, answers, strict=True)}
