"""The objects of `gpu.binary` ops, out of the text that gdn-opt prints.

usage: gdn-opt ... | gpu_objects.py FOLDER

Writes each of them to a file of FOLDER, which is named after its op and ends in .ptx, .cubin or .fatbin, and prints the
files' names.
"""

import pathlib
import re
import sys

OBJECT = re.compile(r'gpu\.binary @(\w+) .*?\[#gpu\.object<#nvvm\.target<[^>]*>, (?:(\w+) = )?"((?:[^"\\]|\\.)*)"')
ESCAPE = re.compile(r'\\(\\|[0-9A-F]{2})')

# An object without a word is a fatbin.
SUFFIXES = {"assembly": "ptx", "bin": "cubin", "fatbin": "fatbin", None: "fatbin"}


def unescape(text):
    """The bytes of an attribute's string."""
    plain = ESCAPE.sub(lambda match: "\\" if match[1] == "\\" else chr(int(match[1], 16)), text)
    return plain.encode("latin-1")


def find_objects(text):
    """The name, suffix and bytes of each object."""
    for name, kind, escaped in OBJECT.findall(text):
        yield name, SUFFIXES[kind or None], unescape(escaped)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, suffix, data in find_objects(sys.stdin.read()):
        path = folder / ("%s.%s" % (name, suffix))
        path.write_bytes(data)
        print(path)


if __name__ == "__main__":
    main()
