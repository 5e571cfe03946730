"""The systems a certificate is for: what each asks, per environment, as data with sources; and the judgement by it.

>>> get_system("digid-machtigen").title
'DigiD Machtigen'
"""

from pkitools.systems.evaluation import evaluate
from pkitools.systems.loading import get_system, systems
from pkitools.systems.model import Stance, Statement, System, Topic
from pkitools.systems.reading import read_system
from pkitools.systems.reuse import Use, check_reuse
from pkitools.systems.status import SystemStatus, status_of

__all__ = [
    "Stance",
    "Statement",
    "System",
    "SystemStatus",
    "Topic",
    "Use",
    "check_reuse",
    "evaluate",
    "get_system",
    "read_system",
    "status_of",
    "systems",
]
