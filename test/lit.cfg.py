"""How the tests run. What a test may require is found here, once."""

import os
import platform
import re
import shutil
import subprocess
import sys

import lit.util

sys.path.append(os.path.dirname(os.path.realpath(__file__)))
from lit_format import GdnTest, without_space

config.name = "gdn"
config.test_source_root = os.path.dirname(os.path.realpath(__file__))
config.test_exec_root = os.path.join(config.gdn_obj_root, "test")
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]

config.test_format = GdnTest(execute_external=False)

bin_dir = os.path.join(config.gdn_obj_root, "bin")
plugin = os.path.join(config.gdn_obj_root, "lib", "GdnPlugin.so")
config.environment["PATH"] = os.pathsep.join(
    [bin_dir, config.llvm_tools_dir, os.environ.get("PATH", os.defpath)]
)

config.substitutions += [
    ("%python", '"%s"' % config.python),
    ("%gdn_plugin", '"%s"' % plugin),
    ("%gdn_src_root", '"%s"' % config.gdn_src_root),
    ("%gdn_obj_root", '"%s"' % config.gdn_obj_root),
    ("%cmake", '"%s"' % config.cmake),
    ("%cc", '"%s"' % config.c_compiler),
    ("%cxx", '"%s"' % config.cxx_compiler),
]

# Under the sanitizers the stock mlir-opt can load the plugin only with their run-time library in front.
mlir_opt = shutil.which("mlir-opt-22") or os.path.join(config.llvm_tools_dir, "mlir-opt")
asan_library = ""
if "address" in config.sanitizers:
    found = subprocess.run(
        [config.cxx_compiler, "-print-file-name=libclang_rt.asan-%s.so" % platform.machine()],
        stdout=subprocess.PIPE, text=True, check=True,
    ).stdout.strip()
    asan_library = found if os.path.isabs(found) else ""
    mlir_opt = 'env LD_PRELOAD="%s" ASAN_OPTIONS=detect_leaks=0 %s' % (asan_library, mlir_opt)
config.substitutions.append((r"\bmlir-opt-22\b", mlir_opt))


def works(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0


def output(*command):
    """What a command prints; nothing if it fails."""
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return result.stdout.strip() if result.returncode == 0 else ""


def cuda_release(ptxas):
    """The release of CUDA that a ptxas is of."""
    release = re.search(r"release (\d+)\.(\d+)", output(ptxas, "--version")) if os.path.exists(ptxas) else None
    return tuple(map(int, release.groups())) if release else (0, 0)


def find_cuda_toolkit():
    """The folder of a CUDA Toolkit: among %python's packages, or else the environment's, or the one in PATH."""
    packages = output(config.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    folders = [os.path.join(packages, "nvidia", "cu13")]
    folders += [os.environ[name] for name in ("CUDA_ROOT", "CUDA_HOME", "CUDA_PATH") if os.environ.get(name)]
    ptxas = shutil.which("ptxas")
    folders += [os.path.dirname(os.path.dirname(ptxas))] if ptxas else []
    # From 12.8 on, ptxas knows every chip of ours.
    return next((folder for folder in folders if cuda_release(os.path.join(folder, "bin", "ptxas")) >= (12, 8)), None)


# jit: gdn-run stands in the build.   plugin: the stock mlir-opt can load GdnPlugin.so.
# numpy: %python has numpy and safetensors.   asan: a build with AddressSanitizer.
# long: tests of more than 20 seconds were asked for.
# ptxas, fatbinary, nvdisasm, cuobjdump: programs in the bin/ of %cuda_toolkit.   ptxas-13.0: a ptxas of that release.
if os.path.exists(os.path.join(bin_dir, "gdn-run")):
    config.available_features.add("jit")
if os.path.exists(plugin) and ("address" not in config.sanitizers or asan_library):
    config.available_features.add("plugin")
if works(config.python, "-c", "import numpy, safetensors.numpy"):
    config.available_features.add("numpy")
if "address" in config.sanitizers:
    config.available_features.add("asan")
if lit_config.params.get("long", os.environ.get("GDN_TEST_LONG", "0")) == "1":
    config.available_features.add("long")

toolkit = None
if lit_config.params.get("cuda", os.environ.get("GDN_TEST_CUDA", "1")) != "0":
    toolkit = find_cuda_toolkit()
if toolkit:
    # Pass options, which do not quote it either, hold this path.
    toolkit = without_space(toolkit)
    config.available_features.add("ptxas-%d.%d" % cuda_release(os.path.join(toolkit, "bin", "ptxas")))
    for name in ("ptxas", "fatbinary", "nvdisasm", "cuobjdump"):
        if os.access(os.path.join(toolkit, "bin", name), os.X_OK):
            config.available_features.add(name)
config.substitutions.append(("%cuda_toolkit", toolkit or "/nowhere"))

if config.sanitizers:
    # MLIR's library is not instrumented: a SmallVector or std::vector that both sides grow looks like an overflow.
    config.environment["ASAN_OPTIONS"] = "detect_container_overflow=0:detect_leaks=1"
    config.environment["UBSAN_OPTIONS"] = "print_stacktrace=1:halt_on_error=1"

if lit.util.killProcessAndChildrenIsSupported()[0] and not lit_config.maxIndividualTestTime:
    lit_config.maxIndividualTestTime = 1500 if "long" in config.available_features else 300
