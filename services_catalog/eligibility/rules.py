"""Conditions as rules: data that is compared, never code that runs. Nothing here can loop, divide or grow."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from services_catalog.eligibility.facts import Entry, FactType, Possible, Span, Value, Words, vocabulary

DEEPEST = 6
"""Levels of all, any and not in one rule."""
MOST_CLAUSES = 40

_Place = Annotated[int, Field(ge=1, strict=True)]


class Clause(Entry):
    """One clause: `all`, `any` or `not` of clauses, a comparison of a fact, or what is `unclear` but to the window.

    `says` counts, from 1, the sentences of the item's `conditions` that the clause stands for.
    """

    all_: Annotated[list["Clause"] | None, Field(alias="all", min_length=1, description="都要符合")] = None
    any_: Annotated[list["Clause"] | None, Field(alias="any", min_length=1, description="符合一条就行")] = None
    not_: Annotated["Clause | None", Field(alias="not", description="不能是这样")] = None
    fact: Annotated[str | None, Field(description="事实，写在 eligibility/facts.yml")] = None
    is_: Annotated[Value | None, Field(alias="is", description="就是这个值")] = None
    in_: Annotated[list[Value] | None, Field(alias="in", min_length=1, max_length=12, description="是其中一个")] = None
    at_least: Annotated[StrictInt | None, Field(description="不少于")] = None
    at_most: Annotated[StrictInt | None, Field(description="不超过")] = None
    unclear: Annotated[Words | None, Field(description="规则写不清、要窗口看的，写给居民看")] = None
    says: Annotated[_Place | list[_Place] | None, Field(description="对应 conditions 的第几条，从1数")] = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        kinds = (self.all_, self.any_, self.not_, self.fact, self.unclear)
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("要写 all、any、not、fact、unclear 其中一个，只写一个")
        compares = (self.is_, self.in_, self.at_least, self.at_most)
        if self.fact is None:
            if compares != (None,) * len(compares):
                raise ValueError("is、in、at_least、at_most 要和 fact 写在一起")
            return self
        self._compares_what_can_be_compared(self.fact)
        return self

    def _compares_what_can_be_compared(self, key: str) -> None:
        fact = vocabulary().get(key)
        if fact is None:
            raise ValueError(f"facts.yml 里没有 {key} 这个事实")
        bounds = [bound for bound in (self.at_least, self.at_most) if bound is not None]
        named = ([] if self.is_ is None else [self.is_]) + (self.in_ or [])
        if fact.type is FactType.NUMBER:
            if named or not bounds:
                raise ValueError(f"{key} 是数字，用 at_least 或 at_most 比")
            if fact.least is None or fact.most is None or not all(fact.least <= each <= fact.most for each in bounds):
                raise ValueError(f"{key} 只能和 {fact.least} 到 {fact.most} 之间的数比")
            if len(bounds) == 2 and bounds[0] > bounds[1]:
                raise ValueError("at_least 不能大于 at_most")
        elif bounds or (self.is_ is None) == (self.in_ is None):
            raise ValueError(f"{key} 用 is 或 in 比，只写一个")
        elif not set(named) <= fact.values.keys():
            raise ValueError(f"{key} 没有这个值，只有 {'、'.join(str(value).lower() for value in fact.values)}")

    @cached_property
    def wanted(self) -> Possible:
        """The values of its fact that make a comparison hold."""
        fact = vocabulary()[self.fact or ""]
        if isinstance(whole := fact.anything, Span):
            low = whole.low if self.at_least is None else self.at_least
            return Span(low, whole.high if self.at_most is None else self.at_most)
        return frozenset(self.in_ if self.in_ is not None else [] if self.is_ is None else [self.is_])

    @property
    def parts(self) -> list["Clause"]:
        """The clauses right within this one."""
        return [*(self.all_ or []), *(self.any_ or []), *([] if self.not_ is None else [self.not_])]

    def walk(self, depth: int = 1) -> Iterator[tuple["Clause", int]]:
        """This clause and all within it, each with its level."""
        yield self, depth
        for part in self.parts:
            yield from part.walk(depth + 1)


class Eligibility(Entry):
    """Who may be entitled to an item.

    `partial` says that some condition is not in the rule and stays a sentence. `benefit` items are told to those who
    ask what they may get.
    """

    rule: Clause = Field(description="什么样的人合适：all 都要、any 有一个就行、not 不能，或者一个比较")
    partial: bool = Field(default=False, description="有的条件没有写进规则")
    benefit: bool = Field(default=True, description="居民问“能领什么”时会说到它")

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        clauses = list(self.rule.walk())
        if len(clauses) > MOST_CLAUSES:
            raise ValueError(f"规则最多 {MOST_CLAUSES} 条")
        if max(depth for _, depth in clauses) > DEEPEST:
            raise ValueError(f"规则最多套 {DEEPEST} 层")
        return self

    @cached_property
    def reflected(self) -> frozenset[int]:
        """The places, from 1, of the item's conditions that some clause stands for."""
        return frozenset(place for clause, _ in self.rule.walk() for place in _places(clause))


def _places(clause: Clause) -> list[int]:
    says = clause.says
    return [] if says is None else [says] if isinstance(says, int) else says
