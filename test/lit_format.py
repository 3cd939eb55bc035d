"""The test format of test/lit.cfg.py: a module of its own, because lit's workers import it by name."""

import atexit
import os
import shutil
import tempfile

import lit.formats


def without_space(path):
    """`path`, or a link to it that holds no space."""
    if not any(c.isspace() for c in path):
        return path
    folder = tempfile.mkdtemp(prefix="gdn-test-")
    atexit.register(shutil.rmtree, folder, True)
    link = os.path.join(folder, "root")
    os.symlink(path, link)
    return link


class GdnTest(lit.formats.ShTest):
    """A shell test. RUN lines do not quote %s and %t, so these never hold a space."""

    def getTestsInDirectory(self, suite, *rest):
        suite.source_root = without_space(suite.source_root)
        suite.exec_root = without_space(suite.exec_root)
        return super().getTestsInDirectory(suite, *rest)
