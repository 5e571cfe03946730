"""Error texts of other programs: recognised where they stand, and nothing where they do not."""

from __future__ import annotations

import re
import unicodedata

import pytest

from pkitools.documents import documents
from pkitools.errors import InvalidValueError
from pkitools.explanations import Explained, explain, explanations
from pkitools.limits import MAX_ERROR_TEXT
from pkitools.messages import LANGUAGES
from pkitools.package_data import read_toml
from tests.support.cases import in_one_test
from tests.support.effort import bounded

KNOWN = [(each, text) for each in explanations() for text in each.texts]


def codes(explained: Explained) -> list[str]:
    return [one.explanation.code for one in explained.found]


def test_every_text_is_recognised_and_as_its_own() -> None:
    """Alone, in a line of a log, in capitals, with other dashes and white space."""
    for each, text in KNOWN:
        for given in (
            text.text,
            f"2026-11-26 12:00:00 [error] 12#12: *1 {text.text}, client: 127.0.0.1",
            text.text.upper(),
            text.text.replace(" ", "_"),
            text.text.replace(" ", "\n   "),
        ):
            assert codes(explain(given)) == [each.code], given


def test_no_text_is_told_twice_and_none_is_nothing() -> None:
    plain = [re.sub(r"[\s_-]+", " ", text.text).lower() for _, text in KNOWN]
    assert len(set(plain)) == len(plain)
    assert min(map(len, plain)) >= 9


@in_one_test
@pytest.mark.parametrize(
    "innocent",
    [
        "",
        " ",
        "Everything is fine.",
        "HTTP/1.1 200 OK",
        "the certificate matches the private key",
        "Handshake was completed",
        "Verify return code: 0 (ok)",
        "/etc/ssl/certs does not exist",
        'Get "ftp://x": unsupported protocol scheme "ftp"',
        "request header too long",
        "\x1b[31m\x00\ufffe",
        "Certificate is to be renewed on 2027-01-01",
        "fatal error code is 404",
        "alert number 480",
        "SSL alert number 0",
        "rm: access denied",
        "red alert 42nd street",
        "403 Forbidden",
        "version 403.16.2",
        "10.403.7",
        "403.160",
        "HTTP/1.1 403 16",
        "urn:oasis:names:tc:SAML:2.0:status:Success",
        "0x800b0100",
    ],
)
def test_what_is_no_error_text_is_not_recognised(innocent: str) -> None:
    assert codes(explain(innocent)) == []


@in_one_test
@pytest.mark.parametrize(
    ("given", "found"),
    [
        # the longer text counts, not the one inside it
        ("self-signed certificate in certificate chain", ["self_signed"]),
        ("tls: bad certificate", ["bad_certificate"]),
        # what is general is told only alone
        ("certificate verify failed", ["verify_failed"]),
        ("certificate verify failed: certificate has expired", ["expired"]),
        # several, each once, in the order of the text
        ("bad decrypt ... PEM lib (_ssl.c:1) ... bad decrypt", ["key_password", "not_pem"]),
        ("javax.net.ssl.SSLHandshakeException: PKIX path building failed", ["issuer_unknown"]),
        ("asn1 wrong tag", ["not_der"]),
        ("sslv3 alert certificate unknown", ["certificate_unknown"]),
        ("OIN certificate does not match entityID", ["entity_id_oin"]),
        ("Alert (Level: Fatal, Description: Unknown CA)", ["unknown_ca"]),
        ("unknown_ca", ["unknown_ca"]),
        ("tlsv1 alert unknown ca:ssl/record/rec_layer_s3.c:1586:SSL alert number 48", ["unknown_ca"]),
        ("The TLS protocol defined fatal alert code is 46.", ["certificate_unknown"]),
        ("alert(49), then SSL alert number 51", ["access_denied", "decrypt_error"]),
        ("HTTP Error 403.7 - Forbidden", ["certificate_required"]),
        ("403.16", ["client_untrusted"]),
        ("403.13.", ["client_revoked"]),
        # what Windows says beside it is the reason
        ("HTTP Error 403.16 - Forbidden 0x800b0109", ["client_untrusted", "self_signed"]),
        ("2026-11-27 GET / 443 - 10.0.0.1 curl 403 16 2148204809 0", ["self_signed"]),
        ("HTTP Error 403.17 - Forbidden", ["client_expired"]),
        ("NET::ERR_CERT_DATE_INVALID", ["expired"]),
        ("This site can't provide a secure connection. ERR_SSL_PROTOCOL_ERROR", ["protocol_error"]),
        ("ERR_SSL_PROTOCOL_ERROR, SSL alert number 40", ["handshake_failure"]),
        ("HRESULT: 0x800B010F", ["host_name"]),
        ("schannel: SEC_E_UNTRUSTED_ROOT (0x80090325) - The certificate chain was issued", ["self_signed"]),
        ("CRYPT_E_REVOCATION_OFFLINE (0x80092013)", ["revocation_unknown"]),
        ("CERT_E_EXPIRED 0x800B0101", ["expired"]),
        ("Peer\u2019s Certificate has been revoked. Error code: SEC_ERROR_REVOKED_CERTIFICATE", ["revoked"]),
        ("java.security.UnrecoverableKeyException: Cannot recover key", ["keystore_key_password"]),
        ("java.io.IOException: keystore password was incorrect", ["keystore_password"]),
        # below a code of the first level stands one that says more
        (
            "urn:oasis:names:tc:SAML:2.0:status:Responder\nurn:oasis:names:tc:SAML:2.0:status:AuthnFailed",
            ["saml_authn_failed"],
        ),
        ("urn:oasis:names:tc:SAML:2.0:status:Responder", ["saml_responder"]),
        ("urn:oasis:names:tc:SAML:2.0:status:RequestDenied", ["saml_request_denied"]),
    ],
)
def test_what_counts_of_several(given: str, found: list[str]) -> None:
    assert codes(explain(given)) == found


@pytest.mark.slow
def test_a_log_of_any_size_is_searched_in_bounded_time() -> None:
    last = " unable to get local issuer certificate"
    for filler in ("\0", "a", " ", "certificate ", "bad certificate ", "\n", "\u0130", "mac verify error "):
        with bounded(4):
            log = filler * (MAX_ERROR_TEXT // len(filler) - 100)
            assert "issuer_unknown" in codes(explain(log + last))
            beyond = explain(filler * (MAX_ERROR_TEXT + 10) + last)
    assert explain("x" * MAX_ERROR_TEXT).is_whole
    assert not beyond.is_whole
    assert "issuer_unknown" not in codes(beyond)


def test_each_alert_is_recognised_by_its_number_and_means_one_thing() -> None:
    numbers = [(number, each.code) for each in explanations() for number in each.alerts]
    assert len(numbers) >= 12
    assert len(dict(numbers)) == len(numbers)
    for number, code in numbers:
        for form in ("SSL alert number {}", "fatal error code is {}", "fatal alert code is {}.", "TLS alert: {}"):
            assert codes(explain(form.format(number))) == [code], (form, number)
            assert not codes(explain(form.format(f"{number}9")))


def test_named_are_the_programs_that_show_the_text() -> None:
    """Of a document that is of one program no other; and what a document of several has is not said of those."""
    alone = read_toml("pkitools.explanations", "data/programs.toml")
    assert set(alone) <= {text.source.key for _, text in KNOWN}
    for each, text in KNOWN:
        (one,) = explain(text.text).found
        if text.source.key in alone:
            assert list(one.programs) == alone[text.source.key], text
            assert set(one.programs) <= set(each.programs), (each.code, text)
        else:
            assert one.programs
            assert set(one.programs) <= set(each.programs)
    assert explain("0x800B0109").found[0].programs == ("Windows",)
    assert "Windows" not in explain("self-signed certificate").found[0].programs
    assert explain("403.13").found[0].programs == ("IIS",)


def test_it_takes_text() -> None:
    with pytest.raises(InvalidValueError):
        explain(b"bad decrypt")  # type: ignore[arg-type]  # that is what is tried


def test_each_explanation_is_whole_in_both_languages() -> None:
    for each in explanations():
        assert each.programs
        assert each.texts
        for language in LANGUAGES:
            words = each.words[language]
            sentences = (words.meaning, *words.causes, *words.actions)
            assert len(words.causes) >= 2 or each.code == "weak"
            assert words.actions
            for sentence in sentences:
                assert sentence.endswith("."), (each.code, sentence)
                assert sentence[0].isupper() or sentence.startswith("keytool")
                assert not [c for c in sentence if unicodedata.category(c) == "Cc"]
        dutch, english = (each.words[language] for language in ("nl", "en"))
        assert (len(dutch.causes), len(dutch.actions)) == (len(english.causes), len(english.actions)), each.code


def test_each_text_has_a_document_with_the_day_it_was_read() -> None:
    known = {document.key for document in documents()}
    for _, text in KNOWN:
        assert text.source.key in known
        assert text.source.document.read.year >= 2026
