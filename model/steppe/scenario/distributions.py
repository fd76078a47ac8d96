"""Distributions of uncertain values, as quantile functions on NumPy arrays alone.

A uniform draw per member goes through :meth:`Distribution.ppf`, so that designs, copulas and plain
sampling share one path.  Normal and lognormal distributions are truncated to the parameter's range.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe.clock import Quarter

Array = NDArray[np.float64]

SHAPES = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sd of the log"),
    "triangular": ("low", "mode", "high"),
    "choice": None,
}
"""Names of the arguments of each distribution; ``choice`` takes any number of values."""

OF_QUARTERS = ("uniform", "triangular", "choice")
"""Distributions that a date may have."""

_SMALLEST = 2.0**-54


@dataclass(frozen=True, slots=True)
class Distribution:
    """One distribution; ``arguments`` in the order of :data:`SHAPES`, in the parameter's unit.

    ``low`` and ``high`` truncate a normal or lognormal.  With ``quarters`` the arguments are
    ordinals of quarters and so are the values: a uniform takes every quarter from its first to its
    last equally often.
    """

    shape: str
    arguments: tuple[float, ...]
    low: float = -math.inf
    high: float = math.inf
    quarters: bool = False

    def __post_init__(self) -> None:
        if slip := fault(self.shape, self.arguments):
            raise ValueError(slip)
        if self.quarters and self.shape not in OF_QUARTERS:
            raise ValueError(f"a date cannot be {self.shape}: use uniform, triangular or choice")

    @property
    def support(self) -> tuple[float, float]:
        """Return the smallest and the largest value that can be drawn."""
        if self.shape in ("normal", "lognormal"):
            return max(self.low, 0.0 if self.shape == "lognormal" else -math.inf), self.high
        return min(self.arguments), max(self.arguments)

    def ppf(self, u: Array) -> Array:
        """Return the values at probabilities ``u`` in [0, 1), of any shape, element by element."""
        u = np.maximum(u, _SMALLEST)
        first, second = self.arguments[0], self.arguments[-1]
        step = 1.0 if self.quarters else 0.0  # the last quarter is as long as the others
        if self.shape == "choice":
            values = np.array(self.arguments)
            at = np.minimum((u * len(values)).astype(np.intp), len(values) - 1)
            return values[at]
        if self.shape == "uniform":
            drawn = first + u * (second + step - first)
        elif self.shape == "loguniform":
            drawn = first * np.exp(u * (math.log(second) - math.log(first)))
        elif self.shape == "triangular":
            drawn = _triangular(u, first, self.arguments[1] + step / 2, second + step)
        elif self.shape == "normal":
            drawn = first + second * self._truncated(u, self.low, self.high)
        else:
            low = math.log(self.low) if self.low > 0.0 else -math.inf
            high = math.log(self.high) if self.high > 0.0 else -math.inf
            drawn = first * np.exp(second * self._truncated(u, low, high, math.log(first)))
        if self.quarters:
            drawn = np.floor(drawn)
        lowest, highest = self.support
        return np.clip(drawn, lowest, highest)

    def _truncated(self, u: Array, low: float, high: float, centre: float | None = None) -> Array:
        """Return standard normal quantiles between the two bounds."""
        centre = self.arguments[0] if centre is None else centre
        below, above = (_scalar_cdf((bound - centre) / self.arguments[1]) for bound in (low, high))
        return normal_ppf(below + u * (above - below))

    def spelled(self) -> dict[str, list[float | str]] | str:
        """Return the distribution as a scenario file writes it."""
        values: list[float | str] = list(self.arguments)
        if self.quarters:
            values = [str(Quarter(int(v))) for v in self.arguments]
        return {self.shape: values}


def fault(shape: str, arguments: tuple[float, ...]) -> str | None:
    """Return what is wrong with the arguments of a distribution, or None."""
    names = SHAPES[shape]
    if names is None:
        return None if arguments else "a choice needs at least one value"
    if len(arguments) != len(names):
        return f"{shape} takes [{', '.join(names)}], found {len(arguments)} values"
    low, high = arguments[0], arguments[-1]
    if shape in ("normal", "lognormal"):
        if high <= 0.0:
            return f"the {names[1]} of a {shape} must be above 0"
        if shape == "lognormal" and low <= 0.0:
            return "the median of a lognormal must be above 0"
        return None
    if low >= high:
        return f"the low end of a {shape} must be below its high end"
    if shape == "loguniform" and low <= 0.0:
        return "the low end of a loguniform must be above 0"
    if shape == "triangular" and not low <= arguments[1] <= high:
        return "the mode of a triangular must lie between its ends"
    return None


def _triangular(u: Array, low: float, mode: float, high: float) -> Array:
    width = high - low
    rising = low + np.sqrt(u * width * (mode - low))
    falling = high - np.sqrt((1.0 - u) * width * (high - mode))
    return np.where(u * width < mode - low, rising, falling)


def _scalar_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_cdf(z: Array) -> Array:
    """Return the standard normal distribution function, element by element."""
    erfc = np.frompyfunc(math.erfc, 1, 1)
    return 0.5 * np.asarray(erfc(-z / math.sqrt(2.0)), dtype=np.float64)


def normal_ppf(p: Array) -> Array:
    """Return standard normal quantiles, to about 1e-15 relative.

    Algorithm AS 241 (PPND16): Wichura (1988), Applied Statistics 37(3), 477-484,
    https://doi.org/10.2307/2347330.  ``p`` in (0, 1), any shape.
    """
    q = p - 0.5
    tail = np.sqrt(-np.log(np.maximum(np.minimum(p, 1.0 - p), 1e-300)))
    centre = 0.180625 - q * q
    near = q * _ratio(centre, _CENTRE)
    mid = _ratio(tail - 1.6, _MIDDLE)
    far = _ratio(tail - 5.0, _FAR)
    outer = np.where(tail <= 5.0, mid, far)
    return np.where(np.abs(q) <= 0.425, near, np.where(q < 0.0, -outer, outer))


def _ratio(x: Array, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    """Return the quotient of two polynomials, coefficients from the highest power down."""
    numerator, denominator = (np.full_like(x, side[0]) for side in coefficients)
    for a, b in zip(coefficients[0][1:], coefficients[1][1:], strict=True):
        numerator = numerator * x + a
        denominator = denominator * x + b
    return numerator / denominator


_CENTRE = (
    (
        2.5090809287301226727e3,
        3.3430575583588128105e4,
        6.7265770927008700853e4,
        4.5921953931549871457e4,
        1.3731693765509461125e4,
        1.9715909503065514427e3,
        1.3314166789178437745e2,
        3.3871328727963666080e0,
    ),
    (
        5.2264952788528545610e3,
        2.8729085735721942674e4,
        3.9307895800092710610e4,
        2.1213794301586595867e4,
        5.3941960214247511077e3,
        6.8718700749205790830e2,
        4.2313330701600911252e1,
        1.0,
    ),
)
_MIDDLE = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258e0,
        3.64784832476320460504e0,
        5.76949722146069140550e0,
        4.63033784615654529590e0,
        1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940e0,
        2.05319162663775882187e0,
        1.0,
    ),
)
_FAR = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580e0,
        5.46378491116411436990e0,
        6.65790464350110377720e0,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)
