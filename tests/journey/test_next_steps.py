"""What comes after a certificate that is right: the chain, then the public part, then what the system asks besides."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import build
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS
from tests.support.serving import real_time

pytestmark = pytest.mark.slow

CHECK = ("cert", "check", "-e", "preproduction", "--offline", "--trust", "pki")
SENT = ("--key", "a.key", "--for", "digikoppeling")
COMPLETE = "pkitools chain complete a.pem --trust pki --for digikoppeling -e preproduction --out"
PUBLIC = "pkitools export public a.chain.pem --out a-public.pem --for digikoppeling -e preproduction"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("next")
    pki = build("g4-tls", moment=real_time(), keys=SHARED_KEYS)
    issued: IssuedCertificate = pki.issue(moment=real_time(), dns=["koppeling.voorbeeld.nl"])
    above = b"".join(link.pem for link in issued.path[1:])
    files = {"a.pem": issued.pem, "a.chain.pem": issued.chain_pem, "a.key": issued.key_pem, "above.pem": above}
    crls = {f"pki/crl/{name}.crl": der for name, der in pki.crls(moment=real_time()).items()}
    for name, data in {**files, **crls, "pki/certs/above.pem": above, "pki/trust.pem": pki.trust_pem()}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o600)
    return folder


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("a.pem", *SENT), COMPLETE),
        (("a.pem", "--chain", "above.pem", *SENT), PUBLIC.replace(".chain", "")),
        (("a.chain.pem", *SENT), PUBLIC),
        (("a.chain.pem", "--for", "digikoppeling"), "pkitools systems show digikoppeling"),
        (("a.chain.pem", "--key", "a.key"), "pkitools systems list"),
        (("-", *SENT), "the key stays with you."),
    ],
)
def test_what_comes_next(
    words: tuple[str, ...],
    told: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PKITOOLS_LANG", "en")
    ran = Command(capsys, monkeypatch)(*CHECK, *words, stdin=(folder / "a.chain.pem").read_bytes())
    assert ran.code == 0, ran.out + ran.err
    assert told in ran.told.replace("\\ ", "")
