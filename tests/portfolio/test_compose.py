"""What stands in the configs and secrets of a compose file is judged as what lies beside one another."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from pkitools.findings import Verdict
from tests.portfolio.support import WHOLE, scanned
from tests.portfolio.test_as_named import KEY, OTHER
from tests.portfolio.test_names_of_keys import certificate

WRITTEN: Final[Mapping[str, Callable[[str], str]]] = {
    "in a block": lambda text: "|\n" + "".join(f"      {line}\n" for line in text.splitlines()),
    "in a block without its end": lambda text: "|-\n" + "".join(f"      {line}\n" for line in text.splitlines()),
    "in quotes": lambda text: json.dumps(text) + "\n",
    "in base64": lambda text: b64encode(text.encode()).decode() + "\n",
}


def _compose(certificate: bytes, key: bytes, written: str) -> str:
    one, other = (WRITTEN[written](each.decode()) for each in (certificate, key))
    return (
        "services:\n  web:\n    image: nginx\n    configs: [tls.crt]\n    secrets: [tls.key]\n"
        f"configs:\n  tls.crt:\n    content: {one}secrets:\n  tls.key:\n    content: {other}"
    )


@pytest.mark.parametrize("written", WRITTEN)
def test_what_stands_in_a_compose_file_is_judged(tmp_path: Path, written: str) -> None:
    place = tmp_path / "compose.yaml"
    for pair, verdict in (((WHOLE, KEY), Verdict.PASSED), ((WHOLE, OTHER), Verdict.FAILED)):
        place.write_text(_compose(*pair, written))
        for given in (place, tmp_path):
            found = scanned(given)
            assert not found.unread
            assert len(found.judged) == 1
            assert found.verdict is verdict, pair
    place.write_text(_compose(WHOLE[: len(WHOLE) // 2], KEY, written))  # cut off
    assert scanned(tmp_path).unread or scanned(tmp_path).verdict is Verdict.FAILED
    place.write_text(_compose(certificate("a"), KEY, written))
    assert scanned(tmp_path).verdict is Verdict.FAILED
