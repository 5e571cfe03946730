"""A key that its name gives to a request or a certificate is held to it, however people name the two."""

from __future__ import annotations

import os
from collections.abc import Collection
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.checking.file_names import is_named_as_key
from pkitools.checking.request_keys import KeysWithRequests
from pkitools.containers import ItemKind
from pkitools.findings import Severity
from pkitools.portfolio.risk import misfits
from pkitools.requests import read_request
from tests.checking.test_beside import FOLDERS, NAMED, content, contents, told
from tests.portfolio.support import scanned
from tests.support.cases import in_one_test

NEXT: Final = "received.request.next"

# what lies where: a certificate, a request, and the key to both
NAMES: Final = (
    ("server.pem", "server.csr", "server.key"),
    ("server-cert.pem", "server-req.pem", "server-key.pem"),
    ("server.crt", "server.csr", "server-key.pem"),
    ("fullchain.pem", "request.csr", "privkey.pem"),
    ("cert.pem", "request.csr", "private.key"),
    ("tls.crt", "tls.csr", "tls.key"),
    ("a.crt.pem", "a.csr.pem", "a.key.pem"),
    ("a.fullchain.pem", "a.p10", "a.pem.key"),
    ("cert1.pem", "csr1.pem", "privkey1.pem"),
    ("cert-www.gemeente.nl.pem", "csr-www.gemeente.nl.pem", "key-www.gemeente.nl.pem"),
    ("certs/x.crt", "requests/x.csr", "private/x.key"),
)
KEYS: Final = ("key a", "key b", "both a", "both b")
"""What lies in the file of the key: it is a's or another's, and it may hold the certificate of that too."""


def beside_requests(files: dict[str, str], named: Collection[str] = ()) -> set[str]:
    """The requests of which another's key lies beside them."""
    read = {name: contents(what) for name, what in files.items()}
    keys = KeysWithRequests(read, None, named)
    found = set()
    for name, each in read.items():
        for item in each.of_kind(ItemKind.REQUEST):
            own = read_request(item.der).public_key
            if keys.key_of(name, own) not in {None, own}:
                found.add(name)
    return found


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_held_to_what_is_named_as_it_is(names: tuple[str, str, str], key: str) -> None:
    certificate, asked, held = names
    is_foreign = key.endswith("b")
    alone = {asked: "csr a", held: key}
    assert beside_requests(alone) == ({asked} if is_foreign else set())
    assert told({certificate: "cert a", held: key}) == ({(NAMED, Severity.ERROR)} if is_foreign else set())
    assert told({certificate: "cert a", held: key, "z.crt": "cert c", "z.key": "both c"}) == told(
        {certificate: "cert a", held: key}
    )
    assert beside_requests({**alone, "z.csr": "csr c", "z.key": "key c"}) == ({asked} if is_foreign else set())


@pytest.mark.parametrize("key", ["key a", "key b"])
def test_who_names_a_key_beside_one_request_asks_whether_it_is_its_own(key: str) -> None:
    files = {"x.csr": "csr a", "y.key": key}
    found = {"x.csr"} if key == "key b" else set()
    assert beside_requests(files, list(files)) == found
    read = {name: contents(what) for name, what in files.items()}
    assert KeysWithRequests(read, None, list(files)).compared == {"y.key"}
    assert beside_requests(files) == set(), "what is found in a folder need not be its own"
    assert beside_requests({**files, "z.csr": "csr c"}, [*files, "z.csr"]) == set(), "which of the two is not known"
    # the key of a certificate that was named as well is that of the certificate
    assert beside_requests({**files, "c.pem": f"cert {key[-1]}"}, [*files, "c.pem"]) == set()


@in_one_test
@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("key", ["key a", "both a"])
def test_the_key_of_the_certificate_of_now_is_no_alarm_of_the_request_for_the_next(
    names: tuple[str, str, str], key: str
) -> None:
    certificate, asked, held = names
    assert beside_requests({certificate: "cert a", held: key, asked: "csr b"}) == set()
    assert beside_requests({certificate: "cert a", held: "key c", asked: "csr b"}) == {asked}


# those in which a request lies under a key of a certificate that it is not for
EXCHANGED: Final = {"requests exchanged": {"a.csr", "b.csr"}, "hosts exchanged, their requests kept": {"a.csr"}}


@in_one_test
@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_found_in_a_folder_is_no_alarm_of_a_request(folder: str) -> None:
    """A request for the next certificate may be named as the present one, whose key is named so too."""
    assert beside_requests(FOLDERS[folder][0]) == EXCHANGED.get(folder, set())


def scanned_misfits(base: Path) -> set[str]:
    return {os.path.relpath(key.place.name, base) for key, _, _ in misfits(scanned(base))}


def laid(base: Path, files: dict[str, str]) -> None:
    for name, what in files.items():
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_bytes(content(what))


@pytest.mark.slow
def test_a_scan_holds_a_key_to_the_certificate_of_its_name(tmp_path: Path) -> None:
    """Every pair in a folder of its own, and one scan of all."""
    foreign = set()
    for number, ((certificate, _, held), key) in enumerate(product(NAMES, KEYS)):
        laid(tmp_path / str(number), {certificate: "cert a", held: key})
        foreign |= {f"{number}/{held}"} if key.endswith("b") else set()
    assert scanned_misfits(tmp_path) == foreign


@pytest.mark.slow
def test_a_scan_of_a_folder_tells_the_keys_that_are_no_error_there_only(tmp_path: Path) -> None:
    for number, (files, wanted) in enumerate(FOLDERS.values()):
        laid(tmp_path / str(number), files)
        found = scanned_misfits(tmp_path / str(number))
        # the key of the next lies under the name of the one in use
        is_of_next = (NAMED, Severity.WARNING) in wanted and any(code == NEXT for code, _ in wanted)
        assert bool(found) == ((NAMED, Severity.ERROR) in wanted or is_of_next), (files, found)


@pytest.mark.parametrize("name", ["a.pem", "a.bundle.pem", "a.crt", "a-cert.pem"])
def test_a_file_that_is_not_named_as_a_key_is_held_to_what_is_in_it(name: str) -> None:
    """HAProxy has the certificate and its key in one file, and the certificate of before may lie beside it."""
    assert not is_named_as_key(name)
    assert told({name: "both b", "a.cer": "cert a", "a.key": "key a"}) == set()
    assert beside_requests({name: "both b", "a.csr": "csr a"}) == set()
