"""`./onecall wechat`: reading recorded callbacks, and the account's menu."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import Command
from app.settings import Settings, settings
from app.setup.errors import SetupError
from bot.channels.wechat.refusals import CallbackRefused

HELP = """微信公众号：看一条回调说了什么，设置公众号的菜单。

例：./onecall wechat menu show"""


def decode(
    file: Annotated[Path, typer.Argument(help="存着一条回调内容的文件，XML 或 JSON")],
    token: Annotated[str, typer.Option(help="公众号后台的 Token")] = "",
    aes_key: Annotated[str, typer.Option(help="公众号后台的 EncodingAESKey")] = "",
    appid: Annotated[str, typer.Option(help="公众号的 AppID；不填就不核对")] = "",
    signature: Annotated[str, typer.Option(help="网址里的 msg_signature；明文回调是 signature。不填就不验")] = "",
    timestamp: Annotated[str, typer.Option(help="网址里的 timestamp")] = "",
    nonce: Annotated[str, typer.Option(help="网址里的 nonce")] = "",
) -> None:
    """把一条回调读出来，打印成 JSON。不收的，说明原因，退出码是 2。

    例：./onecall wechat decode 回调.xml

    例：./onecall wechat decode 加密的.xml --token 令牌 --aes-key 密钥 --appid wx123
    """
    if signature and not (token and timestamp and nonce):
        raise _refused("验签名还要 --token、--timestamp 和 --nonce。")
    try:
        read = _read(file, token, aes_key, appid, signature, timestamp, nonce)
    except OSError:
        raise _refused(f"没有 {file} 这个文件，或者读不了。") from None
    except CallbackRefused as refused:
        raise _refused(refused.sentence) from None
    # UTF-8 whatever the terminal's encoding; a file's name may hold bytes that are no text.
    typer.echo(json.dumps(read, ensure_ascii=False).encode(errors="replace"))


def _read(
    file: Path, token: str, aes_key: str, appid: str, signature: str, timestamp: str, nonce: str
) -> dict[str, Any]:
    """The reading of a recorded callback as JSON; how long ago it was recorded does not matter."""
    from bot.channels.wechat.envelope import Envelope
    from bot.channels.wechat.reading import MOST_BYTES, fields_of, reading_of

    with file.open("rb") as recorded:
        body = recorded.read(MOST_BYTES + 1)
    envelope = Envelope(token, appid, aes_key)
    fields = fields_of(body)
    sealed = fields.get("Encrypt")
    # Without a key, the plain tags of compatible mode are read.
    is_sealed = isinstance(sealed, str) and bool(sealed) and not (fields.get("MsgType") and not aes_key)
    if is_sealed and signature:
        query = {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
        return envelope.open(body, query, plain_allowed=False).as_json(file.name)
    if is_sealed:
        return reading_of(fields_of(envelope.decrypt(str(sealed)))).as_json(file.name)
    if signature:
        envelope.check_address(signature, timestamp, nonce)
    return reading_of(fields).as_json(file.name)


def _refused(sentence: str) -> typer.Exit:
    typer.echo(f"✗ {sentence}", err=True)
    return typer.Exit(2)


def show() -> None:
    """打印要推给微信的菜单，不动公众号。菜单写在 bot/channels/wechat/menu.yml。

    例：./onecall wechat menu show
    """
    from bot.channels.wechat.menu import load_menu

    typer.echo(json.dumps(load_menu(), ensure_ascii=False, indent=1))


def push() -> None:
    """把 bot/channels/wechat/menu.yml 里的菜单推给微信，换掉公众号现在的菜单。

    例：./onecall wechat menu push
    """
    chosen = settings()
    if not chosen.wechat_appid:
        raise SetupError("还没有设 ONECALL_WECHAT_APPID。", "见 docs/settings.md 里微信的几项。")
    asyncio.run(_push(chosen))
    typer.echo("菜单推好了，关注的人五分钟内会看到。")


async def _push(chosen: Settings) -> None:
    """Replace the account's menu, with the token that all processes share."""
    from app.database import migrate
    from bot.channels.wechat.api import WeChatApi, WeChatError
    from bot.channels.wechat.menu import load_menu
    from bot.conversation.channel import TryLater
    from records.database import Database
    from records.encryption import use_keys
    from records.keys import load_keys

    use_keys(load_keys(chosen.data_key, chosen.data_dir / "key"))
    await migrate(chosen.resolved_database_url())
    database = Database(chosen.resolved_database_url())
    api = WeChatApi(database.session, chosen.wechat_appid, chosen.wechat_secret, chosen.wechat_api_url)
    try:
        await api.put_menu(load_menu())
    except WeChatError as error:
        raise SetupError(f"微信不收这个菜单，错误码 {error.number}。", "错误码的意思见微信公众平台的文档。") from None
    except TryLater as error:
        raise SetupError(
            f"现在连不上微信接口（{error.why}）。", "请检查网络、AppSecret 和公众号后台的 IP 白名单。"
        ) from None
    finally:
        await api.close()
        await database.close()


COMMANDS: dict[str, Command | dict[str, Command]] = {"decode": decode, "menu": {"show": show, "push": push}}
