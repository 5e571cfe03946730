"""Which facts want looking at."""

from pkitools.facts.status import Coming, FactsStatus, Lapsed, facts_status

__all__ = ["Coming", "FactsStatus", "Lapsed", "facts_status"]
