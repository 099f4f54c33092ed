"""A maintainer goes through what the bot got wrong, and with one key a sentence turns it into what it learns from."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.settings import PROJECT_DIR
from bot.conversation.lessons import How, Sentence, Status, decide
from services_catalog.editing.sentences import add_example, add_utterance, key_of, known_sentences
from services_catalog.editing.yaml_edit import EditFailed
from services_catalog.loader import Catalog
from services_catalog.schema import Item
from services_catalog.searching import search

OUT_OF_SCOPE = "out_of_scope"
INTENTS = {
    "apply": "想办",
    "book": "想预约",
    "ask_overview": "问大概",
    "ask_conditions": "问条件",
    "ask_materials": "问材料",
    "ask_time": "问多久",
    "ask_fee": "问费用",
    "ask_place": "问去哪办",
    "ask_how": "问怎么办",
    "ask_legal": "问依据",
    "kiosk": "问自助机",
    "verify_identity": "问核验",
}
"""What may be said about an item, as a maintainer reads it."""
_INTENTS_NOT_TAKEN = {"ambiguous": "说得不清楚", OUT_OF_SCOPE: "不归我们办"}
_KEYS = "回车或 y 记到{default}　1-5 记到那一件　n 不归我们办　i 另找一件　t 换问法　d 丢掉　s 先跳过　q 结束"


@dataclass
class Review:
    """A maintainer at work: each key's effect is written and committed before the next sentence is shown.

    `root` is the catalogue's folder, `training` that of Rasa's examples; `known` all sentences in both, by their key.
    """

    session: AsyncSession
    catalog: Catalog
    root: Path
    training: Path
    known: dict[str, Path] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    async def run(self, sentences: list[Sentence]) -> None:
        """Ask about each sentence until there is none left or it was enough."""
        self.known = known_sentences(self.training, self.root)
        typer.echo("句子里还看得出是谁的（姓名、住址），请按 d 丢掉。")
        for number, sentence in enumerate(sentences, start=1):
            typer.echo(f"\n（{number}／{len(sentences)}）　说过 {sentence.times} 次\n  {sentence.text}")
            typer.echo(f"  机器人想的：{self._guessed(sentence)}\n  后来：{self._turned_out(sentence)}")
            if not await self._decided(sentence):
                break
        words = {"taken": "记下", "dropped": "丢掉", "skipped": "跳过"}
        typer.echo("\n" + "，".join(f"{word} {self.done[key]} 句" for key, word in words.items()) + "。")
        if self.done["taken"]:
            typer.echo("下次运行 ./onecall up 会用新的说法重新训练。")

    async def _decided(self, sentence: Sentence) -> bool:
        """Ask until the sentence is decided or passed over. False when it was enough."""
        intent = sentence.meant or (sentence.intent if sentence.intent in INTENTS else "apply")
        guessed = [self.catalog.items[each] for each, _ in sentence.guesses if each in self.catalog.items]
        default = self.catalog.items.get(sentence.item_id or "")
        if sentence.how is How.MISSED and guessed:
            default = guessed[0]
        while True:
            named = "（还不知道是哪一件）" if default is None else f"“{default.call_it}”的“{INTENTS[intent]}”"
            typer.echo("  " + _KEYS.format(default=named))
            key = _key()
            match key:
                case "q":
                    return False
                case "d" | "s":
                    await self._let_go(sentence, drop=key == "d")
                    return True
                case "t":
                    intent = _intent_chosen(intent)
                    continue
                case "n":
                    item, named_intent = None, OUT_OF_SCOPE
                case _:
                    item, named_intent = self._item_by(key, default, guessed), intent
                    if item is None:
                        typer.echo("  ✗ 没有找到。" if key == "i" else "  ✗ 这里不能按这个键。")
                        continue
            if await self._take(sentence, item, named_intent):
                return True

    def _item_by(self, key: str, default: Item | None, guessed: list[Item]) -> Item | None:
        """The item that a key stands for."""
        if key in ("", "y"):
            return default
        if key == "i":
            return self._searched()
        return guessed[int(key) - 1] if key.isdecimal() and 1 <= int(key) <= len(guessed) else None

    async def _take(self, sentence: Sentence, item: Item | None, intent: str) -> bool:
        """Write the sentence where it belongs, and commit that it is done. False where it could not be written."""
        there = self.known.get(key_of(sentence.text))
        path = self.training / f"{OUT_OF_SCOPE}.yml"
        if there is not None:
            typer.echo(f"  这句话已经在 {self._shown(there)} 里了，没有再写。")
        else:
            try:
                if item is None:
                    add_example(path, OUT_OF_SCOPE, sentence.text)
                else:
                    path = add_utterance(item, intent, sentence.text, self.root)
            except (EditFailed, OSError) as fault:
                typer.echo(f"  ✗ 写不进去：{fault}")
                return False
            self.known[key_of(sentence.text)] = path
            self.done["taken"] += 1
            typer.echo(f"  ✓ 记到了 {self._shown(path)}")
        await decide(self.session, sentence.ids, Status.TAKEN)
        await self.session.commit()
        return True

    async def _let_go(self, sentence: Sentence, *, drop: bool) -> None:
        if drop:
            await decide(self.session, sentence.ids, Status.DROPPED)
            await self.session.commit()
        self.done["dropped" if drop else "skipped"] += 1

    def _searched(self) -> Item | None:
        """The item whose code, or a part of whose name, is typed; among several, the one then chosen."""
        typer.echo("  事项代号或者名称：", nl=False)
        typed = _line()
        if typed in self.catalog.items:
            return self.catalog.items[typed]
        found = search(self.catalog, typed)[:9] if typed else []
        if len(found) <= 1:
            return found[0] if found else None
        for number, each in enumerate(found, start=1):
            typer.echo(f"  {number} {self._name(each.id)}")
        key = _key()
        return found[int(key) - 1] if key.isdecimal() and 1 <= int(key) <= len(found) else None

    def _guessed(self, sentence: Sentence) -> str:
        guesses = [f"{n} {self._name(each)} {p:.0%}" for n, (each, p) in enumerate(sentence.guesses, start=1)]
        return "　".join([_INTENTS_NOT_TAKEN.get(sentence.intent) or INTENTS.get(sentence.intent, "别的"), *guesses])

    def _turned_out(self, sentence: Sentence) -> str:
        known = None if sentence.item_id is None else f"“{self._name(sentence.item_id)}”"
        match sentence.how:
            case How.MISSED:
                return "没听懂，不知道说的是什么"
            case How.REWORDED:
                return f"居民换了个说法，说的是{known}"
            case How.CHOSEN:
                return "问了是哪一件，居民说都不是" if known is None else f"问了是哪一件，居民选了{known}"
            case How.CORRECTED:
                return "居民说不是这个" if known is None else f"居民说不是，要的是{known}"
            case How.CLERK:
                return f"工作人员让办的是{known}"

    def _name(self, item_id: str) -> str:
        return name_of(self.catalog, item_id)

    def _shown(self, path: Path) -> str:
        return path.relative_to(PROJECT_DIR).as_posix() if path.is_relative_to(PROJECT_DIR) else path.as_posix()


def name_of(catalog: Catalog, item_id: str) -> str:
    """What the office calls an item; its code where the catalogue has it no more."""
    return catalog.items[item_id].call_it if item_id in catalog.items else item_id


def _key() -> str:
    """The key pressed, as one small letter, or none for Enter; from a pipe, the first letter of a line."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        return line.strip()[:1].lower() if line else "q"
    try:
        pressed = typer.getchar()
    except EOFError:
        return "q"
    return pressed.strip()[:1].lower()


def _line() -> str:
    return sys.stdin.readline().strip()


def _intent_chosen(present: str) -> str:
    names = list(INTENTS)
    typer.echo("  " + "　".join(f"{number} {INTENTS[name]}" for number, name in enumerate(names, start=1)))
    typed = _line()
    return names[int(typed) - 1] if typed.isdecimal() and 1 <= int(typed) <= len(names) else present
