"""``csr create --from``: a batch that stops anywhere goes on where it stopped, and no key is made twice."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pkitools.files import make_folder
from pkitools.ordering import read_manifest
from pkitools.requests import PrivateKey, generate_key, load_key, read_request
from pkitools_cli.main import main
from tests.support.command import Command, Ran
from tests.support.schemas import assert_valid

pytestmark = pytest.mark.slow

OIN = "00000003273229750000"
TABLE = "name;common_name\n" + "".join(f"{name};{name}.example.nl\n" for name in "abc")
GIVEN = (
    "--for",
    "digikoppeling",
    "-e",
    "production",
    "--profile",
    "g4-tls",
    "--oin",
    OIN,
    "--organization",
    "Gemeente",
)
TWO = TABLE.partition("c;")[0]
BATCH = ("csr", "create", "--from", "t.csv", "--out-dir", "out", *GIVEN)
SECRET = "correct horse battery"
CALLS = ("write", "fsync", "fchmod", "link", "rename", "unlink", "mkdir")

Batch = Callable[..., Ran]


class Keys:
    """Keys of a kind that takes long to make, each given out once: those before a break, and those after."""

    def __init__(self, keys: list[PrivateKey]) -> None:
        self.keys, self.given = keys, 0

    def __call__(self, spec: str) -> PrivateKey:
        assert spec == "rsa:3072"
        self.given += 1
        return self.keys[self.given - 1]


@pytest.fixture(scope="module")
def pools() -> tuple[list[PrivateKey], list[PrivateKey]]:
    keys = [generate_key("rsa:3072") for _ in range(6)]
    return keys[:3], keys[3:]


@pytest.fixture
def batch(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """A batch of three in an empty folder."""
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    monkeypatch.setenv("SECRET", SECRET)
    Path("t.csv").write_text(TABLE, encoding="utf-8")
    return lambda *more: run(*BATCH, *(more or ("--no-passphrase",)))


def use(monkeypatch: pytest.MonkeyPatch, keys: list[PrivateKey]) -> Keys:
    made = Keys(keys)
    monkeypatch.setattr("pkitools.requests.making.generate_key", made)
    return made


def contents() -> dict[str, bytes]:
    out = Path("out")
    return {path.name: path.read_bytes() for path in out.iterdir()} if out.exists() else {}


def assert_whole(passphrase: bytes | None = None, names: str = "abc") -> None:
    """Each request, each with a key of its own, all of them in the manifest."""
    keys = {name: load_key(Path(f"out/{name}.key").read_bytes(), name, passphrase=passphrase) for name in names}
    orders = read_manifest(Path("out/manifest.json").read_bytes(), "m").orders
    assert {spki: order.name for spki, order in orders.items()} == {k.public.spki_sha256: n for n, k in keys.items()}
    assert len(orders) == len(names)
    for name, key in keys.items():
        assert read_request(Path(f"out/{name}.csr")).public_key.spki == key.public.spki
        assert Path(f"out/{name}.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_a_kill_at_any_call_is_gone_on_from_and_no_key_is_made_twice(
    batch: Batch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pools: tuple[list[PrivateKey], list[PrivateKey]]
) -> None:
    before, after = pools
    points = 0
    for call in CALLS:
        for when in range(1, 100):
            folder = tmp_path / f"{call}-{when}"
            folder.mkdir(mode=0o700)
            os.chdir(folder)
            Path("t.csv").write_text(TWO, encoding="utf-8")
            if not killed(call, when, before):
                break
            points += 1
            left = contents()
            if any(name[0] != "." for name in left):
                begun = batch().err
                assert ("cert receive" in begun) is ("manifest.json" in left), (call, when, begun)
            made = use(monkeypatch, after)
            ran = batch("--no-passphrase", "--resume")
            assert ran.code == 0, (call, when, ran.err)
            assert_whole(names="ab")
            assert {name: contents()[name] for name in left if name.endswith(".key") and name[0] != "."} == {
                name: data for name, data in left.items() if name.endswith(".key") and name[0] != "."
            }, (call, when)
            stood = sum(1 for name in left if name.endswith(".key") and name[0] != ".")
            assert made.given == 2 - stood, (call, when)
            assert not [name for name in contents() if ".bak" in name or ".partial" in name], (call, when)
    assert points > 15


STOPS = {signal.SIGTERM: -signal.SIGTERM, signal.SIGINT: 1}


@pytest.mark.slow
@pytest.mark.parametrize("number", STOPS)
def test_a_batch_that_is_told_to_stop_says_how_to_go_on(
    batch: Batch,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
    pools: tuple[list[PrivateKey], list[PrivateKey]],
) -> None:
    """Wherever it is: while a key is made, while files are written, while the manifest is."""
    for module, name, when in (
        ("pkitools.requests.making", "generate_key", 2),
        ("pkitools_cli.commands.csr.create_batch", "write", 1),
        ("pkitools_cli.commands.csr.create_batch", "write", 3),
        ("pkitools_cli.commands.csr.create_batch", "add_orders", 1),
    ):
        shutil.rmtree("out", ignore_errors=True)
        ended = told_to_stop(number, module, name, when, pools[0])
        assert ended.returncode == STOPS[number], ended.stderr
        assert "--resume" in ended.stderr, (name, ended.stderr)
        assert "Traceback" not in ended.stderr
        if contents():
            begun = batch()
            assert (begun.code, "manifest.json" in begun.err) == (1, False), begun.err
        use(monkeypatch, pools[1])
        assert batch("--no-passphrase", "--resume").code == 0
        assert_whole()


def told_to_stop(
    number: int, module: str, name: str, when: int, keys: list[PrivateKey]
) -> subprocess.CompletedProcess[str]:
    """Run the batch in a process that is sent this signal when it calls a function for so many a time."""
    Path("keys").mkdir(exist_ok=True)
    for place, key in enumerate(keys):
        Path(f"keys/{place}.pem").write_bytes(key.pem(None))
    script = Path("told_to_stop.py")
    script.write_text(TOLD_TO_STOP, encoding="utf-8")
    words = [str(int(number)), module, name, str(when), *BATCH, "--no-passphrase"]
    paths = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, str(script), *words],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": paths, "PKITOOLS_LANG": "en"},
    )


TOLD_TO_STOP = """
import importlib, os, signal, sys
from pathlib import Path
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pkitools.requests import making
from pkitools.requests.keys import wrap_key
from pkitools_cli.main import main

number, module, name, when, *words = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)
texts = [each.read_bytes() for each in sorted(Path("keys").iterdir())]  # to look whether they are keys takes a second
loaded = [load_pem_private_key(text, None, unsafe_skip_rsa_key_validation=True) for text in texts]
keys = iter([wrap_key(each, made_here=True) for each in loaded])
making.generate_key = lambda *_: next(keys)
where = importlib.import_module(module)
real, calls = getattr(where, name), iter(range(1, 100))

def counted(*given, **named):
    if next(calls) == int(when):
        os.kill(os.getpid(), int(number))
    return real(*given, **named)

setattr(where, name, counted)
main(words)
"""


def killed(call: str, when: int, keys: list[PrivateKey]) -> bool:
    """Run the batch in a process that kills itself at this call; False when there is no such call any more."""
    child = os.fork()
    if child == 0:  # nothing of pytest may run here
        try:
            _run_until(call, when, keys)
        finally:
            os._exit(70)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _run_until(call: str, when: int, keys: list[PrivateKey]) -> None:
    from pkitools.requests import making

    real, count = getattr(os, call), 0

    def counted(*arguments: object, **named: object) -> object:
        nonlocal count
        count += 1
        if count == when:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)

    setattr(os, call, counted)
    making.generate_key = Keys(keys)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(null, descriptor)
    try:
        main([*BATCH, "--no-passphrase"])
    except SystemExit as ended:
        os._exit(int(str(ended.code)))


@pytest.mark.slow
@pytest.mark.parametrize("secret", [("--no-passphrase",), ("--passphrase-env", "SECRET")])
def test_what_is_finished_stays_and_a_key_without_a_request_gets_one(
    batch: Batch,
    monkeypatch: pytest.MonkeyPatch,
    secret: tuple[str, ...],
    pools: tuple[list[PrivateKey], list[PrivateKey]],
) -> None:
    use(monkeypatch, pools[0])
    assert batch(*secret).code == 0
    Path("out/b.csr").unlink()
    Path("out/c.csr").unlink()
    Path("out/c.key").unlink()
    left = contents()
    made = use(monkeypatch, pools[1])
    ran = batch(*secret, "--resume", "--json")
    assert ran.code == 0, ran.err
    Path("out/b.csr").unlink()
    told = batch(*secret, "--resume", "--lang", "en").told
    assert "Made now: 0. Request made now with a key that was there: 1. Were there already: 2." in told
    assert told.count("completed") == 1
    assert_valid(ran.document, "csr-create-v2")
    assert [each["kept"] for each in ran.document["requests"]] == [True, True, False]
    assert [each["key_file"] for each in ran.document["requests"]] == [f"out/{name}.key" for name in "abc"]
    assert made.given == 1
    assert {name: contents()[name] for name in left if name != "manifest.json"} == {
        name: data for name, data in left.items() if name != "manifest.json"
    }
    assert_whole(SECRET.encode() if "SECRET" in secret else None)


SPOILT: dict[str, tuple[Callable[[], object], str]] = {
    "a request of another row": (
        lambda: Path("out/b.csr").write_bytes(Path("out/a.csr").read_bytes()),
        "b (another key, CN, dns)",
    ),
    "a request without its key": (lambda: Path("out/b.key").unlink(), "b (b.key is missing)"),
    "a key that cannot be read": (lambda: Path("out/b.key").write_bytes(b"\x00"), "b (b.key)"),
    "a request that cannot be read": (lambda: Path("out/b.csr").write_bytes(b"\x00"), "b (b.csr)"),
}


@pytest.mark.parametrize(("spoil", "told"), SPOILT.values(), ids=SPOILT.keys())
def test_what_is_not_as_asked_is_named_and_left(
    batch: Batch,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[], object],
    told: str,
    pools: tuple[list[PrivateKey], list[PrivateKey]],
) -> None:
    use(monkeypatch, pools[0])
    assert batch().code == 0
    spoil()
    left = contents()
    made = use(monkeypatch, pools[1])
    ran = batch("--no-passphrase", "--resume")
    assert (ran.code, made.given, contents()) == (1, 0, left)
    assert f"is not what t.csv asks, or cannot be read: {told}" in ran.err


def test_who_breaks_off_is_told_how_to_go_on(
    run: Command, batch: Batch, monkeypatch: pytest.MonkeyPatch, pools: tuple[list[PrivateKey], list[PrivateKey]]
) -> None:
    made = use(monkeypatch, pools[0])

    def broken(spec: str) -> PrivateKey:
        if made.given == 2:
            raise KeyboardInterrupt
        return made(spec)

    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr("pkitools.requests.making.generate_key", broken)
    ran = batch()
    assert ran.code == 1
    words = shlex.split(ran.err.partition("Make the rest with: ")[2].splitlines()[0])
    use(monkeypatch, pools[1])
    assert run(*words[1:]).code == 0, "as it is pasted"
    assert_whole()


def test_a_wrong_passphrase_makes_no_second_key(
    batch: Batch, monkeypatch: pytest.MonkeyPatch, pools: tuple[list[PrivateKey], list[PrivateKey]]
) -> None:
    use(monkeypatch, pools[0])
    assert batch("--passphrase-env", "SECRET").code == 0
    left = contents()
    monkeypatch.setenv("SECRET", "another passphrase")
    assert batch("--passphrase-env", "SECRET", "--resume").code == 1
    assert contents() == left


def test_keys_that_stay_without_the_passphrase_that_was_given_are_named(
    batch: Batch, monkeypatch: pytest.MonkeyPatch, pools: tuple[list[PrivateKey], ...]
) -> None:
    """They stood there: who gave a passphrase thought that they were encrypted, and the document said so."""
    use(monkeypatch, pools[0])
    Path("t.csv").write_text(TWO, encoding="utf-8")
    batch()
    Path("t.csv").write_text(TABLE, encoding="utf-8")
    ran = batch("--passphrase-env", "SECRET", "--resume", "--json")
    assert "a.key, b.key" in " ".join(ran.err.split())
    assert "c.key" not in ran.err
    assert [each["key_encrypted"] for each in ran.document["requests"]] == [False, False, True]


def test_the_manifest_follows_its_schema_and_a_second_batch_adds_to_it(
    batch: Batch, monkeypatch: pytest.MonkeyPatch, pools: tuple[list[PrivateKey], list[PrivateKey]]
) -> None:
    use(monkeypatch, pools[0])
    assert batch().code == 0
    document = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    assert_valid(document, "manifest-v1")
    Path("t.csv").write_text(TABLE.replace("a;", "d;").replace("b;", "e;").replace("c;", "f;"), encoding="utf-8")
    use(monkeypatch, pools[1])
    assert batch().code == 0
    assert sorted(o.name for o in read_manifest(Path("out/manifest.json").read_bytes(), "m").orders.values()) == list(
        "abcdef"
    )


@pytest.mark.slow
def test_a_name_in_other_capitals_never_ends_an_order(
    batch: Batch, monkeypatch: pytest.MonkeyPatch, pools: tuple[list[PrivateKey], list[PrivateKey]]
) -> None:
    use(monkeypatch, pools[0])
    assert batch().code == 0
    before = contents()
    Path("t.csv").write_text(TABLE.replace("b;", "B;").replace("a;", "d;").replace("c;", "e;"), encoding="utf-8")
    for more in ((), ("--resume",), ("--force",)):
        made = use(monkeypatch, pools[1])
        ran = batch("--no-passphrase", *more)
        assert (ran.code, made.given, contents()) == (2, 0, before), ran.err
        assert "order b in out" in ran.err


@pytest.mark.parametrize(
    "table",
    [
        "name;common_name\n",
        "name;common_name",
        "\ufeffname;common_name\r\n\r\n;\r\n",
        *(f"name;common_name\na;a.nl\n{name};b.nl\n" for name in ("a.chain", "a.CHAIN", "a.chain.chain", "a.bak-1")),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_batch_that_cannot_be_is_refused_before_anything_is_there(
    batch: Batch, table: str, form: tuple[str, ...]
) -> None:
    Path("t.csv").write_text(table, encoding="utf-8")
    ran = batch("--no-passphrase", *form)
    assert ran.code in {1, 2}
    assert "t.csv" in ran.err + ran.out
    assert not Path("out").exists()


@pytest.mark.parametrize("options", [("--resume", "--force"), ("--self-signed",)])
def test_options_that_make_no_sense_together_are_refused(batch: Batch, options: tuple[str, ...]) -> None:
    assert batch("--no-passphrase", *options).code == 2
    assert not Path("out").exists()


@pytest.fixture(autouse=True)
def back_home() -> Iterator[None]:
    """The folder of a killed run is left before it is thrown away."""
    here = Path.cwd()
    yield
    os.chdir(here)


def test_what_another_batch_ordered_meanwhile_stays_in_the_manifest(
    batch: Batch, run: Command, monkeypatch: pytest.MonkeyPatch, pools: tuple[list[PrivateKey], list[PrivateKey]]
) -> None:
    """Both wrote keys for hours, and both were told that all is well."""
    use(monkeypatch, [*pools[0], pools[1][0]])
    Path("other.csv").write_text("name;common_name\nd;d.example.nl\n", encoding="utf-8")
    others: list[Ran] = []

    def meanwhile(folder: Path) -> None:
        make_folder(folder)
        monkeypatch.setattr("pkitools_cli.commands.csr.create_batch.make_folder", make_folder)
        words = (word.replace("t.csv", "other.csv") for word in BATCH)
        others.append(run(*words, "--no-passphrase"))

    monkeypatch.setattr("pkitools_cli.commands.csr.create_batch.make_folder", meanwhile)
    assert batch().code == 0
    assert [ran.code for ran in others] == [0]
    manifest = read_manifest(Path("out/manifest.json").read_bytes(), "m")
    assert {order.name for order in manifest.orders.values()} == {*"abcd"}
