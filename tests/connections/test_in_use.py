"""What a configuration at the places of a connection names is in use: status is not better than that."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking import Revocation
from pkitools.connections import Connections, ConnectionStatus, Step, StepState, hold, read_connections
from pkitools.connections.claiming import claims_of
from pkitools.findings import Severity, Verdict
from pkitools.frozen import replace
from pkitools.portfolio import Gap, Judging, Portfolio
from tests.connections.support import CHAIN, OTHER_OIN, _key, certificate, connection, written
from tests.portfolio.support import MOMENT, judging, scanned
from tests.support.cases import in_one_test
from tests.support.chains import crl, good_chain

OLD, NEW, REVOKED, REVOKED_NEW, OTHER = range(11, 16)
DAY: Final = timedelta(days=1)
NAME, OTHER_NAME = "host.example.nl", "other.example.nl"
CONFIGURATIONS: Final = {
    "nginx.conf": "server {{ listen 443 ssl; ssl_certificate {}; ssl_certificate_key host.key; }}\n",
    "httpd.conf": "SSLCertificateFile {}\nSSLCertificateKeyFile host.key\n",
}
LIVE: Final = {"no day": None, "today": MOMENT, "a week ago": MOMENT - 7 * DAY, "in a week": MOMENT + 7 * DAY}
STANDINGS: Final = ("good", "near its end", "ended", "revoked")


@cache
def _old(standing: str, name: str = NAME) -> bytes:
    """The certificate of before, as it stands now."""
    end = {"near its end": MOMENT + 6 * DAY, "ended": MOMENT - 6 * DAY}.get(standing, MOMENT + 300 * DAY)
    serial = REVOKED if standing == "revoked" else OLD
    return certificate(cn=name, serial=serial, start=MOMENT - 200 * DAY, end=end) + CHAIN


@cache
def _new(standing: str = "good") -> bytes:
    """The best that lies there."""
    serial = REVOKED_NEW if standing == "revoked" else NEW
    return certificate(serial=serial, start=MOMENT - 20 * DAY, end=MOMENT + 360 * DAY) + CHAIN


def _asked() -> Judging:
    return judging(revocation=Revocation(policy="prefer", crls=[crl(good_chain().tsp, REVOKED, REVOKED_NEW)]))


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _read(folder: Path, *connections: str) -> Connections:
    file = written(folder, "".join(connections))
    return read_connections(file.read_bytes(), str(file))


def _found(folder: Path, *connections: str) -> tuple[tuple[ConnectionStatus, ...], Portfolio]:
    """How connections stand, and what a scan of their places finds."""
    read = _read(folder, *connections)
    return hold(read, _asked()).statuses, scanned(folder / "f", asked=replace(_asked(), claims=claims_of(read)))


def _stated(live: str = "no day", **fields: str) -> str:
    done = {"sent": _day(MOMENT - 5 * DAY), "tested": _day(MOMENT - 4 * DAY)}
    day = LIVE[live]
    return connection(
        files='["f"]', system='"mijnoverheid"', **done, **({} if day is None else {"live": _day(day)}), **fields
    )


def _lay(folder: Path, named: str | None, configuration: str = "nginx.conf", **files: bytes) -> None:
    place = folder / "f"
    place.mkdir()
    for name, data in files.items():
        (place / f"{name}.pem").write_bytes(data)
    if named is not None:
        key = _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (place / "host.key").write_bytes(key)
        (place / "host.key").chmod(0o600)
        (place / configuration).write_text(CONFIGURATIONS[configuration].format(f"{named}.pem"), encoding="utf-8")


@in_one_test
@pytest.mark.parametrize("live", LIVE)
@pytest.mark.parametrize("named", ["old", "new", None])
@pytest.mark.parametrize(("standing", "best"), [*product(STANDINGS, ("good", "revoked"))])
def test_status_is_not_better_than_what_a_configuration_names(
    tmp_path: Path, standing: str, best: str, named: str | None, live: str
) -> None:
    _lay(tmp_path, named, old=_old(standing), new=_new(best))
    (one,), portfolio = _found(tmp_path, _stated(live))
    # nothing names what has ended, and the next is in use: it is named, or was tested after that end
    is_over = standing == "ended" and best == "good" and named != "old"
    assert (portfolio.verdict is not Verdict.FAILED) is (is_over or {standing, best} <= {"good", "near its end"})
    in_use = {"old": standing, "new": best, None: "good"}[named]
    if in_use in {"ended", "revoked"}:
        assert portfolio.verdict is Verdict.FAILED
        assert one.verdict is Verdict.FAILED
        assert one.state in {StepState.NOW, StepState.LATE}
    elif named == "new" and best == "good":  # what lies there, has ended, and nothing names is in nobody's way
        assert (one.verdict is Verdict.PASSED) is (standing != "revoked")
        assert one.certificate is not None
        assert {*one.named} == {one.certificate.sha256}
    if named == "old" and best == "good" and standing != "revoked":
        assert one.switch is not None
        assert one.switch.naming is not None
        is_live = live in {"today", "a week ago"}
        renewal = one.of(Step.RENEWAL)
        assert renewal is not None
        assert (renewal.state is StepState.LATE) is (standing == "ended" or is_live)
        assert renewal.state is not StepState.DONE
        assert (one.worst is Severity.WARNING) >= is_live
        assert (renewal.state is StepState.WAITING) <= (standing == "good" and not is_live)


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
@pytest.mark.parametrize("standing", ["ended", "revoked"])
@pytest.mark.parametrize("beside", [True, False])
def test_what_is_named_and_bears_another_name_is_in_use_all_the_same(
    tmp_path: Path, standing: str, configuration: str, *, beside: bool
) -> None:
    _lay(tmp_path, "old", configuration, old=_old(standing, OTHER_NAME), **({"new": _new()} if beside else {}))
    (one,), portfolio = _found(tmp_path, _stated(common_name=f'"{NAME}"'))
    assert portfolio.verdict is Verdict.FAILED
    assert one.verdict is Verdict.FAILED
    step = one.next
    assert step is not None
    assert step.step is (Step.VERDICT if beside else Step.CERTIFICATE)
    told = [each for each in one.steps if each.code.endswith(f"{standing}_in_use")]
    assert [each.step for each in told] == [Step.VERDICT if beside else Step.CERTIFICATE]
    assert (Path(str(told[0].params["file"])).name, told[0].params["at"]) == (configuration, "1")
    # nothing names it: it lies there under another name, and is of nobody here
    (tmp_path / "f" / configuration).unlink()
    (one,), _ = _found(tmp_path, _stated(common_name=f'"{NAME}"'))
    assert not one.wrong
    assert (one.verdict is Verdict.PASSED) is beside


def test_what_another_connection_states_the_name_of_is_told_by_that_alone(tmp_path: Path) -> None:
    _lay(tmp_path, "old", old=_old("ended", OTHER_NAME), new=_new())
    (one, other), _ = _found(tmp_path, _stated(common_name=f'"{NAME}"'), _stated(common_name=f'"{OTHER_NAME}"'))
    assert (one.verdict, one.state) == (Verdict.PASSED, StepState.DONE)
    assert (other.verdict, other.state) == (Verdict.FAILED, StepState.LATE)


def test_the_file_of_connections_puts_nothing_into_use(tmp_path: Path) -> None:
    _lay(tmp_path, None, old=_old("ended"), new=_new())
    read = _read(tmp_path, _stated().replace('["f"]', '["f/old.pem", "f/new.pem", "."]'))
    (one,) = hold(read, _asked()).statuses
    assert (one.named, one.state, one.verdict) == ({}, StepState.DONE, Verdict.PASSED)


@in_one_test
@pytest.mark.parametrize("live", LIVE)
@pytest.mark.parametrize("standing", ["good", "near its end", "ended"])
def test_two_that_are_both_named_are_both_in_use(tmp_path: Path, standing: str, live: str) -> None:
    """Two servers may have one each, and one server one with each kind of key: a day of going live is of both."""
    _lay(tmp_path, "new", old=_old(standing), new=_new())
    other = CONFIGURATIONS["nginx.conf"].format("old.pem")
    (tmp_path / "f" / "other.conf").write_text(other, encoding="utf-8")
    (one,), _ = _found(tmp_path, _stated(live))
    assert len(one.named) == 2
    expected = {"good": StepState.DONE, "near its end": StepState.NOW, "ended": StepState.LATE}
    assert one.state is expected[standing]
    assert one.verdict is (Verdict.FAILED if standing == "ended" else Verdict.PASSED)


@pytest.mark.parametrize("standing", ["good", "near its end", "ended"])
def test_one_of_another_host_is_not_changed_for_this_one(tmp_path: Path, standing: str) -> None:
    """A connection that states no name has all at its places: of another host nothing comes next here."""
    _lay(tmp_path, "old", old=_old(standing, OTHER_NAME), new=_new())
    (one,), _ = _found(tmp_path, _stated("today"))
    assert one.switch is None
    assert one.state is (StepState.NOW if standing == "ended" else StepState.DONE)
    assert one.verdict is (Verdict.FAILED if standing == "ended" else Verdict.PASSED)


def test_what_is_only_trusted_is_not_in_use(tmp_path: Path) -> None:
    """Among others in a file, without its key anywhere, it may be there to be trusted."""
    own = rsa.generate_private_key(65537, 2048)
    old = certificate(serial=OLD, start=MOMENT - 200 * DAY, end=MOMENT - 6 * DAY, own_key=own)
    _lay(tmp_path, "new", trust=old + certificate(OTHER_OIN, serial=OTHER, own_key=own), new=_new())
    conf = tmp_path / "f" / "nginx.conf"
    conf.write_text(conf.read_text(encoding="utf-8") + "ssl_client_certificate trust.pem;\n", encoding="utf-8")
    (one,), _ = _found(tmp_path, _stated())
    assert len(one.named) == 1
    assert (one.state, one.verdict) == (StepState.DONE, Verdict.PASSED)


COPIES: Final = (
    "nginx.conf.bak", "nginx.conf.bak-1", "nginx.conf~", "nginx.conf.orig", "nginx.conf.old", "nginx.conf.save",
    "nginx.conf.dpkg-old", "nginx.conf.dpkg-dist", "nginx.conf.ucf-old", "nginx.conf.rpmsave", "nginx.conf.rpmnew",
    "NGINX.CONF.BAK", "host.conf.disabled", "old/nginx.conf.bak",
)  # fmt: skip
"""What a configuration of before is called."""
NO_COPIES: Final = (
    "other.conf", "nginx-old.conf", "backup.conf", "old-hosts/nginx.conf", "host-2025.conf", "nginx.conf.2025", "bak",
    "sites-enabled/host.conf.bak", "old/nginx.conf", "archive/nginx.conf", "backup/a/b/nginx.conf",
)  # fmt: skip
"""What a program may read by its name: a year is that of its use, a folder may be called by what its server is for, and
Debian's nginx reads all of sites-enabled."""


def _beside(folder: Path, name: str, named: str = "old.pem", *, is_part: bool = False) -> Path:
    """Lay a configuration beside the one in use, which names another certificate.

    Args:
        is_part: its names count from where the main configuration lies.
    """
    file = folder / "f" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    up = "" if is_part else "../" * (len(Path(name).parts) - 1)
    written = CONFIGURATIONS["nginx.conf"].format(f"{up}{named}").replace("host.key", f"{up}host.key")
    file.write_text(written, encoding="utf-8")
    return file


@in_one_test
@pytest.mark.parametrize("name", [*COPIES, *NO_COPIES])
def test_a_configuration_of_before_puts_nothing_into_use(tmp_path: Path, name: str) -> None:
    _lay(tmp_path, "new", old=_old("ended"), new=_new())
    _beside(tmp_path, name)
    (one,), _ = _found(tmp_path, _stated())
    expected = (StepState.DONE, Verdict.PASSED) if name in COPIES else (StepState.LATE, Verdict.FAILED)
    assert (one.state, one.verdict) == expected


INCLUDING: Final = {
    "itself": "include {};\n",
    "a pattern": "include {}*;\n",
    "a folder of another machine": "include /nowhere/etc/{}*;\n",
}


@in_one_test
@pytest.mark.parametrize("way", [*INCLUDING, "by another of before", "given itself", "its folder is given"])
@pytest.mark.parametrize("name", ["old/host.conf", "parts/host.conf.bak", "archive/deep/host.conf~"])
def test_one_that_is_included_or_named_itself_is_in_use_whatever_it_is_called(
    tmp_path: Path, name: str, way: str
) -> None:
    _lay(tmp_path, "new", old=_old("ended"), new=_new())
    _beside(tmp_path, name, is_part=way in INCLUDING)
    places = '["f"]'
    if way in INCLUDING:
        main = "events {}\nhttp {\n" + INCLUDING[way].format(name.removesuffix(".bak").removesuffix("~")) + "}\n"
        if way == "itself":
            main = main.replace(name.removesuffix(".bak").removesuffix("~"), name)
        (tmp_path / "f" / "main.conf").write_text(main, encoding="utf-8")
    elif way == "by another of before":
        (tmp_path / "f" / "main.conf.old").write_text(f"events {{}}\nhttp {{ include {name}; }}\n", encoding="utf-8")
    elif way == "given itself":
        places = f'["f", "f/{name}"]'
    else:
        places = f'["f", "f/{Path(name).parent}"]'
    (one,), _ = _found(tmp_path, _stated().replace('["f"]', places))
    is_used = way in {*INCLUDING, "given itself"} or name.endswith(".conf")
    assert (one.state is StepState.DONE) is not is_used


@pytest.mark.parametrize("listed", ["old.pem", "new.pem"])
def test_a_list_that_a_configuration_names_is_read_whatever_it_is_called(tmp_path: Path, listed: str) -> None:
    _lay(tmp_path, "new", old=_old("ended"), new=_new())
    (tmp_path / "f" / "hosts.list.old").write_text(f"./{listed}\n", encoding="utf-8")
    main = "frontend f\n bind :443 ssl crt-list hosts.list.old\n"
    (tmp_path / "f" / "haproxy.cfg").write_text(main, encoding="utf-8")
    (one,), _ = _found(tmp_path, _stated())
    assert one.state is (StepState.LATE if listed == "old.pem" else StepState.DONE)


TEXTS: Final = {
    "Dockerfile": "FROM nginx\nCOPY {} /etc/nginx/nginx.conf\n",
    "compose.yaml": "services:\n  web:\n    volumes:\n      - ./{}:/etc/nginx/nginx.conf:ro\n",
    "nginx.service": "[Service]\nExecStart=/usr/sbin/nginx -c /etc/nginx/{}\n",
    "kustomization.yaml": "configMapGenerator:\n- name: web\n  files: [{}]\n",
}


@pytest.mark.parametrize("text", TEXTS)
def test_one_that_another_text_uses_is_in_use_whatever_it_is_called(tmp_path: Path, text: str) -> None:
    _lay(tmp_path, "new", old=_old("ended"), new=_new())
    _beside(tmp_path, "nginx.conf.orig")
    for name, state in (("another.conf", StepState.DONE), ("nginx.conf.orig", StepState.LATE)):
        (tmp_path / "f" / text).write_text(TEXTS[text].format(name), encoding="utf-8")
        (one,), _ = _found(tmp_path, _stated())
        assert one.state is state
    (tmp_path / "f" / text).rename(tmp_path / "f" / "README.txt")
    (one,), _ = _found(tmp_path, _stated())
    assert one.state is StepState.DONE, "a text for people uses nothing"


def test_what_includes_others_of_a_folder_does_not_include_a_copy_in_it(tmp_path: Path) -> None:
    _lay(tmp_path, "new", old=_old("ended"), new=_new())
    _beside(tmp_path, "sites-enabled/host.conf.bak", is_part=True)
    _beside(tmp_path, "sites-enabled/host.conf", "new.pem", is_part=True)
    main = tmp_path / "f" / "main.conf"
    main.write_text("events {}\nhttp { include sites-enabled/*.conf; }\n", encoding="utf-8")
    (one,), _ = _found(tmp_path, _stated())
    assert one.state is StepState.DONE
    main.write_text("events {}\nhttp { include sites-enabled/*; }\n", encoding="utf-8")
    (one,), _ = _found(tmp_path, _stated())
    assert one.state is StepState.LATE


@pytest.mark.parametrize("name", ["nginx.conf.bak", "other.conf"])
@pytest.mark.parametrize(
    "written",
    [
        "ssl_certificate gone.pem; ssl_certificate_key host.key;",
        "ssl_certificate $name.pem; ssl_certificate_key host.key;",
        "ssl_certificate host.key; ssl_certificate_key host.key;",
        "ssl_certificate new.pem; ssl_certificate_key stray.key;",
    ],
)
def test_what_a_configuration_of_before_has_wrong_is_wrong_for_nobody(tmp_path: Path, written: str, name: str) -> None:
    """The file is not there any more, is another or not known, or its key is now another."""
    _lay(tmp_path, "new", new=_new())
    (tmp_path / "f" / "main.conf").write_text("events {}\nhttp { include nginx.conf; }\n", encoding="utf-8")
    (tmp_path / "f" / name).write_text(f"server {{ listen 443 ssl; {written} }}\n", encoding="utf-8")
    if "stray" in written:
        own = rsa.generate_private_key(65537, 2048)
        (tmp_path / "f" / "stray.key").write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (tmp_path / "f" / "stray.key").chmod(0o600)
    (one,), portfolio = _found(tmp_path, _stated())
    is_weighty = portfolio.verdict is not Verdict.PASSED or any(
        each.gap is not Gap.SKIPPED for each in portfolio.unread
    )
    assert is_weighty is (name == "other.conf" and "gone" not in written)
    assert (one.verdict is Verdict.PASSED) or name == "other.conf"


OFF: Final = {
    "off": ("SSLEngine off\n", False),
    "on": ("SSLEngine on\n", True),
    "not said": ("", True),
    "off in one case": ("<IfDefine X>\nSSLEngine off\n</IfDefine>\n", True),
}


@pytest.mark.parametrize("included", [False, True])
@pytest.mark.parametrize("way", OFF)
def test_what_apache_is_told_not_to_use_is_not_in_use(tmp_path: Path, way: str, *, included: bool) -> None:
    _lay(tmp_path, "new", "httpd.conf", old=_old("ended"), new=_new())
    told, is_used = OFF[way]
    pair = CONFIGURATIONS["httpd.conf"].format("old.pem")
    if included:
        (tmp_path / "f" / "pair.conf").write_text(pair, encoding="utf-8")
        pair = "Include pair.conf\n"
    host = f"ServerRoot .\n<VirtualHost *:80>\n{told}{pair}</VirtualHost>\n"
    (tmp_path / "f" / "off.conf").write_text(host, encoding="utf-8")
    (one,), _ = _found(tmp_path, _stated())
    assert one.state is (StepState.LATE if is_used else StepState.DONE)
