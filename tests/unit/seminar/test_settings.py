"""Settings as scenarios, links and files; what a stranger may send; undo and redo."""

from __future__ import annotations

import random
import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steppe import scenario
from steppe.clock import Quarter
from steppe.scenario import Problems
from steppe.scenario.source import parse
from steppe.seminar import catalogue
from steppe.seminar.settings import (
    ACTS_FROM,
    FIRST_SHOCK,
    LAST_SHOCK,
    MOST_LINK,
    MOST_SHOCKS,
    History,
    Settings,
    Shock,
    describe,
    from_link,
    from_yaml,
    hash_of,
    history_hash,
    scenario_of,
    scenarios,
    to_link,
    to_yaml,
)

AID = "japan.concessional_budget"
SANCTIONS = Shock("iran_sanctions", Quarter.of(2027), 1.0, 8)


@st.composite
def any_shock(draw: st.DrawFn) -> Shock:
    kind = draw(st.sampled_from(catalogue.shocks()))
    start = Quarter(draw(st.integers(FIRST_SHOCK.ordinal, LAST_SHOCK.ordinal)))
    lasting = st.integers(kind.shortest, kind.longest)
    duration = draw(st.one_of(lasting, st.none()) if kind.may_stay else lasting)
    return Shock(kind.id, start, draw(st.floats(kind.low, kind.high)), duration)


@st.composite
def any_settings(draw: st.DrawFn) -> Settings:
    cards = draw(st.lists(st.sampled_from(catalogue.levers()), unique=True, max_size=5))
    chosen = Settings(draw(st.sampled_from(sorted(scenarios()))))
    for card in cards:
        chosen = chosen.with_lever(card.parameter, draw(st.floats(card.low, card.high)))
    for shock in draw(st.lists(any_shock(), max_size=3)):
        chosen = chosen.with_shock(shock)
    from_ = Quarter(draw(st.integers(FIRST_SHOCK.ordinal, LAST_SHOCK.ordinal)))
    return replace(chosen, acts_from=draw(st.sampled_from([ACTS_FROM, from_])))


@given(any_settings())
def test_a_link_gives_the_settings_back(chosen: Settings) -> None:
    link = to_link(chosen)
    assert from_link(link) == chosen
    assert from_link(f"?{link}") == chosen
    assert set(link) <= set(string.ascii_letters + string.digits + "=&~_-.+%")


@settings(max_examples=25)
@given(any_settings())
def test_a_saved_file_is_the_same_scenario(chosen: Settings) -> None:
    text = to_yaml(chosen, "Saved: a title")
    loaded, own = scenario.loads(text), scenario_of(chosen)
    for part in ("horizon", "members", "seed", "set", "uncertainties", "correlations", "levers"):
        assert getattr(loaded, part) == getattr(own, part)
    assert loaded.events == own.events
    assert from_yaml(text, "saved.yaml") == chosen
    assert from_yaml(text.encode(), "saved.yaml") == chosen


def test_levers_act_by_a_step_from_the_present() -> None:
    chosen = Settings("chabahar_completion").with_lever(AID, 3.0).with_shock(SANCTIONS)
    events = {e.id: e for e in scenario_of(chosen).events}
    lever = events["lever_japan_aid"]
    assert (lever.target, lever.shape, lever.times, lever.start) == (AID, "step", 3.0, ACTS_FROM)
    shock = events["shock_1_iran_sanctions_1"]
    assert (shock.shape, shock.to, shock.duration) == ("pulse", 1.0, 8.0)
    assert "rail" in events  # the scenario's own stay


def test_the_order_of_moves_does_not_matter() -> None:
    late = Shock("gas_slump", Quarter.of(2030), 0.5, 4)
    one = Settings().with_lever(AID, 2.0).with_lever("china.budget", 0.5)
    other = Settings().with_lever("china.budget", 0.5).with_lever(AID, 2.0)
    assert one == other and hash(one) == hash(other)
    assert one.with_shock(late).with_shock(SANCTIONS) == other.with_shock(SANCTIONS).with_shock(
        late
    )
    assert one.with_lever(AID, None).with_lever("china.budget", None) == Settings()
    assert one.with_shock(late).without_shock(0) == one


def test_scenarios_share_the_years_before_the_present() -> None:
    moved = Settings().with_lever(AID, 2.0)
    assert hash_of(moved) != hash_of(Settings())
    assert history_hash(moved) == history_hash(Settings())
    assert history_hash(Settings("chabahar_completion")) == history_hash(Settings())
    assert history_hash(Settings("iran_sanctions_snapback")) != history_hash(Settings())


def test_every_offered_scenario_can_be_paired_with_the_baseline() -> None:
    base = scenario_of(Settings())
    assert next(iter(scenarios())) == "baseline"
    assert "backcast_2000" not in scenarios()
    for name in scenarios():
        case = scenario_of(Settings(name))
        assert (case.horizon.start, case.seed) == (base.horizon.start, base.seed)


BAD_LINKS = {
    "v=2": "another version",
    "s=../../etc/passwd": "no scenario",
    "s=backcast_2000": "no scenario",
    "s=baseline&s=baseline": "twice",
    "japan_aid=nan": "needs a number",
    "japan_aid=inf": "needs a number",
    "japan_aid=1e999": "must lie between",
    "japan_aid=0x10": "needs a number",
    "japan_aid=-1": "must lie between",
    "japan_aid=4.001": "must lie between",
    "japan_aid=1&japan_aid=2": "twice",
    "japan_aid=": "needs a number",
    "japan_aid=" + "9" * 400: "needs a number",
    "trade.elasticity=3": "not here",
    "<script>alert(1)</script>=1": "not here",
    "from=2025Q4": "act from",
    "from=1": "a quarter",
    "x=iran_sanctions": "damaged",
    "x=iran_sanctions~2027Q1~1~8~9": "damaged",
    "x=meteor~2027Q1~1~8": "no kind of shock",
    "x=iran_sanctions~2050Q1~1~8": "must begin between",
    "x=iran_sanctions~2027Q5~1~8": "a quarter",
    "x=iran_sanctions~2027Q1~7~8": "must lie between",
    "x=iran_sanctions~2027Q1~1~0": "lasts",
    "x=iran_sanctions~2027Q1~1~-3": "duration",
    "x=kyrgyz_unrest~2027Q1~1~stays": "for good",
    "&".join(["x=iran_sanctions~2027Q1~1~8"] * (MOST_SHOCKS + 1)): "at most",
    "&".join(f"a{i}=1" for i in range(500)): "damaged",
    "y=AAAA": "damaged",
    "y=AAAA&s=baseline": "two scenarios",
    "y=é": "damaged",
    "%FF=1": "damaged",
    "nonsense": "damaged",
    "a" * (MOST_LINK + 1): "too long",
}


@pytest.mark.parametrize("link", BAD_LINKS)
def test_a_crafted_link_gets_one_sentence(link: str) -> None:
    with pytest.raises(ValueError, match=BAD_LINKS[link]) as raised:
        from_link(link)
    told = str(raised.value)
    assert "\n" not in told and len(told) < 250


@given(st.text(max_size=300))
def test_any_text_is_a_link_or_refused_in_a_sentence(text: str) -> None:
    try:
        from_link(text)
    except ValueError as error:
        assert "\n" not in str(error)


def test_a_link_with_a_bomb_is_refused_before_it_expands() -> None:
    import zlib
    from base64 import urlsafe_b64encode

    packed = zlib.compress(b"a: 1\n" * 2_000_000, 9)
    link = "y=" + urlsafe_b64encode(packed).decode().rstrip("=")
    with pytest.raises(ValueError, match="damaged|too long"):
        from_link(link)


def test_an_empty_link_is_the_baseline() -> None:
    assert from_link("") == from_link("?") == Settings()


# --- files ---------------------------------------------------------------------------------------

OPENED = """\
title: A file of one's own
extends: baseline
events:
  - {id: aid, target: japan.concessional_budget, shape: step, times: 2, start: 2027Q1}
"""


def test_a_file_of_ones_own_is_opened_beside_levers() -> None:
    opened = from_yaml(OPENED, "own.yaml")
    assert opened == Settings(opened=OPENED)
    moved = opened.with_lever("china.budget", 0.5)
    assert [e.id for e in scenario_of(moved).events][-2:] == ["aid", "lever_china_purse"]
    again = from_yaml(to_yaml(moved, "Saved"), "saved.yaml")
    assert hash_of(again) == hash_of(moved)
    assert from_link(to_link(moved)) == moved
    assert describe(moved).startswith("A file of one's own")


def test_a_file_is_parsed_once() -> None:
    scenario_of(Settings())  # what it extends
    before = parse.cache_info().misses
    scenario_of(Settings(opened=OPENED.replace("own", "own, read once")))
    assert parse.cache_info().misses == before + 1


def test_a_saved_file_changed_by_hand_counts_as_written() -> None:
    text = to_yaml(Settings().with_lever(AID, 2.0), "Saved")
    changed = text.replace("times: 2.0", "times: 3.0")
    assert changed != text
    opened = from_yaml(changed, "saved.yaml")
    assert opened.opened == changed
    lever = next(e for e in scenario_of(opened).events if e.id == "lever_japan_aid")
    assert lever.times == 3.0


BAD_FILES = {
    "bomb": ("a: &a [x, x]\nb: [*a, *a]\n", "anchors"),
    "deep": ("title: x\nevents: " + "[" * 40, "nested"),
    "tag": ("title: !!python/object/apply:os.system [ls]\n", "tags"),
    "list": ("- a\n- b\n", "key: value"),
    "empty": ("", "empty"),
    "types": ("title: 3\nextends: baseline\nensemble: {members: many}\n", "3:21"),
    "unknown": ("title: x\nextends: baseline\nset: {japan.luck: 3}\n", "unknown parameter"),
    "another file": ("title: x\nextends: ../../../etc/passwd\n", "shipped scenario only"),
    "a path": ("title: x\nextends: ./baseline.yaml\n", "shipped scenario only"),
    "absolute": ("title: x\nextends: /etc/passwd\n", "shipped scenario only"),
    "no parent": ("title: x\nextends: nowhere\n", "shipped scenario only"),
    "backcast": ("title: x\nextends: backcast_2009\n", "compared with the baseline"),
    "too short": ("title: x\nextends: baseline\nhorizon: {end: 2026Q1}\n", "must reach"),
    "control": ("title: x\x00\nextends: baseline\n", "not allow"),
    "many": (
        "title: x\nextends: baseline\nevents:\n"
        + "".join(
            f"  - {{id: e{i}, target: {AID}, shape: step, to: 0, start: 2030Q1}}\n"
            for i in range(400)
        ),
        "too many",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_hostile_file_is_refused_at_its_line(name: str) -> None:
    text, words = BAD_FILES[name]
    with pytest.raises(Problems, match=words) as raised:
        from_yaml(text, "../up/bad.yaml")
    first = raised.value.problems[0]
    assert first.file == "bad.yaml"
    assert "Traceback" not in str(raised.value)


def test_a_huge_or_binary_file_is_refused_at_once() -> None:
    with pytest.raises(Problems, match="larger than 1 MB"):
        from_yaml(b"a" * 50_000_000, "huge.yaml")
    with pytest.raises(Problems, match="UTF-8"):
        from_yaml(b"title: \xff\xfe", "binary.yaml")


def test_random_damage_to_a_file_is_a_problem_or_a_scenario() -> None:
    whole = to_yaml(Settings("chabahar_completion").with_shock(SANCTIONS), "Saved")
    chance = random.Random(1)
    for _ in range(60):
        place = chance.randrange(len(whole))
        text = whole[:place] + chance.choice("{}[]:&*!%\n\t'\"x9") + whole[place + 1 :]
        try:
            hash_of(from_yaml(text, "damaged.yaml"))
        except Problems as error:
            assert error.problems


def test_settings_that_no_page_makes_have_no_scenario() -> None:
    for wrong in (
        Settings("nowhere"),
        Settings(levers=(("japan.luck", 1.0),)),
        Settings(levers=((AID, float("nan")),)),
        Settings(levers=((AID, 1.0), (AID, 2.0))),
        Settings(acts_from=Quarter.of(2020)),
        Settings(opened="title: [x"),
    ):
        with pytest.raises(ValueError):
            scenario_of(wrong)


def test_a_title_cannot_break_a_saved_file() -> None:
    for title in (
        "",
        "x" * 1_000,
        'a: "b" #c',
        "a\nextends: no\r\n",
        "\x00\x85",
        "- [",
        "über 90 %",
    ):
        assert (
            from_yaml(to_yaml(Settings().with_lever(AID, 2.0), title), "t.yaml").lever(AID) == 2.0
        )


# --- undo ----------------------------------------------------------------------------------------


def test_undo_redo_and_reset() -> None:
    history = History()
    assert not history.can_undo and history.last_change == ""
    one = history.change(Settings().with_lever(AID, 2.0))
    assert history.before == Settings()
    assert history.last_change == "Japan's aid: × 2"
    two = history.change(one.with_shock(SANCTIONS))
    assert history.change(two) is two  # nothing new, nothing to undo
    assert history.undo() == one
    assert history.undo() == Settings() == history.undo()
    assert history.redo() == one
    assert history.redo() == two == history.redo()
    assert history.reset() == Settings()
    assert history.undo() == two
    history.change(one)
    assert not history.can_redo


@given(st.lists(st.sampled_from(["change", "undo", "redo", "reset"]), max_size=30))
def test_undo_and_redo_never_lose_a_step(moves: list[str]) -> None:
    history, past, future = History(), [], []
    for number, move in enumerate(moves):
        now = history.now
        if move == "change":
            history.change(Settings().with_lever(AID, number / 10))
        elif move == "reset":
            history.reset()
        elif move == "undo":
            history.undo()
            if past:
                assert history.now == past.pop()
                future.append(now)
            continue
        else:
            history.redo()
            if future:
                assert history.now == future.pop()
                past.append(now)
            continue
        if history.now != now:
            past.append(now)
            future.clear()


def test_changes_are_told_in_words() -> None:
    moved = Settings().with_lever(AID, 3.0)
    assert describe(moved, Settings()) == "Japan's aid: × 3, the surge of 2003-04"
    assert describe(Settings(), moved) == "Japan's aid: at rest"
    shocked = moved.with_shock(SANCTIONS)
    assert "Sanctions on Iran" in describe(shocked, moved)
    assert describe(moved, shocked).startswith("without Sanctions on Iran")
    assert describe(moved, moved) == "nothing is changed"
