"""Calls of gdn-run: operands in, results out."""

import pathlib
import subprocess

import tensors
from module import rule_module

RESULTS = ("output", "final_state")
TIME_LIMIT_S = 120


class Failure(Exception):
    """Something does not hold, in one sentence."""


class Tool:
    """gdn-run with a target and more flags; the files of a call lie in a folder."""

    def __init__(self, program, target, flags=()):
        self.program, self.target, self.flags = program, target, list(flags)

    def call_rule(self, folder, inputs, flags=(), **attributes):
        """Calls the rule (see rule_module) on tensors by ODS name; gives its results by name, raises Failure."""
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "rule.mlir").write_text(rule_module(inputs, **attributes))
        tensors.save(folder / "in.safetensors", inputs)
        self.run([folder / "rule.mlir", "--entry=rule", "--inputs=%s" % (folder / "in.safetensors"),
                  "--outputs=%s" % (folder / "out.safetensors"), *flags])
        results = tensors.load(folder / "out.safetensors")
        missing = set(RESULTS) - set(results)
        if missing:
            raise Failure("gdn-run wrote no %s" % " and no ".join(sorted(missing)))
        return results

    def run(self, arguments):
        command = [self.program, "--target=" + self.target, *map(str, arguments), *self.flags]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                                  timeout=TIME_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise Failure("gdn-run took more than %d s" % TIME_LIMIT_S) from None
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            raise Failure("gdn-run ended with %d: %s" % (done.returncode, "; ".join(lines[:3])))
