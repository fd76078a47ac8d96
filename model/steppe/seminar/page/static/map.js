// The map: links by flow, hosts by influence share, a time slider and play.
let known = null;
function shapes() {
  known ||= fetch("/seminar/shapes.json").then((r) => r.json()).catch(() => { known = null; return null; });
  return known;
}
const WIDEST = 15, HAIR = 0.9;

export default {
  template: `
  <div class="map">
    <svg v-if="shapes" :viewBox="box" preserveAspectRatio="xMidYMid meet" role="img" :aria-label="spoken" ref="svg">
      <rect x="-9000" y="-9000" width="18000" height="18000" class="sea"></rect>
      <path :d="shapes.land" class="land"></path>
      <path v-for="h in shapes.hosts" :key="h.code" :d="h.d" class="host"
        :style="{fill: colours[power], fillOpacity: tint(h.code)}"></path>
      <path v-for="h in shapes.hosts" :key="'b' + h.code" :d="h.d" class="border"></path>
      <text v-for="c in countries" :key="c.name" :x="c.x" :y="c.y" class="country" :font-size="13 * km">{{ c.name }}</text>
      <path v-for="l in idle" :key="'i' + l.code" :d="l.d" class="idle"></path>
      <path v-for="l in drawn" :key="l.code" :d="l.d" class="flow" :stroke="l.colour" :stroke-width="l.width"><title>{{ l.title }}: {{ l.told }}</title></path>
      <g v-for="n in marks" :key="n.title"><circle :cx="n.x" :cy="n.y" :r="3.2 * km" class="node"></circle>
        <text :x="n.x + n.dx * 7 * km" :y="n.y + n.dy * 12 * km + 4.5 * km" :text-anchor="n.anchor" class="place" :font-size="12.5 * km" :stroke-width="3 * km">{{ n.title }}</text></g>
      <g v-for="r in rings" :key="'r' + r.code" :transform="'translate(' + r.x + ' ' + r.y + ') scale(' + km * ring + ')'">
        <circle r="27" class="plate"></circle>
        <path v-for="a in r.arcs" :d="a.d" :fill="a.colour"><title>{{ a.told }}</title></path>
        <circle r="15.5" class="hub"></circle>
        <text y="4.6" class="share">{{ r.text }}</text>
      </g>
    </svg>
    <div class="map-side">
      <label class="pick">Number and tint: influence of
        <select v-model="power" aria-label="Whose influence"><option v-for="p in powers" :key="p.code" :value="p.code">{{ p.title }}</option></select></label>
      <ul class="key"><li v-for="p in powers" :key="p.code"><i :style="{background: colours[p.code]}"></i>{{ p.title }}</li>
        <li><i :style="{background: autonomy}"></i>the host itself</li></ul>
      <div class="switch" role="group" aria-label="What the lines show">
        <button type="button" :aria-pressed="String(!change)" :class="{on: !change}" @click="change = false">Flow</button>
        <button type="button" :aria-pressed="String(change)" :class="{on: change}" @click="change = true">Change</button></div>
      <ul class="key" v-if="!change"><li v-for="m in modes" :key="m.mode"><i class="dash" :style="{background: m.colour}"></i>{{ m.mode }}</li></ul>
      <ul class="key" v-else><li><i class="dash" :style="{background: more}"></i>more than baseline</li><li><i class="dash" :style="{background: less}"></i>less than baseline</li></ul>
      <p class="scale"><i :style="{height: scaleWidth + 'px'}"></i>{{ scaleText }}</p>
      <div class="switch" role="group" aria-label="Part of the map">
        <button type="button" :aria-pressed="String(near)" :class="{on: near}" @click="near = true">Hosts</button>
        <button type="button" :aria-pressed="String(!near)" :class="{on: !near}" @click="near = false">All links</button></div>
    </div>
    <div class="map-time">
      <button type="button" class="play" :aria-label="playing ? 'Pause' : 'Play'" @click="toggle"><i class="material-icons" aria-hidden="true">{{ playing ? 'pause' : 'play_arrow' }}</i></button>
      <input type="range" min="0" :max="last" step="1" :value="place" aria-label="Quarter" :aria-valuetext="when" @input="go">
      <output>{{ when }}</output>
    </div>
  </div>`,
  props: { frames: Object, powers: Array, colours: Object, autonomy: String, modeColours: Object, other: String, more: String, less: String },
  data() {
    return { shapes: null, place: 0, power: "JPN", change: false, near: true, playing: 0, width: 900, height: 500 };
  },
  async mounted() {
    this.place = this.last;
    this.shapes = await shapes();
    this.watcher = new ResizeObserver(() => this.measure());
    this.watcher.observe(this.$el);
    await this.$nextTick();
    this.measure();
  },
  unmounted() {
    this.watcher?.disconnect();
    this.stop();
  },
  watch: {
    last(now, before) {
      if (this.place === before || this.place > now) this.place = now;
    },
  },
  computed: {
    last() {
      return Math.max(0, (this.frames?.quarters || []).length - 1);
    },
    view() {
      return this.shapes ? (this.near ? this.shapes.near : this.shapes.whole) : [0, 0, 1, 1];
    },
    box() {
      return this.view.join(" ");
    },
    km() { // of one pixel
      return Math.max(this.view[2] / this.width, this.view[3] / this.height);
    },
    ring() { // smaller where the map is
      return Math.min(1, Math.max(0.7, this.width / 600));
    },
    when() {
      const q = (this.frames?.quarters || [])[this.place];
      return q === undefined ? "" : window.steppe.quarter(q);
    },
    largest() {
      return (this.change ? this.frames?.most_change : this.frames?.most) || 0;
    },
    lines() {
      return (this.shapes?.links || []).map((l) => {
        const own = this.frames?.links?.[l.code];
        const now = own?.v?.[this.place] ?? 0, before = own?.b?.[this.place] ?? 0;
        const value = this.change ? now - before : now;
        const width = this.largest > 0 ? (WIDEST * Math.abs(value)) / this.largest : 0;
        const colour = this.change ? (value > 0 ? this.more : this.less) : this.modeColours[l.mode] || this.other;
        const sign = this.change && value > 0 ? "+" : "";
        return { ...l, width, colour, told: `${sign}${window.steppe.number(value)} Mt a year` };
      });
    },
    drawn() {
      return this.lines.filter((l) => l.width >= 0.25).sort((a, b) => b.width - a.width);
    },
    idle() {
      return this.lines.filter((l) => l.width < HAIR);
    },
    modes() {
      const shown = new Set((this.shapes?.links || []).map((l) => l.mode));
      return Object.entries(this.modeColours).filter(([m]) => shown.has(m)).map(([mode, colour]) => ({ mode, colour }));
    },
    countries() {
      const [x, , w] = this.view;
      return this.shapes.names.filter((n) => n.x > x + 0.09 * w && n.x < x + 0.91 * w);
    },
    marks() {
      const [x, y, w, h] = this.view;
      return this.shapes.places.filter((n) => (this.near ? n.near : n.far) && n.x > x && n.x < x + w && n.y > y && n.y < y + h);
    },
    rings() {
      if (!this.shapes) return [];
      return this.shapes.hosts.map((h) => {
        const shares = this.shares(h.code);
        const own = Math.max(0, 1 - shares.reduce((a, b) => a + b, 0));
        let from = 0;
        const arcs = [...shares, own].map((share, i) => {
          const p = this.powers[i];
          const d = this.arc(from, Math.min(from + share, 1));
          from += share;
          const told = `${h.name}: ${p ? p.title : "the host itself"} ${window.steppe.number(100 * share)} %`;
          return { d, colour: p ? this.colours[p.code] : this.autonomy, told };
        });
        const chosen = shares[this.powers.findIndex((p) => p.code === this.power)] || 0;
        return { code: h.code, x: h.x, y: h.y, arcs, text: `${(100 * chosen).toFixed(chosen < 0.0995 ? 1 : 0)} %` };
      });
    },
    scaleValue() {
      if (!(this.largest > 0)) return 0;
      const power = 10 ** Math.floor(Math.log10(this.largest / 2));
      return [5, 2, 1].map((d) => d * power).find((v) => v <= this.largest / 2) || power;
    },
    scaleWidth() {
      return this.largest > 0 ? (WIDEST * this.scaleValue) / this.largest : 0;
    },
    scaleText() {
      if (!(this.largest > 0)) return this.change ? "no change of freight" : "no freight";
      return `${window.steppe.number(this.scaleValue)} Mt a year`;
    },
    spoken() {
      const name = (this.powers.find((p) => p.code === this.power) || {}).title;
      const told = this.rings.map((r) => `${this.shapes.hosts.find((h) => h.code === r.code).name} ${r.text}`);
      return `Map, ${this.when}. Influence share of ${name}: ${told.join(", ")}.`;
    },
  },
  methods: {
    measure() {
      const svg = this.$refs.svg;
      if (svg) [this.width, this.height] = [svg.clientWidth || 900, svg.clientHeight || 500];
    },
    shares(code) {
      return this.frames?.hosts?.[code]?.[this.place] || this.powers.map(() => 0);
    },
    tint(code) {
      const i = this.powers.findIndex((p) => p.code === this.power);
      const top = this.frames?.top?.[i] || 1;
      return 0.06 + 0.5 * Math.min(1, (this.shares(code)[i] || 0) / top);
    },
    arc(from, to) {
      if (to - from < 1e-4) return "";
      const at = (part, r) => {
        const angle = 2 * Math.PI * Math.min(part, 0.9999) - Math.PI / 2;
        return `${(r * Math.cos(angle)).toFixed(2)} ${(r * Math.sin(angle)).toFixed(2)}`;
      };
      const wide = to - from > 0.5 ? 1 : 0;
      return `M${at(from, 25)}A25 25 0 ${wide} 1 ${at(to, 25)}L${at(to, 15.5)}A15.5 15.5 0 ${wide} 0 ${at(from, 15.5)}Z`;
    },
    go(event) {
      this.stop();
      this.place = Number(event.target.value);
    },
    toggle() {
      if (this.playing) return this.stop();
      if (this.place >= this.last) this.place = 0;
      this.playing = setInterval(() => {
        if (this.place >= this.last) this.stop();
        else this.place += 1;
      }, 180);
    },
    stop() {
      clearInterval(this.playing);
      this.playing = 0;
    },
  },
};
