"""Nothing goes out with an imitation of an authority in it: no chain, no form, and no trust bundle passes for good."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from pkitools.containers import read_source
from pkitools.errors import InputError
from pkitools.exports import BundleFinding, Export, Material, build_export, compare_bundle, export_forms, gather
from pkitools.requests import load_key
from pkitools.requests.keys import to_pem
from pkitools.trust import CACertificate, embedded_certificates
from pkitools.x509 import read_certificate
from tests.exports.conftest import MOMENT
from tests.support.cases import in_one_test
from tests.support.chains import Issued, authority, end_entity
from tests.support.command import Command
from tests.support.der import common_name, name
from tests.support.schemas import assert_valid

AUTHORITIES: Final = embedded_certificates()
ROOT: Final = next(
    one for one in AUTHORITIES if one.level == "root" and one.common_name.endswith("Private Root CA - G1")
)
KINDS: Final = ("root", "intermediate", "both", "under_a_real_name", "itself", "cyrillic")
FORMS: Final = [form.name for form in export_forms()]
AT: Final = ("--moment", "2026-11-22T12:00:00Z")


def subject(one: CACertificate) -> bytes:
    return read_certificate(one.der).subject.der


def level(named: str) -> CACertificate:
    return next(one for one in AUTHORITIES if one.level == named and one.hierarchy == ROOT.hierarchy)


def forged(kind: str) -> list[Issued]:
    """A certificate and those above it, each signed by the next: one or more bear a name that is not theirs."""
    domain, tsp = subject(level("domain")), subject(level("tsp"))
    if kind == "itself":
        return [authority("the certificate itself", subject=subject(ROOT))]
    false_name = {"cyrillic": name(common_name(ROOT.common_name.replace("a", "\u0430")))}.get(kind, subject(ROOT))
    top = authority("own root") if kind == "intermediate" else authority(f"false root {kind}", subject=false_name)
    above = {
        "intermediate": lambda: [authority("false tsp", top, subject=tsp)],
        "both": lambda: [authority("false domain", top, subject=domain)],
        "under_a_real_name": lambda: [authority("a ca of my own", top)],
    }.get(kind, list)()
    return [end_entity("koppeling.example.nl", (above or [top])[0]), *above, top]


def pem(*certificates: Issued) -> bytes:
    return b"".join(to_pem("CERTIFICATE", one.der) for one in certificates)


def material(way: list[Issued], *, in_chain: bool) -> Material:
    contents = read_source(pem(*(way[:1] if in_chain else way)), "c.pem")
    above = [one.der for one in way[1:]] if in_chain else []
    key = load_key(key_pem(way[0]), "c.key")
    return gather(contents, moment=MOMENT, chain=above, key=key)


def key_pem(one: Issued) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    made: bytes = one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made


def built(form: str, given: Material) -> Export:
    return build_export(form, given, "/srv/koppeling", moment=MOMENT, passphrase=b"correct horse", rounds=100)


@in_one_test
@pytest.mark.parametrize("in_chain", [False, True], ids=["in_file", "in_chain"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_form_of_an_imitation_is_made(kind: str, in_chain: bool) -> None:
    given = material(forged(kind), in_chain=in_chain)
    assert not given.path.is_sound
    for form in FORMS:
        with pytest.raises(InputError) as refused:
            built(form, given)
        assert refused.value.code == "exports.error.look_alike", form


@in_one_test
@pytest.mark.parametrize("kind", KINDS)
def test_no_trust_bundle_with_an_imitation_is_right(kind: str) -> None:
    found = compare_bundle(
        [ROOT.der, *(one.der for one in forged(kind)[-1 if kind != "itself" else 0 :])], moment=MOMENT
    )
    if kind == "intermediate":
        found = compare_bundle([ROOT.der, forged(kind)[1].der], moment=MOMENT)
    assert BundleFinding.LOOK_ALIKE in {each.finding for each in found.entries}
    assert not found.is_right


def test_the_authorities_themselves_are_no_imitations() -> None:
    below = [one for one in AUTHORITIES if one.hierarchy is not None and one.level != "root"]
    assert below
    for one in below:
        found = gather(read_source(to_pem("CERTIFICATE", one.der), "ca.pem"), moment=MOMENT)
        assert found.path.imitation is None, one.common_name


def test_an_imitation_that_is_not_in_the_path_does_not_go_along_and_is_told() -> None:
    good, false = forged("root")[:1], authority("beside", subject=subject(ROOT))
    own = authority("a root of my own")
    good = [end_entity("koppeling.example.nl", own), own]
    given = material([*good, false], in_chain=True)
    assert given.path.is_sound
    export = built("nginx", given)
    assert "exports.note.look_alike" in {note.code for note in export.notes}
    assert all(to_pem("CERTIFICATE", false.der) not in file.data for file in export.files)


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_command_line_writes_nothing_and_ends_with_10(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, lang: str
) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    way = forged(kind)
    (tmp_path / "c.pem").write_bytes(pem(*way))
    (tmp_path / "c.key").write_bytes(key_pem(way[0]))
    (tmp_path / "secret").write_bytes(b"correct horse")
    for file in tmp_path.iterdir():
        file.chmod(0o600)
    before = {path.name for path in tmp_path.iterdir()}
    word = "DUBBELGANGER" if lang == "nl" else "LOOK-ALIKE"
    ran = run("--lang", lang, "chain", "complete", "c.pem", "--offline", "--out", "uit.pem", *AT)
    assert (ran.code, word in ran.told) == (10, True)
    document = run("chain", "complete", "c.pem", "--offline", "--json", *AT).document
    assert_valid(document, "chain-complete-v1")
    assert (document["complete"], document["why"]) == (False, "look_alike")
    given = ("--key", "c.key", "--passphrase-file", "secret", "--out", "uit", *AT)
    for form in ("public", "java-truststore", "nginx"):
        ran = run("--lang", lang, "export", form, "c.pem", *given)
        assert (ran.code, ran.out) == (10, "")
        assert word.lower() in ran.err
    assert {path.name for path in tmp_path.iterdir()} == before
