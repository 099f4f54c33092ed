"""`./onecall nlu review` and `nlu drift`: what residents said that the bot got wrong, and whether it gets worse."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.database_session import in_session
from app.settings import PROJECT_DIR
from app.setup.errors import SetupError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.conversation.drift import Week
    from bot.conversation.lessons import Sentence
    from services_catalog.loader import Catalog

TRAINING = PROJECT_DIR / "bot" / "training" / "nlu"
_CONFUSIONS_SHOWN = 10


def review(
    item: Annotated[str, typer.Option(help="只看和这个事项有关的，写事项代号")] = "",
    limit: Annotated[int, typer.Option(min=1, help="最多看几句")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="只列出来，输出 JSON，不问")] = False,
) -> None:
    """一句一句看没听懂、听错了的话，按一个键记进居民说法。句子已经脱敏，不知道是谁说的。

    例：./onecall nlu review

    例：./onecall nlu review --item canji-zheng-shenling --limit 20
    """
    from app.understanding.reviewing import Review
    from bot.conversation.lessons import to_review
    from services_catalog.loader import CATALOG_DIR, load_catalog
    from services_catalog.yaml_source import CatalogError

    catalog = load_catalog(CATALOG_DIR)
    if item and item not in catalog.items:
        raise SetupError(f"目录里没有 {item} 这个事项。", "事项代号就是 services_catalog/items 里的文件名。")

    async def work(session: "AsyncSession") -> None:
        sentences = [each for each in await to_review(session) if not item or each.concerns(item)][:limit]
        await session.commit()  # nobody waits for a lock while a person reads
        if as_json:
            typer.echo(json.dumps([_listed(each) for each in sentences], ensure_ascii=False, indent=1))
        elif not sentences:
            typer.echo("没有要看的句子。")
        else:
            await Review(session, catalog, CATALOG_DIR, TRAINING).run(sentences)

    try:
        in_session(work)
    except CatalogError as broken:
        raise SetupError(f"{broken}", "请先改好这个文件，再运行一次。") from broken


def drift(
    weeks: Annotated[int, typer.Option(min=1, max=520, help="看最近几周，算上这一周")] = 12,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读")] = False,
) -> None:
    """一周一周看：听懂了多少、没听懂多少、最常弄混哪些事项。没听懂的明显多了，会标出来。

    例：./onecall nlu drift --weeks 26
    """
    from bot.conversation.drift import report
    from services_catalog.loader import CATALOG_DIR, load_catalog

    found = in_session(lambda session: report(session, weeks, _CONFUSIONS_SHOWN))
    if as_json:
        typer.echo(json.dumps([_week(each) for each in found], ensure_ascii=False, indent=1))
    else:
        _show_weeks(found, load_catalog(CATALOG_DIR))


def _listed(sentence: "Sentence") -> dict[str, Any]:
    return {
        "text": sentence.text,
        "times": sentence.times,
        "intent": sentence.intent,
        "guesses": [{"id": each, "p": p} for each, p in sentence.guesses],
        "how": sentence.how.value,
        "item_id": sentence.item_id,
        "meant": sentence.meant,
    }


def _week(week: "Week") -> dict[str, Any]:
    from bot.conversation.drift import Understanding

    return {
        "week": week.monday.isoformat(),
        "messages": week.messages,
        "numbers": {outcome.value: week.numbers.get(outcome, 0) for outcome in Understanding},
        "shares": {outcome.value: round(week.share(outcome), 4) for outcome in Understanding},
        "stands_out": week.stands_out,
        "confusions": [
            {"guessed": each.guessed, "meant": each.meant, "number": each.number} for each in week.confusions
        ],
    }


def _show_weeks(weeks: list["Week"], catalog: "Catalog") -> None:
    from rich.console import Console
    from rich.table import Table

    from app.understanding.reviewing import name_of
    from bot.conversation.drift import Understanding

    if not any(week.messages for week in weeks):
        typer.echo("这几周还没有人说过话。")
        return
    columns: Mapping[Understanding, str] = {
        Understanding.UNDERSTOOD: "听懂",
        Understanding.ASKED: "反问",
        Understanding.MISSED: "没听懂",
        Understanding.OUTSIDE: "不归我们",
        Understanding.CORRECTED: "听错",
    }
    table = Table("从这天起一周", "句数", *columns.values(), "", box=None)
    confused: Counter[tuple[str, str | None]] = Counter()
    for week in weeks:
        cells = [f"{week.numbers.get(each, 0)} {week.share(each):.1%}" for each in columns]
        table.add_row(week.monday.isoformat(), str(week.messages), *cells, "↑" if week.stands_out else "")
        for each in week.confusions:
            confused[each.guessed, each.meant] += each.number
    Console().print(table)
    for week in weeks:
        if week.stands_out:
            typer.echo(f"↑ {week.monday.isoformat()} 这一周，没听懂的比以前几周多，不像是碰巧。")
    for (guessed, meant), number in confused.most_common(_CONFUSIONS_SHOWN):
        really = "都不是" if meant is None else f"其实是“{name_of(catalog, meant)}”"
        typer.echo(f"听成“{name_of(catalog, guessed)}”，{really}：{number} 次")
