"""What the page makes for a connection lies where its files say, as the command line tells it; or is not offered."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.connections.support import CHAIN, certificate, connection, written
from tests.support.command import Command
from tests.support.page import GIVEN, MOMENT, Read, Visitor
from tests.support.requests import pooled_key

TEST_OIN = "00000099000000001000"


def links(body: bytes) -> list[str]:
    return [unescape(each) for each in re.findall(r'href="(/request\?[^"]*)"', body.decode())]


def visiting(folder: Path, text: str) -> tuple[Visitor, Path]:
    (folder / "keys").mkdir(mode=0o700)
    (folder / "home").mkdir()
    file = written(folder, text)
    return Visitor(replace(GIVEN, connections=str(file), folder=folder / "keys")), file


@pytest.mark.parametrize("there", [False, True])
def test_the_key_comes_where_files_of_the_connection_says(run: Command, tmp_path: Path, *, there: bool) -> None:
    """Also where a key lies there already: none is overwritten."""
    fields = {"files": '["home/cert.*"]', "system": '"fsc"', "common_name": '"a.example.nl"', "dns": '["a.example.nl"]'}
    visitor, file = visiting(tmp_path, connection(**fields))
    if there:
        (tmp_path / "home" / "cert.key").write_bytes(pooled_key().pem(None))
    told = run("status", "--connections", file, "--moment", MOMENT.isoformat()).told.replace("\\ ", "")
    (out,) = re.findall(r"--out (\S+)", told)
    link = links(visitor.get("/portfolio").body)[0]
    asked = visitor.get(link)
    assert f"{out}.key" in Read(asked).text, "where it comes is said"
    given = dict(parse_qsl(urlsplit(link).query))
    made = visitor.post(
        "/request", {**given, "no_passphrase": "yes", "kvk": "27322975", "locality": "A", "province": "B"}
    )
    assert made.status == 201, Read(made).text
    assert f"fill in that day for this connection, in {file} (ordered)" in Read(made).text, "as status asks next"
    assert Path(f"{out}.key").is_file()
    assert Path(f"{out}.csr").is_file()
    assert [*(tmp_path / "keys").iterdir()] == []
    assert not there or (tmp_path / "home" / "cert.key").read_bytes() == pooled_key().pem(None)
    after = run("--lang", "en", "status", "--connections", file, "--moment", MOMENT.isoformat()).told
    assert "The request is there" in after or f"{out}.csr" in after, "and status sees it"


# of a connection: its files, and what is to be done by hand for status to see what the page makes
PLACES: Final[dict[str, str]] = {
    '["home"]': "nothing",
    '["home/cert.*"]': "nothing",
    '["certs"]': "folder",
    '["certs/c"]': "folder",
    '["certs/*.pem", "certs/a.*"]': "entry",
    '["home/cert.pem"]': "entry",
    '["home/*.pem"]': "entry",
    '["certs/cert.pem"]': "entry",
}


@pytest.mark.parametrize("is_self_signed", [False, True])
@pytest.mark.parametrize("files", PLACES)
def test_what_was_made_for_a_connection_is_seen_or_what_that_asks_is_told(
    run: Command, tmp_path: Path, files: str, *, is_self_signed: bool
) -> None:
    """A key that status does not see is made once more. As on the command line the folder or the entry is told."""
    fields = {"files": files, "system": '"fsc"', "common_name": '"a.example.nl"', "dns": '["a.example.nl"]'}
    if is_self_signed:
        fields |= {"self_signed": "true", "system": '"digid-machtigen"'}
    visitor, file = visiting(tmp_path, connection(**fields))
    given = dict(parse_qsl(urlsplit(links(visitor.get("/portfolio").body)[0]).query))
    asked = {**given, "no_passphrase": "yes", "kvk": "27322975", "locality": "A", "province": "B"}
    made, needs = visitor.post("/request", asked), PLACES[files]
    if needs == "folder":
        (folder,) = re.findall(r"Make the folder (\S+) first", Read(made).text)
        assert made.status == 422
        assert folder in Read(visitor.get(links(visitor.get("/portfolio").body)[0])).text, (
            "also before all is filled in"
        )
        Path(folder).mkdir(parents=True)
        made = visitor.post("/request", asked)
    assert made.status == 201, Read(made).text
    told = re.findall(r"add (\S+) to files", Read(made).text)
    assert len(told) == (needs == "entry"), Read(made).text
    for entry in told:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f"files = {files}", f"files = {files[:-1]}, {entry}]"), encoding="utf-8")
    after = run("--lang", "en", "status", "--connections", file, "--moment", MOMENT.isoformat()).told
    assert "create" not in after, "and status sees it"


@pytest.mark.parametrize("changed", [{"environment": "production"}, {"connection": "7"}, {"connection": "../../x"}])
def test_of_another_than_that_connection_it_comes_in_the_folder(tmp_path: Path, changed: dict[str, str]) -> None:
    fields = {"files": '["home/cert.*"]', "system": '"fsc"', "common_name": '"a.example.nl"', "dns": '["a.example.nl"]'}
    visitor, _ = visiting(tmp_path, connection(**fields))
    given = dict(parse_qsl(urlsplit(links(visitor.get("/portfolio").body)[0]).query)) | changed
    visitor.post("/request", {**given, "no_passphrase": "yes", "kvk": "27322975", "locality": "A", "province": "B"})
    assert [*(tmp_path / "home").iterdir()] == []


@pytest.mark.parametrize(("oin", "offered"), [(TEST_OIN, False), ("00000003273229750000", True)])
def test_what_would_be_refused_for_its_oin_is_not_offered(tmp_path: Path, oin: str, *, offered: bool) -> None:
    other = f'[organization.t]\noin = "{oin}"\nname = "T"\n' if not offered else ""
    name = '"a"' if offered else '"t"'
    visitor, _ = visiting(tmp_path, other + connection(organization=name, files='["home"]', environment='"production"'))
    assert bool(links(visitor.get("/portfolio").body)) == offered


@pytest.mark.parametrize("next_one", [False, True])
def test_where_the_next_one_lies_ready_no_other_is_offered(run: Command, tmp_path: Path, *, next_one: bool) -> None:
    """The page offers a key where the command line makes one: that step may also ask to use what lies there."""
    visitor, file = visiting(tmp_path, connection(files='["home"]', system='"fsc"'))
    ends = MOMENT + timedelta(days=20)
    (tmp_path / "home" / "old.pem").write_bytes(certificate(end=ends, serial=1) + CHAIN)
    if next_one:
        begin, end = MOMENT - timedelta(days=1), MOMENT + timedelta(days=390)
        (tmp_path / "home" / "new.pem").write_bytes(certificate(end=end, serial=2, start=begin) + CHAIN)
    told = run("--lang", "en", "status", "--connections", file, "--moment", MOMENT.isoformat()).told
    assert ("csr create" in told) is bool(links(visitor.get("/portfolio").body))
    assert ("csr create" in told) is not next_one
