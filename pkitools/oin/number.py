"""The OIN (Organisatie Identificatie Nummer): twenty positions that name a Dutch public organisation or its supplier.

Eight positions prefix (which register), eight or nine hoofdnummer (the number in that register), four or three suffix
(zeroes today). Zeros in front belong to the number, letters may occur (BRIN), and the whole has no check digit; some
registers' numbers have one of their own. An HRN, which a TSP makes from an RSIN or KvK number where an organisation
has no OIN, looks the same and works the same.

>>> OIN.parse("00000003520354760000").kvk
'52035476'
>>> OIN.parse("0000000700025BE00000").brin
'25BE'
>>> OIN.parse("00000001123456789000")
Traceback (most recent call last):
pkitools.oin.errors.InvalidOINError: ...

Source: OIN-Stelsel, chapter 6.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pkitools.arguments import text as argument
from pkitools.oin.errors import InvalidOINError
from pkitools.oin.number_rules import first_violation, slip_in
from pkitools.oin.prefixes import LENGTH, PREFIX_LENGTH, Prefix, prefix_table
from pkitools.oin.subject import Candidate, compact

if TYPE_CHECKING:
    from pkitools.findings import Rule, Violated


@lru_cache(maxsize=1024)  # one certificate has its number looked at in five places
def _broken(text: str, legacy: bool) -> tuple[Rule, Violated] | None:
    if legacy and _broken(text, False) is None:
        return None  # that a prefix may be one of old takes nothing else away
    return first_violation(Candidate(text, legacy=legacy))


class OIN(str):
    """One valid OIN. It is its twenty characters (a ``str``), so it sorts, hashes and turns into JSON as they do.

    Making one checks it: whoever holds an ``OIN`` need not check again.

    Args:
        text: exactly twenty positions.
        legacy: accept the prefix that is no longer given out.

    Raises:
        InvalidOINError: when it is not an OIN.
        InvalidValueError: when it is no text.
    """

    __slots__ = ()

    def __new__(cls, text: str, *, legacy: bool = False) -> OIN:
        """Check and make it."""
        given = str(argument(text, "text"))  # an int has lost its leading zeros already
        broken = _broken(given, legacy) if len(given) <= LENGTH else first_violation(Candidate(given, legacy=legacy))
        if broken is not None:
            rule, answer = slip_in(Candidate(given)) or broken
            raise InvalidOINError(rule.code, **answer.params)
        return super().__new__(cls, text)

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, bool]]:
        return (str(self),), {"legacy": True}

    def __repr__(self) -> str:
        return f"OIN({str(self)!r})"

    @classmethod
    def parse(cls, text: str, *, legacy: bool = False) -> OIN:
        """Return the OIN that the text is, strictly: no spaces, no separators, no lower case.

        Raises:
            InvalidOINError: with the code and operands of the first rule broken.
        """
        return cls(text, legacy=legacy)

    @staticmethod
    def compact(text: str) -> str:
        """Return the text tidied for :meth:`parse`: surrounding space and separators gone, in capitals."""
        return compact(text)

    @property
    def row(self) -> Prefix:
        """The row of the prefix table this number belongs to."""
        return prefix_table().prefixes[self.prefix]

    @property
    def prefix(self) -> str:
        """The first eight positions: which register."""
        return str(self)[:PREFIX_LENGTH]

    @property
    def register(self) -> str:
        """The register by its short name: ``rsin``, ``fi``, ``kvk``, ``suboin``, ``logius``, ``brin``, ``foreign``,
        ``uzi``, ``trr_bd``, ``test``, or another that the prefix table holds.
        """
        return self.row.register

    @property
    def hoofdnummer(self) -> str:
        """The number in the register, eight or nine positions. Of a test OIN: nine."""
        return Candidate(str(self)).hoofdnummer

    @property
    def suffix(self) -> str:
        """What follows the hoofdnummer: zeroes, or in an OIN of before 2017 a serial number."""
        return Candidate(str(self)).suffix

    @property
    def is_test(self) -> bool:
        """A test OIN: for tests only, names nobody."""
        return self.row.status == "test"

    @property
    def is_sub_oin(self) -> bool:
        """A SubOIN: a part of an organisation or a service, whose organisation only the OIN register knows."""
        return self.register == "suboin"

    @property
    def is_hrn_form(self) -> bool:
        """It has the form of an HRN; whether it is one or an OIN does not show and does not matter on the wire."""
        return self.row.hrn and not self.has_legacy_suffix

    @property
    def has_known_form(self) -> bool:
        """What follows the prefix has a form that is known for it; of a test OIN any will do."""
        return not self.row.forms or Candidate(str(self)).form is not None

    @property
    def has_legacy_suffix(self) -> bool:
        """The suffix is a serial number, as given out until 2017."""
        form = Candidate(str(self)).form
        return form is not None and self.suffix != form.suffix

    def _number_of(self, register: str) -> str | None:
        """Return the hoofdnummer, when it is of this register and has a shape of it that is known."""
        return self.hoofdnummer if self.register == register and Candidate(str(self)).form is not None else None

    @property
    def rsin(self) -> str | None:
        """The RSIN, nine digits, of an OIN based on it."""
        return self._number_of("rsin")

    @property
    def fi(self) -> str | None:
        """The fiscal number, nine digits, of an OIN based on it."""
        return self._number_of("fi")

    @property
    def kvk(self) -> str | None:
        """The KvK number, eight digits, of an OIN based on it."""
        return self._number_of("kvk")

    @property
    def brin(self) -> str | None:
        """The BRIN of the institution, such as ``25BE``, of an OIN based on it."""
        number = self._number_of("brin")
        # nine positions, padded with zeros in front: 00000NNLL or, with the location, 000NNLLVV
        return None if number is None else number[3:7] if number[-1].isdigit() else number[5:]

    @property
    def vestiging(self) -> str | None:
        """The two digits of the location in a BRIN-based OIN that has them."""
        number = self._number_of("brin")
        return number[7:] if number is not None and number[-1].isdigit() else None

    @property
    def ura(self) -> str | None:
        """The URA, eight digits, of an OIN of a care provider in the form DigiD reads."""
        number = self._number_of("uzi")
        return number if number is not None and len(number) == 8 else None
