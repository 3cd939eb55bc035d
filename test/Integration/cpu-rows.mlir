// Elementwise ops, sums along rows and moves of data, against plain loops.
// REQUIRES: jit
// RUN: split-file %s %t
// RUN: gdn-run %t/activations.mlir --entry=activations --tokens=9 --compare-with=reference
// RUN: gdn-run %t/activations.mlir --entry=activations --tokens=300 --compare-with=reference
// RUN: gdn-run %t/softmax.mlir --entry=softmax --tokens=9 --compare-with=reference
// RUN: gdn-run %t/norm.mlir --entry=norm --tokens=9 --compare-with=reference --rtol=1e-3
// RUN: gdn-run %t/moves.mlir --entry=moves --tokens=33 --compare-with=reference --rtol=0
// RUN: gdn-run %t/gather.mlir --entry=gather --tokens=11 --compare-with=reference --rtol=0
// RUN: gdn-run %t/exponentials.mlir --entry=exponentials --compare-with=reference --rtol=0

//--- activations.mlir
func.func @activations(%x: tensor<?x100xf32> {gdn.init = "normal(3)", gdn.token_dim = 0 : i64})
    -> (tensor<?x100xf32>, tensor<?x100xf32>, tensor<?x100xf32>) {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : f32
  %t = tensor.dim %x, %c0 : tensor<?x100xf32>
  %ones = tensor.splat %one[%t] : tensor<?x100xf32>
  %neg = arith.negf %x : tensor<?x100xf32>
  %exp = math.exp %neg : tensor<?x100xf32>
  %den = arith.addf %ones, %exp : tensor<?x100xf32>
  %silu = arith.divf %x, %den : tensor<?x100xf32>
  %softplus = math.log1p %exp : tensor<?x100xf32>
  %tanh = math.tanh %x : tensor<?x100xf32>
  return %silu, %softplus, %tanh : tensor<?x100xf32>, tensor<?x100xf32>, tensor<?x100xf32>
}

//--- softmax.mlir
func.func @softmax(%x: tensor<?x7x77xf32> {gdn.init = "normal(5)", gdn.token_dim = 0 : i64}) -> tensor<?x7x77xf32> {
  %c0 = arith.constant 0 : index
  %t = tensor.dim %x, %c0 : tensor<?x7x77xf32>
  %e = tensor.empty(%t) : tensor<?x7x77xf32>
  %y = linalg.softmax dimension(2) ins(%x : tensor<?x7x77xf32>) outs(%e : tensor<?x7x77xf32>) -> tensor<?x7x77xf32>
  return %y : tensor<?x7x77xf32>
}

//--- norm.mlir
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @norm(%x: tensor<?x300xbf16> {gdn.init = "normal(1)", gdn.token_dim = 0 : i64}) -> tensor<?x300xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %t = tensor.dim %x, %c0 : tensor<?x300xbf16>
  %i = tensor.splat %zero[%t] : tensor<?xf32>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<?x300xbf16>) outs(%i : tensor<?xf32>) {
  ^bb0(%a: bf16, %sum: f32):
    %w = arith.extf %a : bf16 to f32
    %p = arith.mulf %w, %w : f32
    %n = arith.addf %sum, %p : f32
    linalg.yield %n : f32
  } -> tensor<?xf32>
  %e = tensor.empty(%t) : tensor<?x300xbf16>
  %y = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : tensor<?x300xbf16>, tensor<?xf32>) outs(%e : tensor<?x300xbf16>) {
  ^bb0(%a: bf16, %sum: f32, %o: bf16):
    %w = arith.extf %a : bf16 to f32
    %r = math.rsqrt %sum : f32
    %p = arith.mulf %w, %r : f32
    %h = arith.truncf %p : f32 to bf16
    linalg.yield %h : bf16
  } -> tensor<?x300xbf16>
  return %y : tensor<?x300xbf16>
}

//--- moves.mlir
func.func @moves(%x: tensor<?x70xf32> {gdn.init = "normal(1)", gdn.token_dim = 0 : i64})
    -> (tensor<70x?xf32>, tensor<?x75xf32>, tensor<?x140xf32>, tensor<?x10x4xf32>, tensor<?x70xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %t = tensor.dim %x, %c0 : tensor<?x70xf32>
  %e = tensor.empty(%t) : tensor<70x?xf32>
  %transposed = linalg.transpose ins(%x : tensor<?x70xf32>) outs(%e : tensor<70x?xf32>) permutation = [1, 0]
  %padded = tensor.pad %x low[3, 0] high[0, 5] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<?x70xf32> to tensor<?x75xf32>
  %joined = tensor.concat dim(1) %x, %x : (tensor<?x70xf32>, tensor<?x70xf32>) -> tensor<?x140xf32>
  %slice = tensor.extract_slice %x[0, 20] [%t, 40] [1, 1] : tensor<?x70xf32> to tensor<?x40xf32>
  %heads = tensor.expand_shape %slice [[0], [1, 2]] output_shape [%t, 10, 4] : tensor<?x40xf32> into tensor<?x10x4xf32>
  return %transposed, %padded, %joined, %heads, %x
      : tensor<70x?xf32>, tensor<?x75xf32>, tensor<?x140xf32>, tensor<?x10x4xf32>, tensor<?x70xf32>
}

// Rows of a table, as of an embedding.

//--- gather.mlir
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @gather(%table: tensor<12x70xf32> {gdn.init = "normal(1)"},
                  %ids: tensor<?xi32> {gdn.init = "arange", gdn.token_dim = 0 : i64}) -> tensor<?x70xf32> {
  %c0 = arith.constant 0 : index
  %t = tensor.dim %ids, %c0 : tensor<?xi32>
  %e = tensor.empty(%t) : tensor<?x70xf32>
  %y = linalg.generic {indexing_maps = [#row, #all], iterator_types = ["parallel", "parallel"]}
      ins(%ids : tensor<?xi32>) outs(%e : tensor<?x70xf32>) {
  ^bb0(%id: i32, %o: f32):
    %r = arith.index_cast %id : i32 to index
    %j = linalg.index 1 : index
    %v = tensor.extract %table[%r, %j] : tensor<12x70xf32>
    linalg.yield %v : f32
  } -> tensor<?x70xf32>
  return %y : tensor<?x70xf32>
}

// exp(0) is 1 and exp(-inf) is 0, exactly.

//--- exponentials.mlir
func.func @exponentials(%zero: tensor<70xf32> {gdn.init = "zeros"}, %forget: tensor<70xf32> {gdn.init = "constant(-inf)"},
                        %far: tensor<70xf32> {gdn.init = "constant(-200)"})
    -> (tensor<70xf32>, tensor<70xf32>, tensor<70xf32>) {
  %0 = math.exp %zero : tensor<70xf32>
  %1 = math.exp %forget : tensor<70xf32>
  %2 = math.exp %far : tensor<70xf32>
  return %0, %1, %2 : tensor<70xf32>, tensor<70xf32>, tensor<70xf32>
}
