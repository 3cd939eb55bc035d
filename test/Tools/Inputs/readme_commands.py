"""Runs the commands in README.md's ```sh blocks, one after the other, as a reader would from the checkout.

usage: readme_commands.py CHECKOUT BUILD_FOLDER

tools/quickstart and tools/check are left out: they have tests of their own, or are running this one. HOME is an empty
folder.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(text):
    """The commands of all blocks, with lines that end in a backslash joined."""
    for block in BLOCK.findall(text):
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            if line.strip() and not line.startswith("#"):
                yield line


def main():
    checkout, build = map(pathlib.Path, sys.argv[1:3])
    count = 0
    for command in commands((checkout / "README.md").read_text()):
        if re.match(r"(tools/quickstart|tools/check)\b", command):
            continue
        # The README speaks of the default build folder; this may be another one.
        here = re.sub(r"(?<![\w/])build(?=[/ ])", lambda _: '"%s"' % build, command)
        with tempfile.TemporaryDirectory() as home:
            result = subprocess.run(["bash", "-euo", "pipefail", "-c", here], cwd=checkout, check=False,
                                    env={**os.environ, "HOME": home}, stdin=subprocess.DEVNULL, capture_output=True)
        if result.returncode:
            sys.exit("README.md: '%s' failed:\n%s" % (command, (result.stdout + result.stderr).decode()))
        count += 1
    print("%d commands" % count)


main()
