// REQUIRES: jit
// RUN: gdn-run %s --entry=tokens --tokens=5 | FileCheck %s
// CHECK: result   result0          1x5x2xf32
// RUN: not gdn-run %s --entry=tokens 2>&1 | FileCheck %s --check-prefix=NO-TOKENS
// NO-TOKENS: gdn-run: error: cannot fill argument 'x' of 'tokens': dimension 1 of 1x?x2xf32 is dynamic; use --tokens
// RUN: not gdn-run %s --entry=batch --tokens=5 2>&1 | FileCheck %s --check-prefix=BATCH
// BATCH: gdn-run: error: cannot fill argument 'x' of 'batch': dimension 0 of ?x?x2xf32 is dynamic; use --inputs
// RUN: not gdn-run %s --entry=fixed --tokens=5 2>&1 | FileCheck %s --check-prefix=FIXED
// FIXED: gdn-run: error: expects argument 'x' of 'fixed' to have 5 tokens like --tokens, but it has 4
// RUN: not gdn-run %s --entry=spec 2>&1 | FileCheck %s --check-prefix=SPEC
// SPEC: gdn-run: error: cannot fill argument 'x' of 'spec': {{.*}}sometimes

// Too much for any machine, and for any integer.
// RUN: not gdn-run %s --entry=tokens --tokens=1000000000000 2>&1 | FileCheck %s --check-prefix=MEMORY
// MEMORY: gdn-run: error: cannot fill argument 'x' of 'tokens': arguments of 8000000000000 bytes exceed this machine's memory
// RUN: not gdn-run %s --entry=tokens --tokens=9223372036854775807 2>&1 | FileCheck %s --check-prefix=OVERFLOW
// OVERFLOW: gdn-run: error: cannot fill argument 'x' of 'tokens': {{.*}}9223372036854775807
// RUN: not gdn-run %s --entry=allocates_in_parallel --tokens=300000 --threads=2 2>&1 | FileCheck %s --check-prefix=PARALLEL
// PARALLEL: error: cannot allocate {{[0-9]+}} bytes
// RUN: not gdn-run %s --entry=allocates --tokens=300000 2>&1 | FileCheck %s --check-prefix=ALLOCATES
// ALLOCATES: gdn-run: error: cannot allocate {{[0-9]+}} bytes

func.func @tokens(%x: tensor<1x?x2xf32> {gdn.name = "x", gdn.init = "arange", gdn.token_dim = 1 : i64})
    -> tensor<1x?x2xf32> {
  return %x : tensor<1x?x2xf32>
}

func.func @batch(%x: tensor<?x?x2xf32> {gdn.name = "x", gdn.init = "ones", gdn.token_dim = 1 : i64}) {
  return
}

func.func @fixed(%x: tensor<1x4x2xf32> {gdn.name = "x", gdn.init = "ones", gdn.token_dim = 1 : i64}) {
  return
}

func.func @spec(%x: tensor<2xf32> {gdn.name = "x", gdn.init = "sometimes"}) {
  return
}

func.func @allocates(%x: tensor<?xf32> {gdn.init = "ones", gdn.token_dim = 0 : i64}) -> tensor<?x?x8xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %one = arith.constant 1.0 : f32
  %y = tensor.splat %one[%n, %n] : tensor<?x?x8xf32>
  return %y : tensor<?x?x8xf32>
}

// Also inside a parallel loop, which ends the program.
func.func @allocates_in_parallel(%x: tensor<?xf32> {gdn.init = "ones", gdn.token_dim = 0 : i64}) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %one = arith.constant 1.0 : f32
  %two = arith.constant 2.0 : f32
  %out = tensor.empty() : tensor<4xf32>
  %r = scf.forall (%i) in (4) shared_outs(%o = %out) -> (tensor<4xf32>) {
    %y = tensor.splat %one[%n, %n] : tensor<?x?x8xf32>
    %z = tensor.insert %two into %y[%i, %c0, %c0] : tensor<?x?x8xf32>
    %e = tensor.extract %z[%c0, %i, %c0] : tensor<?x?x8xf32>
    %f = tensor.from_elements %e : tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %f into %o[%i] [1] [1] : tensor<1xf32> into tensor<4xf32>
    }
  }
  return %r : tensor<4xf32>
}
