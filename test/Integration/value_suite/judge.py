"""How far results may lie from the rule in f64: the numerical contract."""

import numpy as np

# ||x - expected|| / ||expected|| of a lowering, by element type of the queries.
BARS = {"f32": 2e-6, "bf16": 5e-6, "f16": 5e-6}
# Near-duplicate keys make the rule itself badly conditioned.
NEAR_DUPLICATE_BAR = 2e-5
# Tensor cores round factors: of ordinary inputs, of near-duplicate keys, and of those erased nearly twice.
TENSOR_CORE_BARS = {
    "output": (3e-3, 5e-3, 1.2e-2),
    "final_state": (1e-3, 4e-3, 1.2e-2),
}
# The reference computes in f64 and rounds to f32, and from there to 16 bits.
REFERENCE_BAR = 6e-8

# An output of 16 bits has one rounding of its own: up to half a unit in the last of so many binary digits, and half
# the type's smallest number. What exceeds it must stay within the bar, so that a few elements are judged as strictly
# as many.
DIGITS = {"bf16": 8, "f16": 11}
SMALLEST = {"bf16": 2.0**-133, "f16": 2.0**-24}

# Below the normal range of f32 a result has fewer digits: an element may be wrong by this much.
TINY = 2.0**-126


def uses_tensor_cores(case, target):
    """Whether the kernel that is chosen on a GPU of compute capability 9.0 works in chunks."""
    keys, values = case.channels
    return (target.split(":")[0] in ("sim", "cuda") and case.element != "f32" and (case.tokens > 16 or case.dynamic)
            and keys in (64, 128) and values % 64 == 0 and not case.l2norm)


def get_bar(case, target, result):
    if target == "reference":
        return REFERENCE_BAR
    if uses_tensor_cores(case, target):
        return TENSOR_CORE_BARS[result][{"near": 1, "near-erase2": 2}.get(case.kind, 0)]
    return NEAR_DUPLICATE_BAR if case.kind.startswith("near") else BARS[case.element]


def get_blocks(case, result):
    """(description, index) of the parts of a result that are judged one by one: each sequence and head, and what lies
    before, at and behind a spike."""
    for n in range(case.sequences):
        for head in range(case.value_heads):
            place = "sequence %d, head %d" % (n, head)
            if result == "final_state":
                yield place, (n, head)
                continue
            begin, end = case.bounds(n)
            cuts = [begin, *(case.spike or ()), end]
            for first, last in zip(cuts[:-1], cuts[1:]):
                batch = n if case.segment_starts is None else 0
                yield "%s, tokens %d to %d" % (place, first, last), (batch, slice(first, last), head)


def relative_error(actual, expected, element, roundings):
    """||actual - expected|| / ||expected|| beyond the last roundings; infinite if `actual` is not finite."""
    if not np.all(np.isfinite(actual)):
        return np.inf
    difference = np.abs(actual - expected)
    if element in DIGITS:
        unit = np.maximum(np.ldexp(1.0, np.frexp(actual)[1] - DIGITS[element]), SMALLEST[element])
        difference = np.maximum(difference - roundings * unit / 2, 0.0)
    norm = np.linalg.norm(difference)
    if norm <= TINY * np.sqrt(actual.size):
        return 0.0
    size = np.linalg.norm(expected)
    return norm / size if size else np.inf


def worst_error(case, result, actual, expected, roundings=1):
    """The worst relative error of the parts of a result, and where it lies; `roundings`: 2 if both were rounded."""
    element = "f32" if result == "final_state" else case.element
    worst = (0.0, "nowhere")
    for place, index in get_blocks(case, result):
        worst = max(worst, (relative_error(actual[index], expected[index], element, roundings), place))
    return worst
