// The tour: one part of the page at a time, with a few words beside it.
export default {
  template: `
  <div v-if="place >= 0" class="tour" role="dialog" aria-modal="true" :aria-label="'Tour, step ' + (place + 1) + ' of ' + steps.length"
    @keydown="key">
    <div class="tour-light" :style="light"></div>
    <div class="tour-card" ref="card" :style="card" tabindex="-1">
      <small>{{ place + 1 }} of {{ steps.length }}</small>
      <h2>{{ step.title }}</h2>
      <p>{{ step.text }}</p>
      <div class="tour-foot"><button type="button" class="quiet" @click="end">Leave the tour</button>
        <span><button type="button" class="plain" v-if="place > 0" @click="go(place - 1)">Back</button>
        <button type="button" class="main" ref="next" @click="place + 1 < steps.length ? go(place + 1) : end()">{{ place + 1 < steps.length ? 'Next' : 'Done' }}</button></span></div>
    </div>
  </div>`,
  props: { steps: Array },
  emits: ["step", "end"],
  data() {
    return { place: -1, light: {}, card: {} };
  },
  computed: {
    step() {
      return this.steps[this.place] || {};
    },
  },
  mounted() {
    this.again = () => this.place >= 0 && this.aim();
    window.addEventListener("resize", this.again);
  },
  unmounted() {
    window.removeEventListener("resize", this.again);
  },
  methods: {
    start() {
      this.before = document.activeElement;
      this.go(0);
    },
    async go(place) {
      this.place = place;
      this.$emit("step", { place });
      await this.$nextTick();
      this.aim();
      this.$refs.next?.focus();
      await new Promise((done) => setTimeout(done, 120)); // a view that opens moves its parts
      this.aim();
    },
    aim() {
      const target = document.querySelector(this.step.at);
      const box = target?.getBoundingClientRect();
      const wide = window.innerWidth, tall = window.innerHeight, width = Math.min(400, wide - 24);
      if (!box || !box.width || wide < 700) {
        this.light = box && box.width ? this.frame(box) : { left: "50%", top: "40%", width: 0, height: 0 };
        this.card = { left: "12px", right: "12px", bottom: "12px", width: "auto" };
        return;
      }
      this.light = this.frame(box);
      const height = 230;
      let left, top;
      if (box.right + width + 24 < wide) [left, top] = [box.right + 16, box.top];
      else if (box.left - width - 24 > 0) [left, top] = [box.left - width - 16, box.top];
      else if (box.bottom + height + 16 < tall) [left, top] = [box.left + box.width / 2 - width / 2, box.bottom + 16];
      else if (box.top - height - 16 > 0) [left, top] = [box.left + box.width / 2 - width / 2, box.top - height - 16];
      else [left, top] = [wide / 2 - width / 2, tall / 2 - height / 2];
      left = Math.min(Math.max(12, left), wide - width - 12);
      top = Math.min(Math.max(12, top), tall - height - 12);
      this.card = { left: left + "px", top: top + "px", width: width + "px" };
    },
    frame(box) {
      return { left: box.left - 6 + "px", top: box.top - 6 + "px", width: box.width + 12 + "px", height: box.height + 12 + "px" };
    },
    end() {
      this.place = -1;
      this.$emit("end");
      this.before?.focus?.();
    },
    key(event) {
      if (event.key === "Escape") this.end();
      else if (event.key === "ArrowRight" && this.place + 1 < this.steps.length) this.go(this.place + 1);
      else if (event.key === "ArrowLeft" && this.place > 0) this.go(this.place - 1);
      else if (event.key === "Tab") {
        const stops = [...this.$el.querySelectorAll("button")];
        const next = stops[(stops.indexOf(document.activeElement) + (event.shiftKey ? stops.length - 1 : 1)) % stops.length];
        next?.focus();
        event.preventDefault();
      }
      event.stopPropagation();
    },
  },
};
