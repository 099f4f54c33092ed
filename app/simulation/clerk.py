"""A simulated clerk, who talks to whoever asks for a person and gives them back to the bot."""

from desk import accounts, deeds
from desk.models import Role
from desk.rights import DeskClerk, desk_clerk
from desk.room import DeskRoom
from desk.trail import COMMAND
from records.base import new_id

ADVICE = "您照着证件上写的填就行，不着急。"


class SimulatedClerk:
    """A clerk at the desk; does what a real one does, by the desk's own functions."""

    def __init__(self, room: DeskRoom, clerk: DeskClerk) -> None:
        self._room, self._clerk = room, clerk

    @classmethod
    async def hired(cls, room: DeskRoom) -> "SimulatedClerk":
        """A clerk who may work on everything, and is on duty."""
        async with room.sessions() as session:
            account = await accounts.add(
                session,
                login="simulated",
                name="小周",
                role=Role.SUPERVISOR,
                windows=["*"],
                departments=[],
                password=None,
                by=COMMAND,
            )
            await session.commit()
            clerk = desk_clerk(account)
        await deeds.go_on_duty(room, clerk, on=True)
        return cls(room, clerk)

    async def take(self, handoff_id: int) -> None:
        """Take a conversation."""
        await deeds.claim(self._room, self._clerk, handoff_id)

    async def advise(self, handoff_id: int) -> None:
        """Say something to the resident."""
        await deeds.say(self._room, self._clerk, handoff_id, ADVICE, new_id())

    async def give_back(self, handoff_id: int) -> None:
        """Let the bot go on."""
        await deeds.give_back(self._room, self._clerk, handoff_id, "")
