// Leads the browser elsewhere in this tab, as soon as it is drawn: to Spotify's login.
// A page within a frame stays: it may only open another tab, and the visitor has a link for that.

export default function ({ data: [address] }) {
  if (window.top === window) window.location.assign(address);
}
