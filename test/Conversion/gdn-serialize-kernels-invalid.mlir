// A toolkit that is broken, or not whole: one sentence each, and no code of the kernel after it.
// RUN: rm -rf %t && mkdir -p %t/half/bin %t/broken/bin %t/silent/bin %t/none %t/idle/bin %t/paths/bin
// RUN: printf '#!/bin/sh\necho >&2\necho "ptxas fatal: out of luck" >&2\necho "more of it" >&2\nexit 3\n' > %t/broken/bin/ptxas
// RUN: printf '#!/bin/sh\nexit 1\n' > %t/silent/bin/ptxas
// RUN: printf '#!/bin/sh\n' > %t/half/bin/ptxas
// RUN: printf '#!/bin/sh\nrm -f "$6"\n' > %t/idle/bin/ptxas
// RUN: printf '#!/bin/sh\necho "ptxas $4, line 7; error: no $6 of $4"\nexit 1\n' > %t/paths/bin/ptxas
// RUN: chmod +x %t/idle/bin/ptxas %t/paths/bin/ptxas
// RUN: chmod +x %t/broken/bin/ptxas %t/silent/bin/ptxas %t/half/bin/ptxas

// RUN: not gdn-opt %s --gdn-serialize-kernels="format=bin toolkit=%t/none" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not gdn-opt %s --gdn-serialize-kernels="toolkit=%t/none" 2>&1 | FileCheck %s --check-prefix=AUTO
// RUN: env PATH=%t/none CUDA_ROOT=%t/none CUDA_HOME=%t/none CUDA_PATH= not %gdn_obj_root/bin/gdn-opt %s --gdn-serialize-kernels="format=bin" 2>&1 | FileCheck %s --check-prefix=NOWHERE
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=fatbin toolkit=%t/half" 2>&1 | FileCheck %s --check-prefix=HALF
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=bin toolkit=%t/broken" 2>&1 | FileCheck %s --check-prefix=BROKEN --implicit-check-not=llvm.func --implicit-check-not=more
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=bin toolkit=%t/silent" 2>&1 | FileCheck %s --check-prefix=SILENT --implicit-check-not=llvm.func
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=bin toolkit=%t/half" 2>&1 | FileCheck %s --check-prefix=NOTHING --implicit-check-not=llvm.func
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=bin toolkit=%t/idle" 2>&1 | FileCheck %s --check-prefix=NOTHING --implicit-check-not=llvm.func
// RUN: not gdn-opt %s --gdn-serialize-kernels="format=bin toolkit=%t/paths" 2>&1 | FileCheck %s --check-prefix=PATHS
// NOTHING: error: ptxas failed: it wrote nothing, but does not say why{{$}}
// PATHS: error: ptxas failed: ptxas kernel.ptx, line 7; error: no kernel.cubin of kernel.ptx{{$}}
// NONE: error: format 'bin' needs ptxas of the CUDA Toolkit, which is not in '{{.*}}none/bin'; give its folder as 'toolkit', or use format=isa{{$}}
// AUTO: {{^}}<unknown>:0: error: format 'auto' needs ptxas of the CUDA Toolkit, which is not in '{{.*}}none/bin'; give its folder as 'toolkit', or use format=isa{{$}}
// NOWHERE: error: format 'bin' needs ptxas of the CUDA Toolkit, which is not in $CUDA_ROOT/bin, $CUDA_HOME/bin, $CUDA_PATH/bin or PATH; give its folder as 'toolkit', or use format=isa{{$}}
// HALF: error: format 'fatbin' needs fatbinary of the CUDA Toolkit, which is not in '{{.*}}half/bin'; give its folder as 'toolkit', or use format=isa{{$}}
// BROKEN: error: ptxas failed: ptxas fatal: out of luck{{$}}
// SILENT: error: ptxas failed: no reason given{{$}}
module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.func @fill(%p: !llvm.ptr, %x: f32) attributes {gpu.kernel, nvvm.kernel} {
      llvm.store %x, %p : f32, !llvm.ptr
      llvm.return
    }
  }
}
