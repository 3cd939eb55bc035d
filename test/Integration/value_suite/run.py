"""Runs the value suite of gdn.delta_rule on one target.

Every case is one call of gdn-run; its results are compared with the rule in numpy (rule.py), within the bars of
judge.py. Arguments that this program does not know go to gdn-run.
"""

import argparse
import collections
import contextlib
import pathlib
import shlex
import sys
import tempfile

sys.dont_write_bytecode = True

import numpy as np

import tensors
from cases import MEMBERS, all_cases
from inputs import make_inputs
from judge import get_bar, worst_error
from rule import delta_rule
from tool import RESULTS, Failure, Tool

def expected_results(case, inputs):
    values = {name: tensor.values for name, tensor in inputs.items()}
    with np.errstate(all="ignore"):
        return dict(zip(RESULTS, delta_rule(**values, scale=case.scale, qk_l2norm=case.l2norm)))


def run_case(case, tool, folder, keep, against=None):
    """The worst error of each result; raises Failure. `against`: a Tool whose results are those to compare with."""
    inputs = make_inputs(case)
    attributes = dict(scale=case.scale, qk_l2norm=case.l2norm, dynamic=case.dynamic)
    if against:
        results = against.call_rule(folder / "against", inputs, **attributes)
        expected = {name: results[name].values for name in RESULTS}
    else:
        expected = expected_results(case, inputs)
    if keep:
        folder.mkdir(parents=True, exist_ok=True)
        tensors.save(folder / "expected.safetensors",
                     {name: tensors.Tensor("f64", values) for name, values in expected.items()})
    actual = tool.call_rule(folder, inputs, **attributes)
    errors = {}
    for name in RESULTS:
        if actual[name].shape != expected[name].shape:
            raise Failure("%s has shape %s instead of %s" % (name, actual[name].shape, expected[name].shape))
        errors[name], place = worst_error(case, name, actual[name].values, expected[name], roundings=2 if against else 1)
        bar = get_bar(case, tool.target, name)
        if not errors[name] <= bar:
            raise Failure("%s is wrong by %.2e, more than %.2e, in %s" % (name, errors[name], bar, place))
    return errors


def is_served(case, target):
    """Kernels of a GPU go over 16 channels at a time."""
    return target.split(":")[0] not in ("sim", "cuda") or all(count % 16 == 0 for count in case.channels)


def expect_refusal(case, tool, folder):
    """A case that the target does not serve is refused by the sentence that says what to do."""
    try:
        run_case(case, tool, folder, keep=None)
    except Failure as failure:
        if "to be a multiple of 16 up to 256 for a GPU" in str(failure) and "or use --target=cpu" in str(failure):
            return
        raise
    raise Failure("is not served, but was not refused")


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


def again(case, options, rest):
    """The command that runs one case and keeps its files."""
    against = ["--against=" + options.against] if options.against else []
    return shlex.join([sys.executable, __file__, "--gdn-run=" + options.gdn_run, "--target=" + options.target, *against,
                       "--case=" + case.name, "--keep=/tmp/value-suite", *rest])


def print_table(worst):
    """The worst errors of each member and element type: output (beyond its own rounding), then final state."""
    elements = ("f32", "bf16", "f16")
    print("worst errors".ljust(14) + "".join(element.center(22) for element in elements))
    for member in MEMBERS:
        cells = [[worst.get((member, element, name)) for name in RESULTS] for element in elements]
        print(member.ljust(14) + "".join(
            " ".join("-" if error is None else "%.1e" % error for error in cell).center(22) for cell in cells))


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="cpu", help="target of gdn-run")
    parser.add_argument("--against", metavar="TARGET", help="compare with that target's results, not the rule in numpy")
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
    tool = Tool(options.gdn_run, options.target, rest)
    against = Tool(options.gdn_run, options.against, rest) if options.against else None
    worst, failures, refused = collections.defaultdict(float), 0, 0
    with contextlib.ExitStack() as stack:
        root = options.keep or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for case in cases:
            try:
                if not is_served(case, tool.target):
                    expect_refusal(case, tool, root / case.name)
                    refused += 1
                    continue
                errors = run_case(case, tool, root / case.name, options.keep, against)
            except Failure as failure:
                failures += 1
                print("FAILED %s: %s\n  again: %s" % (case.name, failure, again(case, options, rest)), flush=True)
                continue
            for name, error in errors.items():
                key = (case.member, case.element, name)
                worst[key] = max(worst[key], error)
    print_table(worst)
    print("%d cases passed, %d failed" % (len(cases) - failures - refused, failures)
          + (", %d refused" % refused if refused else ""))
    return 1 if failures else 0


sys.exit(main())
