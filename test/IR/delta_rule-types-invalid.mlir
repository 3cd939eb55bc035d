// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// Operands are tensors of four dimensions, not buffers.
func.func @buffers(%q: memref<2x8x4x16xf32>, %k: memref<2x8x4x16xf32>, %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{operand #0 must be tensor of B x T x heads x channels, of f32, f16 or bf16, without encoding, but got 'memref<2x8x4x16xf32>'}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (memref<2x8x4x16xf32>, memref<2x8x4x16xf32>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// A layout in an encoding would be lost.
func.func @encoded(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>, %v: tensor<2x8x8x32xf32,
                   "transposed">) {
  // expected-error @below {{operand #2 must be tensor of B x T x heads x channels, of f32, f16 or bf16, without encoding}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32, "transposed">)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// States are f32.
func.func @state_of_few_bits(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                             %v: tensor<2x8x8x32xf32>, %s0: tensor<2x8x16x32xbf16>) {
  // expected-error @below {{operand #3 must be tensor of N x HV x K x V, of f32}}
  %o, %s = gdn.delta_rule %q, %k, %v state(%s0)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>, tensor<2x8x16x32xbf16>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// F64 is for the reference alone.
func.func @f64(%q: tensor<2x8x4x16xf64>, %k: tensor<2x8x4x16xf64>, %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{operand #0 must be tensor of B x T x heads x channels, of f32, f16 or bf16}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf64>, tensor<2x8x4x16xf64>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// Starts are signless integers of a known width.
func.func @starts_of_index(%q: tensor<1x8x4x16xf32>, %k: tensor<1x8x4x16xf32>,
                           %v: tensor<1x8x8x32xf32>, %cu: tensor<2xindex>) {
  // expected-error @below {{operand #3 must be tensor of N+1 sequence starts, of i32 or i64}}
  %o, %s = gdn.delta_rule %q, %k, %v segments(%cu)
      : (tensor<1x8x4x16xf32>, tensor<1x8x4x16xf32>, tensor<1x8x8x32xf32>, tensor<2xindex>)
      -> (tensor<1x8x8x32xf32>, tensor<1x8x16x32xf32>)
  return
}
