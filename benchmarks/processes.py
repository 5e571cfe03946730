"""Whole commands as processes, against importing what they cannot do without, and against openssl's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from base64 import encodebytes
from functools import cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.harness import MissingError, Work
from benchmarks.inputs import MOMENT, folder, world, written
from pkitools_test_pki.folder import create_folder
from pkitools_test_pki.keys import small_keys

AT: Final = MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ")
OIN: Final = "00000003520354760000"


def python(*arguments: str) -> Work:
    """A Python of its own, with byte code kept as an installation has it."""
    command = [sys.executable, *arguments]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder() / "bytecode"), "PKITOOLS_LANG": "en"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return lambda _: _run(command, environment)


def imports(*names: str) -> Work:
    return python("-c", f"import {', '.join(names)}")


def pkitools(*arguments: str) -> Work:
    return python("-m", "pkitools_cli", *arguments)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    # what a command found is told by its exit code: it did its work
    if done.returncode not in {0, 10, 11, 12}:
        raise RuntimeError(f"{command}: {done.returncode} {done.stderr.decode()}")


def openssl(*arguments: str) -> Work:
    tool = shutil.which("openssl")
    if tool is None:
        raise MissingError("openssl is not installed")
    return lambda _: _run([tool, *arguments])


def _pem(label: str, der: bytes) -> bytes:
    return b"-----BEGIN %b-----\n%b-----END %b-----\n" % (label.encode(), encodebytes(der), label.encode())


def bundle(count: int, *, first: int = 0) -> str:
    """A file of so many certificates, which all differ: their signatures are counted on, and nobody checks them."""
    of, name = world("g4-tls"), folder() / f"{first}-{count}.pem"
    if not name.exists():
        ders = (of.leaf(n)[:-4] + n.to_bytes(4, "big") for n in range(first, first + count))
        name.write_bytes(b"".join(_pem("CERTIFICATE", der) for der in ders))
    return str(name)


def cert_show() -> Work:
    return pkitools("cert", "show", written("leaf.pem", world("g4-tls").first.pem))


def shown(count: int, *form: str) -> Work:
    return pkitools("cert", "show", *form, bundle(count))


def printed_by_openssl(count: int) -> Work:
    return openssl("storeutl", "-noout", "-text", "-certs", bundle(count))


@cache
def _chain() -> dict[str, str]:
    of = world("g4-tls")
    names = {"leaf": of.first.pem, "root": of.first.root.pem, "above": b"".join(p.pem for p in of.first.intermediates)}
    crls = b"".join(_pem("X509 CRL", der) for der in of.crls())
    return {name: written(f"{name}.pem", data) for name, data in {**names, "crls": crls}.items()}


def cert_check(count: int = 1) -> Work:
    """One certificate with its chain and three lists, for a system; or so many files of one each."""
    of, chain = world("g4-tls"), _chain()
    files = [written(f"leaf{n}.pem", of.leaves[n].pem) for n in range(count)]
    given = ("--trust", chain["root"], "--chain", chain["above"], "--crl", chain["crls"], "--revocation", "require")
    return pkitools(
        "cert", "check", *files, "-e", "preproduction", "--for", "digid-machtigen", *given, "--offline", "--moment", AT
    )


def openssl_verify(*, crls: bool, count: int = 1) -> Work:
    of, chain = world("g4-tls"), _chain()
    files = [written(f"leaf{n}.pem", of.leaves[n].pem) for n in range(count)]
    lists = ("-crl_check_all", "-CRLfile", chain["crls"]) if crls else ()
    return openssl("verify", "-CAfile", chain["root"], "-untrusted", chain["above"], *lists, *files)


@cache
def _key() -> str:
    key = rsa.generate_private_key(65537, 3072)
    return written("own.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def csr_create() -> Work:
    """With a key that is there: making one takes as long as a processor lets it."""
    out = str(folder() / "own")
    named = ("--common-name", "api.voorbeeld.nl", "--dns", "api.voorbeeld.nl", "--organization", "Gemeente Voorbeeld")
    return pkitools(
        "csr",
        "create",
        "--profile",
        "g4-tls",
        "-e",
        "preproduction",
        "--oin",
        OIN,
        *named,
        "--key",
        _key(),
        "--out",
        out,
        "--force",
    )


def openssl_req() -> Work:
    out = str(folder() / "openssl.csr")
    return openssl("req", "-new", "-key", _key(), "-subj", "/CN=api.voorbeeld.nl", "-out", out)


def issue() -> Work:
    pki = folder() / "pki"
    if not pki.exists():
        create_folder(pki, ["g4-tls"], moment=MOMENT, keys=small_keys)
    common = x509.NameAttribute(x509.NameOID.COMMON_NAME, "TRIAL x.nl")
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "TRIAL X"), common])
    key = rsa.generate_private_key(65537, 3072)
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    request = written("x.csr", csr.public_bytes(Encoding.PEM))
    return pkitools("test-pki", "issue", str(pki), "--csr", request, "--out", str(folder() / "x"), "--force")


def g4_trial(*, leaf: bool) -> Work:
    """The official generator, of a folder somebody fetched: it is no package. Its code is run and not read in."""
    given = os.environ.get("PKITOOLS_G4_TRIAL")
    if not given or not (Path(given) / "create-ca.py").is_file():
        raise MissingError("PKITOOLS_G4_TRIAL names no checkout of github.com/pkioverheid/g4-trial with its .venv")
    own = Path(given) / ".venv" / "bin"
    environment = {**os.environ, "PATH": f"{own}:{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)

    def run(place: Path, *command: str, said: str = "") -> None:
        told = {"input": said, "text": True, "capture_output": True}
        done = subprocess.run([str(own / "python"), *command], cwd=place, env=environment, check=False, **told)  # type: ignore[call-overload]  # a mapping of keywords
        if done.returncode:  # it asks for a newer Python than we do
            raise MissingError(f"g4-trial does not run there: {done.stderr.strip().rpartition(chr(10))[2]}")

    def copied(number: int | str) -> Path:
        place = folder() / f"g4-trial-{number}"
        shutil.copytree(given, place, ignore=shutil.ignore_patterns(".venv", ".git", "ca"))
        return place

    if not leaf:
        return lambda n: run(copied(n), "create-ca.py", said="1\n")
    made = copied("leaves")
    run(made, "create-ca.py", said="1\n")
    text = next((made / "examples" / "enrollment").glob("*TLS-SYS-withOIN*")).read_bytes()

    def one(n: int) -> None:
        (made / f"e{n}.yaml").write_bytes(text)  # of another name each time: one that is there is passed over
        run(made, "generate-cert.py", f"e{n}.yaml")

    return one
