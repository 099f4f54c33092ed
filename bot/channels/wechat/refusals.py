"""Why a callback is not taken: a code for the log, which holds nothing of it, and a sentence for people."""

SENTENCES = {
    "too_large": "内容太大，超过了 64 KB。",
    "empty": "内容是空的。",
    "bad_xml": "不是完整的 XML。",
    "bad_json": "不是完整的 JSON。",
    "doctype": "含有 DOCTYPE 或实体定义，不接收。",
    "wrong_root": "最外层不是 <xml>，也不是 JSON 对象。",
    "too_deep": "嵌套太深。",
    "too_many": "标签太多。",
    "duplicate_tag": "同一个标签出现了两次，不知道该信哪一个。",
    "not_plain": "应当是文字的标签里还有标签。",
    "missing_tag": "缺少 FromUserName、MsgType 或 CreateTime。",
    "bad_tag": "FromUserName、CreateTime 或 MsgId 的写法不对。",
    "bad_media_id": "MediaId 里有不该有的字符。",
    "bad_signature": "签名不对。",
    "stale": "时间戳太旧或太新。",
    "not_sealed": "没有加密，只收安全模式的回调。",
    "no_key": "内容是加密的，没有 EncodingAESKey 打不开。",
    "bad_key": "EncodingAESKey 应当是 43 位字母和数字。",
    "undecryptable": "解不开，密钥不对，或者内容坏了。",
    "wrong_appid": "AppID 不对，不是发给这个公众号的。",
}


class CallbackRefused(Exception):
    """A callback that is not taken. `code` is for the log, `sentence` for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code, self.sentence = code, SENTENCES[code]
