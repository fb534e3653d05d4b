// Moves connections, and tells how that went.

import * as format from "./format.js";

const token = location.hash.slice(1);
const notices = document.getElementById("notices");
const noticesKept = 4;

// The places that a connection could move to from where it runs.
export function targetsOf(row, overview, done) {
  if (!overview?.allowsActions || !row.isHere) return [];
  const move = (path, body) => () => send(row, path, body).then(done);
  const places = row.runsOn === "software"
    ? overview.engines.map(engine => ({ label: engine, move: move("offload", { engine }) }))
    : [{ label: "software", move: move("upload", {}) }];
  const nodes = overview.nodes.filter(node => !node.isSelf && node.status === "up")
    .map(node => ({ label: `node ${node.name}`, move: move("handoff", { node: node.name }) }));
  return [...places, ...nodes];
}

async function send(row, path, body) {
  try {
    const answer = await fetch(`connections/${encodeURIComponent(row.id)}/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(token ? { "X-ActorStack-Token": token } : {}) },
      body: JSON.stringify(body),
    });
    const told = await answer.json().catch(() => ({ title: `Status ${answer.status}`, detail: "", whatToDo: "" }));
    if (answer.ok)
      notify(`${row.id} moved from ${told.from} to ${told.to}`, [`Blackout ${format.microseconds(told.blackoutMicroseconds)}`]);
    else
      notify(told.title, [told.detail, told.whatToDo], true);
  } catch (error) {
    notify("The service cannot be reached", [String(error)], true);
  }
}

// A refusal stays until it is closed; a success goes by itself.
function notify(title, lines, isRefusal = false) {
  const notice = format.element("div", isRefusal ? "notice refused" : "notice");
  const close = format.element("button", "action", "close");
  close.type = "button";
  close.addEventListener("click", () => notice.remove());
  notice.append(format.element("b", "", title), close, ...lines.filter(Boolean).map(line => format.element("p", "", line)));
  notices.append(notice);
  while (notices.children.length > noticesKept) notices.firstChild.remove();
  if (!isRefusal) setTimeout(() => notice.remove(), 6000);
}
