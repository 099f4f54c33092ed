// The small form each act on a case needs, by what the server says it needs.

import { element } from "/static/web/elements.js";
import { ask, dayField, lineField, oneOfField, photoField, told, wordsField } from "./dialog.js";
import { dayFromNow } from "./moments.js";
import { isStale, post, whyOf } from "./server.js";
import { phrases } from "./phrases.js";

/** Days a resident usually gets to hand something in. */
const USUAL_DAYS = 15;
/** Pixels of the longer side of a picture that is sent. */
const LONGEST_SIDE = 1600;

/** What is missing: the item's materials as boxes, and a field for what is not among them, one a line. */
function missingField({ materials }) {
  const boxes = materials.map(({ name }) => [name, element("input", { type: "checkbox" })]);
  const more = wordsField("more", phrases.moreMissing, { hint: phrases.oneALine, isNeeded: false, rows: 2 });
  const rows = boxes.map(([name, input]) => element("label", { class: "option" }, input, element("bdi", {}, name)));
  return {
    node: element("fieldset", { class: "field" }, element("legend", {}, phrases.whatIsMissing), ...rows, more.node),
    read() {
      const own = more.read().more.split("\n").map((line) => line.trim());
      return { missing: [...boxes.filter(([, input]) => input.checked).map(([name]) => name), ...own.filter((line) => line !== "")] };
    },
  };
}

/** What may follow later, each with the day it was promised for. */
function deferredField({ materials }) {
  const rows = materials.filter((material) => material.deferrable).map(({ name }) => {
    const box = element("input", { type: "checkbox" });
    const day = element("input", { type: "date", min: dayFromNow(1), value: dayFromNow(USUAL_DAYS), "aria-label": phrases.promiseFor(name), disabled: true });
    box.addEventListener("change", () => {
      day.disabled = !box.checked;
      day.required = box.checked;
    });
    return { name, box, day, node: element("div", { class: "deferrable" }, element("label", { class: "option" }, box, element("bdi", {}, name)), day) };
  });
  const none = rows.length === 0 ? element("p", { class: "quiet" }, phrases.nothingDeferrable) : null;
  return {
    node: element("fieldset", { class: "field" }, element("legend", {}, phrases.whatIsDeferred), none, ...rows.map((row) => row.node)),
    read: () => ({ deferred: rows.filter((row) => row.box.checked).map((row) => ({ material: row.name, until: row.day.value })) }),
  };
}

function grantedField() {
  const field = oneOfField("granted", phrases.decision, [["yes", phrases.granted], ["no", phrases.denied]], { isOpen: true });
  return { node: field.node, read: () => ({ granted: field.read().granted === "yes" }) };
}

/** The picture as a JPEG in base64, made small here: more pixels tell nothing more of a face. */
async function small(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = element("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
}

const FIELDS = {
  photo: () => photoField("photo", phrases.photo, { hint: phrases.photoHint, agreed: phrases.photoAgreed, reading: phrases.photoReading, unreadable: phrases.photoUnreadable, small }),
  missing: missingField,
  until: () => dayField("until", phrases.until, { value: dayFromNow(USUAL_DAYS), least: dayFromNow(1) }),
  words: () => wordsField("words", phrases.wordsToResident, { isNeeded: false }),
  deferred: deferredField,
  to: () => lineField("to", phrases.referTo, { hint: phrases.referHint }),
  why: () => wordsField("why", phrases.reason, { hint: phrases.reasonHint }),
  granted: grantedField,
  how: () => oneOfField("how", phrases.howChecked, Object.entries(phrases.waysChecked)),
};

/** Does `act` on the case, after asking for what it needs and before what cannot be undone. */
export async function askForAct(view, act, { changed, stale, refused }) {
  async function send(values) {
    try {
      return await post(`/cases/${view.id}/${act.key}`, { seen: view.status, ...values });
    } catch (problem) {
      if (isStale(problem)) stale();
      throw problem;
    }
  }

  if (act.needs.length === 0 && !act.danger) {
    try {
      changed(await send({}));
    } catch (problem) {
      refused(whyOf(problem));
    }
    return;
  }
  const fields = act.needs.map((need) => FIELDS[need](view));
  if (fields.length === 0) fields.push(told(phrases.cannotBeUndone));
  ask({ title: act.label, fields, confirm: act.label, isDanger: act.danger, send, done: changed });
}
