"""A visit to docs/examples/solara_page.py without a browser, by Solara's own renderer.

    python solara_session.py PAGE

Runs in the environment of the extra ``solara``; prints what was seen as one JSON object.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import ipyvuetify as v
import ipywidgets
import solara


def page(path: str) -> Any:
    """Return the module of a page."""
    spec = importlib.util.spec_from_file_location("solara_page", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Visit:
    """What a visitor sees and does."""

    def __init__(self, element: Any) -> None:
        layout = solara.AppLayout(children=[element])  # as `solara run` lays a page out
        self.box, self.rc = solara.render(layout, handle_error=False)

    def figures(self) -> list[str]:
        """Return the hashes of all pictures, in order."""
        found = [w.value for w in self._all(ipywidgets.Image)]
        return [hashlib.sha256(value).hexdigest()[:12] for value in found]

    def words(self) -> str:
        """Return every text on the page."""
        return "\n".join(_texts(self.box))

    def press(self, label: str) -> None:
        """Press the button with a label."""
        (button,) = (b for b in self._all(v.Btn) if label in (b.children or ()))
        button.click()

    def move(self, label: str, value: float) -> None:
        """Move the slider with a label."""
        (slider,) = (s for s in self._all(v.Slider) if s.label == label)
        slider.v_model = value

    def wait(self, before: list[str]) -> list[str]:
        """Return the pictures once all of them are others than before."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            now = self.figures()
            if len(now) == len(before) and all(a != b for a, b in zip(now, before, strict=True)):
                return now
            time.sleep(0.1)
        raise TimeoutError(f"the pictures did not change: {before} and {self.figures()}")

    def _all(self, kind: type) -> list[Any]:
        return list(self.rc.find(kind).widgets)


def _texts(widget: Any) -> Iterator[str]:
    """Yield the texts of a widget and of those in it, and the labels of inputs."""
    if isinstance(widget, str):
        yield widget
        return
    yield from filter(None, [getattr(widget, "label", None)])
    slots = [slot.get("children") for slot in getattr(widget, "v_slots", ())]
    for part in (getattr(widget, "children", None), *slots):
        for one in part if isinstance(part, list | tuple) else [part]:
            if one is not None:
                yield from _texts(one)


def main() -> None:
    module = page(sys.argv[1])
    visit = Visit(module.Page)
    seen: dict[str, Any] = {"words": visit.words(), "first": visit.figures()}
    visit.press("Step")
    seen["step"], seen["words after"] = visit.wait(seen["first"]), visit.words()
    visit.press("Reset")
    visit.press("Step")
    seen["again"] = visit.wait(seen["first"])
    visit.move("Uzbekistan in the EAEU", 1.0)
    visit.press("Reset")
    visit.press("Step")
    seen["moved"] = visit.wait(seen["first"])
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
