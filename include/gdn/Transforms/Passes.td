//===- Passes.td - Transforms of the gdn dialect ----------------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TRANSFORMS_PASSES_TD
#define GDN_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

// Passes without a named operation run on any function-like op, and on a whole
// module, so that both `func.func(gdn-chunk)` and `--gdn-chunk` are legal.

def ChunkPass : Pass<"gdn-chunk"> {
  let summary = "rewrites the rule to loops over sequences, heads and chunks";
  let description = [{
    Rewrites each `gdn.delta_rule` (level 1) to its chunked form (level 2): an
    `scf.forall` over sequences, value heads and parts of the value channels,
    in which an `scf.for` carries the state over chunks of `chunk-size` tokens
    through `gdn.chunk_*` ops and linalg products. Tokens at the end of a
    sequence that fill no chunk, and so every sequence shorter than a chunk,
    take the recurrent form: an `scf.for` over tokens around
    `gdn.recurrent_step`; nothing is padded.

    All arithmetic is in f32; results differ from the reference by rounding
    only, and for other chunk sizes likewise. Relations between run-time sizes
    and `cu_seqlens` become `cf.assert`. Other ops stay as they are.

    `value-split` cuts the value channels of a head into independent parts;
    0 chooses: parts of at least 32 channels while sequences x heads, as far
    as they are known, are fewer than 8.

    A rule with a `schedule` is for a GPU: its parallel loop is mapped to the
    CTAs and carries the schedule on as `gdn.schedule`; the sizes among the
    options do not matter for it. With `#gdn.schedule` it takes the recurrent
    form for all its tokens, with `#gdn.chunked_schedule` it becomes a
    `gdn.sequence_rule`.

    Test: test/Transforms/gdn-chunk.mlir.
  }];
  let options = [
    Option<"useSchedules", "use-schedules", "bool", /*default=*/"true",
           "Make GPU programs of the rules that have a schedule">,
    Option<"deviceMemory", "device-memory", "bool", /*default=*/"false",
           "Tensors lie in a GPU's memory: the host does not check cu_seqlens">,
    Option<"chunkSize", "chunk-size", "int64_t", /*default=*/"16",
           "Tokens of a chunk, 1 to 128">,
    Option<"valueSplit", "value-split", "int64_t", /*default=*/"0",
           "Independent parts of the value channels of a head; 0 chooses">,
  ];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::cf::ControlFlowDialect", "::mlir::gpu::GPUDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

def VerifyChunkedPass : Pass<"gdn-verify-chunked"> {
  let summary = "fails unless the rule is in chunked form";
  let description = [{
    What later passes ask of level 2: no `gdn.delta_rule` remains, and every
    `gdn.chunk_*` op and `gdn.recurrent_step` stands inside an `scf.forall`. It
    does not look at what else the loop does. Changes nothing.

    Test: test/Transforms/gdn-verify-chunked.mlir.
  }];
}

def SelectSchedulePass : Pass<"gdn-select-schedule"> {
  let summary = "chooses how each rule becomes a GPU kernel";
  let description = [{
    Puts a schedule on each `gdn.delta_rule` that has none, from its sizes and
    the chip.

    With more than 16 tokens, or a number of them that is not known, operands
    of 16 bits, K of 64 or 128 and V a multiple of 64, a chip that has `wgmma`
    gets a `#gdn.chunked_schedule`, where rows are known to be aligned to 16
    bytes and nothing is normalised in the kernel.

    All others get a `#gdn.schedule`. The recurrent form is bound by the bytes of the
    state, so a thread holds up to 64 values of it. CTAs have one warp. As long
    as there are not more of them than multiprocessors (8 for each, with
    several tokens), twice as many lanes share a column, down to rows of 32
    bytes. With several tokens, and not more than 8 CTAs for each
    multiprocessor, operands are loaded up to 3 tokens ahead, as far as
    registers go.

    Where there are at least 16 CTAs for each multiprocessor, four warps make
    one. Then a single token takes idle shared memory, on the chips where few
    CTAs at a time were measured to stream best (sm_90a), and from 4 tokens on
    a thread holds half as many values and registers leave room for 6 CTAs.

    A sequence count that is not known counts as 1, a token count that is not
    as many. A remark says what was chosen and why (`--remarks-filter=gdn-select-schedule
    --remark-format=emitRemark`). A schedule that a rule has stays.

    Constraints:

    - C1: K and V are multiples of 16 up to 256.
    - C2: a `#gdn.chunked_schedule` is for a chip from sm_90a on, and with
      `warpgroup` for one that has `wgmma` (sm_90a).
    - C3: the `idle_shared` of a `#gdn.schedule` is no more than a CTA of the
      chip can take.

    Tests: test/Transforms/gdn-select-schedule*.mlir.
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_90a\"",
           "The GPU: sm_80, sm_90a, sm_100a or sm_120a">,
    ListOption<"others", "others", "std::string",
               "More GPUs that the schedules must suit">,
  ];
}

def TilePass : Pass<"gdn-tile"> {
  let summary = "rewrites the parallel loops that have a schedule to programs of CTAs";
  let description = [{
    In each `scf.forall` with a `gdn.schedule` (level 2) the tensors of a token
    become tiles in registers (level 3): `gdn.recurrent_step` becomes arithmetic
    on tiles, slices that are read become `gdn.tile_load`, rows that are
    inserted `gdn.tile_store`, and the state is loaded before the loop over
    tokens, carried through it and stored behind it. The layouts follow from
    the schedule.

    The sums over key channels are taken in another order than in
    `gdn-decompose`, so results differ by rounding. Loops without a schedule
    stay as they are.

    Test: test/Transforms/gdn-tile.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

def PipelineTokensPass : Pass<"gdn-pipeline-tokens"> {
  let summary = "loads the operands of tokens ahead of their use";
  let description = [{
    In each `scf.forall` with a `#gdn.schedule` of several `stages`, the loop
    over tokens is pipelined: what a token reads of memory is loaded `stages` - 1
    tokens before the arithmetic on it, so that the wait for memory overlaps
    that arithmetic. Loads behind the last token do not happen: zeros stand for
    them. A loop whose loads depend on what it carries stays as it is.

    Outside of the loop, rows are loaded before the state, which takes longer,
    and both before all arithmetic; in a CTA of one warp, scalars are, too.

    Test: test/Transforms/gdn-pipeline-tokens.mlir.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

def VerifyTiledPass : Pass<"gdn-verify-tiled"> {
  let summary = "fails unless the loops that have a schedule are in tiled form";
  let description = [{
    The contract between level 2 and level 3: in an `scf.forall` with a
    `gdn.schedule`, tensors are only read by tile loads and scalar extracts,
    and only written by tile stores. Changes nothing.

    Test: test/Transforms/gdn-verify-tiled.mlir.
  }];
}

def SpecializeWarpsPass : Pass<"gdn-specialize-warps"> {
  let summary = "rewrites the rule over a sequence to the roles of a CTA's warps";
  let description = [{
    In a `gpu.launch`, each `gdn.sequence_rule` on memrefs (level 2) becomes the
    program of a CTA for tensor cores (level 3): a `gdn.warp_role` for the warps
    that load, prepare, solve, carry the state and store, which hand chunks of
    16 tokens on through rings in shared memory. The launch asks for as much
    shared memory as they take.

    Operands of the chain are rounded to tf32, those of products of pairs of
    tokens to f16; sums are in f32. Queries, keys and gated keys beyond 65504
    become infinite there. Tokens that a last chunk lacks are zeros, which
    change nothing. Fails with a sentence where shared memory
    cannot hold the rings.

    Test: test/Transforms/gdn-specialize-warps.mlir.
  }];
  let options = [
    Option<"sharedBytes", "shared-bytes", "int64_t", /*default=*/"232448",
           "The most shared memory that a CTA can take">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"
  ];
}

def MapToGpuPass : Pass<"gdn-map-to-gpu"> {
  let summary = "turns the programs of CTAs into launches";
  let description = [{
    After bufferization: an `scf.forall` with a `gdn.schedule` becomes a
    `gpu.launch` of one CTA for each iteration. The grid has one dimension,
    since the others end at 65535; the kernel finds its sequence, head and part
    by division. Views of buffers are computed in the kernel. Other loops stay.

    Test: test/Transforms/gdn-map-to-gpu.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::memref::MemRefDialect"
  ];
}

def StageOnDevicePass : Pass<"gdn-stage-on-device"> {
  let summary = "copies the buffers of launches to the GPU and back";
  let description = [{
    For functions whose tensors live in the host's memory: each buffer that a
    `gpu.launch` captures, or a `gpu.launch_func` is handed, gets a `gpu.alloc`,
    a `gpu.memcpy` before the launch, one after it if the kernel may write the
    buffer, and a `gpu.dealloc`. A buffer with run-time strides is packed first.
    A buffer that is allocated in the block of the launch, and used by nothing
    between, has no contents that could be copied to the GPU.

    A `gpu.memcpy` says in `gdn.direction` where it goes: `to_device` or
    `to_host`.

    Test: test/Transforms/gdn-stage-on-device.mlir.
  }];
  let dependentDialects = [
    "::mlir::gpu::GPUDialect", "::mlir::memref::MemRefDialect"
  ];
}

def VerifyDeviceMemoryPass : Pass<"gdn-verify-device-memory"> {
  let summary = "fails unless tensors in a GPU's memory are left to kernels";
  let description = [{
    The contract of functions that take and fill tensors in the GPU's memory,
    after bufferization: memory that the host allocates and that of the GPU,
    which the arguments of public functions lie in, are strangers to each other.
    Changes nothing.

    Constraints:

    - C1: each buffer that a `gpu.launch` captures, or a `gpu.launch_func` hands
      to its kernel, is an argument of a public function, or a view of one.
    - C2: outside of kernels, nothing reads or writes such an argument, or what
      may be one.

    Test: test/Transforms/gdn-verify-device-memory.mlir.
  }];
}

def FlattenKernelBuffersPass : Pass<"gdn-flatten-kernel-buffers"> {
  let summary = "makes launches capture addresses and sizes, not descriptors";
  let description = [{
    Each memref that a `gpu.launch` captures is rebuilt in its body from a
    memref of rank 0 and the run-time sizes (and offsets and strides, unless it
    is row-major); constants move into it. Kernels then take bare pointers and
    integers. Outline the kernels next: a canonicalization would undo this.

    Test: test/Transforms/gdn-flatten-kernel-buffers.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"
  ];
}

def DecomposePass : Pass<"gdn-decompose"> {
  let summary = "rewrites chunk and layer ops to linalg";
  let description = [{
    Replaces every gdn op that knows a decomposition (`gdn.chunk_*`,
    `gdn.recurrent_step`, `gdn.short_conv`, `gdn.decay_gate`,
    `gdn.gated_rms_norm`) by it: linalg, scf and tensor ops. `gdn.delta_rule`
    stays; run `gdn-chunk` first. Does not change what is rounded where.

    Test: test/Transforms/gdn-decompose.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

def LowerToLoopsPass : Pass<"gdn-lower-to-loops"> {
  let summary = "writes each gdn op's definition as plain loops in f64";
  let description = [{
    Replaces every gdn op of level 1 by its definition: scalar loops on tensors
    with state and sums in f64, rounded once to the result's element type. This
    is the reference that every other lowering is compared with. Relations
    between run-time sizes and `cu_seqlens` become `cf.assert`.

    Test: test/Transforms/gdn-lower-to-loops.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

def WidenResultsPass : Pass<"gdn-widen-results", "::mlir::ModuleOp"> {
  let summary = "returns a reference's f64 values before their last rounding";
  let description = [{
    Where a function that nothing refers to returns the rounding of an f64
    tensor, as `gdn-lower-to-loops` writes it, returns the f64 tensor itself
    and changes the function's type. Other results and functions stay as they
    are.

    Test: test/Transforms/gdn-widen-results.mlir.
  }];
}

def GeneralizePass : Pass<"gdn-generalize"> {
  let summary = "turns every linalg op into linalg.generic";
  let description = [{
    Turns elementwise ops on tensors and named linalg ops (but fills) into
    `linalg.generic` and composite ones (`linalg.softmax`) into several. A
    product with an f16 or bf16 result adds up in f32 and is rounded once, at
    its end: that changes its result, to a more exact one.

    Test: test/Transforms/gdn-generalize.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"
  ];
}

def FuseElementwisePass : Pass<"gdn-fuse-elementwise"> {
  let summary = "merges elementwise ops into the ops that use them";
  let description = [{
    Fuses an elementwise `linalg.generic` into its only user, where the user
    computes every element of it once: nothing is computed twice. A cheap op
    (no `math`, no division) is also fused where the user repeats it, unless
    the user is a product. Results do not change.

    Test: test/Transforms/gdn-fuse-elementwise.mlir.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"
  ];
}

def TileForCpuPass : Pass<"gdn-tile-for-cpu"> {
  let summary = "tiles linalg ops for threads and vector registers";
  let description = [{
    Tiles every linalg op on tensors twice: where it stands outside any
    parallel loop and is large enough, into an `scf.forall` for threads
    (products: 64 rows by about 256 columns, sums in blocks of 256); then into
    tiles of vector registers. Products take 8 rows by 32 columns by 1 step of
    the sum, or 16 steps where the right side is transposed; single rows, 64
    columns by 8 steps. Elementwise ops take up to 64 elements of a row,
    transposes 16 x 16, sums along a row up to 128 terms. Rest loops take
    smaller powers of two if the size is static, single steps if it is dynamic,
    so that every tile has static sizes. A fill of a product's result moves
    into its tasks.

    No size depends on the number of threads, and neither does the order of a
    sum. An op with other indices than plain loops (a convolution) stays.

    Test: test/Transforms/gdn-tile-for-cpu.mlir.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

def VectorizePass : Pass<"gdn-vectorize"> {
  let summary = "vectorizes tiles of static size";
  let description = [{
    Vectorizes every linalg op of static size that `gdn-tile-for-cpu` left,
    folds slices into vector transfers and keeps accumulators of the innermost
    loop in vectors. Ops of dynamic size stay linalg ops and become scalar
    loops later.

    Test: test/Transforms/gdn-vectorize.mlir.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def PruneUnreachablePass : Pass<"gdn-prune-unreachable"> {
  let summary = "drops what follows a check that always fails";
  let description = [{
    Erases what stands behind a `cf.assert` of a constant false in its block,
    up to the terminator: the program ends there. What the terminator needs
    becomes a `tensor.empty`, with size 0 where a size is dynamic, or a constant
    zero. So sizes that disagree, and are known to only after inlining, end the
    program with the sentence of the check; slices that they put out of bounds
    are never built as buffers. A block stays as it is where the terminator
    needs a value of another type.

    Test: test/Transforms/gdn-prune-unreachable.mlir.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"
  ];
}

def MarkEntryPointsPass : Pass<"gdn-mark-entry-points", "::mlir::func::FuncOp"> {
  let summary = "prepares public functions for callers outside the module";
  let description = [{
    Marks the tensor arguments of a public function with a body as not
    writable, so that bufferization copies before it writes, and asks for a C
    interface wrapper. Other functions stay as they are.

    Test: test/Transforms/gdn-mark-entry-points.mlir.
  }];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect", "::mlir::LLVM::LLVMDialect"
  ];
}

def LowerCopiesPass : Pass<"gdn-lower-copies"> {
  let summary = "turns copies of strided memrefs into linalg ops";
  let description = [{
    A `memref.copy` from or to a memref whose layout is not the identity becomes
    a `linalg.copy`, hence loops instead of a call of a library function that
    walks over strides one element at a time. Others stay (memcpy).

    Test: test/Transforms/gdn-lower-copies.mlir.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

def NormalizeSubviewsPass : Pass<"gdn-normalize-subviews"> {
  let summary = "gives subviews the step 1 in dimensions of size 1";
  let description = [{
    A step to no second element means nothing, but `expand-strided-metadata`
    tells by strides which dimensions a `memref.subview` drops, and finds none
    of such a step. Types stay: where the step is part of the type, a
    `memref.reinterpret_cast` restores it.

    Test: test/Transforms/gdn-normalize-subviews.mlir.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def LowerVectorsPass : Pass<"gdn-lower-vectors"> {
  let summary = "lowers vector ops to ops on single registers";
  let description = [{
    Lowers `vector.contract` to a `vector.fma` for each step of the sum, in the
    order of the sum, and reductions, transposes and transfers of more than one
    dimension to ops on vectors of one dimension.

    Test: test/Transforms/gdn-lower-vectors.mlir.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def ExpandGpuMathPass : Pass<"gdn-expand-gpu-math"> {
  let summary = "computes exp by the 2^x of a GPU";
  let description = [{
    Replaces `math.exp` of f32 (scalars and vectors) by `math.exp2`, which a GPU
    has as an instruction, with the digits that `x log2(e)` has beyond f32. It is
    exactly 1 at 0 and exactly 0 at -inf and below -104; errors stay within a
    few ulps for any x. Other functions stay.

    Test: test/Transforms/gdn-expand-gpu-math.mlir.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def ExpandMathPass : Pass<"gdn-expand-math"> {
  let summary = "expands math functions and small floats to plain arithmetic";
  let description = [{
    Replaces `exp`, `expm1`, `log`, `log1p`, `log2`, `tanh` and `erf` of f32
    (scalars and vectors) by polynomials that need no library. `exp` is
    exactly 1 at 0 and exactly 0 at -inf and where it would be subnormal;
    subnormal numbers are scaled before their `log`. Functions of f16 and bf16
    go through f32; those of f64 and all others stay. Roundings from f64 to f16
    and bf16 go through the f32 that keeps them exact, and extensions and
    roundings of bf16 become integer arithmetic, so that no processor needs a
    library call.

    Test: test/Transforms/gdn-expand-math.mlir.
  }];
  let options = [
    Option<"polynomials", "polynomials", "bool", /*default=*/"true",
           "Replace functions by polynomials, not only small floats">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::vector::VectorDialect"
  ];
}

#endif // GDN_TRANSFORMS_PASSES_TD
