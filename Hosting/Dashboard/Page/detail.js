// The selected connection: its figures, its sequence and windows over time, its moves.

import * as format from "./format.js";
import { drawLines } from "./plot.js";
import { moveItem } from "./moves.js";

const interval = 1000;
const pointsKept = 600;

export class Detail {
  #panel;
  #handlers;
  #id = null;
  #timer = 0;
  #samples = [];
  #parts = null;

  // handlers: { closed(), targets(row) }
  constructor(panel, handlers) {
    this.#panel = panel;
    this.#handlers = handlers;
  }

  get id() { return this.#id; }

  open(row) {
    clearTimeout(this.#timer);
    this.#id = row.id;
    this.#samples = [];
    this.#build(row);
    this.#panel.hidden = false;
    if (row.isHere) this.#follow(row.id);
    else format.setText(this.#parts.note, `It runs at node ${row.node}, whose own dashboard has its figures.`);
  }

  close() {
    clearTimeout(this.#timer);
    this.#id = null;
    this.#panel.hidden = true;
    this.#handlers.closed();
  }

  #build(row) {
    const heading = format.element("h2", "", row.id);
    const close = format.element("button", "action close", "close");
    close.type = "button";
    close.addEventListener("click", () => this.close());
    heading.append(close);
    this.#parts = {
      facts: format.element("dl", "facts"),
      note: format.element("p", "muted"),
      actions: format.element("div", "actions"),
      sequence: plot("Sequence from here on", ["received", "sent"]),
      windows: plot("Windows", ["congestion", "peer's", "in flight"]),
      moves: format.element("ol", "feed"),
      actionsOf: "",
    };
    const { facts, note, actions, sequence, windows, moves } = this.#parts;
    this.#panel.replaceChildren(
      heading, facts, note, actions, sequence.title, sequence.svg, windows.title, windows.svg,
      format.element("h2", "", "Moves of this connection"), moves);
  }

  async #follow(id) {
    try {
      const [connection, info, moves] = await Promise.all(["", "/tcp-info", "/migrations"].map(part => get(id, part)));
      if (id !== this.#id) return;
      if (connection) this.#show(connection, info, moves ?? []);
      if (!connection || connection.ended) return;
    } catch {
      // The stream of events says that the service cannot be reached.
    }
    if (id === this.#id) this.#timer = setTimeout(() => this.#follow(id), interval);
  }

  #show(connection, info, moves) {
    const { facts, note, actions, sequence, windows, moves: list } = this.#parts;
    const rows = [
      ["Peer", connection.remote, true], ["Own end", connection.local, true],
      ["State", connection.state], ["Runs on", connection.runsOn],
      ["Received", format.bytes(connection.bytesReceived)], ["Sent", format.bytes(connection.bytesSent)],
      ["Round trip", format.microseconds(connection.rttMicroseconds)], ["Age", format.age(connection.ageSeconds)],
      ["Sent again", format.count(connection.retransmissions)], ["Epoch", String(connection.epoch)],
    ];
    facts.replaceChildren(...rows.flatMap(([name, value, isWide]) =>
      [format.element("dt", "", name), format.element("dd", isWide ? "wide" : "", value)]));
    note.textContent = connection.ended ? `It has ended: ${connection.ended}` : "";
    const targets = connection.ended ? [] : this.#handlers.targets({ ...connection, isHere: true });
    const key = targets.map(target => target.label).join();
    if (key !== this.#parts.actionsOf) {
      this.#parts.actionsOf = key;
      actions.replaceChildren(...targets.map(target => {
        const button = format.element("button", "action", `move to ${target.label}`);
        button.type = "button";
        button.addEventListener("click", target.move);
        return button;
      }));
    }
    if (info) {
      this.#samples.push({ at: Date.now(), connection, info });
      if (this.#samples.length > pointsKept) this.#samples.shift();
    }
    const points = read => ({ points: this.#samples.map(sample => [sample.at, read(sample)]) });
    const marks = moves.map(move => Date.parse(move.at));
    const first = this.#samples[0]?.connection;
    drawLines(
      sequence.svg,
      [
        points(s => s.connection.bytesReceived - first.bytesReceived), points(s => s.connection.bytesSent - first.bytesSent),
      ],
      format.bytes, marks);
    drawLines(
      windows.svg,
      [
        points(s => s.info.tcpi_snd_cwnd * s.info.tcpi_snd_mss), points(s => s.info.tcpi_snd_wnd),
        points(s => s.info.tcpi_unacked * s.info.tcpi_snd_mss),
      ],
      format.bytes, marks);
    list.replaceChildren(...moves.toReversed().slice(0, 20).map(moveItem));
  }
}

async function get(id, part) {
  const answer = await fetch(`connections/${encodeURIComponent(id)}${part}`);
  return answer.ok ? answer.json() : null;
}

function plot(title, names) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "plot");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${title} over time`);
  const heading = format.element("div", "plot-title");
  heading.append(format.element("b", "", title), ...names.map((name, at) => {
    const label = format.element("span");
    label.append(format.element("i", `swatch-${at + 1}`), name);
    return label;
  }));
  return { svg, title: heading };
}
