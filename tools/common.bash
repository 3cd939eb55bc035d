# What tools/quickstart and tools/check share: the set-up of a bare Debian 12 machine, and the build.
# Sourced by them with `set -euo pipefail`. It sets:
#   root   the checkout       build  the build folder (BUILD_DIR, else build/ of the checkout)
#   jobs   parallel jobs      log    where the output of steps goes, set by the script

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
build=${BUILD_DIR:-$root/build}
[[ $build = /* ]] || build=$PWD/$build
build=${build%/}
program=tools/$(basename -- "$0")

# Debian packages: the compilers, MLIR 22 and its tools, the libraries we link, and what the tests run.
packages=(
  g++ clang-22 lld-22 libclang-rt-22-dev ccache cmake ninja-build
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools
  libomp-22-dev libboost-context1.81-dev nlohmann-json3-dev libgtest-dev
  ca-certificates clang-format-22 python3 python3-venv
)

say() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }

# fail SENTENCE: the one way to give up.
fail() {
  printf '%s: error: %s\n' "$program" "$*" >&2
  exit 1
}

[[ ! -e $build/CMakeLists.txt ]] || fail "BUILD_DIR names '$build', a folder of sources: name another one"
# Without a home of its own, ccache would fail every compile.
[[ -n ${CCACHE_DIR:-} || -w ${HOME:-/nonexistent} ]] || export CCACHE_DIR=$build/ccache

# A compile takes up to 1.5 GiB.
count_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1572864) }' /proc/meminfo)
  ((memory >= cores)) || cores=$memory
  echo $((cores > 0 ? cores : 1))
}
jobs=$(count_jobs)

# Says every 20 seconds how far the log's last ninja or lit line has come.
tell_progress() {
  local text=$1 place
  # The sleep must not hold our output open once this loop is ended.
  while sleep 20 </dev/null >/dev/null 2>&1; do
    place=$(tail -c 4000 -- "$log" | grep -aoE '^\[[0-9]+/[0-9]+\]|\([0-9]+ of [0-9]+\)' | tail -n 1 || true)
    say "  $text ${place:-...}"
  done
}

# try TEXT COMMAND...: runs COMMAND with its output in $log and says how it goes. Returns its exit status.
try() {
  local text=$1 ticker status=0 begin=$SECONDS
  shift
  say "$text"
  printf '\n== %s: %s\n' "$text" "$*" >>"$log"
  tell_progress "$text" &
  ticker=$!
  "$@" </dev/null >>"$log" 2>&1 || status=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  ((SECONDS - begin < 20)) || say "  done after $((SECONDS - begin)) s"
  return "$status"
}

# step TEXT COMMAND...: as `try`, but a failure ends the script with the end of the log.
step() {
  try "$@" && return
  printf '%s\n' "---- the end of $log" >&2
  tail -n 25 -- "$log" >&2
  fail "'$1' did not succeed; its whole output is in $log"
}

network_failed() { tail -n 200 -- "$log" | grep -qE 'Failed to fetch|Could not (resolve|connect)|Temporary failure'; }

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) = installed ]] || echo "$package"
  done
}

# Installs the missing ones of `packages`; touches nothing where none is missing.
install_packages() {
  local missing package
  [[ ${GDN_SKIP_INSTALL:-0} = 1 ]] && return
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    fail "this is no Debian system: install MLIR 22, clang 22, cmake, ninja, GoogleTest, Boost.Context and nlohmann-json" \
      "by its own means, then call again with GDN_SKIP_INSTALL=1"
  fi
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]})) || return 0
  ((EUID == 0)) || fail "only root may install the missing packages: apt-get install ${missing[*]}"

  export DEBIAN_FRONTEND=noninteractive
  local apt=(apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0)
  try "reading the package lists" "${apt[@]}" update || true
  for package in "${missing[@]}"; do
    apt-cache show "$package" >/dev/null 2>&1 && continue
    ! network_failed || fail "the package lists could not be fetched: is there a network? (log: $log)"
    [[ $package != *22* ]] || fail "the package $package is not to be had: LLVM 22 stands in Debian 12's" \
      "security suite (bookworm-security, component main), which /etc/apt has to name"
    fail "the package $package is not to be had from the sources that /etc/apt names"
  done
  try "installing ${#missing[@]} packages" "${apt[@]}" install -y --no-install-recommends "${missing[@]}" && return
  ! network_failed || fail "packages could not be fetched: is there a network? (log: $log)"
  tail -n 15 -- "$log" >&2
  fail "apt-get could not install ${missing[*]} (log: $log)"
}

# Makes .venv with what test/requirements.txt names. Without it, tests that need it are skipped.
prepare_python() {
  local venv=$root/.venv wanted=$root/test/requirements.txt
  if cmp -s -- "$wanted" "$venv/requirements.txt" && "$venv/bin/python" -c 'import numpy' 2>/dev/null; then
    return
  fi
  rm -f -- "$venv/requirements.txt"
  if try "preparing Python in .venv" /usr/bin/python3 -m venv --clear "$venv" &&
    try "installing numpy and safetensors" "$venv/bin/python" -m pip install -q -r "$wanted"; then
    cp -- "$wanted" "$venv/requirements.txt"
  else
    say "  numpy and safetensors could not be installed (log: $log); tests that need them are skipped"
  fi
}

# Adds what test/requirements-cuda.txt names to .venv, of which site-packages/nvidia/cu13 is then the folder of a CUDA
# Toolkit. Without it, tests that need it are skipped.
prepare_cuda() {
  local venv=$root/.venv wanted=$root/test/requirements-cuda.txt
  if cmp -s -- "$wanted" "$venv/requirements-cuda.txt" &&
    compgen -G "$venv/lib/python3*/site-packages/nvidia/cu13/bin/ptxas" >/dev/null; then
    return
  fi
  rm -f -- "$venv/requirements-cuda.txt"
  if [[ -x $venv/bin/python ]] &&
    try "installing CUDA's assembler" "$venv/bin/python" -m pip install -q --no-deps -r "$wanted"; then
    cp -- "$wanted" "$venv/requirements-cuda.txt"
  else
    say "  CUDA's assembler could not be installed (log: $log); tests that need it are skipped"
  fi
}

# is_configured FOLDER: whether building alone is enough; the build itself sees when CMake files change.
is_configured() {
  [[ -f $1/build.ninja || -f $1/Makefile ]] && grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$1/CMakeCache.txt"
}

# configure FOLDER [CMAKE_OPTION...]: an existing folder keeps its compiler and generator.
configure() {
  local folder=$1 home options=()
  shift
  if [[ -f $folder/CMakeCache.txt ]]; then
    home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt")
    [[ $home = "$root" ]] || fail "$folder was made for $home: remove it, or set BUILD_DIR to another folder"
  else
    options=(-G Ninja)
    if command -v clang++-22 >/dev/null && command -v ld.lld-22 >/dev/null; then
      options+=(-DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 -DLLVM_USE_LINKER=lld)
    fi
    if command -v ccache >/dev/null; then
      options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    fi
  fi
  step "configuring $folder" cmake -S "$root" -B "$folder" "${options[@]}" "$@"
}

# build_targets FOLDER TARGET...
build_targets() {
  local folder=$1
  shift
  step "building in $folder with $jobs jobs" cmake --build "$folder" -j "$jobs" --target "$@"
}

# start_log FILE: begins an empty log in a folder that need not exist yet.
start_log() {
  log=$1
  mkdir -p -- "$(dirname -- "$log")" 2>/dev/null && { : >"$log"; } 2>/dev/null ||
    fail "cannot write to $(dirname -- "$log"): BUILD_DIR may name another build folder"
}
