"""Files of other programs beside certificates raise no alarm, and whatever of ours is in one does."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

import pytest

from pkitools.containers import may_hold_more
from pkitools.containers.other_kinds import ARCHIVES
from pkitools.containers.templates import ENDINGS
from pkitools.portfolio import Gap
from pkitools.requests.keys import to_pem
from tests.portfolio.support import CHAIN, LEAF, WHOLE, scanned
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.der import integer, oid, sequence
from tests.support.effort import in_turn

_NOISE: Final = Random(977).randbytes(4000)
BINARY: Final = {
    "libz.so.1": b"\x7fELF\x02\x01\x01" + bytes(9) + _NOISE,
    "a.pyc": b"\xf3\r\r\n"
    + bytes(12)
    + b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\x00"
    + _NOISE,
    "font.ttf": b"\x00\x01\x00\x00\x00\x0f\x00\x80" + _NOISE,
    "nl.mo": b"\xde\x12\x04\x95\x00\x00\x00\x00" + _NOISE,
    "pack.idx": b"\xfftOc\x00\x00\x00\x02" + _NOISE,
    "zeros": bytes(4000),
}
PACKED: Final = ("app.jar", "log.1.gz", "a.whl", "letter.docx", "old.cab")
DELIVERED: Final = ("set.zip", "set.tgz", "set.tar.gz", "SET.7Z", "set.rar")
HIDDEN: Final[dict[str, Callable[[bytes], bytes]]] = {
    "der": lambda der: der,
    "der with a zero in its length": lambda der: b"\x30\x82\x05\x00\x30\x82\x04\x00" + der[8:],
    "pem": lambda der: LEAF,
    "damaged pem": lambda der: LEAF[:200],
    "base64": b64encode,
    "hexadecimal": lambda der: der.hex().encode(),
    "utf-16": lambda der: LEAF[:200].decode().encode("utf-16-le"),
    "utf-16 the other way": lambda der: b64encode(der).decode().encode("utf-16-be"),
    "utf-32": lambda der: LEAF[:200].decode().encode("utf-32-le"),
}


@in_one_test
@pytest.mark.parametrize("name", BINARY)
def test_a_file_of_a_program_is_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / "good.pem").write_bytes(WHOLE)
    (tmp_path / name).write_bytes(BINARY[name])
    found = scanned(tmp_path)
    assert found.is_whole
    assert not found.unread
    assert found.passed_over == 1


@in_one_test
@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_is_in_one_is_never_passed_over(tmp_path: Path, name: str, hidden: str) -> None:
    data = BINARY[name] + b"\x00\x00\x00\x00" + HIDDEN[hidden](good_chain().leaf.der) + bytes(4) + _NOISE
    assert may_hold_more(data)
    (tmp_path / name).write_bytes(data)
    found = scanned(tmp_path)
    assert found.passed_over == 0
    assert found.unread or found.judged


@in_one_test
@pytest.mark.parametrize("start", ARCHIVES)
def test_what_a_program_packed_is_passed_over_and_a_delivery_is_not(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "below").mkdir()
    for name in (*PACKED, "www.pem.gz", *DELIVERED):
        (tmp_path / name).write_bytes(start + _NOISE)
        (tmp_path / "below" / name).write_bytes(start + _NOISE)
    found = scanned(tmp_path)
    told = {Path(one.name).relative_to(tmp_path).as_posix() for one in found.unread}
    assert told == {"www.pem.gz", "below/www.pem.gz", *DELIVERED}
    assert not found.is_whole
    for name in PACKED:  # whoever names one asks for what is in it
        assert not scanned(tmp_path / name).is_whole


@in_one_test
@pytest.mark.parametrize("name", PACKED)
def test_what_stands_in_one_as_it_is_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04" + _NOISE + CHAIN)
    assert len(scanned(tmp_path).unread) == 1


def test_a_tar_below_what_was_given_is_passed_over_unless_something_stands_in_it(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for place in (tmp_path, tmp_path / "below"):
        (place / "a.tar").write_bytes(b"note.txt" + bytes(92) + b"ustar\x00" + bytes(400))
    (tmp_path / "below" / "b.tar").write_bytes(b"www.pem" + bytes(93) + LEAF[:200] + bytes(400))
    told = {Path(one.name).relative_to(tmp_path).as_posix() for one in scanned(tmp_path).unread}
    assert told == {"a.tar", "below/b.tar"}


VERSIONS = [(".git", "HEAD", "objects"), (".hg", "requires"), (".hg", "store"), (".svn", "wc.db"), (".svn", "entries")]


@in_one_test
@pytest.mark.parametrize(("name", "signs"), [(name, signs) for name, *signs in VERSIONS])
def test_a_folder_of_version_control_is_told_once_and_is_no_gap(tmp_path: Path, name: str, signs: list[str]) -> None:
    (tmp_path / "good.pem").write_bytes(WHOLE)
    (tmp_path / name / "old").mkdir(parents=True)
    (tmp_path / name / "old" / "old.pem").write_bytes(LEAF[:200])
    assert not scanned(tmp_path).is_whole, "a folder that is only called so is one as any other"
    for sign in signs:
        assert not scanned(tmp_path).is_whole
        (tmp_path / name / sign).mkdir()
    found = scanned(tmp_path)
    assert [(one.name, one.gap) for one in found.unread] == [(str(tmp_path / name), Gap.SKIPPED)]
    assert found.is_whole
    assert not scanned(tmp_path / name).is_whole  # whoever names it means what is in it


_PARAMETERS: Final = to_pem("DH PARAMETERS", sequence(integer(2**511 + 1), integer(2)))
_PGP: Final = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n"
_OPENVPN: Final = (
    b"-----BEGIN OpenVPN Static key V1-----\n%b\n-----END OpenVPN Static key V1-----\n" % _NOISE[:16].hex().encode()
)
OTHER_KEYS: Final = {
    "dhparam.pem": _PARAMETERS,
    "ecparam.pem": to_pem("EC PARAMETERS", oid("1.2.840.10045.3.1.7")),
    "repo.key": _PGP,
    "docker.asc": _PGP,
    "signed.pem": _PGP + _PGP,
    "ta.key": b"#\n# 2048 bit OpenVPN static key\n#\n" + _OPENVPN,
}
LONE_KEYS: Final = {
    "ticket.key": _NOISE[:80],
    "luks.key": _NOISE,
    "rndc.key": b'key "rndc-key" {\n algorithm hmac-sha256;\n secret "abc=";\n};\n',
    "Kexample.nl.+013+12345.key": b"; a key-signing key\nexample.nl. IN DNSKEY 257 3 13 abc=\n",
    "private.key": b"4GXhF2Xq8e5j8j9m9n0q1w2e3r4t5y6u7i8o9p0aSdE=\n",
    "master.key": b"6756a17fdf62f8a5497b74221c11164d",
    "mongo.key": b64encode(_NOISE[:756]),
    "talk.key": b"PK\x03\x04" + _NOISE,
    "lang.key": b"translation.en.key=value\n",
    "api.key": b'{"a": 1}',
    "none.key": b"",
}


@in_one_test
@pytest.mark.parametrize("name", [*OTHER_KEYS, *LONE_KEYS])
def test_a_key_of_another_program_is_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes({**OTHER_KEYS, **LONE_KEYS}[name])
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "good.pem").write_bytes(WHOLE)
    found = scanned(tmp_path)
    assert found.is_whole
    assert found.passed_over == 1


@in_one_test
@pytest.mark.parametrize("name", OTHER_KEYS)
def test_what_stands_beside_such_a_key_is_told(tmp_path: Path, name: str) -> None:
    """Also in one file, before it and behind it."""
    for data in (
        OTHER_KEYS[name] + LEAF[:200],
        LEAF[:200].strip() + b"\n" + OTHER_KEYS[name],
        OTHER_KEYS[name] + b64encode(good_chain().leaf.der),
    ):
        (tmp_path / name).write_bytes(data)
        found = scanned(tmp_path)
        assert found.unread or found.judged, data


@in_one_test
@pytest.mark.parametrize("name", LONE_KEYS)
@pytest.mark.parametrize("beside", [".crt", ".pem", ".csr", "-chain.pem", ".CER"])
def test_a_key_with_its_certificate_beside_it_is_missed(tmp_path: Path, name: str, beside: str) -> None:
    (tmp_path / name).write_bytes(LONE_KEYS[name])
    (tmp_path / (name.removesuffix(".key") + beside)).write_bytes(WHOLE)
    assert str(tmp_path / name) in {one.name for one in scanned(tmp_path).unread}


@pytest.mark.parametrize("stem", ["private", "server", "privkey"])
def test_a_key_of_any_name_is_of_each_certificate_beside_it(tmp_path: Path, stem: str) -> None:
    (tmp_path / f"{stem}.key").write_bytes(b"")
    (tmp_path / "certificate.crt").write_bytes(WHOLE)
    assert [one.name for one in scanned(tmp_path).unread] == [str(tmp_path / f"{stem}.key")]


@in_one_test
@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_certificate_under_the_name_of_a_lone_key_is_never_passed_over(tmp_path: Path, hidden: str) -> None:
    for before in (b"", b"a note\n", _NOISE):
        (tmp_path / "lone.key").write_bytes(before + HIDDEN[hidden](good_chain().leaf.der))
        assert scanned(tmp_path).passed_over == 0


_BLANKS: Final = (
    "...",
    "MIID...",
    "MIIDdzCCAl+gAwIBAgIE...\n...",
    "${var.chain}",
    "{{ tls_cert }}",
    "<your certificate>",
    "",
    "' + k + '",
)
_TEMPLATES: Final = {
    **{
        f"{number}{ending}": f"# Install\nx = '-----BEGIN {label}-----\n{blank}\n-----END {label}-----'\n"
        for number, blank in enumerate(_BLANKS)
        for label in ("CERTIFICATE", "PRIVATE KEY")
        for ending in (".md", f"-{label[:3]}.env.example", "-cert.pem.j2", ".js")
    },
    **{
        f"secret{number}.yaml": "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\n"
        f"data:\n  tls.crt: {value}\n  tls.key: {value}\n"
        for number, value in enumerate(("${TLS}", "{{ .Values.crt | b64enc | quote }}", '"{{ x }}"'))
    },
}


@in_one_test
@pytest.mark.parametrize("name", _TEMPLATES)
def test_a_blank_is_no_damaged_certificate(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(_TEMPLATES[name], encoding="utf-8")
    found = scanned(tmp_path)
    assert found.is_whole
    assert found.passed_over == 1
    assert not scanned(tmp_path / name).is_whole  # whoever names it asks for what is in it


@in_one_test
@pytest.mark.parametrize("name", _TEMPLATES)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_blank_hides_nothing(tmp_path: Path, name: str, hidden: str) -> None:
    real = HIDDEN[hidden](good_chain().leaf.der)
    orders = (real + b"\n" + _TEMPLATES[name].encode(), _TEMPLATES[name].encode() + b"\n" + real)
    for data in in_turn(orders, list(_TEMPLATES).index(name), list(HIDDEN).index(hidden)):
        (tmp_path / name).write_bytes(data)
        assert scanned(tmp_path).passed_over == 0


@in_one_test
@pytest.mark.parametrize("cut", [40, 64, 65, 200])
@pytest.mark.parametrize("dots", ["", "..."])
def test_what_was_cut_off_is_no_blank(tmp_path: Path, cut: int, dots: str) -> None:
    body = b64encode(good_chain().leaf.der).decode()[:cut] + dots
    (tmp_path / "README.md").write_text(f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    assert not scanned(tmp_path).is_whole


@pytest.mark.parametrize("dots", ["...", "${CERT}", ""])
def test_a_blank_under_the_name_of_a_certificate_is_told(tmp_path: Path, dots: str) -> None:
    (tmp_path / "www.pem").write_text(f"-----BEGIN CERTIFICATE-----\n{dots}\n-----END CERTIFICATE-----\n")
    assert not scanned(tmp_path).is_whole


@in_one_test
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_name_that_a_template_leaves_open_is_no_gap(tmp_path: Path, ending: str) -> None:
    text = "server {\n listen 443 ssl;\n ssl_certificate ${SSL_CERT};\n ssl_certificate_key ${SSL_KEY};\n}\n"
    (tmp_path / f"site.conf{ending}").write_text(text)
    found = scanned(tmp_path)
    assert found.is_whole
    assert found.unread
    (tmp_path / "site.conf").write_text(text)
    assert not scanned(tmp_path).is_whole
