// Lever cards of one actor at a time: native sliders, so that keyboard and screen readers work.
export default {
  template: `
  <section class="levers" aria-label="Levers">
    <div class="actors" role="group" aria-label="Whose levers">
      <button v-for="a in actors" :key="a.code" type="button" class="chip" :class="{on: a.code === actor}"
        :aria-pressed="String(a.code === actor)" @click="actor = a.code">{{ a.title
        }}<span v-if="moved(a.code)" class="count">{{ moved(a.code) }}<span class="hidden"> moved</span></span></button>
    </div>
    <div class="cards">
      <article v-for="c in shown" :key="c.parameter" class="lever" :class="{moved: c.parameter in now}"
        :data-lever="c.parameter">
        <div class="lever-head">
          <label :for="'lever-' + c.id">{{ c.title }}</label>
          <output :for="'lever-' + c.id">{{ text(c, value(c)) }}</output>
        </div>
        <div class="rail" :style="rail(c)">
          <input type="range" :id="'lever-' + c.id" :min="c.low" :max="c.high" :step="c.step"
            :value="value(c)" :aria-valuetext="spoken(c)" @input="slide(c, $event)"
            @change="release(c, $event)" @pointerup="finish(c, $event)"
            @pointercancel="finish(c, $event)" @blur="finish(c, $event)" @keydown="jump(c, $event)">
          <span v-for="l in c.levels" :key="l.value" class="dot" :style="{left: at(c, l.value)}"
            :title="l.name + ': ' + text(c, l.value)" @click="set(c, l.value)"></span>
        </div>
        <div class="lever-foot">
          <span class="level">{{ level(c) }}</span>
          <button v-if="c.parameter in now" type="button" class="quiet"
            :aria-label="'Put back: ' + c.title" @click="rest(c)">Put back</button>
          <button type="button" class="quiet" :aria-label="'What is it: ' + c.title"
            @click="$emit('explain', {parameter: c.parameter})">What is it?</button>
        </div>
      </article>
      <p v-if="!shown.length" class="empty">No lever of this actor is on the page.</p>
    </div>
  </section>`,
  props: { cards: Array, actors: Array, values: Object, first: String },
  emits: ["preview", "move", "explain"],
  data() {
    return { actor: this.first || (this.actors[0] || {}).code, now: { ...this.values }, held: null, timer: 0 };
  },
  watch: {
    values(next) {
      const kept = this.held !== null && this.held in this.now ? { [this.held]: this.now[this.held] } : {};
      this.now = { ...next, ...kept };
    },
  },
  computed: {
    shown() {
      return this.cards.filter((c) => c.actor === this.actor);
    },
  },
  methods: {
    value(c) {
      return c.parameter in this.now ? this.now[c.parameter] : c.default;
    },
    moved(code) {
      return this.cards.filter((c) => c.actor === code && c.parameter in this.now).length;
    },
    text(c, value) {
      return window.steppe.amount(value, c.unit);
    },
    spoken(c) {
      const name = this.level(c);
      return this.text(c, this.value(c)) + (name ? ", " + name : "");
    },
    level(c) {
      const near = c.levels.find((l) => Math.abs(l.value - this.value(c)) < c.step / 2);
      return near ? near.name : c.parameter in this.now ? "" : "at rest";
    },
    part(c, value) {
      return Math.min(1, Math.max(0, (value - c.low) / (c.high - c.low)));
    },
    at(c, value) {
      return `calc(${this.part(c, value)} * (100% - 20px) + 10px)`;
    },
    rail(c) {
      const a = this.part(c, c.default), b = this.part(c, this.value(c));
      return { "--from": `${100 * Math.min(a, b)}%`, "--to": `${100 * Math.max(a, b)}%`, "--rest": `${100 * a}%` };
    },
    keep(c, value) {
      this.now = { ...this.now, [c.parameter]: value };
    },
    slide(c, event) {
      this.held = c.parameter;
      const value = Number(event.target.value);
      this.keep(c, value);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.$emit("preview", { parameter: c.parameter, value }), 120);
    },
    release(c, event) {
      const value = Number(event.target.value);
      if (this.held === c.parameter || value !== this.value(c)) this.set(c, value);
    },
    // A slider that was dragged out and back fires no change: its end is that of the hand.
    finish(c, event) {
      if (this.held === c.parameter) this.set(c, Number(event.target.value));
    },
    set(c, value) {
      clearTimeout(this.timer);
      this.held = null;
      if (Math.abs(value - c.default) < c.step / 2) this.forget(c);
      else this.keep(c, value);
      this.$emit("move", { parameter: c.parameter, value });
    },
    forget(c) {
      const { [c.parameter]: _, ...others } = this.now;
      this.now = others;
    },
    rest(c) {
      clearTimeout(this.timer);
      this.held = null;
      this.forget(c);
      this.$emit("move", { parameter: c.parameter, value: null });
    },
    jump(c, event) {
      if (event.key !== "PageUp" && event.key !== "PageDown") return;
      const stops = c.levels.map((l) => l.value).sort((a, b) => a - b);
      const next = event.key === "PageUp"
        ? stops.find((v) => v > this.value(c) + c.step / 2)
        : stops.reverse().find((v) => v < this.value(c) - c.step / 2);
      if (next === undefined) return;
      event.preventDefault();
      this.set(c, next);
    },
    show(actor) {
      this.actor = actor;
    },
  },
};
