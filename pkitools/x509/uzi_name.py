"""The UZI name: the otherName by which a certificate of the UZI register says whose it is.

``<OID of the CA>-<version>-<UZI number>-<card type>-<URA>-<role>-<AGB code>``, an otherName of type 2.5.5.5 in the
subjectAltName. The URA is the number of the care provider (subscriber), eight digits. PKIoverheid has other uses of
this otherName, with fewer fields: those are no UZI names.

>>> UZIName.read("2.16.528.1.1003.1.3.5.5.2-1-123456789-S-90000380-00.000-00000000").ura
'90000380'
>>> UZIName.read("2.16.528-1-990000001-S-12345678") is None
True

Source: CIBG, naming of UZI certificates; DigiD source code, X509CertificateDataParser.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pkitools.frozen import dataclass
from pkitools.text import pattern
from pkitools.x509.model import GeneralName
from pkitools.x509.oids import UZI_NAME

_FIELDS: Final = 7
_URA: Final = pattern(r"[0-9]{8}")
_SERVER: Final = pattern(r"[0-9.]{5,64}-[0-9]{1,2}-[0-9]{9}-S-[0-9]{8}-[0-9]{2}\.[0-9]{3}-[0-9]{8}")


@dataclass(frozen=True, slots=True)
class UZIName:
    """One UZI name, its fields as they stand. Only the URA is known to have its form.

    Args:
        authority: OID of the CA, by which CIBG tells its series of certificates apart.
        version: version of the form.
        number: the UZI number, of the pass or the server.
        card_type: ``S`` for a server.
        ura: number of the care provider, eight digits.
        role: code of the role; of a server ``00.000``.
        agb: AGB code of the care provider; zeroes where there is none.
    """

    authority: str
    version: str
    number: str
    card_type: str
    ura: str
    role: str
    agb: str

    def __str__(self) -> str:
        fields = (self.authority, self.version, self.number, self.card_type, self.ura, self.role, self.agb)
        return "-".join(fields)

    @classmethod
    def read(cls, text: str) -> UZIName | None:
        """Return the UZI name that the text is, or ``None``: seven fields, of which the fifth is a URA."""
        fields = text.split("-", _FIELDS)
        if len(fields) != _FIELDS or _URA.fullmatch(fields[4]) is None:
            return None
        return cls(*fields)

    @property
    def is_of_server(self) -> bool:
        """Every field has the form that UZI server certificates give it."""
        return _SERVER.fullmatch(str(self)) is not None


def uzi_texts(names: Iterable[GeneralName] | None) -> tuple[str, ...]:
    """Return the texts of the otherNames of the UZI type, also of those that are no UZI name."""
    return tuple([name.value for name in names or () if name.kind == "other" and name.type_id == UZI_NAME])


def uras(names: Iterable[GeneralName] | None) -> tuple[str, ...]:
    """Return the different URAs of all UZI names, in their order."""
    found = [UZIName.read(text) for text in uzi_texts(names)]
    return tuple(dict.fromkeys(name.ura for name in found if name is not None))
