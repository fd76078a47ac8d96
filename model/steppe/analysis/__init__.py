"""Analysis: what a run is worth against observations and against simpler forecasts."""
