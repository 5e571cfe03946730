"""A chain in one file, in separate files and in a folder is the same delivery: the same verdict, the same exit code."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.requests.keys import to_pem, wrap_key
from pkitools.x509 import read_certificate
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.self_signed import self_signed
from tests.conftest import LEVEL
from tests.support.chains import authority
from tests.support.command import Command, Ran
from tests.support.deliveries import corrupt, jks_of, pem, pkcs7_of, pkcs12_of
from tests.support.keys import SHARED_KEYS
from tests.support.requests import request, subject
from tests.support.schemas import assert_valid

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOW = ("--moment", MOMENT.isoformat())
Delivered = dict[str, bytes]
PKIS: list[PKI] = []


@pytest.fixture(scope="module")
def leaves(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, IssuedCertificate]]:
    box = tmp_path_factory.mktemp("together")
    pki = build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)
    made_of = {"good": {}, "ends": {"days": 5}, "revoked": {}}
    PKIS[:] = [pki]
    found = {name: pki.issue("g4-tls", dns=[f"{name}.voorbeeld.nl"], **more) for name, more in made_of.items()}  # type: ignore[arg-type]  # of one kind each
    pki.issuer_of("g4-tls").revoke(found["revoked"].serial_number, moment=MOMENT)
    (box / "trust.pem").write_bytes(found["good"].root.pem)
    (box / "crl").mkdir()
    for number, issuer in enumerate(pki):
        (box / "crl" / f"{number}.crl").write_bytes(issuer.crl())
    return box, found


def chain(one: IssuedCertificate) -> list[bytes]:
    return [*(link.der for link in one.intermediates), one.root.der]


def keystore(one: IssuedCertificate, make: Callable[..., bytes]) -> bytes:
    assert isinstance(one.key, RSAPrivateKey)
    return make(("mine", one.der, wrap_key(one.key, made_here=True)))


DELIVERIES: dict[str, Callable[[IssuedCertificate], Delivered]] = {
    "one file": lambda one: {"a.pem": pem(one.der, *chain(one))},
    "root first": lambda one: {"a.pem": pem(*reversed([one.der, *chain(one)]))},
    "a file each": lambda one: {f"{n}.pem": pem(der) for n, der in enumerate([one.der, *chain(one)])},
    "leaf last, DER": lambda one: {f"{n}.cer": der for n, der in enumerate([*chain(one), one.der])},
    "leaf and bundle": lambda one: {"leaf.pem": pem(one.der), "ca-bundle.pem": pem(*chain(one))},
    "leaf and PKCS#7": lambda one: {"leaf.cer": one.der, "chain.p7b": pkcs7_of(*chain(one))},
    "bundle twice": lambda one: {"a.pem": pem(*chain(one)), "b.pem": pem(one.der), "c.pem": pem(*chain(one))},
    "keystore and files": lambda one: {"a.jks": keystore(one, jks_of), "chain.pem": pem(*chain(one))},
    "PKCS#12 and truststore": lambda one: {"a.p12": keystore(one, pkcs12_of), "b.jks": jks_of(trusted=chain(one))},
}  # fmt: skip
ASKED = [
    ("preproduction", "--revocation off"),
    ("preproduction", "--revocation require --crl CRL"),
    ("preproduction", "--for digid-machtigen --crl CRL"),
    ("production", "--for digikoppeling --oin 00000001001516814000 --revocation off"),
]


def run_on(run: Command, box: Path, names: list[str], asked: str, *more: str, environment: str) -> Ran:
    words = asked.replace("CRL", str(box / "crl")).split()
    at = ("--moment", "2026-11-29T12:00:00Z", "--trust", str(box / "trust.pem"))
    return run("cert", "check", *names, "-e", environment, "--offline", *at, *words, *more)


def put(folder: Path, files: Delivered) -> list[str]:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [str(folder / name) for name in files]


def judged(ran: Ran) -> tuple[int, list[tuple[object, ...]]]:
    """How it ends, and what is said of each certificate that is judged."""
    assert_valid(ran.document, "cert-check-v2")
    return ran.code, [
        (
            one["certificate"]["sha256"],
            one["report"]["verdict"],
            sorted((found["code"], found["severity"]) for found in one["report"]["findings"]),
        )
        for one in ran.document["certificates"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["good", "ends", "revoked"])
def test_however_a_chain_is_split_its_leaf_is_judged_alike(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path, name: str
) -> None:
    box, found = leaves
    """Each delivery is asked about in every way, and is named by its files as often as by its folder."""
    ways = [
        (files[::-1], [str(tmp_path / each)])
        for each, make in DELIVERIES.items()
        for files in [put(tmp_path / each, make(found[name]))]
    ]
    for number, (environment, asked) in enumerate(ASKED):
        named = (
            [way[(number + at) % 2] for at, way in enumerate(ways)]
            if LEVEL != "deep"
            else [where for way in ways for where in way]
        )
        seen = {
            json.dumps(judged(run_on(run, box, where, asked, "--json", environment=environment))) for where in named
        }
        assert len(seen) == 1, (asked, environment, seen)


@pytest.mark.slow
def test_authorities_alone_get_one_answer_however_they_are_split(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path
) -> None:
    box, found = leaves
    authorities = chain(found["good"])
    files = put(tmp_path / "each", {f"{n}.pem": pem(der) for n, der in enumerate(authorities)})
    whole = put(tmp_path / "one", {"a.pem": pem(*authorities)})
    for asked, environment in product(("--for digid", "--for digikoppeling --for digid-machtigen", ""),
                                      ("preproduction", "production")):  # fmt: skip
        line = f"{asked} --revocation off"
        ends = [
            judged(run_on(run, box, where, line, "--json", environment=environment))
            for where in (files, files[::-1], [str(tmp_path / "each")], whole)
        ]
        assert all(each == ends[0] for each in ends)
        code, ((_, _, said),) = ends[0]
        heavy = {code for code, severity in said if severity in {"error", "warning"}}  # type: ignore[misc, has-type]  # what a document holds is not typed
        of_environment = (
            {"environment.production.no_test", "environment.production.root"} if environment == "production" else set()
        )
        assert heavy - of_environment == ({"environment.holder.authority"} if asked else set()), said
        assert code == (10 if asked or environment == "production" else 0)
    told = run_on(run, box, files, "--revocation off", environment="preproduction").told
    assert "PASSED (of a CA, not your certificate)" in told
    assert "Now Check the certificate" in told


def test_what_is_not_judged_is_listed_in_one_line(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path
) -> None:
    box, found = leaves
    files = put(tmp_path / "map", DELIVERIES["a file each"](found["good"]))
    line = "--for digid-machtigen --revocation off"
    ran = run_on(run, box, [str(tmp_path / "map")], line, "--lang", "nl", environment="preproduction")
    assert ran.code == 0
    assert f"{len(files) - 1} CA-certificaten gebruikt als keten: " in ran.told
    quiet = run_on(run, box, files, line, "--quiet", environment="preproduction")
    assert len(quiet.out.splitlines()) == 1
    assert "CA certificates used as chain: " in quiet.err
    used = [
        file["used_as"]
        for file in run_on(run, box, files, line, "--json", environment="preproduction").document["files"]
    ]
    assert used == [None, *["chain"] * (len(files) - 1)]


def test_a_chain_that_cannot_be_read_whole_is_not_the_whole_delivery(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path
) -> None:
    box, found = leaves
    files = put(tmp_path / "map", {"a.pem": found["good"].pem, "b.pem": pem(*chain(found["good"])) + corrupt()})
    ran = run_on(run, box, files, "--revocation off", environment="preproduction")
    assert ran.code == 1
    assert "b.pem" in ran.err


def test_what_is_somebodys_own_is_judged_whatever_its_maker_called_it(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path
) -> None:
    box, found = leaves
    one = found["good"]
    assert isinstance(one.key, RSAPrivateKey)
    key = wrap_key(one.key, made_here=True).pem(None)
    files = put(tmp_path / "map", {"a.pem": one.pem, "b.pem": pem(chain(one)[0]) + key})
    ran = run_on(run, box, files, "--revocation off", "--json", environment="preproduction")
    assert len(ran.document["certificates"]) == 2


def test_what_has_its_private_key_beside_it_is_the_chain_of_no_other(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path
) -> None:
    """Marked as a CA, without a name to connect by, and its key in a file of its own: somebody's, and judged."""
    box, found = leaves
    marked = authority("x", authority("own root"), own_key=generate_private_key(65537, 2048))
    key = wrap_key(marked.key, made_here=True).pem(None)
    good, other = pem(found["good"].der, *chain(found["good"])), wrap_key(found["good"].key, made_here=True).pem(None)
    for number, files in enumerate(({"a.pem": good, "b.pem": pem(marked.der)}, {"a.pem": good + pem(marked.der)})):
        for whose, expected in ((key, {"passed", "failed"}), (other, {"passed"})):
            names = put(tmp_path / f"{number}{len(expected)}", {**files, "c.key": whose})
            for where in (names, [str(Path(names[0]).parent)]):
                ran = run_on(run, box, where, "--revocation off", "--json", environment="preproduction")
                verdicts = {one["report"]["verdict"] for one in ran.document["certificates"]}
                assert verdicts == expected, (number, where)
                assert expected == {"passed"} or ran.code == 10


@pytest.mark.slow
@pytest.mark.parametrize("claim", ["signs", "no key usage", "self-signed"])
def test_what_was_made_to_connect_is_the_chain_of_no_other_file(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path, claim: str
) -> None:
    """Whoever marks a certificate as a CA has it judged: in a file of its own, in a folder, and as what is in use."""
    box, found = leaves
    usages = ["digitalSignature", "keyEncipherment", "keyCertSign"]
    made: dict[str, Callable[[], IssuedCertificate]] = {
        "signs": lambda: PKIS[0].issue("g4-tls", dns=["m.nl"], ca=True, key_usage=usages),
        "no key usage": lambda: PKIS[0].issue("g4-tls", dns=["m.nl"], ca=True, without=["key_usage"]),
        "self-signed": lambda: self_signed(
            "g4-tls", moment=MOMENT, keys=SHARED_KEYS, ca=True, without=["key_usage", "subject_alternative_name"]
        ),
    }
    marked = made[claim]()
    own = put(tmp_path / "own", {"m.pem": pem(marked.der)})
    for good in ("a.pem", "z.pem"):
        files = put(tmp_path / good, {good: pem(found["good"].der, *chain(found["good"])), "m.pem": pem(marked.der)})
        for where in (files, files[::-1], [str(tmp_path / good)]):
            ran = run_on(run, box, where, "--for digikoppeling --revocation off", "--json", environment="production")
            judged_there = {
                one["certificate"]["sha256"]: one["report"]["verdict"] for one in ran.document["certificates"]
            }
            assert judged_there[read_certificate(marked.der).sha256] == "failed"
            assert ran.code == 10
    both = put(tmp_path / "in use", {"both.pem": pem(found["good"].der, *chain(found["good"]), marked.der)})
    beside = ["--beside", f"production={both[0]}"]
    ran = run_on(run, box, own, "--revocation off", *beside, "--json", environment="preproduction")
    assert [each["code"] for each in ran.document["reuse"]["findings"]]


BESIDE, NAMED, CLOSED, REQUEST = (
    f"received.{name}" for name in ("private_key.beside", "private_key.named", "private_key.compared", "request.beside")
)
FOREIGN = "received.private_key.foreign"

# what lies beside a certificate: what is said where it is the certificate's own, and where it is a stranger's: under
# another name, under the name of the certificate, and in one file with it
SAID: dict[str, dict[str, tuple[str | None, str | None, str | None]]] = {
    "key": {"own": (None, None, None), "stranger's": (BESIDE, NAMED, FOREIGN)},
    "openssh": {"own": (None, None, None), "stranger's": (BESIDE, NAMED, FOREIGN)},
    "locked": {"own": (CLOSED, CLOSED, CLOSED), "stranger's": (CLOSED, CLOSED, CLOSED)},
    "locked openssh": {"own": (CLOSED, CLOSED, CLOSED), "stranger's": (CLOSED, CLOSED, CLOSED)},
    "request": {"own": (None, None, None), "stranger's": (None, REQUEST, REQUEST)},
}
WHERE = ("other.key", "a.key", None)


def locked(openssh: bytes) -> bytes:
    """A key in the form of OpenSSH that says that it is encrypted."""
    lines = openssh.splitlines()
    body = b64decode(b"".join(lines[1:-1]))
    none = b"\0\0\0\x04none"
    changed = body.replace(none * 2, b"\0\0\0\x0aaes256-ctr\0\0\0\x06bcrypt", 1)
    assert changed != body
    return b"\n".join([lines[0], b64encode(changed), lines[-1], b""])


def thing(kind: str, key: RSAPrivateKey) -> bytes:
    if "openssh" in kind:
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        return locked(plain) if "locked" in kind else plain
    wrapped = wrap_key(key, made_here=True)
    if kind == "request":
        return to_pem("CERTIFICATE REQUEST", request(subject(CN="goed.voorbeeld.nl"), key=wrapped))
    return wrapped.pem(b"geheim" if kind == "locked" else None)


@pytest.mark.slow
def test_a_key_or_a_request_beside_a_certificate_is_compared_with_it(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path
) -> None:
    """The product of what lies there, whose it is, what it is called and how it is given; --quiet tells it as well."""
    one = leaves[1]["good"]
    assert isinstance(one.key, RSAPrivateKey)
    owners = {"own": one.key, "stranger's": generate_private_key(65537, 2048)}
    judged = ("-e", "preproduction", "--trust", leaves[0] / "trust.pem", "--offline", "--revocation", "off", *NOW)
    for number, (kind, owner, (place, name)) in enumerate(product(SAID, owners, enumerate(WHERE))):
        told, content = SAID[kind][owner][place], thing(kind, owners[owner])
        files = {"a.pem": pem(one.der, *chain(one)), **({name: content} if name else {})}
        if name is None:
            files["a.pem"] += content
        box = tmp_path / f"{number}"
        put(box, files)
        where = (kind, owner, name)
        ran = run("cert", "check", box, *judged, "--json")
        reports = [ran.document["reuse"], *(each["report"] for each in ran.document["files"])]
        found = {each["code"] for report in filter(None, reports) for each in report["findings"]}
        assert found & {BESIDE, NAMED, CLOSED, REQUEST, FOREIGN} == ({told} if told else set()), where
        assert (ran.code == 10) is (told in {NAMED, FOREIGN, REQUEST}), where
        quiet = run("--lang", "en", "cert", "check", box, *judged, "--quiet").out.replace(str(tmp_path), "")
        assert ("private key" in quiet or "request" in quiet) is (told is not None), (where, quiet)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name", "verdict"), [
    ("key", "a.key", "FAILED"), ("key", "other.key", "PASSED"),
    ("request", "a.csr", "FAILED"),
])  # fmt: skip
@pytest.mark.parametrize("count", [1, 2])
def test_a_key_that_is_not_its_own_is_named_in_the_answer_with_one_thing_to_do(
    run: Command,
    leaves: tuple[Path, dict[str, IssuedCertificate]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    name: str,
    verdict: str,
    count: int,
) -> None:
    """Of one certificate it is said there; of several in the verdict on all, and no next step stands below."""
    one, more = leaves[1]["good"], leaves[1]["ends"]
    files = {"a.pem": pem(one.der, *chain(one)), name: thing(kind, generate_private_key(65537, 2048))}
    put(tmp_path / "d", {**files, **({"b.pem": pem(more.der, *chain(more))} if count == 2 else {})})
    judged = ("-e", "preproduction", "--trust", leaves[0] / "trust.pem", "--offline", "--revocation", "off", *NOW)
    monkeypatch.chdir(tmp_path)
    ran = run("--lang", "en", "cert", "check", "d", *judged)
    head = ran.out.split("\n\n")[0]
    whole = count == 2 and verdict == "PASSED"  # a warning of one among several stands whole where it is told
    assert ran.out.startswith(verdict)
    assert f"/{name}" in (ran.out if whole else head), ran.out
    assert "the whole" not in head or count == 2
    assert whole or head.count("\n  Now ") == 1
    assert verdict == "PASSED" or "systems list" not in ran.out
    assert "compared with the certificates" in ran.err


@pytest.mark.slow
def test_names_alike_are_those_of_one_folder_where_there_are_such(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path
) -> None:
    """Several certificates and keys in one folder, or keys in a folder of their own, are no alarm, nor is a renewal."""
    good = leaves[1]["good"]
    other = generate_private_key(65537, 2048)
    assert isinstance(good.key, RSAPrivateKey)
    own, strange = (thing("key", key) for key in (good.key, other))
    whole = pem(good.der, *chain(good))
    deliveries: list[tuple[dict[str, bytes], set[str]]] = [
        ({"certs/a.pem": whole, "private/a.key": own}, set()),
        ({"certs/a.pem": whole, "private/a.key": strange}, {NAMED}),
        ({"a.pem": whole, "a.key": own, "b/a.key": strange, "b/a.pem": whole}, {NAMED}),
        ({"A.PEM": whole, "a.chain.pem": pem(*chain(good)), "a.key": own}, set()),
        ({"a.chain.pem": whole, "a.key": strange}, {NAMED}),
        ({"a.pem": whole, "new.key": own, "new.csr": thing("request", other)}, set()),
        ({"a.pem": whole, "a.key": own, "new.csr": thing("request", other), "new.key": strange}, set()),
        ({"a.pem": whole, "new.csr": thing("request", other), "new.key": thing("locked", other)}, {CLOSED}),
        ({"a.pem": whole, "new.csr": thing("request", other)}, set()),  # that of the next
        ({"a.pem": whole, "a.csr": thing("request", other)}, {REQUEST}),
    ]
    for number, (files, told) in enumerate(deliveries):
        box = tmp_path / f"{number}"
        for name, content in files.items():
            (box / name).parent.mkdir(parents=True, exist_ok=True)
            (box / name).write_bytes(content)
        given = [str(box / name) for name in files]
        ran = run("cert", "check", *given, "-e", "preproduction", "--offline", "--revocation", "off", *NOW, "--json")
        found = {each["code"] for each in (ran.document["reuse"] or {"findings": []})["findings"]}
        assert found & {BESIDE, NAMED, CLOSED, REQUEST, FOREIGN} == told, (files.keys(), ran.out)


@pytest.mark.slow
def test_a_folder_that_pkitools_filled_is_clean_and_each_certificate_counts_once(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path
) -> None:
    one = leaves[1]["good"]
    assert isinstance(one.key, RSAPrivateKey)
    bare, whole = pem(one.der), pem(one.der, *chain(one)[:-1])
    kept = {"a.key": thing("key", one.key), "a.csr": thing("request", one.key)}
    manifest = b'{\n  "schema": "pkitools.manifest/v1",\n  "orders": []\n}\n'
    given = ("-e", "preproduction", "--trust", leaves[0] / "trust.pem", "--offline", "--revocation", "off", *NOW)
    for number, (first, second, count) in enumerate(
        (
            ("a.pem", "a.chain.pem", 1),
            ("A.pem", "a.p7b", 1),
            ("a.pem", "b.pem", 2),  # nobody said that they belong together
        )
    ):
        box = tmp_path / f"{number}"
        put(box, {first: bare, second: whole, "manifest.json": manifest, **kept})
        ran = run("--lang", "en", "cert", "check", box, *given, "--json")
        assert (ran.code, ran.document["verdict"]) == (0, "passed"), ran.out
        assert_valid(ran.document, "cert-check-v2")
        assert len(ran.document["certificates"]) == count
        used = {Path(each["name"]).name: each["used_as"] for each in ran.document["files"]}
        assert used[first] == ("copy" if count == 1 else None)
        assert used[second] is None
        told = run("--lang", "en", "cert", "check", box, *given)
        assert ("Counted once" in told.out and first in told.out) is (count == 1)
        plan = run("--lang", "en", "g4", "plan", box)
        assert plan.code != 1, plan.told
        assert first in plan.out
        assert second in plan.out
    # what is not the same is judged by itself, whatever it is called
    box = tmp_path / "torn"
    put(box, {"a.pem": bare + corrupt(), "a.chain.pem": whole})
    assert run("cert", "check", box, *given).code == 1
    box = tmp_path / "old"
    put(box, {"a.pem": pem(leaves[1]["revoked"].der), "a.chain.pem": whole})
    assert len(run("cert", "check", box, *given, "--json").document["certificates"]) == 2


@pytest.mark.slow
def test_a_long_name_of_a_file_stands_whole_on_one_line(
    run: Command, leaves: tuple[Path, dict[str, IssuedCertificate]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is made of, and whether there is something to say of the file or not: it is there to be copied."""
    monkeypatch.setenv("COLUMNS", "80")
    one = leaves[1]["good"]
    given = ("-e", "preproduction", "--trust", leaves[0] / "trust.pem", "--offline", "--revocation", "off", *NOW)
    names = ["a" * 112 + ".pem", "证书-ключ-" * 10 + ".pem", "een lange naam met spaties " * 4 + ".pem", "kort.pem"]
    for number, content in enumerate((pem(one.der), pem(one.der, *chain(one)[:-1]))):
        box = tmp_path / f"{number}"
        put(box, dict.fromkeys(names, content))
        for more in ((), ("--quiet",)):
            rows = run("cert", "check", box, *given, *more).out.splitlines()
            assert all(any(name in row for row in rows) for name in names), rows
