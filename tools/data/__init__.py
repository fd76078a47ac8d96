"""How each table of ``model/steppe/data`` is made from the figures in ``tools/extracts``."""
