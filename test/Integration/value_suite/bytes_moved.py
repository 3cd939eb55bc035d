"""Counts the bytes that kernels of decoding move on the simulator against what they have to: the state read and written
once, operands read once, outputs written once.
"""

import argparse
import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True

import numpy as np

import tensors
from tool import Tool

# Each distinct byte counts once. What is above the floor is for alignment.
MOST_OF_FLOOR = 1.03

# Gates over channels, by member; the others have one number per head.
CHANNEL_GATES = {"gdn2": ("decay", "erase", "write"), "kda": ("decay",), "gdn": ()}

# member, element, (B, T, H, HV, K, V)
ROWS = [(member, element, sizes) for member in CHANNEL_GATES for element, sizes in (
    ("bf16", (2, 1, 2, 2, 128, 128)), ("bf16", (1, 4, 2, 2, 128, 128)), ("f32", (1, 1, 1, 2, 64, 64)),
    ("f32", (1, 8, 1, 1, 64, 256)))]


def make_operands(member, element, sizes):
    batch, tokens, heads, value_heads, keys, values = sizes
    rng = np.random.default_rng(0)
    shapes = {"query": (heads, keys), "key": (heads, keys), "value": (value_heads, values)}
    for gate, channels in (("decay", keys), ("erase", keys), ("write", values)):
        shapes[gate] = (value_heads, channels) if gate in CHANNEL_GATES[member] else (value_heads,)
    operands = {name: tensors.Tensor("f32" if name == "decay" else element, rng.normal(size=(batch, tokens, *shape)) * 0.1)
                for name, shape in shapes.items()}
    operands["initial_state"] = tensors.Tensor("f32", rng.normal(size=(batch, value_heads, keys, values)))
    return operands


def count_bytes(tensor):
    return tensor.values.size * (4 if tensor.element == "f32" else 2)


def measure(tool, folder, row):
    """The floor, the distinct bytes and those read by many CTAs."""
    operands = make_operands(*row)
    tool.call_rule(folder, operands, flags=["--sim-report=json:%s" % (folder / "report.json")])
    kernels = json.loads((folder / "report.json").read_text())["kernels"]
    assert len(kernels) == 1 and kernels[0]["launches"] == 1, kernels
    moved = kernels[0]["bytes"]["global"]
    # The output is as large as the values, and both states as large as each other.
    floor = sum(map(count_bytes, operands.values())) + count_bytes(operands["value"]) + count_bytes(
        operands["initial_state"])
    return floor, moved["distinct_read"] + moved["distinct_written"], moved["read_by_many_ctas"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gdn-run", default="gdn-run", metavar="PROGRAM")
    options = parser.parse_args()
    tool, failures = Tool(options.gdn_run, "sim"), 0
    print("%-5s %-5s %-22s %9s %9s %6s  %s" % ("", "", "B,T,H,HV,K,V", "floor", "distinct", "ratio", "read by many CTAs"))
    with tempfile.TemporaryDirectory() as root:
        for row in ROWS:
            floor, distinct, shared = measure(tool, pathlib.Path(root), row)
            # Fewer than the floor: something was not counted.
            good = 1.0 <= distinct / floor <= MOST_OF_FLOOR
            failures += not good
            print("%-5s %-5s %-22s %9d %9d %6.3f  %d%s" % (
                row[0], row[1], ",".join(map(str, row[2])), floor, distinct, distinct / floor, shared,
                "" if good else "  FAILED"))
    print("%d rows at the floor, %d not" % (len(ROWS) - failures, failures))
    return 1 if failures else 0


sys.exit(main())
