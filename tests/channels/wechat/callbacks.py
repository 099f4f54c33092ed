"""Callbacks of every kind that WeChat documents, written for these tests, and what is to be read in each."""

from dataclasses import dataclass

ACCOUNT, FOLLOWER, MOMENT = "gh_street", "oStreet-1_a", "1764000000"


@dataclass(frozen=True)
class Kind:
    """The tags of one kind of callback beyond the four that all have, and what they are to be read as."""

    msg_type: str
    tags: str
    event: str = ""
    event_key: str = ""
    content: str = ""
    media_id: str = ""
    msg_id: str = ""
    is_event: bool = False

    @property
    def xml(self) -> str:
        """The whole body."""
        return (
            f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>\n"
            f"<FromUserName><![CDATA[{FOLLOWER}]]></FromUserName>\n"
            f"<CreateTime>{MOMENT}</CreateTime>\n"
            f"<MsgType><![CDATA[{self.msg_type}]]></MsgType>\n{self.tags}\n</xml>"
        )

    def expected(self, file: str) -> dict[str, object]:
        """The reading as the command prints it."""
        return {
            "file": file,
            "to": ACCOUNT,
            "openid": FOLLOWER,
            "create_time": MOMENT,
            "msg_type": self.msg_type,
            "event": self.event,
            "event_key": self.event_key,
            "content": self.content,
            "media_id": self.media_id,
            "msg_id": self.msg_id,
            "dedupe_key": ["evt", FOLLOWER, MOMENT] if self.is_event else ["msg", self.msg_id],
        }


def message(msg_type: str, tags: str = "", content: str = "", media_id: str = "") -> Kind:
    """A message, which has an id."""
    return Kind(msg_type, f"{tags}<MsgId>9007199254740993</MsgId>", "", "", content, media_id, "9007199254740993")


def event(name: str, tags: str = "", event_key: str | None = None, msg_id: str = "") -> Kind:
    """An event, told from others by who and when."""
    key = "" if event_key is None else f"<EventKey><![CDATA[{event_key}]]></EventKey>"
    tags = f"<Event><![CDATA[{name}]]></Event>{key}{tags}"
    return Kind("event", tags, name, event_key or "", msg_id=msg_id, is_event=True)


_PICTURES = (
    "<SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a1</PicMd5Sum></item>"
    "<item><PicMd5Sum>b2</PicMd5Sum></item></PicList></SendPicsInfo>"
)
_SCANNED = "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult><![CDATA[1<2]]></ScanResult></ScanCodeInfo>"
_NOTICE = "<TemplateId>t-1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString>"

KINDS = {
    "text": message("text", "<Content><![CDATA[我想办<残疾证>\n谢谢]]></Content>", content="我想办<残疾证>\n谢谢"),
    "tap": message("text", "<Content>满意</Content><bizmsgmenuid><![CDATA[3.1]]></bizmsgmenuid>", content="满意"),
    "image": message("image", "<PicUrl>http://wx.test/p</PicUrl><MediaId>img-1_A</MediaId>", media_id="img-1_A"),
    "voice": message("voice", "<MediaId>voice-1</MediaId><Format>amr</Format>", media_id="voice-1"),
    "video": message("video", "<MediaId>v-1</MediaId><ThumbMediaId>t-1</ThumbMediaId>", media_id="v-1"),
    "shortvideo": message("shortvideo", "<MediaId>s-1</MediaId><ThumbMediaId>t-1</ThumbMediaId>", media_id="s-1"),
    "location": message(
        "location",
        "<Location_X>30.27</Location_X><Location_Y>120.15</Location_Y><Scale>15</Scale><Label>文三路100号</Label>",
    ),
    "link": message(
        "link", "<Title>指南</Title><Description>怎么办</Description><Url>https://a.test/?a=1&amp;b=2</Url>"
    ),
    "unknown": message("notsure"),
    "device_text": message(
        "device_text", "<DeviceType>gh</DeviceType><DeviceID>d</DeviceID><Content>5L2g</Content>", content="5L2g"
    ),
    "device_event": Kind(
        "device_event",
        "<MsgId>71</MsgId><Event>bind</Event><DeviceID>d</DeviceID><Content>5L2g</Content><OpenID>o</OpenID>",
        event="bind",
        content="5L2g",
        msg_id="71",
    ),
    "subscribe": event("subscribe", event_key=""),
    "subscribe_without_key": event("subscribe"),
    "subscribe_by_code": event("subscribe", "<Ticket>t</Ticket>", event_key="qrscene_item:1"),
    "subscribe_after_payment": event("subscribe", event_key="last_trade_no_42"),
    "subscribe_by_product": event("subscribe", event_key="scanbarcode|standard|key"),
    "subscribe_by_picture": event("subscribe", event_key="scanimage|standard|key"),
    "unsubscribe": event("unsubscribe", event_key=""),
    "SCAN": event("SCAN", "<Ticket>t</Ticket>", event_key="4711"),
    "LOCATION": event("LOCATION", "<Latitude>30.2</Latitude><Longitude>120.1</Longitude><Precision>9</Precision>"),
    "CLICK": event("CLICK", event_key="查办件进度"),
    "VIEW": event("VIEW", "<MenuId>1</MenuId>", event_key="https://a.test/?x=1"),
    "scancode_push": event("scancode_push", _SCANNED, event_key="6"),
    "scancode_waitmsg": event("scancode_waitmsg", _SCANNED, event_key="6"),
    "pic_sysphoto": event("pic_sysphoto", _PICTURES, event_key="6"),
    "pic_photo_or_album": event("pic_photo_or_album", _PICTURES, event_key="6"),
    "pic_weixin": event("pic_weixin", _PICTURES, event_key="6"),
    "location_select": event(
        "location_select",
        "<SendLocationInfo><Location_X>30</Location_X><Location_Y>120</Location_Y><Scale>15</Scale>"
        "<Label>西湖</Label><Poiname></Poiname></SendLocationInfo>",
        event_key="6",
    ),
    "MASSSENDJOBFINISH": event(
        "MASSSENDJOBFINISH",
        "<MsgID>1000001</MsgID><Status>sendsuccess</Status><CopyrightCheckResult><Count>2</Count><ResultList>"
        "<item><ArticleIdx>1</ArticleIdx><MsgId>5</MsgId></item><item><ArticleIdx>2</ArticleIdx><MsgId>6</MsgId></item>"
        "</ResultList></CopyrightCheckResult>",
        msg_id="1000001",
    ),
    "TEMPLATESENDJOBFINISH": event(
        "TEMPLATESENDJOBFINISH", "<MsgID>200163</MsgID><Status>failed:user block</Status>", msg_id="200163"
    ),
    "subscribe_msg_popup_event": event(
        "subscribe_msg_popup_event",
        f"<SubscribeMsgPopupEvent><List>{_NOTICE}</List><List>{_NOTICE}</List></SubscribeMsgPopupEvent>",
    ),
    "subscribe_msg_change_event": event(
        "subscribe_msg_change_event", f"<SubscribeMsgChangeEvent><List>{_NOTICE}</List></SubscribeMsgChangeEvent>"
    ),
    "subscribe_msg_sent_event": event(
        "subscribe_msg_sent_event",
        "<SubscribeMsgSentEvent><List><TemplateId>t-1</TemplateId><MsgID>17</MsgID><ErrorCode>0</ErrorCode></List>"
        "</SubscribeMsgSentEvent>",
    ),
    "kf_create_session": event("kf_create_session", "<KfAccount>a@b</KfAccount>"),
    "kf_close_session": event("kf_close_session", "<KfAccount>a@b</KfAccount>"),
    "kf_switch_session": event("kf_switch_session", "<FromKfAccount>a@b</FromKfAccount><ToKfAccount>c@b</ToKfAccount>"),
    "merchant_order": event("merchant_order", "<OrderId>1</OrderId><OrderStatus>2</OrderStatus><SkuInfo>1:2</SkuInfo>"),
    "user_authorize_invoice": event(
        "user_authorize_invoice", "<SuccOrderId>1</SuccOrderId><FailOrderId></FailOrderId>"
    ),
    "update_invoice_status": event("update_invoice_status", "<Status>INVOICE_REIMBURSE_INIT</Status>"),
    "submit_invoice_title": event("submit_invoice_title", "<title>街道</title><phone>0571</phone>"),
    "ShakearoundUserShake": event(
        "ShakearoundUserShake",
        "<ChosenBeacon><Major>1</Major></ChosenBeacon><AroundBeacons><AroundBeacon><Major>1</Major></AroundBeacon>"
        "<AroundBeacon><Major>2</Major></AroundBeacon></AroundBeacons>",
    ),
    "WifiConnected": event("WifiConnected", "<ConnectTime>0</ConnectTime><ShopId>s</ShopId>"),
    "qualification_verify_success": event("qualification_verify_success", "<ExpiredTime>1</ExpiredTime>"),
    "qualification_verify_fail": event("qualification_verify_fail", "<FailReason>缺材料</FailReason>"),
    "naming_verify_success": event("naming_verify_success", "<ExpiredTime>1</ExpiredTime>"),
    "naming_verify_fail": event("naming_verify_fail", "<FailReason>重名</FailReason>"),
    "annual_renew": event("annual_renew", "<ExpiredTime>1</ExpiredTime>"),
    "verify_expired": event("verify_expired", "<ExpiredTime>1</ExpiredTime>"),
}
