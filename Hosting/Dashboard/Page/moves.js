// The moves as they happen.

import * as format from "./format.js";
import { drawMoves } from "./plot.js";

const movesKept = 1000;
const movesShown = 60;

const hasFailed = move => move.outcome !== "Completed";

export function moveItem(move) {
  const item = format.element("li", hasFailed(move) ? "failed" : "");
  const what = format.element("span", "what");
  what.append(format.element("b", "", move.connectionId), ` ${move.from} → ${move.to}`);
  item.append(
    format.element("time", "", format.clock(new Date(move.at))), what,
    format.element("span", "blackout", format.microseconds(move.blackoutMicroseconds)),
    format.element("span", "why", hasFailed(move) ? `${move.outcome}: ${move.detail} (${move.trigger})` : move.trigger));
  return item;
}

export class MoveFeed {
  #moves = [];
  #list = document.getElementById("feed");
  #none = document.getElementById("no-moves");
  #plot = document.getElementById("blackouts");

  add(records, isFirst) {
    if (isFirst) {
      this.#moves = [];
      this.#list.replaceChildren();
    }
    this.#moves.push(...records);
    this.#moves.splice(0, Math.max(0, this.#moves.length - movesKept));
    this.#list.prepend(...records.slice(-movesShown).map(moveItem).reverse());
    while (this.#list.children.length > movesShown) this.#list.lastChild.remove();
    this.#none.hidden = this.#moves.length > 0;
    this.#plot.classList.toggle("empty", this.#moves.length === 0);
    this.#plot.toggleAttribute("hidden", this.#moves.length === 0);
    drawMoves(this.#plot, this.#moves.map(move => ({
      at: Date.parse(move.at), blackout: move.blackoutMicroseconds, failed: hasFailed(move),
      text: `${move.connectionId}: ${move.from} → ${move.to}, ${format.microseconds(move.blackoutMicroseconds)}`,
    })), format.microseconds);
  }

  // The median blackout of the moves that are remembered; null: there is none.
  get median() {
    const known = this.#moves.map(move => move.blackoutMicroseconds).filter(value => value > 0).sort((a, b) => a - b);
    return known.length > 0 ? known[known.length >> 1] : null;
  }
}
