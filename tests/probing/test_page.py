"""The page about connections: each command is run as it stands, through a proxy that leads to servers of this test."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from OpenSSL import SSL

from pkitools_test_pki.self_signed import self_signed
from tests.probing.world import NOW, World
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS
from tests.support.peers import LOOPBACK, TLS, Behave, Proxy, dialog, listening

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "verbinden.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ pkitools (.*)$", PAGE, re.MULTILINE)
SERVICE, MAIL = "dienst.voorbeeld.nl", "mail.voorbeeld.nl"
GREETS = dialog((b"STLS\r\n", b"+OK begin\r\n"), greeting=b"+OK ready\r\n")


@pytest.fixture(scope="module")
def servers(world: World) -> dict[str, Behave]:
    """The service asks for a certificate of the PKI and does without; the mail server has to be asked for TLS."""
    service, mail = (world.issue(dns=[name], common_name=name) for name in (SERVICE, MAIL))
    names = [authority.certificate for authority in world.pki]
    newer = (SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION)
    asking = TLS(identity=service, trusts=[world.root], names=names, versions=newer, required=False)
    return {SERVICE: asking, MAIL: TLS(identity=mail, before=GREETS)}


@pytest.mark.parametrize("line", COMMANDS)
def test_the_command_runs(
    world: World,
    servers: dict[str, Behave],
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = {
        "koppeling.pem": world.client.pem,
        "koppeling.key": world.client.key_pem,
        "keten.pem": b"".join(one.pem for one in world.client.intermediates),
        "testroot.pem": world.pki.trust_pem(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PKITOOLS_LANG", "nl")
    asked: list[bytes] = []
    (host,) = (name for name in servers if name in line)
    with listening(servers[host]) as port, listening(Proxy(port, asked)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy}")
        ran = Command(capsys, monkeypatch)(*shlex.split(line))
    assert ran.code == (11 if line.startswith("g4 ") else 0), ran.out + ran.err
    assert asked
    if "--client-cert" in line and "--json" not in line:
        assert "ja, de handshake is gelukt" in ran.told


def test_every_answer_of_the_page_is_one_of_the_command() -> None:
    told = Path(__file__).parents[2] / "cli" / "pkitools_cli" / "messages" / "nl" / "probe.toml"
    texts = told.read_text(encoding="utf-8") + "De ander weigert uw certificaat"
    answers = re.findall(r"^\| „(.*?)” \|", PAGE, re.MULTILINE)
    assert len(answers) > 3
    assert [answer for answer in answers if answer not in texts] == []


def test_the_program_of_the_page(world: World) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, "verbinden.md", "exec"), names)
    with listening(TLS(identity=self_signed(moment=NOW, dns=["localhost"], keys=SHARED_KEYS))) as port:
        assert len(names["sent"]("localhost", port, allow_net=LOOPBACK)) == 1  # type: ignore[operator]  # of the page
