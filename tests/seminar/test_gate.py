"""Who may come in: the command's refusals, hosts, origins, the token, large bodies."""

from __future__ import annotations

import contextlib
import html
import subprocess
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from tests.loops import run

from steppe.cli import seminar
from steppe.cli.codes import DONE, FAILED
from steppe.cli.seminar import check
from steppe.cli.usage import UsageError
from steppe.seminar.page import app
from steppe.seminar.page.address import read
from steppe.seminar.page.app import COOKIE, MOST_BODY, Gate, PortTaken, listening

TOKEN = "samarkand26"
HERE = "127.0.0.1:8080"


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Answer 200 with what was sent."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def call(gate: Gate, *parts: bytes, path: str = "/", method: str = "GET", kind: str = "http",
         query: str = "", **headers: str) -> list[dict[str, Any]]:  # fmt: skip
    """Return what the gate sends for a request."""
    sent: list[dict[str, Any]] = []
    waiting = [
        {"type": "http.request", "body": part, "more_body": n + 1 < len(parts)}
        for n, part in enumerate(parts or (b"",))
    ]

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    named = {"host": HERE, **{k.replace("_", "-"): v for k, v in headers.items()}}
    scope = {
        "type": kind, "method": method, "path": path, "query_string": query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in named.items()], "server": ("x", 1),
        "scheme": "http", "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    run(gate(scope, receive, send))
    return sent


def status(sent: list[dict[str, Any]]) -> int:
    return int(sent[0]["status"])


@pytest.fixture
def local() -> Gate:
    return Gate(hello, host="127.0.0.1", port=8080, token=None)


@pytest.fixture
def guarded() -> Gate:
    return Gate(hello, host="0.0.0.0", port=8080, token=TOKEN)


def test_this_machine_comes_in(local: Gate) -> None:
    assert status(call(local)) == 200
    assert status(call(local, host="localhost:8080", origin="http://localhost:8080")) == 200


def test_another_name_of_this_machine_does_not(local: Gate) -> None:
    assert status(call(local, host="evil.example")) == 421


def test_another_website_does_not(local: Gate) -> None:
    assert status(call(local, origin="http://evil.example")) == 403
    assert call(local, kind="websocket", origin="http://evil.example")[0]["code"] == 1008


def test_a_large_body_is_refused_by_its_header(local: Gate) -> None:
    assert status(call(local, method="POST", content_length=str(MOST_BODY + 1))) == 413
    assert status(call(local, method="POST", content_length="many")) == 413


def test_a_body_that_grows_is_cut_off(local: Gate) -> None:
    assert call(local, *[b"x" * 400_000] * 4, method="POST") == []
    assert call(local, b"x" * 1000, method="POST")[1]["body"] == b"1000"


def test_without_the_token_there_is_a_form(guarded: Gate) -> None:
    sent = call(guarded)
    assert status(sent) == 401 and b"Token of this seminar" in sent[1]["body"]
    assert call(guarded, kind="websocket")[0]["type"] == "websocket.close"


def test_a_wrong_token_stays_outside(guarded: Gate) -> None:
    assert status(call(guarded, query="token=wrong")) == 403
    sent = call(guarded, b"token=<script>", path="/token", method="POST")
    assert status(sent) == 403 and b"<script" not in sent[1]["body"]
    assert status(call(guarded, cookie=f"{COOKIE}=guess")) == 401


@pytest.mark.parametrize("by", ["form", "address"])
def test_the_right_token_comes_in_once_and_for_all(guarded: Gate, by: str) -> None:
    if by == "form":
        sent = call(guarded, f"token={TOKEN}".encode(), path="/token", method="POST")
    else:
        sent = call(guarded, path="/projector", query=f"v=1&token={TOKEN}")
    headers = {k: v.decode() for k, v in sent[0]["headers"]}
    assert status(sent) == 303
    assert headers[b"location"] == ("/" if by == "form" else "/projector?v=1")
    cookie = headers[b"set-cookie"]
    assert "httponly" in cookie.lower() and "samesite=lax" in cookie.lower()
    assert TOKEN not in cookie
    assert status(call(guarded, cookie=cookie.partition(";")[0])) == 200


def inside(guarded: Gate) -> str:
    """Return the cookie of one who has told the token."""
    sent = call(guarded, query=f"token={TOKEN}")
    cookie = next(v.decode() for k, v in sent[0]["headers"] if k == b"set-cookie")
    return cookie.partition(";")[0]


def goes_to(sent: list[dict[str, Any]]) -> str:
    assert status(sent) == 303
    return str(dict(sent[0]["headers"])[b"location"].decode())


def test_the_form_leads_on_to_the_link(guarded: Gate) -> None:
    sent = call(guarded, path="/handout", query="v=1&s=baseline&japan_aid=3&token=wrong")
    onward = "/handout?v=1&s=baseline&japan_aid=3"
    assert f"value='{html.escape(onward)}'".encode() in sent[1]["body"]
    body = urlencode({"token": TOKEN, "to": onward}).encode()
    assert goes_to(call(guarded, body, path="/token", method="POST")) == onward
    wrong = urlencode({"token": "guess", "to": onward}).encode()
    sent = call(guarded, wrong, path="/token", method="POST")
    assert status(sent) == 403 and html.escape(onward).encode() in sent[1]["body"]


@pytest.mark.parametrize("to", ["//evil.example", "/\\evil.example", "http://evil.example", ""])
def test_the_form_leads_nowhere_else(guarded: Gate, to: str) -> None:
    body = urlencode({"token": TOKEN, "to": to}).encode()
    assert goes_to(call(guarded, body, path="/token", method="POST")) == "/"


def test_a_header_takes_whatever_the_form_leads_to(guarded: Gate) -> None:
    body = urlencode({"token": TOKEN, "to": "/?a=\u20ac\r\nset-cookie: x"}).encode()
    location = goes_to(call(guarded, body, path="/token", method="POST"))
    assert location.isascii() and location.isprintable() and " " not in location


def test_who_is_inside_may_send_the_form_again(guarded: Gate) -> None:
    cookie = inside(guarded)
    body = urlencode({"token": TOKEN, "to": "/?v=1"}).encode()
    assert goes_to(call(guarded, body, path="/token", method="POST", cookie=cookie)) == "/?v=1"
    assert goes_to(call(guarded, path="/token", cookie=cookie)) == "/"


def test_the_token_leaves_the_address_of_one_who_is_inside(guarded: Gate) -> None:
    cookie = inside(guarded)
    sent = call(guarded, path="/projector", query=f"token={TOKEN}&view.d=1", cookie=cookie)
    assert goes_to(sent) == "/projector?view.d=1"
    assert status(call(guarded, query="view.d=1", cookie=cookie)) == 200


@pytest.mark.parametrize("more", ["token=x", "utm_source=mail&utm_medium=x", "fbclid=1", "gclid"])
def test_what_is_no_setting_does_not_disturb_a_link(more: str) -> None:
    place = read(f"v=1&s=baseline&japan_aid=3&{more}")
    assert place.problem == "" and place == read("v=1&s=baseline&japan_aid=3")
    assert read(more) == read("")


@pytest.mark.parametrize(
    ("host", "port", "token", "said"),
    [
        ("0.0.0.0", 8080, None, "--token"),
        ("192.168.1.5", 8080, None, "--token"),
        ("127.0.0.1", 99999, None, "--port"),
        ("0.0.0.0", 8080, "short", "characters"),
        ("0.0.0.0", 8080, "with space 12", "letters"),
        (" ", 8080, None, "--host"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    host: str, port: int, token: str | None, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        check(host, port, token)


def test_the_command_ends_with_a_usage_error(
    steppe: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = steppe("seminar", "--host", "0.0.0.0")
    assert done.returncode == 2 and "--token" in done.stderr and "Traceback" not in done.stderr


def test_a_taken_port_is_told() -> None:
    with listening("127.0.0.1", 0) as place:
        port = place.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)), listening("127.0.0.1", port):
            pass


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", "http://127.0.0.1:81/?token=abc"),
        ("::1", "http://[::1]:81/?token=abc"),
        ("0.0.0.0", "http://192.168.1.5:81/?token=abc"),
        ("::", "http://[fd00::5]:81/?token=abc"),
    ],
)
def test_the_address_that_is_told_can_be_opened(
    monkeypatch: pytest.MonkeyPatch, host: str, told: str
) -> None:
    own = {"0.0.0.0": "192.168.1.5", "::": "fd00::5"}
    monkeypatch.setattr(app, "reached", own.get)
    assert app.address(host, 81, "abc") == told


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_machine_without_a_network_tells_its_name(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    assert app.reached(host) not in ("", host)

    def nowhere(*_: Any) -> Any:
        raise OSError("no way")

    monkeypatch.setattr(app.socket, "socket", nowhere)
    assert app.reached(host) == app.socket.gethostname()


@pytest.mark.parametrize("starts", [True, False])
def test_the_address_is_told_by_a_server_that_runs(
    monkeypatch: pytest.MonkeyPatch, starts: bool
) -> None:
    @contextlib.asynccontextmanager
    async def life(_: Any) -> AsyncIterator[None]:
        if not starts:
            raise RuntimeError("no memory for the workers")
        yield

    def make(*_: Any, **__: Any) -> Any:
        return FastAPI(lifespan=life)

    told: list[str] = []
    servers: list[app._Server] = []

    def ready(address: str) -> None:
        told.append(address)
        assert servers[0].started
        servers[0].should_exit = True

    plain = app._Server.__init__

    def made(self: app._Server, *given: Any) -> None:
        plain(self, *given)
        servers.append(self)

    monkeypatch.setattr(app._Server, "__init__", made)
    monkeypatch.setattr(app, "make", make)
    monkeypatch.setattr(seminar, "ready", ready)
    with ThreadPoolExecutor(1) as beside:  # no other test's loop runs there
        code = beside.submit(seminar.run, host="127.0.0.1", port=0, token=None).result(60)
    assert code == (DONE if starts else FAILED)
    assert len(told) == starts
