"""What a text names, however that is written; what is done of a text grows with it and no faster."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.checking.file_names import ARCHIVES
from pkitools.portfolio import opening
from pkitools.portfolio.copies import NamedFiles, is_no_use
from pkitools.portfolio.naming_folders import Folders
from pkitools.portfolio.written import plain, words
from tests.portfolio.support import judging, scanned
from tests.portfolio.test_copies import AFTER, COPIES, is_silent, laid
from tests.portfolio.test_limits import TOO_LARGE, told
from tests.support.cases import in_one_test
from tests.support.effort import PATIENCE

COPY: Final = "/nowhere/archive/a.pem"
LIVE: Final = "/nowhere/a.pem"  # called as the copy is


def is_named(text: str, source: str = "/nowhere/c.conf") -> bool:
    """Whether a text names the copy, or the folder that it is in."""
    written, files, folders = plain(text), NamedFiles([COPY], [LIVE]), Folders([COPY], ARCHIVES)
    found = [*words(written, lambda _: True)]
    return any((*files.named_in(found, written, source), *folders.named_in(found, written, source)))


PATHS: Final = ("archive{}", "..{}archive", "C:{}srv{}archive", "{}srv{}archive", "{}srv{}Archive", "x{}..{}archive")
SEPARATORS: Final = (
    *("/", "\\", "\\/", "\\\\", "\\\\\\\\", "//", "/./", "\\.\\", "\\\\.\\\\", "\\/.\\/"),
    *("\\u002f", "\\u002F", "\\x2f", "\\U0000002f", "\\u005c", "&#x2f;", "/x/../", "\\\\x\\\\..\\\\"),
)
ENDS: Final = ("", "{}a.pem", "{}*.pem", "{}$1.pem")
FORMS: Final = (
    '{{"certs": "{}"}}',
    "certs={}\n",
    "certs: [x, '{}']\n",
    "<dir>{}</dir>",
    "- '{}'\n",
    'serve --dir "{}"\n',
    "serve {} x\n",
)
FILES: Final = (  # of which the file is written out, and the folder is not known
    *("$DIR/a.pem", "${DIR}/a.pem", "{{ dir }}/a.pem", "%DIR%\\a.pem", "$(pwd)/a.pem", "<%= dir %>/a.pem"),
    *(
        "*/a.pem",
        "/srv/*/a.pem",
        "/srv/a*/a.pem",
        "/srv/arch?ve/a.pem",
        "{live,archive}/a.pem",
        "x/{archive,live}/*.pem",
    ),
    *("{live,a*}/a.pem", "\\u0061rchive/a.pem", "archive/\\x61.pem", "ARCHIVE/A.PEM", "-v/x/archive:/tls"),
)
OTHERS: Final = (
    *("a.pem", "./a.pem", "../a.pem", "archive/../a.pem", "archive\\u002f..\\u002fa.pem", "live/a.pem", "/a.pem"),
    *("archives/a.pem", "x-archive/a.pem", "/srv/b*/a.pem", "{live,old}x/a.pem", "archive/b.pem", "archive/a.pem.x"),
    *("https://example.nl/archive/", "https:\\/\\/example.nl\\/archive/", "^/archive/(.*)", "~/a.pem"),
)


@in_one_test
@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_path_is_the_same_however_its_separators_are_written(separator: str) -> None:
    for path, end, form in product(PATHS, ENDS, FORMS):
        begin = path.format(*[separator] * 3)
        whole = f"{begin.removesuffix(separator)}{end.format(separator)}" if end else begin
        if "/" in plain(whole) or "\\" in plain(whole):
            assert is_named(form.format(whole)), (form, whole)


def test_what_is_not_known_may_be_the_folder_and_another_is_none() -> None:
    for path, form in product(FILES, FORMS):
        assert is_named(form.format(path)), (form, path)
    for path, form in product(OTHERS, FORMS):
        assert not is_named(form.format(path)), (form, path)


SETS: Final = (
    "DIR={}\n",
    "set DIR={}\n",
    "export DIR='{}'\n",
    "set $DIR {};\n",
    "Define DIR {}\n",
    "DIR := {}\n",
    '"DIR": "{}"\n',
)
USES: Final = ("$DIR/a.pem", "${DIR}/a.pem", "{{ DIR }}/a.pem", "%DIR%\\a.pem")


@in_one_test
@pytest.mark.parametrize("given", SETS)
def test_a_variable_is_what_the_text_says_that_it_is(given: str) -> None:
    for use, value in product(USES, ("/srv/live", "live", "C:\\x", "$BASE/live/")):
        assert not is_named(f"{given.format(value)}serve {use}\n"), (use, value)
    for use, value in product(USES, ("/srv/archive", "$BASE", "/x/*", "")):
        assert is_named(f"{given.format(value)}serve {use}\n"), (use, value)


NO_USES: Final = (
    *("mv a.pem {}", "sudo mv {} /x", "rm -rf {}", "ls -l {}", "git mv x {}", "x && rm {}", "if x; then rm {}; fi"),
    *("find {} -mtime +365 -delete", "find . -path {} -prune -o -print", "find . ! -path '{}/*' -print"),
    *(
        "rsync -a --exclude {} . host:/x",
        "rsync --exclude={} . host:/x",
        "exclude = ['x', '{}']",
        "ignore:\n  - x\n  - {}\n",
        "exclude_paths: ['{}']",
        "watchPathIgnorePatterns = ['{}']",
        "pruned-dirs = ['{}']",
    ),
    *("ls {} | wc -l", "ls -t {} | tail -n +5 | xargs rm -f", "ls {} | while read f; do rm $f; done"),
)
ALL_THE_SAME: Final = (
    *(
        "rm x; serve {}",
        "mv x y && cp {} /tls",
        "serve {} && rm x",
        "find {} -exec serve {{}} +",
        "rsync --exclude=x {} host:/x",
    ),
    *("ls {} | xargs cat > all.pem", "for f in $(ls {}); do serve $f; done", "ls {} | while read f; do serve $f; done"),
    *("prune_cert: {}", "ignored.certificate = {}", "excluded_key_file_and_certificate = {}", "ignoreexpiry: {}"),
    *("exclude = ['x']\ncert = {}\n", "cp {} /tls", "serve --rm {}", "find x -delete\nserve {}"),
)


@pytest.mark.parametrize("path", ["archive/a.pem", "./archive", "/srv/archive"])
def test_what_moves_deletes_lists_or_leaves_out_uses_nothing(path: str) -> None:
    for line in NO_USES:
        assert not is_named(f"{line.format(path)}\n"), line
    for line in ALL_THE_SAME:
        assert is_named(f"{line.format(path)}\n"), line


def test_some_texts_use_nothing_by_their_names() -> None:
    nothing = ("README", "a.log", "a.log.1", "a.LOG-20270101", ".bash_history", ".history", "a.csv", ".gitignore")
    assert all(is_no_use(f"x/{name}") for name in nothing)
    assert not any(is_no_use(f"x/{name}") for name in ("a.conf", "log", "log.ini", "history", "a.csv.sh", "a.txt"))


# --- a large text ---

LINE: Final = "# a comment of somebody\n"


@in_one_test
@pytest.mark.parametrize("code", ["utf-8", "utf-16", "latin-1"])
@pytest.mark.parametrize("old", ["archive/a.pem", "a.pem.bak"])
def test_a_text_of_any_size_is_looked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, code: str
) -> None:
    monkeypatch.setattr(opening, "_PART", 5_000)
    folder = laid(tmp_path / "a", old, COPIES[old])
    for number, (before, after) in enumerate(((0, 90_000), (50_001, 40_000), (90_000, 0))):
        for text in (f"é\n{LINE * (before // len(LINE))}cert = {old}\n{LINE * (after // len(LINE))}", None):
            one_line = ", ".join(["x"] * (before // 3) + [f'"{old}"'] + ["x"] * (after // 3))
            (folder / "a.conf").write_bytes((text or one_line).encode(code))
            found = scanned(folder, asked=judging(moment=AFTER))
            assert not is_silent(found), (number, text is None)
            (by,) = {each for one in found.judged for each in one.named_by}
            assert by == f"{folder / 'a.conf'}:{2 + before // len(LINE) if text else 1}"
    (folder / "a.conf").write_bytes((LINE * 5_000).encode(code))
    assert is_silent(scanned(folder, asked=judging(moment=AFTER)))


def test_a_text_too_large_for_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MAX_INPUT_BYTES", 20_000)
    folder = laid(tmp_path / "a", "archive/a.pem", COPIES["archive/a.pem"])
    (folder / "disk.img").write_bytes(bytes(200) + b"\x01" * 30_000)
    for name in ("a.log", "a.md", "a.csv"):
        (folder / name).write_text(LINE * 2_000)
    found = scanned(folder, asked=judging(moment=AFTER))
    assert is_silent(found)
    assert not told(found)
    (folder / "a.conf").write_text(LINE * 2_000)
    found = scanned(folder, asked=judging(moment=AFTER))
    assert told(found) == {TOO_LARGE}
    assert not found.is_whole
    (folder / "archive" / "a.pem").unlink()
    assert not told(scanned(folder, asked=judging(moment=AFTER))), "there is no copy to look for"


# --- work ---

DELIMITERS: Final = (*"\"'`=:;,()[]{}<>|&/\\.*?$%#-~^! \n\t", "{,", "\\u002f", "/..", "\\\\", "- ", "&#x2f;", "{}/")
UNITS: Final = (
    *DELIMITERS[-7:],
    *"/\\ \n.{[-",
    *(f"{each}dir{each}archive{each}a.pem" for each in DELIMITERS),
    *(
        "dir [ archive, ",
        "archive {",
        "a = archive ",
        "set $a archive;",
        "sha256 (a.pem) = 00\n",
        "cd archive ",
        "x" * 30,
    ),
)
SIZES: Final = (100, 400)
WORK: Final = """
import json, os, sys
from datetime import UTC, datetime, timedelta
from pkitools.portfolio.copies import Copies
from pkitools.portfolio.model import HeldCertificate, Place

moment, copies = datetime(2026, 11, 22, tzinfo=UTC), Copies()
name = "/nowhere/archive/a.pem"
one = HeldCertificate(
    "0" * 64, "0" * 40, "1", "s", "i", None, None, None, (), moment, moment, "k", "0" * 64, None, "g", False,
    places=(Place(name),),
)
copies.note(name, one, moment + timedelta(days=1))

def work(text):
    for part in copies.by_texts([("/nowhere/archive/a.conf", 1, text)], ["/nowhere/a.pem"]):
        pass

units, sizes = json.load(open(sys.argv[1]))
for unit in units:
    work("archive a.pem\\n" + unit * 9)
os.getpgrp()
for unit in units:
    for size in sizes:
        work("archive a.pem\\n" + unit * (size // len(unit)) + "} }/a.pem")
        os.getpgrp()
"""


@pytest.mark.slow
@pytest.mark.interop
def test_the_instructions_grow_with_the_text_and_no_faster(tmp_path: Path) -> None:
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        pytest.skip("valgrind is not here: no instructions are counted")
    given = tmp_path / "given.json"
    given.write_text(json.dumps([UNITS, SIZES]), encoding="ascii")
    tool = [valgrind, "--tool=callgrind", "--dump-before=getpgrp", f"--callgrind-out-file={tmp_path}/counted"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [*tool, sys.executable, "-c", WORK, str(given)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20 * PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    parts = sorted(tmp_path.glob("counted.*"), key=lambda path: int(path.suffix[1:]))
    totals = [int(re.findall(r"^(?:summary|totals): (\d+)", path.read_text(), re.MULTILINE)[-1]) for path in parts]
    counted = totals[1 : 1 + 2 * len(UNITS)]  # before the first mark, then each text
    assert len(counted) == 2 * len(UNITS), f"{len(totals)} counts: the marks were not seen"
    for unit, few, more in zip(UNITS, counted[::2], counted[1::2], strict=True):
        assert more < 5.5 * few, (unit, few, more)
