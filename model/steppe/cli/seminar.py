"""``steppe seminar``: the what-if page on this machine."""

from __future__ import annotations

from importlib.util import find_spec

from steppe.cli.codes import DONE, FAILED, USAGE
from steppe.cli.progress import say
from steppe.cli.usage import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST = 8
"""Characters of the shortest token."""


def run(*, host: str, port: int, token: str | None) -> int:
    """Serve the page until the process is interrupted; return the exit code."""
    try:
        check(host, port, token)
    except UsageError as problem:
        say(problem)
        return USAGE
    from steppe.seminar.page import app

    try:
        app.serve(host, port, token, told=ready)
    except (app.PortTaken, app.NotStarted) as error:
        say(f"error: {error}")
        return FAILED
    except KeyboardInterrupt:
        say("the seminar has ended")
    return DONE


def ready(address: str) -> None:
    """Say where the page is."""
    say(f"the seminar is at {address} (Ctrl+C ends it)")


def check(host: str, port: int, token: str | None) -> None:
    """Raise :class:`UsageError` for a page that would be open to a network without a token."""
    if not 0 <= port < 65536:
        raise UsageError(f"--port {port}: error: must be 0 to 65535")
    if not host.strip():
        raise UsageError("--host: error: must be a name or an address")
    if token is not None and len(token) < SHORTEST:
        raise UsageError(f"--token: error: must have {SHORTEST} characters or more")
    if token is not None and not (token.isascii() and token.isalnum()):
        raise UsageError("--token: error: must be of letters and digits, so that it fits a link")
    if host not in LOOPBACK and token is None:
        raise UsageError(
            f"--host {host}: error: others can reach this address: give the participants' --token "
            "as well"
        )
    if find_spec("nicegui") is None:
        raise UsageError(
            "error: the page needs NiceGUI: install steppe with its extra, pip install "
            "'steppe[seminar]'"
        )
