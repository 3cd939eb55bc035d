"""Runs every ```mlir example of the op descriptions through gdn-opt.

usage: docs_examples.py TD_FOLDER WORK_FOLDER

An example must verify, and must come back the same from its text and from its bytecode. Every op must have one.
"""

import pathlib
import re
import subprocess
import sys
import textwrap

OP = re.compile(r"^def \w+Op\s*:\s*(\w+)<\"(\w+)\"", re.MULTILINE)
EXAMPLE = re.compile(r"^ *```mlir\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def gdn_opt(*arguments):
    """Standard output of gdn-opt; ends the program with its error."""
    result = subprocess.run(["gdn-opt", *map(str, arguments)], capture_output=True, check=False)
    if result.returncode:
        sys.exit("gdn-opt %s:\n%s" % (" ".join(map(str, arguments)), result.stderr.decode()))
    return result.stdout


def check_example(path):
    """Parses, verifies and prints the example at `path`, twice as text and once through bytecode."""
    printed, bytecode = path.with_suffix(".printed.mlir"), path.with_suffix(".mlirbc")
    text = gdn_opt(path)
    printed.write_bytes(text)
    if gdn_opt(printed) != text:
        sys.exit("%s: printing it again gives another text" % path)
    gdn_opt(path, "--emit-bytecode", "-o", bytecode)
    if gdn_opt(bytecode) != text:
        sys.exit("%s: its bytecode gives another text" % path)
    return text.decode()


def main():
    folder, work = map(pathlib.Path, sys.argv[1:3])
    work.mkdir(parents=True, exist_ok=True)
    ops, texts = {}, []
    for td in sorted(folder.rglob("*.td")):
        source = td.read_text()
        ops.update({name: td for _, name in OP.findall(source)})
        for index, example in enumerate(EXAMPLE.findall(source)):
            path = work / ("%s-%d.mlir" % (td.stem, index))
            path.write_text(textwrap.dedent(example))
            texts.append(check_example(path))
    for name, td in ops.items():
        if not any(re.search(r"\b(gdn|check)\.%s\b" % name, text) for text in texts):
            sys.exit("%s: %s has no example" % (td, name))
    print("%d examples of %d ops" % (len(texts), len(ops)))


main()
