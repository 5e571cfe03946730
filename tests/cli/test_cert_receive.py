"""``cert receive``: what comes back is matched by key, judged, and placed; the rest is named and left alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs7

from pkitools.containers import read_source
from pkitools.requests import PrivateKey, generate_key, load_key
from pkitools.requests.keys import to_pem
from pkitools_cli.main import main
from tests.support.command import Command, Ran
from tests.support.schemas import assert_valid

OIN = "00000003273229750000"
GIVEN = ("-e", "preproduction", "--profile", "g4-tls", "--organization", "Gemeente", "--key-type", "rsa:3072")
NAMES = "abc"
SPKI = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

Receive = Callable[..., Ran]


def call(*arguments: object) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    assert ended.value.code == 0, arguments


@pytest.fixture(scope="module")
def ordered(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A batch of three, and the certificates that the test PKI issued for them."""
    folder = tmp_path_factory.mktemp("ordered")
    folder.chmod(0o700)
    rows = "".join(f"{name};{name}.example.nl;{OIN}\n" for name in NAMES)
    (folder / "t.csv").write_text(f"name;common_name;oin\n{rows}", encoding="utf-8")
    out = folder / "out"
    call("csr", "create", "--from", folder / "t.csv", "--out-dir", out, *GIVEN, "--no-passphrase")
    for name in NAMES:
        call(
            "test-pki",
            "issue",
            world / "pki",
            "--csr",
            out / f"{name}.csr",
            "--profile",
            "g4-tls",
            "--out",
            folder / name,
        )
    other = "00000001003214345000"
    call(
        "test-pki",
        "issue",
        world / "pki",
        "--csr",
        out / "a.csr",
        "--profile",
        "g4-tls",
        "--oin",
        other,
        "--out",
        folder / "w",
    )
    return folder


@pytest.fixture
def receive(run: Command, ordered: Path, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Receive:
    """``cert receive in`` in a folder with the batch in ``out``, and an empty ``in``."""
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    shutil.copytree(ordered / "out", "out")
    Path("in").mkdir()
    pki = world / "pki"
    trusted = ("--trust", pki, "--crl", pki / "crl", "--offline")
    return lambda *more: run(
        "--lang", "en", "cert", "receive", "in", "--manifest", "out/manifest.json", *trusted, *more
    )


def put(ordered: Path, *names: str, as_form: str = "chain.pem") -> None:
    for name in names:
        data = FORMS[as_form]((ordered / f"{name}.chain.pem").read_bytes())
        Path(f"in/sent-{ord(name)}.{as_form}").write_bytes(data)


def in_pkcs7(pem: bytes, encoding: Encoding) -> bytes:
    return pkcs7.serialize_certificates(x509.load_pem_x509_certificates(pem)[::-1], encoding)


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "chain.pem": lambda pem: pem,
    "reversed.txt": lambda pem: b"".join(
        c.public_bytes(Encoding.PEM) for c in x509.load_pem_x509_certificates(pem)[::-1]
    ),
    "p7b": lambda pem: in_pkcs7(pem, Encoding.DER),
    "p7b.pem": lambda pem: in_pkcs7(pem, Encoding.PEM),
    "crlf.cer": lambda pem: pem.replace(b"\n", b"\r\n"),
}


def states(ran: Ran) -> dict[str, str]:
    return {(each["order"] or {"name": "?"})["name"]: each["state"] for each in ran.document["arrivals"]}


def placed() -> set[str]:
    return {path.name for path in Path("out").iterdir() if path.name.endswith(".pem")}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_it_is_placed_by_its_key_in_whatever_form_it_came(receive: Receive, ordered: Path, form: str) -> None:
    put(ordered, *NAMES, as_form=form)
    ran = receive("--json")
    assert ran.code == 0, ran.err
    assert_valid(ran.document, "cert-receive-v1")
    assert states(ran) == dict.fromkeys(NAMES, "placed")
    assert placed() == {f"{name}.{end}" for name in NAMES for end in ("pem", "chain.pem")}
    for name in NAMES:
        whole = read_source(Path(f"out/{name}.chain.pem").read_bytes(), name).certificates
        leaf = read_source(Path(f"out/{name}.pem").read_bytes(), name).certificates
        assert leaf == whole[:1]
        assert len(whole) == 4 - 1  # without the root, which nobody has to be sent
        key = load_key(Path(f"out/{name}.key").read_bytes(), name).public.spki
        assert x509.load_der_x509_certificate(leaf[0]).public_key().public_bytes(*SPKI) == key


@pytest.mark.slow
def test_what_has_not_come_is_named_and_what_came_before_stays(receive: Receive, ordered: Path) -> None:
    put(ordered, "a")
    first = receive()
    assert (first.code, "Wait for b, c" in first.told) == (0, True)
    before = {path: path.read_bytes() for path in Path("out").iterdir()}
    put(ordered, "b")
    second = receive("--json")
    assert states(second) == {"a": "in_place", "b": "placed"}
    assert [each["name"] for each in second.document["awaited"]] == ["c"]
    assert {path: path.read_bytes() for path in before} == before
    Path("in/sent-97.chain.pem").unlink()  # what stands in place is not awaited, wherever what was sent has gone
    assert [each["name"] for each in receive("--json").document["awaited"]] == ["c"]


@pytest.mark.slow
def test_one_that_is_not_what_was_ordered_is_said_and_not_placed(receive: Receive, ordered: Path) -> None:
    put(ordered, "w", "b")
    ran = receive()
    assert ran.code == 10
    assert placed() == {"b.pem", "b.chain.pem"}
    assert "Not right, and not placed: TRIAL a.example.nl" in ran.told
    told = ran.told.replace("\\ ", "")
    assert "cert check in/sent-119.chain.pem -e preproduction --key out/a.key --csr out/a.csr --trust " in told
    assert told.endswith(" --offline"), "asked again as it was asked here"


CHANGED = {
    "organization": (("--organization", "Gemeente Elders"), "received.organization.match"),
    "common_name": (("--common-name", "www.elders.example.nl"), "received.request.common_name"),
    "dns": (("--dns", "www.elders.example.nl"), "received.request.dns_missing"),
    "oin": (("--oin", "00000001003214345000"), "received.oin.match"),
}


@pytest.fixture(scope="module")
def changed(ordered: Path, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the key of order ``a`` a certificate with each of these names of another."""
    folder = tmp_path_factory.mktemp("changed")
    issue = ("test-pki", "issue", world / "pki", "--csr", ordered / "out" / "a.csr", "--profile", "g4-tls")
    for name, (words, _) in CHANGED.items():
        call(*issue, *words, "--out", folder / name)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("request_is", ["there", "gone", "unreadable"])
def test_names_of_another_are_not_placed_also_where_the_request_cannot_be_seen(
    receive: Receive, ordered: Path, changed: Path, request_is: str
) -> None:
    """One that is right is placed all the same: what was ordered stands in the manifest."""
    if request_is == "gone":
        Path("out/a.csr").unlink()
    elif request_is == "unreadable":
        Path("out/a.csr").write_bytes(b"nonsense")
    for name, (_, code) in CHANGED.items():
        shutil.copy(changed / f"{name}.chain.pem", "in/sent.pem")
        ran = receive("--json")
        (arrival,) = ran.document["arrivals"]
        assert (ran.code, arrival["state"], placed()) == (10, "failed", set()), name
        if request_is != "there":
            assert code in json.dumps(arrival)
    Path("in/sent.pem").unlink()
    put(ordered, "a")
    assert states(receive("--json")) == {"a": "placed"}


@pytest.mark.slow
def test_placed_never_stands_alone_where_revocation_is_not_known(
    run: Command, receive: Receive, ordered: Path, world: Path
) -> None:
    put(ordered, "a", "b")
    assert "not known" not in receive().told
    for path in Path("out").glob("?*.pem"):
        path.unlink()
    without = ("--trust", world / "pki" / "trust.pem", "--offline")
    ran = run("--lang", "en", "cert", "receive", "in", "--manifest", "out/manifest.json", *without)
    assert ran.code == 0
    assert ran.told.count("placed (revocation not known)") == 2


@pytest.mark.slow
def test_one_of_which_not_everything_can_be_checked_is_not_placed(
    receive: Receive, run: Command, ordered: Path, world: Path
) -> None:
    put(ordered, "a")
    command = (
        "cert",
        "receive",
        "in",
        "--manifest",
        "out/manifest.json",
        "--trust",
        world / "pki/trust.pem",
        "--offline",
    )
    ran = run("--lang", "en", *command, "--revocation", "require")
    assert (ran.code, placed()) == (11, set())
    assert "Not everything can be checked, so not placed: TRIAL a.example.nl" in ran.told
    assert receive().code == 0  # with the CRLs it is


def test_what_could_not_be_used_of_ones_own_is_what_to_mend_and_no_crl(receive: Receive, ordered: Path) -> None:
    put(ordered, "a")
    Path("own/rules").mkdir(parents=True)
    Path("own/rules/ours.toml").write_text("rule = 1\n", encoding="utf-8")
    ran = receive("--data", "own")
    assert (ran.code, placed()) == (11, set())
    now = ran.told.partition("Now: ")[2]
    assert now.startswith("Mend rules/ours.toml")
    assert "cert receive in --manifest out/manifest.json" in now
    assert "CRL of the issuer" not in now


def for_system(name: str) -> None:
    document = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    for order in document["orders"].values():
        order["system"] = name
    Path("out/manifest.json").write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.slow
def test_what_is_wrong_with_several_is_said_once_with_how_many_it_is_of(receive: Receive, ordered: Path) -> None:
    put(ordered, "w", "b", "c")
    for_system("eherkenning")
    ran = receive()
    assert ran.code == 10
    assert ran.out.startswith("Came: 3. In their place: 0.")
    assert (
        "Not right, and not placed: 3 × (b, c, a)" in ran.told or "Not right, and not placed: 3 × (a, b, c)" in ran.told
    )
    assert ran.out.count("[system.hierarchy.accepted]") == 1
    assert ran.told.count("With 1 of the 3: a") >= 1
    assert ran.told.endswith(
        "Now: eHerkenning takes no test certificates (TRIAL): a rehearsal with a test authority cannot be done here."
        " What it does take: pkitools systems show eherkenning"
    )


@pytest.mark.slow
def test_of_a_test_authority_nobody_sends_anything_to_a_tsp(
    receive: Receive, run: Command, ordered: Path, world: Path
) -> None:
    put(ordered, "w")
    assert "Now: This comes from a test authority (TRIAL): have it make another" in receive().told
    put(ordered, "b")
    Path("in/sent-119.chain.pem").unlink()
    ran = run("--lang", "en", "cert", "receive", "in", "--manifest", "out/manifest.json", "--offline")
    assert "Now: This comes from a test authority (TRIAL). Give its folder with --trust:" in ran.told
    words = ran.told.replace("\\ ", "").rpartition("pkitools ")[2].replace("DIR", str(world / "pki")).split()
    assert run("--lang", "en", *words).code == 0, "as it is pasted, with the folder filled in"


@pytest.mark.slow
def test_two_for_one_key_are_not_chosen_between(receive: Receive, ordered: Path) -> None:
    put(ordered, "a", "w")
    ran = receive("--json")
    assert (ran.code, states(ran), placed()) == (1, {"a": "ambiguous"}, set())


@pytest.mark.slow
def test_nothing_is_overwritten(receive: Receive, ordered: Path) -> None:
    put(ordered, "a")
    Path("out/a.pem").write_bytes(b"mine")
    ran = receive()
    assert ran.code == 1
    assert "stands something else. Nothing was overwritten" in ran.told
    assert "out/a.pem Now: Move what stands there" in ran.told
    assert (Path("out/a.pem").read_bytes(), Path("out/a.chain.pem").exists()) == (b"mine", False)


@pytest.mark.slow
@pytest.mark.parametrize("partial", [True, False], ids=["killed", "by-hand"])
@pytest.mark.parametrize("half", ["pem", "chain.pem"])
def test_what_was_broken_off_is_finished(receive: Receive, ordered: Path, half: str, partial: bool) -> None:
    put(ordered, "a")
    assert receive().code == 0
    whole = {path.name: path.read_bytes() for path in Path("out").glob("a.*pem")}
    (other,) = whole.keys() - {f"a.{half}"}
    if partial:  # as a kill leaves it between the names of a set
        Path(f"out/.a.{half}.partial").hardlink_to(f"out/a.{half}")
        Path(f"out/{other}").rename(f"out/.{other}.partial")
    else:
        Path(f"out/{other}").unlink()
    assert states(receive("--json")) == {"a": "placed"}
    assert {path.name: path.read_bytes() for path in Path("out").glob("*a.*pem*")} == whole
    Path(f"out/a.{half}").write_bytes(b"mine")
    Path(f"out/{other}").unlink()
    assert states(receive("--json")) == {"a": "occupied"}
    assert Path(f"out/a.{half}").read_bytes() == b"mine"


@pytest.mark.slow
def test_one_that_was_not_ordered_is_named(receive: Receive, ordered: Path) -> None:
    put(ordered, "a")
    document = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    orders = {spki: order for spki, order in document["orders"].items() if order["name"] != "a"}
    Path("out/manifest.json").write_text(json.dumps({**document, "orders": orders}), encoding="utf-8")
    ran = receive()
    assert ran.code == 1
    assert "Belongs to none of the keys of this manifest: TRIAL a.example.nl" in ran.told
    assert "Not ordered here: 1." in ran.told


@pytest.fixture(scope="module")
def later() -> list[PrivateKey]:
    return [generate_key("rsa:3072") for _ in NAMES]


GONE: dict[str, tuple[Callable[[], bytes] | None, str]] = {
    "gone": (None, "out/a.key does not exist. Now: Look for a copy of out/a.key"),
    "another": (
        lambda: generate_key("rsa:2048").pem(None),
        "out/a.key holds another key Now: Look for a copy of the key that",
    ),
    "nonsense": (lambda: b"nonsense", "Now: Look for a copy of out/a.key"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("instead", "told"), GONE.values(), ids=GONE)
def test_a_key_that_is_gone_or_another_is_named_with_what_to_do(
    receive: Receive, ordered: Path, instead: Callable[[], bytes] | None, told: str
) -> None:
    put(ordered, "a")
    Path("out/a.key").unlink()
    if instead is not None:
        Path("out/a.key").write_bytes(instead())
    ran = receive("--json")
    assert (ran.code, states(ran), placed()) == (1, {"a": "no_key"}, set())
    text = receive().told
    assert told in text
    words = "pkitools csr create --renew in/sent-97.chain.pem -e preproduction \\ --passphrase-file FILE --out out/a.2"
    assert text.endswith(words)


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["plain", "encrypted"])
def test_what_was_ordered_with_a_key_that_was_replaced_goes_beside_that_key(
    receive: Receive,
    ordered: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Command,
    later: list[PrivateKey],
    kept: str,
) -> None:
    put(ordered, "a", "b")
    assert receive().code == 0
    given = cycle(later)
    monkeypatch.setattr("pkitools.requests.making.generate_key", lambda _spec: next(given))
    table = (ordered / "t.csv").read_text(encoding="utf-8")
    Path("t.csv").write_text(table, encoding="utf-8")
    made = ("csr", "create", "--from", "t.csv", "--out-dir", "out", *GIVEN, "--no-passphrase")
    refused = run("--lang", "en", *made)
    assert "put what comes beside its key" in " ".join(refused.err.lower().split())
    assert refused.err.rstrip().endswith("pkitools cert receive DIR --manifest out/manifest.json")
    ran = run("--lang", "en", *made, "--force")
    assert "keys replaced: 3" in ran.told
    assert placed() == {f"{name}.bak-1{end}" for name in "ab" for end in (".pem", ".chain.pem")}
    put(ordered, "c")
    secret: tuple[str, ...] = ()
    if kept == "encrypted":
        data = load_key(Path("out/c.key.bak-1").read_bytes(), "c").pem(b"correct horse battery")
        Path("out/c.key.bak-1").write_bytes(data)
        locked = receive("--json")  # whose key it is cannot be seen
        assert (locked.code, states(locked)["c"]) == (1, "locked")
        monkeypatch.setenv("SECRET", "correct horse battery")
        secret = ("--passphrase-env", "SECRET")
    came = receive("--json", *secret)
    assert (came.code, states(came)) == (0, {"a": "in_place", "b": "in_place", "c": "placed"})
    assert_valid(came.document, "cert-receive-v1")
    assert {each["key_file"] for each in came.document["arrivals"]} == {f"out/{name}.key.bak-1" for name in NAMES}
    assert [each["name"] for each in came.document["awaited"]] == list(NAMES)  # those of the new keys
    assert "c.bak-1.pem (c.key.bak-1)" in receive(*secret).told
    key = load_key(Path("out/c.key.bak-1").read_bytes(), "c", passphrase=b"correct horse battery").public.spki
    leaf = read_source(Path("out/c.bak-1.pem").read_bytes(), "c").certificates[0]
    assert x509.load_der_x509_certificate(leaf).public_key().public_bytes(*SPKI) == key


@pytest.mark.slow
def test_a_passphrase_that_does_not_fit_places_nothing(
    receive: Receive, ordered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ordered, "a", "b")
    Path("out/a.key").write_bytes(load_key(Path("out/a.key").read_bytes(), "a").pem(b"correct horse battery"))
    monkeypatch.setenv("WRONG", "incorrect horse")
    ran = receive("--passphrase-env", "WRONG", "--json")
    assert (ran.code, states(ran)) == (1, {"a": "locked", "b": "placed"})
    told = receive("--passphrase-env", "WRONG")
    assert "out/a.key could not be opened with this passphrase" in told.told
    assert "Now: Put the right passphrase in WRONG, and give the command again:" in told.told
    assert "--passphrase-file or" not in told.err


@pytest.mark.slow
def test_what_was_not_looked_at_is_said(receive: Receive, ordered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(ordered, "a")
    key = load_key(Path("out/a.key").read_bytes(), "a")
    Path("out/a.key").write_bytes(key.pem(b"correct horse battery"))
    Path("out/a.csr").unlink()
    ran = receive()
    assert ran.code == 0
    assert "the key file was not opened" in ran.err
    assert "the request is not there" in ran.err
    for path in Path("out").glob("a*.pem"):
        path.unlink()
    monkeypatch.setenv("SECRET", "correct horse battery")
    assert "the key file" not in receive("--passphrase-env", "SECRET").err


@pytest.mark.slow
def test_the_folder_of_the_manifest_will_do(receive: Receive, run: Command, ordered: Path, world: Path) -> None:
    put(ordered, "a")
    ran = run("cert", "receive", "in", "--manifest", "out", "--trust", world / "pki", "--offline", "--json")
    assert (ran.code, states(ran), placed()) == (0, {"a": "placed"}, {"a.pem", "a.chain.pem"})


@pytest.mark.slow
def test_what_cannot_be_read_is_told_and_the_rest_is_placed(receive: Receive, ordered: Path) -> None:
    put(ordered, "a")
    Path("in/broken.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    ran = receive("--json")
    assert (ran.code, states(ran)) == (1, {"a": "placed"})
    assert [error["file"] for error in ran.document["errors"]] == ["in/broken.pem"]


@pytest.mark.parametrize("manifest", ["{}", "nonsense", '{"schema": "pkitools.manifest/v1", "orders": {"x": 1}}'])
def test_what_is_no_manifest_is_refused(receive: Receive, ordered: Path, manifest: str) -> None:
    put(ordered, "a")
    Path("out/manifest.json").write_text(manifest, encoding="utf-8")
    ran = receive()
    assert (ran.code, "no manifest" in ran.err) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize("as_form", ["chain.pem", "folder"])
def test_lists_that_came_with_the_certificates_are_used(
    run: Command, ordered: Path, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_form: str
) -> None:
    """A revoked certificate that came with the list that names it was put in place."""
    pki = tmp_path / "pki"
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    shutil.copytree(world / "pki", pki)
    shutil.copytree(ordered / "out", "out")
    Path("in").mkdir()
    for name in "ab":
        put(ordered, name)
    serial = x509.load_pem_x509_certificate((ordered / "a.pem").read_bytes()).serial_number
    call("test-pki", "revoke", pki, f"{serial:x}")
    for number, crl in enumerate(sorted((pki / "crl").iterdir())):
        text = to_pem("X509 CRL", crl.read_bytes())
        if as_form == "folder":
            Path(f"in/{number}.bin").write_bytes(text)
        else:
            with Path("in/sent-97.chain.pem").open("ab") as file:
                file.write(b"\n" + text)
    given = ("--manifest", "out/manifest.json", "--trust", pki / "trust.pem", "--offline", "--revocation", "require")
    ran = run("cert", "receive", "in", *given, "--json")
    assert ran.code == 10, (ran.out, ran.err)
    assert [Path(f"out/{name}.pem").exists() for name in "ab"] == [False, True]
