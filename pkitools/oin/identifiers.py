"""The OIN in the clothes other standards give it: organizationIdentifier, ISO 6523, ebMS PartyId, FSC PeerID."""

from __future__ import annotations

import re
from typing import Final

from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.oin.derive import oin_from_btw, oin_from_kvk
from pkitools.oin.errors import InvalidIdentifierError, InvalidNumberError, InvalidOINError, NoOINError
from pkitools.oin.number import OIN
from pkitools.oin.subject import EBMS_SUFFIXES
from pkitools.text import pattern

ICD: Final = "0190"
"""International Code Designator of the OIN in ISO 6523 (NL:OINO), as Peppol uses it."""

PARTY_ID_TYPE: Final = "urn:osb:oin"
"""``eb:PartyId/@eb:type`` of an OIN in Digikoppeling ebMS2."""

# ETSI EN 319 412-1, 5.1.4: three characters of scheme (or two and a colon), country, hyphen, reference
_ORGANIZATION_IDENTIFIER: Final = pattern(r"([A-Z]{3}|[A-Z]{2}:)([A-Z]{2})-(.{1,100})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class OrganizationIdentifier:
    """subject.organizationIdentifier (2.5.4.97) in the form of ETSI EN 319 412-1, section 5.1.4.

    Args:
        scheme: ``NTR`` (trade register), ``VAT``, ``OI:`` (OIN, agreed in 2026), or another.
        country: two letters.
        reference: the number in that register.
    """

    scheme: str
    country: str
    reference: str

    def __str__(self) -> str:
        return f"{self.scheme}{self.country}-{self.reference}"

    @classmethod
    def parse(cls, text: str) -> OrganizationIdentifier:
        """Return the identifier that the text is. Raises :class:`InvalidIdentifierError`."""
        match = _ORGANIZATION_IDENTIFIER.fullmatch(text)
        if match is None:
            raise InvalidIdentifierError("oin.error.organization_identifier", text=text)
        return cls(*match.groups())

    @property
    def oin(self) -> OIN | None:
        """The OIN it holds (``OI:NL-``) or gives (``NTRNL-``, ``VATNL-``); ``None`` where there is none."""
        try:
            match self.scheme, self.country:
                case "OI:", "NL":
                    return OIN.parse(self.reference)
                case "NTR", "NL":
                    return oin_from_kvk(self.reference)
                case "VAT", "NL":
                    return oin_from_btw(self.reference)
        except (InvalidOINError, InvalidNumberError, NoOINError):
            return None
        return None

    def agrees_with(self, oin: OIN) -> bool | None:
        """Return whether it names the organisation of this OIN; ``None`` when the two cannot be compared.

        A KvK number and an RSIN of one organisation have nothing in common that shows.
        """
        mine = self.oin
        if mine == oin:
            return True
        if mine is None or mine.register != oin.register:
            return None
        return mine.hoofdnummer == oin.hoofdnummer


def organization_identifier(oin: OIN) -> str | None:
    """Return ``NTRNL-<KvK number>`` of a KvK-based OIN, the form of today's profiles; ``None`` for other OINs.

    ``OI:NL-<OIN>`` is agreed and in no profile yet: it is read, not written. A ``VATNL-`` needs the two digits after
    the B, which the RSIN does not tell.
    """
    return f"NTRNL-{oin.kvk}" if oin.kvk is not None else None


def icd0190(oin: OIN) -> str:
    """Return the ISO 6523 form, ``0190:<OIN>``, as in Peppol and e-invoices."""
    return f"{ICD}:{oin}"


def oin_from_icd0190(text: str) -> OIN:
    """Return the OIN of ``0190:<OIN>``. Raises :class:`InvalidIdentifierError` or :class:`InvalidOINError`."""
    scheme, colon, number = text.partition(":")
    if scheme != ICD or not colon:
        raise InvalidIdentifierError("oin.error.icd", text=text)
    return OIN.parse(number)


def peer_id(oin: OIN) -> str:
    """Return the FSC PeerID in the Digikoppeling group: the OIN itself, as in subject.serialNumber."""
    return str(oin)


@dataclass(frozen=True, slots=True)
class PartyID:
    """A Digikoppeling ebMS2 PartyId of type :data:`PARTY_ID_TYPE`.

    Args:
        oin: the OIN of the end party.
        suffix: ``_OTA`` or ``_T`` outside production, else empty.
    """

    oin: OIN
    suffix: str = ""

    def __post_init__(self) -> None:
        if self.suffix and self.suffix not in EBMS_SUFFIXES:
            raise InvalidIdentifierError("oin.error.party_id", text=f"{self.oin}{self.suffix}")

    def __str__(self) -> str:
        return f"{self.oin}{self.suffix}"

    @property
    def environment(self) -> Environment | None:
        """Preproduction with a suffix. Without one it can be either."""
        return Environment.PREPRODUCTION if self.suffix else None

    @classmethod
    def parse(cls, text: str, kind: str = PARTY_ID_TYPE) -> PartyID:
        """Return the PartyId that the text is; ``kind`` is its ``eb:type``.

        Raises:
            InvalidIdentifierError: the type is not that of an OIN.
            InvalidOINError: what stands before the suffix is not an OIN.
        """
        if kind != PARTY_ID_TYPE:
            raise InvalidIdentifierError("oin.error.party_id_type", text=kind)
        suffix = next((s for s in EBMS_SUFFIXES if text.endswith(s)), "")
        return cls(OIN.parse(text.removesuffix(suffix)), suffix)
