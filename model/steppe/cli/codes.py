"""Exit codes of the command."""

DONE, FAILED, USAGE, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
"""``SOME_FAILED``: points of a sweep or scenarios of a batch, the others are done."""
