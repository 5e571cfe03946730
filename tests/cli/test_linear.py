"""Four times as many certificates cost four times as much, whatever they come in: counted, not timed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

import pytest

from pkitools.crl import reading
from pkitools.requests import making
from pkitools.requests.keys import wrap_key
from pkitools.x509.signatures import signed_with_sha2
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from tests.conftest import LEVEL
from tests.support.command import Command
from tests.support.deliveries import jks_of, metadata_of, pem, pkcs7_of, pkcs12_of
from tests.support.effort import in_turn
from tests.support.operations import TIMES, growing
from tests.support.page import Visitor
from tests.support.requests import OIN, dns, pooled_key, request, subject
from tests.support.shown import rsa_key

T = TypeVar("T")
P = ParamSpec("P")
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
COUNT = 2
ASKED = ("-e", "preproduction", "--offline", "--revocation", "off", "--moment", "2026-11-22T12:00:00Z")


@cache
def pki() -> PKI:
    return build("g4-tls", moment=MOMENT, keys=elliptic_keys)


@cache
def leaf(number: int) -> IssuedCertificate:
    return pki().issue("g4-tls", dns=[f"h{number}.voorbeeld.nl"])


@cache
def authority(number: int) -> bytes:
    """Another authority, of a name of its own: it stands above nothing."""
    return leaf(0).intermediates[0].der.replace(b"TRIAL", b"T%04d" % number)


def leaves(count: int) -> list[bytes]:
    return [leaf(number).der for number in range(count)]


def keystore(make: Callable[..., bytes], count: int) -> bytes:
    key = wrap_key(rsa_key(), made_here=True)
    return make(*((f"n{number}", der, key) for number, der in enumerate(leaves(count))))


def metadata(count: int) -> bytes:
    return metadata_of(*(("signing", der) for der in leaves(count)))


@cache
def crl(_number: int) -> bytes:
    """A list of the issuer of the leaves; each call of the authority gives the next one."""
    return pki().issuer_of("g4-tls").crl(moment=MOMENT)


Files = dict[str, bytes]
FILES: dict[str, Callable[[int], Files]] = {
    "a PEM bundle": lambda n: {"a.pem": pem(*leaves(n))},
    "one certificate again and again": lambda n: {"a.pem": pem(leaf(0).der) * n},
    "a PEM bundle with as many authorities": lambda n: {"a.pem": pem(*leaves(n), *map(authority, range(n)))},
    "PKCS#7": lambda n: {"a.p7b": pkcs7_of(*leaves(n))},
    "PKCS#12": lambda n: {"a.p12": keystore(pkcs12_of, n)},
    "a Java keystore": lambda n: {"a.jks": keystore(jks_of, n)},
    "a truststore": lambda n: {"a.jks": jks_of(trusted=leaves(n))},
    "metadata": lambda n: {"a.xml": metadata(n)},
    "a file each": lambda n: {f"{number:03}.pem": pem(der) for number, der in enumerate(leaves(n))},
    "a chain each": lambda n: {f"{m:03}.pem": pem(leaf(m).der, authority(m)) for m in range(n)},
}

ON_A_PAGE: Final = (
    list(FILES)
    if LEVEL == "deep"
    else [
        *("one certificate again and again", "a PEM bundle with as many authorities", "PKCS#12", "metadata"),
        *("a file each", "a chain each"),
    ]
)
"""Of many in one file, many files, keys and what is alike: how the other forms are read, showing and checking see."""


class InThisThread(ThreadPoolExecutor):
    """Works at once, and not beside whoever asks."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        found: Future[T] = Future()
        found.set_result(fn(*args, **kwargs))
        return found


def written(folder: Path, files: Files) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def grown(run: Command, folder: Path, make: Callable[[int], Files], *command: object) -> list[str]:
    """Return the lines that a command on those files runs out of proportion."""
    made = {n: written(folder / f"{n:03}", make(n)) for n in (1, COUNT, TIMES * COUNT)}
    return growing(lambda number: run(*command, *made[number]), COUNT)


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_showing(run: Command, tmp_path: Path, kind: str) -> None:
    assert not grown(run, tmp_path, FILES[kind], "cert", "show")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "version"), [(kind, version) for number, kind in enumerate(FILES) for version in in_turn((1, 2), number)]
)
def test_showing_as_data(run: Command, tmp_path: Path, kind: str, version: int) -> None:
    assert not grown(run, tmp_path, FILES[kind], "cert", "show", "--json", "--json-version", version)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["a PEM bundle", "a chain each"])
def test_what_is_told_of_them(run: Command, tmp_path: Path, kind: str) -> None:
    assert not grown(run, tmp_path, FILES[kind], "cert", "check", *ASKED)


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_checking_and_a_report_on_them(run: Command, tmp_path: Path, kind: str) -> None:
    """One run of both: each line is counted by itself, and to check is most of it."""
    pages = (tmp_path / f"{number}.html" for number in count())  # one that is there is not written over
    made = {n: written(tmp_path / f"{n:03}", FILES[kind](n)) for n in (1, COUNT, TIMES * COUNT)}

    def reported(number: int) -> None:
        page = next(pages)
        assert run("cert", "check", *ASKED, "--json", "--report", page, *made[number]).document
        assert page.exists()

    assert not growing(reported, COUNT)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ON_A_PAGE)
def test_handing_them_in_to_a_page(kind: str) -> None:
    visitor = Visitor()
    visitor.application._workers = InThisThread()  # where lines are counted

    def handed_in(number: int) -> None:
        assert visitor.drop(FILES[kind](number).items()).status is HTTPStatus.OK

    assert not growing(handed_in, COUNT)


@pytest.mark.slow
def test_a_chain_of_many_certificates(run: Command, tmp_path: Path) -> None:
    (tmp_path / "leaf.pem").write_bytes(leaf(0).pem)
    command = ("cert", "check", *ASKED, tmp_path / "leaf.pem", "--chain")
    assert not grown(run, tmp_path, lambda n: {"chain.pem": pem(*map(authority, range(n)))}, *command)


@pytest.mark.slow
def test_many_revocation_lists(run: Command, tmp_path: Path) -> None:
    (tmp_path / "leaf.pem").write_bytes(leaf(0).chain_pem)
    (tmp_path / "root.pem").write_bytes(leaf(0).root.pem)
    asked = (*ASKED[:3], *ASKED[5:], "--trust", tmp_path / "root.pem", "--revocation", "require")
    command = ("cert", "check", *asked, tmp_path / "leaf.pem", "--crl")
    made = {
        n: written(tmp_path / f"{n:03}", {f"{number:03}.crl": crl(number) for number in range(n)})[0].parent
        for n in (1, COUNT, TIMES * COUNT)
    }
    assert not growing(lambda number: run(*command, made[number]), COUNT)


@pytest.mark.slow
def test_requests(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # so that a line with all their names is one that is shown whole

    def make(count: int) -> Files:
        return {f"{n}.csr": request(subject(CN=f"h{n}.voorbeeld.nl"), dns(f"h{n}.voorbeeld.nl")) for n in range(count)}

    assert not grown(run, Path(), make, "csr", "check")


@pytest.mark.slow
def test_requests_of_a_batch(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "generate_key", lambda _: pooled_key())  # a key takes longer than all else, in C
    for number in (1, COUNT, TIMES * COUNT):
        one = '[[request]]\nname = "h{0}"\ncommon_name = "h{0}.voorbeeld.nl"\ndns = ["h{0}.voorbeeld.nl"]\n'
        (tmp_path / f"{number}.toml").write_text("".join(one.format(n) for n in range(number)))
    asked = ("--profile", "g4-tls", "-e", "preproduction", "--oin", OIN, "--organization", "Gemeente Voorbeeld")
    command = ("csr", "create", *asked, "--force", "--no-passphrase")
    found = growing(lambda n: run(*command, "--from", tmp_path / f"{n}.toml", "--out-dir", tmp_path / f"out{n}"), COUNT)
    assert not found
    assert len(list((tmp_path / f"out{TIMES * COUNT}").glob("*.csr"))) == TIMES * COUNT


def test_a_list_that_is_handed_in_is_read_once_for_all_files(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[object, ...]] = []
    checked: list[tuple[object, ...]] = []
    reading.KEPT_LISTS.clear()  # another test may have read the same ones
    monkeypatch.setattr(reading, "_read", counted(reading._read, read))
    monkeypatch.setattr(reading, "signed_with_sha2", counted(signed_with_sha2, checked))
    files = written(tmp_path, {f"{n}.pem": leaf(n).chain_pem for n in range(3)})
    (tmp_path / "root.pem").write_bytes(leaf(0).root.pem)
    (tmp_path / "list.crl").write_bytes(crl(0))
    (tmp_path / "upper.crl").write_bytes(pki()["g4-tls-root"].crl(moment=MOMENT))
    told = ("--trust", tmp_path / "root.pem", "--crl", tmp_path / "list.crl", "--crl", tmp_path / "upper.crl")
    found = run("cert", "check", "-e", "preproduction", "--offline", *ASKED[5:], *told, "--json", *files).document
    ends = [each["revocation"]["certificates"][0]["status"] for each in found["certificates"]]
    assert ends == ["good"] * 3
    assert len(read) == 2
    assert len(checked) == len({(key, signature) for key, _, _, signature in checked})


def counted(call: Callable[..., T], calls: list[tuple[object, ...]]) -> Callable[..., T]:
    """The same, and each call of it is noted."""

    def noted(*given: object) -> T:
        calls.append((*given[:2], None, *given[3:]))
        return call(*given)

    return noted
