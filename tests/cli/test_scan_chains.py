"""What ``scan`` says of a chain that lacks: where one is asked, and where a certificate lies alone with its key."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools_cli.i18n import tr
from tests.cli.conftest import run
from tests.support.chains import MOMENT, crl, end_entity, good_chain
from tests.support.command import Command
from tests.support.deliveries import pem

__all__ = ["run"]  # a fixture

CHAIN: Final = "above.pem"
LIES: Final = {
    "nothing": {},
    "its whole file": {"k.chain.pem": ("leaf", "tsp", "domain")},
    "a part of its chain": {"k.chain.pem": ("leaf", "tsp")},
    "the authorities alone": {CHAIN: ("tsp", "domain")},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for each in ("certs", "trust"):
        Path(each).mkdir()
    chain = good_chain()
    Path("trust/all.pem").write_bytes(pem(chain.root.der, *chain.intermediates))
    return tmp_path


def _lay(lies: str, *, key: bool, served: bool) -> None:
    chain, own = good_chain(), rsa.generate_private_key(65537, 2048)
    leaf = end_entity("host.example.nl", chain.tsp, own_key=own)
    made = {"leaf": leaf.der, "tsp": chain.tsp.der, "domain": chain.domain.der}
    for name, held in {"k.pem": ("leaf",), **LIES[lies]}.items():
        Path("certs", name).write_bytes(pem(*(made[each] for each in held)))
    if key:
        Path("certs/k.key").write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        Path("certs/k.key").chmod(0o600)
    if served:
        key_named = " ssl_certificate_key k.key;" if key else ""
        Path("certs/nginx.conf").write_text(f"server {{ listen 443 ssl; ssl_certificate k.pem;{key_named} }}\n")


@pytest.mark.parametrize(("lies", "key", "served"), list(product(LIES, (True, False), (True, False))))
def test_a_chain_that_lacks_is_told_with_what_mends_it(
    run: Command, folder: Path, lies: str, *, key: bool, served: bool
) -> None:
    _lay(lies, key=key, served=served)
    given = ("--trust", "trust", "--moment", f"{MOMENT:%Y-%m-%d}")
    told = run("scan", "certs", *given).told
    part = lies == "a part of its chain"
    unchained = tr("cli.scan.now.unchained", place="certs/k.pem") in told
    assert unchained is (key and lies == "nothing" and not served)
    asked = [name for name in ("certs/k.pem", "certs/k.chain.pem") if (served if name.endswith("k.pem") else part)]
    completed = [name for name in asked if tr("cli.scan.now.incomplete", place=name) in told]
    whole = tr("cli.scan.now.chain_lies", place="certs/k.pem", lies="certs/k.chain.pem") in told
    assert whole is (served and lies == "its whole file")
    assert len(completed) == (bool(asked) and not whole)
    assert ("chain complete certs/" in told) is (unchained or bool(completed))


def test_the_command_that_is_told_makes_the_chain_and_then_nothing_is_told(run: Command, folder: Path) -> None:
    _lay("nothing", key=True, served=False)
    given = ("--trust", "trust", "--moment", f"{MOMENT:%Y-%m-%d}")
    told = run("scan", "certs", *given).told
    words = told.partition("pkitools chain complete")[2].split(" Each ")[0].replace("\\", "").split()
    assert words[:3] == ["certs/k.pem", "--out", "certs/k.chain.pem"]
    assert run("chain", "complete", *words[: words.index("trust") + 1], *given[2:]).code == 0
    assert "chain complete" not in run("scan", "certs", *given).told


def test_what_lies_alone_with_its_key_is_counted_and_weighs_nothing(run: Command, folder: Path) -> None:
    given = ("--trust", "trust", "--moment", f"{MOMENT:%Y-%m-%d}")
    _lay("nothing", key=False, served=False)
    alone = run("scan", "certs", *given, "--fail-on", "notice")
    _lay("nothing", key=True, served=False)
    with_key = run("scan", "certs", *given, "--fail-on", "notice")
    assert with_key.code == alone.code
    assert "chain complete" not in alone.told
    Path("more").mkdir()
    for each in ("k.pem", "k.key"):
        Path("certs", each).rename(Path("more", each))
    _lay("nothing", key=True, served=False)
    told = run("scan", "certs", "more", *given).told
    assert f"({tr('cli.scan.more_chains', count=1)})" in told


def test_where_that_is_all_there_is_it_is_what_to_do_now_and_is_told_once(run: Command, folder: Path) -> None:
    _lay("nothing", key=True, served=True)
    chain = good_chain()
    Path("lists").mkdir()
    for name in ("root", "domain", "tsp"):
        Path(f"lists/{name}.crl").write_bytes(crl(getattr(chain, name)))
    given = ("--trust", "trust", "--crl", "lists", "--moment", f"{MOMENT:%Y-%m-%d}")
    told = run("scan", "certs", *given).told
    sentence = tr("cli.scan.now.incomplete", place="certs/k.pem")
    assert f"Now: {sentence} pkitools chain complete certs/k.pem" in told
    assert told.count(sentence) == 1
