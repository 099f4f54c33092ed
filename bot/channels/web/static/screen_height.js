// On iPhones the keyboard covers the page instead of shortening it; the field at the bottom is kept above it here.

/** Follows the part of the page that can be seen, unless the person has magnified it. */
export function followVisibleHeight() {
  const visible = window.visualViewport;
  if (!visible) return;
  visible.addEventListener("resize", () => {
    const root = document.documentElement;
    if (Math.abs(visible.scale - 1) > 0.01) {
      root.style.removeProperty("--screen-height");
      return;
    }
    root.style.setProperty("--screen-height", `${visible.height}px`);
    window.scrollTo(0, 0);
  });
}
