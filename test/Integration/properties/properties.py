"""Checks properties of gdn.delta_rule that need no reference.

Every property is a function below; its first line says what holds. Arguments that this program does not know go to gdn-run.
"""

import argparse
import itertools
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "value_suite"))

import numpy as np

from bench import Bench, expect_close, expect_results, expect_same
from operands import TOKEN_OPERANDS, concatenate, make_operands, map_bits, replace, stack_batch, take_tokens
from tensors import Tensor
from tool import RESULTS, Failure, Tool


def tied_gates(bench):
    """A gate whose channels are all equal is one value per head; neutral gates are absent ones."""
    operands = make_operands(1)
    heads = {name: operands[name].map(lambda bits: bits[..., 0]) for name in ("decay", "erase", "write")}
    channels = {name: gate.map(lambda bits: np.repeat(bits[..., None], 64, axis=-1)) for name, gate in heads.items()}
    expected = bench.rule(replace(operands, **heads))
    for names in (["decay"], ["erase"], ["write"], ["decay", "erase"], list(heads)):
        tied = replace(operands, **heads) | {name: channels[name] for name in names}
        expect_results(expect_close, bench.rule(tied), expected, "channel gates for " + ", ".join(names))
    neutral = {"decay": 0.0, "erase": 0.0, "write": 1.0}
    full = {name: np.full(operands[name].shape, value) for name, value in neutral.items()}
    expect_results(expect_close, bench.rule(replace(operands, **full)),
                   bench.rule(replace(operands, decay=None, erase=None, write=None)), "neutral gates")


def split_sequence(bench):
    """The parts of a sequence, each started from the final state of the one before, give what the whole gives."""
    operands = make_operands(2, tokens=50)
    whole = bench.rule(operands)
    for cuts in ([1], [16], [23, 24], [49], [0, 32]):
        state, outputs = operands["initial_state"], []
        for begin, end in zip([0, *cuts], [*cuts, 50]):
            part = bench.rule(replace(take_tokens(operands, begin, end), initial_state=state), dynamic=True)
            state = part["final_state"]
            outputs.append(part["output"])
        parts = {"output": concatenate(outputs, axis=1), "final_state": state}
        expect_results(expect_close, parts, whole, "split at %s" % cuts)


def chunk_size(bench):
    """Results do not depend on how the program is cut into chunks and value parts, but for rounding."""
    operands = make_operands(3, tokens=150)
    expected = bench.rule(operands)
    for flag in ["--chunk-size=%d" % size for size in (1, 7, 16, 32, 64, 128)] + [
            "--value-split=%d" % count for count in (1, 2, 4)]:
        expect_results(expect_close, bench.rule(operands, flag), expected, flag)


def segments(bench):
    """Segments of one batch entry give the bits of separate calls."""
    operands = make_operands(4, tokens=70)
    starts = [0, 0, 1, 17, 17, 33, 70, 70]
    states = np.random.default_rng(5).standard_normal((len(starts) - 1, 2, 64, 64))
    packed = replace(operands, initial_state=states)
    for element in ("i32", "i64"):
        whole = bench.rule(packed | {"cu_seqlens": Tensor.of(element, starts)})
        for n, (begin, end) in enumerate(zip(starts[:-1], starts[1:])):
            if element == "i64" and n > 1:
                break
            part = bench.rule(replace(take_tokens(operands, begin, end), initial_state=states[n : n + 1]), dynamic=True)
            sliced = {"output": whole["output"].map(lambda bits: bits[:, begin:end]),
                      "final_state": whole["final_state"].map(lambda bits: bits[n : n + 1])}
            expect_results(expect_same, sliced, part, "%s segment %d" % (element, n))


def erase_nothing(bench):
    """An erase gate of 0 is pure accumulation."""
    operands = make_operands(6)
    zero = replace(operands, erase=np.zeros(operands["erase"].shape))
    expect_results(expect_close, bench.rule(zero), bench.rule(replace(operands, erase=None)), "erase = 0")


def forget_everything(bench):
    """A decay of -inf makes a token start anew: nothing before it matters, however large."""
    operands = make_operands(7)
    for token in (0, 5, 16, 20, 39):
        decay, value = operands["decay"].values.copy(), operands["value"].values.copy()
        decay[:, token] = -np.inf
        value[:, :token] *= 1e30
        state = operands["initial_state"].values * 1e30
        actual = bench.rule(replace(operands, decay=decay, value=value, initial_state=state))
        actual["output"] = actual["output"].map(lambda bits: bits[:, token:])
        fresh = bench.rule(replace(take_tokens(operands, token, 40), initial_state=None), dynamic=True)
        expect_results(expect_close, actual, fresh, "forgetting at token %d" % token)

    always = bench.rule(replace(operands, decay=np.full(operands["decay"].shape, -np.inf)))
    query, key, value, write = (operands[name].values for name in ("query", "key", "value", "write"))
    expected = np.sum(query * key, axis=-1, keepdims=True) * write * value / 8
    expect_close(always["output"], Tensor("f64", expected), "forgetting at every token: output")


def permuted_heads(bench):
    """Permuting heads, with all that belongs to them, permutes results bit for bit."""
    operands = make_operands(8, heads=4)
    whole, order = bench.rule(operands), [2, 0, 3, 1]
    permuted = map_bits(operands, lambda bits: bits[:, :, order], TOKEN_OPERANDS)
    permuted["initial_state"] = operands["initial_state"].map(lambda bits: bits[:, order])
    expected = {"output": whole["output"].map(lambda bits: bits[:, :, order]),
                "final_state": whole["final_state"].map(lambda bits: bits[:, order])}
    expect_results(expect_same, bench.rule(permuted), expected, "permuted heads")


def grouped_values(bench):
    """Value heads that share a key head give the bits of value heads with copies of it."""
    operands = make_operands(9, heads=4)
    shared = map_bits(operands, lambda bits: bits[:, :, ::2], ("query", "key", "decay", "erase"))
    copied = map_bits(shared, lambda bits: np.repeat(bits, 2, axis=2), ("query", "key", "decay", "erase"))
    expected = bench.rule(copied)
    expect_results(expect_same, bench.rule(shared), expected, "gates of key heads")
    shared = replace(copied, query=shared["query"], key=shared["key"])
    expect_results(expect_same, bench.rule(shared), expected, "gates of value heads")


def futures(operands, token):
    """Operands that agree with these up to `token`, and what their futures hold."""
    other, names = make_operands(11), [name for name in TOKEN_OPERANDS if name in operands]

    def change(changes):
        changed = {name: operands[name].values.copy() for name in changes}
        for name, values in changes.items():
            changed[name][:, token + 1 :] = values
        return replace(operands, **changed)

    yield "other tokens", change({name: other[name].values[:, token + 1 :] for name in names})
    huge = {"value": (1e30, 3e38), "key": (1e18,), "decay": (0.0,)}
    for name in names:
        for value in (*huge.get(name, ()), -np.inf if name == "decay" else np.inf, np.nan):
            yield "%s of %g" % (name, value), change({name: value})
    yield "all of nan", change(dict.fromkeys(names, np.nan))


def prefix_causality(bench):
    """No bit of an output depends on later tokens, be they huge, infinite or NaN."""
    problems = []
    for member, operands in (("every gate", make_operands(10)), ("no erase", replace(make_operands(10), erase=None)),
                             ("write", replace(make_operands(10), decay=None, erase=None))):
        for token in (0, 14, 16, 24, 38):
            whats, entries = zip(*futures(operands, token))
            output = bench.rule(stack_batch([operands, *entries]))["output"].bits[:, : token + 1]
            problems += ["%s after token %d with %s" % (what, token, member) for what, changed in zip(whats, output[1:])
                         if changed.tobytes() != output[0].tobytes()]
    if problems:
        raise Failure("earlier outputs change in %d cases: %s" % (len(problems), "; ".join(problems[:5])))


def last_write_wins(bench):
    """With orthonormal keys, no decay, erase = write = 1 and scale = 1, reading a key returns its last value."""
    random = np.random.default_rng(12)
    basis = np.linalg.qr(random.standard_normal((64, 64)))[0]
    written, read = random.integers(0, 6, 40), np.zeros(40, int)
    value = random.standard_normal((1, 40, 1, 64))
    expected = np.zeros(value.shape)
    for t in range(40):
        past = random.integers(0, t + 1)
        read[t] = written[past]
        expected[0, t, 0] = value[0, max(s for s in range(t + 1) if written[s] == read[t]), 0]
    operands = make_operands(12, heads=1)
    ones = np.ones((1, 40, 1, 64))
    operands = replace(operands, query=basis[read].reshape(1, 40, 1, 64), key=basis[written].reshape(1, 40, 1, 64),
                       value=value, decay=None, erase=ones, write=ones, initial_state=None)
    expect_close(bench.rule(operands, scale=1.0)["output"], Tensor("f64", expected), "the value read")


def scaled_values(bench):
    """Values and initial state times 2^n give results times 2^n, exactly."""
    for element, powers in (("f32", (-60, -7, 13, 60)), ("bf16", (-60, 5, 60)), ("f16", (-2, 3))):
        operands = make_operands(13, element=element)
        # With few digits, so that a smaller f16 holds them too.
        operands = replace(operands, value=np.round(operands["value"].values * 64) / 64)
        entries = [operands] + [replace(operands, value=operands["value"].values * 2.0**n,
                                        initial_state=operands["initial_state"].values * 2.0**n) for n in powers]
        results = bench.rule(stack_batch(entries))
        for name, (index, n) in itertools.product(RESULTS, enumerate(powers, 1)):
            values = results[name].values
            normal = np.abs(values[0]) * 2.0 ** min(n, 0) >= (2.0**-14 if element == "f16" else 2.0**-100)
            if not np.array_equal(values[index][normal], values[0][normal] * 2.0**n):
                raise Failure("%s of %s does not scale by 2^%d" % (name, element, n))


def batch_invariance(bench):
    """An entry of a batch gives the same bits whatever stands beside it."""
    operands, order = make_operands(14, batch=4), [3, 1, 0, 2]
    whole = bench.rule(operands)

    def take(tensors, entries):
        return map_bits(tensors, lambda bits: bits[entries])

    expect_results(expect_same, bench.rule(take(operands, order)), take(whole, order), "permuted entries")
    for dynamic in (False, True):
        part = bench.rule(take(operands, [2]), dynamic=dynamic)
        expect_results(expect_same, part, take(whole, [2]), "one entry alone, dynamic %s" % dynamic)
    wide = make_operands(15, batch=3)
    part = bench.rule(stack_batch([wide, operands]))
    expect_results(expect_same, take(part, slice(3, 7)), whole, "three entries more")


def thread_count(bench):
    """One thread and several give the same bits."""
    for element in ("f32", "bf16"):
        operands = make_operands(16, batch=2, heads=3, tokens=90, element=element)
        expected = bench.rule(operands, "--threads=1")
        for threads in (2, 5):
            actual = bench.rule(operands, "--threads=%d" % threads)
            expect_results(expect_same, actual, expected, "%d threads" % threads)


PROPERTIES = (tied_gates, split_sequence, segments, erase_nothing, forget_everything, permuted_heads, grouped_values,
              prefix_causality, last_write_wins, scaled_values, batch_invariance)


def choose_properties(target):
    """Those of the target: the reference has one thread, and only the CPU takes sizes of chunks."""
    kind = target.split(":")[0]
    return (PROPERTIES + ((chunk_size,) if kind == "cpu" else ())
            + ((thread_count,) if kind != "reference" else ()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="cpu", help="target of gdn-run")
    parser.add_argument("--gdn-run", default="gdn-run", metavar="PROGRAM")
    parser.add_argument("--only", action="append", metavar="NAME", help="check this property; may be repeated")
    options, rest = parser.parse_known_args()
    properties = [check for check in choose_properties(options.target) if not options.only or check.__name__ in options.only]
    failures = 0
    for check in properties:
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(Bench(Tool(options.gdn_run, options.target, rest), folder))
                print("holds: " + check.__name__, flush=True)
            except Failure as failure:
                failures += 1
                print("FAILED %s: %s\n  %s" % (check.__name__, failure, check.__doc__), flush=True)
    print("%d properties hold, %d do not" % (len(properties) - failures, failures))
    return 1 if failures else 0


sys.exit(main())
