// The list of tracks. It draws what Python gives and talks to the player by events on the document:
// ftm:play {uri}, ftm:next {uri} and ftm:hello go there, ftm:now {uri, playing} comes back.
// Titles and artists are other people's text: textContent only.
// artwork.js stands in front of this file: draw, mark, artwork.

const ICONS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M7 5.5h3.6v13H7zM13.4 5.5H17v13h-3.6z",
  next: "M4 6h11v1.8H4zM4 10.6h11v1.8H4zM4 15.2h6.5V17H4zM14 14v7l6-3.5z",
  done: "M9.6 16.2L5.4 12l-1.3 1.3 5.5 5.5L20 8.3 18.7 7z",
  open: "M5 5h6v1.8H6.8v10.4h10.4V13H19v6H5zM13.5 5H19v5.5h-1.8V8.1l-6.6 6.6-1.3-1.3 6.6-6.6h-2.4z",
};
const DONE_MS = 1600;

const lists = new WeakMap(); // of this component's elements; gone with them

export default function ({ data: [data], parentElement }) {
  const known = lists.get(parentElement);
  const list = known ?? new TrackList(parentElement.querySelector("section"));
  lists.set(parentElement, list);
  list.draw(data);
  if (!known) list.begin();
  return () => {
    list.end();
    lists.delete(parentElement);
  };
}

class TrackList {
  constructor(section) {
    this.section = section;
    this.heading = section.querySelector("h3");
    this.lead = section.querySelector(".lead");
    this.list = section.querySelector("ol");
    this.rows = new Map(); // uri -> Row
    this.now = { uri: "", playing: false };
    this.onNow = ({ detail }) => {
      this.now = { uri: detail?.uri ?? "", playing: Boolean(detail?.playing) };
      for (const row of this.rows.values()) row.mark(this.now);
    };
  }

  begin() {
    document.addEventListener("ftm:now", this.onNow);
    document.dispatchEvent(new CustomEvent("ftm:hello"));
  }

  end() {
    document.removeEventListener("ftm:now", this.onNow);
  }

  draw({ heading, lead, path, words, rows }) {
    setText(this.heading, heading);
    setText(this.lead, lead);
    this.list.classList.toggle("path", path);
    this.list.classList.toggle("linked", rows.some((row) => row.link)); // else no room for it
    const root = this.section.getRootNode();
    const focused = root.activeElement;
    const wanted = new Set(rows.map((row) => row.uri));
    for (const [uri, row] of this.rows) {
      if (wanted.has(uri)) continue;
      row.element.remove();
      this.rows.delete(uri);
    }
    rows.forEach((data, at) => {
      const row = this.rows.get(data.uri) ?? new Row(data.uri);
      this.rows.set(data.uri, row);
      row.draw(data, at + 1, words);
      row.colourWay(rows[at - 1]?.way ?? data.way, data.way, rows[at + 1]?.way ?? data.way);
      row.mark(this.now);
      if (this.list.children[at] !== row.element) {
        this.list.insertBefore(row.element, this.list.children[at] ?? null);
      }
    });
    // an element that is moved loses the focus
    if (focused?.isConnected && root.activeElement !== focused) {
      focused.focus({ preventScroll: true });
    }
  }
}

class Row {
  constructor(uri) {
    this.uri = uri;
    this.number = make("span", "number");
    this.bars = make("span", "bars", make("i"), make("i"), make("i"));
    this.cover = make("div", "cover");
    this.title = make("h4");
    this.artist = make("p", "artist");
    this.shape = make("span", "shape");
    this.label = make("span");
    this.play = button("play", () => send("ftm:play", uri));
    this.next = button("next", () => this.askedForNext());
    this.open = make("a", "open");
    this.open.append(icon("open"));
    this.open.target = "_blank";
    this.open.rel = "noopener noreferrer";
    for (const one of [this.title, this.artist]) one.dir = "auto";
    for (const one of [this.number, this.bars, this.cover]) one.setAttribute("aria-hidden", "true");
    // A larger target for those who point; the button beside it is the control.
    this.cover.addEventListener("click", () => send("ftm:play", uri));
    this.element = make(
      "li",
      "",
      make("span", "place", this.number, this.bars),
      this.cover,
      make("div", "words", this.title, this.artist),
      make("p", "label", this.shape, this.label),
      make("div", "buttons", this.play, this.next, this.open),
    );
    this.element.dataset.uri = uri;
  }

  draw(data, number, words) {
    setText(this.number, String(number));
    setText(this.title, data.title);
    setText(this.artist, data.artist);
    setText(this.label, data.label);
    this.artist.hidden = !data.artist;
    this.names = { play: data.play, pause: data.pause };
    this.hints = { play: words.play, pause: words.pause };
    setName(this.next, data.next, words.next);
    setName(this.open, data.open, words.open);
    this.open.hidden = !data.link;
    if (data.link) this.open.href = data.link;
    else this.open.removeAttribute("href");
    this.element.style.setProperty("--colour", data.colour);
    this.element.style.setProperty("--ink", data.ink);
    const look = JSON.stringify([data.cover, data.colour, data.shape]);
    if (look === this.look) return;
    this.look = look;
    this.shape.replaceChildren(mark(data.shape));
    this.cover.replaceChildren(artwork(this.uri, data.colour, data.shape));
    if (data.cover.startsWith("https://")) this.cover.append(picture(data.cover));
  }

  colourWay(before, here, after) {
    const style = this.element.style;
    style.setProperty("--before", `color-mix(in srgb, ${before}, ${here})`);
    style.setProperty("--here", here);
    style.setProperty("--after", `color-mix(in srgb, ${here}, ${after})`);
  }

  mark({ uri, playing }) {
    const mine = uri === this.uri;
    const sounds = mine && playing;
    if (mine) this.element.setAttribute("aria-current", "true");
    else this.element.removeAttribute("aria-current");
    this.element.classList.toggle("sounds", sounds);
    const state = sounds ? "pause" : "play";
    setName(this.play, this.names[state], this.hints[state]);
    if (this.play.dataset.icon !== state) {
      this.play.dataset.icon = state;
      this.play.replaceChildren(icon(state));
    }
  }

  askedForNext() {
    send("ftm:next", this.uri);
    this.next.replaceChildren(icon("done"));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.next.replaceChildren(icon("next")), DONE_MS);
  }
}

function send(name, uri) {
  document.dispatchEvent(new CustomEvent(name, { detail: { uri } }));
}

function make(tag, className = "", ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function button(kind, onClick) {
  const element = make("button", kind, icon(kind));
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
}

function icon(name) {
  const path = draw("path", { d: ICONS[name], fill: "currentColor" });
  return draw("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, [path]);
}

/** A cover lies on the drawn picture, which shows while it loads, and if it does not come. */
function picture(address) {
  const image = make("img");
  image.alt = "";
  image.loading = "lazy";
  image.decoding = "async";
  image.referrerPolicy = "no-referrer";
  image.addEventListener("error", () => image.remove());
  image.src = address;
  return image;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setName(element, name, hint) {
  if (element.getAttribute("aria-label") === name) return;
  element.setAttribute("aria-label", name);
  element.title = hint;
}
