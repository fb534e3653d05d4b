// Small plots in SVG.

const svgNamespace = "http://www.w3.org/2000/svg";
const margin = { left: 52, right: 8, top: 8, bottom: 18 };

function shape(parent, tag, attributes, text) {
  const made = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

function frame(svg) {
  svg.replaceChildren();
  const width = svg.clientWidth || 370;
  const height = svg.clientHeight || 150;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
}

// A step of 1, 2 or 5 times a power of ten.
function niceStep(span, lines) {
  const raw = span / lines;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= raw);
}

function timeAxis(svg, box, from, to) {
  const name = seconds => seconds >= 120 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds)} s ago`;
  shape(svg, "text", { x: box.left, y: box.bottom + 14 }, name((to - from) / 1000));
  shape(svg, "text", { x: box.right, y: box.bottom + 14, "text-anchor": "end" }, "now");
}

// series: [{ points: [[milliseconds, value], ...] }]; marks: times of moves.
export function drawLines(svg, series, format, marks = []) {
  const box = frame(svg);
  const all = series.flatMap(one => one.points);
  if (all.length < 2) {
    shape(svg, "text", { x: box.left, y: (box.top + box.bottom) / 2 }, "collecting …");
    return;
  }
  const from = Math.min(...all.map(point => point[0]));
  const to = Math.max(from + 1, ...all.map(point => point[0]));
  const top = Math.max(1, ...all.map(point => point[1]));
  const step = niceStep(top, 3);
  const most = Math.ceil(top / step) * step;
  const x = time => box.left + (time - from) / (to - from) * (box.right - box.left);
  const y = value => box.bottom - value / most * (box.bottom - box.top);
  for (let value = 0; value <= most + step / 2; value += step) {
    shape(svg, "line", { class: "gridline", x1: box.left, x2: box.right, y1: y(value), y2: y(value) });
    shape(svg, "text", { x: box.left - 6, y: y(value) + 4, "text-anchor": "end" }, format(value));
  }
  for (const mark of marks.filter(time => time >= from && time <= to))
    shape(svg, "line", { class: "mark", x1: x(mark), x2: x(mark), y1: box.top, y2: box.bottom });
  series.forEach((one, index) => shape(svg, "path", {
    class: `line series-${index + 1}`,
    d: one.points.map(([time, value], at) => `${at ? "L" : "M"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join(""),
  }));
  timeAxis(svg, box, from, to);
}

// moves: [{ at, blackout in microseconds, failed, text }], over time and on a logarithmic scale.
export function drawMoves(svg, moves, format) {
  const box = frame(svg);
  const shown = moves.filter(move => move.blackout > 0);
  if (shown.length === 0) return;
  const to = Date.now();
  const from = Math.min(to - 60000, ...shown.map(move => move.at));
  const low = Math.floor(Math.log10(Math.min(...shown.map(move => move.blackout))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...shown.map(move => move.blackout)))));
  const x = time => box.left + (time - from) / (to - from) * (box.right - box.left);
  const y = value => box.bottom - (Math.log10(value) - low) / (high - low) * (box.bottom - box.top);
  for (let power = low; power <= high; power++) {
    shape(svg, "line", { class: "gridline", x1: box.left, x2: box.right, y1: y(10 ** power), y2: y(10 ** power) });
    shape(svg, "text", { x: box.left - 6, y: y(10 ** power) + 4, "text-anchor": "end" }, format(10 ** power));
  }
  for (const move of shown) {
    const dot = shape(svg, "circle", { class: move.failed ? "dot failed" : "dot", r: 3.5, cx: x(move.at), cy: y(move.blackout) });
    shape(dot, "title", {}, move.text);
  }
  timeAxis(svg, box, from, to);
}

export function drawSpark(svg, values) {
  svg.replaceChildren();
  const width = 200;
  svg.setAttribute("viewBox", `0 0 ${width} 34`);
  svg.setAttribute("preserveAspectRatio", "none");
  if (values.length < 2) return;
  const most = Math.max(1, ...values);
  const step = width / (values.length - 1);
  const points = values.map((value, at) => `${(at * step).toFixed(1)} ${(32 - value / most * 30).toFixed(1)}`);
  shape(svg, "path", { d: `M${points.join("L")}` });
}
