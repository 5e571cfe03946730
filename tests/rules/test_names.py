"""The forms of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.rules.names import is_dns_name, is_email, is_uri, looks_like_host
from tests.support.cases import in_one_test
from tests.support.effort import bounded


@in_one_test
@pytest.mark.parametrize(
    "name", ["a.nl", "*.a.nl", "localhost", "xn--bcher-kva.example", "A-b.nl", "_dmarc.a.nl", "1.2.3.4", "a--b.nl"]
)
def test_dns_names(name: str) -> None:
    assert is_dns_name(name)


@in_one_test
@pytest.mark.parametrize(
    "name",
    ["", ".", "a.", ".nl", "a..nl", "-a.nl", "a-.nl", "a b.nl", "bücher.nl", "a*.nl", "*", "a.*.nl", "a\x00.nl", "a\n"],
)
def test_what_is_no_dns_name(name: str) -> None:
    assert not is_dns_name(name)


@in_one_test
@pytest.mark.parametrize(
    "text",
    [
        "http://a.nl/x.crl",
        "https://a.nl:8443/",
        "ldap:///cn=crl?x",
        "ldap://a.nl/cn=x",
        "urn:oin:1",
        "http://[::1]/",
        "mailto:a@b.nl",
        "http://user@a.nl/",
    ],
)
def test_uris(text: str) -> None:
    assert is_uri(text)


@in_one_test
@pytest.mark.parametrize(
    "text", ["", "a.nl/x", "/x", "http://", "http:///x", "http://a b/", "://a", "http://a:b:c/", "é:x"]
)
def test_what_is_no_uri(text: str) -> None:
    assert not is_uri(text)


@pytest.mark.parametrize("text", ["a@b.nl", "a.b+c@d.nl", "o'hara@x.nl"])
def test_mail_addresses(text: str) -> None:
    assert is_email(text)


@in_one_test
@pytest.mark.parametrize("text", ["", "a", "@b.nl", "a@", "A <a@b.nl>", "a b@c.nl", "a@b@c.nl", "a@-b.nl"])
def test_what_is_no_mail_address(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize(
    ("text", "host"), [("api.kvk.nl", True), ("Gemeente X", False), ("10.0.0.1", False), ("ab", False)]
)
def test_a_common_name_that_is_meant_as_a_host(text: str, host: bool) -> None:
    assert looks_like_host(text) is host


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    for judge in (is_dns_name, is_email, is_uri, looks_like_host):
        assert judge(text) in {True, False}


@in_one_test
@pytest.mark.parametrize(
    "text", ["a" * 4096, "-" * 4096, "a-" * 2048, "a." * 2048, "*." * 2048, "http://" + "a" * 4089]
)
def test_long_names_take_no_time(text: str) -> None:
    for judge in (is_dns_name, is_email, is_uri, looks_like_host):
        with bounded(0.2):
            judge(text)
            judge(text + "!")
