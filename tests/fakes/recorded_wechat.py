"""What WeChat sends and answers, in the shapes of its documents; the fake is held against them."""

from typing import Any

API_ANSWERS: dict[str, dict[str, Any]] = {
    "token": {"access_token": "ACCESS_TOKEN", "expires_in": 7200},
    "ok": {"errcode": 0, "errmsg": "ok"},
    "invalid appid": {"errcode": 40013, "errmsg": "invalid appid"},
    "invalid appsecret": {"errcode": 40125, "errmsg": "invalid appsecret"},
    "invalid media": {"errcode": 40007, "errmsg": "invalid media_id"},
    "video": {"video_url": "DOWN_URL"},
    "menu": {
        "menu": {
            "button": [
                {"type": "click", "name": "今日歌曲", "key": "V1001_TODAY_MUSIC", "sub_button": []},
                {
                    "name": "菜单",
                    "sub_button": [
                        {"type": "view", "name": "搜索", "url": "http://www.soso.com/", "sub_button": []},
                        {"type": "click", "name": "赞一下我们", "key": "V1001_GOOD", "sub_button": []},
                    ],
                },
            ]
        }
    },
    "no menu": {"errcode": 46003, "errmsg": "menu no exist"},
}

MENU_MESSAGE = {
    "head_content": "您对本次服务是否满意呢?",
    "list": [{"id": "101", "content": "满意"}, {"id": "102", "content": "不满意"}],
    "tail_content": "欢迎再次光临",
}

_WHO = {"ToUserName": "gh_0", "FromUserName": "o0", "CreateTime": "1348831860"}
CALLBACKS = {
    "text": {**_WHO, "MsgType": "text", "Content": "你好", "MsgId": "1234567890123456"},
    "tap": {**_WHO, "MsgType": "text", "Content": "满意", "bizmsgmenuid": "101", "MsgId": "1234567890123456"},
    "image": {**_WHO, "MsgType": "image", "PicUrl": "http://a/b", "MediaId": "media", "MsgId": "1234567890123456"},
    "voice": {**_WHO, "MsgType": "voice", "MediaId": "media", "Format": "amr", "MsgId": "1234567890123456"},
    "video": {**_WHO, "MsgType": "video", "MediaId": "media", "ThumbMediaId": "thumb", "MsgId": "1234567890123456"},
    "location": {
        **_WHO,
        "MsgType": "location",
        "Location_X": "23.134521",
        "Location_Y": "113.358803",
        "Scale": "20",
        "Label": "位置",
        "MsgId": "1234567890123456",
    },
    "link": {**_WHO, "MsgType": "link", "Title": "t", "Description": "d", "Url": "u", "MsgId": "1234567890123456"},
    "subscribe": {**_WHO, "MsgType": "event", "Event": "subscribe", "EventKey": ""},
    "subscribe by code": {**_WHO, "MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_1", "Ticket": "t"},
    "unsubscribe": {**_WHO, "MsgType": "event", "Event": "unsubscribe", "EventKey": ""},
    "scan": {**_WHO, "MsgType": "event", "Event": "SCAN", "EventKey": "1", "Ticket": "t"},
    "click": {**_WHO, "MsgType": "event", "Event": "CLICK", "EventKey": "KEY"},
    "view": {**_WHO, "MsgType": "event", "Event": "VIEW", "EventKey": "https://a/", "MenuId": "1"},
    "notice": {
        **_WHO,
        "MsgType": "event",
        "Event": "subscribe_msg_popup_event",
        "SubscribeMsgPopupEvent": {"List": {"TemplateId": "t", "SubscribeStatusString": "accept", "PopupScene": "2"}},
    },
}
