// The phone of `./onecall dev wechat`: shows what the fake WeChat knows, and does what is tapped.

const HOW = { passive: "随回调回复", push: "客服消息", notice: "订阅通知", fault: "微信的故障提示" };
const OCCASIONS = { message: "48小时内", action: "1分钟内" };
const EVERY_MS = 400;

const at = (id) => document.getElementById(id);
let shown = 0;

async function act(kind, text = "", token = "") {
  await fetch("/phone/do", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ kind, text, token }),
  });
  await refresh();
}

function button(label, onClick, className = "button") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = label;
  made.addEventListener("click", onClick);
  return made;
}

function messageItem(message) {
  const item = document.createElement("li");
  item.className = message.mine ? "message message--mine" : "message";
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  for (const part of message.parts) {
    bubble.append(part.token ? button(part.text, () => act("tap", part.text, part.token), "tap") : part.text);
  }
  item.append(bubble);
  if (!message.mine) {
    const how = document.createElement("span");
    how.className = "how";
    how.textContent = `${HOW[message.how]} · ${message.ms} 毫秒`;
    item.append(how);
  }
  return item;
}

function showMenu(buttons) {
  const menu = at("menu");
  if (menu.dataset.shown === JSON.stringify(buttons)) return;
  menu.dataset.shown = JSON.stringify(buttons);
  const entries = buttons.flatMap((each) => each.sub_button ?? [each]).filter((each) => each.key);
  menu.replaceChildren(...entries.map((each) => button(each.name, () => act("click", each.key))));
}

const toTheEnd = () => { at("thread").scrollTop = at("thread").scrollHeight; };

async function refresh() {
  const state = await (await fetch("/phone/state")).json();
  at("empty").hidden = state.messages.length > 0;
  at("waiting").hidden = !state.waiting;
  at("follow").hidden = state.following && state.messages.length > 0;
  const left = Object.entries(state.quota).map(([kind, count]) => `${OCCASIONS[kind]}还能发 ${count} 条`);
  at("quota").textContent = left.length ? left.join("，") : "现在不能主动发消息";
  showMenu(state.menu);
  if (state.messages.length !== shown) {
    at("messages").replaceChildren(...state.messages.map(messageItem));
    toTheEnd();
    shown = state.messages.length;
  }
}

at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = at("words").value.trim();
  at("words").value = "";
  if (words) act("say", words);
});
for (const each of document.querySelectorAll("[data-kind]")) {
  each.addEventListener("click", () => act(each.dataset.kind, each.dataset.text ?? ""));
}
document.querySelector(".more").addEventListener("toggle", toTheEnd);
setInterval(() => refresh().catch(() => {}), EVERY_MS);
refresh();
