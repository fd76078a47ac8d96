"""Sweeps: one scenario at many points, each with the same members, on one machine or many.

:func:`sweep` begins, resumes, extends and retries; what it leaves is described in
:mod:`steppe.sweeps.store`.
"""

from steppe.sweeps.call import Request, Swept, prepared, sweep
from steppe.sweeps.hands import HandsError
from steppe.sweeps.store import SweepError, SweepFolder

__all__ = ["HandsError", "Request", "SweepError", "SweepFolder", "Swept", "prepared", "sweep"]
