"""What simulated residents covered: items x personas x the steps of each form, as a table and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.simulation.resident import Played
from services_catalog.schema import Item


@dataclass(frozen=True)
class Coverage:
    """All conversations that were held."""

    played: Sequence[Played]
    items: Mapping[str, Item]

    @property
    def completed(self) -> int:
        """Conversations that came to their end as they should."""
        return sum(each.completed for each in self.played)

    @property
    def not_applicable(self) -> int:
        """Of these, those where the bot rightly told the persona that the item is nothing for them."""
        return sum(each.completed and each.not_applicable is not None for each in self.played)

    @property
    def is_complete(self) -> bool:
        """Whether nothing went wrong."""
        return self.completed == len(self.played)

    @property
    def came_through(self) -> dict[str, bool]:
        """By item, whether nothing went wrong in any of its conversations."""
        failed = {each.item_id for each in self.played if not each.completed}
        return {item_id: item_id not in failed for item_id in self.items}

    def reached(self, item_id: str) -> list[str]:
        """The item's own fields that were asked in some conversation, in the form's order."""
        asked = {step for each in self.played if each.item_id == item_id for step in each.steps}
        return [field.key for field in self.items[item_id].fields if field.key in asked]

    def missed(self, item_id: str) -> list[str]:
        """The item's own fields that nobody was asked."""
        reached = self.reached(item_id)
        return [field.key for field in self.items[item_id].fields if field.key not in reached]

    def of(self, item_id: str, persona: str) -> Played:
        """The conversation of a persona about an item."""
        return next(each for each in self.played if (each.item_id, each.persona) == (item_id, persona))

    def mark(self, item_id: str, persona: str) -> str:
        """How a conversation ended, and how many of the item's own fields were asked in it: ✓ 7."""
        played = self.of(item_id, persona)
        sign = "✗" if not played.completed else "不适用" if played.not_applicable else "✓"
        own = {field.key for field in self.items[item_id].fields}
        return f"{sign} {len(own.intersection(played.steps))}"

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "total": len(self.played),
            "completed": self.completed,
            "not_applicable": self.not_applicable,
            "items": [{"id": each.item_id, **_without_id(asdict(each))} for each in self.played],
            "coverage": [
                {
                    "id": item.id,
                    "fields": len(item.fields),
                    "reached": self.reached(item.id),
                    "missed": self.missed(item.id),
                }
                for item in self.items.values()
            ],
        }


def _without_id(played: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in played.items() if key != "item_id"}
