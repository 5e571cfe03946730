"""Speed, as ratios in one run: ``make bench``. Never asserted in a test.

:mod:`benchmarks.jobs` is the table of what is measured, :mod:`benchmarks.harness` measures it, :mod:`benchmarks.page`
tells it. What is measured is made in the other modules.
"""
