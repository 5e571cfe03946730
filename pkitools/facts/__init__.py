"""Which facts want looking at."""

from pkitools.facts.status import FactsStatus, facts_status

__all__ = ["FactsStatus", "facts_status"]
