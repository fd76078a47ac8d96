"""Calibration: which parameters the years to 2009 leave possible (history matching in waves)."""
