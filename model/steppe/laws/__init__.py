"""Laws: pure array functions, one equation each, no agents and no I/O.

Arrays carry named axes first and the ensemble member last; every function says its shapes.
"""
