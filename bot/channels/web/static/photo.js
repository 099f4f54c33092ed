// The photo button: pick, look at what was picked, then send or not.

/**
 * Wires the button and the tray that asks once more, in place of the text field; `send(file)` gets the file.
 * `takeFocus` runs when the tray closes.
 */
export function setUpPhoto({ bottom, trigger, input, tray, preview, name, sendButton, dropButton }, { send, takeFocus }) {
  let picked = null;

  async function draw(file) {
    preview.hidden = true;
    if (!file.type.startsWith("image/") || !("createImageBitmap" in window)) return;
    let bitmap;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      return;
    }
    if (picked !== file) return;
    const side = Math.min(bitmap.width, bitmap.height);
    const left = (bitmap.width - side) / 2;
    const top = (bitmap.height - side) / 2;
    preview.getContext("2d").drawImage(bitmap, left, top, side, side, 0, 0, preview.width, preview.height);
    preview.hidden = false;
    bitmap.close();
  }

  function close() {
    picked = null;
    tray.hidden = true;
    bottom.classList.remove("is-picking");
    takeFocus();
  }

  trigger.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files.length === 0) return;
    [picked] = input.files;
    input.value = "";
    name.textContent = picked.name;
    tray.hidden = false;
    bottom.classList.add("is-picking");
    sendButton.focus();
    draw(picked);
  });
  sendButton.addEventListener("click", () => {
    const file = picked;
    close();
    send(file);
  });
  dropButton.addEventListener("click", close);
  tray.addEventListener("keydown", (event) => event.key === "Escape" && close());
}
