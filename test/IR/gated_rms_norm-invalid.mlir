// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// C1: heads are static.
func.func @dynamic_heads(%x: tensor<2x8x?x64xf32>, %w: tensor<64xf32>) {
  // expected-error @below {{expects HV of 'input' to be static and at least 1, but got ?}}
  %y = gdn.gated_rms_norm %x, %x, %w
      : (tensor<2x8x?x64xf32>, tensor<2x8x?x64xf32>, tensor<64xf32>) -> tensor<2x8x?x64xf32>
  return
}

// -----

// C1: so are channels: their mean is taken.
func.func @no_channels(%x: tensor<2x8x4x0xf32>, %w: tensor<0xf32>) {
  // expected-error @below {{expects V of 'input' to be static and at least 1, but got 0}}
  %y = gdn.gated_rms_norm %x, %x, %w
      : (tensor<2x8x4x0xf32>, tensor<2x8x4x0xf32>, tensor<0xf32>) -> tensor<2x8x4x0xf32>
  return
}

// -----

// C2: each element has its own gate.
func.func @gate(%x: tensor<2x8x4x64xf32>, %z: tensor<2x8x1x64xf32>, %w: tensor<64xf32>) {
  // expected-error @below {{expects 'gate' to be BxTxHVxV = [2x8x4x64], but got [2x8x1x64]}}
  %y = gdn.gated_rms_norm %x, %z, %w
      : (tensor<2x8x4x64xf32>, tensor<2x8x1x64xf32>, tensor<64xf32>) -> tensor<2x8x4x64xf32>
  return
}

// -----

// C2: the gate is f32 or as precise as the input.
func.func @elements_of_gate(%x: tensor<2x8x4x64xbf16>, %z: tensor<2x8x4x64xf16>, %w: tensor<64xf32>) {
  // expected-error @below {{expects 'gate' to have elements of 'f32' or 'bf16', but got 'f16'}}
  %y = gdn.gated_rms_norm %x, %z, %w
      : (tensor<2x8x4x64xbf16>, tensor<2x8x4x64xf16>, tensor<64xf32>) -> tensor<2x8x4x64xbf16>
  return
}

// -----

// C3: all heads share one weight.
func.func @weight(%x: tensor<2x8x4x64xf32>, %w: tensor<256xf32>) {
  // expected-error @below {{expects 'weight' to be V = [64], but got [256]}}
  %y = gdn.gated_rms_norm %x, %x, %w
      : (tensor<2x8x4x64xf32>, tensor<2x8x4x64xf32>, tensor<256xf32>) -> tensor<2x8x4x64xf32>
  return
}

// -----

// C4: the root is taken of no negative number.
func.func @eps(%x: tensor<2x8x4x64xf32>, %w: tensor<64xf32>) {
  // expected-error @below {{expects 'eps' to be at least 0, but got -1.000000e+00}}
  %y = gdn.gated_rms_norm %x, %x, %w {eps = -1.0 : f32}
      : (tensor<2x8x4x64xf32>, tensor<2x8x4x64xf32>, tensor<64xf32>) -> tensor<2x8x4x64xf32>
  return
}

// -----

// C5: the result is rounded to the input's elements.
func.func @result(%x: tensor<2x8x4x64xbf16>, %w: tensor<64xf32>) {
  // expected-error @below {{expects 'output' to have elements of 'bf16', but got 'f32'}}
  %y = gdn.gated_rms_norm %x, %x, %w
      : (tensor<2x8x4x64xbf16>, tensor<2x8x4x64xbf16>, tensor<64xf32>) -> tensor<2x8x4x64xf32>
  return
}
