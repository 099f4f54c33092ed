// The conversation that is open: who, what may be done, what was said, and the field to answer in.

import { createScrolling } from "/static/web/scrolling.js";
import { element, say } from "/static/web/elements.js";
import { createActs } from "./acts.js";
import { createSending } from "./sending.js";
import { createThread } from "./thread.js";
import { forget } from "./kept.js";
import { get, isStale, post, whyOf } from "./server.js";
import { keepingPlace, mark, named } from "./pieces.js";
import { now } from "./moments.js";
import { openCanned } from "./canned.js";
import { phrases } from "./phrases.js";
import { setUpComposer } from "./composer.js";

const TYPING_FOR = 5000;
const SAY_SENDING_AFTER = 800;
/** After these acts the clerk has nothing more to say here. */
const LEAVES = ["release", "transfer", "return", "close"];

const $ = (id) => document.getElementById(id);

/**
 * The conversation. `queue()` gives what the server last said of the queue; `refetch()` asks for queue and packet anew, `left(act)`
 * runs when the clerk has given the conversation away, `took(packet)` when the server sent a newer packet.
 */
export function createTalk({ queue, refetch, left, took }) {
  let packet = null;
  let sending = null;
  let typingTimer = null;
  let isNoting = false;

  const scrolling = createScrolling($("talk-view"), $("thread"), $("newer"), $("newer-words"));
  const thread = createThread($("thread"), { resend, drop });
  const composer = setUpComposer(
    {
      form: $("composer"),
      field: $("text"),
      label: $("text-label"),
      line: $("length"),
      sendButton: $("send"),
      modes: { say: $("mode-say"), note: $("mode-note") },
    },
    { send, typing: tellTyping, canned: openReplies },
  );
  const acts = createActs({
    packet: () => packet,
    queue,
    changed: onDone,
    stale: refetch,
    refused: (why) => say($("talk-line"), why),
  });

  function onDone(act, result) {
    say($("talk-line"), phrases.acts[act].done || "");
    if (LEAVES.includes(act)) {
      forget(packet.handoff.conversation_id);
      left(act);
      return;
    }
    if (act === "video") {
      location.assign(result.href);
      return;
    }
    if (result.handoff) took(result);
    else refetch();
    if (act === "claim" || act === "takeover") composer.takeFocus();
  }

  // What the clerk says

  function deliver(item) {
    setTimeout(() => thread.sending(item), SAY_SENDING_AFTER);
    sending.send(item);
  }

  async function send(mode, text) {
    if (mode === "say") {
      const item = sending.add(text);
      composer.clear();
      thread.pending(item, queue().me.name, now().toISOString());
      scrolling.toEnd();
      deliver(item);
      return;
    }
    if (isNoting) return;
    isNoting = true;
    try {
      await post(`/handoffs/${packet.handoff.id}/note`, { text });
      composer.clear();
      say($("talk-line"), "");
      refetch();
    } catch (problem) {
      say($("talk-line"), phrases.noteFailed(whyOf(problem)));
    } finally {
      isNoting = false;
    }
  }

  function resend(item) {
    sending.send(item);
    composer.takeFocus();
  }

  function drop(item) {
    sending.drop(item);
    thread.remove(item);
    composer.takeFocus();
  }

  function tellTyping() {
    // That a typing sign was lost matters to nobody.
    post(`/handoffs/${packet.handoff.id}/typing`).catch(() => {});
  }

  function openReplies() {
    if (packet !== null && packet.may.includes("say")) openCanned(packet.canned, composer.insert);
  }

  // What the page shows

  function showHead() {
    const { handoff, who } = packet;
    $("talk-title").replaceChildren(named(who.name || phrases.noName), " ", element("span", { class: "talk__item" }, named(handoff.item || phrases.noItem)));
    const facts = [phrases.channels[handoff.channel] || handoff.channel, handoff.stage === "taken" && handoff.clerk ? phrases.withClerk(handoff.clerk.name) : handoff.stage_told];
    $("talk-facts").replaceChildren(named(facts.join(phrases.dot)), ...handoff.urgent_for.map((words) => mark(words, "waiting", "notice")));
    showViewers(handoff.viewers);
    keepingPlace($("talk-acts"), () => $("talk-acts").replaceChildren(...acts.atHead()));
    keepingPlace($("talk-tools"), () => $("talk-tools").replaceChildren(...acts.atField()));
    $("canned").hidden = !packet.may.includes("say");
    composer.open(handoff.conversation_id, { say: packet.may.includes("say"), note: packet.may.includes("note") });
    $("talk-closed").hidden = packet.may.includes("say");
    $("talk-closed").textContent = phrases.whyClosed(packet);
  }

  function showViewers(names) {
    say($("talk-viewers"), names.length === 0 ? "" : phrases.alsoLook(names.join(phrases.comma)));
  }

  function showTyping(words) {
    clearTimeout(typingTimer);
    say($("typing"), words);
    if (words !== "") typingTimer = setTimeout(() => say($("typing"), ""), TYPING_FOR);
    scrolling.keepUp();
  }

  function open(newPacket) {
    packet = newPacket;
    const { id, conversation_id: conversation } = packet.handoff;
    const isOpen = () => packet !== null && packet.handoff.id === id;
    sending = createSending(id, conversation, {
      sent(item, entryId) {
        if (isOpen()) thread.sent(item, entryId);
      },
      failed(item, refused) {
        if (isOpen()) thread.failed(item, whyOf(refused));
        if (isStale(refused) || refused.status === 403) refetch();
      },
    });
    thread.reset(packet.thread, packet.notes);
    for (const item of sending.kept()) {
      thread.pending(item, queue().me.name, item.at);
      if (sending.isFresh(item)) deliver(item);
      else thread.failed(item, phrases.notSentYet);
    }
    $("earlier").hidden = !packet.more;
    say($("talk-line"), "");
    showTyping("");
    showHead();
    scrolling.toEnd();
  }

  async function earlier() {
    const handoff = packet.handoff.id;
    let page;
    try {
      page = await get(`/handoffs/${handoff}/thread?before=${encodeURIComponent(thread.oldest())}`);
    } catch (problem) {
      say($("talk-line"), whyOf(problem));
      return;
    }
    if (packet === null || packet.handoff.id !== handoff) return;
    thread.silently(() => scrolling.holding(() => thread.append(page.entries)));
    $("earlier").hidden = !page.more;
    if (!page.more) $("talk-title").focus({ preventScroll: true });
  }

  $("earlier").addEventListener("click", earlier);
  $("canned").addEventListener("click", openReplies);

  return {
    run: acts.run,
    openReplies,
    reply: () => composer.begin("say"),
    note: () => composer.begin("note"),
    viewers: showViewers,
    packet: () => packet,
    /** Shows a packet: another conversation, or what is new in the one that is open. */
    show(newPacket) {
      if (packet === null || packet.handoff.id !== newPacket.handoff.id) {
        open(newPacket);
        return;
      }
      packet = newPacket;
      this.heard(packet.thread);
      thread.notes(packet.notes);
      showHead();
      scrolling.keepUp();
    },
    /** Takes in what was said just now. */
    heard(entries) {
      for (const node of thread.append(entries)) scrolling.arrived(node);
      if (entries.some((entry) => entry.speaker === "resident")) showTyping("");
    },
    typing: (who) => showTyping(who === "resident" ? phrases.residentTypes : phrases.colleagueTypes(who)),
    /** The line is back: what only the line has stopped goes out again. */
    lineIsBack() {
      if (sending !== null) sending.kept().filter(sending.isFresh).forEach(sending.send);
    },
    close() {
      packet = null;
      sending = null;
      composer.close();
    },
  };
}
