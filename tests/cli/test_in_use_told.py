"""Every answer says which file a configuration still names, whatever lies beside it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Final

from tests.connections.support import CHAIN, certificate, connection, written
from tests.support.chains import MOMENT, good_chain
from tests.support.command import Command
from tests.support.deliveries import pem

DAY: Final = timedelta(days=1)
LYING: Final = ((1, MOMENT - 200 * DAY, MOMENT - 6 * DAY), (2, MOMENT - 30 * DAY, MOMENT + 360 * DAY))


def test_every_answer_names_what_is_in_use(tmp_path: Path, run: Command) -> None:
    """Status, plan and their reports say the file, as the scan does."""
    place = tmp_path / "f"
    place.mkdir()
    ended, good = (certificate(serial=serial, start=begins, end=end) + CHAIN for serial, begins, end in LYING)
    (place / "old.pem").write_bytes(ended)
    (place / "new.pem").write_bytes(good)
    (place / "nginx.conf").write_text("server { listen 443 ssl; ssl_certificate old.pem; }\n", encoding="utf-8")
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    file = written(tmp_path, connection(files='["f"]', system='"mijnoverheid"', sent="2026-11-01", tested="2026-11-02"))
    given = ("--connections", file, "--trust", tmp_path / "root.pem", "--moment", MOMENT.isoformat())
    for language, words in {"en": "line 1 still names", "nl": "regel 1 noemt nog"}.items():
        for command in ("status", "plan"):
            ran = run("--lang", language, command, *given)
            assert words in " ".join(ran.told.split()), command
            assert "old.pem" in ran.told
    assert run("status", *given, "--fail-on", "warning").code == 10
    assert run("scan", tmp_path / "f", "--offline", *given).code == 10
    for form in ("json", "html", "csv", "md", "ics"):
        report = tmp_path / f"report.{form}"
        run("--lang", "en", "status", *given, "--report", report)
        assert "old.pem" in report.read_text(encoding="utf-8").replace("\r\n ", ""), form
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert document["connections"][0]["verdict"] == "failed"
