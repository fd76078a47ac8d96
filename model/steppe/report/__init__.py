"""Reports: one self-contained HTML file on a run, a comparison of two, a sweep or a batch.

:mod:`~steppe.report.opening` finds out what a folder holds; ``of_run``, ``of_comparison``,
``of_sweep`` and ``of_batch`` gather what is told of it (:mod:`~steppe.report.told`, data without
HTML); :mod:`~steppe.report.page` lays that out with the templates.  Nothing here reads the clock:
one run gives the same bytes each time.
"""

from steppe.report.problem import ReportError

__all__ = ["ReportError"]
