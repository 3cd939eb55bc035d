// Products of sizes that do not divide, against plain loops. 1 row is a matrix
// times a vector, 8 rows are one group, 70 rows are two tasks and a rest.
// REQUIRES: jit
// RUN: split-file %s %t
// RUN: gdn-run %t/narrow.mlir --entry=narrow --tokens=1 --compare-with=reference
// RUN: gdn-run %t/narrow.mlir --entry=narrow --tokens=13 --compare-with=reference
// RUN: gdn-run %t/wide.mlir --entry=wide --tokens=1 --compare-with=reference
// RUN: gdn-run %t/wide.mlir --entry=wide --tokens=8 --compare-with=reference
// RUN: gdn-run %t/wide.mlir --entry=wide --tokens=70 --compare-with=reference
// RUN: gdn-run %t/transposed.mlir --entry=transposed --tokens=1 --compare-with=reference
// RUN: gdn-run %t/transposed.mlir --entry=transposed --tokens=70 --compare-with=reference
// RUN: gdn-run %t/heads.mlir --entry=heads --tokens=21 --compare-with=reference
// RUN: gdn-run %t/batches.mlir --entry=batches --tokens=21 --compare-with=reference
// RUN: gdn-run %t/half.mlir --entry=half --tokens=21 --compare-with=reference

//--- narrow.mlir
func.func @narrow(%x: tensor<?x24xf32> {gdn.init = "normal(1)", gdn.token_dim = 0 : i64},
                  %w: tensor<24x40xf32> {gdn.init = "normal(1)"}, %u: tensor<40x2xf32> {gdn.init = "normal(1)"})
    -> (tensor<?x40xf32>, tensor<?x2xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %t = tensor.dim %x, %c0 : tensor<?x24xf32>
  %e0 = tensor.empty(%t) : tensor<?x40xf32>
  %i0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<?x40xf32>) -> tensor<?x40xf32>
  %y = linalg.matmul ins(%x, %w : tensor<?x24xf32>, tensor<24x40xf32>) outs(%i0 : tensor<?x40xf32>) -> tensor<?x40xf32>
  %e1 = tensor.empty(%t) : tensor<?x2xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<?x2xf32>) -> tensor<?x2xf32>
  %z = linalg.matmul ins(%y, %u : tensor<?x40xf32>, tensor<40x2xf32>) outs(%i1 : tensor<?x2xf32>) -> tensor<?x2xf32>
  return %y, %z : tensor<?x40xf32>, tensor<?x2xf32>
}

// More columns than a task has, and more terms than a block of a sum.

//--- wide.mlir
func.func @wide(%x: tensor<?x300xf32> {gdn.init = "normal(1)", gdn.token_dim = 0 : i64},
                %w: tensor<300x589xf32> {gdn.init = "normal(1)"}) -> tensor<?x589xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %t = tensor.dim %x, %c0 : tensor<?x300xf32>
  %e = tensor.empty(%t) : tensor<?x589xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<?x589xf32>) -> tensor<?x589xf32>
  %y = linalg.matmul ins(%x, %w : tensor<?x300xf32>, tensor<300x589xf32>) outs(%i : tensor<?x589xf32>) -> tensor<?x589xf32>
  return %y : tensor<?x589xf32>
}

//--- transposed.mlir
func.func @transposed(%x: tensor<?x300xf32> {gdn.init = "normal(1)", gdn.token_dim = 0 : i64},
                      %w: tensor<589x300xf32> {gdn.init = "normal(1)"}) -> tensor<?x589xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %t = tensor.dim %x, %c0 : tensor<?x300xf32>
  %e = tensor.empty(%t) : tensor<?x589xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<?x589xf32>) -> tensor<?x589xf32>
  %y = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>,
                                      affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<?x300xf32>, tensor<589x300xf32>) outs(%i : tensor<?x589xf32>) -> tensor<?x589xf32>
  return %y : tensor<?x589xf32>
}

// Attention scores, heads between tokens and channels.

//--- heads.mlir
func.func @heads(%q: tensor<2x?x3x40xf32> {gdn.init = "normal(1)", gdn.token_dim = 1 : i64},
                 %k: tensor<2x?x3x40xf32> {gdn.init = "normal(1)", gdn.token_dim = 1 : i64}) -> tensor<2x3x?x?xf32> {
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %t = tensor.dim %q, %c1 : tensor<2x?x3x40xf32>
  %e = tensor.empty(%t, %t) : tensor<2x3x?x?xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x?x?xf32>) -> tensor<2x3x?x?xf32>
  %s = linalg.generic {
      indexing_maps = [affine_map<(b, h, i, j, d) -> (b, i, h, d)>, affine_map<(b, h, i, j, d) -> (b, j, h, d)>,
                       affine_map<(b, h, i, j, d) -> (b, h, i, j)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x?x3x40xf32>, tensor<2x?x3x40xf32>) outs(%i : tensor<2x3x?x?xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %p = arith.mulf %x, %y : f32
    %n = arith.addf %sum, %p : f32
    linalg.yield %n : f32
  } -> tensor<2x3x?x?xf32>
  return %s : tensor<2x3x?x?xf32>
}

//--- batches.mlir
func.func @batches(%x: tensor<3x?x40xf32> {gdn.init = "normal(1)", gdn.token_dim = 1 : i64},
                   %w: tensor<3x40x24xf32> {gdn.init = "normal(1)"}) -> tensor<3x?x24xf32> {
  %c1 = arith.constant 1 : index
  %one = arith.constant 1.0 : f32
  %t = tensor.dim %x, %c1 : tensor<3x?x40xf32>
  %i = tensor.splat %one[%t] : tensor<3x?x24xf32>
  %y = linalg.batch_matmul ins(%x, %w : tensor<3x?x40xf32>, tensor<3x40x24xf32>) outs(%i : tensor<3x?x24xf32>) -> tensor<3x?x24xf32>
  return %y : tensor<3x?x24xf32>
}

//--- half.mlir
func.func @half(%x: tensor<?x48xbf16> {gdn.init = "normal(1)", gdn.token_dim = 0 : i64},
                %w: tensor<48x72xbf16> {gdn.init = "normal(1)"})
    -> (tensor<?x72xf32>, tensor<?x72xbf16>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %bzero = arith.constant 0.0 : bf16
  %t = tensor.dim %x, %c0 : tensor<?x48xbf16>
  %i = tensor.splat %zero[%t] : tensor<?x72xf32>
  %y = linalg.matmul ins(%x, %w : tensor<?x48xbf16>, tensor<48x72xbf16>) outs(%i : tensor<?x72xf32>) -> tensor<?x72xf32>
  %j = tensor.splat %bzero[%t] : tensor<?x72xbf16>
  %z = linalg.matmul ins(%x, %w : tensor<?x48xbf16>, tensor<48x72xbf16>) outs(%j : tensor<?x72xbf16>) -> tensor<?x72xbf16>
  return %y, %z : tensor<?x72xf32>, tensor<?x72xbf16>
}
