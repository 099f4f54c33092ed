// The catalogue's list gets shorter while somebody types. Without scripts the form asks the server, which finds the same.

const field = document.getElementById("q");
const found = document.getElementById("found");
const none = document.getElementById("none");
const entries = [...document.querySelectorAll(".entry")];
const groups = [...document.querySelectorAll(".group")];
const atFirst = found.textContent;

/** As the server folds it: differences of width and case mean nothing. */
const folded = (text) => text.normalize("NFKC").toLowerCase();

function narrow() {
  const words = folded(field.value).split(/\s+/).filter(Boolean);
  let count = 0;
  for (const entry of entries) {
    const fits = words.every((word) => entry.dataset.words.includes(word));
    entry.hidden = !fits;
    if (fits) count += 1;
  }
  for (const group of groups) group.hidden = group.querySelector(".entry:not([hidden])") === null;
  none.hidden = count > 0;
  if (words.length === 0) found.textContent = atFirst;
  else found.textContent = count > 0 ? `“${field.value.trim()}”找到 ${count} 件事` : `没有找到“${field.value.trim()}”`;
}

// A page that shows what was found already holds too few entries to look through again.
if (groups.length > 0) {
  field.addEventListener("input", (event) => {
    if (!event.isComposing) narrow();
  });
  field.addEventListener("compositionend", narrow);
  if (field.value) narrow();
}
