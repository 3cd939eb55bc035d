// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// Chunks are f32: operands are widened once, when they are read.
func.func @elements(%a: tensor<4x8xbf16>) {
  // expected-error @below {{operand #0 must be vector or matrix of f32, without encoding, but got 'tensor<4x8xbf16>'}}
  %0 = gdn.chunk_scan %a : tensor<4x8xbf16>
  return
}

// -----

// A chunk belongs to one head: it has no further dimensions.
func.func @rank(%a: tensor<1x4x8xf32>) {
  // expected-error @below {{operand #0 must be vector or matrix of f32}}
  %0 = gdn.chunk_scan %a : tensor<1x4x8xf32>
  return
}

// -----

// The rank is known.
func.func @unranked(%l: tensor<*xf32>, %x: tensor<4x8xf32>) {
  // expected-error @below {{operand #0 must be matrix of f32}}
  %0 = "gdn.chunk_solve"(%l, %x) : (tensor<*xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

// Chunk ops are on tensors; they are decomposed before there are buffers.
func.func @buffers(%q: memref<4x8xf32>) {
  // expected-error @below {{operand #0 must be matrix of f32}}
  %s, %t = gdn.chunk_scores %q, %q
      : (memref<4x8xf32>, memref<4x8xf32>) -> (memref<4x4xf32>, memref<8x4xf32>)
  return
}

// -----

// A layout in an encoding would be lost.
func.func @encoded(%x: tensor<4x8xf32, "transposed">, %l: tensor<4x4xf32>) {
  // expected-error @below {{operand #1 must be matrix of f32, without encoding}}
  %0 = gdn.chunk_solve %l, %x : tensor<4x4xf32>, tensor<4x8xf32, "transposed">
  return
}

// -----

// The generic form keeps the types of operand and result together.
func.func @scan_result(%a: tensor<4x8xf32>) {
  // expected-error @below {{failed to verify that all of {input, output} have same type}}
  %0 = "gdn.chunk_scan"(%a) : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

// So does a solution those of its right-hand side.
func.func @solve_result(%l: tensor<4x4xf32>, %x: tensor<4x8xf32>) {
  // expected-error @below {{failed to verify that all of {rhs, output} have same type}}
  %0 = "gdn.chunk_solve"(%l, %x) : (tensor<4x4xf32>, tensor<4x8xf32>) -> tensor<4x4xf32>
  return
}
