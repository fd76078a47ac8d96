"""The page of the seminar: what NiceGUI shows of the engine's answers."""
