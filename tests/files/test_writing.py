"""Writing: secrets closed from the first byte, nothing overwritten unasked, all or nothing."""

from __future__ import annotations

import base64
import errno
import multiprocessing
import os
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from pkitools.errors import FileError
from pkitools.files import Output, check_outputs, make_folder, write_public, write_secret, write_set
from pkitools.limits import MAX_INPUT_BYTES
from tests.support.cases import in_one_test
from tests.support.effort import PATIENCE
from tests.support.keys import SHARED_KEYS


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def pair(folder: Path, data: bytes = b"1") -> list[Output]:
    return [Output(folder / "x.key", b"key" + data, secret=True), Output(folder / "x.csr", b"csr" + data, secret=False)]


def test_a_secret_is_closed_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    write_secret(tmp_path / "k", b"secret")
    assert mode(tmp_path / "k") == 0o600
    assert content(tmp_path) == {"k": b"secret"}


def test_a_public_file_follows_the_umask(tmp_path: Path, umask: int) -> None:
    write_public(tmp_path / "c", b"public")
    assert mode(tmp_path / "c") == 0o644 & ~umask


def test_nothing_is_overwritten_unless_asked(tmp_path: Path) -> None:
    write_secret(tmp_path / "k", b"1")
    with pytest.raises(FileError) as caught:
        write_secret(tmp_path / "k", b"2")
    assert caught.value.code == "files.error.exists"
    assert content(tmp_path) == {"k": b"1"}


def test_overwriting_keeps_each_old_secret_closed(tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(b"1")
    (tmp_path / "k").chmod(0o644)
    assert write_secret(tmp_path / "k", b"2", overwrite=True) == (tmp_path / "k.bak-1",)
    assert write_secret(tmp_path / "k", b"3", overwrite=True) == (tmp_path / "k.bak-2",)
    assert content(tmp_path) == {"k": b"3", "k.bak-1": b"1", "k.bak-2": b"2"}
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}


def test_overwriting_a_public_file_keeps_no_backup(tmp_path: Path) -> None:
    write_public(tmp_path / "c", b"1")
    assert write_public(tmp_path / "c", b"2", overwrite=True) == ()
    assert content(tmp_path) == {"c": b"2"}


def keys_of_every_form(certificate: bytes) -> dict[str, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    rsa_key = SHARED_KEYS("rsa:4096")
    locked = BestAvailableEncryption(b"secret")
    forms: dict[str, bytes] = {}
    for name, encoding in (("pem", Encoding.PEM), ("der", Encoding.DER)):
        for kind, each in (("ec", key), ("rsa", rsa_key)):
            forms[f"{kind}-traditional-{name}"] = each.private_bytes(
                encoding, PrivateFormat.TraditionalOpenSSL, NoEncryption()
            )
            forms[f"{kind}-pkcs8-{name}"] = each.private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption())
            forms[f"{kind}-locked-{name}"] = each.private_bytes(encoding, PrivateFormat.PKCS8, locked)
    pem = forms["ec-pkcs8-pem"]
    secret = "".join(f"  tls.{n}: {base64.b64encode(b'x' * n + pem).decode()}\n" for n in range(3))
    return forms | {
        "openssh": key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()),
        "pkcs12": pkcs12.serialize_key_and_certificates(b"k", key, None, None, locked),
        "jks": b"\xfe\xed\xfe\xed\0\0\0\2",
        "jceks": b"\xce\xce\xce\xce\0\0\0\2",
        "behind-a-chain": certificate * 3 + pem,
        "utf-16": pem.decode().encode("utf-16"),
        **{f"kubernetes-{line[6]}": line.encode() for line in secret.splitlines()},
    }


def public_of_every_form() -> dict[str, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, end)
    certificate = builder.sign(key, hashes.SHA256())
    request = x509.CertificateSigningRequestBuilder(name).sign(key, hashes.SHA256())
    revoked = x509.CertificateRevocationListBuilder(name, begin, end).sign(key, hashes.SHA256())
    forms = {"empty": b"", "json": b'{"orders": []}', "sqlite": b"SQLite format 3\0\x10\0", "one": b"\x30"}
    for suffix, encoding in (("pem", Encoding.PEM), ("der", Encoding.DER)):
        forms[suffix] = certificate.public_bytes(encoding)
        forms[f"csr-{suffix}"] = request.public_bytes(encoding)
        forms[f"crl-{suffix}"] = revoked.public_bytes(encoding)
        forms[f"p7b-{suffix}"] = pkcs7.serialize_certificates([certificate] * 3, encoding)
    return forms


@pytest.fixture(scope="module")
def public() -> dict[str, bytes]:
    return public_of_every_form()


def test_a_key_is_never_lost_whatever_replaces_it(tmp_path: Path, public: dict[str, bytes]) -> None:
    forms = keys_of_every_form(public["pem"]).items()
    for (name, stood), secret, several in product(forms, (True, False), (True, False)):
        folder = tmp_path / f"{name}-{secret}-{several}"
        folder.mkdir(0o700)
        (folder / "k").write_bytes(stood)
        (folder / "k").chmod(0o644)
        outputs = [Output(folder / "k", b"new", secret=secret), Output(folder / "other", b"o", secret=False)]
        assert write_set(outputs[: 1 + several], overwrite=True) == (folder / "k.bak-1",), name
        assert content(folder) == {"k": b"new", "k.bak-1": stood} | ({"other": b"o"} if several else {})
        assert mode(folder / "k.bak-1") == 0o600


def test_what_is_public_leaves_nothing_behind(tmp_path: Path, public: dict[str, bytes]) -> None:
    for name, stood in public.items():
        (tmp_path / "c").write_bytes(stood)
        (tmp_path / "c").chmod(0o644)
        assert write_public(tmp_path / "c", b"new", overwrite=True) == (), name
        assert content(tmp_path) == {"c": b"new"}


@pytest.mark.parametrize("closed", [0o600, 0o640, 0o000])
def test_what_was_closed_is_kept_as_its_content_may_be_a_secret(tmp_path: Path, closed: int) -> None:
    (tmp_path / "c").write_bytes(b"?")
    (tmp_path / "c").chmod(closed)
    before = os.umask(0o022)
    try:
        assert write_public(tmp_path / "c", b"new", overwrite=True) == (tmp_path / "c.bak-1",)
    finally:
        os.umask(before)


def test_who_closes_all_files_gets_no_backup_of_each(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_public(tmp_path / "c", b"1")
        assert write_public(tmp_path / "c", b"2", overwrite=True) == ()
    finally:
        os.umask(before)


def test_what_is_too_large_to_look_through_is_kept(tmp_path: Path) -> None:
    with (tmp_path / "c").open("wb") as file:
        file.truncate(MAX_INPUT_BYTES + 1)
    assert write_public(tmp_path / "c", b"new", overwrite=True) == (tmp_path / "c.bak-1",)


def test_overwriting_what_is_not_there_writes_it(tmp_path: Path) -> None:
    assert write_set(pair(tmp_path), overwrite=True) == ()
    assert content(tmp_path) == {"x.key": b"key1", "x.csr": b"csr1"}


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_link_at_the_name_is_never_followed(tmp_path: Path, overwrite: bool) -> None:
    target = tmp_path / "elsewhere"
    target.write_bytes(b"untouched")
    (tmp_path / "k").symlink_to(target)
    if overwrite:
        write_secret(tmp_path / "k", b"new", overwrite=True)
        assert not (tmp_path / "k").is_symlink()
        assert (tmp_path / "k.bak-1").is_symlink()
        assert (tmp_path / "k").read_bytes() == b"new"
    else:
        with pytest.raises(FileError):
            write_secret(tmp_path / "k", b"new")
    assert target.read_bytes() == b"untouched"
    assert mode(target) == 0o644


def test_a_dangling_link_counts_as_something_there(tmp_path: Path) -> None:
    (tmp_path / "k").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileError):
        write_secret(tmp_path / "k", b"new")
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_is_a_link_is_written_in(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write_secret(tmp_path / "link" / "k", b"1")
    assert content(tmp_path / "real") == {"k": b"1"}


def test_a_link_where_the_partial_file_comes_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"untouched")
    (tmp_path / ".k.partial").symlink_to("victim")
    with pytest.raises(FileError) as caught:
        write_secret(tmp_path / "k", b"1")
    assert caught.value.code == "files.error.in_the_way"
    assert content(tmp_path)["victim"] == b"untouched"


@pytest.mark.parametrize("open_mode", [0o777, 0o707])
def test_a_secret_is_not_put_where_others_may_replace_it(tmp_path: Path, open_mode: int) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(open_mode)
    with pytest.raises(FileError) as caught:
        write_secret(folder / "k", b"1")
    assert caught.value.code == "files.error.open_folder"
    write_public(folder / "c", b"1")
    folder.chmod(open_mode | stat.S_ISVTX)
    write_secret(folder / "k", b"1")
    assert mode(folder / "k") == 0o600


def test_a_group_of_ones_own_does_not_make_a_folder_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With umask 002, usual where every user has a private group, each folder is group-writable."""
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o775)
    status = folder.stat()
    alone = SimpleNamespace(gr_gid=status.st_gid, gr_name="ada", gr_mem=[])
    shared = SimpleNamespace(gr_gid=status.st_gid, gr_name="ada", gr_mem=["ada", "eve"])
    monkeypatch.setattr("pwd.getpwuid", lambda _: SimpleNamespace(pw_gid=status.st_gid, pw_name="ada"))
    monkeypatch.setattr("grp.getgrgid", lambda _: shared)
    with pytest.raises(FileError):
        write_secret(folder / "a.key", b"secret")
    monkeypatch.setattr("grp.getgrgid", lambda _: alone)
    write_secret(folder / "a.key", b"secret")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FileError) as caught:
        write_secret(tmp_path / "k", b"1")
    tmp_path.chmod(0o700)
    assert caught.value.code == "files.error.no_permission"


@in_one_test
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("absent/k", "no_folder"),
        ("file/k", "no_folder"),
        (".", "is_folder"),
        ("folder", "is_folder"),
        ("folder/", "is_folder"),
        ("nul\0", "bad_name"),
        ("x" * 250, "bad_name"),
    ],
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_impossible_places_are_refused(tmp_path: Path, name: str, code: str, overwrite: bool) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(FileError) as caught:
        write_secret(f"{tmp_path}/{name}", b"1", overwrite=overwrite)
    assert caught.value.code == f"files.error.{code}"
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_relative_name_is_written_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_secret("k", b"1")
    assert content(tmp_path) == {"k": b"1"}


def test_two_outputs_with_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        write_set([Output(tmp_path / "k", b"1", secret=True), Output(f"{tmp_path}/./k", b"2", secret=False)])
    assert caught.value.code == "files.error.named_twice"
    assert content(tmp_path) == {}


def test_a_set_is_refused_when_one_of_it_exists(tmp_path: Path) -> None:
    (tmp_path / "x.csr").write_bytes(b"old")
    with pytest.raises(FileError):
        write_set(pair(tmp_path))
    assert content(tmp_path) == {"x.csr": b"old"}


def failing(monkeypatch: pytest.MonkeyPatch, name: str, when: int, error: int) -> None:
    """Let the call of this number of one system call fail, as a full or broken disk does."""
    real, calls = getattr(os, name), iter(range(1, 1000))

    def call(*arguments: object, **options: object) -> object:
        if next(calls) == when:
            raise OSError(error, os.strerror(error))
        return real(*arguments, **options)

    monkeypatch.setattr(f"pkitools.files.writing.os.{name}", call)


FAILURES = [
    ("write", 1, errno.ENOSPC, "no_space"),
    ("write", 2, errno.EDQUOT, "no_space"),
    ("fsync", 1, errno.EIO, "unwritable"),
    ("fsync", 2, errno.EIO, "unwritable"),
    ("fsync", 3, errno.EIO, "unwritable"),
    ("fchmod", 1, errno.EROFS, "read_only"),
]


@in_one_test
@pytest.mark.parametrize(
    ("call", "when", "error", "code"),
    [*FAILURES, ("link", 1, errno.ENOSPC, "no_space"), ("link", 2, errno.EIO, "unwritable")],
)
def test_a_failure_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, when: int, error: int, code: str
) -> None:
    with monkeypatch.context() as patch:
        failing(patch, call, when, error)
        with pytest.raises(FileError) as caught:
            write_set(pair(tmp_path))
    assert caught.value.code == f"files.error.{code}"
    assert content(tmp_path) == {}
    write_set(pair(tmp_path))


@in_one_test
@pytest.mark.parametrize(
    ("call", "when", "error", "code"),
    [
        *FAILURES,
        ("link", 1, errno.ENOSPC, "no_space"),
        ("rename", 1, errno.EIO, "unwritable"),
        ("rename", 2, errno.EIO, "unwritable"),
    ],
)
def test_a_failed_overwriting_leaves_what_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, when: int, error: int, code: str
) -> None:
    write_set(pair(tmp_path, b"old"))
    with monkeypatch.context() as patch:
        failing(patch, call, when, error)
        with pytest.raises(FileError) as caught:
            write_set(pair(tmp_path, b"new"), overwrite=True)
    assert caught.value.code == f"files.error.{code}"
    assert content(tmp_path) == {"x.key": b"keyold", "x.csr": b"csrold"}


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.link

    def interrupted(*arguments: object, **options: object) -> None:
        real(*arguments, **options)  # type: ignore[arg-type]  # handed on as they came
        raise KeyboardInterrupt

    monkeypatch.setattr("pkitools.files.writing.os.link", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_set(pair(tmp_path))
    assert content(tmp_path) == {}


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr("pkitools.files.writing.os.write", lambda fd, data: real(fd, bytes(data[:3])))
    write_secret(tmp_path / "k", b"0123456789")
    assert content(tmp_path) == {"k": b"0123456789"}


@pytest.fixture
def without_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("pkitools.files.writing.os.link", refused)


@pytest.mark.usefixtures("without_hard_links")
def test_a_file_system_without_hard_links_will_do(tmp_path: Path) -> None:
    write_set(pair(tmp_path))
    assert content(tmp_path) == {"x.key": b"key1", "x.csr": b"csr1"}
    assert mode(tmp_path / "x.key") == 0o600
    with pytest.raises(FileError):
        write_set(pair(tmp_path))
    assert write_set(pair(tmp_path, b"2"), overwrite=True) == (tmp_path / "x.key.bak-1",)
    assert content(tmp_path) == {"x.key": b"key2", "x.csr": b"csr2", "x.key.bak-1": b"key1"}


@pytest.mark.usefixtures("without_hard_links")
def test_a_claim_left_by_a_killed_run_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".x.key.partial").write_bytes(b"key")
    (tmp_path / "x.key").write_bytes(b"")
    write_set(pair(tmp_path))
    assert content(tmp_path) == {"x.key": b"key1", "x.csr": b"csr1"}


def test_what_a_killed_run_left_is_cleared_up(tmp_path: Path) -> None:
    for name in (".x.key.partial", ".x.csr.partial"):
        (tmp_path / name).write_bytes(b"half")
    write_set(pair(tmp_path))
    assert content(tmp_path) == {"x.key": b"key1", "x.csr": b"csr1"}


def test_half_a_set_left_by_a_killed_run_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / ".x.key.partial").write_bytes(b"key0")
    (tmp_path / ".x.csr.partial").write_bytes(b"csr0")
    os.link(tmp_path / ".x.key.partial", tmp_path / "x.key")
    assert write_set(pair(tmp_path)) == ()
    assert content(tmp_path) == {"x.key": b"key1", "x.csr": b"csr1", "x.key.bak-1": b"key0"}


def test_a_whole_set_left_by_a_killed_run_stays(tmp_path: Path) -> None:
    write_set(pair(tmp_path))
    os.link(tmp_path / "x.key", tmp_path / ".x.key.partial")
    os.link(tmp_path / "x.csr", tmp_path / ".x.csr.partial")
    with pytest.raises(FileError) as caught:
        check_outputs(pair(tmp_path))
    assert caught.value.code == "files.error.exists"
    assert content(tmp_path) == {"x.key": b"key1", "x.csr": b"csr1"}


def test_another_key_at_the_name_is_never_put_aside(tmp_path: Path) -> None:
    """A leftover says nothing about a file it is not the same file as."""
    (tmp_path / ".x.key.partial").write_bytes(b"half")
    (tmp_path / "x.key").write_bytes(b"in use")
    with pytest.raises(FileError):
        write_set(pair(tmp_path))
    assert content(tmp_path) == {"x.key": b"in use"}


def test_checking_writes_nothing(tmp_path: Path) -> None:
    check_outputs(pair(tmp_path))
    assert content(tmp_path) == {}
    write_set(pair(tmp_path))
    with pytest.raises(FileError):
        check_outputs(pair(tmp_path))
    check_outputs(pair(tmp_path), overwrite=True)


def _race(
    folder: str, number: int, start: multiprocessing.synchronize.Event, results: multiprocessing.Queue[str]
) -> None:
    start.wait()
    try:
        write_set(pair(Path(folder), str(number).encode()))
        results.put(str(number))
    except FileError as error:
        results.put(error.code)


@pytest.mark.slow
def test_of_many_writers_one_wins_and_its_set_is_whole(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for turn in range(10):
        folder = tmp_path / str(turn)
        folder.mkdir()
        start, results = context.Event(), context.Queue()
        writers = [context.Process(target=_race, args=(str(folder), n, start, results)) for n in range(4)]
        for writer in writers:
            writer.start()
        start.set()
        told = [results.get(timeout=PATIENCE) for _ in writers]
        for writer in writers:
            writer.join()
        winners = [answer for answer in told if answer.isdigit()]
        assert set(told) - set(winners) <= {"files.error.exists", "files.error.in_the_way"}
        assert len(winners) <= 1
        expected = {"x.key": f"key{winners[0]}".encode(), "x.csr": f"csr{winners[0]}".encode()} if winners else {}
        assert content(folder) == expected


@pytest.mark.slow
def test_nobody_ever_sees_a_secret_open(tmp_path: Path) -> None:
    seen: set[int] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for entry in os.scandir(tmp_path):
                try:
                    seen.add(stat.S_IMODE(entry.stat(follow_symlinks=False).st_mode))
                except FileNotFoundError:
                    continue

    before = os.umask(0)
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for number in range(200):
            write_secret(tmp_path / "k", str(number).encode() * 1000, overwrite=True)
            (tmp_path / "k.bak-1").unlink(missing_ok=True)
    finally:
        done.set()
        watcher.join()
        os.umask(before)
    assert seen == {0o600}


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    before = descriptors()
    write_set(pair(tmp_path))
    for overwrite in (False, True):
        with pytest.raises(FileError):
            write_set([*pair(tmp_path), Output(tmp_path / "absent" / "k", b"", secret=True)], overwrite=overwrite)
    assert descriptors() == before


def test_the_content_does_not_show_in_a_repr(tmp_path: Path) -> None:
    assert "geheim" not in repr(Output(tmp_path / "k", b"geheim", secret=True))


def test_a_folder_for_secrets_is_closed_and_made_once(tmp_path: Path) -> None:
    make_folder(tmp_path / "new")
    make_folder(tmp_path / "new")
    assert mode(tmp_path / "new") == 0o700
    (tmp_path / "file").write_bytes(b"")
    for path, code in ((tmp_path / "file", "exists"), (tmp_path / "a" / "b", "no_folder"), ("nul\0", "bad_name")):
        with pytest.raises(FileError) as caught:
            make_folder(path)
        assert caught.value.code == f"files.error.{code}"
