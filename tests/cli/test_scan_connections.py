"""``scan --connections``: each certificate by the connection that claims it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking import Revocation
from pkitools.connections import claims_of, read_connections
from pkitools.portfolio.model import Standing
from pkitools.portfolio.risk import Risks
from pkitools_cli.commands.scan.text import first_step
from pkitools_cli.i18n import tr
from tests.connections.support import CHAIN, OTHER_OIN, certificate, connection, written
from tests.portfolio.support import judging, scanned
from tests.support.chains import crl, good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.schemas import assert_valid

AT = ("--moment", "2026-11-22T12:00:00Z")


def test_the_command_names_the_connection_and_what_none_claims(run: Command, tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "tls" / "a").mkdir(parents=True)
    (folder / "tls" / "a" / "own.pem").write_bytes(certificate() + CHAIN)
    (folder / "tls" / "other.pem").write_bytes(certificate(OTHER_OIN, "other.example.nl") + CHAIN)
    file = written(folder, connection(files='["tls/a"]') + connection(files='["gone"]', environment='"production"'))
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    given = ("--connections", file, "--trust", folder / "root.pem", *AT)
    ran = run("--lang", "en", "scan", folder / "tls", *given)
    assert "Judged for: Gemeente A, DigiD Machtigen, preproduction" in ran.told
    assert "1 certificate is claimed by no connection" in ran.told
    assert "no certificate was found: Gemeente A, DigiD Machtigen, production." in ran.told
    document = run("scan", *given, "--json").document  # of the places of the connections themselves
    assert_valid(document, "scan-v1")
    assert document["asked"] == [str(folder / "tls" / "a")]
    judged = [one["connection"] for each in document["certificates"] for one in each["judgements"]]
    assert judged == ["a/digid-machtigen/preproduction"]
    assert run("scan").code == 2
    (folder / "tls" / "a" / "own.pem").unlink()
    (folder / "tls" / "a").rmdir()
    assert run("scan", *given).code == 11, "nothing is there yet, and nothing was used wrongly"


@pytest.mark.parametrize("count", [0, 1])
def test_with_a_connection_of_which_nothing_was_found_something_has_to_be_done(tmp_path: Path, count: int) -> None:
    """A certificate with another OIN, and its key in a file of its own, is good and none of the connection."""
    chain = good_chain()
    (tmp_path / "own.pem").write_bytes(certificate(OTHER_OIN) + CHAIN)
    text = connection(files=f'["{tmp_path.as_posix()}"]', system='"digikoppeling"', environment='"production"')
    file = written(tmp_path, text)
    connections = read_connections(file.read_bytes(), str(file))
    claims = claims_of(connections)[:count]
    lists = tuple(crl(each) for each in (chain.tsp, chain.domain, chain.root))
    portfolio = scanned(tmp_path / "own.pem", asked=judging(claims=claims, revocation=Revocation(crls=lists)))
    assert [one.standing(portfolio.moment) for one in portfolio.judged] == [Standing.PASSED], portfolio.judged[
        0
    ].findings
    now = first_step(portfolio, Risks(), connections=connections if claims else None).sentence
    warned = tr("cli.scan.now.warned", place=str(tmp_path / "own.pem"))  # it names nowhere to ask for revocation
    assert now != tr("cli.scan.now.passed")
    assert (now == warned) is not bool(claims), now
    assert ("Gemeente A, Digikoppeling" in now) is bool(claims), now


@pytest.mark.parametrize(("tongue", "name"), [("nl", "preproductie"), ("en", "preproduction")])
def test_a_connection_is_called_alike_wherever_people_read_it(
    run: Command, tmp_path: Path, tongue: str, name: str
) -> None:
    """What it is called in documents for scripts is made of keys of the file, which only its writer knows."""
    (tmp_path / "own.pem").write_bytes(certificate() + CHAIN)
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    file = written(tmp_path, connection(files='["own.pem"]') + connection(files='["gone"]', environment='"production"'))
    forms = {"scan": ("html", "csv", "ics", "sarif", "xml", "md", "prom"), "status": ("csv", "ics", "md")}
    forms["plan"] = forms["status"]
    for command, ends in forms.items():
        reports = [tmp_path / f"{command}.{end}" for end in ends]
        trust = () if command == "plan" else ("--trust", tmp_path / "root.pem")
        to_write = (word for each in reports for word in ("--report", each))
        ran = run("--lang", tongue, command, "--connections", file, *trust, *AT, *to_write)
        texts = {command: ran.told} | {each.name: each.read_text(encoding="utf-8") for each in reports}
        for form, text in texts.items():
            unfolded = " ".join(text.replace("\n ", "").replace("\\,", ",").split())
            assert "a/digid-machtigen" not in unfolded, form
            if "Gemeente A" in unfolded:
                assert f"Gemeente A, DigiD Machtigen, {name}" in unfolded, form
        assert f"Gemeente A, DigiD Machtigen, {name}" in ran.told, command


SPELLINGS: Final = ("tls", "./tls", "tls/../tls/", "{folder}/tls", "{folder}/./tls//")


@pytest.mark.parametrize("in_file", SPELLINGS)
def test_however_a_place_is_spelled_the_same_is_told_of_it(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_file: str
) -> None:
    """What connections say of a certificate, and a key they name that fits nothing, hangs on no way of writing."""
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "own.pem").write_bytes(certificate() + CHAIN)
    (tmp_path / "tls" / "stray.key").write_bytes(_key())
    place = in_file.format(folder=tmp_path)
    files = f'["{place}", "{place.rstrip("/")}/stray.key"]'
    file = written(tmp_path, connection(files=files) + connection(files=files, environment='"production"'))
    monkeypatch.chdir(tmp_path)
    told = []
    for given in SPELLINGS:
        words = ["scan", given.format(folder=tmp_path), "--connections", file.name, "--json", *AT]
        document = run(*words).document
        judged = {one["connection"] for each in document["certificates"] for one in each["judgements"]}
        told.append((sorted(each["code"] for each in document["risks"]), judged))
    assert told[1:] == told[:-1]
    codes, judged = told[0]
    assert {"risk.certificate.two_environments", "risk.key.misfit"} <= set(codes)
    assert len(judged) == 2


def _key() -> bytes:
    """A private key of nobody here."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
