"""Learns and is asked through Rasa's own interfaces, whatever the pipeline: for `./onecall bench nlu`.

    bot/engine/.venv/bin/python -m bot.engine.learner IN.json OUT.json train
    bot/engine/.venv/bin/python -m bot.engine.learner IN.json OUT.json ask

Each is a process of its own, so that what learning took is not counted as what asking takes.
"""

import argparse
import asyncio
import json
import logging
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.utils.log_utils import configure_structlog

WARMING = "残疾证要带哪些材料"
TIMES = 5


class NothingLearntError(Exception):
    """Rasa ended its training without a model."""


def train(config: str, data: str, output: str, name: str) -> dict[str, Any]:
    """Train the pipeline of the file `config` on the folder `data`: the archive's path and the `seconds` it took.

    The archive is written to the folder `output` as `name`. Raises NothingLearntError.
    """
    began = time.monotonic()
    model = train_nlu(config, data, output, fixed_model_name=name)
    if model is None:
        raise NothingLearntError(name)
    return {"model": model, "seconds": time.monotonic() - began}


async def ask(models: Sequence[str], texts: Sequence[str]) -> dict[str, Any]:
    """What each of `models`, loaded side by side, understands of each text alone.

    `answers` has one entry a text: `parses` in the order of the models, and the milliseconds (`ms`) of all of them
    together. `rss_mb` is the most memory this process ever held, in MB of 1024 * 1024.
    """
    agents = [Agent.load(model) for model in models]
    for _ in range(TIMES):  # the first ones are slower than all others
        await _parses(agents, WARMING)
    answers = []
    for text in texts:
        began = time.perf_counter()
        parses = await _parses(agents, text)
        spent = (time.perf_counter() - began) * 1000
        answers.append({"parses": [_told(parse) for parse in parses], "ms": spent})
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"answers": answers, "rss_mb": kilobytes / 1024}


async def _parses(agents: Sequence[Agent], text: str) -> list[dict[str, Any]]:
    return [await agent.parse_message(text) for agent in agents]


def _told(parse: dict[str, Any]) -> dict[str, Any]:
    """The intent, the intents by likelihood, and the items by likelihood where the pipeline finds items."""
    return {
        "intent": parse["intent"]["name"],
        "ranking": [entry["name"] for entry in parse.get("intent_ranking") or []],
        "items": [entry["id"] for entry in parse.get("items") or []],
    }


def main() -> None:
    """Read what is to be done, write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("task", choices=["train", "ask"])
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    configure_structlog(logging.WARNING)  # below it, Rasa logs every sentence
    asked = json.loads(arguments.source.read_text(encoding="utf-8"))
    answer = train(**asked) if arguments.task == "train" else asyncio.run(ask(**asked))
    arguments.target.write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
