"""The server of the page: routes, who may come in, how large an upload may be."""

from __future__ import annotations

import contextlib
import hmac
import html
import logging
import socket
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from importlib import resources
from typing import Any
from urllib.parse import parse_qs, quote

import uvicorn
from fastapi import FastAPI, Request, Response
from nicegui import Client, ui
from nicegui import app as pages
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steppe.seminar.engine import Engine
from steppe.seminar.page import map as region
from steppe.seminar.page.address import read
from steppe.seminar.page.handout import Handout
from steppe.seminar.page.labels import every
from steppe.seminar.page.palette import VARIANT
from steppe.seminar.page.participants import Projector
from steppe.seminar.page.room import Room
from steppe.seminar.page.screen import Screen

EVERYWHERE = {
    "0.0.0.0": (socket.AF_INET, "192.0.2.1"),
    "::": (socket.AF_INET6, "2001:db8::1"),
}
"""Hosts that stand for all of this machine's addresses, and one for examples beyond each."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_BODY = 1_200_000
"""Bytes of a request's body: a file of 1 MB and what a form puts around it."""
COOKIE = "steppe_seminar"
MOST_FORM = 120_000
"""Bytes of the form with the token: the longest link is part of it."""
RECONNECT = 8.0
"""Seconds for which a page waits for a browser whose line was lost."""
log = logging.getLogger(__name__)


class PortTaken(Exception):
    """The port cannot be used; the message is one sentence."""


class NotStarted(Exception):
    """The server has ended before it began; the message is one sentence."""


def serve(host: str, port: int, token: str | None, *, told: Any = None) -> None:
    """Serve the page until the process is interrupted; ``told(address)`` when it is ready.

    Raises :class:`PortTaken` or :class:`NotStarted`.
    """
    with listening(host, port) as place:
        port = place.getsockname()[1]
        web = make(Engine(), host=host, port=port, token=token)
        config = uvicorn.Config(
            web, host=host, port=port, log_level="error", access_log=False, ws_max_size=2_000_000,
            timeout_graceful_shutdown=3,
        )  # fmt: skip
        server = _Server(config, lambda: told and told(address(host, port, token)))
        try:
            server.run(sockets=[place])
        except SystemExit:  # the web server's own way to say that it could not start
            if server.started:
                raise
        if not server.started:
            raise NotStarted("the seminar could not be started: the reason is above")


class _Server(uvicorn.Server):
    """A web server that says when it takes visitors."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


def address(host: str, port: int, token: str | None) -> str:
    """Return the address to open: this machine's own in the network where all are listened to."""
    shown = reached(host) if host in EVERYWHERE else host
    shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{port}" + (f"/?token={token}" if token else "/")


def reached(host: str) -> str:
    """Return this machine's address in its network, its name where it has none; sends nothing."""
    family, far = EVERYWHERE[host]
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as way:
            way.connect((far, 9))
            return str(way.getsockname()[0])
    except OSError:
        return socket.gethostname()


@contextlib.contextmanager
def listening(host: str, port: int) -> Any:
    """Bind the port before anything is started; :class:`PortTaken` when that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM)
    with contextlib.closing(place):
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            place.bind((host, port))
            place.listen(128)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise PortTaken(
                f"port {port} of {host} cannot be used ({reason}): choose another with --port"
            ) from None
        place.setblocking(False)
        yield place


def make(engine: Engine, *, host: str, port: int, token: str | None) -> ASGIApp:
    """Return the web application around an engine; the engine starts and ends with it."""
    room = Room()

    @contextlib.asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await engine.start()
        try:
            yield
        finally:
            await engine.close()

    web = FastAPI(lifespan=life, openapi_url=None, docs_url=None, redoc_url=None)
    _routes(engine, room)
    ui.run_with(
        web,
        title="steppe seminar",
        favicon=FAVICON,
        language="en-US",
        reconnect_timeout=RECONNECT,
        binding_refresh_interval=None,
        tailwind=False,
        show_welcome_message=False,
        storage_secret=None,
    )
    return Gate(web, host=host, port=port, token=token)


def _routes(engine: Engine, room: Room) -> None:
    """Set the pages and the two files that they fetch."""
    ui.add_head_html(head(), shared=True)

    @ui.page("/")
    def _(request: Request, client: Client) -> None:
        ui.colors(primary=VARIANT)
        Screen(engine, room, read(request.url.query), client)

    @ui.page("/projector", title="steppe seminar, projector")
    def _(request: Request, client: Client) -> None:
        ui.colors(primary=VARIANT)
        Projector(engine, room, read(request.url.query), client)

    @ui.page("/handout", title="steppe seminar, handout")
    def _(request: Request, client: Client) -> None:
        ui.colors(primary=VARIANT)
        Handout(engine, read(request.url.query), client)

    @pages.get("/seminar/series.json", include_in_schema=False)
    def _() -> Response:
        return Response(series_json(), media_type="application/json", headers=_FRESH)

    @pages.get("/seminar/shapes.json", include_in_schema=False)
    def _() -> Response:
        return Response(shapes_json(), media_type="application/json", headers=_FRESH)

    @pages.on_page_exception
    def _(error: Exception) -> None:
        log.error("a page could not be made", exc_info=error)
        ui.label(
            "This page could not be made. Open it again without what follows the question mark."
        )
        ui.link("Open the page anew", "/")


_FRESH = {"Cache-Control": "no-cache"}
FAVICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' "
    "rx='7' fill='#0072B2'/>"
    "<path d='M5 22c5-9 8-9 11-4s6 4 11-7' fill='none' stroke='#fff' stroke-width='3.4' "
    "stroke-linecap='round'/></svg>"
)


def head() -> str:
    """Return style and script of every page, from the package's own files."""
    static = resources.files(__package__) / "static"
    style = (static / "style.css").read_text(encoding="utf-8")
    script = (static / "steppe.js").read_text(encoding="utf-8")
    return f"<style>{style}</style><script>{script}</script>"


@lru_cache(maxsize=1)
def series_json() -> bytes:
    """Return label, title and unit of every series, for the search."""
    return _json([{"label": f.label, "title": f.title, "unit": f.unit} for f in every()])


@lru_cache(maxsize=1)
def shapes_json() -> bytes:
    """Return the outlines of the map."""
    return _json(region.shapes())


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value, separators=(",", ":")).encode()


class Gate:
    """Lets in who may come: names of this machine, the token, bodies that are not too large.

    A page bound to this machine answers to the machine's own names only, so that no website can
    reach it under a name of its own; scripts of other websites get no connection either.
    """

    def __init__(self, inner: ASGIApp, *, host: str, port: int, token: str | None) -> None:
        self.inner, self.token = inner, token
        self.names = None
        if host in LOOPBACK:
            shown = [f"[{name}]" if ":" in name else name for name in LOOPBACK]
            self.names = {*shown, *(f"{name}:{port}" for name in shown)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.inner(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        name = headers.get("host", "")
        if self.names is not None and name not in self.names:
            await _refuse(
                scope,
                send,
                421,
                "This address is not the seminar's: open http://127.0.0.1 with its port.",
            )
            return
        origin = headers.get("origin")
        if origin and origin.partition("://")[2] != name:
            await _refuse(scope, send, 403, "Another website may not use this page.")
            return
        if self.token is not None and not self._known(headers):
            await self._ask(scope, receive, send)
            return
        if self.token is not None and scope["type"] == "http":
            request = Request(scope, receive)
            if request.url.path == "/token":  # a second form of one who is inside
                _, onward = await _told(request)
                await _go(onward)(scope, receive, send)
                return
            if request.method in ("GET", "HEAD") and _names_token(request.url.query):
                await _go(_place(request))(scope, receive, send)
                return
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BODY:
            await _refuse(
                scope, send, 413, "The file is larger than 1 MB: this is no scenario file."
            )
            return
        await self.inner(scope, _limited(receive) if scope["type"] == "http" else receive, send)

    def _known(self, headers: dict[str, str]) -> bool:
        """Return whether the request carries the cookie of one who has told the token."""
        cookies = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
        return any(
            name == COOKIE and hmac.compare_digest(value.encode(), self._mark())
            for name, _, value in cookies
        )

    def _mark(self) -> bytes:
        assert self.token is not None
        key = hmac.new(self.token.encode(), b"steppe seminar", "sha256")
        return key.hexdigest().encode()

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the token from a form or from the address, else show the form."""
        request = Request(scope, receive) if scope["type"] == "http" else None
        if request is None:
            await _refuse(scope, send, 403, "The token is missing.")
            return
        given, onward = await _told(request)
        wrong = given is not None
        assert self.token is not None
        if given is not None and hmac.compare_digest(given.encode(), self.token.encode()):
            response = _go(onward)
            # lax, so that a link in a mail or a chat comes in; sockets are held by their origin
            response.set_cookie(
                COOKIE, self._mark().decode(), httponly=True, samesite="lax", max_age=7 * 86400
            )
            await response(scope, receive, send)
            return
        if wrong:
            import asyncio

            await asyncio.sleep(0.5)  # guessing takes time
        text = "This token is not right." if wrong else ""
        form = _form(text, onward)
        await Response(form, status_code=403 if wrong else 401, media_type="text/html")(
            scope, receive, send
        )


async def _told(request: Request) -> tuple[str | None, str]:
    """Return the token that is told, None where none is, and the address to go on to."""
    if request.url.path != "/token":
        return request.query_params.get("token"), _place(request)
    if request.method != "POST":
        return None, "/"
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_FORM:
            return "", "/"
    form = parse_qs(body.decode("latin-1"))
    return form.get("token", [""])[0], _inside(form.get("to", ["/"])[0])


def _names_token(query: str) -> bool:
    return any(part.partition("=")[0] == "token" for part in query.split("&"))


def _place(request: Request) -> str:
    """Return path and query of an address, without the token."""
    parts = (p for p in request.url.query.split("&") if p and not _names_token(p))
    rest = "&".join(parts)
    return _inside(request.url.path + ("?" + rest if rest else ""))


def _inside(place: str) -> str:
    """Return an address of this server, '/' for one that leads elsewhere."""
    if not place.startswith("/") or place[1:2] in ("/", "\\"):
        return "/"
    return quote(place, safe="/?&=%~_-.,:;+!*'()@$[]")


def _go(place: str) -> Response:
    return Response(status_code=303, headers={"Location": place})


def _form(problem: str, onward: str) -> str:
    return (
        "<!doctype html><html lang='en'><meta name='viewport' "
        "content='width=device-width'><title>steppe seminar</title>"
        "<style>body{font:18px/1.5 sans-serif;margin:15vh auto;max-width:22em;padding:0 "
        "1em;color:#1f2328}"
        "input,button{font:inherit;padding:.5em .8em;border:1px solid "
        "#8a929b;border-radius:8px;width:100%;"
        "box-sizing:border-box;margin-top:.5em}button{background:#0072b2;color:#fff;border:0}.bad{color:#a3200d}</style>"
        "<h1>steppe seminar</h1><form method='post' action='/token'><label for='token'>Token of "
        "this seminar</label>"
        "<input id='token' name='token' type='password' autofocus required autocomplete='off'>"
        f"<input type='hidden' name='to' value='{html.escape(onward)}'>"
        f"<p class='bad' role='alert'>{html.escape(problem)}</p><button>Come "
        "in</button></form></html>"
    )


def _limited(receive: Receive) -> Receive:
    """Cut a body off that grows beyond the limit, whatever its header said."""
    seen = 0

    async def take() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > MOST_BODY:
                return {"type": "http.disconnect"}
        return message

    return take


async def _refuse(scope: Scope, send: Send, status: int, sentence: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": sentence[:100]})
        return
    body = sentence.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
