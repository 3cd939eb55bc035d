# Finds the GoogleTest programs of the build folder; each of their tests counts as one.

import os

import lit.formats

config.name = "gdn-unit"
config.test_source_root = config.test_exec_root = os.path.join(config.gdn_obj_root, "test", "Unit")
config.test_format = lit.formats.GoogleTest(".", "Tests")
for name in ("HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
