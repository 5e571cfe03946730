"""What stands in a kubeconfig or is named by it is judged as what a program sends, and its key is held to it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from pkitools.containers import read_source
from pkitools.errors import InputError
from pkitools.findings import Verdict
from tests.portfolio.support import WHOLE, scanned
from tests.portfolio.test_as_named import KEY
from tests.portfolio.test_names_of_keys import certificate, key
from tests.support.chains import good_chain
from tests.support.deliveries import pem

AUTHORITY: Final = pem(good_chain().tsp.der)
# what a user says: the values by their names
User = Mapping[str, str]


def _inline(data: bytes) -> str:
    return b64encode(data).decode()


def _yaml(users: list[User], indent: str = "", fold: str = "") -> str:
    lines = ["apiVersion: v1", "kind: Config", "current-context: a", "clusters:"]
    lines += [f"{indent}- name: c", f"{indent}  cluster:", f"{indent}    server: https://a.example.nl:6443"]
    lines += [f"{indent}    certificate-authority-data: {_inline(AUTHORITY)}", "users:"]
    for number, user in enumerate(users):
        lines += [f"{indent}- name: u{number}", f"{indent}  user:"]
        for name, value in user.items():
            parts = [value[at : at + 64] for at in range(0, len(value), 64)]
            is_folded = fold and name.endswith("-data") and len(parts) > 1
            below = [f"{indent}      {part}" for part in parts] if is_folded else []
            lines += [f"{indent}    {name}: {fold if below else value}", *below]
    return "\n".join(lines) + "\n"


def _json(users: list[User]) -> str:
    cluster = {"name": "c", "cluster": {"certificate-authority-data": _inline(AUTHORITY)}}
    named = [{"name": f"u{number}", "user": user} for number, user in enumerate(users)]
    return json.dumps({"kind": "Config", "clusters": [cluster], "users": named, "current-context": "a"}, indent=1)


WRITTEN: Final[Mapping[str, Callable[[list[User]], str]]] = {
    "as kubectl writes": _yaml,
    "indented": lambda users: _yaml(users, "  "),
    "in blocks": lambda users: _yaml(users, fold=">-"),
    "in literal blocks": lambda users: _yaml(users, "  ", fold="|"),
    "quoted": lambda users: "".join(
        line.replace(": ", ': "').rstrip("\n") + '"\n' if "-data: " in line else line
        for line in _yaml(users).splitlines(keepends=True)
    ),
    "JSON": _json,
    "JSON in a line": lambda users: json.dumps(json.loads(_json(users))),
}
FILES: Final = {"A.pem": WHOLE, "A.key": KEY, "B.pem": certificate("a"), "B.key": key("a")}


def _user(one: str, of: str, *, is_inline: bool) -> User:
    names = ("client-certificate", f"{one}.pem"), ("client-key", f"{of}.key")
    return {f"{name}-data": _inline(FILES[file]) for name, file in names} if is_inline else dict(names)


def laid(folder: Path, text: str) -> Path:
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    (folder / "kube").mkdir()
    (folder / "kube" / "config").write_text(text)
    return folder / "kube" / "config"


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("is_inline", [True, False])
def test_a_pair_is_judged_and_one_that_is_none_is_wrong(tmp_path: Path, written: str, *, is_inline: bool) -> None:
    for number, (pairs, is_good) in enumerate(
        [
            ([("A", "A")], True),
            ([("A", "B")], False),
            ([("A", "A"), ("B", "B")], True),
            ([("A", "B"), ("B", "A")], False),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        users = [_user(one, of, is_inline=is_inline) for one, of in pairs]
        named = [{name: f"../{value}" for name, value in user.items()} for user in users]
        place = laid(folder, WRITTEN[written](users if is_inline else named))
        for given in (place, place.parent):
            found = scanned(given)
            assert not found.unread
            assert found.verdict is (Verdict.PASSED if is_good else Verdict.FAILED), (pairs, given)
            assert len(found.judged) == len(pairs), "the authorities of a cluster are nobody's own"


@pytest.mark.parametrize("written", WRITTEN)
def test_what_is_named_and_not_there_is_a_gap(tmp_path: Path, written: str) -> None:
    place = laid(tmp_path, WRITTEN[written]([_user("nowhere", "nowhere", is_inline=False)]))
    for given in (place, place.parent):
        assert [one.code for one in scanned(given).unread] == ["portfolio.error.points_nowhere"] * 2


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize(
    ("user", "codes"),
    [
        ({"client-certificate-data": "QUJD" * 30, "client-key-data": "QUJD" * 30}, ["unknown_part"] * 2),
        ({"client-certificate-data": "DATA+OMITTED", "client-key-data": "REDACTED"}, ["unknown_part"] * 2),
        ({"client-certificate-data": _inline(WHOLE)[:-9]}, ["*", "kubeconfig_without_key"]),
        ({"client-certificate-data": _inline(WHOLE)}, ["kubeconfig_without_key"]),
        ({"client-certificate-data": _inline(KEY), "client-key-data": _inline(KEY)}, ["unknown_part"]),
        ({"client-certificate-data": _inline(WHOLE), "client-key": "A.key"}, ["kubeconfig_apart"]),
        ({"client-certificate": "A.pem", "client-key-data": _inline(KEY)}, ["kubeconfig_apart"]),
    ],
)
def test_what_no_program_takes_is_told(written: str, user: User, codes: list[str]) -> None:
    told = [one.error.code for one in read_source(WRITTEN[written]([user]).encode(), "config").problems]
    assert len(told) == len(codes)
    assert all(code in {"*", one.removeprefix("sources.error.")} for code, one in zip(codes, told, strict=True)), told


@pytest.mark.parametrize("user", [
    {"token": "a"},
    {"# client-certificate-data": _inline(WHOLE), "token": "a"},
    {"client-certificate-data": "{{ .Values.certificate }}", "client-key-data": "{{ .Values.key }}"},
    {"client-certificate-data": "${CERTIFICATE}", "client-key-data": "${KEY}"},
    {"client-certificate-data": '""', "client-key-data": '""'},
    {"exec": "{command: kubelogin, interactiveMode: Never}"},
])  # fmt: skip
def test_one_without_a_certificate_of_a_user_is_good(tmp_path: Path, user: User) -> None:
    text = _yaml([user])
    assert not read_source(text.encode(), "config").problems
    assert not scanned(laid(tmp_path, text).parent).unread


def test_a_file_whose_certificate_has_no_key_is_told(tmp_path: Path) -> None:
    alone, keyed = {"client-certificate": "../A.pem"}, {"client-certificate": "../A.pem", "client-key-data": "x"}
    found = scanned(laid(tmp_path, _yaml([alone])))
    assert [one.code for one in found.unread] == ["portfolio.error.names_without_key"]
    other = {"token": "a", "client-key": "../B.key"}  # of another user, who has no certificate
    (tmp_path / "kube" / "config").write_text(_yaml([alone, other]))
    found = scanned(tmp_path / "kube")
    assert [one.code for one in found.unread] == ["portfolio.error.names_without_key"]
    assert found.verdict is not Verdict.FAILED
    (tmp_path / "kube" / "config").write_text(_yaml([keyed]))
    assert {one.code for one in scanned(tmp_path / "kube").unread} == {"sources.error.kubeconfig_apart"}


@pytest.mark.parametrize("text", [
    "client-certificate: nowhere.pem\nclient-key: nowhere.key\n",
    "tls:\n  user:\n    client-certificate: nowhere.pem\n",
    "users:\n- user:\n    client-certificate: nowhere.pem\n",
    "kind: ConfigMap\ndata:\n  kubeconfig.conf: |\n" + "".join(
        f"    {line}\n"
        for line in _yaml([{"client-certificate": "/var/run/a.pem", "client-key": "/var/run/a.key"}]).splitlines()
        if "-data" not in line
    ),
    "kind: Config\nusers:\n- user:\n    # client-certificate: nowhere.pem\n    token: a\n",
    "kind: Config\nextensions:\n- user:\n    plugin:\n      client-certificate: nowhere.pem\n",
])  # fmt: skip
def test_what_is_no_kubeconfig_names_nothing(tmp_path: Path, text: str) -> None:
    assert not scanned(laid(tmp_path, text).parent).unread


def test_other_base64_under_such_a_name_is_read_as_before() -> None:
    with pytest.raises(InputError):
        read_source(b"certificate-authority-data: \nclient-key-data:\n", "config")
