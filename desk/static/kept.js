// What a clerk has typed and not yet sent, for as long as this tab lives: words about residents must not stay in a browser
// that others use, so they go when they are sent, when the conversation is over, at sign-out, and when somebody else signs in.

const PREFIX = "onecall.desk.";
const WHO = `${PREFIX}clerk`;

function attempt(act) {
  try {
    return act();
  } catch {
    // Storage is full or closed to us: what is typed still lives on the page.
    return null;
  }
}

function keys() {
  return attempt(() => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))) || [];
}

function conversationOf(key) {
  return key.startsWith(`${PREFIX}of.`) ? key.slice(`${PREFIX}of.`.length).split(".")[0] : null;
}

const nameOf = (conversation, what) => `${PREFIX}of.${conversation}.${what}`;

/** What is kept for a conversation under `what` (a string), or the empty string. */
export function read(conversation, what) {
  return attempt(() => sessionStorage.getItem(nameOf(conversation, what))) || "";
}

/** Keeps `text` for a conversation; an empty one is forgotten. */
export function write(conversation, what, text) {
  attempt(() => {
    if (text === "") sessionStorage.removeItem(nameOf(conversation, what));
    else sessionStorage.setItem(nameOf(conversation, what), text);
  });
}

/** Forgets all that was typed for a conversation. */
export function forget(conversation) {
  keepOnly((other) => other !== conversation);
}

/** Forgets what was typed for conversations of which `isOpen(id)` is not true. */
export function keepOnly(isOpen) {
  for (const key of keys()) {
    const conversation = conversationOf(key);
    if (conversation !== null && !isOpen(conversation)) attempt(() => sessionStorage.removeItem(key));
  }
}

/** Forgets everything. */
export function forgetAll() {
  for (const key of keys()) attempt(() => sessionStorage.removeItem(key));
}

/** Says who sits here; what another clerk has left is forgotten. */
export function belongTo(clerk) {
  if (attempt(() => sessionStorage.getItem(WHO)) === clerk) return;
  forgetAll();
  attempt(() => sessionStorage.setItem(WHO, clerk));
}
