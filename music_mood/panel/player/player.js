// The player's sense: which of the slots' elements sounds, and what the server is told of it.
//
// The browser decides at once and tells the server afterwards. Events are numbered and told again
// until the server confirms them; while some are not confirmed, what the server says is playing is
// an old answer, which must not start a track that the visitor has moved on from.

const REMEMBERED = "face-the-music-volume";
const RESTART_S = 3; // "previous" begins the track again once it has played this long
const AGAIN_MS = 2000;

const sounds = (element) =>
  element instanceof HTMLAudioElement || (element instanceof HTMLVideoElement && !element.muted);

class Player {
  constructor() {
    this.bar = new Bar(this);
    this.data = null;
    this.number = 0;
    this.log = [];
    this.current = null; // the item that plays, or is wanted to
    this.ahead = [];
    this.wants = false; // shall there be sound?
    this.hushed = new WeakSet(); // elements that we paused, not the visitor
    this.attempts = new Map(); // element -> "uri attempt" that it was loaded for
    this.failed = new WeakMap(); // element -> "uri attempt" that the server was told of as failed
    this.resume = null; // {uri, time}: where to go on after an element was lost
    this.last = { uri: "", time: 0 };
    this.pausedAt = 0;
    this.level = this.remembered();
    this.listeners = [
      ["play", (event) => this.onPlay(event.target)],
      ["playing", (event) => this.onPlaying(event.target)],
      ["pause", (event) => this.onPause(event.target)],
      ["ended", (event) => this.onEnded(event.target)],
      ["error", (event) => this.onError(event.target)],
      ["timeupdate", (event) => this.onTime(event.target)],
      ["durationchange", (event) => this.onTime(event.target)],
      ["seeked", (event) => this.onTime(event.target)],
      ["canplay", (event) => this.onCanPlay(event.target)],
      ["ftm:play", (event) => this.playUri(String(event.detail?.uri ?? ""))],
      ["ftm:next", (event) => this.up(String(event.detail?.uri ?? ""))],
      ["ftm:hello", () => this.tell(true)],
      ["ftm:say", (event) => this.bar.announce(String(event.detail ?? ""))],
    ];
    // Media events do not bubble, so they are caught on their way down.
    for (const [name, act] of this.listeners) document.addEventListener(name, act, true);
    this.watcher = new MutationObserver(() => this.prepare());
    this.setMediaKeys();
  }

  // --- with the server ---

  render(data, parent, send) {
    this.send = send;
    if (this.bar.root.parentElement !== parent) parent.append(this.bar.root);
    document.documentElement.classList.add("ftm-player");
    const lost = this.data && this.data.session !== data.session;
    this.data = data;
    this.log = this.log.filter((event) => event.number > data.acked);
    if (lost && this.current) { // the server began anew: tell it what is playing here
      this.resume = { ...this.last };
      this.tellServer("play", this.current.uri);
    }
    const settled = data.acked >= this.number;
    if (settled) this.adopt();
    else if (performance.now() - this.sentAt > AGAIN_MS) this.flush();
    this.watch();
    this.prepare();
    if (settled && data.more) this.tellServer("more", "");
    if (data.said && data.said !== this.said) this.bar.announce(data.said);
    else if (data.note && data.note !== this.noted) this.bar.announce(data.note);
    this.said = data.said;
    this.noted = data.note;
    this.show();
  }

  adopt() {
    const { now, halted } = this.data;
    this.ahead = this.data.ahead;
    if (now?.uri !== this.current?.uri) {
      this.hush();
      this.current = now;
      this.blocked = false;
    } else this.current = now;
    if (!now || halted) this.wants = false;
  }

  tellServer(kind, uri) {
    this.log.push({ number: ++this.number, kind, uri });
    this.flush();
  }

  flush() {
    this.sentAt = performance.now();
    this.send?.("events", this.log);
  }

  // --- slots ---

  slotOf(uri) {
    const slots = this.data?.slots ?? [];
    return slots.findIndex((slot) => slot?.uri === uri);
  }

  elementAt(number) {
    const element = document.querySelector(`.st-key-ftm-slot-${number} audio`);
    // drawn for this track already? its name says so
    return element?.getAttribute("aria-label") === this.data.slots[number].name ? element : null;
  }

  elementOf(uri) {
    const number = this.slotOf(uri);
    return number < 0 ? null : this.elementAt(number);
  }

  itemOf(element) {
    const number = (this.data?.slots ?? []).findIndex((slot, at) => slot && this.elementAt(at) === element);
    return number < 0 ? null : this.data.slots[number];
  }

  get element() {
    return this.current ? this.elementOf(this.current.uri) : null;
  }

  watch() {
    const place = document.querySelector(".st-key-ftm-slots");
    if (!place || place === this.watched) return;
    this.watched = place;
    this.watcher.disconnect();
    this.watcher.observe(place, { subtree: true, childList: true, attributeFilter: ["src", "aria-label"] });
  }

  // Let the slots' elements load, and the one that is wanted sound.
  prepare() {
    if (!this.data) return;
    this.data.slots.forEach((slot, number) => {
      const element = slot && this.elementAt(number);
      if (!element) return;
      element.preload = "auto";
      element.controls = false;
      element.volume = this.level.volume;
      element.muted = this.level.muted;
      const drawnFor = `${slot.uri} ${slot.attempt}`;
      const before = this.attempts.get(element);
      this.attempts.set(element, drawnFor);
      // the same address once more: it must be told
      if (before?.startsWith(`${slot.uri} `) && before !== drawnFor && element.error) element.load();
      // it may have failed before we knew for which track it was drawn
      if (element.error) this.onError(element);
    });
    this.start();
  }

  start() {
    const element = this.element;
    if (!this.wants || !element || !element.paused) return;
    this.hushed.delete(element);
    this.hushOthers(element); // before, not when it has begun: two never sound together
    element.play().catch((error) => {
      if (error.name !== "NotAllowedError" || this.element !== element) return;
      this.wants = false;
      this.blocked = true;
      this.bar.announce(this.data.words.blocked);
      this.show();
    });
  }

  // Pause what plays, to play something else.
  hush() {
    const element = this.element;
    if (!element) return;
    this.hushed.add(element);
    element.pause();
    if (element.readyState > 0) element.currentTime = 0;
  }

  // --- what the visitor does ---

  toggle() {
    const shown = this.current ?? this.ahead[0];
    if (!shown) return;
    if (!this.current) return this.playUri(shown.uri);
    const element = this.element;
    this.blocked = false;
    if (this.wants) {
      this.wants = false;
      element?.pause();
    } else {
      this.wants = true;
      if (!element && this.data.frame !== this.current.uri) this.tellServer("play", this.current.uri);
      else if (performance.now() - this.pausedAt > this.data.wake_s * 1000) this.tellServer("wake", "");
      this.start();
    }
    this.show();
  }

  playUri(uri) {
    if (!uri || !this.data) return;
    if (uri === this.current?.uri) return this.toggle();
    this.hush();
    const item = this.ahead.find((one) => one.uri === uri);
    this.goTo(item ?? { uri, title: this.data.words.loading, artist: "", word: "", colour: "currentColor", shape: "" });
    this.ahead = this.ahead.filter((one) => one.uri !== uri);
    this.tellServer("play", uri);
    this.show();
  }

  goTo(item) {
    this.current = item;
    this.wants = true;
    this.blocked = false;
    this.resume = null;
    this.start();
  }

  next() {
    const from = this.current;
    const at = this.ahead.findIndex((one) => !one.silent);
    this.hush();
    if (at >= 0) {
      const item = this.ahead[at];
      this.ahead = this.ahead.slice(at + 1);
      this.goTo(item);
    } else this.wants = true; // the server says how it goes on
    this.tellServer("next", from?.uri ?? "");
    this.show();
  }

  previous() {
    const element = this.element;
    if (element && (element.currentTime > RESTART_S || !this.data.back)) {
      element.currentTime = 0;
      return;
    }
    if (!this.data.back) return;
    this.hush();
    this.wants = true;
    this.tellServer("back", this.current?.uri ?? "");
    this.show();
  }

  up(uri) {
    if (!uri || uri === this.current?.uri) return;
    const item = this.ahead.find((one) => one.uri === uri);
    if (item) this.ahead = [item, ...this.ahead.filter((one) => one !== item)];
    this.tellServer("up", uri);
    this.show();
  }

  drop(uri) {
    this.ahead = this.ahead.filter((one) => one.uri !== uri);
    this.tellServer("drop", uri);
    this.show();
  }

  seek(seconds) {
    const element = this.element;
    if (element && Number.isFinite(seconds)) element.currentTime = seconds;
  }

  mute() {
    this.setLevel({ ...this.level, muted: !this.level.muted });
  }

  volume(volume) {
    this.setLevel({ volume, muted: volume === 0 });
  }

  setLevel(level) {
    this.level = level.volume > 0 ? level : { volume: this.level.volume || 1, muted: true };
    try {
      localStorage.setItem(REMEMBERED, JSON.stringify(this.level));
    } catch { /* a browser that remembers nothing */ }
    this.prepare();
    this.bar.showVolume(this.level.volume, this.level.muted);
  }

  remembered() {
    try {
      const { volume, muted } = JSON.parse(localStorage.getItem(REMEMBERED));
      if (volume > 0 && volume <= 1) return { volume, muted: muted === true };
    } catch { /* nothing, or nonsense */ }
    return { volume: 1, muted: false };
  }

  // --- what the sound does ---

  onPlay(target) {
    if (!sounds(target)) return;
    const item = this.itemOf(target);
    if (item && item.uri !== this.current?.uri) return target.pause();
    this.hushOthers(target);
    if (!item && this.current) this.wants = false; // something else on the page sounds
    if (item) this.wants = true;
    this.show();
  }

  hushOthers(element) {
    for (const other of document.querySelectorAll("audio, video")) {
      if (other === element || other.paused || !sounds(other)) continue;
      this.hushed.add(other);
      other.pause();
    }
  }

  onPlaying(target) {
    if (!this.current || target !== this.element) return;
    if (this.begun !== this.current.uri) {
      this.begun = this.current.uri;
      const { title, artist } = this.current;
      const { now_playing, now_playing_title } = this.data.words;
      this.bar.announce(fill(artist ? now_playing : now_playing_title, { title, artist }));
      this.tellServer("started", this.current.uri);
    }
    this.show();
  }

  onPause(target) {
    if (target !== this.element || this.hushed.has(target) || target.ended || !target.isConnected) return;
    this.pausedAt = performance.now();
    this.wants = false;
    this.show();
  }

  onEnded(target) {
    if (target !== this.element) return;
    this.begun = null;
    this.next();
  }

  onError(target) {
    const item = target instanceof HTMLAudioElement && this.itemOf(target);
    if (!item || this.failed.get(target) === `${item.uri} ${item.attempt}`) return;
    this.failed.set(target, `${item.uri} ${item.attempt}`);
    if (item.uri === this.current?.uri && this.last.uri === item.uri) this.resume = { ...this.last };
    this.tellServer("failed", item.uri);
    this.show();
  }

  onCanPlay(target) {
    if (target !== this.element || this.resume?.uri !== this.current.uri) return;
    const { time } = this.resume;
    this.resume = null;
    if (time > 1 && target.currentTime < 1) target.currentTime = time;
  }

  onTime(target) {
    if (!this.current || target !== this.element) return;
    if (!this.resume) this.last = { uri: this.current.uri, time: target.currentTime };
    this.showTime();
  }

  // --- what is shown and told ---

  show() {
    if (!this.data) return;
    const { words } = this.data;
    const item = this.current ?? this.ahead[0] ?? null;
    const element = this.element;
    if (this.shownUri !== this.current?.uri) {
      if (this.shownUri !== undefined) this.begun = null;
      this.shownUri = this.current?.uri;
      rememberInAddress(this.shownUri ?? "");
    }
    const framed = Boolean(this.current) && this.data.frame === this.current.uri;
    this.bar.show({
      item, words, framed, ahead: this.current ? this.ahead : this.ahead.slice(1),
      playing: this.wants && !framed,
      loading: this.wants && !framed && !(element && element.readyState > 2),
      begun: Boolean(this.current),
      hasBack: Boolean(this.current) && (this.data.back || this.data.acked < this.number || Boolean(element)),
      hasNext: Boolean(this.current) && this.ahead.length > 0,
      note: this.blocked ? words.blocked : this.data.acked >= this.number ? this.data.note : "",
    });
    this.showTime();
    this.bar.showVolume(this.level.volume, this.level.muted);
    this.showMediaSession(item);
    this.tell(false);
  }

  showTime() {
    const shown = this.current ?? this.ahead[0];
    const element = shown ? this.elementOf(shown.uri) : null;
    this.bar.showTime(element?.currentTime ?? 0, element?.duration ?? NaN, this.data.words);
    if (element && Number.isFinite(element.duration) && element.duration > 0) {
      navigator.mediaSession?.setPositionState?.({
        duration: element.duration,
        position: Math.min(element.currentTime, element.duration),
      });
    }
  }

  // The list of tracks marks the one that plays.
  tell(asked) {
    const detail = { uri: this.current?.uri ?? "", playing: this.wants };
    const told = JSON.stringify(detail);
    if (!asked && told === this.told) return;
    this.told = told;
    document.dispatchEvent(new CustomEvent("ftm:now", { detail }));
  }

  setMediaKeys() {
    const keys = {
      play: () => this.wants || this.toggle(),
      pause: () => this.wants && this.toggle(),
      previoustrack: () => this.previous(),
      nexttrack: () => this.current && this.next(),
      seekto: ({ seekTime }) => this.seek(seekTime),
    };
    for (const [name, act] of Object.entries(keys)) {
      try {
        navigator.mediaSession?.setActionHandler(name, act);
      } catch { /* a browser without this key */ }
    }
  }

  showMediaSession(item) {
    const session = navigator.mediaSession;
    if (!session) return;
    session.playbackState = !this.current ? "none" : this.wants ? "playing" : "paused";
    if (!this.current || this.sessionUri === item.uri + item.title) return;
    this.sessionUri = item.uri + item.title;
    const src = item.cover || pictureAddress(item);
    session.metadata = new MediaMetadata({ title: item.title, artist: item.artist, artwork: [{ src }] });
  }

  leave() {
    for (const [name, act] of this.listeners) document.removeEventListener(name, act, true);
    this.watcher.disconnect();
    document.documentElement.classList.remove("ftm-player");
    this.bar.root.remove();
  }
}

let player = null;
let draws = 0;

// A reload goes on with the same track, paused. A file's name is the visitor's own business.
// The address is changed in place: a step back in the browser is a choice taken back, not a song.
function rememberInAddress(uri) {
  const address = new URL(location.href);
  if (uri && !uri.startsWith("file:")) address.searchParams.set("now", uri);
  else address.searchParams.delete("now");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const draw = ++draws;
  player ??= new Player();
  player.render(data, parentElement, setTriggerValue);
  return () => {
    // Streamlit also cleans up after a call that was overtaken by a newer one
    if (draw !== draws) return;
    player?.leave();
    player = null;
  };
}
