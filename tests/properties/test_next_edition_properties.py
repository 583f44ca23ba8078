"""What holds for every next edition, whoever the client is and however many sessions later it is made."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from test_plan_properties import SLOW_TO_DRAW, TODAY, Client, cases

from workbook_builder.plan import continue_plan, make_plan


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(cases(), st.integers(0, 4))
def test_what_lies_behind_is_not_given_again(client: Client, sessions: int) -> None:
    """Gaps go on in number, every module is in or out, and nothing comes twice unless somebody says it was not done."""
    then, library = client.profile, client.library
    last, number = then.program.sessions, min(then.program.sessions, max(then.program.completed, 1) + sessions)
    now = then.model_copy(update={"program": then.program.model_copy(update={"completed": number})})
    earlier = make_plan(then, library, TODAY)
    plan = continue_plan(now, library, TODAY, earlier)
    assert [gap.number for gap in plan.gaps] == [*range(number, last), "after"]
    ids, left_out = set(plan.module_ids), {out.id for out in plan.left_out}
    assert len(plan.module_ids) == len(ids) and not ids & left_out and ids | left_out == set(library.modules)

    is_missed = now.homework.history in ("partly", "missed")
    spoken = {*now.modules.assign, *(entry.module for entry in now.homework.log)}
    for gap in earlier.gaps:
        if gap.number == "after" or gap.number >= number or (is_missed and gap.number == number - 1):
            continue
        assert not {one.id for one in gap.assignments if not one.in_session} & ids - spoken
    assert plan.since
    parts = (plan.since.new, plan.since.carried, plan.since.again)
    assert sum(map(len, parts)) == len({id_ for part in parts for id_ in part})
    assert {id_ for part in parts for id_ in part} <= ids
    assert not set(plan.since.new) & set(earlier.module_ids)
    assert not set(plan.since.not_repeated) & ids
