"""The model as one of the EMA workbench (Kwakkel 2017, Environmental Modelling & Software 96).

:mod:`~steppe.analysis.workbench.model` holds the interface, :mod:`~steppe.analysis.workbench.
parameters` what varies, :mod:`~steppe.analysis.workbench.evaluator` the quick way through many
experiments.  All of them import the workbench, which is part of the extra ``analysis``.
"""
