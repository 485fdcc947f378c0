"""Finding health information in labelled texts, against Presidio, and in long hostile ones."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import median

from measure import in_turns, ratio, typical_call
from presidio import Presidio
from report import Row, microseconds, milliseconds

from compliant_sms.phi import Known, OwnFacts, PatientFacts, find

__all__ = ["rows"]

_MOST = 60e-6
_TIMES_FASTER = 12
_LENGTHS = range(140, 181)
_MOST_HOSTILE, _LONG = 50e-3, 100_000
_HOSTILE = {
    "digits": "1234567890",
    "one letter": "a",
    "brackets in brackets": "([{1",
    "slashes between figures": "1/",
    "hyphens between figures": "1-",
    "blanks between figures": "5 ",
    "commas between letters": "a,",
}
_FILES = Path(__file__).resolve().parents[1] / "tests" / "data"
_KNOWN = Known(
    patient=PatientFacts(
        names=("Maria Gomez",), mrn=("00482913",), phones=("+12175550134",), clinicians=("Patel",)
    ),
    own=OwnFacts(names=("Lakeside Family Medicine",), phones=("+12175550100",)),
)


def _texts() -> list[str]:
    lines = chain.from_iterable(
        _FILES.joinpath(name).read_text("utf-8").splitlines()
        for name in ("phi_cases.jsonl", "phi_texts.jsonl")
    )
    texts = (json.loads(line)["text"] for line in lines)
    return [text for text in texts if len(text) in _LENGTHS]


def rows(_: Path, *, quick: bool) -> Iterator[Row]:
    """The median text, alone and with what a host knows beforehand."""
    texts, presidio = _texts(), Presidio()
    readers: dict[str, Callable[[str], object]] = {
        "alone": find,
        "with facts": lambda text: find(text, _KNOWN),
        "presidio": presidio,
    }
    gc.collect()
    gc.freeze()  # Presidio brings much along that would be walked again and again
    taken: dict[str, list[float]] = {name: [] for name in readers}
    for text in texts:
        blocks = in_turns(
            {name: partial(reader, text) for name, reader in readers.items()},
            rounds=2 if quick else 4,
            calls=10,
        )
        for name, some in blocks.items():
            taken[name].append(typical_call(some))
    ours, known, theirs = (median(taken[name]) for name in readers)
    faster = ratio(taken["presidio"], taken["alone"])
    yield Row(
        what=f"finding health information, {len(texts)} texts of 140 to 180 characters",
        measured=microseconds(ours),
        bar=f"at most {microseconds(_MOST)}",
        met=ours <= _MOST,
    )
    yield Row(
        what=f"the same against Presidio ({presidio.count} recognizers)",
        measured=microseconds(ours),
        baseline=microseconds(theirs),
        ratio=f"{faster:.1f} times faster",
        bar=f"at least {_TIMES_FASTER} times",
        met=faster >= _TIMES_FASTER,
    )
    yield Row(
        what="the same with what is known of patient and practice",
        measured=microseconds(known),
        baseline=microseconds(ours),
        ratio=f"{known / ours:.2f}",
    )
    yield _hostile(rounds=2 if quick else 8)


def _hostile(*, rounds: int) -> Row:
    """The longest that 100,000 characters of one kind take."""
    blocks = in_turns(
        {name: partial(find, (unit * _LONG)[:_LONG]) for name, unit in _HOSTILE.items()},
        rounds=rounds,
        calls=1,
    )
    taken = {name: typical_call(some) for name, some in blocks.items()}
    worst = max(taken, key=lambda name: taken[name])
    return Row(
        what=f"finding in 100,000 characters ({worst}, the worst of {len(_HOSTILE)} kinds)",
        measured=milliseconds(taken[worst]),
        bar=f"at most {milliseconds(_MOST_HOSTILE)}",
        met=taken[worst] <= _MOST_HOSTILE,
    )
