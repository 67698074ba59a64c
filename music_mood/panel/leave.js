// Before the browser goes to Spotify's login: writes the cookie that brings the visitor's choices back,
// and leads there in this tab. A page within a frame stays: it may only open another tab, and the
// visitor has a link for that.

export default function ({ data: [address, cookie, atOnce] }) {
  document.cookie = cookie + (location.protocol === "https:" ? "; Secure" : "");
  if (atOnce && window.top === window) window.location.assign(address);
}
