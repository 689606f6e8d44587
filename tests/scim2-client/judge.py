"""What was read, and what was refused: the tour goes on after a fault, and tells of all at its end."""

import traceback
from collections import Counter
from contextlib import contextmanager


class Judge:
    def __init__(self):
        self.read = Counter()
        # Why, and of which answers: one fault of ours may speak from a hundred.
        self.refused = {}

    def accept(self, kind):
        """One answer was read."""
        self.read[kind] += 1

    def refuse(self, what, why):
        """An answer is not what it must be."""
        whats = self.refused.setdefault(why, [])
        if what not in whats:
            whats.append(what)

    def holds(self, condition, what, why):
        """A claim about an answer that was read."""
        if not condition:
            self.refuse(what, why)
        return bool(condition)

    def equal(self, found, expected, what):
        return self.holds(found == expected, what, f"is {found!r:.400}, must be {expected!r:.400}")

    @contextmanager
    def chapter(self, name):
        """A part of the tour: if it breaks, the next ones are told all the same."""
        try:
            yield
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)
            place = next((frame for frame in reversed(last) if "scim2-client" in frame.filename), last[-1])
            self.refuse(f"{name}, {place.name}:{place.lineno}", f"{type(error).__name__}: {told(error)}")

    def verdict(self):
        """One line."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.read.items()))
        refused = sum(map(len, self.refused.values()))
        return f"scim2-models: {self.total()} answers read, {refused} refused ({kinds})"

    def total(self):
        return sum(self.read.values())

    def faults(self):
        """Each fault once, with the first answers that show it."""
        for why, whats in self.refused.items():
            more = f"\n    and {len(whats) - 3} more" if len(whats) > 3 else ""
            yield f"{why}\n    " + "\n    ".join(what[:600] for what in whats[:3]) + more


def told(error):
    """An exception of the libraries with its notes and its cause."""
    notes = " ".join(getattr(error, "__notes__", []))
    cause = f" <- {error.__cause__}" if error.__cause__ else ""
    return " ".join(f"{error} {notes}{cause}".split())
