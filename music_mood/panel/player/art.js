// Pictures and icons, drawn here: nothing is fetched for them.

const SVG = "http://www.w3.org/2000/svg";

// Material Symbols would need a font of 300 kB; these are a few strokes of our own, 24 x 24.
const ICON_PATHS = {
  play: "M8 5.2v13.6L19 12z",
  pause: "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z",
  next: "M5 5.5v13L14.5 12zM16 5.5h2.6v13H16z",
  previous: "M19 5.5v13L9.5 12zM5.4 5.5H8v13H5.4z",
  volume: "M4 9.5v5h3.5L12 19V5L7.5 9.5zM14.5 8.2a4.6 4.6 0 0 1 0 7.6zM14.5 4.5v1.9a6.2 6.2 0 0 1 0 11.2v1.9a8 8 0 0 0 0-15z",
  muted: "M4 9.5v5h3.5L12 19V5L7.5 9.5zM15 9.7l1.2-1.2 2 2 2-2 1.2 1.2-2 2 2 2-1.2 1.2-2-2-2 2-1.2-1.2 2-2z",
  queue: "M4 6h11v2H4zM4 11h11v2H4zM4 16h7v2H4zM15.5 13.5v7l5-3.5z",
  up: "M4 7h10v2H4zM4 12h7v2H4zM4 17h7v2H4zM17 20v-7.2l-2.6 2.6L13 14l5-5 5 5-1.4 1.4-2.6-2.6V20z",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6 10.6 12 5 6.4z",
};

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const path = svg("path", { d: ICON_PATHS[name], fill: "currentColor" });
  return svg("svg", { viewBox: "0 0 24 24", class: "ftm-icon", "aria-hidden": "true" }, path);
}

// One of the moods' shapes around a centre; what has no mood is a ring.
function shape(kind, x, y, r, attributes) {
  switch (kind) {
    case "circle":
      return svg("circle", { cx: x, cy: y, r, ...attributes });
    case "square":
      return svg("rect", { x: x - 0.88 * r, y: y - 0.88 * r, width: 1.76 * r, height: 1.76 * r, ...attributes });
    case "diamond":
      return svg("path", { d: `M${x} ${y - 1.2 * r}l${1.2 * r} ${1.2 * r}-${1.2 * r} ${1.2 * r}-${1.2 * r}-${1.2 * r}z`, ...attributes });
    case "triangle-up":
      return svg("path", { d: `M${x} ${y - 1.1 * r}l${1.15 * r} ${2 * r}h-${2.3 * r}z`, ...attributes });
    default:
      return svg("circle", { cx: x, cy: y, r: 0.8 * r, ...attributes, fill: "none", stroke: "currentColor", "stroke-width": 0.35 * r });
  }
}

// The sign of a mood: its colour and its shape; the word stands beside it.
function moodSign(mood) {
  const mark = shape(mood?.shape, 8, 8, 5, { fill: mood?.colour ?? "currentColor" });
  return svg("svg", { viewBox: "0 0 16 16", class: "ftm-sign", "aria-hidden": "true" }, mark);
}

// A picture for a track that has none: its mood's colour, and shapes that lie as its name falls.
function generatedPicture(uri, mood) {
  let seed = 2166136261;
  for (const letter of uri) seed = Math.imul(seed ^ letter.codePointAt(0), 16777619);
  const chance = () => {
    seed = Math.imul(seed ^ (seed >>> 15), 2246822507) + 0x9e3779b9;
    return ((seed ^ (seed >>> 13)) >>> 0) / 2 ** 32;
  };
  const colour = mood?.colour ?? "#7d7570";
  const picture = svg("svg", { viewBox: "0 0 48 48", "aria-hidden": "true", xmlns: SVG });
  picture.append(svg("rect", { width: 48, height: 48, fill: colour }));
  for (let layer = 0; layer < 4; layer++) {
    const [x, y, r] = [6 + 36 * chance(), 6 + 36 * chance(), 6 + 14 * chance()];
    picture.append(shape(mood?.shape ?? "circle", x, y, r, { fill: layer % 2 ? "#000" : "#fff", "fill-opacity": 0.16 }));
  }
  picture.append(shape(mood?.shape ?? "circle", 24, 25, 8, { fill: "#fff", "fill-opacity": 0.92 }));
  return picture;
}

function pictureAddress(picture) {
  const text = new XMLSerializer().serializeToString(picture);
  return `data:image/svg+xml,${encodeURIComponent(text)}`;
}
