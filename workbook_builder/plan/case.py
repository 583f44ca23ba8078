"""One client's case: the profile, the library and the day, and the questions that the rules ask about them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from workbook_builder.library import Library, Module
from workbook_builder.library.rules import Entry, FlagRow, ListName, Maintenance, Pacing, Role, Rules, When
from workbook_builder.profile import Profile
from workbook_builder.vocabulary import Flag, Frequency, Topic

from .profile_lines import name_history, name_obstacle, name_privacy, name_topic


@dataclass(frozen=True)
class Case:
    """What is known when planning starts."""

    profile: Profile
    library: Library
    today: datetime.date

    @cached_property
    def rules(self) -> Rules:
        """The practice's rules."""
        return self.library.rules

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """The library's modules by id."""
        return self.library.modules

    def without_block(self, id_: str) -> Case:
        """Return the same case as if the therapist had not blocked this module; nothing known so far asks for that."""
        orders = self.profile.modules
        spared = orders.model_copy(update={"block": tuple(one for one in orders.block if one != id_)})
        found = replace(self, profile=self.profile.model_copy(update={"modules": spared}))
        found.__dict__.update({name: known for name, known in self.__dict__.items() if name not in found.__dict__})
        return found

    def longer(self) -> Case | None:
        """Return the same case with the sessions of the next longer pacing, or None when there is none."""
        program = self.profile.program
        more = min((p.sessions for p in self.rules.pacing if p.sessions > program.sessions), default=None)
        if more is None or self.pacing is self.rules.maintenance:
            return None
        longer = program.model_copy(update={"sessions": more})
        return replace(self, profile=self.profile.model_copy(update={"program": longer}))

    @cached_property
    def main(self) -> Topic | None:
        """The first topic that modules exist for."""
        return next(iter(self.profile.planned_topics), None)

    @cached_property
    def second(self) -> Topic | None:
        """The topic after it."""
        return self.profile.planned_topics[1] if len(self.profile.planned_topics) > 1 else None

    @cached_property
    def plans_second(self) -> bool:
        """Whether any role has room for a second topic."""
        roles = self.rules.roles.values()
        return self.second is not None and any(r.of == "second" and self.any_holds(r.when) for r in roles)

    @cached_property
    def pacing(self) -> Pacing:
        """The pacing for this setting and length: the nearest shorter one, or the shortest there is."""
        if self.profile.program.setting == "ongoing":
            return self.rules.maintenance
        sessions = self.profile.program.sessions
        by_length = sorted(self.rules.pacing, key=lambda p: p.sessions)
        return next((p for p in reversed(by_length) if p.sessions <= sessions), by_length[0])

    @cached_property
    def frequency(self) -> Frequency:
        """How often the client comes, as far as choosing is concerned: maintenance has its own."""
        pacing = self.pacing
        return pacing.frequency if isinstance(pacing, Maintenance) else self.profile.program.frequency

    @property
    def minutes(self) -> int:
        """What the client gives between two sessions, in minutes: their own, or the frequency's."""
        return self.profile.program.minutes or self.rules.minutes[self.frequency]

    @cached_property
    def is_light(self) -> bool:
        """Whether the next gap is kept light."""
        return self.any_holds(self.rules.light.when)

    @cached_property
    def crowding_flags(self) -> tuple[Flag, ...]:
        """The flags that say that the client has no private place to write."""
        return tuple(flag for flag, row in self._flag_rows if row.no_private_space)

    @property
    def has_private_space(self) -> bool:
        """Whether nobody else reads what the client writes: by their own word, and by no flag against it."""
        return self.profile.preferences.private_space and not self.crowding_flags

    @cached_property
    def silencing_flags(self) -> tuple[Flag, ...]:
        """The flags that keep what upsets the client for the session."""
        return tuple(flag for flag, row in self._flag_rows if row.not_charged)

    @property
    def is_charged(self) -> bool:
        """Whether something upsetting is going on that may be written about at home."""
        return self.profile.preferences.charged_situation and not self.silencing_flags

    @cached_property
    def _flag_rows(self) -> tuple[tuple[Flag, FlagRow], ...]:
        rows = self.rules.flags
        return tuple((flag, rows[flag]) for flag in self.profile.clearance.flags if flag in rows)

    @cached_property
    def _last_outcomes(self) -> Mapping[str, str]:
        log = sorted(self.profile.homework.log, key=lambda entry: entry.session)
        return {entry.module: entry.outcome for entry in log}

    @cached_property
    def done(self) -> frozenset[str]:
        """Modules that are done: named in modules.done, or done in the log's last word on them."""
        logged = (id_ for id_, outcome in self._last_outcomes.items() if outcome == "done")
        return frozenset([*self.profile.modules.done, *logged])

    @cached_property
    def given_before(self) -> frozenset[str]:
        """Modules that were assigned before and not done."""
        return frozenset(self._last_outcomes) - self.done

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each role's modules stand in a gap: the roles' order in the rules."""
        return {role: n for n, role in enumerate(self.rules.roles)}

    @cached_property
    def followers(self) -> Mapping[str, frozenset[str]]:
        """For each role the roles that follow it on the path, where their order counts from gap to gap."""
        lines = self.rules.in_order
        return {role: frozenset(line[n + 1 :]) for line in lines for n, role in enumerate(line)}

    @cached_property
    def _tables(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        return {}

    def table(self, role: str) -> tuple[str, ...]:
        """Return the modules that a role may take now, in order; those that the library lacks as well."""
        table = self._tables.get(role)
        if table is None:
            found = self.rules.roles[role]
            entries = self.entries(found) if self.any_holds(found.when) else ()
            table = self._tables[role] = tuple(dict.fromkeys(e.id for e in entries if self.any_holds(e.when)))
        return table

    def named(self, role: str) -> list[str]:
        """Return all modules that a role names, whatever the conditions."""
        if role not in self._names:
            self._names[role] = [entry.id for entry in self.entries(self.rules.roles[role])]
        return self._names[role]

    def entries(self, role: Role) -> Iterator[Entry]:
        """Give all that a role names, whatever the conditions."""
        yield from role.modules
        topic = self.second if role.of == "second" else self.main
        if role.of == "main" or topic is not None:
            for name in role.lists:
                yield from self._path(topic, name)
        obstacle = self.profile.homework.obstacle
        row = self.rules.obstacles.get(obstacle) if obstacle else None
        if role.obstacle and row:
            yield from row.answers[:1] if role.obstacle == "first" else row.answers[1:]

    def _path(self, topic: Topic | None, name: ListName) -> Iterator[Entry]:
        own = self.rules.topics.get(topic) if topic else None
        if own:
            yield from own.entries(name)
        if not own or name not in own.nothing_more:
            yield from self.rules.every_topic.entries(name)

    def any_holds(self, conditions: tuple[When, ...]) -> bool:
        """Say whether one of the conditions holds; none given: yes."""
        return not conditions or any(self._holds(when) for when in conditions)

    def _holds(self, when: When) -> bool:
        p, homework = self.profile, self.profile.homework
        return (
            (when.sessions_from is None or p.program.sessions >= when.sessions_from)
            and (when.sessions_up_to is None or p.program.sessions <= when.sessions_up_to)
            and (when.completed_from is None or p.program.completed >= when.completed_from)
            and (when.completed_up_to is None or p.program.completed <= when.completed_up_to)
            and (when.readiness_up_to is None or homework.readiness <= when.readiness_up_to)
            and (not when.topic or self.main in when.topic)
            and (not when.feeling or p.feeling in when.feeling)
            and p.feeling not in when.feeling_not
            and (not when.obstacle or homework.obstacle in when.obstacle)
            and homework.obstacle not in when.obstacle_not
            and (not when.history or homework.history in when.history)
            and (not when.frequency or self.frequency in when.frequency)
            and (not when.setting or p.program.setting in when.setting)
            and (not when.book or bool(set(p.books) & set(when.book)))
            and (when.charged is None or self.is_charged == when.charged)
            and (when.second_topic is None or self.plans_second == when.second_topic)
            and (when.page_done is None or self._page_done == when.page_done)
        )

    @cached_property
    def _page_done(self) -> bool:
        own = self.rules.topics.get(self.main) if self.main else None
        return own is not None and any(entry.id in self.done for entry in own.entries("learn"))

    def because(self, role: Role, id_: str) -> str | None:
        """Return the sentence of a role that says what led to a module here: the first whose conditions hold."""
        grounds = (ground for ground in role.because if not ground.modules or id_ in ground.modules)
        return next((ground.say for ground in grounds if self.any_holds(ground.when)), None)

    @cached_property
    def words(self) -> Mapping[str, object]:
        """What sentences about this case may name."""
        program, homework = self.profile.program, self.profile.homework
        return {
            "topic": self.main or "general work",
            "second": self.second or "",
            "line": name_topic(self.main, "main"),
            "second_line": name_topic(self.second, "second"),
            "history_line": name_history(homework),
            "obstacle_line": name_obstacle(homework),
            "charged": str(self.is_charged).lower(),
            "private": name_privacy(self.crowding_flags),
            "setting": program.setting,
            "sessions": program.sessions,
            "completed": program.completed,
            "frequency": self.frequency,
            "history": homework.history,
            "obstacle": homework.obstacle or "none",
            "readiness": homework.readiness,
            "feeling": self.profile.feeling or "",
            "language": self.profile.client.language,
            "days": self.rules.video_fresh_days,
        }
