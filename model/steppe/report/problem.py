"""Why there is no report."""

from __future__ import annotations


class ReportError(Exception):
    """A report cannot be made as asked; the message is one sentence for the user."""
