"""Every case of the shared material gives its right answer: the command, how it ends, and what is told.

The cases are named as in their README. What the answer must name stands in English words of the output, or in codes of
the JSON document; where a case is a kind of fault, the law of that kind is tested elsewhere as well.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from tests.support.cases import in_one_test
from tests.support.command import Command, Ran
from tests.support.shared import shared

CASES = shared("cases")
D = "delta"
GENERAL = "--offline --revocation require --moment 2026-11-26T13:00:36Z"
UPPER_LISTS = f"--crl {D}/TRIALPKIoverheidG4IntmPrivGTLSSYS2024.crl --crl {D}/TRIALPKIoverheidG4RootPrivGTLS2024.crl"
TRIAL = f"-e preproduction --for digikoppeling --trust {D}/trust.pem {UPPER_LISTS} {GENERAL}"
DELTA = f"cert check {D}/a.chain.pem {TRIAL}"
MALFORMED = f"--chain {D}/a.chain.pem {TRIAL} --crl {D}/hold-in-delta-0.der"
MULTI = (
    "-e preproduction --for digikoppeling --trust multi/trust.pem --chain multi/d.chain.pem --crl multi/crl "
    "--offline --revocation require --moment 2026-11-26T13:37:31Z"
)
OFF = "--revocation off --offline --moment 2026-11-26T12:00:00Z"
LATER = OFF.replace("12:00", "14:00")
REAL = f"-e production {OFF} --for digikoppeling"


def ran(run: Command, monkeypatch: pytest.MonkeyPatch, command: str, *more: str) -> Ran:
    monkeypatch.chdir(CASES)
    return run("--lang", "en", *command.split(), *more)


def codes(document: Any) -> set[str]:
    """Every code of a finding in a document that is more than information, whatever it is about."""
    if isinstance(document, list):
        return set().union(*map(codes, document)) if document else set()
    if not isinstance(document, dict):
        return set()
    own = {document["code"]} if document.get("status") == "violated" else set()
    return own.union(*(codes(value) for value in document.values()))


NOT_ENCODED = "A certificate is not encoded as RFC 5280 asks"
ONE_EXPIRED = [
    "PASSED (revocation not looked at) for Digikoppeling, production lab.api.mijniconnect.nl",
    "FAILED for Digikoppeling, production api-test-sign.coronatester.nl",
    "Expired on 7 September 2024.",
]

EVERY = [
    ("several-1", f"cert check multi/db.pem {MULTI}", 10, ["b.example.nl", "d.example.nl"]),
    ("several-1", f"cert check multi/bd.pem {MULTI}", 10, ["b.example.nl", "d.example.nl"]),
    (
        "several-2",
        f"cert check multi/corrupt_b_then_d.pem {MULTI}",
        1,
        ["Part of the file cannot be read, and was not judged."],
    ),
    (
        "metadata-1",
        f"cert check multi/metadata_wrong_oin.xml -e preproduction --for digid-machtigen {OFF}",
        10,
        ["ERROR: The OIN differs from the one in the entity ID"],
    ),
    ("mail-1", "cert show multi/mail.eml", 0, ["Certificate (pre.pem):"]),
    ("mail-1", "cert show multi/mail_quoted.txt", 0, ["Certificate:"]),
    (
        "crl-folder",
        f"cert check multi/b.pem {MULTI} --crl multi/crl-upper-case",
        10,
        ["Revoked on 26 November 2026 at 12:59 UTC (key compromised)."],
    ),
    *(
        (f"delta {name}", f"{DELTA} --crl {D}/{name}-{a}.der --crl {D}/{name}-{b}.der", 10, [why])
        for name, why in (
            ("replay", "Revoked on 26 November 2026 at 11:00 UTC (on hold)."),
            ("sha1", "Whether it is revoked could not be established (signature of the CRL is not right)."),
            ("badentry", "Whether it is revoked could not be established (not properly readable)."),
            ("hold-in-delta", "Revoked on 24 November 2026 (on hold)."),
        )
        for a, b in ((0, 1), (1, 0))
    ),
    (
        "look-alike-1",
        f"cert check malformed/self-signed-named-as-root.pem -e preproduction --for digid-machtigen {OFF}",
        10,
        ["ERROR: The name of an authority of PKIoverheid, without its key"],
    ),
    ("malformed-1", f"cert check malformed/cn-octet-string.der {MALFORMED}", 10, [NOT_ENCODED]),
    ("malformed-2", f"cert check malformed/aki-key-identifier-twice.der {MALFORMED}", 10, [NOT_ENCODED]),
    ("R01", f"cert check R01/twoleafs.pem {REAL}", 10, ONE_EXPIRED),
    ("R01", f"cert check R01/twoleafs_oldfirst.pem {REAL}", 10, ONE_EXPIRED),
    (
        "R02",
        f"cert check R02/sp_meta_newfirst.xml -e production {OFF} --for digid",
        10,
        ["The OIN 00000003273229750000 is not that of the entity ID", "Expired on 7 September 2024."],
    ),
    ("R04", f"cert check R04/leaf.pem {REAL}", 0, ["DigiCert QuoVadis PKIoverheid", "Private Services CA - G1"]),
    ("R05", f"cert check R05/rootfirst.pem {REAL}", 0, ["order"]),
    ("R08", "trust show R08/bundle_missing.pem", 0, ["missing", "Staat der Nederlanden Private Services CA - G1"]),
    (
        "R09",
        f"cert check R09/otherkey.pem --trust R09/trust.pem -e preproduction {LATER}",
        10,
        ["A private key that belongs to no certificate in the file"],
    ),
    ("R10", "cert show R10/key.pem", 0, ["SHA-256"]),
    ("R11", "cert show --passphrase-file R11/pw R11/aes.p12", 0, ["AES-256"]),
    ("R14", "cert show --passphrase-file R14/pw R14/legacy.p12", 0, ["RC2"]),
    ("R16", "oin check 8712423026117", 10, ["EAN"]),
    (
        "R18",
        f"cert check R18/good.pem R18/cut.pem -e production {OFF}",
        1,
        ["R18/cut.pem: PEM block 1", "cut.pem – – NOT JUDGED", "1 file not judged"],
    ),
    ("R19", "cert show R19/inject.pem", 0, ["O=Voorbeeld\\, serialNumber=00000001001516814000"]),
    ("R21", "cert show R21/jwks.json", 0, ["Certificate:"]),
    ("R23", "cert show R23/k8s.b64", 0, ["Certificate:"]),
    ("R23", "cert show R23/utf16le_nobom.pem", 0, ["Certificate:"]),
    ("R29", "cert show R29/utcNoSeconds.pem R29/generalizedNotZulu.pem", 0, ["not written as RFC 5280"]),
    ("R34", "csr check R34/local.csr --profile g4-tls --tsp kpn -e production", 0, ["WARNING", ".local"]),
    (
        "R35",
        "cert lint R35/qwac.pem",
        0,
        [
            "PASSED webdss.athexgroup.gr",
            "Rules not checked: ",
            "Now: Of a hierarchy that is not known here.",
            "-e production --trust FILE",
        ],
    ),
]


@pytest.mark.parametrize(("name", "command", "expected", "told"), EVERY, ids=[f"{n}: {c[:60]}" for n, c, *_ in EVERY])
def test_the_case_has_its_answer(
    run: Command, monkeypatch: pytest.MonkeyPatch, name: str, command: str, expected: int, told: list[str]
) -> None:
    result = ran(run, monkeypatch, command)
    assert result.code == expected, result.out + result.err
    assert told, "a case is told by its words, not by its exit code alone"
    for words in told:
        assert words in " ".join((result.out + result.err).split()), name
    if command.startswith("cert check"):
        assert ran(run, monkeypatch, command, "--json").code == expected


CODES = [
    (f"cert check R02/sp_meta_newfirst.xml -e production {OFF} --for digid", "system.oin.equals_entity_id"),
    (
        f"cert check multi/metadata_wrong_oin.xml -e preproduction --for digid-machtigen {OFF}",
        "system.oin.equals_entity_id",
    ),
    (f"cert check R09/otherkey.pem --trust R09/trust.pem -e preproduction {LATER}", "received.private_key.foreign"),
    (
        f"cert check malformed/self-signed-named-as-root.pem -e preproduction --for digid-machtigen {OFF}",
        "trust.authority.impersonation",
    ),
    (f"cert check R04/leaf.pem {REAL}", "delivery.chain.complete"),
    (f"cert check R05/rootfirst.pem {REAL}", "delivery.chain.order"),
]


@in_one_test
@pytest.mark.parametrize(("command", "code"), CODES)
def test_the_reason_is_the_right_one(run: Command, monkeypatch: pytest.MonkeyPatch, command: str, code: str) -> None:
    assert code in codes(ran(run, monkeypatch, command, "--json").document)


@pytest.mark.slow
def test_what_was_said_wrongly_is_said_no_more(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ran(run, monkeypatch, "cert show --passphrase-file R11/pw R11/aes.p12")
    assert "NOT encrypted" not in said.out
    assert "without a passphrase" not in said.err
    assert "this is the OIN" not in ran(run, monkeypatch, "oin check 8712423026117").out
    said = ran(
        run, monkeypatch, "csr check R12/java_san.csr --key R12/k.p12 --passphrase-file R12/pw --profile g1-server"
    )
    assert "damaged" not in said.out + said.err
    lint = ran(run, monkeypatch, "cert lint R35/qwac.pem --json").document
    assert not {"etsi.key_usage.commitment", "etsi.qc_statements.disclosure"} & codes(lint)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("https://koppeling.voorbeeld.nl/", "https"),
        ("koppeling.voorbeeld.nl:8443", "8443"),
        ("koppeling.súdwest-fryslân.nl", "xn--"),
        ("kop_peling.voorbeeld.nl", "_"),
    ],
)
def test_r32_a_common_name_that_is_no_dns_name_is_told_why(run: Command, tmp_path: Path, name: str, why: str) -> None:
    options = [
        "--oin",
        "00000003273229750000",
        "--profile",
        "g4-tls",
        "-e",
        "production",
        "--no-passphrase",
        "--lang",
        "en",
    ]
    result = run(
        "csr", "create", *options, "--organization", "Voorbeeld B.V.", "--out", tmp_path / "x", "--common-name", name
    )
    assert result.code == 2
    assert why in result.err
    assert not list(tmp_path.iterdir())


def counting(count: int) -> float:
    began = process_time()
    for _ in range(count):
        pass
    return process_time() - began


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "count", "above"), [("crl", 16_000_000, 69), ("p7", 10_000_000, 104), ("jks", 3_000_000, 71)]
)
def test_bomb_1_is_refused_early(kind: str, count: int, above: int) -> None:
    """64 MB beside what the script holds, and less than counting the elements ten times: nobody looks at each."""
    script = CASES / "resources" / "bomb.py"
    # from a shell: the largest memory that a process counts includes that of the one it was forked from, which is ours
    command = ["sh", "-c", f"'{sys.executable}' '{script}' {kind} {count}; true"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    seconds, memory = float(told[-4]), int(told[-2])
    assert memory < above + 64
    assert seconds < 10 * counting(count)
    assert told[0] != kind, "it was read"


@pytest.mark.slow
def test_text_1_text_is_never_a_weaker_rule() -> None:
    command = [sys.executable, CASES / "library" / "text_for_enum.py"]
    assert "passed" not in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_document_of_a_case_is_one_document(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    result = ran(run, monkeypatch, f"cert check R18/good.pem R18/cut.pem -e production {OFF} --json")
    assert "cut.pem" in json.dumps(json.loads(result.out))
