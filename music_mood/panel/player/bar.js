// What the visitor sees: the bar and the queue's panel. It knows no sound; `acts` does things.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function clock(seconds) {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function describe(node, words) {
  if (node.getAttribute("aria-label") === words) return;
  node.setAttribute("aria-label", words);
  node.title = words;
}

class Bar {
  constructor(acts) {
    this.acts = acts;
    const button = (name, act) =>
      make("button", { type: "button", class: `ftm-button ftm-${name}`, onclick: act }, icon(name));
    this.picture = make("div", { class: "ftm-picture" });
    this.title = make("span", { class: "ftm-title" });
    this.artist = make("span", { class: "ftm-artist" });
    this.mood = make("span", { class: "ftm-mood" });
    this.source = make("span", { class: "ftm-source" });
    this.previous = button("previous", () => acts.previous());
    this.play = button("play", () => acts.toggle());
    this.next = button("next", () => acts.next());
    this.elapsed = make("span", { class: "ftm-time", "aria-hidden": "true" });
    this.total = make("span", { class: "ftm-time", "aria-hidden": "true" });
    this.position = make("input", {
      type: "range", class: "ftm-position", min: 0, max: 1, step: "any", value: 0,
      oninput: () => acts.seek(Number(this.position.value)),
    });
    this.mute = button("volume", () => acts.mute());
    this.volume = make("input", {
      type: "range", class: "ftm-volume-slider", min: 0, max: 1, step: 0.05,
      oninput: () => acts.volume(Number(this.volume.value)),
    });
    this.queue = button("queue", () => this.open(this.panel.hidden));
    this.queue.setAttribute("aria-expanded", "false");
    this.queue.setAttribute("aria-controls", "ftm-queue");
    this.line = make("div", { class: "ftm-line", "aria-hidden": "true" }, make("i"));
    this.note = make("p", { class: "ftm-note", hidden: "" });
    this.live = make("div", { class: "ftm-live", role: "status", "aria-live": "polite" });
    this.list = make("ol", { class: "ftm-list" });
    this.further = make("p", { class: "ftm-further" });
    this.heading = make("h2", { id: "ftm-queue-heading", tabindex: "-1" });
    this.close = button("close", () => this.open(false));
    this.panel = make(
      "section", { id: "ftm-queue", class: "ftm-panel", hidden: "", "aria-labelledby": "ftm-queue-heading" },
      make("header", {}, this.heading, this.close), this.list, this.further,
    );
    this.root = make(
      "section", { class: "ftm-player-bar" }, this.live, this.panel, this.note, this.line,
      make(
        "div", { class: "ftm-row" },
        make(
          "div", { class: "ftm-what" }, this.picture,
          make("div", { class: "ftm-words" }, this.title, this.artist, make("span", { class: "ftm-facts" }, this.mood, this.source)),
        ),
        make(
          "div", { class: "ftm-centre" },
          make("div", { class: "ftm-buttons" }, this.previous, this.play, this.next),
          make("div", { class: "ftm-progress" }, this.elapsed, this.position, this.total),
        ),
        make("div", { class: "ftm-side" }, this.mute, this.volume, this.queue),
      ),
    );
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.panel.hidden) {
        event.stopPropagation();
        this.open(false);
      }
    });
  }

  open(open) {
    if (open === !this.panel.hidden) return;
    this.panel.hidden = !open;
    this.showAhead();
    this.queue.setAttribute("aria-expanded", String(open));
    if (open) this.heading.focus({ preventScroll: true });
    else this.queue.focus({ preventScroll: true });
  }

  // state: item, playing, loading, hasBack, hasNext, framed, ahead, note, words
  show(state) {
    const { item, words } = state;
    this.root.setAttribute("aria-label", words.player);
    describe(this.previous, words.previous);
    describe(this.next, words.next);
    describe(this.position, words.position);
    describe(this.volume, words.volume);
    describe(this.mute, words.mute);
    describe(this.queue, words.queue);
    describe(this.close, words.close);
    describe(this.play, state.playing ? words.pause : words.play);
    this.swap(this.play, state.playing ? "pause" : "play");
    this.previous.disabled = !state.hasBack;
    this.next.disabled = !state.hasNext;
    this.play.disabled = !item || state.framed; // Spotify's frame has its own
    this.root.classList.toggle("ftm-empty", !item); // not hidden: what it announces is heard
    this.root.classList.toggle("ftm-loading", state.loading);
    this.root.classList.toggle("ftm-idle", !state.begun);
    this.note.textContent = state.note;
    this.note.hidden = !state.note;
    this.heading.textContent = words.up_next;
    this.further.textContent = state.ahead.length ? words.further : words.empty;
    if (item) this.showItem(item, words, state);
    this.state = state;
    this.showAhead();
  }

  swap(button, name) {
    if (button.dataset.icon === name) return;
    button.dataset.icon = name;
    button.replaceChildren(icon(name));
  }

  showItem(item, words, state) {
    const drawn = JSON.stringify([item, state.loading && words.loading]);
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    this.title.textContent = item.title;
    this.title.title = item.title;
    this.artist.textContent = state.loading ? words.loading : item.artist;
    this.root.style.setProperty("--ftm-mood", item.colour);
    this.mood.replaceChildren(moodSign(item), item.word);
    this.source.replaceChildren();
    if (item.link) {
      const link = make("a", { href: item.link, target: "_blank", rel: "noopener noreferrer" }, item.source || words.open);
      link.setAttribute("aria-label", fill(`${item.source ? `${item.source}. ` : ""}${words.open_this}`, { title: item.title }));
      this.source.append(link);
    } else this.source.append(item.source ?? "");
    this.source.title = item.note ?? "";
    this.picture.replaceChildren(this.pictureOf(item));
  }

  pictureOf(item) {
    const drawn = artwork(item.uri, item.colour, item.shape);
    if (!item.cover) return drawn;
    const image = make("img", { src: item.cover, alt: "", referrerpolicy: "no-referrer" });
    image.addEventListener("error", () => image.replaceWith(drawn));
    return image;
  }

  showAhead() {
    const { words } = this.state;
    const ahead = this.panel.hidden ? [] : this.state.ahead; // what nobody sees is not drawn
    const drawn = JSON.stringify(ahead);
    if (this.drawnAhead === drawn) return;
    this.drawnAhead = drawn;
    const held = this.list.contains(document.activeElement) ? [...this.list.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    this.list.replaceChildren(
      ...ahead.map((item) => {
        const act = (name, label, what) => {
          const button = make("button", { type: "button", class: "ftm-button", onclick: what }, icon(name));
          describe(button, fill(label, { title: item.title }));
          return button;
        };
        return make(
          "li", {},
          make("span", { class: "ftm-words" },
            make("span", { class: "ftm-title" }, item.title),
            make("span", { class: "ftm-artist" }, item.artist)),
          make("span", { class: "ftm-mood" }, moodSign(item), item.word),
          act("play", words.play_this, () => this.acts.playUri(item.uri)),
          act("up", words.play_this_next, () => this.acts.up(item.uri)),
          act("close", words.remove_this, () => this.acts.drop(item.uri)),
        );
      }),
    );
    if (held >= 0) { // the visitor was in the list: keep them there
      const buttons = this.list.querySelectorAll("button");
      (buttons[Math.min(held, buttons.length - 1)] ?? this.heading).focus({ preventScroll: true });
    }
  }

  showTime(elapsed, total, words) {
    const known = Number.isFinite(total) && total > 0;
    this.elapsed.textContent = clock(elapsed);
    this.total.textContent = known ? clock(total) : "–:––";
    this.position.max = known ? total : 1;
    this.position.value = known ? elapsed : 0;
    this.position.disabled = !known;
    this.position.setAttribute("aria-valuetext", fill(words.time, { elapsed: clock(elapsed), total: clock(total) }));
    const share = known ? Math.min(1, elapsed / total) : 0;
    this.root.style.setProperty("--ftm-share", share);
  }

  showVolume(volume, muted) {
    this.volume.value = muted ? 0 : volume;
    this.root.style.setProperty("--ftm-volume", muted ? 0 : volume);
    this.mute.setAttribute("aria-pressed", String(muted));
    this.swap(this.mute, muted || volume === 0 ? "muted" : "volume");
  }

  announce(words) {
    this.live.textContent = words;
  }
}
