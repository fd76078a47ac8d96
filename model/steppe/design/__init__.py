"""Designs of experiments: which values a sweep gives to the parameters that it varies.

:func:`variables` reads what varies, :func:`make` lays out points by a method, :func:`read_points`
takes them from a table.  A design can be made longer, and begins then with the points it had.
"""

from steppe.design.layout import METHODS, Design, make
from steppe.design.table import read_points
from steppe.design.variables import Variable, released, variables

__all__ = ["METHODS", "Design", "Variable", "make", "read_points", "released", "variables"]
