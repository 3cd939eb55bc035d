// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// chunk_scan C1: a chunk has a static number of tokens.
func.func @scan_dynamic_tokens(%a: tensor<?x8xf32>) {
  // expected-error @below {{expects 'input' to have static sizes of at least 1, but got 'tensor<?x8xf32>'}}
  %0 = gdn.chunk_scan %a : tensor<?x8xf32>
  return
}

// -----

// chunk_scan C1: and at least one.
func.func @scan_nothing(%a: tensor<0xf32>) {
  // expected-error @below {{expects 'input' to have static sizes of at least 1, but got 'tensor<0xf32>'}}
  %0 = gdn.chunk_scan %a : tensor<0xf32>
  return
}

// -----

// chunk_solve C1: the right-hand side is static.
func.func @solve_dynamic(%l: tensor<4x4xf32>, %x: tensor<4x?xf32>) {
  // expected-error @below {{expects 'rhs' to have static sizes of at least 1, but got 'tensor<4x?xf32>'}}
  %0 = gdn.chunk_solve %l, %x : tensor<4x4xf32>, tensor<4x?xf32>
  return
}

// -----

// chunk_solve C1: the system is square, of one row for each right-hand row.
func.func @solve_shape(%l: tensor<4x3xf32>, %x: tensor<4x6xf32>) {
  // expected-error @below {{expects 'lower' to be CxC = [4x4], but got [4x3]}}
  %0 = gdn.chunk_solve %l, %x : tensor<4x3xf32>, tensor<4x6xf32>
  return
}

// -----

// chunk_solve C1: and static as well.
func.func @solve_dynamic_lower(%l: tensor<?x4xf32>, %x: tensor<4x6xf32>) {
  // expected-error @below {{expects 'lower' to be CxC = [4x4], but got [?x4]}}
  %0 = gdn.chunk_solve %l, %x : tensor<?x4xf32>, tensor<4x6xf32>
  return
}
