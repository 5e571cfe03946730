"""An OIN as plain data, for JSON."""

from __future__ import annotations

from pkitools.oin.number import OIN


def oin_document(oin: OIN) -> dict[str, object]:
    """Return everything that shows from the number: its parts, its register in both languages, the number it holds."""
    row = oin.row
    return {
        "oin": str(oin),
        "prefix": oin.prefix,
        "hoofdnummer": oin.hoofdnummer,
        "suffix": oin.suffix,
        "register": oin.register,
        "register_name": dict(row.name),
        "number_name": dict(row.number),
        "about": dict(row.about),
        "in_oin_register": row.registered,
        "is_test": oin.is_test,
        "is_sub_oin": oin.is_sub_oin,
        "is_hrn_form": oin.is_hrn_form,
        "has_legacy_suffix": oin.has_legacy_suffix,
        "rsin": oin.rsin,
        "fi": oin.fi,
        "kvk": oin.kvk,
        "brin": oin.brin,
        "vestiging": oin.vestiging,
        "ura": oin.ura,
    }
