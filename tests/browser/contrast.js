// What can be read on a page, and how to hide it: for contrast.py, which measures the pixels.
window.contrastOfText ??= (() => {
  const roots = () => {
    const found = [document];
    for (let i = 0; i < found.length; i++) {
      for (const element of found[i].querySelectorAll("*")) {
        if (element.shadowRoot) found.push(element.shadowRoot);
      }
    }
    return found;
  };
  const parent = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const up = function* (element) {
    for (let one = element; one; one = parent(one)) yield one;
  };

  // Text fill, not color: what mixes its ground with currentColor must stay as it is.
  const STILL = `*, *::before, *::after { transition: none !important;
      animation-duration: 0s !important; animation-delay: 0s !important; }`;
  const HIDDEN = STILL + `*, *::before, *::after, *::placeholder {
      -webkit-text-fill-color: transparent !important; -webkit-text-stroke-color: transparent
      !important; text-shadow: none !important; text-decoration-color: transparent !important; }
      svg text, svg tspan { fill: transparent !important; stroke: transparent !important; }
      :is(button, a, summary, [role=button]) svg { opacity: 0 !important; }`;
  const sheet = new CSSStyleSheet();
  const wear = (css) => {
    sheet.replaceSync(css);
    for (const root of roots()) {
      if (!root.adoptedStyleSheets.includes(sheet)) {
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      }
    }
  };

  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = "#000";
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    const own = css.match(/^rgba\(([\d.]+), ([\d.]+), ([\d.]+), ([\d.]+)\)$/);
    return own ? own.slice(1).map(Number) : [r, g, b, a / 255]; // thin colours lose in a canvas
  };

  const selector = (element) => {
    const parts = [];
    for (const one of up(element)) {
      const test = one.getAttribute("data-testid");
      const key = [...one.classList].find((name) => /^(ftm-|st-key-)/.test(name));
      parts.unshift(
        one.tagName.toLowerCase() + (test ? `[data-testid="${test}"]` : key ? `.${key}` : ""),
      );
      if (test || key) break;
    }
    return parts.slice(-4).join(" > ");
  };

  const idle = (element) => {
    for (const one of up(element)) {
      if (one.matches(":disabled, [aria-disabled=true], [inert]")) return true;
    }
    return false;
  };

  const opacity = (element) => {
    let product = 1;
    for (const one of up(element)) product *= +getComputedStyle(one).opacity;
    return product;
  };

  const opaque = (element) => {
    if (/^(img|video|canvas|iframe|audio)$/i.test(element.tagName)) return opacity(element) > 0.5;
    const style = getComputedStyle(element);
    const covers = style.backgroundImage !== "none" || rgba(style.backgroundColor)[3] > 0.5;
    return covers && style.visibility === "visible" && opacity(element) > 0.5;
  };

  // Whether something that can be seen lies over a point of an element.
  const coveredAt = (element, x, y) => {
    const mine = new Set(up(element));
    let scope = document;
    for (;;) {
      let next = null;
      for (const hit of scope.elementsFromPoint(x, y)) {
        if (hit === element) return false;
        if (mine.has(hit)) {
          if (hit.shadowRoot && hit.shadowRoot !== scope) next = hit.shadowRoot;
          break;
        }
        if (element.contains(hit)) return false;
        if (opaque(hit)) return true;
        const inner = hit.shadowRoot?.elementsFromPoint(x, y) ?? [];
        if (inner.some((one) => hit.shadowRoot.contains(one) && opaque(one))) return true;
      }
      if (!next) return false;
      scope = next;
    }
  };
  // "yes", "no" or "partly", by nine points of the box
  const covered = (element, [x0, y0, x1, y1]) => {
    const shares = [0.1, 0.5, 0.9];
    const hits = shares.flatMap((x) => shares.map((y) =>
      coveredAt(element, x0 + (x1 - x0) * x, y0 + (y1 - y0) * y)));
    return hits.every(Boolean) ? "yes" : hits.some(Boolean) ? "partly" : "no";
  };

  // The part of a box that its scrolling and clipping ancestors let through; null for nothing.
  const clipped = (element, rect) => {
    let [x0, y0, x1, y1] = [rect.left, rect.top, rect.right, rect.bottom];
    for (const one of up(element)) {
      const style = getComputedStyle(one);
      if (style.clipPath !== "none" || (style.clip !== "auto" && style.position === "absolute")) {
        const box = one.getBoundingClientRect();
        if (box.width <= 2 && box.height <= 2) return null; // for screen readers only
      }
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const box = one.getBoundingClientRect();
      [x0, x1] = [Math.max(x0, box.left), Math.min(x1, box.right)];
      [y0, y1] = [Math.max(y0, box.top), Math.min(y1, box.bottom)];
    }
    [x0, x1] = [Math.max(x0, 0), Math.min(x1, innerWidth)];
    [y0, y1] = [Math.max(y0, 0), Math.min(y1, innerHeight)];
    return x1 - x0 > 2 && y1 - y0 > 2 ? [x0, y0, x1, y1] : null;
  };

  const thing = (element, rect, words, kind, css, thin = 1) => {
    const box = clipped(element, rect);
    if (!box || idle(element)) return null;
    const [r, g, b, a] = rgba(css);
    if (opacity(element) < 0.05) return null; // it waits for the mouse, as a slider's ends do
    return {
      text: words.trim().replace(/\s+/g, " "), kind, box, selector: selector(element),
      colour: [r, g, b, a * opacity(element) * thin], covered: covered(element, box),
    };
  };

  const sized = (style) => {
    if (/Material Symbols|Material Icons/i.test(style.fontFamily)) return "icon";
    const px = parseFloat(style.fontSize);
    return px >= 24 || (px >= 18.66 && +style.fontWeight >= 700) ? "large text" : "text";
  };

  const EDGED = `input:not([type=hidden]):not([type=range]):not([type=file]), textarea, select,
      [role=combobox], [role=spinbutton]`;

  function* texts(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const element = node.parentElement ?? node.getRootNode().host;
      if (!node.data.trim() || !element || /^(style|script|noscript|title|desc|option)$/i.test(element.tagName)) continue;
      const style = getComputedStyle(element);
      if (style.visibility !== "visible" || style.display === "none") continue;
      range.selectNodeContents(node);
      const css = element instanceof SVGElement ? style.fill : style.webkitTextFillColor;
      for (const rect of range.getClientRects()) {
        yield thing(element, rect, node.data, sized(style), css);
      }
    }
  }

  function* fields(root) {
    for (const input of root.querySelectorAll("input, textarea")) {
      if (/^(hidden|range|file|checkbox|radio|color)$/.test(input.type)) continue;
      const style = getComputedStyle(input);
      const hint = getComputedStyle(input, "::placeholder");
      const box = input.getBoundingClientRect();
      if (style.visibility !== "visible" || box.width < 4) continue;
      if (input.value) yield thing(input, box, input.value, "text", style.webkitTextFillColor);
      else if (input.placeholder) {
        const css = hint.webkitTextFillColor;
        yield thing(input, box, input.placeholder, "placeholder", css, +hint.opacity);
      }
    }
  }

  function* icons(root) {
    const all = ":is(button, a, summary, [role=button]) svg";
    for (const svg of root.querySelectorAll(all)) {
      const shape = svg.querySelector("path, circle, rect, polygon, line, polyline") ?? svg;
      const style = getComputedStyle(shape);
      const css = style.fill !== "none" ? style.fill : style.stroke;
      if (css === "none" || style.visibility !== "visible") continue;
      const name = svg.closest("button, a, summary, [role=button]");
      const words = name.getAttribute("aria-label") ?? name.textContent ?? "";
      yield thing(svg, svg.getBoundingClientRect(), words, "icon", css);
    }
  }

  // The box a field is seen by: the nearest that draws a border or a ground of its own.
  function* edges(root) {
    for (const field of root.querySelectorAll(EDGED)) {
      if (/^(checkbox|radio)$/.test(field.type)) continue;
      if (field.parentElement?.closest(EDGED)) continue;
      for (const one of up(field)) {
        const style = getComputedStyle(one);
        const bordered = parseFloat(style.borderTopWidth) >= 1 && rgba(style.borderTopColor)[3] > 0;
        if (!bordered && rgba(style.backgroundColor)[3] === 0) continue;
        const box = one.getBoundingClientRect();
        const name = field.getAttribute("aria-label") ?? field.labels?.[0]?.textContent ?? "";
        if (box.width > 8 && box.height > 8 && opacity(one) > 0) {
          const found = thing(one, box, name, "edge", style.borderTopColor);
          const whole = found && Math.abs(found.box[3] - found.box[1] - box.height) < 1;
          if (whole) yield found;
        }
        break;
      }
    }
  }

  let scrollers = [];
  return {
    things() {
      wear(STILL + "* { pointer-events: auto !important; }");
      const found = roots().flatMap((root) =>
        [...texts(root), ...fields(root), ...icons(root), ...edges(root)]);
      wear(STILL);
      return found.filter(Boolean);
    },
    hide: () => wear(HIDDEN),
    show: () => wear(""),
    // How many things scroll far enough to hide something.
    scrollers() {
      scrollers = roots().flatMap((root) => [...root.querySelectorAll("*")]).filter((one) => {
        const roams = one.scrollHeight - one.clientHeight > 8 && one.clientHeight > 150;
        const rolls = /auto|scroll/.test(getComputedStyle(one).overflowY);
        const root = one === document.scrollingElement;
        return roams && (rolls || root) && getComputedStyle(one).visibility === "visible";
      });
      return scrollers.length;
    },
    // Scroll one of them to its `at`-th screen; gives whether there are more.
    async scroll(number, at) {
      const one = scrollers[number];
      const step = one.clientHeight * 0.8; // a bar may stand over the rest
      one.scrollTo({ top: at * step, behavior: "instant" });
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      await frame(); // what hangs on something, as a menu, follows a frame later
      await frame();
      return one.scrollTop + one.clientHeight < one.scrollHeight - 2;
    },
  };
})();
