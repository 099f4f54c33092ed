"""Every setting of 1call, typed, with its default; docs/settings.md is written from this file."""

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_DIR = Path(__file__).resolve().parent.parent
_THIS_MACHINE = frozenset(("127.0.0.1", "localhost", "::1"))


class Settings(BaseSettings):
    """Read from the environment (`ONECALL_...`); a wrong value stops the start with a sentence."""

    model_config = SettingsConfigDict(env_prefix="ONECALL_", extra="ignore")

    data_dir: Path = Field(default=PROJECT_DIR / "data", description="数据库、密钥和材料所在的文件夹")
    local_dir: Path = Field(default=PROJECT_DIR / ".local", description="工具、模型和缓存所在的文件夹，可以删掉重建")
    database_url: str | None = Field(default=None, description="数据库地址；不填用数据文件夹里的 SQLite")
    data_key: str | None = Field(
        default=None, description="加密敏感数据的密钥，base64，32 字节；不填用数据文件夹里的密钥文件"
    )
    street_name: str = Field(default="示范街道", description="街道名称，出现在页面和文书上")
    street_code: str = Field(
        default="330105001", pattern=r"^\d{9}$", description="办件编号的前九位：区划代码和街道代码"
    )
    office_phone: str = Field(default="", description="便民服务中心电话；不填就不说")
    office_hours: str = Field(
        default="工作日 9:00-12:00、13:30-17:00",
        description="办公时间，给居民看，也用来算什么时候有人；工作日按放假安排算，调休上班也算。"
        "还可以写 周六、周日、休息日、每天，用；分开",
    )
    closed_days: frozenset[date] = Field(default=frozenset(), description='另外不上班的日子，JSON，例如 ["2026-12-31"]')
    engine_timeout_s: float = Field(default=4.0, gt=0, le=30, description="等对话引擎多少秒后先告诉居民")
    public_url: str = Field(default="", description="居民打开的网址，用来生成链接；不填用相对地址")
    development: bool = Field(default=False, description="开发时用：允许微信明文模式和 Telegram 轮询")
    wechat_appid: str = Field(default="", max_length=32, description="微信公众号的 AppID；不填就不接微信")
    wechat_secret: str = Field(default="", description="微信公众号的 AppSecret")
    wechat_token: str = Field(
        default="", pattern=r"^([A-Za-z0-9]{3,32})?$", description="公众号后台“服务器配置”里的 Token，3 到 32 位"
    )
    wechat_aes_key: str = Field(
        default="",
        pattern=r"^([A-Za-z0-9+/]{43})?$",
        description="公众号后台的 EncodingAESKey，43 位；正式使用必须填，后台选“安全模式”",
    )
    wechat_api_url: str = Field(default="https://api.weixin.qq.com", description="微信接口的地址")
    wechat_notice_template: str = Field(
        default="", description="订阅通知的模板编号；不填，超过 48 小时的回复等居民下次来时再说"
    )
    wechat_notice_fields: dict[str, str] = Field(
        default={"thing1": "{street}", "thing2": "{notice}"},
        description="订阅通知各个栏目填什么，JSON；{street} 是街道名称，{notice} 是“您的事有回复了”",
    )
    telegram_token: str = Field(default="", description="Telegram 机器人的令牌；不填就不接 Telegram")
    telegram_secret: str = Field(
        default="", pattern=r"^([A-Za-z0-9_-]{16,256})?$", description="Telegram 回调的密文，16 位以上，正式使用必须填"
    )
    telegram_api_url: str = Field(default="https://api.telegram.org", description="Telegram 接口的地址")
    telegram_polling: bool = Field(default=False, description="开发时用：自己去取 Telegram 的消息，不用公网地址")
    face_accept: float = Field(
        default=0.40,
        gt=0,
        le=2,
        description="刷脸：距离不超过它就是本人。越小越严，改之前用 ./onecall kyc calibrate 量",
    )
    face_review: float = Field(
        default=0.50, gt=0, le=2, description="刷脸：距离在通过和它之间，由工作人员看；超过它就不是本人"
    )
    face_model: Path | None = Field(
        default=None, description="自带的人脸模型，ONNX 文件，输入 1×3×112×112；不填用 face_recognition"
    )
    face_cohort_accept: float | None = Field(
        default=None, description="有对照组时的通过门槛，由 ./onecall kyc calibrate --cohort 给出；不填就不用对照组"
    )
    face_cohort_review: float | None = Field(default=None, description="有对照组时，由工作人员看的门槛")
    face_kept_days: int = Field(
        default=400, ge=0, le=3660, description="刷脸通过以后，脸的特征加密存多少天，给下次认证用；0 是不存"
    )
    identity_source_url: str = Field(
        default="", description="市里可信身份服务的地址，刷脸时向它要一张照片来比对；不填就比对身份证上的照片"
    )
    identity_source_token: str = Field(default="", description="可信身份服务的令牌")
    identity_counts_days: int = Field(default=30, ge=0, le=3660, description="核对过一次身份，多少天里办别的事不用再验")
    lessons_kept_days: int = Field(
        default=180, ge=1, le=3660, description="没听懂、听错了的话（已脱敏）存多少天，给 ./onecall nlu review 用"
    )
    back_office_url: str = Field(default="", description="市里后台接收办件消息的地址；不填就不发")
    back_office_secret: str = Field(
        default="", pattern=r"^(.{16,256})?$", description="给市里后台的消息签名用的密文，16 位以上"
    )
    speech_url: str = Field(default="", description="语音识别服务的地址；不填就请居民打字")
    model_url: str = Field(
        default="",
        description="大模型的地址，兼容 OpenAI 接口，写到 `/v1` 为止；不填就不用大模型，什么也不往外发",
    )
    model_name: str = Field(default="", max_length=128, description="用哪个模型；填了地址就要填")
    model_key: str = Field(default="", pattern=r"^[\x21-\x7e]*$", description="大模型的密钥；本机的一般不用填")
    model_timeout_s: float = Field(default=1.5, gt=0, le=5, description="最多等大模型多少秒；到时候就当没有它")
    desk_openid_issuer: str = Field(
        default="", description="单位统一身份认证（OpenID Connect）的地址；不填，办事员就用登录名和密码"
    )
    desk_openid_client_id: str = Field(default="", description="统一身份认证给办事台的客户端编号")
    desk_openid_client_secret: str = Field(default="", description="统一身份认证给办事台的客户端密钥")

    turn_urls: str = Field(
        default="",
        pattern=r"^((stun|turn)s?:[^\s,]+[\s,]*)*$",
        description="视频用的 STUN、TURN 服务器，几个之间用逗号隔开；不填，只有在同一个网络里才接得通",
    )
    turn_secret: str = Field(default="", description="TURN 服务器的密钥（coturn 的 static-auth-secret）")

    @model_validator(mode="after")
    def _office_hours_are_understood(self) -> "Settings":
        """What residents are told is what the queue goes by."""
        from bot.conversation.hours import Hours  # it needs more than commands that read no setting should load

        Hours.read(self.office_hours)
        return self

    @model_validator(mode="after")
    def _channels_are_whole(self) -> "Settings":
        """A channel is configured wholly or not at all, and safely outside development."""
        wechat = {"SECRET": self.wechat_secret, "TOKEN": self.wechat_token}
        missing = [f"ONECALL_WECHAT_{name}" for name, value in wechat.items() if not value]
        if self.wechat_appid and missing:
            raise ValueError(f"填了 ONECALL_WECHAT_APPID，还要填 {'、'.join(missing)}")
        if self.wechat_appid and not self.wechat_aes_key and not self.development:
            raise ValueError(
                "没有填 ONECALL_WECHAT_AES_KEY：正式使用必须用微信的安全模式（开发时可以设 ONECALL_DEVELOPMENT=1）"
            )
        if self.telegram_polling and not self.development:
            raise ValueError("ONECALL_TELEGRAM_POLLING 只能在开发时用，请同时设 ONECALL_DEVELOPMENT=1，或改用回调")
        if self.telegram_token and not (self.telegram_secret or self.telegram_polling):
            raise ValueError("填了 ONECALL_TELEGRAM_TOKEN，还要填 ONECALL_TELEGRAM_SECRET")
        return self

    @model_validator(mode="after")
    def _back_office_is_whole(self) -> "Settings":
        """News of cases are signed, and sent over encrypted connections."""
        if self.back_office_url and not self.back_office_secret:
            raise ValueError("填了 ONECALL_BACK_OFFICE_URL，还要填 ONECALL_BACK_OFFICE_SECRET")
        if self.back_office_url and not self.back_office_url.startswith("https://") and not self.development:
            raise ValueError("ONECALL_BACK_OFFICE_URL 要以 https:// 开头（开发时可以设 ONECALL_DEVELOPMENT=1）")
        return self

    @model_validator(mode="after")
    def _model_is_whole(self) -> "Settings":
        """What a large model is sent stays on this machine or goes over an encrypted connection."""
        if not self.model_url:
            return self
        if not self.model_name:
            raise ValueError("填了 ONECALL_MODEL_URL，还要填 ONECALL_MODEL_NAME")
        try:
            url = urlsplit(self.model_url)
            host, _ = url.hostname, url.port
        except ValueError:
            raise ValueError("ONECALL_MODEL_URL 不是一个网址") from None
        if url.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f]", self.model_url):
            raise ValueError("ONECALL_MODEL_URL 不是一个网址，要像 https://model.example.cn/v1 这样写")
        if url.username is not None or url.query or url.fragment or url.path.rstrip("/").endswith("/completions"):
            raise ValueError("ONECALL_MODEL_URL 只写到 /v1 为止，密钥写在 ONECALL_MODEL_KEY 里")
        if url.scheme == "http" and host not in _THIS_MACHINE and not self.development:
            raise ValueError(
                "ONECALL_MODEL_URL 要以 https:// 开头，除非模型就在这台机器上（开发时可以设 ONECALL_DEVELOPMENT=1）"
            )
        return self

    @model_validator(mode="after")
    def _limits_of_faces_are_in_order(self) -> "Settings":
        """Review lies above acceptance; a cohort has both limits or none; an own model has its own limits."""
        if self.face_review < self.face_accept:
            raise ValueError("ONECALL_FACE_REVIEW 不能小于 ONECALL_FACE_ACCEPT")
        cohort = (self.face_cohort_accept, self.face_cohort_review)
        if (cohort[0] is None) != (cohort[1] is None):
            raise ValueError("ONECALL_FACE_COHORT_ACCEPT 和 ONECALL_FACE_COHORT_REVIEW 要一起填")
        if cohort[0] is not None and cohort[1] is not None and cohort[1] < cohort[0]:
            raise ValueError("ONECALL_FACE_COHORT_REVIEW 不能小于 ONECALL_FACE_COHORT_ACCEPT")
        if self.identity_source_url and not self.identity_source_token:
            raise ValueError("填了 ONECALL_IDENTITY_SOURCE_URL，还要填 ONECALL_IDENTITY_SOURCE_TOKEN")
        if self.face_model is not None and not {"face_accept", "face_review"} <= self.model_fields_set:
            raise ValueError(
                "填了 ONECALL_FACE_MODEL，还要填 ONECALL_FACE_ACCEPT 和 ONECALL_FACE_REVIEW：每个模型的门槛不同"
            )
        return self

    @model_validator(mode="after")
    def _openid_is_whole(self) -> "Settings":
        """The office's own accounts are configured wholly or not at all, and over encrypted connections."""
        if not self.desk_openid_issuer:
            return self
        given = {
            "ONECALL_DESK_OPENID_CLIENT_ID": self.desk_openid_client_id,
            "ONECALL_DESK_OPENID_CLIENT_SECRET": self.desk_openid_client_secret,
            "ONECALL_PUBLIC_URL": self.public_url,
        }
        missing = [name for name, value in given.items() if not value]
        if missing:
            raise ValueError(f"填了 ONECALL_DESK_OPENID_ISSUER，还要填 {'、'.join(missing)}")
        if not self.desk_openid_issuer.startswith("https://") and not self.development:
            raise ValueError("ONECALL_DESK_OPENID_ISSUER 要以 https:// 开头（开发时可以设 ONECALL_DEVELOPMENT=1）")
        return self

    @model_validator(mode="after")
    def _relay_is_whole(self) -> "Settings":
        """A TURN server lets nobody in without the secret it shares with us."""
        if "turn" in self.turn_urls and not self.turn_secret:
            raise ValueError("ONECALL_TURN_URLS 里有 TURN 服务器，还要填 ONECALL_TURN_SECRET")
        return self

    def resolved_database_url(self) -> str:
        """The database's URL; the SQLite file in the data folder unless one was given."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'onecall.db'}"


class SettingsError(Exception):
    """A setting that cannot be used, in a sentence that names it."""


@lru_cache
def settings() -> Settings:
    """The settings of this process. Raises SettingsError naming the wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        if not wrong["loc"]:
            raise SettingsError(f"设置不对：{wrong['msg'].removeprefix('Value error, ')}") from None
        name = "ONECALL_" + str(wrong["loc"][0]).upper()
        raise SettingsError(f"设置 {name} 不对：{wrong['msg']}") from None
