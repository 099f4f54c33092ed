"""Every setting of 1call, typed, with its default; docs/settings.md is written from this file."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_DIR = Path(__file__).resolve().parent.parent


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
    office_hours: str = Field(default="工作日 9:00-12:00、13:30-17:00", description="办公时间，给居民看")
    engine_timeout_s: float = Field(default=4.0, gt=0, le=30, description="等对话引擎多少秒后先告诉居民")
    public_url: str = Field(default="", description="居民打开的网址，用来生成链接；不填用相对地址")

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
        name = "ONECALL_" + "_".join(str(part) for part in wrong["loc"]).upper()
        raise SettingsError(f"设置 {name} 不对：{wrong['msg']}") from error
