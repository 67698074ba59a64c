// A picture for what has none: drawn from the track's uri, in its mood's colour and shape. The same
// track always gets the same picture. Joined in front of the components that draw tracks.

const DRAWN = "http://www.w3.org/2000/svg";

/** Make an SVG element. */
export function draw(name, attributes = {}, children = []) {
  const element = document.createElementNS(DRAWN, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Numbers 0..1 that depend on a text alone: FNV-1a as the seed of mulberry32. */
function chanceOf(text) {
  let state = 2166136261;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const OUTLINES = {
  circle: "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z",
  "triangle-up": "M0 -1L.95 .75L-.95 .75z",
  diamond: "M0 -1.1L.9 0L0 1.1L-.9 0z",
  square: "M-.85 -.85H.85V.85H-.85z",
  cross: "M-.3 -1H.3V-.3H1V.3H.3V1H-.3V.3H-1V-.3H-.3z",
};

/** Draw the mark of a mood: `shape` as Vega names it. It takes the colour of the text around. */
export function mark(shape) {
  const outline = draw("path", { d: OUTLINES[shape] ?? OUTLINES.circle, fill: "currentColor" });
  return draw("svg", { viewBox: "-1.2 -1.2 2.4 2.4", "aria-hidden": "true" }, [outline]);
}

/** Draw a track's picture, a square; `colour` is a CSS colour. */
export function artwork(uri, colour, shape) {
  const next = chanceOf(uri);
  const ground = draw("rect", { width: 64, height: 64 });
  ground.style.fill = `color-mix(in srgb, ${colour} 82%, #f4ede4)`;
  const shapes = [0, 1, 2].map((layer) => {
    const size = 30 - 8 * layer + 8 * next();
    const place = `translate(${64 * next()} ${64 * next()})`;
    return draw("path", {
      d: OUTLINES[shape] ?? OUTLINES.circle,
      transform: `${place} rotate(${Math.round(next() * 50 - 25)}) scale(${size})`,
      fill: layer === 1 ? "#1c1512" : "#fff8ee",
      "fill-opacity": 0.14 + 0.08 * layer,
    });
  });
  const picture = draw("svg", { viewBox: "0 0 64 64", "aria-hidden": "true" }, [ground, ...shapes]);
  picture.style.filter = `hue-rotate(${Math.round(next() * 24 - 12)}deg)`;
  return picture;
}
