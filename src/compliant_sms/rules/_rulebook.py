"""Asks the rules and adds up what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from compliant_sms import _given, records
from compliant_sms.clock import as_utc, first_day_on_earth
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules._decision import Finding, Verdict, block
from compliant_sms.rules._facts import Facts
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._pack import BUILT_IN, Pack, load_pack
from compliant_sms.rules._places import Whereabouts, whereabouts
from compliant_sms.rules._rules import RULES, RULES_VERSION, Rule
from compliant_sms.rules._rules_carriers import counted_anew
from compliant_sms.rules._settings import Settings
from compliant_sms.rules._windows import A_YEAR
from compliant_sms.waiver import Waiver

# A waiver may answer for much, but nobody can waive what a patient said.
_NOT_TO_BE_WAIVED = frozenset(
    {
        "revocation",
        "opt-out-confirmation",
        "confidential-communication",
        "declared-purpose",
        "frequency-promised",
        # Settings, which whoever does not want them leaves out.
        "volume-plan",
        "not-production",
    }
)
_T = TypeVar("_T")
_NOBODY = Profile()
_MOST_DAYS = 64
# Rules of the library agree after a few steps; one of somebody's own may never.
_MOST_STEPS = 3000


def _as_kept(values: Mapping[str, Any]) -> dict[str, Any]:
    # In the form that comes back from a record, so that a decision equals what was kept of it.
    kept: dict[str, Any] = records.unstructure(dict(values))
    return {name: list(each) if isinstance(each, tuple) else each for name, each in kept.items()}


@frozen(kw_only=True)
class Override:
    """A change to a row of a pack, on record.

    Args:
        row: id of the row, with the pack's name before it where several packs have such a row:
            ``"hours-fl"`` or ``"ca/unsubscribe"``.
        values: new values of its fields, as a pack writes them, for example
            ``{"sunday": "none"}``.
        waiver: why, and who answers for it.
    """

    row: str
    values: Mapping[str, Any] = field(converter=_as_kept, hash=False)
    waiver: Waiver


@records.lean
@frozen(kw_only=True)
class Edition:
    """Under which rules a decision was made.

    Attributes:
        packs: name and edition of each pack.
        settings: what the practice had chosen.
        overrides: which rows it had changed.
        waivers: what it had waived.
        rules: ids of its own rules.
        rules_version: of the library's own rules, :data:`RULES_VERSION`; None in a record from
            before it was noted.
    """

    packs: tuple[str, ...]
    settings: Settings = field(factory=Settings)
    overrides: tuple[Override, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    rules: tuple[str, ...] = ()
    rules_version: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All of it that has a name: the packs, the library's rules, and the practice's own."""
        of_library = () if self.rules_version is None else (f"rules-{self.rules_version}",)
        return (*self.packs, *of_library, *self.rules)


@records.lean
@frozen(kw_only=True)
class Decision:
    """The answer for one text at one instant, with all that is needed to check it later.

    Attributes:
        verdict: allow, hold or block.
        until: for a hold, the earliest instant (UTC) at which no rule holds the text any more.
        findings: what each rule that spoke said, in the order of the rules.
        edition: the rules, their data and the practice's choices.
        facts: what the rules were told.
        asked: ids of the rules that were asked; None for all.
    """

    verdict: Verdict
    until: datetime | None = None
    findings: tuple[Finding, ...] = ()
    edition: Edition
    facts: Facts
    asked: tuple[str, ...] | None = None

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that hold or block."""
        return tuple(f for f in self.findings if f.verdict is not Verdict.ALLOW)

    @property
    def relied_on(self) -> str | None:
        """Id of the consent event that permits the text, if one was needed and found."""
        permits = (f.relies_on for f in self.findings if f.rule == "consent" and f.relies_on)
        return next(permits, None)

    def replay(self, *, packs: Iterable[Pack] = (), rules: Iterable[Rule] = ()) -> Decision:
        """Decide again on what the record says was known then, under the rules of then.

        The library's own rules are those of this installation. Where they are of another version
        than the record's, as ``edition.rules_version`` of both tells, another answer does not
        mean that the record was changed.

        Args:
            packs: your own packs that were in use.
            rules: your own rules that were in use.

        Raises:
            ConfigurationError: the record names an edition or a rule that is not there.
        """
        book = Rulebook.of_edition(self.edition, packs=packs, rules=rules)
        return book.decide(self.facts, rules=self.asked)


@lru_cache(maxsize=64)
def _loaded(
    names: tuple[str, ...], own: tuple[Pack, ...], overrides: tuple[Override, ...]
) -> tuple[Pack, ...]:
    packs = (*map(load_pack, names), *own)
    changes: dict[str, dict[str, Mapping[str, Any]]] = {pack.name: {} for pack in packs}
    for override in overrides:
        pack, row = _place(packs, override.row)
        before = changes[pack].get(row, {})  # by another override of the same row
        by = f"changed by {override.waiver.by} on {override.waiver.on}"
        source = f"{before.get('source', _source(packs, pack, row))} ({by})"
        changes[pack][row] = {**before, "source": source, **override.values}
    return tuple(pack.changed(changes[pack.name]) if changes[pack.name] else pack for pack in packs)


def _source(packs: Iterable[Pack], name: str, row: str) -> str:
    return next(r.source for p in packs if p.name == name for r in p.rows if r.id == row)


def _place(packs: Iterable[Pack], name: str) -> tuple[str, str]:
    """Pack and id of a row that an override names."""
    of, _, row = name.rpartition("/")
    found = [p.name for p in packs if of in {"", p.name} and any(r.id == row for r in p.rows)]
    if len(found) == 1:
        return found[0], row
    msg = (
        f"an override names the row {name}, which "
        + (f"stands in {', '.join(found)}: write 'PACK/ROW'." if found else "no pack has.")
        + " Look for its name with 'compliant-sms rules'."
    )
    raise ConfigurationError(msg)


def _several(values: Iterable[_T], name: str) -> tuple[_T, ...]:
    if isinstance(values, str):
        msg = f"{name} of a Rulebook is one string. Pass a list, even of one: {name}=[...]."
        raise InvalidInput(msg)
    return tuple(values)


# Each by itself: a type checker cannot tell what a generic converter takes.
def _names(values: Iterable[str]) -> tuple[str, ...]:
    return _several(values, "jurisdictions")


def _own_packs(values: Iterable[Pack]) -> tuple[Pack, ...]:
    return _several(values, "packs")


def _changes(values: Iterable[Override]) -> tuple[Override, ...]:
    return _several(values, "overrides")


def _lifted(values: Iterable[Waiver]) -> tuple[Waiver, ...]:
    return _several(values, "waivers")


def _own_rules(values: Iterable[Rule]) -> tuple[Rule, ...]:
    return _several(values, "rules")


@frozen(kw_only=True)
class Rulebook:
    """The rules under the choices of one practice.

    Args:
        settings: what the practice chose.
        jurisdictions: which packs of the library to use.
        packs: packs of your own.
        overrides: changes to rows, each on record.
        waivers: rules that do not bind here, each with a reason and a person, from its day on.
        rules: rules of your own, asked after the library's. They can only make policy stricter.

    Raises:
        InvalidInput: one string is given where a list is meant.
        ConfigurationError: a waiver names no rule, or one that nobody can waive; an override
            names no row; two rules have one id.
        InvalidPack: an override makes a pack unusable.
    """

    settings: Settings = field(
        factory=Settings, kw_only=False, validator=_given.kind(Settings, "Settings(...)")
    )
    jurisdictions: tuple[str, ...] = field(default=BUILT_IN, converter=_names)
    packs: tuple[Pack, ...] = field(default=(), converter=_own_packs)
    overrides: tuple[Override, ...] = field(default=(), converter=_changes)
    waivers: tuple[Waiver, ...] = field(default=(), converter=_lifted)
    rules: tuple[Rule, ...] = field(default=(), converter=_own_rules)
    _laws: dict[date, InForce] = field(factory=dict, init=False, repr=False, eq=False)
    _editions: list[Edition] = field(factory=list, init=False, repr=False, eq=False)
    _unbent: list[Rulebook] = field(factory=list, init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be meant."""
        unknown = ", ".join(sorted(set(self.jurisdictions) - set(BUILT_IN)))
        if unknown:
            msg = f"the library has no pack {unknown}. Name one of: {', '.join(BUILT_IN)}."
            raise ConfigurationError(msg)
        if not all(isinstance(pack, Pack) for pack in self.packs):
            msg = "packs takes packs, not files. Read one: Pack.parse(path.read_text(), path.name)."
            raise ConfigurationError(msg)
        names = [*self.jurisdictions, *(pack.name for pack in self.packs)]
        if len(names) != len(set(names)):
            msg = "two packs have the same name; name your own packs otherwise than the library's"
            raise ConfigurationError(msg)
        ids = [rule.id for rule in (*RULES, *self.rules)]
        if len(ids) != len(set(ids)):
            msg = "two rules have the same id; give your own rules ids that the library lacks"
            raise ConfigurationError(msg)
        for waiver in self.waivers:
            if waiver.of not in ids or waiver.of in _NOT_TO_BE_WAIVED:
                msg = (
                    f"a waiver of {waiver.of!r} is not possible: it is no rule, or nobody can "
                    "waive it. Name one of: "
                    f"{', '.join(i for i in ids if i not in _NOT_TO_BE_WAIVED)}."
                )
                raise ConfigurationError(msg)
        if self.overrides:
            self.all_packs  # noqa: B018 - loads them, so that a bad override fails here

    @property
    def all_packs(self) -> tuple[Pack, ...]:
        """The packs in use, with overrides, loaded at first use."""
        return _loaded(self.jurisdictions, self.packs, self.overrides)

    @property
    def edition(self) -> Edition:
        """Which rules these are, for the record."""
        if not self._editions:
            self._editions.append(
                Edition(
                    packs=tuple(p.id for p in (*map(load_pack, self.jurisdictions), *self.packs)),
                    settings=self.settings,
                    overrides=self.overrides,
                    waivers=self.waivers,
                    rules=tuple(rule.id for rule in self.rules),
                    rules_version=RULES_VERSION,
                )
            )
        return self._editions[0]

    @property
    def unbent(self) -> Rulebook:
        """The same rules, settings and packs without overrides and waivers."""
        if not self._unbent:
            self._unbent.append(evolve(self, overrides=(), waivers=()))
        return self._unbent[0]

    @classmethod
    def of_edition(
        cls, edition: Edition, *, packs: Iterable[Pack] = (), rules: Iterable[Rule] = ()
    ) -> Rulebook:
        """The rulebook under which something was decided, with the library's rules of now.

        Raises:
            ConfigurationError: a pack's edition or a rule is not there.
        """
        here = {load_pack(name).id: name for name in BUILT_IN}
        own, asked = {pack.id: pack for pack in packs}, {rule.id: rule for rule in rules}
        missing = [name for name in edition.packs if name not in here | own]
        missing += [rule for rule in edition.rules if rule not in asked]
        if missing:
            msg = (
                f"the decision was made under {', '.join(missing)}, which this installation "
                f"lacks (it has {', '.join(here)}). Install the version of compliant-sms that "
                "has it, or pass your own packs and rules of then."
            )
            raise ConfigurationError(msg)
        return cls(
            edition.settings,
            jurisdictions=tuple(here[name] for name in edition.packs if name in here),
            packs=tuple(own[name] for name in edition.packs if name in own),
            overrides=edition.overrides,
            waivers=edition.waivers,
            rules=tuple(asked[rule] for rule in edition.rules),
        )

    def at(self, instant: datetime) -> InForce:
        """What was, is or will be in force at an instant (aware)."""
        day = as_utc(instant).date()
        law = self._laws.get(day)
        if law is None:
            if len(self._laws) >= _MOST_DAYS:
                self._laws.clear()
            law = self._laws[day] = InForce(day, self.all_packs, self.settings)
        return law

    def whereabouts(self, number: PhoneNumber, profile: Profile | None = None) -> Whereabouts:
        """Every zone and state in which the holder of a number may be."""
        known = profile or _NOBODY
        return whereabouts(self.all_packs, number, known.time_zone, known.state, known.country)

    def decide(self, facts: Facts, rules: Collection[str] | None = None) -> Decision:
        """Whether the text may go now, later or not at all.

        Any block wins over any hold. A hold lasts until the first instant at which no rule holds
        the text any more.

        Args:
            facts: what is known.
            rules: ids of the rules to ask; all, if not given.

        Raises:
            ConfigurationError: there is no rule of such a name.
        """
        asked = self._asked(rules)
        findings = self._ask(asked, facts)
        verdict = _verdict(findings)
        until = None
        if verdict is Verdict.HOLD:
            until = self._first_free(asked, facts, findings)
            if until is None:
                findings, verdict = (*findings, _never(findings)), Verdict.BLOCK
        return Decision(
            verdict=verdict,
            until=until,
            findings=findings,
            edition=self.edition,
            facts=facts,
            asked=None if rules is None else tuple(rule.id for rule in asked),
        )

    def free_from(self, facts: Facts, at: datetime) -> datetime | None:
        """The first instant at which no rule holds the text, as far as that is known now.

        Args:
            facts: what is known.
            at: the earliest instant (aware) that is wanted, not before the facts'.

        Returns:
            ``at`` itself where nothing holds it then; None where there is none within a year.
        """
        timed = [rule for rule in self._asked(None) if rule.may_hold]
        later = counted_anew(facts, as_utc(at), self.at(facts.at))
        return self._first_free(timed, later, self._ask(timed, later))

    def _asked(self, names: Collection[str] | None) -> Sequence[Rule]:
        everything = (*RULES, *self.rules) if self.rules else RULES
        if names is None:
            return everything
        unknown = sorted(set(names) - {rule.id for rule in everything})
        if unknown:
            msg = (
                f"there is no rule {', '.join(unknown)}. "
                f"Name one of: {', '.join(rule.id for rule in everything)}."
            )
            raise ConfigurationError(msg)
        return [rule for rule in everything if rule.id in names]

    def _ask(self, asked: Iterable[Rule], facts: Facts) -> tuple[Finding, ...]:
        law = self.at(facts.at)
        # A function of somebody's own that has nothing to say often ends without a word.
        found = tuple(finding for rule in asked for finding in rule.ask(facts, law) or ())
        if not self.waivers:
            return found
        # By the calendar of where a day begins first, nobody who decided today is overlooked.
        today = first_day_on_earth(facts.at)
        decided = [waiver for waiver in self.waivers if waiver.on <= today]
        return tuple(_waived(finding, decided) for finding in found)

    def _first_free(
        self, asked: Sequence[Rule], facts: Facts, findings: tuple[Finding, ...]
    ) -> datetime | None:
        """The first instant at which no rule holds; None where there is none within a year."""
        timed = [rule for rule in asked if rule.may_hold]
        law, until, found = self.at(facts.at), facts.at, findings
        for _ in range(_MOST_STEPS):
            holds = [f.until for f in found if f.verdict is Verdict.HOLD]
            if not holds:
                return until
            latest = max(each or until for each in holds)
            if not all(holds) or latest <= until or latest - facts.at > A_YEAR:
                return None
            until = latest
            found = self._ask(timed, counted_anew(facts, until, law))
        return None


def _waived(finding: Finding, waivers: Iterable[Waiver]) -> Finding:
    waiver = next((w for w in waivers if w.of == finding.rule), None)
    own_list = finding.code == "internal-dnc"  # what the person said to this practice
    if waiver is None or own_list or finding.verdict is Verdict.ALLOW:
        return finding
    words = f"Waived by {waiver.by} on {waiver.on}: {waiver.reason} Otherwise: {finding.words}"
    return evolve(finding, verdict=Verdict.ALLOW, until=None, remedy="", words=words)


def _verdict(findings: Iterable[Finding]) -> Verdict:
    said = {finding.verdict for finding in findings}
    if Verdict.BLOCK in said:
        return Verdict.BLOCK
    return Verdict.HOLD if Verdict.HOLD in said else Verdict.ALLOW


def _never(findings: Sequence[Finding]) -> Finding:
    holding = [f for f in findings if f.verdict is Verdict.HOLD]
    return block(
        holding[-1].rule,
        "no-common-hours",
        "There is no instant within a year that suits all of these rules together.",
        "; ".join(dict.fromkeys(f.citation for f in holding)),
        "Record the patient's time zone and state, so that fewer places have to be kept to.",
    )
