// The header, the tiles and the counters.

import * as format from "./format.js";
import { drawSpark } from "./plot.js";

const sparksKept = 120;
const byId = id => document.getElementById(id);
const rates = { receive: [], send: [] };

export function showOverview(overview, medianBlackout) {
  showNodes(overview.nodes);
  const problem = byId("problem");
  problem.hidden = !overview.problem;
  problem.textContent = overview.problem ?? "";
  byId("mode").hidden = overview.allowsActions;
  showShare(overview.runsOn);
  showRate("receive", overview.receiveRate);
  showRate("send", overview.sendRate);
  const statistics = overview.statistics;
  if (!statistics) return;
  const again = statistics.tcp.RetransSegs ?? 0;
  format.setText(byId("retransmissions"), format.count(again));
  format.setText(byId("retransmissions-legend"),
    `${(100 * again / Math.max(1, statistics.segmentsSent)).toFixed(2)} % of ${format.count(statistics.segmentsSent)} segments`);
  showMoves(statistics.migrations, medianBlackout);
  showLimits(statistics.limits);
  if (byId("counters-panel").open) showCounters(statistics);
}

function showNodes(nodes) {
  byId("nodes").replaceChildren(...nodes.map(node => {
    const isWell = node.status === "up" || node.status === "alone";
    const item = format.element("li", `${node.isSelf ? "self" : ""} ${isWell ? "" : "bad"}`);
    const connections = node.connections === null ? "" : `${format.count(node.connections)} · `;
    item.append(
      format.element("b", "", node.name || "unknown"),
      format.element("span", "", `${connections}${node.status === "alone" ? "no cluster" : node.status}`));
    if (node.address) item.title = node.address;
    return item;
  }));
}

function showShare(runsOn) {
  const owners = Object.entries(runsOn).sort(([a], [b]) => a === "software" ? -1 : b === "software" ? 1 : a.localeCompare(b));
  const total = owners.reduce((sum, [, number]) => sum + number, 0);
  format.setText(byId("connections"), format.count(total));
  byId("share").replaceChildren(...owners.map(([owner, number]) => {
    const part = format.element("div", format.colorOf(owner));
    part.style.flexGrow = number;
    return part;
  }));
  byId("share-legend").replaceChildren(...owners.map(([owner, number]) => {
    const part = format.element("span");
    part.append(format.element("i", format.colorOf(owner)), `${owner} ${format.count(number)}`);
    return part;
  }));
}

function showRate(direction, value) {
  const history = rates[direction];
  history.push(value);
  if (history.length > sparksKept) history.shift();
  format.setText(byId(`${direction}-rate`), `${format.bytes(value)}/s`);
  drawSpark(byId(`${direction}-spark`), history);
}

function showMoves(migrations, medianBlackout) {
  const all = Object.entries(migrations);
  const total = all.reduce((sum, [, number]) => sum + number, 0);
  const failed = all.filter(([kind]) => !kind.endsWith(": Completed")).reduce((sum, [, number]) => sum + number, 0);
  format.setText(byId("moves"), format.count(total));
  byId("moves-legend").replaceChildren(
    format.element("span", "", `${format.count(failed)} not completed`),
    format.element("span", "", medianBlackout ? `median blackout ${format.microseconds(medianBlackout)}` : ""));
}

function showLimits(limits) {
  const fullest = Object.entries(limits).filter(([, use]) => use.limit > 0)
    .map(([name, use]) => [name, use.used / use.limit, use]).sort((a, b) => b[1] - a[1])[0];
  if (!fullest) return;
  const [name, share, use] = fullest;
  format.setText(byId("limit"), `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`);
  format.setText(byId("limit-legend"), `${name} · reached ${format.count(use.met)} times`);
}

function showCounters(statistics) {
  const groups = {
    "Stack": {
      Opened: statistics.opened, Closed: statistics.closed, "Half open": statistics.halfOpen, "TIME-WAIT": statistics.timeWaits,
      "Segments received": statistics.segmentsReceived, "Segments sent": statistics.segmentsSent,
      "Resets sent": statistics.resetsSent, Loops: statistics.loops,
    },
    "Limits: in use / limit": Object.fromEntries(Object.entries(statistics.limits).map(
      ([name, use]) => [name, `${format.count(use.used)} / ${format.count(use.limit)}`])),
    "Moves": statistics.migrations, "Packets dropped": statistics.dropped,
    "TCP": statistics.tcp, "TCP extensions": statistics.tcpExt,
    "Changes on the host": statistics.hostChanges,
  };
  byId("counters").replaceChildren(...Object.entries(groups).flatMap(([title, group]) => {
    const rows = Object.entries(group);
    if (rows.length === 0) return [];
    return [format.element("h3", "", title), ...rows.flatMap(([name, value]) => [
      format.element("span", "", name), format.element("span", "", typeof value === "number" ? format.count(value) : value),
    ])];
  }));
}
