"""Runs the value suite of gdn.delta_rule on one target.

Every case is one call of gdn-run; its results are compared with the rule in numpy (rule.py), within the bars of
judge.py. Arguments that this program does not know go to gdn-run.
"""

import argparse
import collections
import contextlib
import pathlib
import shlex
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import numpy as np

import tensors
from cases import MEMBERS, all_cases
from inputs import make_inputs
from judge import get_bar, worst_error
from module import rule_module
from rule import delta_rule

RESULTS = ("output", "final_state")
TIME_LIMIT_S = 120


class Failure(Exception):
    """A case that does not hold, in one sentence."""


def expected_results(case, inputs):
    values = {name: tensor.values for name, tensor in inputs.items()}
    with np.errstate(all="ignore"):
        return dict(zip(RESULTS, delta_rule(**values, scale=case.scale, qk_l2norm=case.l2norm)))


def call_tool(command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIME_LIMIT_S)
    except subprocess.TimeoutExpired:
        raise Failure("gdn-run took more than %d s" % TIME_LIMIT_S) from None
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise Failure("gdn-run ended with %d: %s" % (done.returncode, "; ".join(lines[:3])))


def get_command(options, rest, folder):
    return [options.gdn_run, str(folder / "rule.mlir"), "--entry=rule", "--target=" + options.target,
            "--inputs=%s" % (folder / "in.safetensors"), "--outputs=%s" % (folder / "out.safetensors"), *rest]


def run_case(case, options, rest, folder):
    """The worst error of each result; raises Failure."""
    inputs = make_inputs(case)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rule.mlir").write_text(rule_module(inputs, case.sequences, case.scale, case.l2norm, case.dynamic))
    tensors.save(folder / "in.safetensors", inputs)
    expected = expected_results(case, inputs)
    if options.keep:
        tensors.save(folder / "expected.safetensors",
                     {name: tensors.Tensor("f64", values) for name, values in expected.items()})
    call_tool(get_command(options, rest, folder))

    actual, errors = tensors.load(folder / "out.safetensors"), {}
    for name in RESULTS:
        if name not in actual or actual[name].shape != expected[name].shape:
            raise Failure("there is no %s of shape %s" % (name, expected[name].shape))
        errors[name], place = worst_error(case, name, actual[name].values, expected[name])
        bar = get_bar(case, options.target, name)
        if not errors[name] <= bar:
            raise Failure("%s is wrong by %.2e, more than %.2e, in %s" % (name, errors[name], bar, place))
    return errors


def choose_cases(options):
    cases = all_cases()
    if options.case:
        chosen = [case for case in cases if case.name in options.case]
        if len(chosen) != len(set(options.case)):
            sys.exit("no such case; see --list")
        return chosen
    if options.sample:
        count = min(options.sample, len(cases))
        cases = [cases[i * len(cases) // count] for i in range(count)]
    index, count = map(int, options.shard.split("/"))
    return cases[index - 1 :: count]


def print_table(worst):
    """The worst errors of each member and element type: output, then final state."""
    elements = ("f32", "bf16", "f16")
    print("worst errors".ljust(14) + "".join(element.center(22) for element in elements))
    for member in MEMBERS:
        cells = [[worst.get((member, element, name)) for name in RESULTS] for element in elements]
        print(member.ljust(14) + "".join(
            " ".join("-" if error is None else "%.1e" % error for error in cell).center(22) for cell in cells))


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="cpu", help="target of gdn-run")
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="run every N-th case, from the I-th on")
    parser.add_argument("--sample", type=int, metavar="N", help="run N cases of all")
    parser.add_argument("--case", action="append", metavar="NAME", help="run this case; may be repeated")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="leave the files of each case in DIR/NAME")
    parser.add_argument("--gdn-run", default="gdn-run", metavar="PROGRAM")
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    return parser.parse_known_args()


def main():
    options, rest = parse_options()
    cases = choose_cases(options)
    if options.list:
        print(*(case.name for case in cases), sep="\n")
        return 0
    worst, failures = collections.defaultdict(float), 0
    with contextlib.ExitStack() as stack:
        root = options.keep or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for case in cases:
            try:
                errors = run_case(case, options, rest, root / case.name)
            except Failure as failure:
                failures += 1
                again = [sys.executable, __file__, "--gdn-run=" + options.gdn_run, "--target=" + options.target,
                         "--case=" + case.name, "--keep=/tmp/value-suite", *rest]
                print("FAILED %s: %s\n  again: %s" % (case.name, failure, shlex.join(again)), flush=True)
                continue
            for name, error in errors.items():
                key = (case.member, case.element, name)
                worst[key] = max(worst[key], error)
    print_table(worst)
    print("%d cases passed, %d failed" % (len(cases) - failures, failures))
    return 1 if failures else 0


sys.exit(main())
