"""``pkitools export``, ``chain complete`` and ``trust export|diff|update``: what goes wrong, and what is said then."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import stat
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from pkitools.exports import export_forms, keystores
from pkitools.requests import load_key
from pkitools.requests.keys import to_pem
from pkitools.trust import embedded_certificates
from pkitools.x509.der_writing import octet_string
from pkitools_test_pki import exports
from pkitools_test_pki.faults.http import good
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from tests.exports.conftest import MOMENT
from tests.support.cases import in_one_test
from tests.support.chains import START, authority
from tests.support.command import Command, Ran
from tests.support.der import integer, oid, sequence, tlv
from tests.support.fault_server import FaultServer
from tests.support.metadata import descriptor, entity, role
from tests.support.requests import request
from tests.support.schemas import assert_valid

AT = ("--moment", "2026-11-22T12:00:00Z")
CANARY = "canary-passphrase-7f3a"
FORMS = [form.name for form in export_forms()]
KEYED = [form.name for form in export_forms() if form.takes_key]
ROOT = next(one for one in embedded_certificates() if one.hierarchy and one.hierarchy.name == "g1-private")


@pytest.fixture(scope="module", autouse=True)
def few_rounds() -> Iterator[None]:
    """What locks a keystore here: how often it goes round is asked in tests/exports/test_building.py, and is slow."""
    usual = keystores.encryption_of
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            keystores, "encryption_of", lambda secret, *, legacy, **_: usual(secret, legacy=legacy, rounds=100)
        )
        patched.setattr(keystores, "_MAC_ROUNDS", 100)
        yield


@pytest.fixture(scope="module")
def pki() -> PKI:
    return build("g4-tls", moment=MOMENT, keys=elliptic_keys)


@pytest.fixture(scope="module")
def leaf(pki: PKI) -> IssuedCertificate:
    return pki.issue("g4-tls")


@pytest.fixture(scope="module")
def files(pki: PKI, leaf: IssuedCertificate) -> dict[str, bytes]:
    """What lies in the folder of each test, made once."""
    other = pki.issue("g4-tls")
    return {
        "a.pem": leaf.chain_pem,
        "alone.pem": leaf.pem,
        "root.pem": leaf.root.pem,
        "a.key": leaf.key_pem,
        "locked.key": load_key(leaf.key_pem, "a.key").pem(CANARY.encode()),
        "other.key": other.key_pem,
        "both.pem": leaf.chain_pem + other.pem,
        "with-key.pem": leaf.key_pem + leaf.chain_pem,
        "a.p12": exports.pkcs12_bundle(leaf, CANARY.encode(), rounds=100),
        "secret": CANARY.encode(),
        "other-secret": b"another passphrase",
        "short": b"kort",
    }


@pytest.fixture
def place(files: dict[str, bytes], tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o600)
    return tmp_path


@pytest.fixture
def export(run: Command, place: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    monkeypatch.chdir(place)

    def call(*words: str, lang: str = "en") -> Ran:
        before = snapshot(place)
        ran = run("--lang", lang, "export", *words, *AT)
        if ran.code != 0:
            assert snapshot(place) == before, "a failed command leaves nothing"
        assert CANARY not in ran.out + ran.err
        return ran

    return call


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


GIVEN = ("a.pem", "--key", "a.key", "--chain", "root.pem", "--passphrase-file", "secret", "--out", "uit")


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_each_form_is_written_and_told(export: Callable[..., Ran], place: Path, form: str, lang: str) -> None:
    ran = export(form, *GIVEN, lang=lang)
    assert (ran.code, ran.err) == (0, "")
    assert ("Probeer het uit:" if lang == "nl" else "Try it:") in ran.out
    assert "cli." not in ran.out
    assert "exports." not in ran.out
    found = export_forms()[FORMS.index(form)]
    for file in found.files:
        path = file.place("uit")
        assert path.name in ran.out
        mode = stat.S_IMODE((place / path).stat().st_mode)
        assert (mode == 0o600) is file.is_secret
    document = export(form, *GIVEN, "--force", "--json").document
    assert_valid(document, "export-v1")
    assert [Path(each["path"]).name for each in document["files"]] == [file.place("uit").name for file in found.files]


@pytest.mark.slow
def test_the_root_comes_with_what_is_trusted(
    export: Callable[..., Ran], place: Path, pki: PKI, leaf: IssuedCertificate
) -> None:
    """A file, a folder, and the folder of a test PKI, which has its authorities in a folder of their own."""
    (place / "my pki/certs").mkdir(parents=True)
    (place / "my pki/trust.pem").write_bytes(leaf.root.pem)
    for number, authority_ in enumerate(leaf.intermediates):
        (place / f"my pki/certs/{number}.pem").write_bytes(authority_.pem)
    assert export("nginx", "alone.pem", "--key", "a.key", "--trust", "my pki", "--out", "whole").code == 0
    assert (place / "whole.pem").read_bytes() == leaf.chain_pem
    for trust in ("root.pem", "my pki"):
        words = ("a.pem", "--key", "a.key", "--trust", trust, "--out", f"{trust}-uit")
        ran = export("nginx", *words)
        assert (ran.code, "does not show" in ran.told) == (0, False), ran.out
        assert leaf.root.pem in (place / f"{trust}-uit.ca.pem").read_bytes()
    refused = export("nginx", "a.pem", "--key", "a.key", "--out", "uit")
    assert (refused.code, "Give it with --trust" in refused.err) == (1, True)
    ran = export("chain", "a.pem", "--out", "uit")
    assert "whether that is the root does not show. Give it with --trust" in ran.told
    assert (
        export("java-truststore", "a.pem", "--trust", "root.pem", "--passphrase-file", "secret", "--out", "t").code == 0
    )


@pytest.mark.slow
@pytest.mark.parametrize(("form", "line"), [("nginx", 'include "{}";'), ("apache", 'Include "{}"')])
def test_a_test_of_all_configuration_comes_after_the_line_that_names_ours(
    export: Callable[..., Ran], place: Path, form: str, line: str
) -> None:
    (place / "my out").mkdir()
    ran = export(form, "a.pem", "--key", "a.key", "--chain", "root.pem", "--out", "my out/uit")
    rows = [row.strip() for row in ran.out.splitlines()]
    conf = (place / f"my out/uit.{form}.conf").absolute().as_posix()
    assert rows.index(line.format(conf)) < rows.index("Try it:") < len(rows) - 1


@pytest.mark.parametrize("file", ["a.pem", "a.csr"])
def test_swapped_files_are_called_swapped_and_no_mode_is_asked_of_what_is_no_key(
    export: Callable[..., Ran], run: Command, place: Path, file: str
) -> None:
    (place / "a.csr").write_bytes(to_pem("CERTIFICATE REQUEST", request()))
    (place / file).chmod(0o644)
    for ran in (
        export("nginx", "a.key", "--key", file, "--out", "uit"),
        run("--lang", "en", "cert", "check", "a.pem", "--key", file, "--csr", "a.key", "-e", "preproduction"),
        run("--lang", "en", "cert", "check", "a.pem", "--key", file, "--chain", "a.key", "-e", "preproduction"),
    ):
        assert ran.code == 1
        assert ran.err.startswith(f"{file} holds no private key")
        assert ran.err.rstrip().endswith("a.key does. Swap the two.")


def test_what_is_no_key_where_none_was_given_is_not_called_swapped(run: Command, place: Path) -> None:
    ran = run("--lang", "en", "cert", "check", place / "a.pem", "--key", place / "root.pem", "-e", "preproduction")
    assert (ran.code, "Swap" in ran.err, "holds no private key" in ran.err) == (1, False, True)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_overwritten(export: Callable[..., Ran], place: Path, form: str) -> None:
    for file in export_forms()[FORMS.index(form)].files:
        target = place / file.place("uit")
        target.write_bytes(b"mine")
        ran = export(form, *GIVEN)
        assert ran.code == 1
        assert "--force" in ran.err
        target.unlink()
    assert export(form, *GIVEN).code == 0
    again = export(form, *GIVEN, "--force")
    assert again.code == 0
    kept = [path.name for path in place.glob("*.bak-1")]
    found = export_forms()[FORMS.index(form)]
    assert bool(kept) is (found.takes_passphrase or any(file.is_secret for file in found.files))


OVER_A_KEY = {
    "public": ("export", "public", "a.pem", "--out", "k"),
    "java-truststore": ("export", "java-truststore", *GIVEN[:-2], "--out", "k"),
    "chain": ("export", "chain", "a.pem", "--out", "k"),
    "complete": ("chain", "complete", "a.pem", "--chain", "root.pem", "--offline", "--out", "k"),
    "trust": ("trust", "export", "g1-private", "--out", "k"),
    "trust-pkcs12": (
        "trust",
        "export",
        "g1-private",
        "--format",
        "pkcs12",
        "--passphrase-file",
        "secret",
        "--out",
        "k",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("words", OVER_A_KEY.values(), ids=OVER_A_KEY)
def test_a_key_that_stood_there_is_kept_and_told(
    run: Command, place: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(place)
    for stood in ("a.key", "locked.key", "with-key.pem", "a.p12"):
        (place / "k").write_bytes((place / stood).read_bytes())
        (place / "k").chmod(0o644)
        ran = run(*words, "--force", *AT)
        assert ran.code == 0, ran.err
        (kept,) = place.glob("k.bak-*")
        assert kept.read_bytes() == (place / stood).read_bytes()
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert kept.name in ran.out + ran.err
        kept.unlink()


@pytest.mark.parametrize(
    "words",
    [
        ("export", "public", "with-key.pem", "--out", "with-key.pem"),
        ("export", "public", "a.pem", "--key", "a.key", "--out", "a.key"),
        ("export", "chain", "alone.pem", "--chain", "a.pem", "--out", "link.pem"),
        ("chain", "complete", "with-key.pem", "--out", "./with-key.pem", "--offline"),
        ("chain", "complete", "alone.pem", "--chain", "a.pem", "--out", "a.pem", "--offline"),
    ],
)
def test_nothing_that_is_read_is_replaced(
    run: Command, place: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(place)
    (place / "link.pem").hardlink_to(place / "a.pem")
    before = {path: path.read_bytes() for path in place.iterdir()}
    ran = run(*words, "--force", *AT)
    assert ran.code == 2, ran.out
    assert {path: path.read_bytes() for path in place.iterdir()} == before


REFUSED = {
    "other key": ("exports.error.other_key", 1, ("nginx", "a.pem", "--key", "other.key", "--chain", "root.pem")),
    "other key, public": ("exports.error.other_key", 1, ("public", "a.pem", "--key", "other.key")),
    "no key": ("exports.error.no_key", 1, ("nginx", "a.pem", "--chain", "root.pem")),
    "two holders": ("exports.error.several", 2, ("public", "both.pem")),
    "no chain": ("exports.error.no_chain", 1, ("nginx", "alone.pem", "--key", "a.key")),
    "no root": ("exports.error.no_root", 1, ("java-truststore", "a.pem", "--passphrase-file", "secret")),
    "locked": ("requests.error.passphrase_needed", 1, ("nginx", "a.pem", "--key", "locked.key", "--chain", "root.pem")),
    "wrong passphrase": (
        "requests.error.passphrase_wrong",
        1,
        ("pkcs12", "a.pem", "--key", "locked.key", "--passphrase-file", "other-secret"),
    ),
    "short for Java": (
        "exports.error.passphrase_short",
        1,
        ("jks", "a.pem", "--key", "a.key", "--chain", "root.pem", "--passphrase-file", "short"),
    ),
    "a key for a certificate": ("sources.error.only_key", 1, ("public", "a.key")),
    "no such file": ("files.error.missing", 1, ("public", "nowhere.pem")),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_exported_is_one_sentence_with_what_to_do(export: Callable[..., Ran], case: str) -> None:
    code, exit_code, words = REFUSED[case]
    ran = export(*words, "--out", "uit", "--json")
    assert ran.code == exit_code, ran.err
    document = ran.document
    assert_valid(document, "error-v1")
    assert document["code"] == code
    for lang in ("nl", "en"):
        told = export(*words, "--out", "uit", lang=lang).err
        assert told.strip().count("\n") == 0
        assert len(told.split(". ")) > 1, "what is wrong, and what to do"


USAGE = {
    "no passphrase for a keystore": ("pkcs12", "a.pem", "--key", "a.key", "--chain", "root.pem"),
    "a keystore without": ("pkcs12", "a.pem", "--key", "a.key", "--no-passphrase"),
    "legacy where it says nothing": ("nginx", "a.pem", "--key", "a.key", "--legacy"),
    "locked stays locked": (
        "nginx",
        "a.pem",
        "--key",
        "locked.key",
        "--chain",
        "root.pem",
        "--passphrase-file",
        "secret",
    ),
    "no such form": ("tomcat", "a.pem"),
}


@pytest.mark.parametrize("case", USAGE)
def test_what_is_not_said_is_asked(export: Callable[..., Ran], case: str) -> None:
    ran = export(*USAGE[case], "--out", "uit")
    assert (ran.code, ran.out) == (2, "")


def test_a_folder_is_no_prefix(export: Callable[..., Ran], place: Path) -> None:
    (place / "map").mkdir()
    for target in ("map", "map/"):
        assert export("nginx", "a.pem", "--key", "a.key", "--chain", "root.pem", "--out", target).code == 2
    assert export("public", "a.pem", "--out", "map").code == 1


def test_a_folder_that_is_not_there_or_is_anybodys(export: Callable[..., Ran], place: Path) -> None:
    assert export("public", "a.pem", "--out", "weg/uit").code == 1
    (place / "open").mkdir()
    (place / "open").chmod(0o777)
    ran = export("nginx", "a.pem", "--key", "a.key", "--chain", "root.pem", "--out", "open/uit")
    assert ran.code == 1
    assert not list((place / "open").iterdir())


def test_a_folder_that_cannot_be_written(export: Callable[..., Ran]) -> None:
    assert export("public", "a.pem", "--out", "/proc/uit").code == 1  # not by root either


@pytest.mark.slow
def test_an_encrypted_key_is_opened_and_written_plain_when_that_is_said(
    export: Callable[..., Ran], place: Path, leaf: IssuedCertificate
) -> None:
    words = ("a.pem", "--key", "locked.key", "--chain", "root.pem", "--out", "uit")
    assert export("nginx", *words, "--key-passphrase-file", "secret", "--no-passphrase").code == 0
    assert (place / "uit.key").read_bytes() == leaf.key_pem
    assert export("pkcs12", *words, "--key-passphrase-file", "secret", "--passphrase-file", "other-secret").code == 0
    assert pkcs12.load_pkcs12((place / "uit").read_bytes(), b"another passphrase").key is not None


@pytest.mark.parametrize("file", ["with-key.pem", "a.p12"])
def test_the_key_in_the_file_goes_along(
    export: Callable[..., Ran], place: Path, leaf: IssuedCertificate, file: str
) -> None:
    plain = ("--key-passphrase-file", "secret", "--no-passphrase") if file.endswith("p12") else ()
    assert export("nginx", file, "--chain", "root.pem", *plain, "--out", "uit").code == 0
    assert (place / "uit.key").read_bytes() == leaf.key_pem
    assert (place / "uit.pem").read_bytes() == leaf.chain_pem
    assert export("public", file, *plain[:2], "--out", "publiek.pem").code == 0
    for path in place.glob("publiek*"):
        assert b"PRIVATE" not in path.read_bytes()


def test_a_keystore_that_asks_for_absurd_work_is_refused(export: Callable[..., Ran], place: Path) -> None:
    (place / "bom.p12").write_bytes(costly(b"\x7f\xff\xff\xff"))
    ran = export("nginx", "bom.p12", "--passphrase-file", "secret", "--no-passphrase", "--out", "uit", "--json")
    assert ran.code == 1
    assert ran.document["code"] == "sources.error.kdf_rounds"


def costly(rounds: bytes) -> bytes:
    """A PKCS#12 whose MAC asks for so many rounds."""
    safe = sequence(oid("1.2.840.113549.1.7.1"), tlv(0xA0, octet_string(sequence())))
    digest = sequence(sequence(oid("2.16.840.1.101.3.4.2.1"), b"\x05\x00"), octet_string(b"\x00" * 32))
    return sequence(integer(3), safe, sequence(digest, octet_string(b"\x01" * 8), tlv(0x02, rounds)))


def test_expired_is_told_and_done(export: Callable[..., Ran], run: Command) -> None:
    ran = run("--lang", "en", "export", "public", "a.pem", "--out", "uit", "--moment", "2040-01-01")
    assert ran.code == 0
    assert "has been expired since" in ran.told


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("public", "a.pem", "--for", "digid-machtigen", "-e", "production"), "test hierarchy"),
        (("public", "root.pem"), "certification authority"),
        (("public", "a.pem", "--moment", "2030-01-01T00:00:00Z"), "expired"),
        (("nginx", "a.pem", "--key", "a.key", "--trust", "root.pem", "--moment", "2030-01-01T00:00:00Z"), "expired"),
    ],
)
def test_what_is_not_to_be_used_as_it_is_is_not_said_to_be_sent(
    export: Callable[..., Ran], run: Command, words: tuple[str, ...], why: str
) -> None:
    at = () if "--moment" in words else AT
    done = run("--lang", "en", "export", *words, "--out", "uit", *at)
    last = done.told.partition("Now: ")[2]
    assert (done.code, why in done.told) == (0, True)
    assert last.startswith(("Do not send this yet", "Do not install this yet")), last
    assert f"pkitools cert check {words[1]} -e p" in last


def test_standard_input_is_read(
    run: Command, place: Path, leaf: IssuedCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    assert run("export", "public", "-", "--out", "uit.pem", *AT, stdin=leaf.chain_pem).code == 0
    assert (place / "uit.pem").read_bytes() == leaf.pem
    assert json.loads((place / "uit.json").read_bytes())["schema"] == "pkitools.form-sheet/v1"


# -- chain complete --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_chain_is_completed_and_written_without_its_root(
    run: Command, place: Path, leaf: IssuedCertificate, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.chdir(place)
    (place / "heap.pem").write_bytes(leaf.root.pem + leaf.path[2].pem + leaf.pem + leaf.path[1].pem + leaf.pem)
    ran = run("--lang", lang, "chain", "complete", "heap.pem", "--offline", "--out", "k.pem", *AT)
    assert (ran.code, ran.err) == (0, "")
    assert (place / "k.pem").read_bytes() == leaf.chain_pem
    assert "cli." not in ran.out
    document = run("chain", "complete", "heap.pem", "--offline", "--json", *AT).document
    assert_valid(document, "chain-complete-v1")
    assert document["left_out"][0]["reason"] == "twice"
    assert run("chain", "complete", "heap.pem", "--offline", "--out", "k.pem", *AT).code == 1


@pytest.mark.parametrize(("name", "sent"), [("a.pem", True), ("root.pem", False)])
def test_the_chain_of_an_authority_is_not_said_to_be_sent(run: Command, place: Path, name: str, sent: bool) -> None:
    words = (place / name, "--trust", place / "root.pem", "--offline", "--out", place / "uit")
    ran = run("--lang", "en", "chain", "complete", *words, *AT)
    assert (ran.code, "export public" in ran.told) == (0, sent)


def test_a_chain_that_is_not_complete_is_not_written(
    run: Command, place: Path, leaf: IssuedCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    ran = run("--lang", "en", "chain", "complete", "alone.pem", "--offline", "--out", "k.pem", *AT)
    assert ran.code == 10
    assert not (place / "k.pem").exists()
    assert "NOT complete" in ran.told
    assert leaf.path[1].facts.subject.common_name in ran.told


def test_what_comes_next_is_the_command_that_was_given_and_more(
    run: Command, place: Path, pki: PKI, leaf: IssuedCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    (place / "two.pem").write_bytes(leaf.pem + leaf.path[1].pem + leaf.path[2].pem + pki.issue("g4-tls").pem)
    given = ("chain", "complete", "two.pem", "--chain", "root.pem", "--certificate", "1", "--offline", *AT)
    told = " ".join(run(*given).out.replace("\\\n", " ").split())
    following = shlex.split(told.partition("pkitools ")[2])
    assert following[-2:] == ["--out", "two.chain.pem"]
    assert run(*following).code == 0
    assert (place / "two.chain.pem").read_bytes() == leaf.chain_pem


def test_of_what_is_missing_it_is_told_where_it_can_be_had(
    run: Command, place: Path, leaf: IssuedCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    ran = run("chain", "complete", "alone.pem", "--trust", "root.pem", "--offline", *AT)
    assert leaf.facts.ca_issuers_uris[0] in ran.told
    assert "Leave out --offline" in ran.told
    assert "--offline" not in ran.told.partition("pkitools ")[2]


@pytest.mark.parametrize(
    "words",
    [
        ("chain", "complete", "alone.pem", "--offline", "--out", "k.pem"),
        ("cert", "check", "alone.pem", "-e", "preproduction", "--for", "digikoppeling", "--offline"),
        ("metadata", "check", "sp.xml", "-e", "preproduction", "--for", "fsc", "--offline"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_test_pki_that_was_forgotten_is_asked_for(
    run: Command,
    place: Path,
    leaf: IssuedCertificate,
    pki: PKI,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    """Nobody has to go to a TSP for the root of a test hierarchy; what is told works as it stands, with that folder."""
    monkeypatch.chdir(place)
    held = f"<ds:X509Data><ds:X509Certificate>{b64encode(leaf.der).decode()}</ds:X509Certificate></ds:X509Data>"
    (place / "sp.xml").write_text(entity(role(keys=descriptor(info=held, name="a"))))
    (place / "DIR" / "certs").mkdir(parents=True)
    (place / "DIR" / "trust.pem").write_bytes(pki.trust_pem())
    for number, link in enumerate(leaf.path[1:]):
        (place / "DIR" / "certs" / f"{number}.cer").write_bytes(link.der)
    ran = run("--lang", "en", *words, *AT)
    assert ran.code == 10
    told = " ".join(ran.out.replace("\\\n", " ").split()).partition("pkitools ")[2]
    following = shlex.split(told[: told.index("--trust DIR")] + "--trust DIR")
    assert (sorted(following), following[-1]) == (sorted([*words, *AT, "--trust", "DIR"]), "DIR")
    assert "path.anchor.found" not in run(*following).out
    assert ("k.pem" in words) is (place / "k.pem").exists()


@pytest.mark.parametrize("option", ["--chain", "--trust"])
def test_a_folder_is_taken_where_certificates_of_issuers_are(
    run: Command, place: Path, leaf: IssuedCertificate, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.chdir(place)
    (place / "issuers").mkdir()
    (place / "issuers" / "read me.txt").write_text("of our TSP")
    for number, link in enumerate(leaf.path[1:]):
        (place / "issuers" / f"{number}.cer").write_bytes(link.der)
    ran = run("chain", "complete", "alone.pem", option, "issuers", "--offline", "--out", "k.pem", *AT)
    assert ran.code == 0, ran.out
    assert (place / "k.pem").read_bytes() == leaf.chain_pem
    (place / "empty").mkdir()
    assert run("chain", "complete", "alone.pem", option, "empty", "--offline", *AT).code == 1
    document = run("chain", "complete", "alone.pem", "--offline", "--json", *AT).document
    assert_valid(document, "chain-complete-v1")
    assert document["address"] == leaf.facts.ca_issuers_uris[0]
    assert document["next"]["command"][:4] == ["pkitools", "chain", "complete", "alone.pem"]
    assert document["path"][0]["not_after"].startswith(str(leaf.facts.not_after.date()))
    assert "nothing but the root" not in ran.told


def test_a_chain_without_its_root_is_complete_enough_to_hand_on(
    run: Command, place: Path, leaf: IssuedCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    (place / "rootless.pem").write_bytes(leaf.path[1].pem + leaf.pem + leaf.path[2].pem)
    ran = run("--lang", "en", "chain", "complete", "rootless.pem", "--offline", "--out", "r.pem", *AT)
    assert (ran.code, "complete but for its root" in ran.told) == (0, True)
    assert (place / "r.pem").read_bytes() == leaf.chain_pem
    document = run("chain", "complete", "rootless.pem", "--offline", "--json", *AT).document
    assert_valid(document, "chain-complete-v1")
    assert (document["complete"], document["lacks_root_only"], document["missing"] is None) == (False, True, False)
    told = " ".join(run("chain", "complete", "rootless.pem", "--offline", *AT).out.replace("\\\n", " ").split())
    assert shlex.split(told.partition("pkitools ")[2])[-2:] == ["--out", "rootless.chain.pem"]


# -- trust -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("form", ["pem", "pkcs12", "jks", "folder"])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_trust_bundle_is_written_and_its_systems_are_told(
    run: Command, place: Path, monkeypatch: pytest.MonkeyPatch, form: str, lang: str
) -> None:
    monkeypatch.chdir(place)
    words = ("trust", "export", "g1-private", "--format", form, "--out", "uit", "--passphrase-file", "secret", *AT)
    ran = run("--lang", lang, *words)
    assert ran.code == 0, ran.err
    assert ROOT.common_name in ran.told
    assert "Digikoppeling" in ran.told
    assert "cli." not in ran.out
    following = shlex.split(" ".join(ran.out.replace("\\\n", " ").split()).partition("pkitools ")[2])
    assert (form == "folder") is (not following)
    assert not following or run(*following, *AT).code == 0
    document = run(*words, "--force", "--json").document
    assert_valid(document, "trust-export-v1")
    assert run(*words).code == 1


def test_a_folder_with_something_else_in_it_is_left_alone(
    run: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    (place / "map").mkdir()
    (place / "map" / "12345678.0").write_bytes(b"somebody")
    for force in ((), ("--force",)):
        ran = run("trust", "export", "g1-private", "--format", "folder", "--out", "map", *force, *AT)
        assert ran.code == 1
        assert [path.name for path in (place / "map").iterdir()] == ["12345678.0"]


@pytest.mark.parametrize(
    ("words", "code"), [((), 0), (("--hierarchy", "g4-tls"), 10), (("--hierarchy", "g4-other"), 11)]
)
def test_the_exit_code_of_a_difference(
    run: Command, place: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int
) -> None:
    monkeypatch.chdir(place)
    (place / "own.der").write_bytes(ROOT.der)
    for lang in ("nl", "en"):
        ran = run("--lang", lang, "trust", "diff", "own.der", *words, *AT)
        assert ran.code == code
        assert "cli." not in ran.out
    assert_valid(run("trust", "diff", "own.der", *words, "--json", *AT).document, "trust-diff-v1")


@pytest.mark.parametrize(("lang", "told"), [("nl", "niet helemaal gelezen"), ("en", "could not be read whole")])
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("broken", ["00", "3003020105"])
def test_a_bundle_of_which_a_part_cannot_be_read_is_not_called_right(
    run: Command, tmp_path: Path, lang: str, told: str, known: bool, broken: str
) -> None:
    first = ROOT.der if known else authority("someone").der
    content = to_pem("CERTIFICATE", first) + to_pem("CERTIFICATE", bytes.fromhex(broken))
    (tmp_path / "b.pem").write_bytes(content)
    ran = run("--lang", lang, "trust", "diff", tmp_path / "b.pem", *AT)
    assert ran.code == 1
    # however its lines are broken
    assert "".join(told.split()) in "".join(ran.told.split()).partition("b.pem")[2].partition(".")[0]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_bundle_without_pkioverheid_is_called_that_and_its_unknown_ones_are_counted(
    run: Command, tmp_path: Path, lang: str
) -> None:
    several = [authority(f"someone {number}") for number in range(9)]
    for count, right in ((1, True), (9, True), (1, False)):
        bundle = [one.der for one in several[:count]]
        bundle += [] if right else [authority("expired", end=START).der]
        (tmp_path / "b.pem").write_bytes(b"".join(to_pem("CERTIFICATE", der) for der in bundle))
        ran = run("--lang", lang, "trust", "diff", tmp_path / "b.pem", *AT)
        assert ran.code == (11 if right else 10)
        assert {"nl": "niets van PKIoverheid", "en": "nothing of PKIoverheid"}[lang] in ran.told or not right
        assert ("geen bekende" in ran.told, "no known" in ran.told) == (False, False)
        assert ("someone 0" in ran.told) is (count == 1)
        assert ("9 certifica" in ran.told) is (count == 9)


@in_one_test
@pytest.mark.parametrize("beside", [0, 1, 9])
@pytest.mark.parametrize(("lang", "right", "more"), [("nl", "klopt voor", "vertrouwt ook"), ("en", "is right", "too")])
def test_who_is_trusted_beside_pkioverheid_stands_in_the_first_line(
    run: Command, tmp_path: Path, beside: int, lang: str, right: str, more: str
) -> None:
    others = [authority(f"someone {number}").der for number in range(beside)]
    (tmp_path / "b.pem").write_bytes(b"".join(to_pem("CERTIFICATE", der) for der in (ROOT.der, *others)))
    ran = run("--lang", lang, "trust", "diff", tmp_path / "b.pem", *AT)
    first = " ".join(ran.told.split())[:300]
    assert ran.code == 0
    assert (right in first, more in first) == (not beside, bool(beside))
    assert f": {beside}." in first or not beside


def test_update_needs_the_network_and_says_so(run: Command) -> None:
    ran = run("--lang", "en", "trust", "update", "--offline")
    assert ran.code == 11
    assert "leave out --offline" in ran.err
    assert ran.told.startswith("Nothing was asked.")
    assert "reaches" not in ran.told


def test_the_first_line_of_update_says_no_more_than_came(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every heap of answers: that nothing is new only where all of it came, and nothing of what nobody gave."""
    from pkitools import exports as room
    from pkitools.exports import Published, PublishedAuthority
    from pkitools.trust import catalogue

    entry = catalogue().by_sha256[ROOT.sha256]
    nothing = {"nl": "er is niets nieuws", "en": "nothing is new"}
    other = {"nl": "ANDER dan hier bekend", "en": r"ANOTHER than is known|OTHERS than are known"}
    for states in itertools.chain.from_iterable(
        itertools.combinations_with_replacement(Published, n) for n in (1, 2, 3)
    ):
        found = tuple(PublishedAuthority(entry, "", state, detail="timeout") for state in states)
        monkeypatch.setattr(room, "published_authorities", lambda _fetcher, found=found: found, raising=False)
        for lang, new in nothing.items():
            rows = run("--lang", lang, "trust", "update").lines
            head = " ".join(itertools.takewhile(lambda row: not re.match(r" |Nu:|Now:", row), rows))
            assert (new in head) is (set(states) == {Published.SAME}), (states, head)
            assert bool(re.search(other[lang], head)) is (Published.OTHER in states), (states, head)
            unknown = "niet bekend" in head or "not known" in head
            assert unknown is (Published.OTHER not in states and set(states) != {Published.SAME}), (states, head)
            numbers = set(map(int, re.findall(r"\d+", head)))
            count = states.count(Published.OTHER) or states.count(Published.SAME)
            assert not numbers or {count, len(states)} <= numbers, (states, head)


def test_update_keeps_what_is_what_we_know(run: Command, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pkitools import exports as room
    from pkitools.exports import Published, PublishedAuthority
    from pkitools.trust import catalogue

    entry = catalogue().by_sha256[ROOT.sha256]
    url = entry.download or ""
    monkeypatch.chdir(place)
    kept = PublishedAuthority(entry, url, Published.SAME, ROOT.der)
    lost = PublishedAuthority(entry, url, Published.NOT_FETCHED, detail="timeout")
    false = PublishedAuthority(entry, url, Published.OTHER, detail="00" * 32)
    portal = PublishedAuthority(entry, url, Published.NO_CERTIFICATE, detail="sources.error.nothing")
    ways = (((kept,), 0), ((kept, lost), 11), ((kept, lost, false), 10), ((lost,), 11), ((kept, portal), 11))
    for found, code in ways:
        monkeypatch.setattr(room, "published_authorities", lambda _fetcher, found=found: found, raising=False)
        for lang, told in (("nl", "Vertrouw niet wat anders is"), ("en", "Do not trust what is another")):
            ran = run("--lang", lang, "trust", "update")
            assert ran.code == code
            assert "cli." not in ran.out
            assert (told in ran.told) is (false in found)
            assert ("pkitools trust update --out" in ran.told) is (kept in found and false not in found)
        document = run("trust", "update", "--json", "--out", "map", "--force").document
        assert_valid(document, "trust-update-v1")
        if found != (lost,):
            assert [Path(each).name for each in document["files"]] == ["PrivateRootCA-G1.pem"]


# -- the network, and other forms of input ----------------------------------------------------------------------------


def test_a_chain_is_completed_over_the_network_when_that_is_allowed(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PKITOOLS_OFFLINE", raising=False)
    with FaultServer() as server:
        served = build("g4-tls", moment=MOMENT, keys=elliptic_keys, base_url=server.base_url).issue("g4-tls")
        for link in served.path[:-1]:
            url = link.facts.ca_issuers_uris[0]
            assert link.issuer is not None
            server.serve(url.removeprefix(server.base_url), good, link.issuer.der, "application/pkix-cert")
        (tmp_path / "alone.pem").write_bytes(served.pem)
        words = ("chain", "complete", "alone.pem", "--out", "k.pem", *AT)
        refused = run(*words, "--lang", "en")
        assert (refused.code, server.connections) == (10, 0)
        assert "another party" in refused.told
        allowed = ("--allow-net", "127.0.0.1/32", "--allow-port", server.port)
        assert run(*words, *allowed, "--offline").code == 10
        assert server.connections == 0
        ran = run(*words, *allowed, "--lang", "en")
    assert ran.code == 0
    assert (tmp_path / "k.pem").read_bytes() == served.chain_pem
    assert ran.told.count("Fetched: ") == 3


@pytest.mark.parametrize("form", ["der", "p7b", "mail"])
def test_what_pkitools_reads_can_be_exported(
    export: Callable[..., Ran], place: Path, leaf: IssuedCertificate, form: str
) -> None:
    content = {
        "der": leaf.der,
        "p7b": exports.pkcs7(leaf, root=True),
        "mail": b"> " + leaf.chain_pem.replace(b"\n", b"\n> "),
    }[form]
    (place / "in").write_bytes(content)
    assert export("nginx", "in", "--key", "a.key", "--chain", "a.pem", "--chain", "root.pem", "--out", "uit").code == 0
    assert (place / "uit.pem").read_bytes() == leaf.chain_pem


def test_of_a_keystore_with_two_holders_the_key_goes_with_its_certificate(
    export: Callable[..., Ran], place: Path, leaf: IssuedCertificate, files: dict[str, bytes]
) -> None:
    (place / "both-keys.pem").write_bytes(files["both.pem"] + files["other.key"])
    words = ("both-keys.pem", "--chain", "root.pem", "--out", "uit")
    assert export("nginx", *words).code == 2
    ran = export("nginx", *words, "--certificate", "1", "--json")
    assert ran.document["code"] == "exports.error.other_key"
    assert export("nginx", *words, "--certificate", "1", "--key", "a.key").code == 0
    assert (place / "uit.pem").read_bytes() == leaf.chain_pem


def test_nothing_of_a_certificate_acts_on_the_terminal(run: Command, pki: PKI, tmp_path: Path) -> None:
    hostile = pki.issue("g4-tls", organization="a\x1b[31mb\u202e", common_name="c\x1b]0;x\x07")
    (tmp_path / "h.pem").write_bytes(hostile.chain_pem)
    for words in (
        ("export", "public", tmp_path / "h.pem", "--out", tmp_path / "uit"),
        ("chain", "complete", tmp_path / "h.pem", "--offline"),
        ("trust", "diff", tmp_path / "h.pem"),
    ):
        ran = run(*words, *AT)
        assert not {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err)
