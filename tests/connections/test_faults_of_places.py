"""What is wrong where a certificate lies is no fault of the certificate, and the command that is told shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509 import load_pem_x509_certificate

from pkitools.connections import ConnectionStatus, Step, StepState, StepStatus, claims_of, read_connections
from pkitools.connections.described import in_short
from pkitools.documents import cite
from pkitools.findings import Rule, Severity, Verdict, Violated, outcome
from pkitools.frozen import replace
from pkitools.messages import LANGUAGES, Detail, Language
from pkitools.portfolio.model import Standing
from pkitools.portfolio.risk import Risks
from pkitools.reports.portfolio.telling import deciding
from pkitools_cli.commands.scan.text import first_step
from pkitools_cli.commands.status.commands import command_for
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, OTHER_OIN, _key, certificate, connection, held
from tests.portfolio.support import judging, scanned
from tests.support.chains import EKU, MOMENT, authority, crl, good_chain
from tests.support.command import Command
from tests.support.deliveries import corrupt, pem
from tests.support.metadata import Holder, descriptor, entity, role, signed
from tests.support.requests import pooled_key

__all__ = ["run"]  # a fixture

IN_USE: Final = {"sent": "2026-11-01", "tested": "2026-11-02"}
NEXT: Final = datetime(2027, 12, 1, tzinfo=UTC)


@cache
def holder() -> Holder:
    return Holder(_key(), load_pem_x509_certificate(certificate()))


def metadata(
    held: Holder, oin: str = OIN, *, is_signed: bool = True, attributes: str = 'cacheDuration="PT24H"'
) -> bytes:
    """Metadata of a service of ST-SAML, as a good one would make them."""
    keys = descriptor(held) + descriptor(held, use="encryption")
    entity_id = f"urn:nl-eid-gdi:1.0:DV:{oin}:entities:9001"
    text = entity(entity_id=entity_id, roles=role(keys=keys), attributes=attributes)
    return signed(text, held) if is_signed else text.encode()


@cache
def of_metadata() -> dict[str, tuple[bytes, str, bool]]:
    """Metadata of a good certificate: them, how the step stands, and whether the connection is failed for them."""
    own = holder()
    return {
        "good": (metadata(own), "done", False),
        "unsigned": (metadata(own, is_signed=False), "refused", True),
        "of another": (metadata(own, OTHER_OIN), "refused", True),
        "of another, unsigned": (metadata(own, OTHER_OIN, is_signed=False), "refused", True),
        "tampered with": (metadata(own).replace(b"dienst.example.nl", b"dienst.example.nI"), "refused", True),
        "over": (metadata(own, attributes='validUntil="2026-01-01T00:00:00Z"'), "over", True),
        "undated": (metadata(own, attributes='validUntil="gisteren"'), "undated", True),
    }


def told(one: ConnectionStatus, step: Step) -> StepStatus:
    found = one.of(step)
    assert found is not None
    return found


def key() -> bytes:
    return _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@cache
def another_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m").mkdir()
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    return tmp_path


def lying(folder: Path, files: dict[str, bytes], **fields: str) -> ConnectionStatus:
    for name, data in files.items():
        (folder / "m" / name).write_bytes(data)
    (one,) = held(folder, connection(**{"files": '["m"]', **IN_USE, **fields})).statuses
    return one


@pytest.mark.slow
@pytest.mark.parametrize("is_alone", [False, True])
@pytest.mark.parametrize("case", of_metadata())
def test_what_is_wrong_with_metadata_is_told_of_them_and_nothing_is_ordered_for_it(
    folder: Path, run: Command, case: str, *, is_alone: bool
) -> None:
    """Whoever receives metadata refuses them for more than the certificate in them: a new one mends none of that."""
    data, why, is_failed = of_metadata()[case]
    own = holder().certificate.public_bytes(Encoding.PEM)
    one = lying(folder, {"sp.xml": data, "chain.pem": CHAIN} | ({} if is_alone else {"own.pem": own + CHAIN}))
    step = told(one, Step.METADATA)
    assert step.code == f"connections.metadata.{why}", step
    assert (step.state is StepState.DONE) is (case == "good")
    assert told(one, Step.VERDICT).state is StepState.DONE, told(one, Step.VERDICT)
    assert told(one, Step.RENEWAL).code == "connections.renewal.later"
    assert one.verdict is (Verdict.FAILED if is_failed else Verdict.PASSED)
    at = ("--moment", "2026-11-22T12:00:00Z", "--trust", folder / "root.pem")
    ran = run("--lang", "en", "status", "--connections", folder / "connections.toml", *at, "--verbose")
    assert ran.code == (10 if is_failed else 0)
    assert "rder" not in ran.told.partition("Verdict")[2], "nothing is to be ordered"
    assert ("1 done." in ran.told) is (case == "good")
    assert (f"metadata check {folder / 'm' / 'sp.xml'}" in ran.told.replace(" \\ ", " ")) is (case != "good")
    assert run("metadata", "check", folder / "m" / "sp.xml", *USE, *at, "--chain", folder / "m").code == ran.code


USE: Final = ("--for", "digid-machtigen", "-e", "preproduction")


def of_files() -> dict[str, dict[str, bytes]]:
    """A good certificate in files of which one is wrong, or not good itself."""
    strange, mine = pooled_key().pem(None), holder().certificate.public_bytes(Encoding.PEM)
    wrong = pem(authority("TSP", good_chain().domain, path_length=0, own_key=another_key()).der)
    return {
        "strange key": {"own.pem": mine + CHAIN + strange},
        "strange key in one of two": {"own.pem": mine + CHAIN + key(), "copy.pem": mine + CHAIN + strange},
        "wrong chain in one of two": {"own.pem": mine + CHAIN, "copy.pem": mine + wrong},
        "wrong chain": {"own.pem": mine + wrong},
        "no chain": {"own.pem": mine},
        "not begun": {"own.pem": certificate(start=NEXT) + CHAIN},
        "another use": {"own.pem": certificate(extensions={EKU: (True, b"\x05\x00")}) + CHAIN},
        "revoked": {"own.pem": certificate(serial=3) + CHAIN, "tsp.crl": crl(good_chain().tsp, 3)},
        "revoked, its chain elsewhere": {
            "own.pem": certificate(serial=3),
            "c.pem": CHAIN,
            "tsp.crl": crl(good_chain().tsp, 3),
        },
        "strange beside it": {"own.pem": mine + CHAIN, "other.pem": certificate(OTHER_OIN) + key() + CHAIN},
        "wrong beside it": {"own.pem": mine + CHAIN, "old.pem": certificate(serial=9) + CHAIN + strange},
        **{case: {"own.pem": mine + CHAIN, "sp.xml": data} for case, (data, _, _) in of_metadata().items()},
        **{f"{case}, alone": {"sp.xml": data, "c.pem": CHAIN} for case, (data, _, _) in of_metadata().items()},
    }


def reason(step: StepStatus) -> str | None:
    """The code of the finding that a step gives as its reason."""
    found = step.params.get("reason")
    return found.code.removeprefix("report.reason.") if isinstance(found, Detail) else None


ENDS: Final = {"over": "file.metadata.expired", "undated": "file.metadata.until"}


@pytest.mark.slow
@pytest.mark.parametrize("case", of_files())
def test_the_command_that_status_tells_shows_what_is_told(folder: Path, run: Command, case: str) -> None:
    """Whoever runs it finds the reason that was told, and a verdict that is not good."""
    one = lying(folder, of_files()[case])
    at = ["--trust", str(folder / "root.pem")]
    seen = 0
    for step in one.steps:
        words = command_for(one, step, at, moment=MOMENT)
        if words is None or words[1] != "check" or step.code == "connections.metadata.other":
            continue
        ran = run(*words, "--moment", "2026-11-22T12:00:00Z", "--json")
        code = reason(step) or ENDS.get(step.code.rpartition(".")[2])
        assert ran.code not in {0, 1, 2}, (step, words)
        assert code is None or f'"{code}"' in ran.out, (step, words)
        seen += 1
    assert (seen > 0) is (one.verdict is not Verdict.PASSED), one.steps
    verdict = told(one, Step.VERDICT)
    is_ordered = any(
        told(one, step).state in {StepState.NOW, StepState.LATE} for step in (Step.RENEWAL, Step.CERTIFICATE)
    )
    assert is_ordered is (verdict.code == "connections.verdict.failed"), one.steps


@pytest.mark.slow
@pytest.mark.parametrize("case", of_files())
@pytest.mark.parametrize("is_claimed", [False, True])
def test_the_command_that_scan_tells_shows_what_is_told(
    folder: Path, run: Command, case: str, *, is_claimed: bool
) -> None:
    lying(folder, of_files()[case])
    at = ["--trust", str(folder / "root.pem")]
    file = folder / "connections.toml"
    claims = claims_of(read_connections(file.read_bytes(), str(file))) if is_claimed else ()
    question = judging() if is_claimed else judging(environment="preproduction", systems=("digid-machtigen",))
    portfolio = scanned(folder / "m", asked=replace(question, claims=claims))
    first = next((one for standing, one in portfolio.in_order() if standing is Standing.FAILED), None)
    given = {None: at, **{claim.name: ["--oin", claim.oin, *at] for claim in claims}}
    now = first_step(portfolio, Risks(), given)
    if first is None:
        return
    decides = deciding(first)
    assert decides is not None
    assert now.words is not None, case
    ran = run(*now.words, "--moment", "2026-11-22T12:00:00Z", "--json")
    assert ran.code not in {0, 1, 2}, now.words
    assert f'"{decides.rule.code}"' in ran.out, (decides, now.words)


@pytest.mark.slow
@pytest.mark.parametrize("case", ["good", "unsigned", "tampered with"])
def test_a_check_of_the_certificates_in_metadata_is_not_read_as_one_of_the_metadata(
    folder: Path, run: Command, case: str
) -> None:
    """It is a note and no alarm: the exit code is that of the certificates, in every form that says they passed."""
    (folder / "sp.xml").write_bytes(of_metadata()[case][0])
    (folder / "chain.pem").write_bytes(CHAIN)
    at = ("--moment", "2026-11-22T12:00:00Z", "--trust", folder / "root.pem", "--chain", folder / "chain.pem")
    asked = (folder / "sp.xml", *USE, *at)
    for tongue, words in {"nl": "de metadata zelf niet beoordeeld", "en": "the metadata themselves not judged"}.items():
        whole = run("--lang", tongue, "cert", "check", *asked, "--report", folder / f"{tongue}.html")
        quiet = run("--lang", tongue, "cert", "check", *asked, "--quiet")
        assert whole.code == quiet.code == 0
        assert words in whole.told.partition("host.example.nl")[0], "in the first line"
        assert words in quiet.told
        assert words in (folder / f"{tongue}.html").read_text(encoding="utf-8")
        told_of = whole.told.replace(" \\ ", " ")
        assert f"pkitools metadata check {folder / 'sp.xml'} {' '.join(USE)}" in told_of
    assert '"file.metadata.certificates"' in run("cert", "check", *asked, "--json").out
    judged = run("metadata", "check", *asked, "--json")
    assert judged.code == (0 if case == "good" else 10)
    assert "file.metadata.certificates" not in judged.out
    assert "metadata check" not in run("cert", "check", folder / "root.pem", *USE, *at).told


LYING: Final = ("nothing", "strange", "another's", "own")
GAPS: Final = {"none": None, "unread": corrupt(), "missing": b"ssl_certificate gone.pem;\n", "locked": None}


@pytest.mark.slow
@pytest.mark.parametrize("gap", GAPS)
def test_what_makes_a_connection_failed_is_told(folder: Path, gap: str) -> None:
    """The product of what lies at its places, what cannot be read there, and the days it states."""
    (folder / "m" / "n.pem").write_bytes(GAPS[gap] or b"") if gap == "unread" else None
    (folder / "m" / "nginx.conf").write_bytes(GAPS["missing"] or b"") if gap == "missing" else None
    if gap == "locked":
        (folder / "m" / "k.p12").write_bytes(locked())
    for case in LYING:
        lying_there = {
            "nothing": b"",
            "strange": certificate(OTHER_OIN) + key() + CHAIN,
            "another's": certificate(OTHER_OIN) + CHAIN,
            "own": holder().certificate.public_bytes(Encoding.PEM) + CHAIN,
        }[case]
        for days in ({}, {"live": "2026-01-01"}, {"ordered": "2026-01-01"}):
            one = lying(folder, {"c.pem": lying_there} if lying_there else {}, **days)
            asks = [step for step in one.steps if step.state in {StepState.LATE, StepState.NOW}]
            found = (case, days, one.verdict, [(step.code, step.state) for step in one.steps])
            assert asks or one.verdict is not Verdict.FAILED, found
            if gap != "none" and case in {"nothing", "own"}:
                step = told(one, Step.CERTIFICATE if case == "nothing" else Step.VERDICT)
                assert step.code.endswith(gap), found
                assert (step.params["named_by"] != "") is (gap == "missing")


def locked() -> bytes:
    """A keystore that a passphrase opens."""
    own = load_pem_x509_certificate(certificate(cn="locked.example.nl"))
    return serialize_key_and_certificates(b"a", _key(), own, None, BestAvailableEncryption(b"geheim"))


@pytest.mark.parametrize("gap", ["none", "missing", "locked"])
@pytest.mark.parametrize("command", ["status", "plan"])
def test_a_passphrase_is_asked_only_where_one_is_needed(folder: Path, run: Command, command: str, gap: str) -> None:
    """And a name that points to nothing is told with who names it."""
    if gap == "missing":
        (folder / "m" / "nginx.conf").write_bytes(GAPS["missing"] or b"")
    if gap == "locked":
        (folder / "m" / "k.p12").write_bytes(locked())
    lying(folder, {})
    words = (command, "--connections", folder / "connections.toml", "--moment", "2026-11-22T12:00:00Z")
    for tongue in ("nl", "en"):
        told_of = run("--lang", tongue, *words).told
        assert ("--passphrase-file" in told_of.rpartition("Nu:" if tongue == "nl" else "Now:")[2]) is (gap == "locked")
        assert ("nginx.conf" in told_of) is (gap == "missing"), told_of


def test_of_which_connections_no_key_was_seen_is_told_by_name(folder: Path, run: Command) -> None:
    own = holder().certificate.public_bytes(Encoding.PEM)
    closed = _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"geheim"))
    words = ("--lang", "en", "status", "--moment", "2026-11-22T12:00:00Z", "--trust", folder / "root.pem")
    for files, is_seen, is_closed in (
        ({}, False, False),
        ({"k.key": closed}, False, True),
        ({"k.key": key()}, True, False),
    ):
        lying(folder, {"own.pem": own + CHAIN, **files})
        told_of = run(*words, "--connections", folder / "connections.toml").told
        seen = "key that fits the certificate was not seen: Gemeente A, DigiD Machtigen, preproduction." not in told_of
        assert seen is is_seen, files
        assert ("--passphrase-file" in told_of) is is_closed, files


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_rule_of_ones_own_the_reason_is_its_name_in_words(language: Language) -> None:
    """Its sentences are with the rule, and not among ours: its code alone would say nothing of whose it is."""
    words = dict.fromkeys(("title", "message", "remedy"), "x")
    rule = Rule("own.example", Severity.ERROR, cite("pkitools"), texts=dict.fromkeys(LANGUAGES, words))
    told_of = in_short(outcome(rule, Violated())).in_language(language)
    assert told_of == {"nl": "uw eigen regel own.example", "en": "your own rule own.example"}[language]
