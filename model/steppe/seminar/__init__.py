"""The what-if page of a seminar: settings, an engine that answers them at once, and the page.

Nothing outside :mod:`steppe.cli` imports this package, and that inside functions.
"""
