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
  "stTextInput",
  "InputInstructions",
  "stElementToolbar",
  "stFullScreenFrame",
  "stDialog",
  "stStatusWidget",
  "stConnectionStatus",
].map((id) => `[data-testid="${id}"]`).join(",");

// What visitors wrote or brought, and what we wrote ourselves.
const FOREIGN =
  '[data-testid="stWidgetLabel"],[data-testid="stFileChipName"],[role="listbox"]:not([data-empty])';

const ATTRIBUTES = ["aria-label", "title", "placeholder"];

const undoing = new WeakMap(); // Streamlit calls again when the data change, without cleaning up

export default function ({ data, parentElement }) {
  undoing.get(parentElement)?.();
  const { language, words } = data;
  document.documentElement.lang = language;
  const table = words.map(([english, other]) => [pattern(english), other]);
  const changed = new Map(); // node -> {slot: [as it was, as we wrote it]}

  const translated = (text) => {
    for (const [known, other] of table) {
      const found = known.exec(text);
      if (found) return other.replace(/\{(\w+)\}/g, (_, name) => found.groups[name]);
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
      if (around?.closest(WITHIN) && !around.closest(FOREIGN)) {
        treat(node, "", node.nodeValue, (text) => (node.nodeValue = text));
      }
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.closest(WITHIN) && !node.closest(FOREIGN)) {
        for (const name of ATTRIBUTES) {
          treat(node, name, node.getAttribute(name), (text) => node.setAttribute(name, text));
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

function pattern(english) {
  const plain = english.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${plain.replace(/\{(\w+)\}/g, "(?<$1>.+?)")}$`, "s");
}
