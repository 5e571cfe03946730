"""What ``status`` tells to run is seen by the next ``status``, which tells the step after it: the work ends."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from itertools import pairwise, product
from pathlib import Path

import pytest

from pkitools.connections import hold, read_connections
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.ordering import NoChoiceError, choice_of, plan_order, plan_self_signed
from pkitools.systems import systems
from pkitools_cli.commands.status.commands import command_for
from tests.cli.test_connections import commands
from tests.connections.support import CHAIN, OIN, OTHER_OIN, certificate, connection, written
from tests.portfolio.support import judging
from tests.support.chains import crl, good_chain
from tests.support.command import Command
from tests.support.deliveries import pem

AT = ("--moment", "2026-11-22T12:00:00Z")
ENDS = datetime(2026, 12, 10, tzinfo=UTC)
SECRET = "a long enough secret"
NAMED = {"common_name": '"host.example.nl"'}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a folder ``f`` in it, the root of the test chain, and the passphrase under the placeholder."""
    (tmp_path / "f").mkdir()
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    secret = tmp_path / "FILE"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(run: Command) -> tuple[list[list[str]], str]:
    """The commands that are told, and all of the text as one line."""
    ran = run("status", "--trust", "root.pem", *AT)
    return commands(ran.out), " ".join(ran.out.split())


def creating(told: list[list[str]]) -> list[list[str]]:
    """Those that make a key."""
    return [words for words in told if words[:2] == ["csr", "create"]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "is_seen"),
    [
        ('["f"]', True),
        ('["."]', True),
        ('["f/host.*"]', True),
        ('["f/h*"]', True),
        ('["f/*"]', True),
        ('["*/host*"]', True),
        ('["f/*.pem", "f/*.csr", "f/*.key"]', True),
        ('["f/host.pem", "f/next.pem", "f/next.key", "f/next.csr"]', True),
        ('["f/host.pem"]', False),
        ('["f/host.pem", "f/*.key"]', False),
    ],
)
@pytest.mark.parametrize("has_one", [True, False])
def test_what_comes_of_what_is_told_is_seen(
    run: Command, folder: Path, files: str, is_seen: bool, has_one: bool
) -> None:
    fields = {**NAMED, "files": files}
    if has_one:
        (folder / "f" / "host.pem").write_bytes(certificate(end=ENDS) + CHAIN)
    else:
        fields["live"] = "2026-12-01"
    written(folder, connection(**fields))
    first, text = told(run)
    (words,) = creating(first)
    _, is_told, rest = text.partition("Then add ")
    assert bool(is_told) is not is_seen
    assert run(*words, *AT).code == 0
    if is_told:
        entry = rest.partition(" to files of")[0]
        written(folder, connection(**{**fields, "files": files.replace("]", f", {entry}]")}))
    then, text = told(run)
    assert not creating(then), text
    (looking,) = [words for words in then if words[:2] == ["csr", "check"]]
    assert Path(looking[2]) == Path(words[-1] + ".csr")
    assert run(*looking).code in {0, 11}


@pytest.mark.slow
def test_what_init_writes_sees_what_comes(run: Command, folder: Path) -> None:
    (folder / "f" / "host.pem").write_bytes(certificate(end=ENDS) + CHAIN)
    assert run("init", "f", "--for", "digid-machtigen", "--out", "connections.toml", *AT).code in {0, 11}
    (words,) = creating(told(run)[0])
    assert run(*words, *AT).code == 0
    then, text = told(run)
    assert not creating(then), text
    assert ["csr", "check", f"{words[-1]}.csr"] in [each[:3] for each in then]


@pytest.mark.parametrize("other", [{}, {"organization": '"b"'}])
@pytest.mark.parametrize("files", ['["f"]', '["f/host.*"]', '["f/host.pem"]', '["no/*"]'])
def test_what_is_told_of_several_goes_to_places_of_their_own(
    run: Command, folder: Path, files: str, other: dict[str, str]
) -> None:
    second = f'[organization.b]\noin = "{OTHER_OIN}"\nname = "Gemeente B"\n'
    names = [{"common_name": f'"{name}.example.nl"', "files": files} for name in ("one", "two", "three")]
    written(folder, second + "".join(connection(**each, **(other if at else {})) for at, each in enumerate(names)))
    targets = [words[-1] for words in creating(told(run)[0])]
    assert len(targets) == len(set(targets)) == 3
    run("status", "--trust", "root.pem", *AT, "--report", "work.md")
    text = (folder / "work.md").read_text(encoding="utf-8")
    assert all(shlex.join(["--out", target]) in text for target in targets)


def test_a_pattern_that_would_take_in_what_is_of_another_is_not_written(run: Command, folder: Path) -> None:
    (folder / "f" / "host.pem").write_bytes(certificate() + CHAIN)
    (folder / "f" / "host.b.pem").write_bytes(certificate(OTHER_OIN, "b.example.nl") + CHAIN)
    run("init", "f", "--for", "digid-machtigen", "--out", "connections.toml", *AT)
    text = (folder / "connections.toml").read_text(encoding="utf-8")
    assert 'files = ["f/host.pem"]' in text
    assert 'files = ["f/host.b.pem", "f/host.b.*"]' in text


@pytest.mark.parametrize("files", ['["f"]', '["f/host.pem"]'])
def test_a_public_part_that_was_made_is_not_told_again(
    run: Command, folder: Path, files: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another certificate under the same name it is."""
    (folder / "f" / "host.pem").write_bytes(certificate() + CHAIN)
    written(folder, connection(**NAMED, files=files))
    (words,) = [words for words in told(run)[0] if words[:2] == ["export", "public"]]
    assert run(*words, *AT).code == 0
    for language in ("en", "nl"):
        monkeypatch.setenv("PKITOOLS_LANG", language)
        then, text = told(run)
        assert not [words for words in then if words[:2] == ["export", "public"]], text
        assert "f/host-public.pem" in text
    monkeypatch.setenv("PKITOOLS_LANG", "en")
    (folder / "f" / "host.pem").write_bytes(certificate(serial=7) + CHAIN)
    then, _ = told(run)
    assert [words for words in then if words[:2] == ["export", "public"]]


WAITING = {
    "first": ({"files": '["f/dk2.*"]', "ordered": "2026-11-20", "live": "2026-12-20"}, True),
    "next": ({"files": '["f/host.pem", "f/next.*"]', "ordered": "2026-11-20"}, True),
    "nothing ordered": ({"files": '["f/dk2.*"]', "live": "2027-12-20"}, False),
    "served": ({"files": '["f/host.pem", "f/gone.*"]'}, None),
}


@pytest.mark.parametrize("days", [None, 20])
@pytest.mark.parametrize("case", WAITING)
def test_whoever_only_waits_is_told_for_what_and_not_to_forget_it(
    run: Command, folder: Path, case: str, days: int | None
) -> None:
    fields, waits = WAITING[case]
    (folder / "f" / "host.pem").write_bytes(certificate(end=datetime(2027, 11, 1, tzinfo=UTC)) + CHAIN)
    tsp = "" if days is None else f'tsp = "kpn"\n[tsp.kpn]\ndelivery = {days}\n'
    done = {"sent": "2026-11-20", "tested": "2026-11-20"} if "host" in fields["files"] else {}  # who has one
    written(folder, tsp + connection(**{**NAMED, "system": '"mijnoverheid"', **done, **fields}))
    text = told(run)[1]
    assert ("Take them out of files" in text) is (waits is None), text
    assert ("Wait for the delivery" in text) is (waits is True), text
    if waits:
        expected = "ordered on 20 Nov 2026" if days is None else "due by 18 Dec 2026"
        assert f"Wait for the delivery, {expected}: Gemeente A, MijnOverheid" in text, text


@pytest.mark.parametrize("has_one", [True, False])
@pytest.mark.parametrize(("day", "is_later"), [("2026-11-22", False), ("2026-11-23", True)])
def test_a_day_of_an_order_that_is_to_come_is_told_not_to_count(
    run: Command, folder: Path, day: str, has_one: bool, is_later: bool
) -> None:
    if has_one:
        (folder / "f" / "host.pem").write_bytes(certificate(end=ENDS) + CHAIN)
    written(folder, connection(**NAMED, files='["f"]', live="2026-12-01", ordered=day))
    assert ("that day is to come, so it is not ordered" in told(run)[1]) is is_later


@pytest.mark.parametrize("environment", ["preproduction", "production"])
@pytest.mark.parametrize("files", ['["f"]', '["no/*"]'])
@pytest.mark.parametrize("of_tests", [True, False])
def test_with_an_oin_for_tests_nothing_is_requested_for_production(
    run: Command, folder: Path, environment: str, files: str, of_tests: bool
) -> None:
    """With another OIN, and for preproduction, a request is told as ever."""
    oin = "00000099000000001000"
    (folder / "f" / "host.pem").write_bytes(certificate(oin if of_tests else OIN, end=ENDS) + CHAIN)
    fields = {**NAMED, "files": files, "live": "2026-12-01", "environment": f'"{environment}"'}
    file = written(folder, connection(**fields))
    if of_tests:
        file.write_text(file.read_text(encoding="utf-8").replace(OIN, oin), encoding="utf-8")
    commands_told, text = told(run)
    is_refused = of_tests and environment == "production"
    assert bool(creating(commands_told)) is not is_refused, text
    assert (["oin", "derive", "--kvk", "KVK-NUMBER"] in commands_told) is is_refused
    assert not [words for words in commands_told if words[:2] == ["oin", "check"]]


def test_a_told_request_has_what_its_tsp_asks_and_is_refused_by_nobody(run: Command, folder: Path) -> None:
    """Of every system, in both environments, with each TSP: what is told is made with no warning of the TSP."""
    made = product(systems(), Environment, (None, "kpn", "digidentity", "self-signed"))
    holders = "".join(
        f'[organization.{tsp}]\noin = "{OIN}"\nname = "A"\ntsp = "{tsp}"\n' for tsp in ("kpn", "digidentity")
    )
    text, cases = holders, {}
    for number, (system, environment, way) in enumerate(made):
        name = f"h{number}.example.nl"
        cases[name] = system, environment, way
        fields = {"system": f'"{system.name}"', "environment": f'"{environment}"', "common_name": f'"{name}"'}
        fields |= {"self_signed": "true"} if way == "self-signed" else {}
        fields |= {"organization": f'"{way}"'} if way in {"kpn", "digidentity"} else {}
        text += connection(**fields)
    file = written(folder, text)
    status = hold(read_connections(file.read_bytes(), str(file)), judging())
    seen = set()
    for one in status.statuses:
        step = one.of("request")
        assert step is not None
        words = command_for(one, step, moment=status.moment)
        assert words is not None
        parsed = dict(pairwise(words))
        system, environment, way = cases[one.connection.common_name or ""]
        wishes = {"for": system.name, "environment": str(environment), "oin": OIN, "organization": "A"}
        wishes |= {"common_name": "host.example.nl", **({"tsp": one.tsp} if one.tsp else {})}
        plan = plan_self_signed if way == "self-signed" else plan_order
        try:
            plan(wishes, moment=status.moment)
        except InvalidValueError as error:
            is_refused = isinstance(error, NoChoiceError) or "self_signed" in error.code
        else:
            is_refused = False
        assert (words[:2] == ["systems", "show"]) is is_refused, words
        assert not is_refused or run(*words).code == 0
        chosen = None if is_refused or way == "self-signed" else choice_of(wishes, moment=status.moment)
        assert {"--locality", "--province"} <= set(parsed) or not {"locality", "province"} & set(
            () if chosen is None else chosen.wanted
        ), words
        seen.add((is_refused, "--locality" in parsed))
    assert seen == {(True, False), (False, True), (False, False)}


def test_a_renewal_has_what_its_tsp_asks_where_the_old_one_lacks_it(run: Command, folder: Path) -> None:
    (folder / "f" / "host.pem").write_bytes(certificate(end=ENDS) + CHAIN)
    fields = {**NAMED, "files": '["f"]', "environment": '"production"'}
    for tsp in ("", 'tsp = "kpn"\n'):
        written(folder, tsp + connection(**fields))
        (words,) = creating(told(run)[0])
        assert "--renew" in words
        assert (words[words.index("--locality") :][:4] if tsp else words.count("--locality")) == (
            ["--locality", "LOCALITY", "--province", "PROVINCE"] if tsp else 0
        )


def test_a_passphrase_file_that_is_not_there_is_the_one_named(run: Command, folder: Path) -> None:
    (folder / "f" / "host.pem").write_bytes(certificate() + CHAIN)
    words = ["csr", "create", "--renew", "f/host.pem", "--for", "digid-machtigen", "--out", "f/x"]
    ran = run(*words, "--passphrase-file", "absent")
    assert (ran.code, ran.err.startswith("absent ")) == (1, True)


@pytest.mark.parametrize("oins", [(OTHER_OIN,), (OTHER_OIN, OTHER_OIN), ("",), ("", OTHER_OIN)])
def test_one_with_another_oin_is_named_with_its_file(run: Command, folder: Path, oins: tuple[str, ...]) -> None:
    for number, oin in enumerate(oins):
        (folder / "f" / f"{number}.pem").write_bytes(
            certificate(oin, f"h{number}.example.nl", serial=number + 5) + CHAIN
        )
    written(folder, connection(files='["f"]'))
    text = told(run)[1]
    number = oins.index(max(oins))
    assert f"h{number}.example.nl there is (f/{number}.pem), with" in text
    assert ((OTHER_OIN in text), ("1 more" in text)) == (OTHER_OIN in oins, len(oins) > 1), text


@pytest.mark.parametrize("files", ['["f"]', '["f/host.*"]', '["f/host.pem"]'])
@pytest.mark.parametrize("tsp", ["", 'tsp = "kpn"\n'])
def test_scan_tells_a_renewal_as_status_does(run: Command, folder: Path, files: str, tsp: str) -> None:
    (folder / "f" / "host.pem").write_bytes(certificate(end=ENDS) + CHAIN)
    file = written(folder, tsp + connection(**NAMED, files=files))
    (words,) = creating(told(run)[0])
    ran = run("scan", "--connections", file.name, "--trust", "root.pem", *AT)
    assert creating(commands(ran.out)) == [words], ran.out
    alone = run("scan", "f", "-e", "preproduction", "--for", "digid-machtigen", "--trust", "root.pem", *AT)
    (without,) = creating(commands(alone.out))
    assert without[-2:] == ["--out", "f/host.2"]
    assert "--passphrase-file" in without


@pytest.mark.parametrize("is_known", [True, False])
def test_what_is_revoked_comes_before_samples_that_ended_years_ago(run: Command, folder: Path, is_known: bool) -> None:
    for number in range(3):
        old = certificate(
            cn=f"old{number}.example.nl",
            start=datetime(2020, 1, 1, tzinfo=UTC),
            end=datetime(2021, 1, 1, tzinfo=UTC),
            serial=number + 90,
        )
        (folder / "f" / f"old{number}.pem").write_bytes(old + CHAIN)
    (folder / "f" / "host.pem").write_bytes(certificate(serial=3) + CHAIN)
    (folder / "tsp.crl").write_bytes(crl(good_chain().tsp, *((3,) if is_known else ())))
    ran = run("scan", "f", "--trust", "root.pem", "--crl", "tsp.crl", *AT)
    looking = [words for words in commands(ran.out) if words[:3] == ["cert", "check", "f/host.pem"]]
    assert bool(looking) is is_known, ran.out


BEFORE = re.compile(r"\b(was|waren|is|zijn) voor (dit|die|de eerste|het einde)\b")


def test_no_dutch_message_says_voor_where_it_means_earlier_than() -> None:
    """What 'was voor dit certificaat' reads as its opposite."""
    root = Path(__file__).parents[2]
    files = [*(root / "pkitools/messages/nl").glob("*.toml"), *(root / "cli/pkitools_cli/messages/nl").glob("*.toml")]
    assert len(files) > 60
    assert not [(file.name, found[0]) for file in files for found in BEFORE.finditer(file.read_text(encoding="utf-8"))]
