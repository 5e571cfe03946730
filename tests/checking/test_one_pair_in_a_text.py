"""One certificate and one key in a text are held to one another in every syntax, in whatever sections they stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
import yaml

from pkitools.findings import Severity
from tests.checking.test_beside import content
from tests.portfolio.support import scanned

PLACES: Final = (("server", "cert", "secrets", "key"), ("a", "certificate", "b", "private_key"))
FOREIGN: Final = "received.private_key.foreign"


def texts(place: tuple[str, str, str, str], certificate: str, key: str) -> dict[str, str]:
    first, one, second, other = place
    nested = {first: {one: certificate}, second: {other: key}}
    return {
        "v.json": json.dumps(nested),
        "v.yaml": yaml.safe_dump(nested, default_style="|"),
        "v.toml": f"[{first}]\n{one} = '''\n{certificate}'''\n[{second}]\n{other} = '''\n{key}'''\n",
    }


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("host", ["a", "b"])
def test_every_syntax_has_one_answer(tmp_path: Path, place: tuple[str, str, str, str], host: str) -> None:
    told = {}
    for name, text in texts(place, content("cert a").decode(), content(f"key {host}").decode()).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (one,) = scanned(tmp_path / name).judged
        told[name] = {each.rule.severity for each in one.findings if each.rule.code == FOREIGN}
    assert told == dict.fromkeys(told, {Severity.ERROR} if host == "b" else set())
