"""steppe: an agent-based scenario simulator of the geoeconomics of Central Asia.

``steppe.run``, ``batch``, ``sweep``, ``compare``, ``sensitivity``, ``discover`` and ``robustness``
do from Python what the commands of the same names do, ``steppe.open`` reads what they left; see
:mod:`steppe.api`.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steppe.api import (
        Batch,
        Indices,
        Region,
        Robustness,
        Run,
        Sweep,
        batch,
        compare,
        discover,
        open,
        robustness,
        run,
        sensitivity,
        sweep,
        workbench_model,
    )

__version__ = "0.1.0"

__all__ = [
    "Batch",
    "Indices",
    "Region",
    "Robustness",
    "Run",
    "Sweep",
    "__version__",
    "batch",
    "compare",
    "discover",
    "open",
    "robustness",
    "run",
    "sensitivity",
    "sweep",
    "workbench_model",
]


def __getattr__(name: str) -> Any:
    """Load the interface when it is first asked for: the command's help needs none of it."""
    if name in __all__:
        with warnings.catch_warnings():  # Mesa misses widgets for a bar that nobody sees here
            warnings.filterwarnings("ignore", "IProgress not found")
            return getattr(import_module("steppe.api"), name)
    raise AttributeError(f"module 'steppe' has no attribute {name!r}")
