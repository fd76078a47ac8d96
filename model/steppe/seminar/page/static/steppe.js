// What the parts of the page share: numbers, quarters, tooltips, charts as files, and the store of a tab.
(() => {
  const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const number = (v) => {
    if (v === null || v === undefined || !isFinite(v)) return "no value";
    const size = Math.abs(v);
    const digits = size >= 1000 || v === 0 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.1 ? 3 : 5;
    return v.toLocaleString("en", { maximumFractionDigits: digits }).replace("-", "\u2212");
  };
  const amount = (v, unit) => {
    const text = number(v);
    if (unit === "\u00d7") return "\u00d7 " + text;
    return unit && unit !== "1" ? `${text} ${unit}` : text;
  };
  const quarter = (ordinal) => `${Math.floor(ordinal / 4)} Q${(ordinal % 4) + 1}`;
  const span = (quarters) => {
    if (quarters % 4) return quarters === 1 ? "1 quarter" : `${quarters} quarters`;
    return quarters === 4 ? "1 year" : `${quarters / 4} years`;
  };
  const tip = (rows, unit) => {
    const medians = rows.filter((r) => String(r.seriesId).endsWith("median") && Array.isArray(r.data) && r.data[1] !== null);
    if (!medians.length) return "";
    const lines = medians.map((r) => {
      const [, middle, low, high] = r.data;
      const band = low === null || low === undefined ? "" : `<td class="faint">${number(low)} to ${number(high)}</td>`;
      return `<tr><td>${r.marker}${escape(r.seriesName)}</td><td><b>${number(middle)}</b></td>${band}</tr>`;
    });
    const when = quarter(Math.round(medians[0].data[0] * 4 - 0.5));
    return `<table class="tip"><tr><th>${when}</th><th>${escape(unit)}</th><th>90 % of members</th></tr>${lines.join("")}</table>`;
  };
  // A chart as a file: drawn anew with title and key on a sheet of its own.
  const picture = async (id, kind, name) => {
    const { echarts } = await import("nicegui-echart");
    const own = window.getElement(id)?.chart;
    if (!own) return false;
    const sheet = document.createElement("div");
    sheet.style.cssText = "position:fixed;left:-4000px;top:0;width:1600px;height:900px";
    document.body.append(sheet);
    const copy = echarts.init(sheet, null, { renderer: kind === "svg" ? "svg" : "canvas", width: 1600, height: 900 });
    const option = own.getOption();
    for (const part of ["title", "legend"]) option[part] = option[part].map((o) => ({ ...o, show: true }));
    option.grid = option.grid.map((g) => ({ ...g, top: 110, left: 30, right: 50, bottom: 30 }));
    option.title = option.title.map((t) => ({ ...t, textStyle: { ...t.textStyle, fontSize: 28 } }));
    option.legend = option.legend.map((l) => ({ ...l, top: 60, textStyle: { ...l.textStyle, fontSize: 20 } }));
    for (const axis of ["xAxis", "yAxis"]) {
      option[axis] = option[axis].map((a) => ({
        ...a, axisLabel: { ...a.axisLabel, fontSize: 20 }, nameTextStyle: { ...a.nameTextStyle, fontSize: 20 },
      }));
    }
    copy.setOption({ ...option, animation: false, tooltip: { show: false } });
    await new Promise((done) => setTimeout(done, 60));
    const url = copy.getDataURL({ type: kind, pixelRatio: 2, backgroundColor: "#fff" });
    copy.dispose();
    sheet.remove();
    const link = Object.assign(document.createElement("a"), { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    return true;
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  };
  // The store of this tab: it outlives a reload and a restart of the server.
  const keep = (value) => {
    try {
      sessionStorage.setItem("steppe", JSON.stringify(value));
    } catch { /* a full or closed store loses the steps to undo, nothing else */ }
  };
  const kept = () => {
    try {
      return JSON.parse(sessionStorage.getItem("steppe"));
    } catch {
      return null;
    }
  };
  const address = (query) => history.replaceState(null, "", location.pathname + (query ? "?" + query : ""));
  window.steppe = { escape, number, amount, quarter, span, tip, picture, copy, keep, kept, address };
})();
// Keys of the page; a slider or a button may have the focus, a field for words may not.
document.addEventListener("keydown", (event) => {
  const on = event.target;
  const typing = on.matches?.("textarea, select, [contenteditable=true], input:not([type=range]):not([type=checkbox])");
  if (typing || event.altKey || document.querySelector(".q-dialog, .tour")) return;
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  let what = null;
  if (command && key === "z") what = event.shiftKey ? "redo" : "undo";
  else if (command && key === "y") what = "redo";
  else if (command) return;
  else if (/^[1-7]$/.test(key)) what = "tab" + key;
  else what = { r: "replay", d: "difference", p: "present", escape: "leave", "?": "keys" }[key] || null;
  if (what === null || (what === "leave" && !document.body.classList.contains("present"))) return;
  event.preventDefault();
  window.emitEvent?.("steppe-key", { what });
});
