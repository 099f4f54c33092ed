// Building the page. Text goes in as text nodes only, so nothing that was said can become markup.

/** An element with attributes (true is an empty one, null and false are left out) and children; strings become text. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== null) node.append(child);
  }
  return node;
}

/** One of the icons drawn in chat.html. */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(namespace, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Text for screen readers alone. */
export function unseen(text) {
  return element("span", { class: "unseen" }, text);
}

/** A button that shows `content`, text or an element, and does `act` when pressed. */
export function button(content, attributes, act) {
  const node = element("button", { type: "button", class: "button", ...attributes }, content);
  node.addEventListener("click", act);
  return node;
}

/** Shows `text` in a line that is hidden while it has nothing to say. */
export function say(line, text) {
  if (line.textContent !== text) line.textContent = text;
  line.hidden = text === "";
}
