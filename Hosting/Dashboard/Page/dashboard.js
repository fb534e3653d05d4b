// The page as a whole: the stream of events, the filters, and what happens on a click.

import { targetsOf } from "./actions.js";
import { Detail } from "./detail.js";
import { count, setText } from "./format.js";
import { MoveFeed } from "./moves.js";
import { showOverview } from "./overview.js";
import { ConnectionTable } from "./table.js";

const byId = id => document.getElementById(id);
const live = byId("live");
const moves = new MoveFeed();
let overview = null;

const targets = row => targetsOf(row, overview, () => table.refresh());
const detail = new Detail(byId("detail"), { closed: () => table.select(null), targets });
const table = new ConnectionTable(byId("table"), {
  targets,
  select(row) {
    if (row.id === detail.id) {
      detail.close();
      return;
    }
    detail.open(row);
    table.select(row.id);
    byId("detail").scrollIntoView({ block: "nearest" });
  },
  counted({ total, matched }) {
    setText(byId("count"), matched === total ? `${count(total)} connections` : `${count(matched)} of ${count(total)}`);
  },
});

function look() {
  table.look({ filter: byId("filter").value.trim(), runsOn: byId("runs-on").value, node: byId("node").value });
}

// Keeps what the reader has chosen.
function offer(select, values) {
  const known = [...select.options].slice(1).map(option => option.value);
  if (values.length === known.length && values.every((value, at) => value === known[at])) return;
  const chosen = select.value;
  while (select.options.length > 1) select.remove(1);
  for (const value of values) select.add(new Option(value, value));
  select.value = values.includes(chosen) ? chosen : "";
}

let typing = 0;
byId("filters").addEventListener("submit", event => event.preventDefault());
byId("filter").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(look, 120);
});
byId("runs-on").addEventListener("change", look);
byId("node").addEventListener("change", look);

const events = new EventSource("events");
events.addEventListener("open", () => {
  live.className = "live on";
  setText(live, "live");
});
events.addEventListener("error", () => {
  live.className = "live off";
  setText(live, "not connected");
});
events.addEventListener("message", message => {
  overview = JSON.parse(message.data);
  moves.add(overview.moves.map(one => one.record), overview.isFirst);
  showOverview(overview, moves.median);
  offer(byId("runs-on"), ["software", ...overview.engines]);
  offer(byId("node"), overview.nodes.map(node => node.name).filter(Boolean));
  byId("node").hidden = overview.nodes.length < 2;
  table.arrange({ cluster: overview.nodes.length > 1, actions: overview.allowsActions });
  table.refresh();
});
