"""``csr create --from``: everything that is wrong is said at once, and what is perhaps wrong before there is a key."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import Command, Ran
from tests.support.requests import pooled_key

OIN = "00000003273229750000"
OTHER = "00000001003214345000"
FOR = ("--for", "digid-machtigen", "-e", "production", "--tsp", "kpn")
PLACE = ("--locality", "Utrecht", "--province", "Utrecht")

Batch = Callable[..., Ran]


@pytest.fixture
def batch(run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Batch:
    monkeypatch.setattr("pkitools.requests.making.generate_key", pooled_key)
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)

    def call(rows: list[dict[str, str]], *options: str) -> Ran:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        lines = [";".join(columns), *(";".join(row.get(name, "") for name in columns) for row in rows)]
        Path("t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return run("--lang", "en", "csr", "create", "--from", "t.csv", "--out-dir", "o", "--no-passphrase", *options)

    return call


def row(name: str, **more: str) -> dict[str, str]:
    usual = {"common_name": f"{name.strip() or 'x'}.example.nl".replace(" ", "-"), "oin": OIN, "organization": "G"}
    return {"name": name, **usual, **more}


def without(name: str, *fields: str) -> dict[str, str]:
    return {key: value for key, value in row(name).items() if key not in fields}


FAULTS: list[tuple[list[dict[str, str]], tuple[str, ...], tuple[str, ...]]] = [
    (
        [without("a", "oin", "organization", "common_name"), row("b")],
        FOR,
        (
            "a: No OIN was given",
            "a: The profile g1-server requires the organisation's name",
            "common_name is missing",
        ),
    ),
    (
        [row("a", oin="1822477348000", common_name="https://x.example.nl"), row("b", organization="x" * 65)],
        FOR,
        (
            "00000001822477348000",
            "b: O may have at most 64",
            "a: https://x.example.nl is a web address",
        ),
    ),
    (
        [row("a", oin=f"{OIN[:-1]}X", common_name="https://x.example.nl", locality="x" * 129)],
        FOR,
        ("a: ", "https://x.example.nl", "a: L may have at most 128"),
    ),
    (
        [row("a", **{"for": "nobody"}), row("b", oin=OTHER[:-1]), row("c"), row("C")],
        (*FOR, *PLACE),
        ("a: There is no system named nobody", "b: oin is", "c: More than one request is called c"),
    ),
    (
        [row("my api"), row("b", locality="", common_name="a b")],
        (*FOR, *PLACE),
        ("Call it my-api, for one", "b: a b is not a full DNS name"),
    ),
    ([row(f"n {number}") for number in range(60)], (*FOR, *PLACE), ("n-0,", "… and 57 more of these: n 3, n 4")),
    ([row(f"n{number}", **{"for": "rdw"}) for number in range(60)], (), ("n0, n1, n2, n3, n4 … (+55): ",)),
]


@pytest.mark.slow
def test_everything_that_is_wrong_is_said_at_once_and_no_more_than_once(batch: Batch, tmp_path: Path) -> None:
    for rows, options, told in FAULTS:
        ran = batch(rows, *(options or ("-e", "production")))
        assert ran.code == 2, ran.err
        assert all(part in ran.err for part in told), (told, ran.err)
        assert len(ran.err.splitlines()) <= 10, ran.err
        assert {path.name for path in tmp_path.iterdir()} == {"t.csv"}


DOUBTS: list[tuple[list[dict[str, str]], str]] = [
    (
        [
            row("a", organization="Gemeente A"),
            row("b", organization="Gemeente B"),
            row("c", organization="gemeente  a"),
        ],
        f"OIN {OIN} stands with 2 organisations: Gemeente A, Gemeente B.",
    ),
    ([row("a"), row("b", common_name="A.example.nl")], "a.example.nl stands with 2 requests: a, b."),
]
RIGHT = [
    [row("a"), row("b")],
    [row("a", organization="A"), row("b", organization="B", oin=OTHER)],
    [row("a"), row("b", common_name="a.example.nl", environment="preproduction")],
]


@pytest.mark.slow
def test_what_is_perhaps_wrong_is_said_before_there_is_a_key_and_what_is_usual_is_not(batch: Batch) -> None:
    for rows, told in DOUBTS:
        ran = batch(rows, "--profile", "g4-tls", "-e", "production", "--force")
        assert (ran.code, told in ran.err) == (0, True), ran.err
        assert ran.err.index(told) < ran.err.index("[1/")
    for rows in RIGHT:
        ran = batch(rows, "--profile", "g4-tls", "-e", "production", "--force")
        assert (ran.code, "stands with" in ran.err) == (0, False), ran.err


def workbook(*files: str, stored: bool = True) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(file, "application/vnd.oasis.opendocument.spreadsheet" if file == "mimetype" else "<x/>")
    return held.getvalue()


WORKBOOKS = {
    "xlsx": workbook("[Content_Types].xml", "xl/workbook.xml", stored=False),
    "xlsb": workbook("[Content_Types].xml", "xl/workbook.bin"),
    "ods": workbook("mimetype", "content.xml"),
    "xls": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "Workbook".encode("utf-16-le"),
}


def test_a_workbook_is_called_one_and_another_archive_is_not(run: Command, tmp_path: Path) -> None:
    for suffix, data in {**WORKBOOKS, "zip": workbook("a.txt")}.items():
        file = tmp_path / f"t.{suffix}"
        file.write_bytes(data)
        ran = run("--lang", "nl", "csr", "create", "--from", file, "--out-dir", tmp_path / "o", "--no-passphrase")
        assert (ran.code, "Bewaar het blad met de aanvragen als CSV UTF-8" in ran.err) == (1, suffix != "zip"), ran.err
