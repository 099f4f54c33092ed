"""Everything composed: database, catalogue, engine, actions, pipeline. Used by the server and by the commands."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from actions.registry import DEEDS, executor
from app.action_server import action_server
from app.back_office import back_office_of, sending_news, sweeping_cases
from app.channels import open_channels, telegram_door, wechat_door
from app.engine_process import EngineProcess, free_port
from app.identity import announcing, policy_of
from app.listener import Listener
from app.publishing import Publishing
from app.purging import purging
from app.settings import Settings, settings
from app.setup.paths import Paths, project_paths
from bot.channels.telegram.door import TelegramDoor
from bot.channels.wechat.door import WeChatDoor
from bot.conversation.answering import Answering
from bot.conversation.courier import Courier
from bot.conversation.engine import RasaEngine
from bot.conversation.fetching import Fetching
from bot.conversation.large_model import LargeModel
from bot.conversation.live import Live
from bot.conversation.pipeline import Pipeline
from bot.conversation.turn import Office, OpenTurns
from bot.conversation.wording import phrases
from cases.back_office import reporting
from desk.hub import Hub, carrying
from desk.watch import Watch, watching
from kyc import vault
from kyc.capture.examining import Examination
from kyc.references import HttpReferenceSource
from kyc.verifier import Verifier
from records.database import Database
from records.encryption import use_keys
from records.installation import check_key
from records.keys import Keys, load_keys
from services_catalog.loader import CATALOG_DIR, Catalog
from services_catalog.published import Published

ENGINE_PATIENCE_S = 30.0
"""How long one request to the engine may take before it is asked again."""


@dataclass
class Runtime:
    """The parts of a running 1call."""

    settings: Settings
    keys: Keys
    published: Published
    database: Database
    live: Live
    pipeline: Pipeline
    office: Office
    engine: EngineProcess
    examination: Examination
    hub: Hub
    wechat: WeChatDoor | None = None
    telegram: TelegramDoor | None = None

    @property
    def catalog(self) -> Catalog:
        """The catalogue as it is served now."""
        return self.published.current()


@asynccontextmanager
async def running(
    model: Path, chosen: Settings | None = None, paths: Paths | None = None, catalogue: Path = CATALOG_DIR
) -> AsyncIterator[Runtime]:
    """A running 1call, without its web server. The database is expected to be migrated.

    The engine is started and not waited for: whatever residents say meanwhile is stored, and answered when it is
    ready. `engine.wait_ready()` waits, and raises EngineError if it never is.
    """
    chosen = chosen or settings()
    keys = load_keys(chosen.data_key, chosen.data_dir / "key")
    use_keys(keys)
    phrases()
    paths = paths or project_paths()
    database = Database(chosen.resolved_database_url())
    back_office = back_office_of(chosen)
    if back_office is not None:
        reporting(database.session)
    office = Office(
        street_name=chosen.street_name,
        street_code=chosen.street_code,
        hours=chosen.office_hours,
        phone=chosen.office_phone,
        public_url=chosen.public_url.rstrip("/"),
        files_dir=chosen.data_dir / "files",
        link_key=keys.derive("links"),
        closed_days=chosen.closed_days,
    )
    token = secrets.token_urlsafe(32)
    turns, live = OpenTurns(), Live()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        async with database.session() as session:
            await check_key(session)
        publishing = await Publishing.begun(database.session, catalogue, paths.index)
        published = publishing.published
        actions = Listener(action_server(executor(turns), token), "127.0.0.1", free_port())
        await stack.enter_async_context(actions)
        process = EngineProcess(model, f"{actions.url}/webhook", token, paths)
        stack.push_async_callback(process.stop)
        await process.start()
        engine = RasaEngine(lambda: process.url, token, ENGINE_PATIENCE_S)
        stack.push_async_callback(engine.close)
        adviser = None
        if chosen.model_url:
            adviser = LargeModel(chosen.model_url, chosen.model_name, chosen.model_key, chosen.model_timeout_s)
            stack.push_async_callback(adviser.close)
        channels = open_channels(chosen, database.session, stack)
        verifier = Verifier(policy_of(chosen))
        if chosen.identity_source_url:
            source = HttpReferenceSource(chosen.identity_source_url, chosen.identity_source_token)
            stack.push_async_callback(source.close)
            verifier.source = source
        stack.push_async_callback(verifier.close)
        pipeline = Pipeline(
            sessions=database.session,
            answering=Answering(engine, turns, DEEDS, adviser),
            fetching=Fetching(database.session, channels.by_name, office.files_dir, channels.recogniser),
            courier=Courier(database.session, channels.by_name),
            live=live,
            published=published,
            office=office,
            verifier=verifier,
            patience_s=chosen.engine_timeout_s,
        )
        stack.push_async_callback(pipeline.close)
        await pipeline.recover()
        async with database.session() as session:
            verifier.cohort = await vault.cohort(session, verifier.encoder, actor="start")
            await session.commit()
        examination = Examination(database.session, verifier, announcing(pipeline))
        await examination.announce_what_was_not()
        hub = Hub(database.session, live)
        await stack.enter_async_context(carrying(hub))
        looking_after = watching(Watch(database.session, pipeline, hub, published.current))
        stack.callback(asyncio.create_task(looking_after).cancel)
        sweeping = asyncio.create_task(pipeline.courier.sweep())
        stack.callback(sweeping.cancel)
        over = purging(database.session, timedelta(days=chosen.lessons_kept_days))
        stack.callback(asyncio.create_task(over).cancel)
        overdue = sweeping_cases(database.session, published.current, pipeline, office)
        stack.callback(asyncio.create_task(overdue).cancel)
        stack.callback(asyncio.create_task(publishing.watch()).cancel)
        if back_office is not None:
            stack.callback(asyncio.create_task(sending_news(database.session, back_office)).cancel)
        yield Runtime(
            chosen,
            keys,
            published,
            database,
            live,
            pipeline,
            office,
            process,
            examination,
            hub,
            wechat_door(chosen, channels, database.session, pipeline, published.current),
            telegram_door(chosen, channels, database.session, pipeline),
        )
