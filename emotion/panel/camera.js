// Beside streamlit-webrtc's component, which lives in an iframe of the same origin. That says what
// goes wrong in its own words and in English; this says it in ours and takes those away. And it
// lets the page's ground show through. If the iframe cannot be looked into, or says something new,
// it stays as it is: nothing is lost.

const KINDS = [
  ["denied", /NotAllowedError|PermissionDenied|SecurityError/],
  ["absent", /NotFoundError|OverconstrainedError|DevicesNotFound/],
  ["taken", /NotReadableError|AbortError|TrackStartError/],
  ["insecure", /mediaDevices is undefined|getUserMedia is not implemented/],
  ["slow", /taking longer than expected/],
];
const LOOK_EVERY_MS = 300;
const DRESS = `
  html, body { background: transparent !important; }
  button { text-transform: none !important; border-radius: 1.25rem !important; }
`;

function contentOf(frame) {
  try {
    return frame.contentDocument;
  } catch {
    return null; // from elsewhere: not ours to look into
  }
}

function dress(content) {
  if (!content.head || content.getElementById("ftm-dress")) return;
  const style = content.createElement("style");
  style.id = "ftm-dress";
  style.textContent = DRESS;
  content.head.append(style);
  // Of another colour scheme than the page around it, an iframe is never transparent.
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  content.documentElement.style.colorScheme = scheme;
}

// What the component leaves without a name, for those who hear the page.
function name(content, selector, words) {
  for (const node of content.querySelectorAll(selector)) node.setAttribute("aria-label", words);
}

export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".ftm-trouble");

  const look = () => {
    let sentence = "";
    for (const frame of document.querySelectorAll('iframe[title^="streamlit_webrtc."]')) {
      const content = contentOf(frame);
      if (!content) continue;
      dress(content);
      name(content, '[role="progressbar"]', data.waiting);
      name(content, "video", data.video);
      for (const alert of content.querySelectorAll('[role="alert"]')) {
        const found = KINDS.find(([, pattern]) => pattern.test(alert.textContent));
        sentence = data[found ? found[0] : "other"] ?? "";
        if (sentence) alert.style.display = "none";
      }
    }
    if (place.textContent !== sentence) {
      place.textContent = sentence;
      // The page has one live region, and whoever owns it listens.
      if (sentence) document.dispatchEvent(new CustomEvent("ftm:say", { detail: sentence }));
    }
    place.hidden = !sentence;
  };

  const timer = setInterval(look, LOOK_EVERY_MS);
  look();
  return () => clearInterval(timer);
}
