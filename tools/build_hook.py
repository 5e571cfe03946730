"""What hatchling runs before it makes a wheel, also one that points to a checkout: ``tools/tables.py`` says why."""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface[Any]):
    """Writes the tables beside their TOML, from where the wheel takes them."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write them, whatever the version: a wheel to install, or one that points to the checkout."""
        sys.path.insert(0, self.root)
        try:
            from tools.tables import ROOT, write

            write(ROOT)
        finally:
            sys.path.remove(self.root)
