// The timeline: a bar a shock, moved by dragging or with the arrow keys.
export default {
  template: `
  <section class="timeline" aria-label="Timeline of shocks">
    <div class="track" ref="track" :style="{height: 34 + 27 * Math.max(1, rows) + 'px'}">
      <span v-for="y in years" :key="y" class="year" :style="{left: at(y * 4)}">{{ y }}</span>
      <span v-for="y in years" :key="'t' + y" class="tick" :style="{left: at(y * 4)}"></span>
      <div v-for="(s, i) in now" :key="i" class="bar" role="slider" tabindex="0"
        :aria-label="s.title + ', begins'" :aria-valuemin="first" :aria-valuemax="last"
        :aria-valuenow="s.start" :aria-valuetext="quarter(s.start)" :data-shock="s.kind"
        :style="{left: at(s.start), width: width(s), top: 26 + 27 * lane(i) + 'px'}"
        :title="s.title + ': ' + quarter(s.start) + ', ' + length(s)"
        @pointerdown="grab(i, $event)" @pointermove="drag" @pointerup="drop" @pointercancel="drop"
        @keydown="key(i, $event)"><span>{{ s.title }}</span></div>
      <p v-if="!now.length" class="hint">No shocks yet: add a dated shock and drag it here.</p>
    </div>
  </section>`,
  props: { shocks: Array, first: Number, last: Number, end: Number },
  emits: ["shift", "remove", "edit"],
  data() {
    return { now: this.shocks.map((s) => ({ ...s })), held: null };
  },
  watch: {
    shocks(next) {
      if (this.held === null) this.now = next.map((s) => ({ ...s }));
    },
  },
  computed: {
    rows() {
      return Math.max(0, ...this.lanes.map((l) => l + 1));
    },
    years() {
      const from = Math.ceil(this.first / 4), to = Math.floor(this.end / 4);
      return Array.from({ length: Math.floor((to - from) / 2) + 1 }, (_, i) => from + 2 * i);
    },
    lanes() {
      const free = [], found = [];
      this.now.forEach((s) => {
        const until = s.start + Math.max(this.quarters(s), 9); // room for the name
        let lane = free.findIndex((end) => end <= s.start);
        if (lane < 0) lane = free.length;
        free[lane] = until;
        found.push(lane % 3);
      });
      return found;
    },
  },
  methods: {
    at(ordinal) {
      return `${(100 * (ordinal - this.first)) / (this.end - this.first)}%`;
    },
    quarters(s) {
      return s.duration === null ? this.end - s.start : Math.min(s.duration, this.end - s.start);
    },
    width(s) {
      return `${(100 * this.quarters(s)) / (this.end - this.first)}%`;
    },
    lane(i) {
      return this.lanes[i];
    },
    quarter(ordinal) {
      return window.steppe.quarter(ordinal);
    },
    length(s) {
      return s.duration === null ? "for good" : window.steppe.span(s.duration);
    },
    clamp(start) {
      return Math.min(this.last, Math.max(this.first, Math.round(start)));
    },
    grab(i, event) {
      this.held = { i, x: event.clientX, start: this.now[i].start, moved: false };
      event.target.setPointerCapture?.(event.pointerId);
    },
    drag(event) {
      if (this.held === null) return;
      const step = this.$refs.track.clientWidth / (this.end - this.first);
      const start = this.clamp(this.held.start + (event.clientX - this.held.x) / step);
      this.held.moved ||= start !== this.held.start;
      this.now[this.held.i].start = start;
    },
    drop() {
      if (this.held === null) return;
      const { i, moved } = this.held;
      this.held = null;
      if (moved) this.$emit("shift", { index: i, start: this.now[i].start });
      else this.$emit("edit", { index: i });
    },
    key(i, event) {
      const step = event.shiftKey ? 4 : 1;
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        const start = this.clamp(this.now[i].start + (event.key === "ArrowLeft" ? -step : step));
        if (start !== this.now[i].start) {
          this.now[i].start = start;
          this.$emit("shift", { index: i, start });
        }
      } else if (event.key === "Delete") this.$emit("remove", { index: i });
      else if (event.key === "Enter") this.$emit("edit", { index: i });
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  },
};
