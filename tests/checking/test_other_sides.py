"""A key that is called as the certificate of the other side, beside its own: no error, as everything may be well."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from pkitools.checking.chain import check_keys_together
from pkitools.checking.private_keys import NAMED
from pkitools.containers import read_source
from pkitools.findings import Severity
from pkitools.messages import LANGUAGES, Language, outcome_message
from pkitools.portfolio.beside import misfits
from tests.checking.test_beside import HOSTS
from tests.portfolio.support import scanned
from tests.support.cases import in_one_test
from tests.support.certificates import giving, made, setting
from tests.support.deliveries import pem
from tests.support.requests import pooled_key

# the certificate of the other side, the key that is called so, and the certificate of that key
NAMES: Final = (
    ("digid.crt", "digid.key", "onze.crt"),
    ("idp.pem", "idp-key.pem", "sp.pem"),
    ("certs/digid.pem", "private/digid.pem", "certs/digid-client.pem"),
    ("certs/digid.pem", "private/digid.key", "certs/eigen.crt"),
)
# what lies there besides; each with what makes it no other reading but that keys were mistaken
MISTAKEN: Final[dict[str, Mapping[str, str]]] = {
    "its certificate has a key by its name": {"{own}.key": "key b"},
    "the key of the other side lies there": {"z.key": "key c"},
    "it lies there twice": {"z.key": "key a"},
    "a next certificate of one name": {"{own}": "cert a other.nl"},
    "its certificate lies elsewhere": {"{own}": "", "elsewhere/own.crt": "cert a own.nl"},
    "its certificate lies nowhere": {"{own}": ""},
}


@cache
def held(what: str) -> bytes:
    """A certificate of a host's key with a common name, or the key."""
    kind, host, *names = what.split()
    key = pooled_key(HOSTS[host])
    return (
        key.pem(None)
        if kind == "key"
        else pem(made("g4-tls", setting("key", key.public.spki), giving("CN", *names)).der)
    )


def folder_of(names: tuple[str, str, str], changes: Mapping[str, str]) -> dict[str, bytes]:
    other, key, own = names
    files = {other: "cert c other.nl", key: "key a", own: "cert a own.nl"}
    stem = own.rpartition(".")[0]
    for name, what in changes.items():
        at = own if name == "{own}" else name.replace("{own}", stem).replace("certs/", "private/")
        files[f"{Path(key).parent}/{at}" if "/" in key and at == "z.key" else at] = what
    return {name: held(what) for name, what in files.items() if what}


def severities(files: Mapping[str, bytes]) -> set[Severity]:
    read = {name: read_source(data, name) for name, data in files.items()}
    found = check_keys_together(read, None, (), ())
    return {each.rule.severity for each in found if each.status == "violated" and each.rule.code == NAMED.code}


def of_scan(files: Mapping[str, bytes], folder: Path) -> tuple[set[Severity], bool]:
    """How heavy what a scan tells is, and whether that is told across all and in ``status`` as well."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    found = scanned(folder)
    told = (one for each in found.judged for one in each.findings if one.rule.code == NAMED.code)
    return {one.rule.severity for one in told}, any(misfits(found))


@pytest.mark.parametrize("names", NAMES)
def test_it_is_a_warning_where_both_readings_are_possible(tmp_path: Path, names: tuple[str, str, str]) -> None:
    files = folder_of(names, {})
    assert severities(files) == severities(dict(reversed(files.items()))) == {Severity.WARNING}
    assert of_scan(files, tmp_path) == ({Severity.WARNING}, False)


@in_one_test
@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("mistaken", MISTAKEN)
def test_it_is_an_error_where_keys_were_mistaken(tmp_path: Path, names: tuple[str, str, str], mistaken: str) -> None:
    files = folder_of(names, MISTAKEN[mistaken])
    assert severities(files) == {Severity.ERROR}
    assert of_scan(files, tmp_path) == ({Severity.ERROR}, True)


# names that are nobody's: what is called so is one's own
NOBODYS: Final = (
    ("tls.crt", "tls.key"),
    ("server.crt", "server.key"),
    ("server-cert.pem", "server-key.pem"),
    ("fullchain.pem", "privkey.pem"),
    ("cert.pem", "key.pem"),
    ("client.pem", "client.key"),
    ("www.crt", "www.key"),
    ("certs/server.pem", "private/server.key"),
)


@in_one_test
@pytest.mark.parametrize("own", ["partner.crt", "onze.crt", "digid-client.pem"])
@pytest.mark.parametrize("names", NOBODYS)
def test_a_name_that_is_nobodys_is_not_that_of_another_side(tmp_path: Path, names: tuple[str, str], own: str) -> None:
    files = folder_of((*names, str(Path(names[0]).parent / own)), {})
    assert severities(files) == {Severity.ERROR}
    assert of_scan(files, tmp_path) == ({Severity.ERROR}, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_warning_names_the_certificate_of_the_key(language: Language) -> None:
    read = {name: read_source(data, name) for name, data in folder_of(NAMES[0], {}).items()}
    (found,) = (each for each in check_keys_together(read, None, (), ()) if each.rule.code == NAMED.code)
    said = outcome_message(found, language)
    assert all(name in said.message for name in NAMES[0])
    assert all(name in said.remedy for name in NAMES[0])
