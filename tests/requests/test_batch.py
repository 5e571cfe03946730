"""Many requests from one file: everything judged before anything is made."""

from __future__ import annotations

import pytest

from pkitools.environment import Environment
from pkitools.errors import InputError, LimitError
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.requests import BatchError, SignatureScheme, read_batch
from pkitools.requests.batch import MAX_BATCH
from tests.support.cases import in_one_test

DEFAULTS = """
[defaults]
profile = "g4-tls"
environment = "production"
organization = "Gemeente Voorbeeld"
oin = "00000003273229750000"
"""
ONE = """
[[request]]
name = "api"
common_name = "api.example.nl"
"""


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(BatchError) as caught:
        read_batch(text.encode(), "b.toml")
    for _, error in caught.value.faults:
        assert all(len(error_sentence(error, language)) > 20 for language in LANGUAGES)
    assert str(len(caught.value.faults)) in str(caught.value)
    return [(name, error.code) for name, error in caught.value.faults]


def test_defaults_fill_what_a_request_does_not_say() -> None:
    other = ONE.replace("api", "web") + 'dns = ["a.example.nl"]\nsignature = "pkcs1"\nenvironment = "preproduction"\n'
    api, web = read_batch((DEFAULTS + ONE + other).encode(), "b.toml")
    assert (api.name, api.plan.dns_names) == ("api", ("api.example.nl",))
    assert (web.name, web.plan.dns_names) == ("web", ("a.example.nl",))
    assert (web.plan.signature, web.plan.environment) == (SignatureScheme.PKCS1, Environment.PREPRODUCTION)
    assert api.plan.subject.get("O") == "Gemeente Voorbeeld"


def test_a_name_among_the_defaults_is_that_of_the_only_request() -> None:
    """Its files were called #1, and the manifest of them could not be read again."""
    text = DEFAULTS + 'name = "api"\n' + ONE.replace('name = "api"\n', "", 1)
    assert [one.name for one in read_batch(text.encode(), "b.toml")] == ["api"]
    twice = text + ONE.replace('name = "api"\n', "", 1)
    assert faults(twice) == [("api", "requests.error.batch_name_twice")]


def test_overrides_go_before_the_defaults_and_behind_the_request() -> None:
    text = DEFAULTS + ONE + ONE.replace('"api"', '"web"') + 'organization = "Eigen"\n'
    first, second = read_batch(text.encode(), "b.toml", {"organization": "Ander"})
    assert first.plan.subject.get("O") == "Ander"
    assert second.plan.subject.get("O") == "Eigen"


def test_every_fault_of_every_request_is_told() -> None:
    text = (
        DEFAULTS
        + ONE.replace("api.example.nl", "10.0.0.1")
        + ONE.replace('"api"', '"web"')
        + 'oin = "00000001123456789000"\n'
        + ONE.replace('"api"', '"third"')
    )
    assert faults(text) == [("api", "requests.error.dns_ip"), ("web", "oin.rsin.eleven_test")]


@in_one_test
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("colour = 'red'", "batch_field"),
        ("dns = 'a.example.nl'", "batch_text"),
        ("dns = [1]", "batch_text"),
        ("oin = 3273229750000", "batch_text"),
        ("environment = 'test'", "choice"),
        ("signature = 'md5'", "choice"),
        ("oin = ''", "missing_oin"),
    ],
)
def test_a_wrong_field_is_named(line: str, code: str) -> None:
    assert faults(DEFAULTS + ONE + line) == [("api", f"requests.error.{code}")]


@pytest.mark.parametrize("field", ["profile", "environment"])
def test_a_missing_field_is_named(field: str) -> None:
    text = "\n".join(line for line in DEFAULTS.splitlines() if not line.startswith(field)) + ONE
    assert faults(text) == [("api", "requests.error.batch_missing")]


def test_a_request_without_a_name_is_told_by_its_number() -> None:
    assert faults(DEFAULTS + '[[request]]\ncommon_name = "a.nl"') == [("#1", "requests.error.batch_missing")]


@in_one_test
@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "", "a b", "a\\nb", "x" * 101, "é"])
def test_a_name_is_the_name_of_files_in_the_folder(name: str) -> None:
    found = faults(DEFAULTS + ONE.replace('"api"', f'"{name}"'))
    assert [code for _, code in found] == ["requests.error.batch_name"]


def test_two_requests_with_one_name_are_refused() -> None:
    assert faults(DEFAULTS + ONE + ONE.replace('"api"', '"API"')) == [("api", "requests.error.batch_name_twice")]


@in_one_test
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "requests.error.batch_form"),
        (b"x = 1", "requests.error.batch_form"),
        (b"request = []", "requests.error.batch_form"),
        (b"request = [1]", "requests.error.batch_form"),
        (b"defaults = 1\n[[request]]\n", "requests.error.batch_form"),
        (b"[[request]]\n[other]\n", "requests.error.batch_form"),
        (b'[[request]]\ncommon_name = "a"\ncommon-name = "b"\n', "requests.error.batch_field_twice"),
        (b'[defaults]\nOIN = "a"\noin = "b"\n[[request]]\nname = "a"\n', "requests.error.batch_field_twice"),
        (b"[[request", "toml.error.not_toml"),
        (b"\xff\xfe", "toml.error.not_toml"),
        (b"a=" + b"[" * 5000, "toml.error.not_toml"),
    ],
)
def test_what_is_no_batch_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_batch(data, "b.toml")
    assert caught.value.code == code


def test_a_batch_has_a_limit() -> None:
    with pytest.raises(LimitError):
        read_batch(b"[[request]]\n" * (MAX_BATCH + 1), "b.toml")
