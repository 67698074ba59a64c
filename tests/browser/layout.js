// What layout.py asks of a page; an expression, put into the page with every question.
(window.layoutOfPage ??= (() => {
  const all = (css, root = document) => {
    const found = [...root.querySelectorAll(css)];
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) found.push(...all(css, element.shadowRoot));
    }
    return found;
  };
  const parent = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const up = function* (element) {
    for (let one = element; one; one = parent(one)) yield one;
  };
  const seen = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 2 && box.height > 2; // less is for screen readers
  };
  const selector = (element) => {
    const parts = [];
    for (const one of up(element)) {
      const test = one.getAttribute("data-testid");
      const key = [...one.classList].find((name) => /^(ftm-|st-key-)/.test(name));
      const brothers = parent(one)?.children ?? [];
      const place = [...brothers].filter((other) => other.tagName === one.tagName).indexOf(one);
      const name = one.id ? `#${one.id}` : test ? `[data-testid="${test}"]` : key ? `.${key}` : "";
      parts.unshift(one.tagName.toLowerCase() + name + (place > 0 ? `:${place + 1}` : ""));
      if (parts.length > 5) break;
    }
    return parts.join(" > ");
  };
  const words = (element) =>
    (element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent
      ?? (element.textContent || element.title || element.querySelector("[alt], [aria-label]")
        ?.getAttribute("alt")) ?? "").trim().replace(/\s+/g, " ").slice(0, 60);

  // Streamlit's own: what says that the script runs, that a file was taken, that something failed.
  const STREAMLITS = `[data-testid="stStatusWidget"], [data-testid="stSpinner"],
    [data-testid="stToastContainer"], [data-testid="stAlert"], [data-testid="stAlertContainer"],
    [data-testid="stFileUploader"], [data-testid="stCameraInput"], [data-testid="stProgress"],
    [data-testid="stConnectionStatus"], [data-live-announcer], [data-testid="stSelectbox"], [data-testid="stMultiSelect"]`;

  // A modal dialog hides everything else from screen readers, the page's region too.
  const DIALOG = "[role=dialog]";

  let visited = new Set();
  let pale = null;
  return {
    sideways() {
      const wrong = [];
      const root = document.documentElement;
      if (root.scrollWidth > root.clientWidth) {
        wrong.push(`the page scrolls sideways: ${root.scrollWidth} of ${root.clientWidth} px`);
      }
      for (const element of all("body *")) {
        if (!seen(element)) continue;
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        const over = element.scrollWidth - element.clientWidth;
        // A table has two dimensions: it may scroll within its own box (WCAG 1.4.10).
        const table = element.matches("table") || element.querySelector(":scope > table");
        if (/auto|scroll/.test(style.overflowX) && over > 1 && element.clientWidth > 0 && !table) {
          wrong.push(`scrolls sideways by ${over} px: ${selector(element)}`);
        }
        let rolls = false; // named by what scrolls, once
        for (let one = parent(element); one && !rolls; one = parent(one)) {
          rolls = getComputedStyle(one).overflowX !== "visible" && one !== document.body
            && one !== root && !one.matches('[data-testid="stMain"], [data-testid="stApp"] > *');
          if (rolls && element.matches("button, a, input:not([type=checkbox], [type=radio], [type=range]), h1, h2, h3, p, label, td, th")) {
            const frame = one.getBoundingClientRect();
            // a pixel lets nothing through: what is in it is for screen readers
            if (frame.width > 2 && box.right > frame.right + 1 && box.left < frame.right
                && getComputedStyle(one).textOverflow !== "ellipsis"
                && !/auto|scroll/.test(getComputedStyle(one).overflowX)) {
              const by = Math.round(box.right - frame.right);
              wrong.push(`cut off by ${by} px: ${words(element)} ${selector(element)}`);
            }
          }
        }
        if (!rolls && box.right > root.clientWidth + 1 && box.left < root.clientWidth) {
          const by = Math.round(box.right - root.clientWidth);
          wrong.push(`sticks out by ${by} px: ${selector(element)}`);
        }
      }
      return wrong;
    },
    unlabelled() {
      return all("audio, video, iframe").filter(seen)
        .filter((one) => one.tagName !== "VIDEO" || one.controls)
        .filter((one) => !one.ariaLabel && !one.title && !one.getAttribute("aria-labelledby"))
        .map((one) => `${one.tagName.toLowerCase()}: ${selector(one)}`);
    },
    liveRegions() {
      return all("[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], output")
        .filter((one) => ![...up(one)].some((other) => other.matches(`${STREAMLITS}, ${DIALOG}`)))
        .map((one) => `${selector(one)} says ${JSON.stringify(words(one))}`);
    },
    headings() {
      return all("h1, h2, h3, h4, h5, h6, [role=heading]")
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        .filter((one) => ![...up(one)].some((other) => other.matches("[aria-hidden=true]")))
        .map((one) => [+(one.ariaLevel ?? one.tagName.slice(1)), words(one)]);
    },
    motions() {
      const wrong = [];
      const long = (list) => list.split(",").some((part) =>
        parseFloat(part) * (/ms/.test(part) ? 0.001 : 1) > 0.01);
      for (const element of all("*")) {
        if (!element.checkVisibility()) continue;
        for (const pseudo of [undefined, "::before", "::after"]) {
          const style = getComputedStyle(element, pseudo);
          if (pseudo && style.content === "none") continue;
          const glides = style.transitionProperty !== "none" && long(style.transitionDuration);
          const moves = style.animationName !== "none" && long(style.animationDuration);
          if (glides || moves || style.scrollBehavior === "smooth") {
            const what = moves ? `animation ${style.animationName}` : glides
              ? `transition of ${style.transitionProperty}` : "smooth scrolling";
            wrong.push(`${what}: ${selector(element)}${pseudo ?? ""}`);
          }
        }
      }
      return wrong;
    },
    fromTop() {
      visited = new Set();
      document.activeElement?.blur();
      document.body.tabIndex = -1;
      document.body.focus({ preventScroll: true });
      document.body.removeAttribute("tabindex");
    },
    stop() {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      if (!at || at === document.body || at === document.documentElement) return null;
      const known = visited.has(at);
      visited.add(at);
      let group = "";
      for (const one of up(at)) {
        const track = one.matches(`li, [role=listitem], article, [role=article], [role=row], tr,
            [class*="st-key-track-"]`);
        if (track) {
          group = selector(one);
          break;
        }
      }
      // What is seen of a control may be its label.
      const label = at.labels?.[0];
      const shown = seen(at) || !label ? at : label;
      const { left, top, right, bottom } = shown.getBoundingClientRect();
      return {
        selector: selector(at), words: words(at), group, box: [left, top, right, bottom],
        seen: known,
      };
    },
    // Take the focus away, or give it back as the keyboard would.
    pale(away) {
      if (away) {
        pale = document.activeElement;
        while (pale?.shadowRoot?.activeElement) pale = pale.shadowRoot.activeElement;
        pale?.blur();
      } else pale?.focus({ preventScroll: true, focusVisible: true });
    },
  };
})())
