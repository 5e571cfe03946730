"""``csr check`` of many closes with a table and a line that counts, as ``cert check`` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkitools.requests.keys import to_pem
from pkitools_cli.lines import columns
from tests.support.command import Command
from tests.support.requests import pooled_key, request

KIND = "CERTIFICATE REQUEST"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "two.csr").write_bytes(to_pem(KIND, request()) + to_pem(KIND, request()))
    (tmp_path / "cut.csr").write_bytes(to_pem(KIND, request()[:-40]))
    return tmp_path


@pytest.mark.parametrize(
    ("language", "count", "unread"),
    [
        ("nl", "2 aanvragen beoordeeld: 2 {}, 1 bestand niet beoordeeld.", "NIET BEOORDEELD"),
        ("en", "2 requests judged: 2 {}, 1 file not judged.", "NOT JUDGED"),
    ],
    ids=["nl", "en"],
)
@pytest.mark.parametrize("profile", ["g4-tls", "uzi-server"])
def test_many_requests_close_with_a_row_for_each_and_a_count(
    run: Command, folder: Path, language: str, count: str, unread: str, profile: str
) -> None:
    asked = ("--lang", language, "csr", "check", "--profile", profile)
    ran = run(*asked, folder)
    verdict = {each["report"]["verdict"] for each in run(*asked, folder, "--json").document["results"]}
    assert verdict == {"passed" if profile == "g4-tls" else "failed"}
    word = {"nl": {"passed": "geslaagd", "failed": "niet geslaagd"}}.get(language, {}).get(*verdict, *verdict)
    at = ran.lines.index(count.format(word))
    head, *rows = ran.lines[at - 5 : at - 1]
    assert head.split()[0] in {"Bestand", "File"}
    starts = [row[head.index("Oordeel" if language == "nl" else "Verdict") :] for row in rows]
    assert [row.split()[0] for row in rows] == ["two.csr", "two.csr", "cut.csr"]
    assert ["#1" in rows[0], "#2" in rows[1]] == [True, True]
    assert [each.startswith(word.upper()) for each in starts] == [True, True, False]
    assert starts[2].startswith(unread)
    if profile == "g4-tls":  # nothing is wrong with what was read, and it is not all
        assert "cut.csr" in ran.told.partition("Nu:" if language == "nl" else "Now:")[2]
    assert all(len(row) <= columns() for row in (head, *rows))


def test_one_request_has_no_table(run: Command, tmp_path: Path) -> None:
    (tmp_path / "one.csr").write_bytes(to_pem(KIND, request()))
    out = run("csr", "check", tmp_path / "one.csr").out
    assert "Verdict" not in out
    assert "judged" not in out


@pytest.mark.parametrize("name", ["one.key", "privkey.pem", "another.key"])
@pytest.mark.parametrize("opened", [False, True])
def test_a_key_beside_a_request_that_stays_closed_is_told_to_be_compared_with_nothing(
    run: Command, tmp_path: Path, name: str, opened: bool
) -> None:
    key = pooled_key("rsa:2048")
    (tmp_path / "one.csr").write_bytes(to_pem(KIND, request(key=key)))
    (tmp_path / name).write_bytes(key.pem(b"geheim123"))
    (tmp_path / name).chmod(0o600)
    options = ("--passphrase-env", "NAME") if opened else ()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NAME", "geheim123")
        found = run("csr", "check", tmp_path, *options, "--json").document["results"][0]["report"]
    codes = [each["code"] for each in found["findings"]]
    # a key under a name of its own may be of anything
    is_told = not opened and name != "another.key"
    assert ("received.private_key.compared" in codes) is is_told
    assert found["verdict"] == "passed"
    said = run("csr", "check", tmp_path).told.replace(" ", "")  # a long path is split where a line ends
    assert (f"{tmp_path / name}(PKCS#8)" in said) is (name != "another.key")
