"""The world: the state of a run and how a base year's state is built from figures."""
