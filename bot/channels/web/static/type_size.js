// The switch 大字: large type, remembered on this device.

const KEY = "onecall.type";

/** Wires the switch; `onChange` runs after the type has changed size. */
export function setUpTypeSize(button, onChange) {
  const root = document.documentElement;
  const show = () => button.setAttribute("aria-pressed", String(root.dataset.type === "large"));
  button.addEventListener("click", () => {
    root.dataset.type = root.dataset.type === "large" ? "normal" : "large";
    try {
      localStorage.setItem(KEY, root.dataset.type);
    } catch {
      // Storage is closed to us: the choice holds until the page is left.
    }
    show();
    onChange();
  });
  show();
}
