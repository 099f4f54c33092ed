// Files of residents: small pictures that open large, and documents that open beside the desk.

import { button, element, icon } from "/static/web/elements.js";
import { openDialog } from "./dialog.js";
import { inWords } from "./moments.js";
import { named } from "./pieces.js";
import { phrases } from "./phrases.js";

const KILOBYTE = 1024;
/** Each look at a file is written down, so a picture that is on the page already is not fetched again. */
const pictures = new Map();

const addressOf = (file) => `/desk/api/files/${encodeURIComponent(file.id)}`;
/** Residents send pictures and PDFs alone. */
const isPicture = (file) => !/\.pdf$/i.test(file.name);

function sizeInWords(bytes) {
  return bytes < KILOBYTE * KILOBYTE ? phrases.kilobytes(Math.max(1, Math.round(bytes / KILOBYTE))) : phrases.megabytes((bytes / KILOBYTE / KILOBYTE).toFixed(1));
}

/** Opens a picture large. */
function openPicture(file) {
  const picture = element("img", { class: "viewer__picture", src: addressOf(file), alt: phrases.pictureOf(file.name) });
  const apart = element("a", { class: "button", href: addressOf(file), target: "_blank", rel: "noopener" }, phrases.openApart);
  openDialog(file.name, element("div", { class: "viewer" }, picture, apart)).root.classList.add("dialog--wide");
}

/** A file in the thread, as a button with its name. */
export function fileButton(file) {
  if (!isPicture(file)) return documentLink(file);
  const content = element("span", { class: "file__words" }, icon("image"), named(file.name));
  return button(content, { class: "button file", "data-key": `file-${file.id}` }, () => openPicture(file));
}

function documentLink(file, ...more) {
  return element(
    "a",
    { class: "button file", href: addressOf(file), target: "_blank", rel: "noopener", "data-key": `file-${file.id}` },
    element("span", { class: "file__words" }, icon("document"), named(file.name)),
    ...more,
  );
}

function pictureOf(file) {
  if (!pictures.has(file.id)) {
    const picture = element("img", { class: "thumb__picture", loading: "lazy", src: addressOf(file), alt: "", width: 72, height: 72 });
    picture.addEventListener("error", () => picture.replaceWith(icon("image")));
    pictures.set(file.id, picture);
  }
  return pictures.get(file.id);
}

function renderThumb(file) {
  const details = [sizeInWords(file.size), inWords(file.at)].join(phrases.dot);
  if (!isPicture(file)) return element("li", { class: "thumbs__item" }, documentLink(file, element("span", { class: "thumb__details" }, details)));
  const content = element(
    "span",
    { class: "thumb__inside" },
    pictureOf(file),
    element("span", { class: "thumb__words" }, named(file.name), element("span", { class: "thumb__details" }, details)),
  );
  return element("li", { class: "thumbs__item" }, button(content, { class: "button thumb", "data-key": `thumb-${file.id}` }, () => openPicture(file)));
}

/** Files as small pictures that open, or null where there are none. */
export function renderFiles(files) {
  return files.length === 0 ? null : element("ul", { class: "thumbs" }, ...files.map(renderThumb));
}

/** Lets go of the pictures of the conversation or case that was shown. */
export function forgetPictures() {
  pictures.clear();
}
