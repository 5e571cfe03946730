"""What a configuration names and is not there is less heavy where the server's own does not include that one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from pkitools.portfolio import Gap
from pkitools.portfolio.model import Portfolio
from tests.portfolio.support import WHOLE, scanned
from tests.portfolio.test_names_of_keys import key

NGINX: Final = shutil.which("nginx") or "/usr/sbin/nginx"
SNAKEOIL: Final = "ssl_certificate /nowhere/snakeoil.pem;\nssl_certificate_key /nowhere/snakeoil.key;\n"
SERVER: Final = "server {\n listen 127.0.0.1:1 ssl;\n"
IN_USE, NOT_IN_USE = "portfolio.error.points_nowhere", "portfolio.error.not_in_use"


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """A configuration of nginx as Debian lays it out, with one site that is in use."""
    folder = tmp_path / "nginx"
    for name in ("sites-available", "sites-enabled", "snippets", "conf.d", "deep/deeper"):
        (folder / name).mkdir(parents=True)
    (folder / "a.pem").write_bytes(WHOLE)
    (folder / "a.key").write_bytes(key("a"))
    (folder / "nginx.conf").write_text(
        "user www-data;\npid nginx.pid;\nevents {\n worker_connections 9;\n}\nhttp {\n include conf.d/*.conf;\n"
        " include sites-enabled/*;\n}\n"
    )
    (folder / "snippets" / "snakeoil.conf").write_text(SNAKEOIL)
    (folder / "sites-available" / "default").write_text(f"{SERVER} # include snippets/snakeoil.conf;\n}}\n")
    (folder / "sites-available" / "site").write_text(
        f"{SERVER} ssl_certificate a.pem;\n ssl_certificate_key a.key;\n}}\n"
    )
    (folder / "sites-enabled" / "site").symlink_to("../sites-available/site")
    return folder


def told(found: Portfolio) -> set[tuple[str, Gap]]:
    return {(unread.code, unread.gap) for unread in found.unread}


QUIET: Final = {(NOT_IN_USE, Gap.SKIPPED)}
HEAVY: Final = {(IN_USE, Gap.MISSING), (IN_USE, Gap.SKIPPED)}  # the certificate, and its key


def test_a_snippet_that_nothing_includes_is_not_in_use(etc: Path) -> None:
    for given in (
        (etc,),
        (etc.parent,),
        (etc / "nginx.conf", etc / "snippets"),
        (etc / "snippets", etc / "nginx.conf"),
    ):
        assert told(scanned(*given)) == QUIET
    assert len(scanned(etc).unread) == 2


def enabled(etc: Path) -> None:
    (etc / "sites-enabled" / "default").symlink_to("../sites-available/default")
    (etc / "sites-available" / "default").write_text(f"{SERVER} include snippets/snakeoil.conf;\n}}\n")


WAYS: Final = {
    "a site that includes it": enabled,
    "the main configuration includes it": lambda etc: (etc / "nginx.conf").write_text(
        f"events {{ }}\nhttp {{ {SERVER} include snippets/snakeoil.conf; }} }}\n"
    ),
    "no main configuration": lambda etc: (etc / "nginx.conf").write_text("http {\n include sites-enabled/*;\n}\n"),
    "what is included is not known": lambda etc: (etc / "conf.d" / "more.conf").write_text("include $more/*.conf;\n"),
    "what is included is not there": lambda etc: (etc / "conf.d" / "more.conf").write_text(
        "include /nowhere/a.conf;\n"
    ),
    "elsewhere": lambda etc: (etc / "snippets" / "snakeoil.conf").rename(etc / "deep" / "deeper" / "snakeoil.conf"),
    "another program": lambda etc: (etc / "snippets" / "snakeoil.conf").write_text(
        "<VirtualHost *>\nSSLCertificateFile /nowhere/a.pem\nSSLCertificateKeyFile /nowhere/a.key\n</VirtualHost>\n"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_in_use_or_may_be_is_missing(etc: Path, way: str) -> None:
    WAYS[way](etc)
    assert told(scanned(etc)) >= HEAVY
    assert NOT_IN_USE not in {code for code, _ in told(scanned(etc))}


def test_one_that_was_named_itself_is_said_to_be_used(etc: Path) -> None:
    assert told(scanned(etc, etc / "snippets" / "snakeoil.conf")) == HEAVY
    assert told(scanned(etc / "snippets")) == HEAVY


def test_what_is_in_use_elsewhere_too_is_missing(etc: Path) -> None:
    """One name in two configurations is told once, as what weighs most."""
    (etc / "sites-available" / "site").write_text(f"{SERVER} {SNAKEOIL}}}\n")
    assert told(scanned(etc)) == HEAVY


@pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed")
def test_nginx_misses_what_we_say_is_in_use(etc: Path) -> None:
    (etc / "sites-available" / "site").write_text(f"{SERVER} ssl_certificate a.pem; ssl_certificate_key a.pem;\n}}\n")
    (etc / "a.pem").write_bytes(WHOLE + key("a"))
    command = [NGINX, "-t", "-e", "stderr", "-c", str(etc / "nginx.conf"), "-p", str(etc)]
    assert "snakeoil" not in subprocess.run(command, capture_output=True, check=False, text=True).stderr
    enabled(etc)
    assert "snakeoil" in subprocess.run(command, capture_output=True, check=False, text=True).stderr


@pytest.mark.parametrize("main", ["ServerRoot /etc/apache2\n", "PidFile ${APACHE_PID_FILE}\n"])
def test_a_site_of_apache_that_is_not_enabled_is_not_in_use(tmp_path: Path, main: str) -> None:
    for name in ("sites-available", "sites-enabled"):
        (tmp_path / name).mkdir()
    (tmp_path / "sites-available" / "default-ssl.conf").write_text(
        "<VirtualHost *:443>\nSSLCertificateFile /nowhere/a.pem\nSSLCertificateKeyFile /nowhere/a.key\n</VirtualHost>\n"
    )
    (tmp_path / "apache2.conf").write_text(f"{main}IncludeOptional sites-enabled/*.conf\n")
    assert told(scanned(tmp_path)) == QUIET
    (tmp_path / "sites-enabled" / "s.conf").symlink_to("../sites-available/default-ssl.conf")
    assert told(scanned(tmp_path)) == HEAVY
