"""Runs in the formats of others: IAMC tables, NetCDF, CSV, RO-Crates, and SQL over many runs.

A run is read by :mod:`~steppe.exchange.source`.  :mod:`~steppe.exchange.iamc`,
:mod:`~steppe.exchange.netcdf`, :mod:`~steppe.exchange.tidy` and :mod:`~steppe.exchange.crate` make
one format each; :mod:`~steppe.exchange.query` answers SQL.
"""

from steppe.exchange.problem import ExchangeError

__all__ = ["ExchangeError"]
