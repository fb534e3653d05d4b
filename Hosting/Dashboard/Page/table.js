// A table of any number of rows, of which only those in sight exist. The server filters, sorts and pages.

import * as format from "./format.js";

const rowHeight = 32;
const margin = 40; // rows that are asked for beyond those in sight, on either side

const columns = [
  { key: "id", title: "Connection", width: 124, grow: 1.1, kind: "id" },
  { key: "node", title: "Node", width: 72, text: row => row.node, onlyInCluster: true },
  { key: "remote", title: "Peer", width: 168, grow: 1.2, kind: "address", text: row => row.remote },
  { key: "runsOn", title: "Runs on", width: 96, kind: "owner" },
  { key: "actions", title: "Move to", width: 212, grow: 1, kind: "actions", unsorted: true },
  { key: "receiveRate", title: "Receives", width: 86, kind: "number", text: row => format.rate(row.receiveRate) },
  { key: "sendRate", title: "Sends", width: 86, kind: "number", text: row => format.rate(row.sendRate) },
  { key: "rtt", title: "RTT", width: 76, kind: "number", text: row => format.microseconds(row.rttMicroseconds) },
  { key: "congestionWindow", title: "Window", width: 78, kind: "number", text: row => format.bytes(row.congestionWindow) },
  { key: "retransmissions", title: "Again", width: 62, kind: "number", text: row => format.count(row.retransmissions) },
  { key: "migrations", title: "Moves", width: 66, kind: "number", text: row => format.count(row.migrations) },
  { key: "age", title: "Age", width: 70, kind: "number", text: row => format.age(row.ageSeconds) },
  { key: "bytesReceived", title: "Received", width: 84, kind: "number", text: row => format.bytes(row.bytesReceived) },
  { key: "bytesSent", title: "Sent", width: 84, kind: "number", text: row => format.bytes(row.bytesSent) },
  { key: "state", title: "State", width: 104, text: row => row.state },
  { key: "local", title: "Own end", width: 130, grow: 1, kind: "address", text: row => row.local },
];

export class ConnectionTable {
  #root;
  #body = format.element("div", "body");
  #head = format.element("div", "row head");
  #pool = [];
  #rows = new Map(); // by their place
  #matched = 0;
  #view = { filter: "", runsOn: "", node: "" };
  #sort = "id";
  #descending = false;
  #request = null;
  #again = false;
  #selected = null;
  #shown = [];
  #handlers;

  // handlers: { select(row), targets(row) → [{ label, move }], counted({ total, matched }) }
  constructor(root, handlers) {
    this.#root = root;
    this.#handlers = handlers;
    this.#head.setAttribute("role", "row");
    this.#body.setAttribute("role", "rowgroup");
    root.append(this.#head, this.#body);
    this.arrange({ cluster: false, actions: false });
    let isPlaced = true;
    root.addEventListener("scroll", () => {
      if (!isPlaced) return;
      isPlaced = false;
      requestAnimationFrame(() => {
        isPlaced = true;
        this.#place();
        if (!this.#hasAllInSight()) this.refresh();
      });
    }, { passive: true });
    new ResizeObserver(() => this.refresh()).observe(root);
  }

  arrange({ cluster, actions }) {
    const shown = columns.filter(column => (cluster || !column.onlyInCluster) && (actions || column.kind !== "actions"));
    if (shown.length === this.#shown.length && shown.every((column, at) => column === this.#shown[at])) return;
    this.#shown = shown;
    const tracks = shown.map(({ width, grow }) => grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`);
    this.#root.style.setProperty("--columns", tracks.join(" "));
    this.#root.style.setProperty("--width", `${shown.reduce((sum, column) => sum + column.width, 0)}px`);
    this.#head.replaceChildren(...shown.map(column => this.#headerOf(column)));
    this.#pool = [];
    this.#body.replaceChildren();
    this.#place();
  }

  // Shows other rows, from the first one on.
  look(view) {
    this.#view = view;
    this.#rows.clear();
    this.#root.scrollTop = 0;
    this.refresh();
  }

  select(id) {
    this.#selected = id;
    this.#place();
  }

  // Gets the rows in sight anew. While a request is on its way, one more follows it.
  async refresh() {
    if (this.#request) {
      this.#again = true;
      return;
    }
    do {
      this.#again = false;
      this.#request = this.#fetch();
      await this.#request;
    } while (this.#again);
    this.#request = null;
  }

  async #fetch() {
    const { first, length } = this.#sight();
    const offset = Math.max(0, first - margin);
    const query = new URLSearchParams({
      ...this.#view, sort: this.#sort, descending: this.#descending, offset, count: Math.min(500, length + 2 * margin),
    });
    const view = this.#view;
    try {
      const answer = await fetch(`rows?${query}`);
      if (!answer.ok) return;
      const page = await answer.json();
      if (view !== this.#view) {
        this.#again = true;
        return;
      }
      this.#matched = page.matched;
      this.#rows = new Map(page.rows.map((row, at) => [page.offset + at, row]));
      this.#handlers.counted(page);
      this.#place();
      if (!this.#hasAllInSight()) this.#again = true;
    } catch {
      // The stream of events says that the service cannot be reached.
    }
  }

  #sight() {
    const top = Math.max(0, this.#root.scrollTop);
    return { first: Math.floor(top / rowHeight), length: Math.ceil(this.#root.clientHeight / rowHeight) + 1 };
  }

  #hasAllInSight() {
    const { first, length } = this.#sight();
    for (let place = first; place < Math.min(first + length, this.#matched); place++) if (!this.#rows.has(place)) return false;
    return true;
  }

  #place() {
    this.#body.style.height = `${this.#matched * rowHeight}px`;
    this.#root.setAttribute("aria-rowcount", this.#matched + 1);
    const { first, length } = this.#sight();
    while (this.#pool.length < length) this.#pool.push(this.#makeRow());
    this.#pool.forEach((line, at) => {
      const place = first + (((at - first) % this.#pool.length) + this.#pool.length) % this.#pool.length;
      line.show(place < this.#matched ? place : null, this.#rows.get(place));
    });
  }

  #headerOf(column) {
    const cell = format.element("div", `cell ${column.kind ?? ""}`);
    cell.setAttribute("role", "columnheader");
    if (column.unsorted) {
      cell.append(format.element("button", "", column.title));
      cell.firstChild.disabled = true;
      return cell;
    }
    const button = format.element("button", "", column.title);
    button.type = "button";
    button.dataset.sort = column.key;
    button.addEventListener("click", () => {
      this.#descending = this.#sort === column.key ? !this.#descending : column.kind === "number";
      this.#sort = column.key;
      this.#markSorted();
      this.look({ ...this.#view });
    });
    cell.append(button);
    cell.dataset.key = column.key;
    this.#markSorted(cell);
    return cell;
  }

  #markSorted(...cells) {
    for (const cell of cells.length > 0 ? cells : this.#head.children) {
      const isSorted = cell.dataset.key === this.#sort;
      cell.classList.toggle("sorted", isSorted);
      cell.classList.toggle("descending", isSorted && this.#descending);
      cell.setAttribute("aria-sort", isSorted ? (this.#descending ? "descending" : "ascending") : "none");
    }
  }

  #makeRow() {
    const line = format.element("div", "row");
    line.setAttribute("role", "row");
    let current = null;
    const cells = this.#shown.map(column => {
      const cell = format.element("div", `cell ${column.kind ?? ""}`);
      cell.setAttribute("role", "gridcell");
      if (column.kind === "id") {
        const button = format.element("button");
        button.type = "button";
        button.addEventListener("click", () => current && this.#handlers.select(current));
        cell.append(button);
      } else if (column.kind === "owner") {
        cell.append(format.element("span", "badge"));
      }
      line.append(cell);
      return cell;
    });
    line.addEventListener("dblclick", () => current && this.#handlers.select(current));
    this.#body.append(line);
    const show = (place, row) => {
      line.hidden = place === null;
      if (place === null) return;
      line.style.transform = `translateY(${place * rowHeight}px)`;
      line.setAttribute("aria-rowindex", place + 2);
      line.classList.toggle("selected", row !== undefined && row.id === this.#selected);
      this.#shown.forEach((column, at) => this.#fill(column, cells[at], row, current));
      current = row ?? null;
    };
    return { show };
  }

  #fill(column, cell, row, before) {
    if (column.kind === "id") {
      format.setText(cell.firstChild, row ? row.id : "…");
    } else if (column.kind === "owner") {
      const isMoving = row && !["Software", "Offloaded"].includes(row.phase) && row.phase !== "Closing";
      format.setText(cell.firstChild, row ? (isMoving ? row.phase.toLowerCase() : row.runsOn) : "");
      cell.firstChild.className = `badge on-${row ? format.colorOf(row.runsOn) : "other"}`;
    } else if (column.kind === "actions") {
      if (row && before && row.id === before.id && row.runsOn === before.runsOn && cell.hasChildNodes()) return;
      cell.replaceChildren(...(row ? this.#handlers.targets(row) : []).map(target => {
        const button = format.element("button", "action", target.label);
        button.type = "button";
        button.addEventListener("click", async () => {
          button.disabled = true;
          try {
            await target.move();
          } finally {
            button.disabled = false;
          }
        });
        return button;
      }));
    } else {
      const text = row ? column.text(row) : "";
      format.setText(cell, text);
      if (column.kind === "number") cell.classList.toggle("zero", text === "0" || text === "–" || text === "0 B");
    }
  }
}
