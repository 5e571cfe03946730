"""What an OIN says, for people."""

from __future__ import annotations

from pkitools.oin import OIN, prefix_table
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import beside, wrapped
from pkitools_cli.remedies import told as message_told


def parts(oin: OIN) -> list[str]:
    """Return the parts of an OIN and the number it holds, a line each."""
    return [
        *(line for part, value, told in part_rows(oin) for line in beside(_part(part, value), told)),
        *(line for told in about(oin) for line in wrapped(told, "  ")),
        *_checked_by_a_tsp(oin),
    ]


def part_rows(oin: OIN) -> tuple[tuple[str, str, str], ...]:
    """Return the name of each part of an OIN, its digits, and what they are."""
    row, chosen = oin.row, language()
    suffix = _suffix(oin)
    return (
        ("prefix", oin.prefix, row.name[chosen]),
        ("hoofdnummer", oin.hoofdnummer, f"{row.number[chosen]} {oin.brin or ''}{oin.vestiging or ''}".rstrip()),
        ("suffix", oin.suffix, tr(f"cli.oin.suffix.{suffix}")),
    )


def about(oin: OIN) -> tuple[str, str]:
    """Return what there is to know about OINs with such a prefix, and where they are registered."""
    return oin.row.about[language()], tr(f"cli.oin.registered.{oin.row.registered}")


def _suffix(oin: OIN) -> str:
    if not oin.has_known_form:
        return "unknown"
    return "legacy" if oin.has_legacy_suffix else "free" if not oin.row.forms else "zeros"


def _part(part: str, value: str) -> str:
    return f"  {tr(f'cli.oin.part.{part}'):<12} {value:<9}  "


def _checked_by_a_tsp(oin: OIN) -> list[str]:
    """Return how a TSP checks the number: where it looks, whose name belongs in O, and what it refuses."""
    way = oin.row.tsp_check
    if not way:
        return []
    text = message_told(f"csr.organization.{way}", {"oin": oin})
    source = prefix_table().tsp_checks[way].text(language())
    head = wrapped(tr("cli.oin.tsp_check", source=source), "  ")
    return [*head, *wrapped(f"{text.message} {text.remedy}", "    ")]
