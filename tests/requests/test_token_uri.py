"""A PKCS#11 URI: what names a token, a key and a module is taken, a PIN is refused and never shown."""

from __future__ import annotations

import sys

import pytest

from pkitools.errors import InvalidValueError, MissingExtraError
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.requests.token_uri import TokenURI
from pkitools.requests.tokens import token_key
from tests.support.cases import in_one_test


@pytest.mark.parametrize(
    ("uri", "wanted"),
    [
        ("pkcs11:", TokenURI()),
        ("pkcs11:token=My%20token;object=key", TokenURI(token="My token", object="key")),
        ("PKCS11:id=%01%ff;type=private?module-path=/a/b.so", TokenURI(id=b"\x01\xff", module_path="/a/b.so")),
        ("pkcs11:serial=12ab;object=s%C3%BAd", TokenURI(serial="12ab", object="súd")),
    ],
)
def test_it_says_where_a_key_is(uri: str, wanted: TokenURI) -> None:
    assert TokenURI.parse(uri) == wanted


@in_one_test
@pytest.mark.parametrize(
    "place", ["pkcs11:{}", "pkcs11:token=t?{}", "pkcs11:{};token=t?module-path=/a", "pkcs11:?a=b&{}"]
)
@pytest.mark.parametrize("attribute", ["pin-value", "pin-source"])
def test_a_pin_is_refused_wherever_it_stands_and_never_shown(place: str, attribute: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        TokenURI.parse(place.format(f"{attribute}=8765"))
    told = "".join(error_sentence(refused.value, language) for language in LANGUAGES)
    assert "8765" not in told + repr(refused.value)
    assert refused.value.code in {"requests.error.token_pin", "requests.error.token_attribute"}


@in_one_test
@pytest.mark.parametrize(
    ("uri", "slug"),
    [
        ("", "uri"),
        ("file:/key", "uri"),
        ("pkcs11:token", "uri"),
        ("pkcs11:token=a;token=b", "uri"),
        ("pkcs11:token=%zz", "uri"),
        ("pkcs11:token=a b", "uri"),
        ("pkcs11:object=%ff", "uri"),
        ("pkcs11:object=" + "a" * 5000, "uri"),
        ("pkcs11:slot-id=1", "attribute"),
        ("pkcs11:type=cert", "type"),
    ],
)
def test_what_is_no_such_uri_is_refused(uri: str, slug: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        TokenURI.parse(uri)
    assert refused.value.code == f"requests.error.token_{slug}"


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(MissingExtraError) as missing, token_key(TokenURI(), b"1"):
        pass
    assert missing.value.extra == "pkcs11"
    assert "pkitools-nl[pkcs11]" in error_sentence(missing.value, "nl")
