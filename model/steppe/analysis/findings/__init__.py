"""What a sweep tells: what matters, when it matters, and which lever is robust.

A sweep is read once (:mod:`steppe.analysis.findings.reading`); the rest takes arrays and gives
tables: :mod:`~steppe.analysis.findings.sensitivity`, :mod:`~steppe.analysis.findings.discovery` and
:mod:`~steppe.analysis.findings.robustness`.
"""

from steppe.analysis.findings.problem import FindingError

__all__ = ["FindingError"]
