"""The laws of every form: a key only where it is told of and closed to others; nothing named that is not written."""

from __future__ import annotations

import base64
import codecs
import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from asn1crypto.pkcs12 import Pfx
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from pkitools.containers import ItemKind, read_source
from pkitools.containers.pkcs12_mac import passphrase_fits
from pkitools.documents import document
from pkitools.errors import InputError, InvalidValueError, PkitoolsError, SecretError
from pkitools.exports import (
    Export,
    ExportForm,
    Material,
    build_export,
    export_forms,
    gather,
    get_form,
    tls_settings,
    trust_bundle,
)
from pkitools.files import write_set
from pkitools.requests import PrivateKey, load_key
from pkitools.requests.keys import to_pem
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI
from pkitools_test_pki.self_signed import self_signed
from tests.exports.conftest import MOMENT
from tests.support.cases import in_one_test
from tests.support.keys import SHARED_KEYS
from tests.support.schemas import assert_valid

SECRET = b"correct horse"
FORMS = export_forms()
NAMES = [form.name for form in FORMS]


def material_of(certificate: IssuedCertificate, *, root: bool = True, chain: bool = True) -> Material:
    contents = read_source(certificate.chain_pem if chain else certificate.pem, "koppeling.pem")
    key = load_key(certificate.key_pem, "koppeling.key")
    return gather(contents, moment=MOMENT, chain=[certificate.root.der] if root else [], key=key)


@pytest.fixture(scope="module")
def material(leaf: IssuedCertificate) -> Material:
    return material_of(leaf)


def built(form: str | ExportForm, material: Material, target: Path | str = "/srv/koppeling", **more: object) -> Export:
    passphrase = {"passphrase": SECRET, "rounds": 100, **more}
    return build_export(form, material, target, moment=MOMENT, **passphrase)  # type: ignore[arg-type]  # named by each test


def holds_key(data: bytes, key: PrivateKey) -> bool:
    """Whether a key is in a file, in any form that these files have."""
    numbers = key.native.private_numbers()  # type: ignore[union-attr]  # elliptic
    secret = numbers.private_value.to_bytes(32, "big")
    plain = key.native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    texts = [
        data,
        *(base64.b64decode(word) for word in re.findall(rb"[A-Za-z0-9+/]{40,}={0,2}", data) if len(word) % 4 == 0),
    ]
    lines = [line for line in key.pem(None).splitlines()[1:-1] if len(line) > 20]
    if any(secret in text or plain in text for text in texts) or any(line in text for line in lines for text in texts):
        return True
    try:
        return pkcs12.load_pkcs12(data, SECRET).key is not None
    except ValueError:
        return False


@pytest.mark.parametrize("name", NAMES)
def test_a_key_is_only_where_it_is_told(material: Material, name: str) -> None:
    assert material.key is not None
    export = built(name, material)
    assert {file.path: holds_key(file.data, material.key) for file in export.files} == {
        file.path: file.secret for file in export.files
    }
    assert any(file.secret for file in export.files) is export.form.takes_key


@pytest.mark.parametrize("name", NAMES)
def test_what_has_a_key_is_closed_to_others_and_nothing_is_overwritten(
    material: Material, name: str, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    export = built(name, material, tmp_path / "uit")
    write_set(export.outputs)
    for file in export.files:
        assert file.path.read_bytes() == file.data
        assert (file.path.stat().st_mode & 0o077 == 0) is file.secret
    with pytest.raises(PkitoolsError, match=r"exists|bestaat"):
        write_set(export.outputs)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("root", [True, False])
@pytest.mark.parametrize("self_made", [True, False])
def test_a_configuration_names_nothing_that_is_not_written(
    leaf: IssuedCertificate, name: str, root: bool, self_made: bool
) -> None:
    made = alone(self_signed("g4-tls", moment=MOMENT, keys=elliptic_keys))
    material = made if self_made else material_of(leaf, root=root)
    if material.path.root is None and name in {*ASKS, *NEEDS_ROOT}:
        assert refused(name, material) == "exports.error.no_root"
        return
    export = built(name, material)
    written = {file.path.name for file in export.files}
    for file in export.files:
        if file.holds == ("configuration",):
            told = file.data.decode()
            assert "<" not in told.replace("<VirtualHost", "")
            assert set(re.findall(r"koppeling(?:\.[\w-]+)+", told)) <= written
            assert told.strip()


NEEDS_ROOT = ("java-truststore", "curl")
ASKS = {
    "nginx": {"server": ("ssl_verify_client on;", "ssl_client_certificate"), "client": ("proxy_ssl_verify on;",)},
    "haproxy": {"server": ("verify required",), "client": ("verify required",)},
    "apache": {"server": ("SSLVerifyClient require", "SSLCACertificateFile"), "client": ("SSLProxyVerify require",)},
    "traefik": {"server": ("RequireAndVerifyClientCert", "caFiles"), "client": ("rootCAs",)},
    "f5": {"server": ("peer-cert-mode require",), "client": ("peer-cert-mode require",)},
}
"""What makes a program ask the other side who it is: it fails, or lets anybody in, without."""
PURPOSES = {"server": "1.3.6.1.5.5.7.3.1", "client": "1.3.6.1.5.5.7.3.2"}


def refused(form: str | ExportForm, material: Material) -> str:
    with pytest.raises(InputError) as error:
        built(form, material)
    return error.value.code


def test_every_form_that_asks_the_other_side_is_known_here() -> None:
    assert {form.name for form in FORMS if any(file.server or file.client for file in form.files)} == set(ASKS)
    assert set(NEEDS_ROOT) <= set(NAMES)


@pytest.mark.parametrize("root", [True, False])
@pytest.mark.parametrize("uses", [("server",), ("client",), ("server", "client")])
def test_a_configuration_asks_who_is_there_or_is_not_made(pki: PKI, root: bool, uses: tuple[str, ...]) -> None:
    material = material_of(pki.issue("g4-tls", extended_key_usage=[PURPOSES[use] for use in uses]), root=root)
    for name, asks in ASKS.items():
        if not root:
            assert refused(name, material) == "exports.error.no_root"
            continue
        told = configuration(built(name, material))
        words = [word for use in uses for word in asks[use]]
        assert all(told.count(word) >= words.count(word) for word in words), (name, told)


def alone(certificate: IssuedCertificate) -> Material:
    contents = read_source(certificate.pem, "koppeling.pem")
    return gather(contents, moment=MOMENT, key=load_key(certificate.key_pem, "koppeling.key"))


@in_one_test
@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_what_a_form_rests_on_is_in_the_register(form: ExportForm) -> None:
    assert document(form.source.key)
    assert document(tls_settings().source.key)
    assert form.test


def test_the_chain_has_its_order_and_no_root(material: Material, leaf: IssuedCertificate) -> None:
    for name in ("chain", "nginx", "apache", "traefik", "curl"):
        assert built(name, material).files[0].data == leaf.chain_pem
    assert built("haproxy", material).files[0].data.startswith(leaf.chain_pem)
    held = pkcs12.load_pkcs12(built("jks", material).files[0].data, SECRET)
    assert held.cert is not None
    assert held.cert.friendly_name == b"trial koppeling.example.nl"
    assert [each.certificate for each in held.additional_certs] == [link.load() for link in leaf.intermediates]


def test_the_public_part_has_what_a_form_asks(material: Material, leaf: IssuedCertificate) -> None:
    pem, text, data, page = (file.data for file in built("public", material, "/srv/k.pem").files)
    assert pem == leaf.pem
    sheet = json.loads(data)
    assert_valid(sheet, "form-sheet-v1")
    facts = leaf.facts
    assert sheet["oin"] == "00000003273229750000"
    assert sheet["sha1"].replace(":", "").lower() == facts.sha1
    assert sheet["sha256"].replace(":", "").lower() == facts.sha256
    assert (
        int(sheet["serial_number"]["hex"].replace(":", ""), 16)
        == int(sheet["serial_number"]["decimal"])
        == facts.serial_number
    )
    seen = cells(page.decode())
    for value in (sheet["oin"], sheet["subject"], sheet["issuer"], sheet["sha1"], *sheet["serial_number"].values()):
        assert value in text.decode()
        assert value in seen


class Cells(HTMLParser):
    """What a page shows, and which elements it has."""

    def __init__(self) -> None:
        super().__init__()
        self.shown, self.elements = list[str](), set[str]()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.add(tag)

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def cells(page: str) -> list[str]:
    parser = Cells()
    parser.feed(page)
    return parser.shown


def test_a_hostile_name_is_text_on_the_page(pki: PKI) -> None:
    hostile = pki.issue("g4-tls", organization='<script>alert("x")</script>\x1b[31m', common_name="a<b>&c")
    export = built("public", material_of(hostile))
    text, _, page = (file.data.decode() for file in export.files[1:])
    parser = Cells()
    parser.feed(page)
    assert not parser.elements & {"script", "b"}
    assert "a<b>&c" in "".join(parser.shown)
    assert "\x1b" not in text + page


def test_another_key_is_refused_by_every_form_with_one(leaf: IssuedCertificate, other: IssuedCertificate) -> None:
    key = load_key(other.key_pem, "ander.key")
    with pytest.raises(InputError) as gathered:
        gather(read_source(leaf.pem, "k.pem"), moment=MOMENT, key=key)
    assert gathered.value.code == "exports.error.other_key"
    with_key = [form for form in FORMS if form.takes_key]
    assert with_key
    for form in with_key:
        with pytest.raises(InputError) as refused:
            built(form, replace(material_of(leaf), key=key))
        assert refused.value.code == "exports.error.other_key"


def test_no_key_is_refused_by_every_form_with_one(material: Material) -> None:
    assert {bool(form.takes_key) for form in FORMS} == {True, False}
    for form in FORMS:
        if form.takes_key:
            with pytest.raises(InputError) as refused:
                built(form, replace(material, key=None))
            assert refused.value.code == "exports.error.no_key"
        else:
            assert built(form, replace(material, key=None)).files


def test_a_certificate_alone_is_enough_for_the_public_part_only(leaf: IssuedCertificate) -> None:
    material = material_of(leaf, root=False, chain=False)
    for form in FORMS:
        if form.name == "public":
            assert built(form, material).files
            continue
        with pytest.raises(InputError) as refused:
            built(form, material)
        assert refused.value.code == "exports.error.no_chain"


def test_without_a_root_there_is_no_trust_store(leaf: IssuedCertificate) -> None:
    material = material_of(leaf, root=False)
    with pytest.raises(InputError) as refused:
        built("java-truststore", material)
    assert refused.value.code == "exports.error.no_root"
    notes = {note.code for note in built("chain", material).notes}
    assert "exports.note.no_root" in notes


def test_a_keystore_has_a_passphrase_that_java_takes(material: Material) -> None:
    for form in FORMS:
        if form.takes_passphrase:
            with pytest.raises(SecretError):
                built(form, material, passphrase=None)
    refused = {b"kort": "short", "wachtwoörd".encode(): "signs", b"wacht\twoord": "signs", "€€".encode(): "signs"}
    for passphrase, why in refused.items():
        for form in ("jks", "java-truststore"):
            with pytest.raises(SecretError) as found:
                built(form, material, passphrase=passphrase)
            assert found.value.code == f"exports.error.passphrase_{why}"
        with pytest.raises(SecretError) as found:
            trust_bundle("g1-private", "jks", "/srv/b", moment=MOMENT, passphrase=passphrase)
        assert found.value.code == f"exports.error.passphrase_{why}"
        assert built("pkcs12", material, passphrase=passphrase).files


def test_a_script_for_windows_says_in_which_encoding_it_is(material: Material) -> None:
    for target, mark in (("/srv/koppeling", b""), ("/srv/coördinatie", codecs.BOM_UTF8)):
        for form in FORMS:
            for file in built(form, material, target).files:
                expected = mark if file.path.suffix == ".ps1" else b""
                assert file.data.startswith(codecs.BOM_UTF8) is bool(expected), file.path


def test_curl_takes_what_is_behind_a_colon_for_a_passphrase(material: Material) -> None:
    with pytest.raises(InvalidValueError) as refused:
        built("curl", material, "/srv/a:b")
    assert refused.value.code == "exports.error.path"
    assert built("nginx", material, "/srv/a:b").files


@pytest.mark.parametrize(
    "target", ['/srv/a"b', "/srv/a;b", "/srv/a\nb", "/srv/a$b", "/srv/a{b", "/srv/a'b", "/srv/a#b"]
)
def test_no_path_becomes_a_directive(material: Material, target: str) -> None:
    configured = [form for form in FORMS if any(not file.holds for file in form.files)]
    assert configured
    for form in configured:
        with pytest.raises(InvalidValueError) as refused:
            built(form, material, target)
        assert refused.value.code == "exports.error.path"


@pytest.mark.parametrize(
    ("common_name", "name"),
    [
        ("*.voorbeeld.nl", "trial.voorbeeld.nl"),
        ("Gemeente A B.V. - (test)", "trial-gemeente-a-b.v.test"),
        ("x..y-.-z", "trial-x.y.z"),
    ],
)
def test_a_secret_has_a_name_that_kubernetes_takes(pki: PKI, common_name: str, name: str) -> None:
    named = material_of(pki.issue("g4-tls", common_name=common_name))
    assert f'name: "{name}"' in built("kubernetes", named).files[0].data.decode()


@pytest.mark.parametrize("name", ["Koppeling", "-a", "a-", "a b", "a\nkind: x", "", "a" * 254, "a..b", "a.-b", "a-.b"])
def test_no_name_becomes_yaml(material: Material, name: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        built("kubernetes", material, name=name)
    assert refused.value.code == "exports.error.secret_name"


def test_a_certificate_gets_lines_for_what_it_may_be(pki: PKI, leaf: IssuedCertificate) -> None:
    client = pki.issue("g4-tls", extended_key_usage=["1.3.6.1.5.5.7.3.2"])
    told = configuration(built("nginx", material_of(client)))
    assert "proxy_ssl_certificate " in told
    assert "ssl_client_certificate" not in told
    signer = pki.issue("g4-tls", extended_key_usage=["1.3.6.1.5.5.7.3.4"])
    export = built("nginx", material_of(signer))
    assert "certificate" not in configuration(export).replace(".pem", "")
    assert "exports.note.not_for_tls" in {note.code for note in export.notes}


def test_a_certificate_of_a_ca_is_no_public_part_to_send(leaf: IssuedCertificate) -> None:
    """A root went to Logius as one; what openssl signs by itself is a CA too, and of its holder."""

    def told(data: bytes) -> set[str]:
        contents = read_source(data, "x.pem")
        export = build_export("public", gather(contents, moment=MOMENT), "/srv/k", moment=MOMENT)
        return {note.code for note in export.notes}

    authority = "exports.note.authority"
    assert authority in told(to_pem("CERTIFICATE", leaf.root.der))
    assert authority not in told(leaf.chain_pem)
    assert authority not in told(self_signed(moment=MOMENT, keys=SHARED_KEYS, ca=True).pem)


@pytest.mark.parametrize("where", [None, "preproduction", "production"])
def test_what_no_production_trusts_is_told_where_it_is_for_production(material: Material, where: str | None) -> None:
    made = self_signed(moment=MOMENT, keys=SHARED_KEYS).pem
    alone = gather(read_source(made, "x.pem"), moment=MOMENT)
    for held, code in ((material, "test_hierarchy"), (alone, "self_signed")):
        told = {note.code for note in built("public", held, environment=where).notes if note.is_objection}
        assert told == ({f"exports.note.{code}"} if where == "production" else set())


@pytest.mark.parametrize("form", NAMES)
def test_who_trusts_himself_alone_is_told_so(material: Material, form: str) -> None:
    """Of a certificate that is its own root the file of whom to trust holds nobody else: each server is refused."""
    own = material_of(self_signed(moment=MOMENT, keys=SHARED_KEYS))
    of_root = any("root" in file.holds for file in FORMS[NAMES.index(form)].files)
    told = {name: {note.code for note in built(form, held).notes} for name, held in (("own", own), ("good", material))}
    assert ("exports.note.own_root" in told["own"]) is (of_root and FORMS[NAMES.index(form)].takes_key)
    assert "exports.note.own_root" not in told["good"]


@pytest.mark.parametrize("form", NAMES)
def test_no_file_is_taken_for_an_option_of_the_program_that_tests_it(material: Material, form: str) -> None:
    plain, dashed = (built(form, material, target).test for target in ("aaa", "-aaa"))
    assert dashed == tuple(f"./-{word}" if word.startswith("aaa") else word for word in plain)


def configuration(export: Export) -> str:
    return next(file.data.decode() for file in export.files if file.holds == ("configuration",))


@pytest.mark.parametrize(("days", "code"), [(4000, "expired"), (-400, "not_yet_valid"), (1, "")])
def test_validity_is_told(material: Material, days: int, code: str) -> None:
    export = build_export("public", material, "/srv/k", moment=MOMENT + timedelta(days=days))
    assert {note.code for note in export.notes} & {"exports.note.expired", "exports.note.not_yet_valid"} == (
        {f"exports.note.{code}"} if code else set()
    )


def test_of_several_certificates_one_is_chosen_by_its_key_or_by_name(
    leaf: IssuedCertificate, other: IssuedCertificate
) -> None:
    contents = read_source(leaf.chain_pem + other.chain_pem, "twee.pem")
    with pytest.raises(InvalidValueError) as several:
        gather(contents, moment=MOMENT)
    assert several.value.code == "exports.error.several"
    assert leaf.facts.sha256[:16] in str(several.value)
    assert other.facts.sha256[:16] in str(several.value)
    for certificate, number in ((leaf, 1), (other, 2)):
        key = load_key(certificate.key_pem, "k.key")
        assert gather(contents, moment=MOMENT, key=key).certificate.der == certificate.der
        assert gather(contents, moment=MOMENT, certificate=number).certificate.der == certificate.der
        start = certificate.facts.sha256[:12]
        assert gather(contents, moment=MOMENT, certificate=start).certificate.der == certificate.der


def test_an_unknown_form_is_told(material: Material) -> None:
    with pytest.raises(InvalidValueError) as unknown:
        get_form("tomcat")
    assert "nginx" in str(unknown.value)


def test_what_is_written_is_read_back_as_what_it_is(material: Material) -> None:
    parts = {"certificate", "intermediates", "root"}
    written = [file for form in FORMS for file in built(form, material).files]
    public = [file for file in written if file.holds[0] in parts and file.secret is False]
    assert public
    for file in public:
        assert not read_source(file.data, str(file.path)).of_kind(ItemKind.KEY)


@pytest.mark.parametrize("form", ["pkcs12", "jks", "java-truststore"])
def test_a_passphrase_is_as_dear_to_try_on_the_mac(material: Material, form: str) -> None:
    """The key is encrypted with 600,000 rounds: a MAC of 2,048 would be tried instead. The old form is what it was."""
    for legacy in (False, True):
        export = build_export(form, material, "/srv/a", moment=MOMENT, passphrase=SECRET, legacy=legacy)
        store = Pfx.load(next(each.data for each in export.files if each.data[:1] == b"\x30"))
        assert (store["mac_data"]["iterations"].native >= 100_000) is not legacy
        assert len(store["mac_data"]["mac_salt"].native) >= (8 if legacy else 16)
        assert passphrase_fits(store.dump(), SECRET) is True
        assert passphrase_fits(store.dump(), SECRET + b"x") is False
