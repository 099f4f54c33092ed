// What a clerk may do with a conversation beside talking. The server says which of it is open to them now.

import { button, element } from "/static/web/elements.js";
import { ask, oneOfField, openDialog, told, wordsField } from "./dialog.js";
import { createFinder } from "./finder.js";
import { get, isStale, post, whyOf } from "./server.js";
import { keycap } from "./pieces.js";
import { phrases } from "./phrases.js";

/** Those at the head of the conversation, in order, and those beside the field where the clerk types. */
const AT_HEAD = ["claim", "takeover", "transfer", "return", "release", "close"];
const AT_FIELD = ["collect", "begin", "verify", "video"];
const KEYS = { claim: "c", transfer: "t", return: "e", close: "x" };

/** A choice of the item's materials or something in the clerk's own words. */
function materialField(packet) {
  const names = packet.materials.map((material) => material.name);
  const choice = oneOfField("picked", phrases.whichMaterial, [...names, ""].map((name) => [name, name || phrases.otherMaterial]));
  const own = element("input", { type: "text", maxlength: 60, autocomplete: "off", "aria-label": phrases.otherMaterial });
  const settle = () => (own.required = choice.read().picked === "");
  own.addEventListener("input", () => {
    choice.node.querySelector("input[value='']").checked = true;
    settle();
  });
  choice.node.addEventListener("change", settle);
  choice.node.append(own);
  settle();
  return { node: choice.node, read: () => ({ material: choice.read().picked || own.value.trim() }) };
}

/** To a colleague or to a window. */
function receiverField({ colleagues, windows, me }, handoff) {
  const others = colleagues.filter((colleague) => colleague.id !== me.id && (handoff.clerk === null || colleague.id !== handoff.clerk.id));
  const options = [
    ...others.map(({ id, name, talks }) => [`clerk_id:${id}`, phrases.colleague(name, talks)]),
    ...windows.map(({ id, name }) => [`window:${id}`, phrases.toWindow(name)]),
  ];
  const field = oneOfField("receiver", phrases.toWhom, options, { isOpen: true });
  return {
    node: field.node,
    read() {
      const [kind, ...rest] = field.read().receiver.split(":");
      return { [kind]: rest.join(":") };
    },
  };
}

/**
 * The acts for the conversation that is open. `packet()` and `queue()` give what the server last said; `changed(act, result)` runs
 * when something was done, `stale()` when somebody else was first, `refused(why)` shows a reason.
 */
export function createActs({ packet, queue, changed, stale, refused }) {
  const path = (act) => `/handoffs/${packet().handoff.id}/${act}`;

  async function send(act, words) {
    try {
      return await post(path(act), words);
    } catch (problem) {
      if (isStale(problem)) stale();
      throw problem;
    }
  }

  async function straight(act) {
    try {
      changed(act, await send(act, {}));
    } catch (problem) {
      refused(whyOf(problem));
    }
  }

  function asking(act, fields, extra = {}) {
    const words = phrases.acts[act];
    ask({
      title: words.title,
      confirm: words.confirm,
      fields,
      send: (values) => send(act, values),
      done: (result) => changed(act, result),
      ...extra,
    });
  }

  const words = (act) => phrases.acts[act];
  const acts = {
    claim: () => straight("claim"),
    release: () => straight("release"),
    takeover: () => asking("takeover", [told(words("takeover").told(packet().handoff.clerk ? packet().handoff.clerk.name : ""))]),
    transfer: () => asking("transfer", [receiverField(queue(), packet().handoff), wordsField("note", words("transfer").note, { hint: words("transfer").hint })]),
    return: () => asking("return", [wordsField("summary", words("return").summary, { hint: words("return").hint })]),
    close: () => asking("close", [wordsField("words", words("close").words, { value: words("close").usual, hint: words("close").hint, isNeeded: false })]),
    collect: () => asking("collect", [materialField(packet())]),
    verify: () => asking("verify", [told(words("verify").told)]),
    video: () => asking("video", [told(words("video").told)]),
    begin() {
      const finder = createFinder({
        label: words("begin").find,
        find: async (text) => (await get(`/items?q=${encodeURIComponent(text)}`)).map((item) => ({ ...item, title: item.call_it, detail: item.name })),
        take(item) {
          dialog.close();
          asking("begin", [told(words("begin").told(item.call_it))], {
            send: () => send("begin", { item_id: item.id }),
          });
        },
      });
      const dialog = openDialog(words("begin").title, finder.node);
      finder.refresh();
      finder.field.focus();
    },
  };

  function buttonOf(act) {
    const key = KEYS[act];
    const isBack = act === "claim" && packet().handoff.stage === "lent";
    const label = element("span", {}, isBack ? words(act).again : words(act).label);
    const content = element("span", { class: "button__inside" }, label, key ? keycap(key) : null);
    const kind = act === "claim" ? " button--main" : "";
    return button(content, { class: `button${kind}`, "data-key": `act-${act}`, "aria-keyshortcuts": key || null }, acts[act]);
  }

  const may = (act) => packet() !== null && packet().may.includes(act);
  return {
    atHead: () => AT_HEAD.filter(may).map(buttonOf),
    atField: () => AT_FIELD.filter(may).map(buttonOf),
    /** Does `act` if it is open to the clerk now. */
    run: (act) => may(act) && acts[act](),
  };
}
