// Small multiples: a grid of small bands, each a button that puts its series on a large chart.
export default {
  template: `
  <div class="multiples" :style="{'--columns': columns}" role="list" aria-label="Small multiples">
    <div v-for="p in panels" :key="p.label" role="listitem">
      <button type="button" class="multiple" :aria-label="p.spoken + '. Show on the first chart'" @click="$emit('pick', {label: p.label})">
        <span class="multiple-head"><b>{{ p.title }}</b><span>{{ p.last }}<em v-if="p.change">{{ p.change }}</em></span></span>
        <svg viewBox="0 0 200 70" preserveAspectRatio="none" aria-hidden="true">
          <path v-for="b in p.bands" :d="area(p, b)" :fill="b.colour" :opacity="b.shade"></path>
          <line v-if="p.low < 0 && p.high > 0" x1="0" x2="200" :y1="y(p, 0)" :y2="y(p, 0)" class="zero"></line>
          <path v-for="b in p.bands" :d="line(p, b)" :stroke="b.colour" fill="none" stroke-width="2.2"
            vector-effect="non-scaling-stroke"></path>
        </svg>
        <span class="multiple-foot"><span>{{ p.from }}</span><span>{{ p.range }}</span><span>{{ p.to }}</span></span>
      </button>
    </div>
  </div>`,
  props: { panels: Array, columns: Number },
  emits: ["pick"],
  methods: {
    y(p, value) {
      return 68 - (66 * (value - p.low)) / (p.high - p.low || 1);
    },
    path(p, row) {
      const step = 200 / Math.max(row.length - 1, 1);
      let d = "", gap = true;
      row.forEach((v, i) => {
        if (v === null) { gap = true; return; }
        d += `${gap ? "M" : "L"}${(i * step).toFixed(1)} ${this.y(p, v).toFixed(2)}`;
        gap = false;
      });
      return d;
    },
    line(p, b) {
      return this.path(p, b.median);
    },
    area(p, b) {
      const step = 200 / Math.max(b.low.length - 1, 1);
      const kept = b.low.map((v, i) => [i, v, b.high[i]]).filter((r) => r[1] !== null && r[2] !== null);
      if (!kept.length) return "";
      const up = kept.map(([i, , h]) => `${(i * step).toFixed(1)} ${this.y(p, h).toFixed(2)}`);
      const down = kept.reverse().map(([i, l]) => `${(i * step).toFixed(1)} ${this.y(p, l).toFixed(2)}`);
      return `M${up.concat(down).join("L")}Z`;
    },
  },
};
