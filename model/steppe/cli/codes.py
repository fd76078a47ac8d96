"""Exit codes of the command."""

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
