"""Sweeps: one scenario at many points, each with the same members, on one machine or many.

:func:`sweep` begins, resumes, extends and retries; what it leaves is described in
:mod:`steppe.sweep.store`.
"""

from steppe.sweep.call import Request, Swept, prepared, sweep
from steppe.sweep.hands import HandsError
from steppe.sweep.store import SweepError, SweepFolder

__all__ = ["HandsError", "Request", "SweepError", "SweepFolder", "Swept", "prepared", "sweep"]
