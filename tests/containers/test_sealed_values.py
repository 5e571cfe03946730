"""What a text holds encrypted is told as that, whichever program did it, and never passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from pkitools.containers import read_source
from pkitools.errors import InputError
from tests.portfolio.support import CHAIN, LEAF, WHOLE, scanned
from tests.support.cases import in_one_test

CODE: Final = "sources.error.sealed"
SOPS: Final = "ENC[AES256_GCM,data:p673w==,iv:YY=,aad:UQ=,tag:A=,type:str]"
SEALED: Final = "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq"
VAULT: Final = "$ANSIBLE_VAULT;1.1;AES256\n    36313662383563333461366132396139\n"
TEXTS: Final = {
    "a Secret": f"kind: Secret\nmetadata:\n  name: a\ndata:\n  tls.key: {SOPS}\nsops:\n  mac: {SOPS}\n",
    "a Secret in the open": f"kind: Secret\nstringData:\n    tls.key: {SOPS}\nsops:\n  mac: {SOPS}\n",
    "values": f"app:\n  private_key: {SOPS}\nsops:\n  mac: {SOPS}\n",
    "quoted values": f'app:\n  "tlsKey": x\n  "tls.key": "{SOPS}"\n',
    "environment": f"export TLS_KEY={SOPS}\nsops_mac={SOPS}\n",
    "a sealed Secret": f"kind: SealedSecret\nspec:\n  encryptedData:\n    tls.key: {SEALED}\n",
    "a value of Ansible": f"tls_key: !vault |\n    {VAULT}",
}
OTHERS: Final = (
    f"api_key: {SOPS}\npassword: {SOPS}\nsops:\n  mac: {SOPS}\n",
    f"kind: SealedSecret\nspec:\n  encryptedData:\n    password: {SEALED}\n",
    f"password: !vault |\n    {VAULT}",
    f"# see tls.key: in ENC[AES256_GCM,\nkey: {SEALED}\n",
    f"{VAULT}",
)


@pytest.mark.parametrize("text", TEXTS)
def test_an_encrypted_value_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as refused:
        read_source(TEXTS[text].encode(), "x.yaml")
    assert refused.value.code == CODE
    beside = LEAF + CHAIN + b"\n---\n" + TEXTS[text].encode()
    (problem,) = read_source(beside, "x.yaml").problems
    assert problem.error.code == CODE
    for data in (TEXTS[text].encode(), beside):
        (tmp_path / "good.pem").write_bytes(WHOLE)
        (tmp_path / "x.yaml").write_bytes(data)
        found = scanned(tmp_path)
        assert {one.code for one in found.unread} == {CODE}
        assert not found.is_whole


def test_in_json_too() -> None:
    with pytest.raises(InputError) as refused:
        read_source(json.dumps({"app": {"tls.crt": SOPS}, "sops": {"mac": SOPS}}).encode(), "x.json")
    assert refused.value.code == CODE


@pytest.mark.parametrize("name", ["tls.key", "server.pem", "cert.yml", "tls_key.vault"])
def test_a_file_that_is_encrypted_as_a_whole_is_told_by_its_name(name: str) -> None:
    with pytest.raises(InputError) as refused:
        read_source(VAULT.encode(), name)
    assert refused.value.code == CODE


@in_one_test
@pytest.mark.parametrize("text", OTHERS)
def test_what_is_encrypted_and_no_certificate_or_key_is_no_alarm(tmp_path: Path, text: str) -> None:
    assert read_source(LEAF + CHAIN + b"\n---\n" + text.encode(), "x.yaml").problems == ()
    (tmp_path / "good.pem").write_bytes(WHOLE)
    (tmp_path / "vault.yml").write_text(text)
    assert not scanned(tmp_path).unread
