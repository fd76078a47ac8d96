// Choosing one of all series by words: a combobox that looks for them in the browser.
let known = null;
function series() {
  known ||= fetch("/seminar/series.json").then((r) => {
    if (!r.ok) { known = null; return []; }
    return r.json();
  }).catch(() => { known = null; return []; });
  return known;
}

export default {
  template: `
  <div class="search" @focusout="leave">
    <button v-if="!open" type="button" class="search-now" ref="button" :aria-label="name + ': ' + title + '. Choose another'"
      @click="begin"><span>{{ title }}</span><i aria-hidden="true" class="material-icons">expand_more</i></button>
    <template v-else>
      <input ref="input" type="text" role="combobox" aria-expanded="true" :aria-controls="id" aria-autocomplete="list"
        :aria-activedescendant="hits.length ? id + '-' + place : null" :aria-label="name + ': search all outcomes'"
        placeholder="Search: japan uzbekistan influence" v-model="words" @keydown="key" autocomplete="off" spellcheck="false">
      <ul role="listbox" :id="id" :aria-label="name">
        <li v-for="(h, i) in hits" :key="h.label" role="option" :id="id + '-' + i" :aria-selected="String(i === place)"
          :class="{on: i === place}" @mousedown.prevent="pick(h)"><span>{{ h.title }}</span><small>{{ h.unit }}</small></li>
        <li v-if="!hits.length" class="none" role="option" aria-selected="false">Nothing fits these words.</li>
      </ul>
    </template>
  </div>`,
  props: { name: String, title: String, label: String },
  emits: ["pick"],
  data() {
    return { open: false, words: "", all: [], place: 0, id: "search-" + Math.random().toString(36).slice(2) };
  },
  watch: { words() { this.place = 0; } },
  mounted() {
    this.away = (event) => { if (this.open && !this.$el.contains(event.target)) this.open = false; };
    document.addEventListener("pointerdown", this.away);
  },
  unmounted() {
    document.removeEventListener("pointerdown", this.away);
  },
  computed: {
    hits() {
      const wanted = this.words.toLowerCase().split(/\s+/).filter(Boolean);
      const found = this.all.filter((s) => wanted.every((w) => s.find.includes(w)));
      return found.slice(0, 60);
    },
  },
  methods: {
    async begin() {
      this.open = true;
      this.words = "";
      this.all = (await series()).map((s) => ({ ...s, find: (s.title + " " + s.label).toLowerCase() }));
      await this.$nextTick();
      this.$refs.input?.focus();
    },
    close() {
      this.open = false;
      this.$nextTick(() => this.$refs.button?.focus());
    },
    leave(event) { // no next focus: the button itself has gone, or a press beside everything
      if (this.open && event.relatedTarget && !this.$el.contains(event.relatedTarget)) this.open = false;
    },
    pick(hit) {
      this.$emit("pick", { label: hit.label });
      this.close();
    },
    key(event) {
      if (event.key === "ArrowDown") this.place = Math.min(this.place + 1, this.hits.length - 1);
      else if (event.key === "ArrowUp") this.place = Math.max(this.place - 1, 0);
      else if (event.key === "Enter") { if (this.hits[this.place]) this.pick(this.hits[this.place]); }
      else if (event.key === "Escape") this.close();
      else return;
      event.preventDefault();
      event.stopPropagation();
      this.$nextTick(() => this.$el.querySelector("li.on")?.scrollIntoView({ block: "nearest" }));
    },
  },
};
