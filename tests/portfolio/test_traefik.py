"""What the static configuration of Traefik names as its dynamic one is followed as an include, in YAML and in TOML."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.portfolio import Gap
from pkitools.portfolio.beside import misfits
from tests.portfolio.support import WHOLE, scanned
from tests.support.requests import pooled_key

# each way to write it; of a folder and of a file the last word is another
STATIC: Final = {
    "traefik.yml": 'providers:\n  docker: {{}}\n  file:\n    {word}: "{path}"\n    watch: true\n',
    "one line.yaml": "entryPoints: {{}}\nproviders: {{file: {{watch: true, {word}: '{path}'}}}}\n",
    "below it.yml": "providers:\n  file:\n    # where the rest is\n    {word}:\n      {path}\n",
    "a document.yml": "---\nproviders:\n  file:\n    {word}: {path}\n",
    "as json.yml": '{{"log": {{}}, "providers": {{"file": {{"{word}": "{path}"}}}}}}\n',
    "accents.yml": 'log:\n  filename: "/é/ë"\nproviders:\n  file:\n    {word}: "{path}"\n',
    "traefik.toml": '[entryPoints]\n[providers.file]\n  watch = true\n  {word} = "{path}"\n',
    "nested.toml": '[providers]\n  [providers.file]\n    {word} = "{path}"\n',
    "dotted.toml": 'providers.file.{word} = "{path}"\n',
    "half.toml": "[providers]\nfile.{word} = '{path}'\n",
    "inline.toml": 'providers = {{ file = {{ {word} = "{path}" }} }}\n',
    "inline below.toml": '[providers]\nfile = {{ {word} = "{path}" }}\n',
    "letters.toml": '[Providers.File]\n{word} = "{path}"\n',
}
DYNAMIC: Final = {
    "yml": "tls:\n  certificates:\n    - certFile: {0}/a.pem\n      keyFile: {0}/a.key\n",
    "toml": '[[tls.certificates]]\ncertFile = "{0}/a.pem"\nkeyFile = "{0}/a.key"\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A certificate and a key of another in a folder that only the dynamic configuration names."""
    for name in ("conf", "dynamic/sites", "tls"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "tls" / "a.pem").write_bytes(WHOLE)
    (tmp_path / "tls" / "a.key").write_bytes(pooled_key("rsa:2048").pem(None))
    return tmp_path


@pytest.mark.parametrize(("name", "kind"), [*product(STATIC, DYNAMIC)])
@pytest.mark.parametrize("word", ["directory", "filename"])
@pytest.mark.parametrize("is_absolute", [True, False])
def test_the_dynamic_configuration_is_read(folder: Path, name: str, kind: str, word: str, is_absolute: bool) -> None:
    dynamic = folder / "dynamic" / "sites" / f"a.{kind}"
    dynamic.write_text(DYNAMIC[kind].format(folder / "tls"))
    named = folder / "dynamic" if word == "directory" else dynamic
    path = named if is_absolute else f"../{named.relative_to(folder)}"
    (folder / "conf" / name).write_text(STATIC[name].format(word=word, path=path), encoding="utf-8")
    found = scanned(folder / "conf")
    assert not found.unread
    (one,) = found.judged
    assert [(place.name, place.named_by) for place in one.places] == [
        (str(folder / "tls" / "a.pem"), (f"{dynamic}:{3 if kind == 'yml' else 2}",))
    ]
    assert [Path(key.place.name).name for key, _, _ in misfits(found)] == ["a.key"]


@pytest.mark.parametrize("name", STATIC)
@pytest.mark.parametrize("word", ["directory", "filename"])
def test_one_that_is_not_there_is_a_gap_with_its_line(folder: Path, name: str, word: str) -> None:
    (folder / "conf" / name).write_text(STATIC[name].format(word=word, path="/nowhere/traefik"), encoding="utf-8")
    line = 1 + STATIC[name].split("{path}")[0].count("\n")
    for place in (folder / "conf", folder / "conf" / name):
        (unread,) = scanned(place).unread
        assert (unread.gap, unread.code) == (Gap.MISSING, "portfolio.error.points_nowhere")
        assert unread.named_by == (f"{folder / 'conf' / name}:{line}",)


def test_one_that_cannot_be_made_out_is_a_gap(folder: Path) -> None:
    (folder / "conf" / "traefik.yml").write_text("providers:\n  file:\n    directory: *where\n")
    (unread,) = scanned(folder / "conf").unread
    assert unread.code == "portfolio.error.not_made_out"
    (folder / "conf" / "traefik.yml").write_text("providers:\n  file:\n    directory: ${WHERE}\n")
    (unread,) = scanned(folder / "conf").unread
    assert unread.code == "portfolio.error.variable"


@pytest.mark.parametrize("text", [
    "log:\n  filename: /nowhere\nfile:\n  directory: /nowhere\n",
    "providers:\n  docker:\n    directory: /nowhere\nfile:\n  filename: /nowhere\n",
    "values:\n  providers:\n    file:\n      directory: /nowhere\n",
    "providers:\n  - file:\n      directory: /nowhere\n",
    "data:\n  traefik.yml: |\n    providers:\n      file:\n        directory: /nowhere\n",
    "providers:\n  file:\n    # directory: /nowhere\n    watch: true\n",
    "providers:\n  file:\n    directory: ''\n",
    "providers:\n  file:\n    directory: null\n",
])  # fmt: skip
def test_what_stands_in_something_else_is_another_programs(folder: Path, text: str) -> None:
    (folder / "conf" / "app.yml").write_text(text)
    assert not scanned(folder / "conf").unread


def test_a_folder_in_itself_has_an_end(folder: Path) -> None:
    (folder / "conf" / "traefik.yml").write_text("providers:\n  file:\n    directory: .\n")
    (folder / "conf" / "a.yml").write_text(DYNAMIC["yml"].format(folder / "tls"))
    assert len(scanned(folder / "conf").judged) == 1
    assert len(scanned(folder / "conf" / "traefik.yml").judged) == 1
