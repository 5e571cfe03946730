"""From a number an organisation knows to its OIN, or why there is none.

A number that does not look like one of its kind raises :class:`InvalidNumberError`; one that does and gives no OIN
raises :class:`NoOINError`. An HRN, which a TSP puts in the certificate of an organisation without OIN, is what
:func:`oin_from_kvk` and :func:`oin_from_rsin` return.

Source: OIN-Stelsel, chapters 3 and 6; Digikoppeling Identificatie en Authenticatie 1.5, appendix (HRN).
"""

from __future__ import annotations

import re
from typing import Final

from pkitools.oin.eleven_test import passes_eleven_test
from pkitools.oin.errors import InvalidNumberError, NoOINError
from pkitools.oin.number import OIN
from pkitools.oin.prefixes import BODY_LENGTH, row_of
from pkitools.oin.subject import compact
from pkitools.text import pattern

_BTW: Final = pattern(r"(?:NL)?([0-9]{9})B[0-9]{2}")
_BRIN: Final = pattern(r"[0-9]{2}[A-Z]{2}")
_VESTIGINGSNUMMER: Final = pattern("[0-9]{12}")


def oin_from_kvk(number: str) -> OIN:
    """Return the OIN of a KvK number: eight digits, zeros in front counted.

    >>> oin_from_kvk("52035476")
    OIN('00000003520354760000')
    """
    if _VESTIGINGSNUMMER.fullmatch(compact(number)):
        raise NoOINError("oin.error.vestigingsnummer", number=number)
    return _derived("kvk", number)


def oin_from_rsin(number: str) -> OIN:
    """Return the OIN of an RSIN: nine digits that pass the eleven-test.

    A BSN has the same form and passes the same test: that the number is an organisation's is for the caller to know.
    """
    return _derived("rsin", number)


def oin_from_fi(number: str) -> OIN:
    """Return the OIN of a fiscal number of a part of the State: nine digits that pass the eleven-test."""
    return _derived("fi", number)


def oin_from_btw(number: str) -> OIN:
    """Return the OIN of a btw number ``NL`` + RSIN + ``B`` + two digits.

    Only a legal person's holds an RSIN. The nine digits of a sole trader's btw-id mean nothing and fail the
    eleven-test; those of a sole trader's omzetbelastingnummer are a BSN, which does not show.
    """
    match = _BTW.fullmatch(compact(number))
    if match is None:
        raise InvalidNumberError("oin.error.btw_form", number=number)
    rsin = match.group(1)
    if not passes_eleven_test(rsin) or not rsin.strip("0"):
        raise NoOINError("oin.error.btw_without_rsin", number=number)
    return _derived("rsin", rsin)


def oin_from_brin(number: str, vestiging: str = "") -> OIN:
    """Return the OIN of a BRIN: ``25BE``, with the location as ``25BE00`` or in the second argument.

    >>> oin_from_brin("25BE", "00")
    OIN('0000000700025BE00000')
    """
    tidy = compact(number) + compact(vestiging)
    if _BRIN.match(tidy) is None or len(tidy) not in {4, 6}:
        raise InvalidNumberError("oin.error.brin_form", number=f"{number}{vestiging}")
    return _derived("brin", tidy.zfill(row_of("brin").forms[0].length))


def oin_from_ura(number: str) -> OIN:
    """Return the OIN of a URA (subscriber number of the UZI register): eight digits, as DigiD builds it.

    A UZI number, of a pass or a system, has nine digits and gives no OIN.
    """
    tidy = compact(number)
    if re.fullmatch("[0-9]{9}", tidy):
        raise NoOINError("oin.error.uzi_number", number=number)
    return _derived("uzi", tidy)


def oin_for_test(number: str) -> OIN:
    """Return the test OIN with this number: at most nine characters, padded as in a real one, or all twelve positions.

    >>> oin_for_test("99999991")
    OIN('00000099999999910000')
    """
    tidy = compact(number)
    length = len(tidy)
    if not re.fullmatch("[0-9A-Z]+", tidy) or (length > 9 and length != BODY_LENGTH):
        raise InvalidNumberError("oin.error.test_form", number=number)
    return OIN(row_of("test").prefix + tidy.zfill(8).ljust(BODY_LENGTH, "0"))


def _derived(register: str, number: str) -> OIN:
    """Build the OIN of a register's number by the first form of its row."""
    row, tidy = row_of(register), compact(number)
    form = row.forms[0]
    if len(tidy) != form.length or re.fullmatch(form.pattern, tidy) is None:
        raise InvalidNumberError(f"oin.error.{register}_form", number=number)
    if row.zero and not tidy.strip("0"):
        raise NoOINError("oin.error.zero", number=number)
    if row.eleven_test and not passes_eleven_test(tidy):
        raise NoOINError("oin.error.eleven_test", number=number)
    return OIN(row.prefix + tidy + form.suffix)
