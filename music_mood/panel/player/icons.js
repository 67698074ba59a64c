// The bar's icons: Material Symbols would need a font of 300 kB; these are a few strokes of our own.
// artwork.js stands in front of this file: draw, mark, artwork.

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

function icon(name) {
  const path = draw("path", { d: ICON_PATHS[name], fill: "currentColor" });
  return draw("svg", { viewBox: "0 0 24 24", class: "ftm-icon", "aria-hidden": "true" }, [path]);
}

// The sign of a mood: its colour and its shape; the word stands beside it.
function moodSign(item) {
  const sign = mark(item.shape);
  sign.classList.add("ftm-sign");
  sign.style.color = item.colour;
  return sign;
}

function pictureAddress(item) {
  const picture = artwork(item.uri, item.colour, item.shape);
  picture.setAttribute("xmlns", DRAWN);
  return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(picture))}`;
}
