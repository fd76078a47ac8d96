"""Where the time of a block goes: compiled kernels, NumPy between them, the interpreter.

The interpreter's part is what a model of two members takes, whatever their number: the intercept
of time over members.  Kernels are timed where Python calls them; NumPy is the rest.  Beside the
kernels stands the time in which NumPy would add as many numbers as they are given, once each: the
least that reading and writing them could cost.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher

Work = Callable[[], Any]


class Account:
    """Calls, seconds and elements of every kernel that Python calls."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        self.elements: dict[str, int] = {}

    def timed(self, name: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
        """Return the kernel with a clock."""

        def call(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            found = kernel(*given, **named)
            spent = time.perf_counter() - began
            self.calls[name] = self.calls.get(name, 0) + 1
            self.seconds[name] = self.seconds.get(name, 0.0) + spent
            return found

        return call

    def counted(self, name: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
        """Return the kernel with a count of the elements of its arrays."""

        def call(*given: Any, **named: Any) -> Any:
            self.elements[name] = self.elements.get(name, 0) + sum(map(_size, given))
            return kernel(*given, **named)

        return call


def _size(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.size
    return sum(map(_size, value)) if isinstance(value, tuple) else 0


@contextmanager
def watched(watch: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> Iterator[None]:
    """Put ``watch(name, kernel)`` in the place of every kernel that the model's modules name."""
    replaced = []
    for module in [m for n, m in sys.modules.items() if n.startswith("steppe.")]:
        for name, value in list(vars(module).items()):
            if isinstance(value, Dispatcher):
                told = f"{value.py_func.__module__.removeprefix('steppe.')}.{value.__name__}"
                replaced.append((module, name, value))
                setattr(module, name, watch(told, value))
    try:
        yield
    finally:
        for module, name, value in replaced:
            setattr(module, name, value)


def nanoseconds(best: Callable[[int, Work], float]) -> dict[str, float]:
    """Return what an element of a NumPy operation costs here, ns, by operation."""
    a = np.linspace(0.5, 2.0, 40_000)
    out = np.empty_like(a)
    operations: dict[str, Work] = {
        "add": lambda: np.add(a, a, out=out),
        "multiply": lambda: np.multiply(a, a, out=out),
        "divide": lambda: np.divide(a, a, out=out),
        "exp": lambda: np.exp(a, out=out),
        "log": lambda: np.log(a, out=out),
        "power": lambda: np.power(a, 1.7, out=out),
    }
    return {
        name: 1e9 * best(5, lambda work=work: [work() for _ in range(200)]) / 200 / a.size
        for name, work in operations.items()
    }


def report(block: Callable[[int], Work], best: Callable[[int, Work], float], rows: int) -> None:
    """Print where a block of ``rows`` goes; ``block(n)`` returns the work of one of n rows."""
    cost = nanoseconds(best)
    print("\nnanoseconds an element of a NumPy operation here")
    print("  " + ", ".join(f"{name} {ns:.2f}" for name, ns in cost.items()))
    whole, small = best(3, block(rows)), best(3, block(2))
    account = Account()
    with watched(account.timed):
        block(rows)()
    with watched(account.counted):
        block(rows)()
    kernels = sum(account.seconds.values())
    interpreter = small * rows / (rows - 2) - whole * 2 / (rows - 2)
    bound = 1e-9 * cost["add"] * sum(account.elements.values())
    print(f"\nwhere the {whole:.2f} s of a block of {rows} rows go")
    for name, seconds in (
        ("interpreter (a block of two rows, extrapolated to none)", interpreter),
        ("compiled kernels", kernels),
        ("NumPy between them, and what the clock adds", whole - interpreter - kernels),
    ):
        print(f"  {name:<58}{seconds:7.2f} s {seconds / whole:6.0%}")
    print(
        f"  kernels read and write {sum(account.elements.values()) / 1e6:,.0f} million numbers in"
        f" {sum(account.calls.values()):,} calls;\n  to add as many once would take {bound:.2f} s:"
        f" they take {kernels / bound:.1f} times the bound"
    )
    print(f"\n{'kernel':<52}{'calls':>8}{'s':>7}{'share':>7}{'/bound':>8}")
    for name, seconds in sorted(account.seconds.items(), key=lambda pair: -pair[1])[:15]:
        least = 1e-9 * cost["add"] * account.elements[name]
        print(
            f"{name:<52}{account.calls[name]:>8,}{seconds:>7.2f}{seconds / whole:>7.1%}"
            f"{seconds / max(least, 1e-12):>8.1f}"
        )
