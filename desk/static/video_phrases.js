// What the pages of a call say, in one place.

const isWeChat = /MicroMessenger/i.test(navigator.userAgent);
const IN_WECHAT = "如果还不行：点右上角“…”，选“用浏览器打开”。";

/** To residents. */
export const resident = {
  title: "视频办事",
  opening: "正在打开镜头和话筒…",
  states: {
    waiting: "正在等工作人员…",
    connecting: "正在接通…",
    connected: "已经接通，可以说话了",
    interrupted: "网络不太稳，正在重新接…",
    unreachable: "接不通，可能是网络的原因。换成手机流量或者另一个无线网再试，也可以挂断，在聊天里说。",
  },
  offline: "网络断了一下，正在重新连…",
  mute: "先别让对方听到",
  unmute: "让对方听到",
  toBack: "换后面的镜头",
  toFront: "换前面的镜头",
  noCamera: "镜头打不开了，对方看不到您，还能听到您。",
  asks: "工作人员请您确认：",
  asksStill: "工作人员想问：",
  confirm: "确认",
  deny: "不确认",
  agreeStill: "同意，拍一张",
  denyStill: "不同意",
  aim: "把身份证放到镜头前，字看清楚了，按“拍”。",
  guide: "身份证放在这里",
  take: "拍",
  stopStill: "不拍了",
  look: "这张可以吗？字都看得清，就发给工作人员。",
  sendStill: "发这张",
  again: "重拍",
  sending: "正在发送…",
  notSent: "没有发出去。看看手机有没有网，再按一次。",
  noPicture: "镜头还没有画面，请再按一次。",
  answered: (answer) => `记下了：您回答“${answer}”。`,
  stillSent: "照片已经发给工作人员。",
  stillRefused: "好，不拍，什么都没有发。",
  withdrawn: "工作人员收回了这个问题，不用回答了。",
  stillAsked: "身份证照片",
  still: { confirmed: "您同意了，发了一张", denied: "您没有同意，没有发" },
  over: {
    resident: { title: "已经挂断了", sentence: "镜头和话筒都关掉了。" },
    clerk: { title: "视频结束了", sentence: "工作人员挂断了，镜头和话筒都关掉了。" },
    declined: { title: "好的，不视频", sentence: "什么都没有打开。", ways: true },
    replaced: { title: "这个链接换了新的", sentence: "请到聊天里，点最新的那个链接。" },
    expired: { title: "时间到了", sentence: "这次视频的时间用完了。还没说完，请在聊天里告诉工作人员。", ways: true },
    passed_on: { title: "视频结束了", sentence: "这位工作人员不再接待了。还有事，请在聊天里说。", ways: true },
    gone: { title: "这个链接用不了了", sentence: "", ways: true },
    elsewhere: { title: "视频换到另一页了", sentence: "您在另一个页面里打开了这次视频，这一页可以关掉。" },
  },
  noNetwork: "网络断了一下，请再按一次。",
  trouble: "出了点问题，请再按一次。",
};

/** Why a resident's camera did not open, and what can be done; by the name of the browser's error. */
export function mediaTrouble(name) {
  const last = isWeChat ? [IN_WECHAT] : [];
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return {
        title: "镜头和话筒没有打开",
        sentence: "这一页还没有得到允许。可以这样打开：",
        steps: isWeChat
          ? ["按“再试一次”，问到镜头和话筒时点“允许”。", "打开手机的“设置”，找到“微信”，把“相机”和“麦克风”打开。", IN_WECHAT]
          : ["点屏幕上方网址旁边的小图标。", "找到“摄像头”和“麦克风”，改成“允许”。", "回到这里，按“再试一次”。"],
      };
    case "NotReadableError":
    case "AbortError":
      return {
        title: "镜头或话筒正忙着",
        sentence: "可能别的程序正在用。",
        steps: ["如果正在别的视频通话里，请先挂断。", "关掉别的相机程序，再按“再试一次”。", ...last],
      };
    case "Unsupported":
      return {
        title: "这个浏览器接不通视频",
        sentence: "可以换一个浏览器打开这个链接。",
        steps: isWeChat ? ["点右上角“…”，选“用浏览器打开”。"] : ["复制这个链接，用手机自带的浏览器打开。"],
      };
    default:
      return {
        title: "没有找到镜头或话筒",
        sentence: "这台设备好像没有镜头或话筒，或者被关掉了。",
        steps: ["没有镜头，可以按“不开镜头，只说话”。", "或者换一台手机打开这个链接。", ...last],
      };
  }
}

/** To clerks. */
export const clerk = {
  states: {
    idle: "还没有进入",
    waiting: "等居民接通",
    invited: "等居民点开链接",
    connecting: "正在接通",
    connected: "通话中",
    interrupted: "网络不稳，正在重新接",
    unreachable: "接不通",
    over: "结束了",
  },
  offline: "与服务器的连接断了，正在重连。画面和声音不受影响。",
  opening: "正在打开镜头和话筒…",
  media: {
    NotAllowedError: "镜头和话筒没有得到允许。点网址旁边的小图标，把“摄像头”和“麦克风”改成“允许”，再进入一次。",
    NotReadableError: "镜头或话筒被别的程序占着，关掉它再进入一次。",
    NotFoundError: "没有找到话筒。插上耳麦，再进入一次。",
    Unsupported: "这个浏览器打不开镜头。办事台要用 https 打开，浏览器要是较新的版本。",
  },
  mediaOther: "镜头和话筒没有打开，请再试一次。",
  invited: { lead: "等居民点开链接", more: "链接在聊天里，15 分钟内有效，只能在一台手机上打开。" },
  waiting: { lead: "居民那边断开了", more: "等一等，居民回到页面就会接上。还不行，请在聊天里说一声。" },
  connecting: { lead: "正在接通", more: "" },
  unreachable: {
    lead: "接不通",
    more: "两边的网络连不起来。请居民换个网络；总是这样，请告诉信息科检查 TURN 服务器的设置。",
  },
  again: "再接一次",
  mute: "关掉话筒",
  unmute: "打开话筒",
  answers: { confirmed: "居民确认", denied: "居民不确认", withdrawn: "已收回" },
  stills: { confirmed: "居民同意，照片已收到", denied: "居民不同意，没有照片", withdrawn: "已收回" },
  pending: "在等居民回答",
  unanswered: "没有回答",
  withdraw: "收回",
  seeStill: "看照片",
  still: "请居民拍一张身份证",
  over: {
    clerk: "您挂断了。",
    resident: "居民挂断了。",
    declined: "居民不方便视频，请在聊天里接着办。",
    replaced: "您又发起了一次视频，这一次不用了。",
    expired: "时间到了。还要视频，请在办事台里再发起一次。",
    passed_on: "这位居民现在不归您接待，视频结束了。",
    gone: "",
    elsewhere: "您在另一个页面里打开了这次视频，这一页可以关掉。",
  },
  overMore: "问过的话和回答都记下来了，也写进了居民的聊天里。",
  failed: "没有发出去，请再试一次。",
};
