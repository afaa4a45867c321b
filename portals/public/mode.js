// Puts the chosen mode on the page before anything is painted, so that a dark dome never sees a white flash.
(function () {
  var mode = null;
  try {
    mode = localStorage.getItem("uraniborg-mode");
  } catch {
    // Storage is closed to us: the system's preference counts.
  }
  if (mode !== "light" && mode !== "dark" && mode !== "red") {
    mode = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  }
  document.documentElement.dataset.mode = mode;
})();
