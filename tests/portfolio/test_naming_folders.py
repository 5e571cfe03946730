"""What lies in a folder for copies is used where a text names that folder; what is named otherwise is no use of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from pkitools.checking.file_names import ARCHIVES
from pkitools.portfolio.model import Portfolio
from pkitools.portfolio.naming_folders import Folders
from pkitools.portfolio.written import plain, words
from tests.portfolio.support import judging, scanned
from tests.portfolio.test_copies import AFTER, is_silent, laid
from tests.support.cases import in_one_test
from tests.support.effort import in_turn
from tests.support.work_done import work_done

ARCHIVED: Final = {
    "srv/archive/server.pem": ("srv/server.pem",),
    "srv/archive/old-2025.pem": ("srv/server.pem",),
    "srv/archive/v1/server.pem": ("srv/server.pem",),
    "srv/archive/a/cert1.pem": ("srv/archive/a/cert2.pem", "srv/live/a/cert.pem"),
}
NAMES: Final = {
    "docker-compose.yml": "services:\n  web:\n    volumes:\n      - ./srv/archive:/tls:ro\n",
    "compose.yml": "services:\n  web:\n    volumes:\n      - type: bind\n        source: srv/archive\n",
    "app.service": "[Service]\nWorkingDirectory={root}/srv/archive\nExecStart=/usr/bin/serve\n",
    "of-another-machine.service": "[Service]\nWorkingDirectory=/opt/app/archive/\n",
    "app.env": "CERT_DIR=/data/archive\nCERT=${{CERT_DIR}}/server.crt\n",
    "app.ini": "ssl_dir = /tls/archive\nother_dir = /x/archive\n",
    "relative.ini": "ssl_dir = archive\n",
    "quoted.json": '{{"dir": ["archive"]}}\n',
    "spring.properties": "spring.ssl.bundle.location=file:///opt/archive/\n",
    "run.cmd": "set DIR=C:\\app\\archive\nserve %DIR%\n",
    "variable.sh": 'serve "$BASE/archive/$1.pem"\n',
    "list.yml": "dirs:\n  - archive\n",
    "only.yml": "- archive\n",
    "context.xml": "<host><certDir>archive</certDir></host>\n",
    "option.sh": "serve --dir archive\n",
    "short.sh": "serve -d 'archive' -v\n",
    "braces.env": "DIR=${{BASE}}/archive\n",
    "here.sh": "serve $(pwd)/archive\n",
    "template.yml": "dir: '{{{{ base }}}}/archive/'\n",
    "root.ini": "ssl_dir = /archive\n",
    "drive.ini": "ssl_dir = D:\\archive\n",
    "all.sh": "serve --certs /x/archive/*.pem\n",
    "srv/Dockerfile": "FROM x\nCOPY archive /tls\n",
    "srv/run.sh": "cd archive && serve --certificate tls.pem\n",
    "srv/archive/Dockerfile": "FROM x\nCOPY . /tls\n",
    "srv/archive/compose.yml": "services:\n  web:\n    volumes:\n      - ./:/tls\n",
    "upper.ini": "ssl_dir = /tls/Archive\n",
    "escaped.json": '{{"dir": "\\/srv\\/archive"}}\n',
    "of-the-root.json": '{{"dir": "\\/archive"}}\n',
    "drive.json": '{{"dir": "C:\\\\srv\\\\archive"}}\n',
    "deploy/Dockerfile": "FROM x\nCOPY --chown=1 archive /tls\n",
    "deploy/list.yml": "dirs: [other, archive]\n",
    "deploy/lines.json": '{{"certs": [\n  "other",\n  "archive"\n]}}\n',
    "deploy/words.sh": 'DIRS="live archive"\n',
    "deploy/loop.sh": "for d in live archive; do serve $d/*.pem; done\n",
    "deploy/directive.conf": "certdir archive\n",
    "attribute.xml": '<d path="archive"/>\n',
    "arguments.json": '{{"command": ["serve", "--dir", "archive"]}}\n',
    "arguments.yml": "args:\n  - --dir\n  - archive\n",
    "call.py": 'serve(os.path.join(os.path.dirname(__file__), "archive"))\n',
    "joined.py": 'serve(BASE / "archive")\n',
    "command.json": '{{"command": "serve /srv/archive"}}\n',
    "find.sh": "find . -path './archive/*' -exec serve {{}} +\n",
}
NAMES_NOT: Final = {
    "README": "Old certificates are in srv/archive, such as server.pem and cert1.pem.\n",
    "leesmij.txt": "ssl_dir = archive\n",
    "notes.md": "ssl_dir = archive\n",
    ".gitignore": "srv/archive/\n",
    ".dockerignore": "**/archive/*.pem\n",
    "page.ini": "docs = https://example.nl/archive/\n",
    "key.yml": "archive: true\nother: x\n",
    "other.ini": "dir = /srv/archives\nother_dir = /srv/my-archive/x\n",
    "file.ini": "cert = srv/archive/another.pem\n",
    "web.conf": "location /archive {{\n  rewrite ^/archive/(.*)$ /x/$1;\n}}\nlocation ~ ^/archive/ {{ }}\n",
    "dovecot.conf": 'mailbox "Archive" {{\n  special_use = \\Archive\n}}\n',
    "words.txt": "we archive - archive -- archive re-archive x-y archive\n",
    "comment.ini": "# archive the old ones by hand\n",
    "lvm/lvm.conf": 'backup {{\n  archive_dir = "{root}/lvm/archive"\n}}\n',
    "lvm/relative.conf": "dir = archive/\n",
    "elsewhere.conf": "dir = /lvm/archive\n",  # as it is of the machine whose files these are
    "srv/renewal/a.conf": "archive_dir = {root}/srv/archive/a\ncert = {root}/srv/live/a/cert.pem\n\n[renewalparams]\n",
    "SHA256SUMS": "{sums}",
    "srv/archive/CHECKSUMS": "{sums}",
    "srv/notes.txt": "Old certificates are kept in the archive for a year.\nHet archive is opgeruimd\n",
    "srv/deploy.sh": "git archive HEAD | tar x\ncp server.pem archive\n",
    "srv/a.py": "from archive import x\n\ndef archive(x):\n    pass\n\nfor one in archive:\n    pass\n",
    "srv/tsconfig.json": '{{"exclude": ["archive", "./archive"]}}\n',
    "srv/lines.json": '{{"exclude": [\n  "x",\n  "archive"\n]}}\n',
    "srv/pyproject.toml": '[tool.x]\nexclude = ["archive"]\nextend-exclude = ["x", "archive/"]\n',
    "srv/list.yml": "exclude_paths:\n  - x\n  - archive\n  - ./archive\nDone:\n  - archive\n",
    "srv/opts.yml": "rsync_opts: [--exclude=archive]\n",
    "srv/.gitlab-ci.yml": "build:\n  artifacts:\n    type: archive\n    source_type: archive\n",
    "srv/pom.xml": "<packaging>archive</packaging>\n",
    "srv/package.json": '{{"keywords": ["archive"], "scripts": {{"archive": "tar c ."}}}}\n',
    "srv/rsync.sh": "rsync -a --exclude archive . host:/x\nrsync -a --exclude=archive/ . host:/x\n",
    "srv/find.sh": "find . -path ./archive -prune -o -print\nfind . ! -path './archive/*' -print\n",
    "srv/.gitattributes": "archive/ export-ignore\nserver.pem export-ignore\n",
    "srv/mail.conf": "mailbox archive {{\n}}\n",
    "srv/redirect.ini": "redirect = archive\ndatabase = archive\nresource = archive\n",
    "sums.bsd": "{bsd}",
}


def seen(folder: Path) -> bool:
    return is_silent(whole(folder))


def whole(folder: Path) -> Portfolio:
    return scanned(folder, asked=judging(moment=AFTER))


def with_text(folder: Path, old: str, new: tuple[str, ...], name: str, text: str) -> Path:
    laid(folder, old, new)
    (folder / "lvm" / "archive").mkdir(parents=True)
    (folder / "lvm" / "archive" / "a.vg").write_text("x = 1\n")
    bare, digest = Path(old).name, "0a" * 32
    sums = f"{digest}  {bare}\n{digest} *{old}\n"
    file = folder / name
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(text.format(root=folder, sums=sums, bsd=f"SHA256 ({old}) = {digest}\n"))
    return folder


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_text_that_names_the_folder_names_what_is_in_it(tmp_path: Path, name: str) -> None:
    for number, (old, new) in enumerate(ARCHIVED.items()):
        folder = with_text(tmp_path / str(number), old, new, name, NAMES[name])
        found = whole(folder)
        assert not is_silent(found), old
        (one,) = (one for one in found.judged if one.not_after < AFTER)
        line = 1 + next(at for at, text in enumerate((folder / name).read_text().splitlines()) if is_where(text))
        assert {each for place in one.places for each in place.named_by} == {f"{folder / name}:{line}"}
        if old in in_turn([*ARCHIVED], list(NAMES).index(name)):
            (folder / name).unlink()
            assert seen(folder), old


def is_where(line: str) -> bool:
    return "archive" in line.lower() or " . " in line or "./:" in line


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES_NOT)
def test_what_tells_of_it_or_names_another_is_no_use_of_it(tmp_path: Path, name: str) -> None:
    for number, (old, new) in enumerate(ARCHIVED.items()):
        if in_turn((True, False), number, list(NAMES_NOT).index(name))[0]:  # two of the four each, in a deep run all
            assert seen(with_text(tmp_path / str(number), old, new, name, NAMES_NOT[name])), old


def test_a_text_that_tells_first_hides_no_use_of_it(tmp_path: Path) -> None:
    (old, new), *_ = ARCHIVED.items()
    folder = with_text(tmp_path / "a", old, new, ".gitignore", NAMES_NOT[".gitignore"])
    (one,) = (one for one in whole(folder).judged if one.is_set_aside)
    (folder / "0-report.json").write_text(f'{{"pkitools": "x", "dir": "srv/archive", "sha256": "{one.sha256}"}}')
    assert seen(folder)
    (folder / "app.ini").write_text(NAMES["app.ini"])
    assert not seen(folder)


def test_a_list_that_has_the_thumbprint_itself_is_no_list_of_sums(tmp_path: Path) -> None:
    (old, new), *_ = ARCHIVED.items()
    folder = laid(tmp_path / "a", old, new)
    (one,) = (one for one in whole(folder).judged if one.is_set_aside)
    for digest in (one.sha256, one.sha1):
        (folder / "pins").write_text(f"{digest}  {old}\n")
        assert not seen(folder)


@in_one_test
@pytest.mark.parametrize(
    "given", ["${CERT_DIR}/old.pem", "$CERT_DIR/old.pem", "{{ dir }}/old.pem", "%DIR%\\old.pem", "old.pem"]
)
def test_a_name_that_no_other_file_has_is_of_this_one_in_whatever_folder(tmp_path: Path, given: str) -> None:
    folder = laid(tmp_path / "a", "archive/old.pem", ("server.pem",))
    (folder / "app.ini").write_text(f"certificate = {given}\n")
    assert not seen(folder)
    (folder / "app.ini").write_text("certificate = /srv/other/old.pem\n")
    assert seen(folder)
    (folder / "app.ini").write_text(f"certificate = {given}\n")
    (folder / "old.pem").write_bytes((folder / "server.pem").read_bytes())
    assert seen(folder) is (given == "old.pem"), "another file is called so, and a variable may be any folder"
    setting = "export CERT_DIR=/srv/live\ndir: ./live/\nset DIR=C:\\live\n"
    (folder / "app.ini").write_text(f"{setting}certificate = {given}\n")
    assert seen(folder), "the text says what the variable is"


HOSTILE: Final = {
    "one line": lambda count: " ".join(f"/a{number}/archive" for number in range(count)),
    "one folder below": lambda count: "\n".join(f"x{number}/archive/site{number % 9}" for number in range(count)),
    "one path": lambda count: "archive/" * count,
    "variables": lambda count: "\n".join(f"$A{number}/archive" for number in range(count)),
    "words": lambda count: "archive " * count,
    "values": lambda count: "\n".join(f"a = {'x' * (number % 7)}archive" for number in range(count)),
    "no end": lambda count: f"archive {' ' * count} = archive" + " \n" * count,
}


@in_one_test
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("within", ["", "archive/"])
def test_what_is_done_of_a_text_grows_with_it_and_no_faster(kind: str, within: str) -> None:
    files = [f"/nowhere/archive/site{number}/cert{number}.pem" for number in range(9)]

    def done(count: int) -> int:
        text = HOSTILE[kind](count)
        return work_done(lambda: named_in(Folders(files, ARCHIVES), text, f"/nowhere/{within}a.conf"))["calls"]

    done(9)  # what is loaded once
    few, more = done(100), done(400)
    assert more < 5 * few + 500, (few, more)


def named_in(folders: Folders, text: str, source: str) -> list[tuple[str, int]]:
    return [*folders.named_in(words(plain(text), lambda word: True), text, source)]


def test_very_many_places_are_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is not looked up it is taken that it may be named."""
    monkeypatch.setattr("pkitools.portfolio.naming_folders._MOST_LOOKED_UP", 50)
    looked_up: list[str] = []
    monkeypatch.setattr(os.path, "isdir", lambda name: looked_up.append(name) or name.endswith("/other/archive"))
    files = ["/srv/archive/a.pem"]
    texts = [f"dir = /{number}/other/archive\n" for number in range(400)]
    folders = Folders(files, ARCHIVES)
    found = [named_in(folders, text, "/srv/a.conf") for text in texts]
    assert len(looked_up) == 50
    assert (found[0], found[-1]) == ([], [(files[0], len("dir = "))])


MANY: Final = {
    "each its own": lambda number: (f"s{number}", "dir = archive\n"),
    "of another folder": lambda number: (f"t{number}", "dir = archive\n"),
    "of the root": lambda number: (f"t{number}", "dir = /srv/archive\n"),
    "each of another machine": lambda number: (f"t{number}", f"dir = /m{number}/archive\n"),
    "each another": lambda number: (f"t{number}", f"dir = /other{number}/archive\n"),
    "a variable": lambda number: (f"t{number}", "dir = $BASE/archive\n"),
    "nothing": lambda number: (f"s{number}/archive", "a = 1\n"),
}


@in_one_test
@pytest.mark.parametrize("kind", MANY)
def test_very_many_folders_and_texts_are_not_all_held_to_each_other(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkitools.portfolio.naming_folders._MOST_COMPARED", 500)
    isdir = os.path.isdir
    monkeypatch.setattr(os.path, "isdir", lambda name: name.startswith("/other") or isdir(name))

    def done(count: int) -> int:
        for number in range(count):
            (tmp_path / f"s{number}" / "archive").mkdir(parents=True, exist_ok=True)
        names = [str(tmp_path / f"s{number}" / "archive" / "a.pem") for number in range(count)]

        def named() -> None:
            folders = Folders(names, ARCHIVES)
            found = set[str]()
            for place, text in map(MANY[kind], range(count)):
                for name, _ in named_in(folders, text, str(tmp_path / place / "a.ini")):
                    found.add(name)
                    folders.settle(name)
            assert kind == "each another" or len(found) == (0 if kind == "nothing" else count)

        return work_done(named)["calls"]

    done(9)  # what is loaded once
    few, more = done(100), done(400)
    assert more < 5 * few + 500, (few, more)


GOES_ON: Final = (
    "cert: /srv/{}{{{{ year }}}}.pem", 'f"{}{{year}}.pem"', '"{}" + year', "'{}' . $year . '.pem'",
    "cert = {}<%= year %>.pem",
    '"{}#{{year}}.pem"', "`{}${{year}}.pem`", 'path.concat("{}", year)', "cert = ../x/{}[0-9].pem", '"{}%s.pem" % year',
    "cert = $BASE/{}{{{{ year }}}}.pem", "'\\srv\\{}' & year",
)  # fmt: skip
"""A path that a program puts something behind, in as many notations."""


@in_one_test
@pytest.mark.parametrize("written", GOES_ON)
def test_a_path_that_goes_on_names_what_begins_so(written: str) -> None:
    files = [f"/x/archive/{each}.pem" for each in ("a-2025", "a-2026", "A-x", "b-2025", "a/v1", "a/v10", "a2")]

    def named(begin: str, source: str = "/nowhere/app.txt") -> set[str]:
        text = written.format(begin)
        return {name[len("/x/archive/") : -len(".pem")] for name, _ in named_in(Folders(files, ARCHIVES), text, source)}

    assert {"a-2025", "a-2026", "A-x"} <= named("archive/a-")
    assert "b-2025" in named("archive/b")

    if not {"%", "$", "[", "#"} & {*written}:  # such a part stands for anything in its folder
        assert named("archive/a-") == {"a-2025", "a-2026", "A-x"}
        assert named("archive/c-") == named("other/a-") == set()


def test_a_path_to_what_is_there_names_nothing_that_begins_as_that() -> None:
    files = [f"/x/archive/{each}" for each in ("a.pem", "a.pem.bak", "a.pem-2025", "v1/b.pem", "v10/b.pem")]

    def named(path: str) -> set[str]:
        found = named_in(Folders(files, ARCHIVES), f"cert = {path}\n", "/nowhere/a.ini")
        return {name.removeprefix("/x/archive/") for name, _ in found}

    assert named("archive/a.pem") == set()  # that one is of who looks for the names of files
    assert named("archive/v1") == {"v1/b.pem"}
    assert named("archive/v") == {"v1/b.pem", "v10/b.pem"}
