"""What of a batch is perhaps not as it was meant: said before keys are made, and no error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pkitools.frozen import dataclass, field
from pkitools.messages import Language, message
from pkitools.ordering.batch import NamedOrder
from pkitools.text import joined

_MOST: Final = 5  # names in one sentence


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that is perhaps not as it was meant.

    Args:
        code: of its sentence.
        params: operands of it.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Return it in words, with what to do about it."""
        text = message(self.code, self.params, language)
        return f"{text.message} {text.remedy}"


def doubts(items: Sequence[NamedOrder]) -> tuple[Doubt, ...]:
    """Return what is perhaps not as it was meant: one OIN of several organisations, one name asked for twice.

    An OIN that was copied down a column is the commonest fault of a batch, and shows when nothing works any more. That
    an organisation has several requests is usual, and so is one name in several environments or profiles.

    Args:
        items: the orders of a batch.
    """
    return (*_oins(items), *_names(items))


def _oins(items: Sequence[NamedOrder]) -> Iterator[Doubt]:
    found: dict[str, dict[str, str]] = {}
    for item in items:
        oin, organization = item.plan.subject.get("serialNumber"), item.plan.subject.get("O")
        if oin and organization:
            found.setdefault(oin, {}).setdefault(" ".join(organization.split()).casefold(), organization)
    for oin, names in found.items():
        if len(names) > 1:
            told = {"oin": oin, "count": len(names), "organizations": joined(list(names.values()), _MOST)}
            yield Doubt("ordering.doubt.oin_of_several", told)


def _names(items: Sequence[NamedOrder]) -> Iterator[Doubt]:
    found: dict[tuple[str, str, str], list[NamedOrder]] = {}
    for item in items:
        name = (item.plan.subject.get("CN") or "").casefold()
        found.setdefault((name, item.plan.profile.name, str(item.plan.environment)), []).append(item)
    for (name, _, _), same in found.items():
        if name and len(same) > 1:
            told = {
                "name": same[0].plan.subject.get("CN"),
                "count": len(same),
                "names": joined([i.name for i in same], _MOST),
            }
            yield Doubt("ordering.doubt.name_twice", told)
