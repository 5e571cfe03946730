"""Nothing that is given beside a certificate is passed over: every option x every kind of damage x file and folder."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPCertStatus, OCSPResponderEncoding, OCSPResponseBuilder

from pkitools.containers import may_hold_more
from pkitools.requests import PrivateKey
from pkitools.requests.keys import wrap_key
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import build
from tests.support.certificates import made
from tests.support.command import Command
from tests.support.der import tlv
from tests.support.keys import SHARED_KEYS
from tests.support.requests import dns, request, subject

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT: Final = "2026-11-23T12:00:00Z"

Damage = Callable[[bytes], bytes]
"""Of the text of one PEM block → that block, damaged."""

DAMAGES: Final[dict[str, Damage]] = {
    "cut": lambda block: _block(block, _der_of(block)[:-9]),
    "without an end": lambda block: block.rpartition(b"-----END")[0],
    "not base64": lambda block: block.replace(b"A", b"*", 1),
    "not PEM": lambda block: b"" + _der_of(block),
    "without a beginning": lambda block: block.partition(b"\n")[2],
    "of small letters": lambda block: block.replace(b"-----BEGIN ", b"-----begin "),
}

IN_A_FOLDER: Final[dict[str, tuple[str, Damage]]] = {
    "cut DER": ("n.der", lambda block: _der_of(block)[:-9]),
    "nothing of that name": ("n.crl", lambda _: b""),
    "cut DER of that name": ("n.crl", lambda block: _der_of(block)[:-9]),
    "DER behind a line end": ("n.bin", lambda block: b"\n" + _der_of(block)),
    "cut base64": ("n.txt", lambda block: base64.encodebytes(_der_of(block))[:-50]),
    "one wrong character": ("n.txt", lambda block: base64.encodebytes(_der_of(block)).replace(b"A", b"*", 1)),
    "compressed": ("n.crl.gz", gzip.compress),
    "UTF-32": ("n.txt", lambda block: block.decode().encode("utf-32")),
    "in XML": ("n.xml", lambda block: b"<r><c>" + base64.b64encode(_der_of(block)) + b"</c></r>"),
    "small letters": ("n.pem", lambda block: block.replace(b"-----BEGIN ", b"-----begin ")),
    **{f"a block {kind}": ("n.pem", damage) for kind, damage in DAMAGES.items() if kind != "not PEM"},
}

IN_A_FOLDER |= {
    "no certificate under its label": ("n.pem", lambda _: _pem("CERTIFICATE", b"\x30\x07\x02\x01\x01\x04\x02xx")),
}

HARMLESS: Final[dict[str, bytes]] = {
    "notes": b"Where these come from: the TSP.\n" * 40,
    "digests": b"".join(b"%064x  file%d.crl\n" % (7**n, n) for n in range(60, 70)),
    "empty": b"",
    "folder view": b"\x00\x00\x00\x01Bud1" + b"\x00\x01" * 3000,
    "page": b"<!doctype html><html><body><p>Hallo</p></body></html>",
    "settings": b'[x]\nname = "a long name without anything in it, and a path /usr/local/share/ca-certificates/"\n',
    "ssh": b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 me@host\n",
}


def _block(block: bytes, der: bytes) -> bytes:
    label = block[len(b"-----BEGIN ") : block.index(b"-----\n")]
    return b"-----BEGIN %s-----\n%s-----END %s-----\n" % (label, base64.encodebytes(der), label)


def _der_of(block: bytes) -> bytes:
    return base64.b64decode(b"".join(block.strip().splitlines()[1:-1]))


def _pem(label: str, der: bytes) -> bytes:
    return _block(f"-----BEGIN {label}-----\n".encode(), der)


def _key_of(issued: IssuedCertificate) -> PrivateKey:
    assert isinstance(issued.key, RSAPrivateKey)
    return wrap_key(issued.key, made_here=True)


def _answered(leaf: IssuedCertificate, tsp: Authority) -> bytes:
    """Return an OCSP response that says that the certificate is good."""
    issuer, key = tsp.certificate.load(), tsp.key
    assert isinstance(key, RSAPrivateKey)
    said = OCSPResponseBuilder().add_response(
        leaf.load(), issuer, SHA1(), OCSPCertStatus.GOOD, MOMENT, MOMENT + timedelta(days=2), None, None
    )
    return said.responder_id(OCSPResponderEncoding.NAME, issuer).sign(key, SHA256()).public_bytes(Encoding.DER)


class Box:
    """What a check is given, good of every kind, and of every kind another that may be damaged."""

    def __init__(self, top: Path) -> None:
        pki = build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)
        tsp = pki.issuer_of("g4-tls")
        leaf = pki.issue("g4-tls", dns=["een.voorbeeld.nl"])
        other = pki.issue("g4-tls", dns=["twee.voorbeeld.nl"])
        before = [authority.crl(moment=MOMENT, hours=96) for authority in pki]
        tsp.revoke(leaf.serial_number, moment=MOMENT)
        newer = tsp.crl(moment=MOMENT + timedelta(hours=1), hours=96)
        names = {a.name: a.value for a in leaf.facts.subject}
        asked = request(subject(**names), dns("een.voorbeeld.nl"), key=_key_of(leaf))
        answer = _pem("OCSP RESPONSE", _answered(leaf, tsp))
        self.leaf = _written(top / "leaf.pem", leaf.pem)
        self.good = {
            "--chain": b"".join(link.pem for link in leaf.intermediates),
            "--trust": leaf.root.pem,
            "--crl": b"".join(_pem("X509 CRL", crl) for crl in before),
            "--beside": other.pem,
            "--csr": _pem("CERTIFICATE REQUEST", asked),
            "--ocsp": answer,
        }
        self.another = {
            "--crl": _pem("X509 CRL", newer),
            "--csr": _pem("CERTIFICATE REQUEST", request()),
            "--ocsp": answer,
            **dict.fromkeys(("--chain", "--trust", "--beside"), _pem("CERTIFICATE", made("g1-server").der)),
        }
        self.files = {option: _written(top / f"good{option}", text) for option, text in self.good.items()}
        del self.files["--ocsp"]  # it would speak before the lists do

    def words(self, **given: Path) -> list[object]:
        """Return a check of the leaf by an old list, with other material where it is given."""
        files = {**self.files, **{f"--{option}": path for option, path in given.items()}}
        return [
            *(
                "cert",
                "check",
                self.leaf,
                "-e",
                "preproduction",
                "--offline",
                "--revocation",
                "require",
                "--moment",
                AT,
            ),
            *(w for o, p in files.items() for w in (o, f"production={p}" if o == "--beside" else p)),
        ]


def _written(path: Path, text: bytes) -> Path:
    path.write_bytes(text)
    return path


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return Box(tmp_path_factory.mktemp("material"))


def test_what_is_whole_raises_no_alarm_and_a_newer_list_is_heeded(run: Command, box: Box, tmp_path: Path) -> None:
    assert run(*box.words()).code == 0
    whole = _written(tmp_path / "whole.pem", box.good["--crl"] + box.another["--crl"])
    assert run(*box.words(crl=whole)).code == 10


@pytest.mark.slow
@pytest.mark.parametrize(("option", "kind"), list(product(["chain", "trust", "crl", "ocsp", "beside", "csr"], DAMAGES)))
def test_a_damaged_part_of_what_is_given_is_told_and_never_passes(
    run: Command, box: Box, tmp_path: Path, option: str, kind: str
) -> None:
    damaged = DAMAGES[kind](box.another[f"--{option}"])
    file = _written(tmp_path / "given.pem", box.good[f"--{option}"] + damaged)
    ran = run(*box.words(**{option: file}), "--json")
    assert ran.code in {1, 11}, (ran.out, ran.err)
    assert "file.material.readable" in ran.out
    assert "given.pem" in ran.out


PLACES: Final = (0xA0, 0xA1)
"""The set of certificates and that of lists, of RFC 5652 section 5.1."""


def _signed_data(place: int, der: bytes) -> bytes:
    signed, data = (tlv(6, bytes.fromhex(f"2a864886f70d01070{last}")) for last in (2, 1))
    fields = tlv(2, b"\x01"), tlv(0x31), tlv(0x30, data), tlv(place, der), tlv(0x31)
    return tlv(0x30, signed, tlv(0xA0, tlv(0x30, *fields)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "folder", "label"), list(product(PLACES, (False, True), ("PKCS7", "X509 CRL", "CMS", "")))
)
def test_a_list_in_a_pkcs7_is_heeded_or_told(
    run: Command, box: Box, tmp_path: Path, place: int, folder: bool, label: str
) -> None:
    der = _signed_data(place, _der_of(box.another["--crl"]))
    inside = _pem(label, der) if label else der
    _written(tmp_path / "old.pem", box.good["--crl"] + (b"" if folder or not label else inside))
    if folder or not label:
        _written(tmp_path / "n.p7b", inside)
    words = box.words(crl=tmp_path if folder else tmp_path / "old.pem")
    ran = run(*words, *(() if folder or label else ("--crl", tmp_path / "n.p7b")), "--json")
    assert ran.code in {1, 10, 11}, (ran.out, ran.err)
    assert ran.code == 10 or "file.material.readable" in ran.out or "n.p7b" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("kind", IN_A_FOLDER)
def test_a_damaged_list_in_a_folder_is_told_and_never_passes(run: Command, box: Box, tmp_path: Path, kind: str) -> None:
    name, damage = IN_A_FOLDER[kind]
    _written(tmp_path / "old.pem", box.good["--crl"])
    _written(tmp_path / name, damage(box.another["--crl"]))
    ran = run(*box.words(crl=tmp_path), "--json")
    assert ran.code in {1, 10}, (ran.out, ran.err)
    assert name in ran.out or ran.code == 10


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in IN_A_FOLDER if not kind.startswith("nothing")])
def test_a_damaged_certificate_in_a_folder_is_no_less_than_by_name(
    run: Command, box: Box, tmp_path: Path, kind: str
) -> None:
    name, damage = IN_A_FOLDER[kind]
    _written(tmp_path / "leaf.pem", box.leaf.read_bytes())
    file = _written(tmp_path / name.replace(".crl", ".cer"), damage(box.another["--chain"]))
    words = box.words()
    by_name = [*words[:2], tmp_path / "leaf.pem", file, *words[3:]]
    in_folder = [*words[:2], tmp_path, *words[3:]]
    codes = run(*by_name, "--quiet").code, run(*in_folder, "--quiet").code
    assert codes[0] == codes[1] != 0, codes


def test_what_lies_beside_in_a_folder_raises_no_alarm(run: Command, box: Box, tmp_path: Path) -> None:
    for number, (kind, text) in enumerate(HARMLESS.items()):
        assert not may_hold_more(text), kind
        _written(tmp_path / f"{number}.txt", text)
    _written(tmp_path / "old.pem", box.good["--crl"])
    assert run(*box.words(crl=tmp_path)).code == 0
    (tmp_path / "old.pem").write_bytes(box.leaf.read_bytes())
    words = box.words()
    ran = run(*words[:2], tmp_path, *words[3:])
    assert ran.code == 0, ran.err


def test_what_a_folder_only_points_at_is_told(run: Command, box: Box, tmp_path: Path) -> None:
    """A folder in the folder is looked into; a link to one elsewhere, or that leads nowhere, could not be read."""
    tmp_path = tmp_path / "given"
    (tmp_path / "more" / "deeper").mkdir(parents=True)
    _written(tmp_path / "more" / "deeper" / "old.pem", box.good["--crl"])
    assert run(*box.words(crl=tmp_path)).code == 0
    for name, to in (("..data", tmp_path / "more"), ("top", tmp_path), ("round", tmp_path / "..data" / "deeper")):
        (tmp_path / name).symlink_to(to)  # as Kubernetes mounts what it holds: what they lead to is looked into
    assert run(*box.words(crl=tmp_path)).code == 0
    (tmp_path / "back").symlink_to(tmp_path.parent)
    ran = run(*box.words(crl=tmp_path), "--json")
    assert ran.code == 1
    assert str(tmp_path / "back") in ran.out
    (tmp_path / "back").unlink()
    _written(tmp_path / "old.pem", box.good["--crl"])
    (tmp_path / ".#old.pem").symlink_to("me@host.1")
    assert run(*box.words(crl=tmp_path)).code == 0
    (tmp_path / "gone.crl").symlink_to(tmp_path / "nowhere")
    assert run(*box.words(crl=tmp_path)).code == 1
    (tmp_path / "old.pem").write_bytes(box.leaf.read_bytes())
    words = box.words()
    ran = run(*words[:2], tmp_path, *words[3:])
    assert ran.code == 1
    assert "gone.crl" in ran.err


def test_a_list_in_hexadecimal_in_a_folder_is_told(run: Command, box: Box, tmp_path: Path) -> None:
    _written(tmp_path / "old.pem", box.good["--crl"])
    assert run(*box.words(crl=tmp_path)).code == 0
    _written(tmp_path / "x.hex", _der_of(box.another["--crl"]).hex(" ").encode())
    ran = run(*box.words(crl=tmp_path), "--json")
    assert (ran.code, "x.hex" in ran.out) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "kind"), list(product(["chain", "export"], DAMAGES)))
def test_a_damaged_part_of_the_chain_that_is_written_is_told_and_never_passes(
    run: Command, box: Box, tmp_path: Path, command: str, kind: str
) -> None:
    words: dict[str, list[object]] = {
        "chain": ["chain", "complete", box.leaf, "--offline"],
        "export": ["export", "chain", box.leaf, "--out", tmp_path / "out"],
    }
    for given, whole in ((b"", True), (DAMAGES[kind](box.another["--chain"]), False)):
        file = _written(tmp_path / "given.pem", box.good["--chain"] + box.good["--trust"] + given)
        ran = run(*words[command], "--chain", file, "--force", "--moment", AT, "--json")
        assert ran.code == (0 if whole else 1), (ran.out, ran.err)
        assert {Path(each["file"]).name for each in ran.document["errors"]} == (set() if whole else {"given.pem"})


@pytest.mark.slow
def test_a_request_that_was_changed_after_it_was_signed_is_told(run: Command, box: Box, tmp_path: Path) -> None:
    der = _der_of(box.good["--csr"])
    changed = _written(
        tmp_path / "changed.csr", _pem("CERTIFICATE REQUEST", der[:-3] + bytes([der[-3] ^ 1]) + der[-2:])
    )
    assert '"code": "received.request.signature"' not in run(*box.words(), "--json").out
    asked = box.words(csr=changed)
    assert "not signed with its own key" in run(*asked).out
    assert '"code": "received.request.signature"' in run(*asked, "--json").out
