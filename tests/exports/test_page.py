"""The page about exporting: each of its commands is run, in its order, and does what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pkitools.exports import export_forms
from pkitools.requests import load_key
from pkitools_cli.main import main
from pkitools_test_pki.issued import IssuedCertificate
from tests.exports.conftest import MOMENT

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "exporteren.md"
COMMANDS = re.findall(r"^\$ pkitools (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
SECRET = b"correct horse battery"


@pytest.mark.slow
def test_every_command_of_the_page_works(
    leaf: IssuedCertificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PKITOOLS_LANG", "nl")
    files = {
        "koppeling.pem": leaf.pem,
        "koppeling.key": leaf.key_pem,
        "versleuteld.key": load_key(leaf.key_pem, "k").pem(SECRET),
        "keten.pem": b"".join(link.pem for link in leaf.path[:0:-1]),
        "wachtwoord": SECRET,
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o600)
    for line in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([*shlex.split(line), "--moment", MOMENT.isoformat()])
        told = capsys.readouterr()
        assert ended.value.code == 0, (line, told.err)
    assert (tmp_path / "compleet.pem").read_bytes() == leaf.chain_pem
    assert (tmp_path / "nginx-open.key").read_bytes() == leaf.key_pem
    assert not any(b"PRIVATE" in path.read_bytes() for path in tmp_path.glob("publiek.*"))


def test_every_form_is_on_the_page() -> None:
    named = {shlex.split(line)[1] for line in COMMANDS if line.startswith("export ")}
    assert named == {form.name for form in export_forms()}


def test_what_was_tried_is_what_the_data_say() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", text, re.MULTILINE))
    told = [form for form in export_forms() if form.name in rows]
    assert told
    for form in told:
        assert rows[form.name].startswith("niet:") is (not form.tried)
        assert rows[form.name] in {form.tried, "het schema van Kubernetes"} or not form.tried
