"""Where properties call the rule, and how they compare what it gives."""

import itertools
import pathlib

import numpy as np

from tool import RESULTS, Failure

# Two ways to compute one thing in f32 differ by rounding: twice the bar of the numerical contract.
CLOSE = 4e-6


class Bench:
    """Where properties call the rule and compare what it gives."""

    def __init__(self, tool, folder):
        self.tool, self.folder, self.calls = tool, pathlib.Path(folder), itertools.count()

    def rule(self, operands, *flags, **attributes):
        return self.tool.call_rule(self.folder / str(next(self.calls)), operands, flags, **attributes)


def expect_close(actual, expected, what, bar=CLOSE):
    difference = np.linalg.norm(actual.values - expected.values)
    if not difference <= bar * np.linalg.norm(expected.values):
        raise Failure("%s differs by %.2e" % (what, difference / np.linalg.norm(expected.values)))


def expect_same(actual, expected, what):
    if not actual.same_bits(expected):
        count = np.count_nonzero(actual.bits != expected.bits)
        raise Failure("%s differs in %d of %d elements" % (what, count, actual.bits.size))


def expect_results(compare, actual, expected, what):
    for name in RESULTS:
        compare(actual[name], expected[name], "%s: %s" % (what, name))
