// Runs before the first paint, so that a person who reads large type never sees the page jump.
try {
  document.documentElement.dataset.type = localStorage.getItem("onecall.type") === "large" ? "large" : "normal";
} catch {
  document.documentElement.dataset.type = "normal";
}
