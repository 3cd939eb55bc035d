#!/usr/bin/env bash
# Runs tools/check of a copy of the checkout, with a cmake that builds nothing and says what lit would.
# usage: check.sh CHECKOUT WORK_FOLDER LIT_OUTPUT LIT_STATUS [ARGUMENT_OF_CHECK...]
set -euo pipefail

checkout=$1 work=$2 output=$3 status=$4
shift 4
mkdir -p "$work"/bin "$work"/tree/{test,.venv/bin}
cp -r "$checkout/tools" "$work/tree"
cp "$checkout"/test/requirements*.txt "$work/tree/test"
cp "$checkout/test/requirements.txt" "$work/tree/.venv"
# Python has numpy; what it says of CUDA's packages is the caller's choice.
cat >"$work/tree/.venv/bin/python" <<END
#!/bin/sh
case "\$*" in
*requirements-cuda.txt) exit ${CUDA_STATUS:-0} ;;
esac
END
cat >"$work/bin/cmake" <<END
#!/bin/sh
case "\$*" in
*check-gdn*) echo "ccache: \${CCACHE_DIR:-at home}, cuda: \$GDN_TEST_CUDA"; echo "$output"; exit $status ;;
esac
END
chmod +x "$work/bin/cmake" "$work/tree/.venv/bin/python"
export PATH=$work/bin:$PATH GDN_SKIP_INSTALL=1 BUILD_DIR=${BUILD_DIR:-$work/build}
"$work/tree/tools/check" --fast "$@"
