"""nginx opens every relative name from the folder of its main configuration, whatever part the name stands in."""

from __future__ import annotations

import subprocess
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.findings import Verdict
from pkitools.portfolio import keeping
from tests.portfolio.support import WHOLE, scanned
from tests.portfolio.test_as_named import KEY, OTHER
from tests.support.judges import judge

HELD: Final[dict[str, dict[str, bytes]]] = {
    "nothing": {},
    "a pair": {"C.pem": WHOLE, "P.key": KEY},
    "another key": {"C.pem": WHOLE, "P.key": OTHER},
    "no key": {"C.pem": WHOLE},
}
SITE: Final = "server { listen 127.0.0.1:1 ssl; ssl_certificate C.pem; ssl_certificate_key P.key; }\n"
# the parts of a configuration, of which the last has the names, and the folder of that one
PARTS: Final[dict[str, tuple[dict[str, str], str]]] = {
    "in itself": ({}, "conf/s"),
    "a part": ({"conf/s/a.conf": SITE}, "conf/s"),
    "a part of a part": ({"conf/p/b.conf": "include s/*.conf;\n", "conf/s/a.conf": SITE}, "conf/s"),
    "a part above it": ({"a.conf": SITE}, "."),
}
INCLUDED: Final = {"a part": "s/*.conf", "a part of a part": "p/b.conf", "a part above it": "../a.conf"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Only what configurations say counts, and not how files are called."""
    monkeypatch.setattr(keeping, "misnamed", lambda *_: ())
    return tmp_path


def laid(folder: Path, main: str, part: str, parts: str) -> Path:
    files, beside = PARTS[parts]
    for place, held in (("conf", HELD[main]), (beside, HELD[part])):
        for name, data in held.items():
            (folder / place).mkdir(parents=True, exist_ok=True)
            (folder / place / name).write_bytes(data)
    inner = f"include {INCLUDED[parts]};\n" if parts in INCLUDED else SITE
    written = {"conf/nginx.conf": f"pid nginx.pid;\nevents {{ }}\nhttp {{\n{inner}}}\n", **files}
    for name, text in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder / "conf" / "nginx.conf"


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("main", [name for name in HELD if name != "no key"])  # that is told, and is no gap
def test_what_nginx_refuses_is_never_good_and_what_it_takes_is(folder: Path, main: str, parts: str) -> None:
    for part in HELD:
        below = folder / part
        below.mkdir()
        place = laid(below, main, part, parts)
        command = [judge("nginx"), "-t", "-e", "stderr", "-c", str(place), "-p", str(below)]
        ran = subprocess.run(command, capture_output=True, check=False)
        for given in (place, below):
            found = scanned(given)
            is_good = found.verdict is Verdict.PASSED and found.is_whole
            assert is_good is (ran.returncode == 0), (part, given, [one.code for one in found.unread], ran.stderr)


@pytest.mark.parametrize(("main", "part"), [*product(("a pair", "another key"), repeat=2)])
def test_where_no_main_configuration_is_known_each_folder_that_has_both_has_to_fit(
    folder: Path, main: str, part: str
) -> None:
    laid(folder, main, part, "a part")
    (folder / "conf" / "nginx.conf").unlink()
    for more in ("", "include options.conf;\n"):
        (folder / "conf" / "s" / "a.conf").write_text(more + SITE)
        for given in (folder / "conf" / "s" / "a.conf", folder):
            found = scanned(given)
            codes = [one.code for one in found.unread if one.code != "portfolio.error.points_nowhere"]
            assert (codes == []) is (main == part == "a pair"), (given, more)
            assert set(codes) <= {"portfolio.error.several_folders"}
