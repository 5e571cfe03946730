"""A test PKI on disk: there or not there, keys for its owner only, and several processes at once."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import random
import shutil
import sqlite3
import stat
from collections import Counter
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from pkitools.errors import FileError, InvalidValueError, PkitoolsError, StateError
from pkitools_test_pki.audit import audit_folder
from pkitools_test_pki.folder import DATABASE, PRIVATE, TRUST, PKIFolder, create_folder, open_folder
from pkitools_test_pki.keys import KeySource, elliptic_keys
from pkitools_test_pki.store import Store
from tests.support.effort import PATIENCE, budget
from tests.test_pki.conftest import MOMENT

HOUR = timedelta(hours=1)
KILLS = budget("PKITOOLS_KILLS", 60)
"""Times that two issuing processes are killed, and at least as many certificates that they acknowledged."""


@pytest.fixture
def where(tmp_path: Path) -> Path:
    create_folder(tmp_path / "pki", ["g4-tls", "g1-private"], moment=MOMENT, keys=elliptic_keys)
    return tmp_path / "pki"


def opened(where: Path) -> PKIFolder:
    return open_folder(where, moment=MOMENT, keys=elliptic_keys)


def codes(where: Path) -> set[str]:
    with opened(where) as folder:
        audit = audit_folder(folder)
    return {problem.code.removeprefix("test_pki.problem.") for problem in (*audit.problems, *audit.notes)}


# -- creating ----------------------------------------------------------------------------------------------------------


def test_a_new_folder_is_whole_and_its_keys_are_private(where: Path) -> None:
    assert codes(where) == set()
    keys = sorted((where / PRIVATE).iterdir())
    assert len(keys) == 6
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert stat.S_IMODE((where / PRIVATE).stat().st_mode) == 0o700
    assert [p.name for p in where.parent.iterdir()] == ["pki"], "nothing is left beside it"
    assert len(x509.load_pem_x509_certificates((where / TRUST).read_bytes())) == 2


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_a_umask_does_not_open_or_close_keys(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        create_folder(tmp_path / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(key.stat().st_mode) for key in (tmp_path / "pki" / PRIVATE).iterdir()}
    assert modes == {0o600}
    with open_folder(tmp_path / "pki", moment=MOMENT, keys=elliptic_keys):
        there = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "pki").rglob("*")}
    assert not {name: oct(mode) for name, mode in there.items() if mode & 0o022 & ~umask}
    assert codes(tmp_path / "pki") == set()


def test_an_empty_folder_is_taken_and_a_full_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "pki").mkdir()
    create_folder(tmp_path / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FileError, match="not an empty folder"):
        create_folder(tmp_path / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    assert sorted(tmp_path.rglob("*")) == before


def test_places_where_no_pki_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for wrong in ("file", "link", "none/pki", "file/pki", "a\0b", "x" * 300):
        with pytest.raises(FileError):
            create_folder(tmp_path / wrong, ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    with pytest.raises(InvalidValueError, match="no shape"):
        create_folder(tmp_path / "new", ["x"], moment=MOMENT, keys=elliptic_keys)
    with pytest.raises(InvalidValueError, match="address"):
        create_folder(tmp_path / "new", ["g4-tls"], moment=MOMENT, keys=elliptic_keys, base_url="x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "link"]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    made = 0

    def failing(key_type: str):  # type: ignore[no-untyped-def]  # a key source
        nonlocal made
        made += 1
        if made == 3:
            raise KeyboardInterrupt
        return elliptic_keys(key_type)

    with pytest.raises(KeyboardInterrupt):
        create_folder(tmp_path / "pki", ["g4-tls"], moment=MOMENT, keys=failing)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_creation_left_is_cleared_up_but_not_what_lives(tmp_path: Path) -> None:
    dead, alive = tmp_path / ".pki.partial-1", tmp_path / ".pki.partial-2"
    for partial in (dead, alive):
        (partial / PRIVATE).mkdir(parents=True)
    (tmp_path / ".other.partial-1").mkdir()
    lock = os.open(alive, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        create_folder(tmp_path / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
        assert sorted(p.name for p in tmp_path.iterdir()) == [".other.partial-1", ".pki.partial-2", "pki"]
    finally:
        os.close(lock)


def test_a_name_with_wildcards_clears_up_only_its_own(tmp_path: Path) -> None:
    (tmp_path / ".pki.partial-1").mkdir()
    create_folder(tmp_path / "p*", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    assert (tmp_path / ".pki.partial-1").exists()


# -- working in it -----------------------------------------------------------------------------------------------------


def test_what_is_issued_stays(where: Path) -> None:
    with opened(where) as folder:
        issued = folder.pki.issue("g1-server")
    with opened(where) as folder:
        row = [row for row in folder.store.certificates() if row.serial_number == issued.serial_number]
        assert [(r.authority, r.state, r.profile, r.der) for r in row] == [
            ("g1-private-tsp", "issued", "g1-server", issued.der)
        ]
        assert folder.pki["g1-private-tsp"].status(issued.serial_number) == ("good", None)
        assert len(list(folder.store.certificates())) == 7


def test_the_folder_holds_a_certificate_to_its_profile_and_writes_it(where: Path, rsa_keys: KeySource) -> None:
    with open_folder(where, moment=MOMENT, keys=rsa_keys) as folder:
        issued, changes, paths = folder.issue_to(where.parent / "x", organization="Gemeente X", dns=["x.nl"])
        assert [p.name for p in paths] == ["x.key", "x.pem", "x.chain.pem"]
        assert [c.kind for c in changes] == ["derived", "prefixed"]
        assert (where.parent / "x.key").read_bytes() == issued.key_pem
        with pytest.raises(FileError, match="exists"):
            folder.issue_to(where.parent / "x")
        with pytest.raises(InvalidValueError, match="cannot be a name"):
            folder.issue_to(where.parent / "y", dns=["*.x.nl"])
        assert len(list(folder.store.certificates())) == 7, "a refusal issues nothing"
        again, _, paths = folder.issue_to(where.parent / "x", overwrite=True)
        assert paths[-1].name == "x.key.bak-1"
        assert paths[-1].read_bytes() == issued.key_pem
        assert (where.parent / "x.pem").read_bytes() == again.pem
    assert not list(where.parent.glob("y*"))


def test_a_revocation_is_in_the_next_crl(where: Path) -> None:
    with opened(where) as folder:
        issued = folder.pki.issue("g4-tls")
        revocation, path = folder.revoke(issued.serial_number, "keyCompromise", moment=MOMENT + HOUR)
        assert revocation.moment == MOMENT + HOUR
    (entry,) = x509.load_der_x509_crl(path.read_bytes())
    assert entry.serial_number == issued.serial_number
    with opened(where) as folder:
        assert folder.pki["g4-tls-tsp"].status(issued.serial_number)[0] == "revoked"
        with pytest.raises(InvalidValueError, match="revoked before"):
            folder.revoke(issued.serial_number, "superseded", moment=MOMENT)
        with pytest.raises(InvalidValueError, match="no certificate"):
            folder.revoke(1, "superseded", moment=MOMENT)
    assert codes(where) == set()


def test_an_authority_can_be_revoked(where: Path) -> None:
    with opened(where) as folder:
        tsp = folder.pki["g4-tls-tsp"].certificate
        _, path = folder.revoke(tsp.serial_number, "caCompromise", moment=MOMENT)
        assert path.name == "TRIALPKIoverheidG4IntmPrivGTLSSYS2024.crl"


def test_crl_numbers_go_on_and_this_update_never_goes_back(where: Path) -> None:
    with opened(where) as folder:
        for moment in (MOMENT + HOUR, MOMENT - HOUR, MOMENT + HOUR):
            folder.publish_crls(moment=moment)
    with opened(where) as folder:
        rows = [row for row in folder.store.crls() if row.authority == "g4-tls-tsp"]
        assert [row.number for row in rows] == [1, 2, 3, 4]
        assert [row.this_update for row in rows] == [MOMENT, *[MOMENT + HOUR] * 3]
        assert [row.der is None for row in rows] == [True, True, True, False]
        delta = x509.load_der_x509_crl(folder.pki["g4-tls-tsp"].delta_crl())
        assert delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number == 4


def test_a_serial_number_may_be_chosen_once(where: Path) -> None:
    with opened(where) as folder:
        folder.pki.issue("g4-tls", serial_number=77)
        with pytest.raises(InvalidValueError, match="used before"):
            folder.pki.issue("g4-tls", serial_number=77)
        folder.pki.issue("g1-server", serial_number=77)


def test_a_reservation_is_lost_only_when_nobody_can_finish_it(where: Path) -> None:
    with opened(where) as first:
        number = first.store.reserve("g4-tls-tsp", MOMENT)
        with opened(where) as second:
            assert {row.state for row in second.store.certificates()} == {"issued", "reserved"}
    with opened(where) as folder:
        (row,) = (row for row in folder.store.certificates() if row.serial_number == number)
        assert (row.state, row.der) == ("lost", None)
        assert folder.pki["g4-tls-tsp"].status(number) == ("unknown", None)
        assert audit_folder(folder).lost == 1
        with pytest.raises(InvalidValueError, match="no certificate"):
            folder.revoke(number, "superseded", moment=MOMENT)


def issue_many(where: Path, count: int) -> None:
    key = elliptic_keys("rsa:3072")
    with opened(where) as folder:
        for _ in range(count):
            folder.pki.issue("g4-tls", key=key)


@pytest.mark.slow
def test_eight_processes_issue_two_thousand_certificates(where: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=issue_many, args=(where, 250)) for _ in range(8)]
    for worker in workers:
        worker.start()
    with opened(where) as folder:  # reading and publishing go on meanwhile
        for _ in range(10):
            folder.publish_crls(moment=MOMENT)
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 8
    with opened(where) as folder:
        states = Counter(row.state for row in folder.store.certificates() if row.profile == "g4-tls")
        numbers = {row.serial_number for row in folder.store.certificates() if row.profile == "g4-tls"}
    assert states == {"issued": 2000}
    assert len(numbers) == 2000


def issue_until_killed(where: Path, acknowledge: int, seed: int) -> None:
    key = elliptic_keys("rsa:3072")
    with opened(where) as folder:
        while True:
            issued = folder.pki.issue("g4-tls", key=key)
            os.write(acknowledge, f"{issued.serial_number}\n".encode())
            if seed % 5 == 0:
                folder.revoke(issued.serial_number, "superseded", moment=MOMENT)
            seed += 1


def pending(pipe: int) -> bytes:
    """Return what was written to a pipe, and nothing when nothing was."""
    said = b""
    with suppress(BlockingIOError):
        while piece := os.read(pipe, 65536):
            said += piece
    return said


@pytest.mark.slow
def test_processes_killed_at_any_moment_lose_nothing_and_double_nothing(where: Path) -> None:
    context = multiprocessing.get_context("fork")
    chance = random.Random(4)  # when to kill is no secret, and the same on every run
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    said, longest, number = b"", 0.05, 0
    while number < KILLS or said.count(b"\n") <= KILLS:
        workers = [context.Process(target=issue_until_killed, args=(where, writing, number + w)) for w in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(chance.uniform(longest / 10, longest))
            worker.kill()
            worker.join()
        done, number = pending(reading), number + 1
        if not done:  # a busy machine: they were killed before they did anything
            longest = min(longest * 1.2, PATIENCE)
        said += done
    serials = [int(line) for line in said.split()]
    os.close(writing)
    os.close(reading)
    assert len(set(serials)) == len(serials)
    with opened(where) as folder:
        states = {row.serial_number: row.state for row in folder.store.certificates() if row.profile == "g4-tls"}
        assert set(serials) <= set(states)
        folder.publish_crls(moment=MOMENT)
    assert codes(where) == set()


# -- what is no test PKI -----------------------------------------------------------------------------------------------


def test_what_is_no_test_pki_is_refused(tmp_path: Path, where: Path) -> None:
    with pytest.raises(StateError, match="not a test PKI"):
        open_folder(tmp_path / "none", moment=MOMENT)
    with pytest.raises(StateError, match="not a test PKI"):
        open_folder(tmp_path, moment=MOMENT)
    with pytest.raises(StateError, match="no database"):
        Store(tmp_path / "none")
    (where / DATABASE).write_bytes(b"no database, but long enough to be read as the head of one" * 100)
    with pytest.raises(StateError, match="failed"):
        opened(where)
    (where / DATABASE).unlink()
    with closing(sqlite3.connect(where / DATABASE)) as other, other:
        other.execute("CREATE TABLE x (y)")
    with pytest.raises(StateError, match="not the database of a test PKI"):
        opened(where)


def test_a_database_of_the_future_is_refused(where: Path) -> None:
    with closing(sqlite3.connect(where / DATABASE)) as db, db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="another version"):
        opened(where)


def test_a_key_that_others_may_read_is_not_used(where: Path) -> None:
    (where / PRIVATE / "TRIALMyTSPG4PKIoPrivGTLSSYS2025.key").chmod(0o640)
    with opened(where) as folder, pytest.raises(StateError, match="Others than its owner"):
        folder.pki.issue("g4-tls")
    with opened(where) as folder:
        folder.pki.issue("g1-server")


# -- the proof ---------------------------------------------------------------------------------------------------------


def sql(where: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(where / DATABASE)) as db, db:
        db.execute(statement, values)


TSP = "TRIALMyTSPG4PKIoPrivGTLSSYS2025"


def damage_certificate(where: Path) -> None:
    with opened(where) as folder:
        issued = folder.pki.issue("g4-tls")
    der = bytearray(issued.der)
    der[-3] ^= 1
    sql(where, "UPDATE certificate SET der = ? WHERE serial_number = ?", bytes(der), str(issued.serial_number))


def change_serial(where: Path) -> None:
    with opened(where) as folder:
        issued = folder.pki.issue("g4-tls")
    sql(where, "UPDATE certificate SET serial_number = '5' WHERE serial_number = ?", str(issued.serial_number))


def double_serial(where: Path) -> None:
    with opened(where) as folder:
        issued = folder.pki.issue("g4-tls")
    with closing(sqlite3.connect(where / DATABASE)) as db, db:
        columns = "authority, serial_number, state, reserved_at, profile, der"
        db.execute("CREATE TABLE copy AS SELECT * FROM certificate")
        db.execute("DROP TABLE certificate")
        db.execute("ALTER TABLE copy RENAME TO certificate")
        db.execute(
            f"INSERT INTO certificate SELECT 99, {columns} FROM certificate WHERE serial_number = ?",
            (str(issued.serial_number),),
        )


def damage_crl(where: Path) -> None:
    with opened(where) as folder:
        der = bytearray(folder.store.crl("g4-tls-tsp") or b"")
    der[-3] ^= 1
    sql(where, "UPDATE crl SET der = ? WHERE authority = 'g4-tls-tsp'", bytes(der))
    (where / "crl" / f"{TSP}.crl").write_bytes(der)


def swap_keys(where: Path) -> None:
    shutil.copy(where / PRIVATE / "TRIALPKIoverheidG4RootPrivGTLS2024.key", where / PRIVATE / f"{TSP}.key")


def revoke_without_publishing(where: Path) -> None:
    with opened(where) as folder:
        authority = folder.pki["g4-tls-tsp"]
        authority.revoke(authority.issue("g4-tls"), "superseded")


DAMAGES = {
    "certificate_damaged": damage_certificate,
    "serial_differs": change_serial,
    "serial_doubled": double_serial,
    "crl_damaged": damage_crl,
    "crl_numbers": lambda where: sql(where, "UPDATE crl SET number = 5 WHERE authority = 'g4-tls-tsp'"),
    "crl_times": lambda where: sql(
        where, "INSERT INTO crl SELECT authority, 2, kind, 1, 2, 0, der FROM crl WHERE authority = 'g4-tls-tsp'"
    ),
    "crl_file_behind": lambda where: (where / "crl" / f"{TSP}.crl").unlink(),
    "crl_file": lambda where: (where / "crl" / f"{TSP}.crl").write_bytes(b""),
    "crl_behind": revoke_without_publishing,
    "key_mode": lambda where: (where / PRIVATE / f"{TSP}.key").chmod(0o644),
    "key_missing": lambda where: (where / PRIVATE / f"{TSP}.key").unlink(),
    "key_mismatch": swap_keys,
    "certificate_file": lambda where: (where / "certs" / f"{TSP}.cer").write_bytes(b"x"),
    "trust_file": lambda where: (where / TRUST).unlink(),
    "damaged": lambda where: sql(where, "INSERT INTO revocation (certificate, moment) VALUES (12345, 0)"),
}


@pytest.mark.slow
@pytest.mark.parametrize("problem", DAMAGES)
def test_damage_is_found_and_has_its_sentence(where: Path, problem: str) -> None:
    DAMAGES[problem](where)
    assert problem in codes(where)


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("UPDATE certificate SET serial_number = '12ab' WHERE id = 3", "'12ab' is no serial number"),
        ("INSERT INTO revocation (certificate, moment) VALUES (3, 9000000000000000)", "9000000000000000 is no moment"),
    ],
)
def test_a_row_that_no_version_of_ours_wrote_is_named(where: Path, statement: str, detail: str) -> None:
    sql(where, statement)
    with pytest.raises(StateError, match=detail):
        codes(where)


def test_an_older_crl_in_the_folder_is_what_a_kill_may_leave(where: Path) -> None:
    older = (where / "crl" / f"{TSP}.crl").read_bytes()
    with opened(where) as folder:
        folder.publish_crls(moment=MOMENT + timedelta(hours=1))
    (where / "crl" / f"{TSP}.crl").write_bytes(older)
    with opened(where) as folder:
        audit = audit_folder(folder)
    assert ([p.code for p in audit.problems], [n.code for n in audit.notes]) == (
        [],
        ["test_pki.problem.crl_file_behind"],
    )


def test_every_problem_has_a_case() -> None:
    from pkitools.messages import catalogue

    known = {code.split(".")[2] for code in catalogue("en", "test_pki") if code.startswith("test_pki.problem.")}
    assert known == set(DAMAGES)


def test_what_a_kill_may_leave_is_a_note_that_the_next_crl_mends(where: Path) -> None:
    revoke_without_publishing(where)
    with opened(where) as folder:
        audit = audit_folder(folder)
        assert not audit.problems
        assert [note.code for note in audit.notes] == ["test_pki.problem.crl_behind"]
        folder.publish_crls(moment=MOMENT)
    assert codes(where) == set()


def issue_until_full(folder: PKIFolder) -> None:
    for _ in range(100):
        folder.pki.issue("g4-tls")


def test_a_full_disk_is_said_so(where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(where) as folder:
        folder.store._db.execute("PRAGMA max_page_count = 1")
        with pytest.raises(PkitoolsError, match="full"):
            issue_until_full(folder)
    assert codes(where) == set()
