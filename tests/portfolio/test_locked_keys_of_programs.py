"""A private key that a program takes and is locked is a gap with how to open it: nobody says that it fits unseen."""

# ruff: noqa: E501  a configuration stands as it is written

from __future__ import annotations

import subprocess
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from pkitools.findings import Verdict
from pkitools.portfolio import Gap
from pkitools.portfolio.risk import risks_of
from tests.portfolio.support import WHOLE, judging, scanned
from tests.portfolio.test_as_named import KEY
from tests.portfolio.test_notations import JUDGES
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.judges import judge
from tests.support.requests import pooled_key

GOOD: Final = b"geheim en lang genoeg"
FORMS: Final = {
    name: good_chain().leaf.key.private_bytes(Encoding.PEM, form, BestAvailableEncryption(GOOD))
    for name, form in (("PKCS#8", PrivateFormat.PKCS8), ("old", PrivateFormat.TraditionalOpenSSL))
}
OTHER: Final = pooled_key("ec:p-256").pem(GOOD)
_HAPROXY: Final = (
    "defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"
    "listen f\n bind 127.0.0.1:1 ssl crt A.pem\n"
)
_APACHE: Final = "<VirtualHost *:443>\nSSLEngine on\nSSLCertificateFile A.pem\n{}</VirtualHost>\n"
# each way for a program to come to its key: its configuration, with the file that the key is in
WAYS: Final = {
    "nginx": ("nginx.conf", "server {{ listen 127.0.0.1:1 ssl; ssl_certificate A.pem; ssl_certificate_key K.key;{} }}\n", "K.key"),
    "nginx, in one file": ("nginx.conf", "server {{ listen 127.0.0.1:1 ssl; ssl_certificate A.pem; ssl_certificate_key A.pem;{} }}\n", "A.pem"),
    "nginx, the certificate is a variable": ("nginx.conf", "server {{ ssl_certificate $c; ssl_certificate_key K.key; }}\n", "K.key"),
    "apache": ("site.conf", _APACHE.format("SSLCertificateKeyFile K.key\n"), "K.key"),
    "apache, in one file": ("site.conf", _APACHE.format(""), "A.pem"),
    "haproxy": ("haproxy.cfg", _HAPROXY, "A.pem"),
    "haproxy, beside": ("haproxy.cfg", _HAPROXY, "A.pem.key"),
    "traefik": ("t.yml", "tls:\n  certificates:\n    - certFile: A.pem\n      keyFile: K.key\n", "K.key"),
}  # fmt: skip


def laid(folder: Path, way: str, key: bytes, more: str = "") -> Path:
    name, text, file = WAYS[way]
    (folder / "A.pem").write_bytes(WHOLE)
    with (folder / file).open("ab") as beside:
        beside.write(key)
    (folder / name).write_text(text.format(more))
    return folder / name


@in_one_test
@pytest.mark.parametrize(("way", "form"), [*product(WAYS, FORMS)])
def test_a_key_that_is_not_opened_is_a_gap_and_one_that_is_none(tmp_path: Path, way: str, form: str) -> None:
    place, file = laid(tmp_path, way, FORMS[form]), tmp_path / WAYS[way][2]
    is_known = "variable" not in way
    for passphrase, slug in ((None, "needed"), (b"een ander", "wrong"), (GOOD, "")):
        for given in (tmp_path, place):
            found = scanned(given, asked=judging(passphrase=passphrase))
            told = [(one.gap, one.code, one.name) for one in found.unread if one.code != "portfolio.error.variable"]
            wanted = [(Gap.ENCRYPTED, f"requests.error.passphrase_{slug}", str(file))]
            assert told == (wanted if slug else []), passphrase
            assert found.verdict is (Verdict.INDETERMINATE if slug or not is_known else Verdict.PASSED)
            codes = {each.rule.code for one in found.judged for each in one.findings}
            reasons = {each.reason for each in risks_of(found).outcomes}
            assert not {"received.private_key.compared", "keys_closed"} & {*codes, *reasons}, "it is told once"


@in_one_test
@pytest.mark.parametrize("way", [way for way in WAYS if "variable" not in way])
def test_one_that_is_opened_and_fits_another_fails(tmp_path: Path, way: str) -> None:
    place = laid(tmp_path, way, OTHER)
    assert scanned(place, asked=judging(passphrase=GOOD)).verdict is Verdict.FAILED
    assert scanned(place).verdict is Verdict.INDETERMINATE


def test_one_that_names_no_cipher_is_a_gap_whatever_is_given(tmp_path: Path) -> None:
    damaged = b"".join(line for line in FORMS["old"].splitlines(keepends=True) if not line.startswith(b"DEK-Info"))
    for way in ("nginx", "nginx, in one file"):
        place = laid(tmp_path, way, damaged)
        for passphrase in (None, GOOD):
            found = scanned(place, asked=judging(passphrase=passphrase))
            assert [one.code for one in found.unread] == ["requests.error.key_malformed"]


def test_one_that_nothing_loads_is_no_gap(tmp_path: Path) -> None:
    """HAProxy takes the key in the file of the certificate, and the locked one beside it then is nobody's."""
    place = laid(tmp_path, "haproxy, beside", FORMS["old"])
    (tmp_path / "A.pem").write_bytes(WHOLE + KEY)
    assert scanned(place).verdict is Verdict.PASSED
    place.unlink()
    assert scanned(tmp_path).is_whole


@pytest.mark.parametrize("way", ["nginx", "nginx, in one file", "haproxy", "haproxy, beside"])
def test_the_program_does_not_start_with_it_as_it_is(tmp_path: Path, way: str) -> None:
    def is_taken(more: str) -> bool:
        place = laid(tmp_path, way, FORMS["PKCS#8"], more)
        nginx = JUDGES["nginx"](tmp_path, place.read_text()) if way.startswith("nginx") else []
        command = nginx or [judge("haproxy"), "-c", "-f", str(place)]
        # without a terminal, which they would ask for the passphrase
        means = {"stdin": subprocess.DEVNULL, "start_new_session": True, "capture_output": True, "cwd": tmp_path}
        return subprocess.run(command, check=False, **means).returncode == 0  # type: ignore[call-overload, no-any-return]  # of a mapping

    assert not is_taken("")
    if way.startswith("nginx"):
        (tmp_path / "words").write_bytes(GOOD + b"\n")
        assert is_taken(" ssl_password_file words;")
