// Every sentence the page itself says. What the bot and the clerks say comes from the server.

export const phrases = {
  me: "我",
  bot: "办事助手",
  clerk: "办事员",
  system: "提示",
  colon: "：",
  person: "人工",

  step: (step, total) => `第 ${step} 步 / 共 ${total} 步`,
  choices: "可以选",
  chosen: "已选",
  tooLateToChoose: "这个问题已经过去了。想改，请在下面写“修改”。",
  change: "修改",
  changeOf: (label) => `修改${label}`,

  caseNumber: "办件编号",
  copy: "复制",
  copyNumber: "复制办件编号",
  copied: "已复制",
  copyByHand: "请长按编号复制",
  status: "状态",
  timeline: "办理进度",
  stepDone: "已完成",
  stepNow: "正在等这一步",
  stepLater: "还没到",
  promised: "承诺办结",
  nextStep: "下一步",
  newWindow: "（在新窗口打开）",

  typing: "正在回复",
  stillWorking: "还在处理，请再等一下",

  sending: "正在发送…",
  sendFailed: "没有发出去。",
  willRetry: "暂时没有连上，连上后会自动再发。",
  noNetwork: "网络不通，请看看手机网络，再点“重新发送”。",
  trouble: "系统忙，请过一会儿再点“重新发送”。",
  resend: "重新发送",
  drop: "不发了",
  uploading: (percent) => `正在上传，已传 ${percent}%`,
  uploaded: "传完了，正在检查…",
  fileFailed: "没有传上去。",

  waiting: "在等工作人员，可以先把情况写下来。",
  withClerk: "现在是办事员在和您说话。",
  reconnecting: "正在重新连接…",
  offline: "手机没有网络。您写的话会留着，连上后自动发出。",

  newMessage: "有新消息",
  more: "下面还有",
  loadFailed: "没有取到更早的消息，请再点一次。",

  askedForFile: "请点下面的“拍照”，拍一张或选一张图。",
  charactersLeft: (count) => `还能写 ${count} 个字`,
  tooLong: (limit, excess) => `太长了：一次最多 ${limit} 个字，多了 ${excess} 个。请分成两条发。`,

  yesterday: "昨天",
  day: (month, day) => `${month}月${day}日`,
  dayOfYear: (year, month, day) => `${year}年${month}月${day}日`,
};
