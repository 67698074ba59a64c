// Puts Streamlit's own words ("Upload", "Take Photo") into the page's language, and tells the
// browser which language that is. Streamlit 1.67 has them in its bundle and no setting for them.
//
// Only texts and names inside Streamlit's own widgets are touched, and only those that are known
// word by word: what is not known stays English. React sets a text or an attribute only when its
// own value changes, so it does not notice; what it sets anew is translated anew.

const WITHIN = [
  "stFileUploader",
  "stCameraInput",
  "stSelectbox",
  "stSelectboxVirtualDropdown",
  "stMultiSelect",
  "stMultiSelectDropdown",
  "stTooltipIcon",
  "stSkipToContent",
  "stTextInput",
  "InputInstructions",
  "stElementToolbar",
  "stFullScreenFrame",
  "stDialog",
  "stStatusWidget",
  "stConnectionStatus",
].map((id) => `[data-testid="${id}"]`).concat("[data-live-announcer]").join(",");

// What visitors wrote or brought, and what we wrote ourselves.
const TAGS = '[data-testid="stMultiSelectTagsContainer"]';
const MENU = '[role="listbox"]:not([data-empty])';
const HELP = '[data-testid="stTooltipIcon"]'; // stands in a label and is Streamlit's
const FOREIGN = [
  '[data-testid="stWidgetLabel"],[data-testid="stFileChipName"]',
  `${MENU},${TAGS} *,${HELP}`,
].join(",");

function isForeign(element, slot) {
  const near = element.closest(FOREIGN);
  if (!near || near.matches(HELP)) return false;
  if (near.closest(TAGS)) return slot !== "aria-label"; // "Remove ..." has a name in it
  const all = near.closest('[data-testid="stMultiSelectDropdown"]') && near.closest(MENU);
  const option = element.closest('[role="option"]');
  // the first one is Streamlit's "Select all"
  return !(all && option && option === all.querySelector('[role="option"]'));
}

// Why a file was not taken; .streamlit/page.css shows it below the uploader.
const REFUSED = '[data-testid="stFileChip"] [role="alert"]';
const UPLOADER = '[data-testid="stFileUploader"]';

const ATTRIBUTES = ["aria-label", "title", "placeholder"];

const undoing = new WeakMap(); // Streamlit calls again when the data change, without cleaning up

export default function ({ data: [data], parentElement }) {
  undoing.get(parentElement)?.();
  const { language, words } = data;
  document.documentElement.lang = language;
  const table = words.map(([english, other]) => [pattern(english), other]);
  const changed = new Map(); // node -> {slot: [as it was, as we wrote it]}

  const translated = (text) => {
    for (const [known, other] of table) {
      const found = known.exec(text);
      if (found) return other.replace(/\{(\w+)\}/g, (_, name) => written(name, found.groups[name], language));
    }
    return null;
  };

  const treat = (node, slot, text, set) => {
    const ours = changed.get(node)?.[slot]?.[1];
    const other = text && text !== ours ? translated(text.trim()) : null;
    if (other === null || other === text) return;
    changed.set(node, { ...changed.get(node), [slot]: [text, other] });
    set(other);
  };

  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const around = node.parentElement;
      if (around?.closest(WITHIN) && !isForeign(around, "")) {
        treat(node, "", node.nodeValue, (text) => (node.nodeValue = text));
        const refused = around.closest(REFUSED);
        if (refused) refused.closest(UPLOADER)?.setAttribute("data-refused", refused.textContent);
      }
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.closest(WITHIN)) {
        for (const name of ATTRIBUTES) {
          if (!isForeign(node, name)) treat(node, name, node.getAttribute(name), (text) => node.setAttribute(name, text));
        }
      }
      node.childNodes.forEach(visit);
    }
  };

  const observer = new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "childList") record.addedNodes.forEach(visit);
      else visit(record.target);
    }
    for (const node of changed.keys()) if (!node.isConnected) changed.delete(node);
  });
  if (table.length) {
    visit(document.body);
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ATTRIBUTES,
    });
  }
  const undo = () => {
    undoing.delete(parentElement);
    observer.disconnect();
    for (const [node, slots] of changed) {
      for (const [slot, [before, ours]] of Object.entries(slots)) {
        if (!slot && node.nodeValue === ours) node.nodeValue = before;
        if (slot && node.getAttribute(slot) === ours) node.setAttribute(slot, before);
      }
    }
  };
  undoing.set(parentElement, undo);
  return undo;
}

const SIZE = "[\\d.]+[KMGT]?B";

// Streamlit writes "2.5MB"; other languages have another decimal mark, and a space.
function written(name, text, language) {
  if (name !== "size") return text;
  const [, number, unit] = /^([\d.]+)(.+)$/.exec(text);
  return `${Number(number).toLocaleString(language)}\u00a0${unit}`;
}

function pattern(english) {
  const plain = english.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  const named = (_, name) => `(?<${name}>${name === "size" ? SIZE : ".+?"})`;
  return new RegExp(`^${plain.replace(/\{(\w+)\}/g, named)}$`, "s");
}
