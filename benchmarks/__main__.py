"""Run every benchmark module, or those named: ``python -m benchmarks [startup facts ...]``."""

from __future__ import annotations

import importlib
import pkgutil
import platform
import sys

import benchmarks


def main() -> None:
    wanted = sys.argv[1:]
    print(f"Python {platform.python_version()} on {platform.machine()}; medians of interleaved runs")
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name.startswith("_") or (wanted and module.name not in wanted):
            continue
        print(f"\n{module.name}")
        for name, result in importlib.import_module(f"benchmarks.{module.name}").run():
            print(f"  {name:<58} {result}")


main()
