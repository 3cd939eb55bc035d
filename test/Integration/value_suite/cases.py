"""The cases of the value suite: what varies, and which combinations are run."""

import dataclasses
import itertools
from typing import Optional

# member: the forms of (decay, erase, write): "" absent, "head" one value per head, "channel" one per channel.
MEMBERS = {
    "linear": ("", "", ""),
    "gla": ("channel", "", ""),
    "mamba2": ("head", "", "head"),
    "delta": ("", "head", "head"),
    "gated-delta": ("head", "head", "head"),
    "kda": ("channel", "head", "head"),
    "gdn2": ("channel", "channel", "channel"),
}

# Every pair of values of two of these factors occurs in some case.
FACTORS = {
    "member": list(MEMBERS),
    "element": ["f32", "bf16", "f16"],
    "tokens": [0, 1, 2, 15, 16, 17, 63, 64, 65, 200],
    "channels": [(64, 64), (128, 128), (128, 64), (64, 128), (40, 24)],
    "group": [1, 2, 4],
    "layout": ["single", "batch", "i32", "i64"],
    "gate_heads": ["key", "value"],
    "gate_element": ["f32", "query"],
    "decay": ["ordinary", "forgets", "strong", "varied", "none"],
    "state": [False, True],
    "l2norm": [False, True],
    "scale": [None, 0.25, 1.0],
    "dynamic": [False, True],
}


@dataclasses.dataclass(frozen=True)
class Case:
    """One call of the rule."""

    member: str = "gdn2"
    # Of query, key and value.
    element: str = "f32"
    tokens: int = 65
    # K and V.
    channels: tuple = (64, 64)
    # Value heads per key head.
    group: int = 1
    # One sequence, a batch of them, or segments with starts of this type.
    layout: str = "single"
    # Whether decay and erase belong to key heads or to value heads.
    gate_heads: str = "value"
    gate_element: str = "f32"
    # The kind of decay: see inputs.py.
    decay: str = "ordinary"
    state: bool = True
    l2norm: bool = False
    scale: Optional[float] = None
    dynamic: bool = False
    # Keys and gates: "random", or the name of a hard kind of inputs.py.
    kind: str = "random"

    @property
    def key_heads(self):
        """Few where the work is large, so that a case takes a fraction of a second."""
        work = self.tokens * self.channels[0] * self.channels[1] * self.group
        return 3 if self.tokens <= 2 else 1 if work > 1 << 20 else 2

    @property
    def value_heads(self):
        return self.key_heads * self.group

    @property
    def batch(self):
        return 3 if self.layout == "batch" else 1

    @property
    def segment_starts(self):
        """Starts of sequences of unlike lengths, some of them empty; None without segments."""
        if self.layout not in ("i32", "i64"):
            return None
        third, half = self.tokens // 3, (self.tokens * 4) // 5
        return [0, 0, third, third, half, self.tokens, self.tokens]

    def bounds(self, sequence):
        """The first token of a sequence and the one after its last."""
        starts = self.segment_starts
        return (0, self.tokens) if starts is None else (starts[sequence], starts[sequence + 1])

    @property
    def spike(self):
        """The token with huge values, and the token that forgets it; None without them."""
        return (self.tokens // 2 - 2, self.tokens // 2) if self.kind == "spike" else None

    @property
    def sequences(self):
        starts = self.segment_starts
        return self.batch if starts is None else len(starts) - 1

    @property
    def name(self):
        """Names the values that are not the default; `--case` takes it."""
        words = [self.kind] if self.kind != "random" else []
        words += [self.member, self.element, "t%d" % self.tokens, "k%dv%d" % self.channels]
        words += ["group%d" % self.group] if self.group > 1 else []
        words += [self.layout] if self.layout != "single" else []
        words += ["keyheads"] if self.gate_heads == "key" else []
        words += ["gates16"] if self.gate_element == "query" else []
        words += [self.decay] if self.decay != "ordinary" else []
        words += ["state"] if self.state else []
        words += ["l2norm"] if self.l2norm else []
        words += ["scale%g" % self.scale] if self.scale is not None else []
        words += ["dynamic"] if self.dynamic else []
        return "-".join(words)


def cover_pairs(factors):
    """A short list of rows, one value per factor, in which every pair of values of two factors occurs.

    Greedy: a row starts with the first pair that is still missing, and takes factor by factor the value that adds
    most missing pairs; ties go round, so that values that do not matter vary.
    """
    names = list(factors)
    missing = dict.fromkeys(
        ((a, x), (b, y)) for a, b in itertools.combinations(names, 2) for x in factors[a] for y in factors[b])
    rows = []
    while missing:
        row = dict(next(iter(missing)))
        for name in names:
            if name in row:
                continue
            values = factors[name]
            turn = len(rows) % len(values)

            def gain(value, name=name, row=row):
                pairs = (((name, value), item) for item in row.items())
                return sum((a, b) in missing or (b, a) in missing for a, b in pairs)

            row[name] = max(values[turn:] + values[:turn], key=gain)
        for a, b in itertools.combinations([(name, row[name]) for name in names], 2):
            missing.pop((a, b), None)
        rows.append(row)
    return rows


def hard_cases():
    """Inputs on which other formulations of the rule lose digits or give NaN."""
    near = dict(kind="near", decay="weak", channels=(128, 128), tokens=200, state=False)
    for element in FACTORS["element"]:
        yield Case(element=element, **near)
        yield Case(element=element, **{**near, "kind": "near-erase2"})
        yield Case(element=element, member="gated-delta", **{**near, "channels": (64, 64), "tokens": 64})
        yield Case(element=element, kind="erase2", tokens=200)
        yield Case(element=element, kind="erase2", member="delta", tokens=65)
        for decay in ("forgets", "strong", "varied"):
            yield Case(element=element, decay=decay, channels=(128, 128), tokens=200)
    # 1e30 is no f16.
    for element in ("f32", "bf16"):
        for member in ("gdn2", "gated-delta", "mamba2", "gla"):
            for tokens in (31, 64):
                yield Case(element=element, member=member, kind="spike", decay="none", tokens=tokens)
    # The smallest heads there are.
    for member in ("gdn2", "gated-delta", "gla"):
        yield Case(member=member, channels=(1, 1), tokens=33)
        yield Case(member=member, channels=(3, 5), tokens=33, element="bf16", group=2, layout="i32", dynamic=True)


def all_cases():
    """All cases, each once, in an order in which neighbours differ."""
    cases = [Case(**row) for row in cover_pairs(FACTORS)] + list(hard_cases())
    return list(dict.fromkeys(cases))
