"""Keys in files of their own are told as exchanged by what the names of the files share, in a check and in a scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from pkitools.checking.chain import check_keys_together
from pkitools.checking.private_keys import NAMED
from pkitools.containers import read_source
from tests.checking.test_beside import content
from tests.portfolio.support import scanned
from tests.portfolio.test_names_of_keys import certificate, key
from tests.support.cases import in_one_test

# of two pairs the names: certificate and key, certificate and key
NAMES: Final = {
    "how a key is made": ("digid.pem", "digid.rsa", "eh.pem", "eh.rsa"),
    "how a key is kept": ("server.pem", "server.decrypted.key", "client.pem", "client.decrypted.key"),
    "of one key alone": ("server.pem", "server_nopass.key", "client.pem", "client.key"),
    "how a certificate came": ("digid-signed.pem", "digid.key", "eh-signed.pem", "eh.key"),
    "another word for the key": ("digid-cert.pem", "prv_digid.pem", "eh-cert.pem", "prv_eh.pem"),
    "of a user": ("id_cert.pem", "id_rsa", "server.pem", "server.key"),
}
SILENT: Final = {
    "nothing in common": ("a.pem", "b.key", "c.pem", "d.key"),
    "one word that all have": ("x-a.pem", "x-b.key", "x-c.pem", "x-d.key"),
}


def files_of(names: Sequence[str], hosts: str) -> dict[str, bytes]:
    made = (certificate, key, certificate, key)
    return {name: make(host) for name, make, host in zip(names, made, hosts, strict=True)}


def told_together(names: Sequence[str], hosts: str, turn: int = 1) -> set[str | None]:
    parts = zip(names, ("cert", "key") * 2, hosts, strict=True)
    files = dict([(name, content(f"{kind} {host}")) for name, kind, host in parts][::turn])
    read = {name: read_source(data, name) for name, data in files.items()}
    found = check_keys_together(read, None, (), ())
    return {each.params.get("file") for each in found if each.status == "violated" and each.rule.code == NAMED.code}


def told_by_scan(files: Mapping[str, bytes], folder: Path) -> set[str]:
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    found = (one for each in scanned(folder).judged for one in each.findings if one.rule.code == NAMED.code)
    return {Path(one.params["file"]).name for one in found}


@pytest.mark.parametrize("names", NAMES)
def test_files_pair_by_what_their_names_share(tmp_path: Path, names: str) -> None:
    for hosts in ("aabb", "abba"):
        wanted = {name for name in NAMES[names][1::2] if hosts == "abba"}
        assert told_together(NAMES[names], hosts) == wanted
        assert told_together(NAMES[names], hosts, -1) == wanted
        assert told_by_scan(files_of(NAMES[names], hosts), tmp_path) == wanted


def test_a_chain_that_lies_beside_a_certificate_is_called_alike(tmp_path: Path) -> None:
    for hosts, wanted in (("aabb", set()), ("abba", {"digid.rsa", "eh.rsa"})):
        files = files_of(NAMES["how a key is made"], hosts)
        chains = {name.replace(".pem", "-fullchain.pem"): held for name, held in files.items()}
        assert told_by_scan({**files, **chains}, tmp_path) == wanted


@pytest.mark.parametrize("names", SILENT)
def test_files_whose_names_share_nothing_are_held_to_nothing(tmp_path: Path, names: str) -> None:
    assert told_together(SILENT[names], "abba") == set()
    assert told_by_scan(files_of(SILENT[names], "abba"), tmp_path) == set()


def test_folders_are_not_compared(tmp_path: Path) -> None:
    names = [f"{folder}/{name}" for folder, name in zip("xyyx", NAMES["how a key is made"], strict=True)]
    assert told_together(names, "abba") == set()
    assert told_by_scan(files_of(names, "abba"), tmp_path) == set()


@in_one_test
@pytest.mark.parametrize("names", NAMES)
def test_a_key_whose_certificate_has_no_other_is_not_exchanged(names: str) -> None:
    """Of a key that fits nothing words say as little."""
    own, unlisted, other, key_of_other = NAMES[names]
    pairs = zip((own, unlisted, other, key_of_other), ("cert a", "key c", "cert b", "key b"), strict=True)
    files = {name: read_source(content(what), name) for name, what in pairs}
    found = check_keys_together(files, None, (), ())
    told = {each.params["file"] for each in found if each.status == "violated" and each.rule.code == NAMED.code}
    assert told == set()
