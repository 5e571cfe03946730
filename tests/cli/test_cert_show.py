"""``pkitools cert show``: what people and scripts are told, and that nothing in a certificate acts on the terminal."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from tests.support import corpus
from tests.support.command import Command, under
from tests.support.der import UTF8, alternative_names, certificate, name, serial_attribute, tlv
from tests.support.schemas import assert_valid
from tests.support.shared import shared

MOMENT = ("--moment", "2026-11-22T00:00:00Z")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def run(run: Command) -> Any:
    return under(run, "cert", "show", after=MOMENT)


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def sample(start: str) -> Path:
    return next(p for p in sorted(shared("samples/certificates").glob(f"{start}*.pem")) if ".chain." not in p.name)


def written(folder: Path, data: bytes, file: str = "file") -> Path:
    path = folder / file
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def rows(out: str) -> dict[str, list[str]]:
    """The rows of one item: label → values, each put together again where it was wrapped."""
    found: dict[str, list[str]] = {}
    label = ""
    for line in out.splitlines()[1:]:
        if line.startswith(" " * 4) and not label:  # of the heading
            continue
        if line.startswith(" " * 4) and line[:35].strip():  # below its label, where there was no room beside it
            is_on = line.startswith(" " * 6) and found[label]
            found[label] = (
                [*found[label][:-1], f"{found[label][-1]} {line[6:]}"] if is_on else [*found[label], line[4:]]
            )
        elif line.startswith(" " * 37) and found[label] and not line[37:].startswith("  "):
            found[label][-1] += f" {line[37:]}"
        elif line.strip():
            label = line[2:33].strip() or label
            found.setdefault(label, []).extend([line[35:]] if line[35:] else [])
    return found


def parsed(out: str) -> Any:
    document = json.loads(out)
    assert_valid(document, "cert-show-v2")
    assert out.isascii()
    return document


# the answers of the samples' README


@pytest.mark.parametrize(
    ("start", "oin", "register", "hierarchy", "state"),
    [
        ("PrivateG1_lab", "00000003273229750000", "kvk", "g1-private", "valid"),
        ("PrivateG1_api.kvk", "00000001006033404000", "rsin", "g1-private", "expired"),
        ("PrivateG1_saml-sign", "00000004166909913000", "suboin", "g1-private", "expired"),
        ("PrivateG1_api-test-sign", None, None, "g1-private", "expired"),
        ("EV_acc", "00000001001516814000", "rsin", "ev", "expired"),
        ("G3_eh01", "00000003520354760000", "kvk", "g3", "expired"),
    ],
)
def test_json_says_what_the_readme_of_the_samples_says(
    run: Any, start: str, oin: str | None, register: str | None, hierarchy: str, state: str
) -> None:
    code, out, err = run(sample(start), "--json")
    assert (code, err) == (0, "")
    [item] = parsed(out)["files"][0]["items"]
    shown = item["certificate"]
    assert shown["oin"]["value"] == oin
    assert (shown["oin"]["explained"] or {}).get("register") == register
    assert shown["hierarchy"] == hierarchy
    assert shown["at_moment"] == state
    assert shown["oin"]["violated"] == ([] if oin else ["x509.oin.missing"])
    if start == "PrivateG1_lab":
        assert shown["not_after"].startswith("2028-10-07")
        assert shown["policy_names"]["2.16.528.1.1003.1.2.8.6"]["nl"]
        assert [n["type_name"] for n in shown["subject_alternative_name"]].count("userPrincipalName") == 1
    if start == "PrivateG1_saml-sign":
        assert ["OU"] in [[a["name"] for a in rdn] for rdn in shown["subject"]["rdns"]]


def test_text_for_people(run: Any) -> None:
    code, out, err = run(sample("PrivateG1_lab"))
    assert (code, err) == (0, "")
    shown = rows(out)
    assert shown["subject serialNumber (OIN)"][0] == "00000003273229750000"
    assert "27322975" in shown["subject serialNumber (OIN)"][1]
    assert shown["certificate serial number"] == [
        "0A2A87DED18AFAD0E3EA51914C941A27",
        "13513112204706575892360981702446946855",
    ]
    assert shown["hierarchy"][0].startswith("Private G1")
    assert shown["validity"] == [
        "9 October 2025 at 00:00:00 UTC - 7 October 2028 at 23:59:59 UTC",
        "valid until 7 October 2028 (685 days left)",
    ]
    assert shown["key"] == ["RSA 2048"]
    assert shown["key usage"] == ["digitalSignature, keyEncipherment (critical)"]
    assert shown["extended key usage"] == ["serverAuth", "clientAuth"]
    assert shown["alternative names (SAN)"][0] == "dns: lab.api.mijniconnect.nl"
    assert shown["policies"][0].startswith("2.16.528.1.1003.1.2.8.6: ")
    assert shown["SHA-256 thumbprint"] == ["899fef343a6ca5949abe640846f47b6f9007ec262b602df474fd2116961c50be"]
    assert shown["x5t#S256"] == ["iZ_vNDpspZSavmQIRvR7b5AH7CYrYC30dP0hFpYcUL4"]
    assert [len(line) for line in shown["public key SHA-256 (SPKI)"]] == [64, 44]
    assert "PROBLEMS" not in shown


def test_text_in_dutch(run: Any) -> None:
    _, out, _ = run(sample("PrivateG1_api.kvk"), lang="nl")
    shown = rows(out)
    assert shown["subject serialNumber (OIN)"][0] == "00000001006033404000"
    assert shown["geldigheid"][1].startswith("verlopen op 8 april 2024 (")
    assert "serienummer certificaat" in shown
    assert not [line for line in out.splitlines() if "cli.cert" in line]


@pytest.mark.slow
def test_every_label_and_word_exists_in_both_languages(run: Any, tmp_path: Path) -> None:
    for lang in ("en", "nl"):
        for source in (*corpus.real().values(), *list(corpus.limbo().values())[::20]):
            _, out, err = run(written(tmp_path, source), lang=lang)
            assert "cli." not in out
            assert err == ""


def test_a_chain_names_each_part_and_recognises_the_authorities(run: Any) -> None:
    chain = next(shared("samples/certificates").glob("PrivateG1_lab*.chain.pem"))
    code, out, _ = run(chain, "--json")
    items = parsed(out)["files"][0]["items"]
    assert code == 0
    assert [item["position"] for item in items] == [1, 2, 3, 4]
    assert [item["certificate"]["is_ca"] for item in items] == [False, True, True, True]
    assert items[0]["certificate"]["issued_by"]["match"] == "fingerprint"
    assert {item["certificate"]["itself"]["match"] for item in items[1:]} == {"fingerprint"}


def test_no_oin_is_said_in_words(run: Any) -> None:
    _, out, _ = run(sample("PrivateG1_api-test-sign"))
    assert rows(out)["subject serialNumber (OIN)"] == ["The subject has no serialNumber, where the OIN should be."]


def test_a_uzi_name_is_labelled_as_such_and_a_bad_number_is_explained(run: Any, tmp_path: Path) -> None:
    from tests.support.der import other_name

    uzi = other_name("2.5.5.5", "2.16.528.1.1003.1.3.5.5.2-1-123456789-S-90000380-00.000-00000000")
    _, out, _ = run(written(tmp_path, certificate(name(serial_attribute("123456789")), alternative_names(uzi))))
    assert rows(out)["OIN (from the UZI name)"][0] == "00000009900003800000"
    _, out, _ = run(written(tmp_path, certificate(name(serial_attribute("00000001123456789000")))))
    shown = rows(out)["subject serialNumber (OIN)"]
    assert shown[0] == "00000001123456789000"
    assert "(oin.rsin.eleven_test)" in " ".join(shown[1:])


# other things than certificates


def test_requests_crls_and_keys_are_described_too(run: Any, tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.SERIAL_NUMBER, "00000003273229750000"),
            x509.NameAttribute(NameOID.COMMON_NAME, "a.nl"),
        ]
    )
    san = x509.SubjectAlternativeName([x509.DNSName("a.nl")])
    request = x509.CertificateSigningRequestBuilder(subject).add_extension(san, False).sign(key, hashes.SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = written(tmp_path, request.public_bytes(Encoding.PEM) + pem)
    code, out, err = run(path)
    assert (code, err) == (0, "")
    assert "Certificate signing request (CSR)" in out
    assert "dns: a.nl" in out
    assert "PRIVATE KEY" in out
    assert "PKCS#8, NOT encrypted" in out
    assert not [line for line in pem.decode().splitlines()[1:-1] if line in out]
    _, out, _ = run(path, "--json")
    first, second = parsed(out)["files"][0]["items"]
    assert first["request"]["oin"]["value"] == "00000003273229750000"
    assert (second["kind"], second["form"], second["encrypted"]) == ("key", "PKCS#8", False)
    told = second["key"]
    numbers = key.private_numbers()
    assert told["public_key"]["curve"] == "P-256"
    assert told["protection"] is None
    assert not any(format(numbers.private_value, form) in json.dumps(second) for form in ("d", "x", "X"))


def test_a_key_others_can_read_is_warned_about(run: Any, tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path = written(tmp_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o644)
    assert "others on this computer can read it" in run(path)[2]
    locked = written(tmp_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))
    locked.chmod(0o644)
    assert run(locked)[2] == ""


def test_the_real_crl(run: Any) -> None:
    path = next(shared("samples/crl").glob("*.crl"))
    _, out, _ = run(path)
    shown = rows(out)
    assert shown["issuer"] == ["C=NL, O=Staat der Nederlanden, CN=Staat der Nederlanden Root CA - G3"]
    assert shown["next one before"] == ["3 December 2021 at 12:19:00 UTC"]
    assert shown["validity"] == ["expired since 3 December 2021 at 12:19:00 UTC (1815 days)"]
    assert shown["TAKE NOTE"][0].endswith("a newer one exists or should")
    _, out, _ = run(path, "--json")
    theirs = x509.load_der_x509_crl(path.read_bytes())
    crl = parsed(out)["files"][0]["items"][0]["crl"]
    assert (crl["number"], crl["revoked"]) == ("13", len(list(theirs)))


def test_real_metadata(run: Any) -> None:
    _, out, _ = run(shared("samples/metadata/digid-metadata_pp1_2023.xml"), "--json")
    [file] = parsed(out)["files"]
    assert file["container"] == "saml_metadata"
    assert {item["certificate"]["oin"]["value"] for item in file["items"]} == {"00000004166909913000"}


# passphrases


@pytest.fixture
def keystore(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> Path:
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "store")])
    builder = x509.CertificateBuilder(own, own, key.public_key(), 5).not_valid_before(FIRST)
    cert = builder.not_valid_after(FIRST.replace(year=2027)).sign(key, hashes.SHA256())
    data = pkcs12.serialize_key_and_certificates(b"mine", key, cert, None, BestAvailableEncryption(b"secret"))
    return written(tmp_path, data, "store.p12")


def test_a_keystore_with_its_passphrase(
    run: Any, keystore: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_PASS", "secret")
    code, out, err = run(keystore, "--passphrase-env", "STORE_PASS")
    assert (code, err) == (0, "")
    assert "Certificate (mine)" in out
    secret = written(tmp_path, b"secret\n", "passphrase")
    assert run(keystore, "--passphrase-file", secret)[0] == 0
    secret.chmod(0o644)
    assert "others on this computer can read the passphrase file" in run(keystore, "--passphrase-file", secret)[2]


def test_that_others_can_read_a_passphrase_file_is_said_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, keystore: Path, tmp_path: Path
) -> None:
    """A check asks for it for the file and for the key; in the next run it is said again."""
    command = Command(capsys, monkeypatch)
    secret = written(tmp_path, b"secret\n", "passphrase")
    secret.chmod(0o644)
    for _ in range(2):
        ran = command("cert", "check", keystore, "-e", "preproduction", "--offline", "--passphrase-file", secret)
        assert ran.err.count("others on this computer can read") == 1, ran.err


def test_a_keystore_without_the_right_passphrase(
    run: Any, keystore: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run(keystore)
    assert (code, out) == (1, "")
    assert "needs a passphrase. Give it with --passphrase-file" in err
    monkeypatch.setenv("STORE_PASS", "wrong")
    assert "The passphrase does not open" in run(keystore, "--passphrase-env", "STORE_PASS")[2]
    assert run(keystore, "--passphrase-env", "NO_SUCH_VARIABLE")[0] == 2
    assert run(keystore, "--passphrase-env", "STORE_PASS", "--passphrase-file", "x")[0] == 2
    empty = written(tmp_path, b"\n", "empty")
    code, _, err = run(keystore, "--passphrase-file", empty)
    assert code == 1
    assert "is empty" in err


def test_the_prompt_asks_once(run: Any, keystore: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pkitools_cli.inputs

    asked: list[str] = []

    def answer(name: str) -> bytes:
        asked.append(name)
        return b"secret"

    monkeypatch.setattr(pkitools_cli.inputs, "can_ask", lambda: True)
    monkeypatch.setattr(pkitools_cli.inputs, "asked_passphrase", answer)
    assert run(keystore)[0] == 0
    assert asked == [str(keystore)]


# bad input


def test_one_bad_file_does_not_hide_the_others(run: Any, tmp_path: Path) -> None:
    bad = written(tmp_path, b"nothing")
    code, out, err = run(bad, sample("PrivateG1_lab"), tmp_path / "absent")
    assert code == 1
    assert "00000003273229750000" in out
    assert len(err.splitlines()) == 2
    code, out, _ = run(bad, sample("PrivateG1_lab"), tmp_path / "absent", "--json")
    files = parsed(out)["files"]
    assert code == 1
    assert [len(file["items"]) for file in files] == [0, 1, 0]
    assert files[0]["errors"][0]["code"] == "sources.error.unrecognised"
    assert files[2]["errors"][0]["code"] == "files.error.missing"


def test_one_bad_block_does_not_hide_the_others(run: Any, tmp_path: Path) -> None:
    good = sample("PrivateG1_lab").read_bytes()
    path = written(tmp_path, b"-----BEGIN CERTIFICATE-----\n" + good)
    code, out, err = run(path)
    assert code == 1
    assert "00000003273229750000" in out
    assert "PEM block 1 (CERTIFICATE) has no END line" in err
    code, out, _ = run(path, "--json")
    [file] = parsed(out)["files"]
    assert [error["position"] for error in file["errors"]] == [1]


def test_a_certificate_broken_inside_is_told_by_its_number(run: Any, tmp_path: Path) -> None:
    broken = certificate(serial=tlv(0x02, b"\x01" * 2000))
    code, out, err = run(written(tmp_path, broken))
    assert (code, out) == (1, "")
    assert "part 1: This is a certificate with a field that cannot be read: a serial number of 2000 octets." in err
    code, out, _ = run(written(tmp_path, broken), "--json")
    assert parsed(out)["files"][0]["errors"][0]["code"] == "x509.error.malformed_certificate"


@pytest.mark.parametrize("kind", ["folder", "fifo", "absent", "empty", "device", "html"])
def test_what_is_no_file_gets_one_sentence(run: Any, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "it"
    match kind:
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "empty":
            path.touch()
        case "device":
            path = Path("/dev/zero")
        case "html":
            path.write_bytes(b"<!doctype html><title>Log in</title>")
    code, out, err = run(path)
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err


def test_standard_input(run: Any) -> None:
    data = sample("PrivateG1_lab").read_bytes()
    code, out, _ = run("-", stdin=data)
    assert code == 0
    assert "standard input, PEM, part 1" in out
    code, _, err = run("-")
    assert code == 1
    assert "standard input is empty" in err


def test_no_file_is_wrong_usage(run: Any) -> None:
    assert run()[0] == 2


# hostile content

HOSTILE = (
    "a\x1b[31mred\x1b]0;title\x07\r\nIssuer: forged\u202egpj\u200b\x00\x9b2J\u2028\u0301\u0301\u0301\u0301\u0301\u0301"
)


def assert_harmless(out: str) -> None:
    for char in out:
        assert char == "\n" or char.isprintable(), repr(char)
    assert not [line for line in out.splitlines() if line.startswith("Issuer")]


def hostile() -> bytes:
    text = HOSTILE.encode()
    return certificate(
        name(("2.5.4.3", UTF8, text), ("2.5.4.10", 0x1E, HOSTILE.encode("utf-16-be")), ("2.5.4.5", UTF8, text)),
        alternative_names(tlv(0x82, text), tlv(0x86, b"http://a/\x1b[2J"), tlv(0xA0, _other(text))),
        issuer=name(("2.5.4.3", UTF8, text)),
    )


def _other(text: bytes) -> bytes:
    from tests.support.der import oid

    return oid("1.2.3") + tlv(0xA0, tlv(UTF8, text))


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_nothing_in_a_certificate_reaches_the_terminal_raw(run: Any, tmp_path: Path, lang: str) -> None:
    code, out, err = run(written(tmp_path, hostile()), lang=lang)
    assert code == 0
    assert_harmless(out)
    assert_harmless(err)
    assert "\\x1b[31mred" in out
    assert "\\u202e" in out
    _, out, _ = run(written(tmp_path, hostile()), "--json", lang=lang)
    document = parsed(out)
    assert document["files"][0]["items"][0]["certificate"]["subject"]["rdns"][0][0]["value"] == HOSTILE


def test_a_certificate_made_by_cryptography_with_a_hostile_name(
    run: Any, tmp_path: Path, key: ec.EllipticCurvePrivateKey
) -> None:
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x\x1b[8m\u202e\n  issuer  CN=Staat der Nederlanden")])
    builder = x509.CertificateBuilder(own, own, key.public_key(), 5).not_valid_before(FIRST)
    cert = builder.not_valid_after(FIRST.replace(year=2027)).sign(key, hashes.SHA256())
    _, out, _ = run(written(tmp_path, cert.public_bytes(Encoding.PEM)))
    assert_harmless(out)
    assert len(rows(out)["issuer"]) == 1


def test_hostile_file_names_and_aliases(run: Any, tmp_path: Path) -> None:
    path = written(tmp_path, b"nothing", "na\x1b[31m\nme")
    code, out, err = run(path)
    assert (code, out) == (1, "")
    assert_harmless(err)
    path.write_bytes(hostile())
    _, out, err = run(path)
    assert_harmless(out + err)


@pytest.mark.slow
def test_long_lists_are_cut_for_people_and_whole_for_scripts(run: Any, tmp_path: Path) -> None:
    many = certificate(None, alternative_names(*(tlv(0x82, f"{n}.example.nl".encode()) for n in range(3000))))
    path = written(tmp_path, many)
    _, out, _ = run(path)
    assert len(rows(out)["alternative names (SAN)"]) == 51
    assert "... and 2950 more" in out
    _, out, _ = run(path, "--json")
    assert len(parsed(out)["files"][0]["items"][0]["certificate"]["subject_alternative_name"]) == 3000
