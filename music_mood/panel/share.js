// The card, the link, and the ways to hand them on. All words come from Python, as text.

export default function ({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".share");
  const [card, link, copy, save, native, said] = [
    "img",
    "input",
    ".copy",
    ".save",
    ".native",
    "[role=status]",
  ].map((selector) => root.querySelector(selector));
  const { words } = data;

  const bytes = Uint8Array.from(atob(data.png), (character) => character.charCodeAt(0));
  const file = new File([bytes], data.file, { type: "image/png" });
  const address = URL.createObjectURL(file); // the card never gets an address on the server
  card.src = address;
  card.alt = data.alt;
  link.value = data.link;
  link.setAttribute("aria-label", words.link);
  copy.textContent = words.copy;
  save.textContent = words.save;
  native.textContent = words.native;
  root.querySelector(".link").hidden = !data.link;

  let timer;
  const say = (text) => {
    said.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => (said.textContent = ""), 6000);
  };

  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(data.link);
      say(words.copied);
    } catch {
      link.select(); // not over https, or not allowed: the keyboard can copy what is selected
      say(words.selected);
    }
  };
  save.onclick = () => {
    const download = document.createElement("a");
    download.href = address;
    download.download = data.file;
    download.click();
  };
  link.onfocus = () => link.select();

  const whole = { title: data.title, text: data.text, files: [file] };
  if (data.link) whole.url = data.link;
  native.hidden = !navigator.canShare?.(whole);
  native.onclick = async () => {
    try {
      await navigator.share(whole);
    } catch (error) {
      if (error.name !== "AbortError") say(words.failed); // the visitor may change their mind
    }
  };

  return () => {
    clearTimeout(timer);
    URL.revokeObjectURL(address);
  };
}
