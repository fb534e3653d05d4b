// Numbers and elements as people read them.

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

export function bytes(value) {
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(value >= 10 ? 1 : 2)} ${units[unit]}`;
}

export const rate = value => value > 0 ? `${bytes(value)}/s` : "0";

export const count = value => Number(value).toLocaleString("en").replaceAll(",", "\u2009");

export function microseconds(value) {
  if (!(value > 0)) return "–";
  if (value < 1000) return `${Math.round(value)} µs`;
  if (value < 1e6) return `${(value / 1000).toFixed(value < 1e4 ? 2 : value < 1e5 ? 1 : 0)} ms`;
  return `${(value / 1e6).toFixed(2)} s`;
}

export function age(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86400).toFixed(1)} d`;
}

export const clock = date => date.toLocaleTimeString("en-GB");

// Creates an element. Text is never parsed as HTML.
export function element(tag, className = "", text = undefined) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

// Engines have a colour of their own; whatever else exists has the last one.
export const colorOf = owner => ["software", "kernel", "toe"].includes(owner) ? owner : "other";
