// Dated shocks: those that are set, each with start, size and length, and the kinds to add.
export default {
  template: `
  <section class="levers" aria-label="Shocks">
    <div class="cards">
      <article v-for="(s, i) in now" :key="i" class="lever moved" :data-shock="s.kind">
        <div class="lever-head"><h3>{{ kind(s).title }}</h3>
          <button type="button" class="quiet" :aria-label="'Take away: ' + kind(s).title"
            @click="$emit('remove', {index: i})">Take away</button></div>
        <div class="field"><label :for="'shock-start-' + i">Begins</label>
          <input type="range" :id="'shock-start-' + i" :min="first" :max="last" step="1" :value="s.start"
            :aria-valuetext="quarter(s.start)" @input="s.start = Number($event.target.value)" @change="send(i)">
          <output>{{ quarter(s.start) }}</output></div>
        <div class="field" v-if="kind(s).high > kind(s).low"><label :for="'shock-size-' + i">Size</label>
          <input type="range" :id="'shock-size-' + i" :min="kind(s).low" :max="kind(s).high" :step="kind(s).step"
            :value="s.size" :aria-valuetext="amount(s) + ' ' + level(s)" @input="s.size = Number($event.target.value)" @change="send(i)">
          <output>{{ amount(s) }}</output><small v-if="level(s)">{{ level(s) }}</small></div>
        <div class="field"><label :for="'shock-length-' + i">Lasts</label>
          <input type="range" :id="'shock-length-' + i" :min="kind(s).shortest"
            :max="kind(s).longest + (kind(s).may_stay ? 1 : 0)" step="1"
            :value="s.duration === null ? kind(s).longest + 1 : s.duration" :aria-valuetext="length(s)"
            @input="stretch(s, Number($event.target.value))" @change="send(i)">
          <output>{{ length(s) }}</output></div>
      </article>
      <p v-if="!now.length" class="empty">No shock is set. Add one below, then drag it along the timeline.</p>
      <h3 class="section">Add a shock</h3>
      <article v-for="k in kinds" :key="k.id" class="kind">
        <button type="button" class="add" :disabled="now.length >= most" :data-kind="k.id"
          @click="$emit('add', {kind: k.id})"><span aria-hidden="true">+</span> {{ k.title }}</button>
        <button type="button" class="quiet" :aria-label="'What is it: ' + k.title"
          @click="$emit('explain', {kind: k.id})">What is it?</button>
      </article>
    </div>
  </section>`,
  props: { kinds: Array, shocks: Array, first: Number, last: Number, most: Number },
  emits: ["add", "remove", "change", "explain"],
  data() {
    return { now: this.copy(this.shocks) };
  },
  watch: {
    shocks(next) {
      this.now = this.copy(next);
    },
  },
  methods: {
    copy(shocks) {
      return shocks.map((s) => ({ ...s }));
    },
    kind(s) {
      return this.kinds.find((k) => k.id === s.kind) || { title: s.kind, low: 0, high: 0, shortest: 1, longest: 1 };
    },
    quarter(ordinal) {
      return window.steppe.quarter(ordinal);
    },
    amount(s) {
      return window.steppe.amount(s.size, this.kind(s).unit);
    },
    level(s) {
      const near = (this.kind(s).levels || []).find((l) => Math.abs(l.value - s.size) < this.kind(s).step / 2);
      return near ? near.name : "";
    },
    length(s) {
      return s.duration === null ? "for good" : window.steppe.span(s.duration);
    },
    stretch(s, value) {
      s.duration = value > this.kind(s).longest ? null : value;
    },
    send(index) {
      this.$emit("change", { index, ...this.now[index] });
    },
  },
};
