"""Traefik takes no certificate for which no key is named beside it; in an inventory the same word asks for none."""

# ruff: noqa: E501  a configuration stands as it is written

from __future__ import annotations

import subprocess
import time
from functools import partial
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.findings import Verdict
from pkitools.portfolio import Gap
from pkitools.portfolio.pointers import pointers_of
from tests.portfolio.support import WHOLE, scanned
from tests.portfolio.test_as_named import KEY
from tests.support.effort import PATIENCE, bounded
from tests.support.judges import judge
from tests.support.work_done import work_done

_INLINE: Final = "".join(f"        {line}\n" for line in KEY.decode().splitlines())
# each way to name A.pem, first without a key and then with it
WAYS: Final = {
    "yaml": ("t.yml", "tls:\n  certificates:\n    - certFile: A.pem\n", "      keyFile: A.key\n"),
    "compact": ("t.yml", "tls:\n  certificates:\n  # own\n  - certFile: A.pem\n", "    keyFile: A.key\n"),
    "compact, the second": ("t.yml", "tls:\n  certificates:\n  - keyFile: A.key\n    certFile: A.pem\n  - certFile: A.pem\n", "    keyFile: A.key\n"),
    "the first of two": ("t.yml", "tls:\n  certificates:\n    - certFile: A.pem\n", "      keyFile: A.key\n    - {certFile: A.pem, keyFile: A.key}\n"),
    "another list between": ("t.yml", "tls:\n  certificates:\n    - certFile: A.pem\n      stores:\n        - default\n", "      keyFile: A.key\n"),
    "a dash too many": ("t.yml", "tls:\n  certificates:\n    - certFile: A.pem\n    - keyFile: A.key\n", "      certFile: A.pem\n    - certFile: A.pem\n      keyFile: A.key\n"),
    "flow": ("t.yml", "tls: {certificates: [{certFile: A.pem", ", keyFile: A.key"),
    "the key itself": ("t.yml", "tls:\n  certificates:\n    - certFile: A.pem\n", f"      keyFile: |-\n{_INLINE}"),
    "any letters": ("t.yaml", "TLS:\n  Certificates:\n    - CERTFILE: A.pem\n", "      KeyFile: A.key\n"),
    "store": ("t.yml", "tls:\n  stores:\n    default:\n      defaultCertificate:\n        certFile: A.pem\n", "        keyFile: A.key\n"),
    "toml": ("t.toml", '[[tls.certificates]]\ncertFile = "A.pem"\n', 'keyFile = "A.key"\n'),
    "toml, the second": ("t.toml", "[[tls.certificates]]\ncertFile = 'A.pem'\nkeyFile = 'A.key'\n[[tls.certificates]]\nstores = ['default']\ncertFile = 'A.pem'\n", 'keyFile = "A.key"\n'),
    "toml, store": ("t.toml", '[tls.stores.default.defaultCertificate]\ncertFile = "A.pem"\n', 'keyFile = "A.key"\n'),
}  # fmt: skip
ENDS: Final = {"flow": "}]}\n"}
ITEM: Final = "  - certFile: A.pem\n    keyFile: A.key\n"
REFUSED: Final = ("Unable to parse certificate", "Error while creating certificate store")
READ, TAKEN = "Configuration received", "Adding certificate for domain"
THROTTLED: Final = 2.5
"""Seconds in which Traefik has done what it does with a configuration that it received: it takes one in two at the most."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "A.pem").write_bytes(WHOLE)
    (tmp_path / "A.key").write_bytes(KEY)
    return tmp_path


def written(folder: Path, way: str, *, with_key: bool) -> Path:
    name, without, key = WAYS[way]
    whole = without + (key if with_key else "") + ENDS.get(way, "")
    if way == "a dash too many" and with_key:
        whole = without.replace("    - keyFile", "      keyFile")
    (folder / name).write_text(whole)
    return folder / name


def told(*places: Path) -> list[tuple[str, Gap]]:
    return [(one.code, one.gap) for one in scanned(*places).unread]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("inside", [True, False])
def test_one_without_a_key_is_a_gap_also_where_its_file_has_one(folder: Path, way: str, inside: bool) -> None:
    if inside:
        (folder / "A.pem").write_bytes(WHOLE + KEY)
    place = written(folder, way, with_key=False)
    for given in (place, folder):
        assert told(given) == [("portfolio.error.names_without_key", Gap.UNREADABLE)]
    written(folder, way, with_key=True)
    assert scanned(folder).verdict is Verdict.PASSED


def _ends(way: str, with_key: bool) -> tuple[str, ...]:
    """What Traefik says when it has taken or refused the certificate; of one of a store that is good it says nothing."""
    return (READ if "store" in way else TAKEN,) if with_key else REFUSED


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, bool], str]:
    """Return what Traefik says of each way, without a key and with it: all are started at once, as each takes a while."""
    program, logs, running = judge("traefik"), {}, []
    try:
        for way, with_key in product(WAYS, (False, True)):
            place = tmp_path_factory.mktemp("traefik")
            (place / "A.pem").write_bytes(WHOLE)
            (place / "A.key").write_bytes(KEY)
            logs[way, with_key] = place / "log"
            named = f"--providers.file.filename={written(place, way, with_key=with_key)}"
            command = [program, named, "--entrypoints.web.address=127.0.0.1:0", "--log.level=DEBUG"]
            with logs[way, with_key].open("w") as log:
                running.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=place))
        for _ in range(10 * PATIENCE):  # they go on until they are stopped
            if all(any(end in log.read_text() for end in _ends(*which)) for which, log in logs.items()):
                break
            time.sleep(0.1)
        time.sleep(THROTTLED)
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait()
    return {which: log.read_text() for which, log in logs.items()}


@pytest.mark.interop
@pytest.mark.parametrize("way", WAYS)
def test_traefik_refuses_the_one_and_takes_the_other(judged: dict[tuple[str, bool], str], way: str) -> None:
    for with_key in (False, True):
        said = judged[way, with_key]
        assert any(end in said for end in _ends(way, with_key))
        assert any(one in said for one in REFUSED) is not with_key


@pytest.mark.parametrize(("name", "text"), [
    ("list.toml", '[[x]]\nname = "a"\ncertfile = ["A.pem"]\n'),
    ("list.toml", 'certFile = "A.pem"\n'),
    ("app.yml", "certFile: A.pem\n"),
    ("app.yml", "server:\n  tls:\n    certificates:\n      - certFile: A.pem\n"),
    ("app.yml", "tls:\n  certFile: A.pem\n"),
    ("app.yml", "tls:\n  - certFile: A.pem\n"),
    ("app.yml", "tls:\n- certFile: A.pem\n"),
    ("app.yml", "tls:\n  hosts:\n  - certFile: A.pem\n"),
    ("app.yml", "x: &k\n  keyFile: A.key\ntls:\n  certificates:\n    - <<: *k\n      certFile: A.pem\n"),
    ("app.yml", "tls:\n  certificates:\n    - certFile: A.pem\n      {{ template \"key\" }}\n"),
    ("app.txt", "tls:\n  certificates:\n    - certFile: A.pem\n"),
    ("app.yml", "entryPoints:\n  x:\n    tls:\n      certificates:\n        - certFile: A.pem\n"),
])  # fmt: skip
def test_what_may_be_of_another_asks_for_no_key(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    assert told(folder) == told(folder / name) == []


_MORE: Final = "http:\n  middlewares:\n    m:\n      headers:\n        customRequestHeaders:\n"
ELSEWHERE: Final = {
    "a value": _MORE + '          X: "{{ env `X` }}"\n',
    "a merge": "x: &x\n  a: b\n" + _MORE + "          <<: *x\n",
    "a condition": "{{ if true }}\nx: y\n{{ end }}\n",
    "a remark": "# {{ template }} and <<: nothing\n",
}


@pytest.mark.parametrize("more", ELSEWHERE)
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("way", [way for way, (name, *_) in WAYS.items() if name != "t.toml" and way != "any letters"])
def test_a_template_or_a_merge_elsewhere_excuses_none(folder: Path, way: str, is_first: bool, more: str) -> None:
    place = written(folder, way, with_key=False)
    text = place.read_text()
    place.write_text(ELSEWHERE[more] + text if is_first else text + ELSEWHERE[more])
    assert told(place) == [("portfolio.error.names_without_key", Gap.UNREADABLE)]


@pytest.mark.parametrize("said", ["/* a remark */", '$k := "a"', "if .x", "end", "else"])
@pytest.mark.parametrize("trims", list(product(("", "-"), repeat=2)))
def test_what_brings_nothing_excuses_nothing_whether_it_trims_or_not(
    folder: Path, said: str, trims: tuple[str, str]
) -> None:
    template = f"{{{{{trims[0]} {said} {trims[1]}}}}}"
    (folder / "t.yml").write_text(f"tls:\n  certificates:\n    - certFile: A.pem\n      {template}\n")
    assert told(folder) == [("portfolio.error.names_without_key", Gap.UNREADABLE)]


@pytest.mark.parametrize("brought", ["<<: *k", '{{ template "key" . }}', "{{- .key }}"])
@pytest.mark.parametrize("is_first", [True, False])
def test_what_may_bring_the_key_excuses_its_own_item_alone(folder: Path, brought: str, is_first: bool) -> None:
    inner = f"{brought}\n      certFile: A.pem\n" if is_first else f"certFile: A.pem\n      {brought}\n"
    text = f"x: &k\n  keyFile: A.key\ntls:\n  certificates:\n    - {inner}"
    (folder / "t.yml").write_text(text)
    assert told(folder) == []
    (folder / "t.yml").write_text(f"{text}    - certFile: A.pem\n      stores:\n        - default\n")
    assert told(folder) == [("portfolio.error.names_without_key", Gap.UNREADABLE)]


def test_a_file_in_a_map_of_kubernetes_is_one_of_its_own(folder: Path) -> None:
    text = (
        "kind: ConfigMap\nmetadata:\n  name: a\ndata:\n  tls.yml: |\n    tls:\n      certificates:\n"
        "        - certFile: A.pem\n"
    )
    (folder / "map.yml").write_text(text)
    assert told(folder) == [("portfolio.error.names_without_key", Gap.UNREADABLE)]
    (folder / "map.yml").write_text(f"{text}          keyFile: A.key\n")
    assert told(folder) == []


def test_many_items_take_no_longer_each() -> None:
    text = f"tls:\n  certificates:\n{ITEM * 2_000}".encode()
    with bounded(0.5):
        assert len(pointers_of(text, "t.yml", is_inventory=False)) == 4_000


def test_what_many_lines_name_is_looked_at_once(folder: Path) -> None:
    opened = []
    for count in (10, 20):
        (folder / "t.yml").write_text(f"tls:\n  certificates:\n{ITEM * count}")
        assert told(folder / "t.yml") == []
        opened.append(work_done(partial(scanned, folder / "t.yml"))["files"])
    assert opened[0] == opened[1] > 0
