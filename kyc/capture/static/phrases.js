// What the page says, in one place.

export const phrases = {
  title: "刷脸核对",
  read: "读给我听",
  stopReading: "不读了",
  needsGuardian: "请先在上面打个勾，表示监护人同意。",
  wait: "请稍等…",
  opening: "正在打开镜头",
  allow: "手机问能不能用镜头时，请点“允许”。",
  ready: "请把脸放进圈里",
  readyDetail: "按了“开始”才会拍，大约 20 秒。",
  readyDetailHelper: "镜头对着本人的脸，再按“开始”。",
  readySpoken: "请把脸放进圈里，准备好了按开始。",
  preparing: "准备",
  step: (number, count) => `第 ${number} 步，共 ${count} 步`,
  stepTitle: (number, instruction) => `第 ${number} 步：${instruction}`,
  done: "好了",
  allDone: "好了，拍完了。",
  dark: "有点暗，请开灯，或者面朝窗户。",
  bright: "光太强，请换个地方，别对着太阳。",
  toBack: "换成后面的镜头",
  toFront: "换成前面的镜头",
  sending: (percent) => `已发送 ${percent}%`,
  checking: "已经发出去了，正在核对。",
  waiting: (number) => `前面还有 ${number} 位，马上就到。`,
  sendingPhoto: "正在发送照片",
  noNetwork: "网络断了一下。看看手机有没有网，再发一次。",
  busy: "系统现在有点忙，请过一会儿再发一次。",
  noNetworkNow: "网络断了一下，请再按一次。",
  trouble: "出了点问题，请再按一次。",
  tries: (number) => `还可以再试 ${number} 次。`,
  notAPhoto: "这张打不开，请换一张照片。",
  paused: {
    title: "刚才停下来了",
    sentence: "离开这一页时，镜头就关掉了，拍的也都删掉了。",
    again: "重新开始",
  },
  stopped: {
    title: "停下来了",
    sentence: "镜头已经关掉，拍的也都删掉了。",
    again: "重新开始",
  },
};

/** What each action asks, a line below it, and what is said when it is over. */
export const actions = {
  look: { instruction: "请正对屏幕", detail: "看着屏幕，先别动。", spoken: "请正对屏幕，先别动。", after: "好。" },
  eyes: {
    instruction: "请闭上眼睛",
    detail: "听到“嘀”一声再睁开。",
    spoken: "请闭上眼睛，听到嘀一声再睁开。",
    after: "好了，睁开眼睛。",
  },
  mouth: {
    instruction: "请张大嘴巴",
    detail: "张着，听到“嘀”一声再合上。",
    spoken: "请张大嘴巴，听到嘀一声再合上。",
    after: "好了。",
  },
  left: {
    instruction: "请向左手边转头",
    detail: "慢慢转，听到“嘀”一声再转回来。",
    spoken: "请把头转向左手边，听到嘀一声再转回来。",
    after: "好了，转回来。",
  },
  right: {
    instruction: "请向右手边转头",
    detail: "慢慢转，听到“嘀”一声再转回来。",
    spoken: "请把头转向右手边，听到嘀一声再转回来。",
    after: "好了，转回来。",
  },
};

/** The look of each result; the sentence comes from the server. */
export const results = {
  accepted: { title: "核对通过了", icon: "check", mark: "done", closes: true },
  review: { title: "交给工作人员看", icon: "person", mark: "", closes: true },
  retry: { title: "这次没拍好", icon: "turn", mark: "waiting", tries: true },
  rejected: { title: "没有核对上", icon: "notice", mark: "waiting", closes: true, ways: true },
  locked: { title: "刷脸先停用了", icon: "lock", mark: "waiting", closes: true, ways: true },
  declined: { title: "好的，不刷脸", icon: "check", mark: "done", closes: true, ways: true },
  refused: { title: "这次没有办成", icon: "notice", mark: "waiting", tries: true },
  ended: { title: "这个链接用不了了", icon: "notice", mark: "waiting", closes: true, ways: true },
};

const IN_WECHAT = "如果还不行：点右上角“…”，选“用浏览器打开”。";

/** Why there is no picture, and what can be done; by the name of the browser's error. */
export function cameraTrouble(name) {
  const isWeChat = /MicroMessenger/i.test(navigator.userAgent);
  const last = isWeChat ? [IN_WECHAT] : [];
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return {
        title: "镜头没有打开",
        sentence: "这一页还没有得到用镜头的允许。可以这样打开：",
        steps: isWeChat
          ? ["按下面的“再试一次”，问到镜头时点“允许”。", "打开手机的“设置”，找到“微信”，把“相机”打开。", IN_WECHAT]
          : ["点屏幕上方网址旁边的小图标。", "找到“摄像头”或“相机”，改成“允许”。", "回到这里，按“再试一次”。"],
        again: "再试一次",
      };
    case "NotReadableError":
    case "AbortError":
      return {
        title: "镜头正忙着",
        sentence: "可能别的程序正在用镜头。",
        steps: ["如果正在视频通话，请先挂断。", "关掉别的相机程序，再按“再试一次”。", ...last],
        again: "再试一次",
      };
    case "Ended":
      return { title: "镜头断开了", sentence: "拍到一半，镜头停了。拍的都删掉了。", steps: [], again: "再试一次" };
    case "Unsupported":
      return {
        title: "这个浏览器打不开镜头",
        sentence: "可以换一个浏览器打开这个链接。",
        steps: isWeChat ? ["点右上角“…”，选“用浏览器打开”。"] : ["复制这个链接，用手机自带的浏览器打开。"],
        again: null,
      };
    default:
      return {
        title: "没有找到镜头",
        sentence: "这台设备好像没有镜头，或者镜头被关掉了。",
        steps: ["换一台有镜头的手机打开这个链接。", ...last],
        again: "再试一次",
      };
  }
}
