"""The ledger of who does not read what, tried again with the programs that are here.

A program of another major version than the ledger names is skipped, and said so: what it reads is not known.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking.delivery.refusals import refusals
from pkitools.containers import read_source
from pkitools.containers.text_forms import TextForm
from tests.support.chains import good_chain
from tests.support.judges import JAVA, judge
from tests.support.pem_forms import EVERYBODY_READS, WRITTEN, plain

pytestmark = [pytest.mark.interop, pytest.mark.slow]

T = TypeVar("T")
PASSPHRASE = "geheim123"
LEAF, ISSUER = good_chain().leaf, good_chain().tsp
DERS = [LEAF.der, ISSUER.der]
KEY = LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
Files = Sequence[Path]


def ran(*command: str | Path) -> tuple[bool, str]:
    told = subprocess.run(list(map(str, command)), capture_output=True, check=False, env={"LC_ALL": "C"}, timeout=120)
    return told.returncode == 0, (told.stdout + told.stderr).decode("latin-1")


@dataclass(frozen=True)
class Tried:
    """One program.

    Args:
        version: of it.
        read: the number of certificates it reads in each of these files.
        open: of each of these keystores whether it gives its key and certificate.
    """

    version: str
    read: Callable[[Files], list[int]]
    open: Callable[[Files], list[bool]] | None = None


def each(one: Callable[[Path], T]) -> Callable[[Files], list[T]]:
    return lambda files: [one(file) for file in files]


def is_der(file: Path) -> bool:
    return file.stem == TextForm.PADDED_VALUE


# -- how each is asked ------------------------------------------------------------------------------------------------


def openssl() -> Tried:
    program = judge("openssl")

    def read(file: Path) -> int:
        if not ran(program, "x509", "-in", file, "-noout")[0]:
            return 0
        if is_der(file):
            return 1
        out = file.with_suffix(".p7")
        whole, _ = ran(program, "crl2pkcs7", "-nocrl", "-certfile", file, "-out", out)
        return ran(program, "pkcs7", "-in", out, "-print_certs", "-noout")[1].count("subject=") if whole else 0

    def opened(file: Path) -> bool:
        good, told = ran(program, "pkcs12", "-in", file, "-passin", f"pass:{PASSPHRASE}", "-nodes")
        return good and "PRIVATE KEY" in told and "BEGIN CERTIFICATE" in told

    return Tried(ran(program, "version")[1].split()[1], each(read), each(opened))


def gnutls() -> Tried:
    program = judge("certtool")

    def read(file: Path) -> int:
        good, told = ran(program, "-i", *(["--inder"] if is_der(file) else []), "--infile", file)
        return told.count("X.509 Certificate Information") if good else 0

    def opened(file: Path) -> bool:
        # its own exit code says whether the MAC is as it should be; what it warns of it reads all the same
        _, told = ran(program, "--p12-info", "--inder", "--infile", file, "--password", PASSPHRASE)
        key = re.search(r"-----BEGIN ENCRYPTED PRIVATE KEY-----[^-]*-----END ENCRYPTED PRIVATE KEY-----\n", told)
        assert key is not None, told
        other = file.with_suffix(".key")
        other.write_text(key[0], encoding="ascii")
        decrypted, _ = ran(program, "--key-info", "--infile", other, "--password", PASSPHRASE)
        return decrypted and "BEGIN CERTIFICATE" in told

    return Tried(ran(program, "--version")[1].split()[1], each(read), each(opened))


@cache
def java_homes() -> Mapping[str, tuple[str, Path]]:
    """Every Java beside the one that is found: major version → version, the program."""
    found: dict[str, tuple[str, Path]] = {}
    for program in sorted(Path(judge("java")).resolve().parents[2].glob("*/bin/java")):
        version = re.search(r'version "([^"]+)"', ran(program, "-version")[1])
        if version:
            found[version[1].partition(".")[0]] = (version[1], program)
    return found


def java(major: str) -> Tried:
    if major not in java_homes():
        pytest.skip(f"Java {major} is not installed")
    version, program = java_homes()[major]
    source = Path(__file__).with_name("Reader.java")

    def counted(passphrase: str, files: Files) -> list[int]:
        good, told = ran(program, *JAVA, source, passphrase, *files)
        assert good, told
        return [int(line) for line in told.split()]

    return Tried(version, lambda files: counted("", files), lambda files: [bool(n) for n in counted(PASSPHRASE, files)])


def nginx() -> Tried:
    program = judge("nginx")

    def read(file: Path) -> int:
        """It says no more than whether it starts; what it passes over, it does not say."""
        folder = file.parent
        (folder / "key.pem").write_bytes(KEY)
        configuration = folder / "nginx.conf"
        configuration.write_text(
            f"pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off; server {{ listen 127.0.0.1:1 ssl;"
            f" ssl_certificate {file}; ssl_certificate_key {folder}/key.pem; }} }}",
            encoding="ascii",
        )
        started, _ = ran(program, "-t", "-e", folder / "log", "-p", folder, "-c", configuration)
        return len(DERS) if started else 0

    return Tried(ran(program, "-v")[1].rpartition("/")[2].strip(), each(read))


PROGRAMS: Mapping[str, Callable[[], Tried]] = {
    "openssl": openssl,
    "gnutls": gnutls,
    "java17": lambda: java("17"),
    "java25": lambda: java("25"),
    "nginx": nginx,
}


@pytest.fixture(params=PROGRAMS)
def tried(request: pytest.FixtureRequest) -> tuple[str, Tried]:
    key: str = request.param
    program = PROGRAMS[key]()
    known = refusals().programs[key]
    if program.version.partition(".")[0] != known.version.partition(".")[0]:
        pytest.skip(f"{known.name} {program.version} is here; the ledger knows {known.version}")
    return key, program


# -- text -------------------------------------------------------------------------------------------------------------


def test_the_ledger_tells_of_every_form_and_of_every_program_that_is_tried() -> None:
    assert set(refusals().text) == set(TextForm) == set(WRITTEN)
    assert set(refusals().programs) == set(PROGRAMS)
    assert all(refusals().text.values()), "a form that everybody reads is none"


def written(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    for name, data in files.items():
        (folder / f"{name}.pem").write_bytes(data)
    return [folder / f"{name}.pem" for name in files]


def test_a_form_is_refused_by_who_the_ledger_names_and_by_nobody_else(tried: tuple[str, Tried], tmp_path: Path) -> None:
    key, program = tried
    told = {form for form, programs in refusals().text.items() if key in {each.key for each in programs}}
    # nginx reads no DER at all
    forms = [form for form in TextForm if key != "nginx" or form is not TextForm.PADDED_VALUE]
    files = written(tmp_path, {form: WRITTEN[form](DERS) for form in forms})
    wanted = [1 if is_der(file) else len(DERS) for file in files]
    read = program.read(files)
    assert {form for form, found, asked in zip(forms, read, wanted, strict=True) if found != asked} == told


def test_what_is_called_usual_is_read(tried: tuple[str, Tried], tmp_path: Path) -> None:
    _, program = tried
    names = [name.replace(" ", "-") for name in EVERYBODY_READS]
    files = written(tmp_path, dict(zip(names, (write(DERS) for write in EVERYBODY_READS.values()), strict=True)))
    read = program.read(files)
    assert [name for name, found in zip(names, read, strict=True) if found != len(DERS)] == []


# -- keystores --------------------------------------------------------------------------------------------------------

CIPHERS = (
    *("PBE-SHA1-RC2-40", "PBE-SHA1-RC2-128", "PBE-SHA1-RC4-40", "PBE-SHA1-RC4-128", "PBE-SHA1-3DES", "PBE-SHA1-2DES"),
    *("AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "DES-CBC", "DES-EDE3-CBC", "RC2-CBC", "PBE-MD5-DES", "PBE-SHA1-DES"),
)
MACS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")


@pytest.fixture(scope="module")
def keystores(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A keystore of OpenSSL for each cipher of its key, and for each MAC."""
    folder = tmp_path_factory.mktemp("keystores")
    (folder / "leaf.pem").write_bytes(plain([LEAF.der]))
    (folder / "key.pem").write_bytes(KEY)
    wanted = [(cipher, ["-keypbe", cipher, "-certpbe", "AES-256-CBC"]) for cipher in CIPHERS]
    wanted += [(f"mac-{mac}", ["-macalg", mac]) for mac in MACS]
    return {name: file for name, options in wanted if (file := _made(folder, name, options))}


def _made(folder: Path, name: str, options: Sequence[str]) -> Path | None:
    file = folder / f"{name}.p12"
    command = [judge("openssl"), "pkcs12", "-export", "-in", folder / "leaf.pem", "-inkey", folder / "key.pem"]
    providers = ["-provider", "default", "-provider", "legacy"]
    return file if ran(*command, "-passout", f"pass:{PASSPHRASE}", "-out", file, *providers, *options)[0] else None


def _told(file: Path) -> Iterator[str]:
    """Yield the programs that the ledger names for a keystore."""
    keystore = read_source(file.read_bytes(), file.name, passphrase=PASSPHRASE.encode()).keystore
    assert keystore is not None
    assert keystore.key is not None
    assert keystore.integrity is not None
    for part, protection in (("cipher", keystore.key), ("mac", keystore.integrity)):
        yield from (program.key for program in refusals().of_protection(part, protection))


def test_a_keystore_is_refused_by_who_the_ledger_names_and_by_nobody_else(
    tried: tuple[str, Tried], keystores: Mapping[str, Path]
) -> None:
    key, program = tried
    if program.open is None:
        pytest.skip(f"{key} opens no keystore")
    assert len(keystores) >= 10, "OpenSSL made too few: has it no old algorithms?"
    opened = program.open(list(keystores.values()))
    refused = {name for name, good in zip(keystores, opened, strict=True) if not good}
    assert refused == {name for name, file in keystores.items() if key in set(_told(file))}
