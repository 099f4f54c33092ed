"""`./onecall catalog prove`: every way through an item's form ends well, or a conversation shows where it does not."""

import time
from typing import Annotated

import typer

from app.setup.errors import SetupError


def prove(item: Annotated[str, typer.Argument(help="事项 id；不写就证明全部事项")] = "") -> None:
    """证明申请表走得通：不管居民怎么答，都能办完、找到人工、取消；没有问不到的问题。

    例：./onecall catalog prove
    例：./onecall catalog prove canji-zheng-shenling
    """
    from app.proof.checks import prove_all
    from bot.conversation.wording import phrases
    from services_catalog.loader import load_catalog

    phrases()
    catalog = load_catalog()
    if item and item not in catalog.items:
        raise SetupError(f"目录里没有 {item} 这个事项。", "事项的 id 就是 services_catalog/items 里的文件名。")
    began = time.monotonic()
    proofs = prove_all(catalog, [catalog.items[item]] if item else catalog.items.values())
    findings = [finding for proof in proofs for finding in proof.findings]
    for finding in findings:
        typer.echo(f"✗ {finding.item_id}（{finding.fault}）：{finding.message}")
        for line in finding.conversation:
            typer.echo(f"    {line}")
    places = sum(proof.places for proof in proofs)
    right = sum(not proof.findings for proof in proofs)
    typer.echo(
        f"{right}/{len(proofs)} 个事项走得通；一共看了 {places} 种走法，用了 {time.monotonic() - began:.1f} 秒。"
    )
    raise typer.Exit(1 if findings else 0)


COMMANDS = {"prove": prove}
