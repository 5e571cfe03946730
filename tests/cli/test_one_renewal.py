"""How to renew a certificate: the same words from every command that tells it, and they run as they stand."""

from __future__ import annotations

import json
import shlex
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509 import load_der_x509_certificate

from tests.connections.support import OIN, connection, written
from tests.support.chains import SKI, end_entity, good_chain, identifier
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.der import UTF8, common_name, name, sequence, serial_attribute, tlv

ENDS: Final = datetime.fromisoformat("2027-02-01T12:00:00Z")
AT: Final = ("--moment", "2027-01-10T12:00:00Z")
SAYS: Final = {
    "all": (("2.5.4.6", 19, b"NL"), ("2.5.4.10", UTF8, b"Gemeente A"), common_name("host.example.nl"),
            serial_attribute(OIN)),
    "no holder": (common_name("host.example.nl"),),
}  # fmt: skip
FILES: Final = ("host.pem", "host.chain.pem", "een naam.crt", "host.p12")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "found").mkdir()
    (tmp_path / "root.crt").write_bytes(pem(good_chain().root.der))
    (tmp_path / "secret").write_text("of one's own choice\n", encoding="utf-8")
    (tmp_path / "secret").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _put(file: str, says: str) -> None:
    """Put a certificate in a file that ends soon, and says all of its holder or nothing."""
    key = rsa.generate_private_key(65537, 2048)
    chain, list_at = good_chain(), tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://example.nl/a.crl")))
    # nothing is to be said of it but that it ends soon
    more = {SKI: (False, tlv(0x04, identifier(key))), "2.5.29.31": (False, sequence(sequence(list_at)))}
    subject = name(*SAYS[says])
    leaf = end_entity("host.example.nl", chain.tsp, subject=subject, own_key=key, end=ENDS, extensions=more)
    path = Path("found", file)
    if not file.endswith(".p12"):
        path.write_bytes(pem(leaf.der, chain.tsp.der, chain.domain.der))
        return
    certificates = [load_der_x509_certificate(each) for each in (leaf.der, *chain.intermediates)]
    whole = pkcs12.serialize_key_and_certificates(
        None, key, certificates[0], certificates[1:], BestAvailableEncryption(b"of one's own choice")
    )
    path.write_bytes(whole)


def _last(out: str) -> list[str]:
    """The request that an answer tells, as a shell takes it."""
    lines = out.replace("\\\n", " ").split("\n")
    found = [line for line in lines if line.strip().startswith("pkitools csr create")]
    return shlex.split(found[0])[1:] if found else []


@pytest.mark.parametrize("file", FILES)
# of a system that asks an OIN, what has none is told that first
@pytest.mark.parametrize(("says", "system"), [("all", ""), ("all", "digid-machtigen"), ("no holder", "")])
def test_check_and_scan_tell_the_same_renewal_and_it_runs(
    run: Command, folder: Path, file: str, says: str, system: str
) -> None:
    _put(file, says)
    opened = ["--passphrase-file", "secret"] if file.endswith(".p12") else []
    use = ["-e", "preproduction", *(["--for", system] if system else []), *opened, "--trust", "root.crt", *AT]
    check = _last(run("cert", "check", f"found/{file}", "--offline", "--revocation", "off", *use).out)
    scan = _last(run("scan", "found", "--offline", "--revocation", "off", *use).out)
    assert check == scan != []
    assert check[:4] == ["csr", "create", "--renew", f"found/{file}"]
    assert check[-1] == f"found/{Path(file).stem.removesuffix('.chain')}.2", "beside it, and no file that is there"
    blanks = {"FILE": "secret", "SYSTEM": "digid-machtigen", "OIN": OIN, "NAME": "Gemeente A"}
    made = run(*(blanks.get(word, word) for word in check), "--moment", "2027-01-10", "--json")
    assert made.code == 0, made
    assert Path(f"{check[-1]}.csr").is_file()
    again = run("scan", "found", "--offline", "--revocation", "off", *use)
    if says == "all":
        assert "with the request that is there already" in " ".join(again.told.split())
        assert _last(again.out) == []
    else:  # without an OIN nobody knows whose the request is
        assert _last(again.out)[-1].endswith(".3"), "what is made is not overwritten"


def test_what_a_script_and_a_page_are_told_is_the_same(run: Command, folder: Path) -> None:
    _put("host.pem", "all")
    use = ["-e", "preproduction", "--offline", "--revocation", "off", "--trust", "root.crt", *AT]
    told = _last(run("cert", "check", "found/host.pem", *use).out)
    document = json.loads(run("cert", "check", "found/host.pem", *use, "--json").out)
    assert document["certificates"][0]["next"]["command"] == ["pkitools", *told]
    assert run("cert", "check", "found/host.pem", *use, "--report", "page.html").code == 0
    assert shlex.join(["pkitools", *told]) in Path("page.html").read_text(encoding="utf-8")


SEEN: Final = ('["found"]', '["found/*"]', '["found/host.*"]')


@pytest.mark.parametrize("files", ['["found/host.pem"]', *SEEN])
def test_status_and_scan_tell_the_same_of_a_connection(run: Command, folder: Path, files: str) -> None:
    _put("host.pem", "all")
    written(folder, connection(files=files))
    told = _last(run("status", "--trust", "root.crt", *AT).out)
    scan = run(
        "scan", "--connections", "connections.toml", "--offline", "--revocation", "off", "--trust", "root.crt", *AT
    )
    assert told == _last(scan.out) != []
    assert ("to files of this connection" in scan.told) is (files not in SEEN), "as status tells it"
    assert told[-1] == "found/host.2", "one name for the next key, whoever tells it"
    assert told == _last(
        run("cert", "check", "found/host.pem", "--for", "digid-machtigen", "-e", "preproduction", "--offline",
            "--revocation", "off", "--trust", "root.crt", *AT).out
    )  # fmt: skip


def test_in_one_run_no_two_renewals_are_told_one_place(run: Command, folder: Path) -> None:
    _put("host.pem", "all")
    _put("host.crt", "all")
    use: list[Any] = ["-e", "preproduction", "--offline", "--revocation", "off", "--trust", "root.crt", *AT]
    document = json.loads(run("cert", "check", "found/host.pem", "found/host.crt", *use, "--json").out)
    places = [one["next"]["command"][-1] for one in document["certificates"]]
    assert sorted(places) == ["found/host.2", "found/host.3"]


@pytest.mark.parametrize("files", ['["found/host.pem"]', '["found"]'])
def test_what_to_add_to_files_is_told_where_its_step_is(run: Command, folder: Path, files: str) -> None:
    """In every form; and once it is added and the command has run, what came of it is seen."""
    _put("host.pem", "all")
    written(folder, connection(files=files))
    use = ("--trust", "root.crt", *AT)
    document = run("status", *use, "--json").document
    (step,) = (one for one in document["connections"][0]["steps"] if one["step"] == "renewal")
    text = run("status", *use, "--report", "told.md", "--report", "told.csv", "--report", "told.json").out
    assert step["command"] == ["pkitools", *_last(text)]
    assert json.loads(Path("told.json").read_bytes()) == document
    entry = step["add_to_files"]
    assert (entry is None) is (files == '["found"]')
    rows = Path("told.csv").read_text(encoding="utf-8-sig")
    assert rows.splitlines()[0].endswith(",absent,add_to_files")
    for told in (" ".join(text.split()), Path("told.md").read_text(encoding="utf-8")):
        assert ("to files of this connection" in told) is (entry is not None)
    if entry is None:
        return
    assert entry in rows
    written(folder, connection(files=json.dumps(["found/host.pem", entry])))
    assert (
        run(*("secret" if word == "FILE" else word for word in step["command"][1:]), "--moment", "2027-01-10").code == 0
    )
    (renewal,) = (
        one for one in run("status", *use, "--json").document["connections"][0]["steps"] if one["step"] == "renewal"
    )
    assert renewal["code"] == "connections.renewal.request_late"
