"""Which facts want looking at."""

from pkitools.facts.status import FactsStatus, Lapsed, facts_status

__all__ = ["FactsStatus", "Lapsed", "facts_status"]
