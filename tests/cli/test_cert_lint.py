"""``pkitools cert lint``: text in both languages, JSON by its schema, exit codes."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.certificates import AKI, POLICIES, Change, giving, made, policies, putting, setting
from tests.support.command import Command, under
from tests.support.der import integer, sequence, tlv
from tests.support.schemas import assert_valid
from tests.support.shared import shared

MOMENT = ("--moment", "2026-11-22T12:00:00Z")
G1_CHAIN = "samples/certificates/PrivateG1_lab.api.mijniconnect.nl_20251009.chain.pem"
G1_ALONE = "samples/certificates/PrivateG1_lab.api.mijniconnect.nl_20251009.pem"


@pytest.fixture
def run(run: Command) -> Any:
    return under(run, "cert", "lint")


def pem(folder: Path, name: str, profile: str, *changes: Change) -> str:
    body = base64.encodebytes(made(profile, *changes).der).decode()
    path = folder / name
    path.write_text(f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n")
    return str(path)


def test_a_good_certificate_passes(run: Any, tmp_path: Path) -> None:
    file = pem(tmp_path, "good.pem", "g4-tls")
    code, out, err = run(file, *MOMENT)
    assert (code, err) == (0, "")
    assert "g4-tls" in out
    assert "PASSED  api.voorbeeld.nl" in out


def test_a_bad_one_fails_and_says_what_to_do(run: Any, tmp_path: Path) -> None:
    file = pem(tmp_path, "bad.pem", "g4-tls", giving("OU", "ICT"))
    code, out, _ = run(file, *MOMENT)
    assert code == 10
    assert "[por.subject.organizational_unit]" in out
    assert "→ Request the certificate without OU." in out
    assert "Minutes of TO Digikoppeling 2026-06-18" in out


def test_dutch(run: Any, tmp_path: Path) -> None:
    file = pem(tmp_path, "bad.pem", "g4-tls", giving("OU", "ICT"))
    _, out, _ = run(file, *MOMENT, lang="nl")
    assert "NIET GESLAAGD" in out
    assert "Het subject bevat een OU" in out
    assert "certificaat van een eindgebruiker" in out


def test_json_by_its_schema(run: Any, tmp_path: Path) -> None:
    good, bad = pem(tmp_path, "a.pem", "g4-tls"), pem(tmp_path, "b.pem", "g1-server", setting("serial", integer(0)))
    code, out, _ = run(good, bad, *MOMENT, "--json", "--environment", "production", "--for", "digikoppeling")
    document = json.loads(out)
    assert_valid(document, "cert-lint-v2")
    assert code == 10
    verdicts = [(r["file"], r["profile"], r["report"]["verdict"]) for r in document["results"]]
    assert verdicts == [(good, "g4-tls", "passed"), (bad, "g1-server", "failed")]
    assert document["results"][1]["report"]["environment"] == "production"
    assert document["results"][1]["report"]["system"] == "digikoppeling"


def test_fail_on(run: Any, tmp_path: Path) -> None:
    file = pem(tmp_path, "notice.pem", "g1-server", giving("L", "Voorbeeld"))
    assert run(file, *MOMENT)[0] == 0
    assert run(file, *MOMENT, "--fail-on", "warning")[0] == 0
    assert run(file, *MOMENT, "--fail-on", "notice")[0] == 12


def test_the_profile_of_choice(run: Any, tmp_path: Path) -> None:
    file = pem(tmp_path, "g3.pem", "g1-server", putting(POLICIES, policies("2.16.528.1.1003.1.2.5.6")))
    assert "por.g1.policy" not in run(file, *MOMENT)[1]
    assert "por.g1.policy" in run(file, *MOMENT, "--profile", "g1-server")[1]


@pytest.mark.parametrize("option", [("--profile", "g5"), ("--for", "nobody")])
def test_a_name_nobody_knows_is_a_usage_error(run: Any, tmp_path: Path, option: tuple[str, str]) -> None:
    code, out, err = run(pem(tmp_path, "a.pem", "g4-tls"), *option)
    assert (code, out) == (2, "")
    assert option[1] in err


def test_no_file_and_no_certificate_cannot_be_judged(run: Any, tmp_path: Path) -> None:
    assert run(str(tmp_path / "absent.pem"))[0] == 1
    (tmp_path / "text.pem").write_text("nothing here")
    code, out, err = run(str(tmp_path / "text.pem"))
    assert (code, out) == (1, "")
    assert err


def test_a_key_that_comes_back_is_named(run: Any, tmp_path: Path) -> None:
    old = pem(tmp_path, "old.pem", "g1-server")
    new = pem(tmp_path, "new.pem", "g1-server", setting("serial", integer(1 << 100)))
    code, out, _ = run(old, new, *MOMENT)
    assert code == 0
    assert out.count("[por.key.renewed]") == 2
    assert run(old, new, *MOMENT, "--fail-on", "warning")[0] == 12


def test_a_whole_chain_is_judged_each_by_its_role(run: Any) -> None:
    code, out, _ = run(str(shared(G1_CHAIN)), *MOMENT, "--json")
    document = json.loads(out)
    assert_valid(document, "cert-lint-v2")
    assert code == 0
    roles = [result["role"] for result in document["results"]]
    assert roles[0] == "end_entity"
    assert set(roles[1:]) == {"intermediate", "trust_anchor"}
    assert all(not r["report"]["not_checked"] for r in document["results"])


def test_the_issuer_pkitools_holds_is_used_when_the_file_has_none(run: Any) -> None:
    _, out, _ = run(str(shared(G1_ALONE)), *MOMENT, "--json")
    report = json.loads(out)["results"][0]["report"]
    assert report["not_checked"] == []
    assert "rfc5280.authority_key_identifier.matches_issuer" in report["met"]


def test_an_issuer_of_the_same_name_and_another_key_is_not_it(run: Any, tmp_path: Path) -> None:
    stranger = pem(tmp_path, "x.pem", "g4-tls", putting(AKI, sequence(tlv(0x80, b"\x09" * 20))))
    _, out, _ = run(stranger, *MOMENT, "--json")
    reasons = {o["reason"] for o in json.loads(out)["results"][0]["report"]["not_checked"]}
    assert reasons == {"no_issuer"}


def test_hostile_names_do_not_reach_the_terminal(run: Any, tmp_path: Path) -> None:
    file = pem(tmp_path, "hostile.pem", "g1-server", giving("CN", "a\x1b[31m\u202eb\nERROR: c"))
    code, out, _ = run(file, *MOMENT)
    assert code == 10
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[advice.names.control_characters]" in out
    assert not any(line.startswith("ERROR: c") for line in out.splitlines())
