// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// C1: heads are static.
func.func @dynamic_heads(%x: tensor<2x8x?xf32>, %a: tensor<4xf32>) {
  // expected-error @below {{expects H of 'input' to be static and at least 1, but got ?}}
  %g = gdn.decay_gate %x, %a : (tensor<2x8x?xf32>, tensor<4xf32>) -> tensor<2x8x?xf32>
  return
}

// -----

// C1: so are channels.
func.func @no_channels(%x: tensor<2x8x4x0xf32>, %a: tensor<4xf32>) {
  // expected-error @below {{expects K of 'input' to be static and at least 1, but got 0}}
  %g = gdn.decay_gate %x, %a : (tensor<2x8x4x0xf32>, tensor<4xf32>) -> tensor<2x8x4x0xf32>
  return
}

// -----

// C2: one rate for each head, not for each channel.
func.func @rates(%x: tensor<2x8x4x64xf32>, %a: tensor<64xf32>) {
  // expected-error @below {{expects 'a_log' to be H = [4], but got [64]}}
  %g = gdn.decay_gate %x, %a : (tensor<2x8x4x64xf32>, tensor<64xf32>) -> tensor<2x8x4x64xf32>
  return
}

// -----

// C3: where the input has channels, so has the bias.
func.func @bias_of_heads(%x: tensor<2x8x4x64xf32>, %a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'dt_bias' to be HxK = [4x64], but got [4]}}
  %g = gdn.decay_gate %x, %a bias(%b)
      : (tensor<2x8x4x64xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x8x4x64xf32>
  return
}

// -----

// C3: where the input has none, neither has the bias.
func.func @bias_of_channels(%x: tensor<2x8x4xf32>, %a: tensor<4xf32>, %b: tensor<4x64xf32>) {
  // expected-error @below {{expects 'dt_bias' to be H = [4], but got [4x64]}}
  %g = gdn.decay_gate %x, %a bias(%b)
      : (tensor<2x8x4xf32>, tensor<4xf32>, tensor<4x64xf32>) -> tensor<2x8x4xf32>
  return
}

// -----

// C4: a bound of 0 would turn the decay off.
func.func @bound(%x: tensor<2x8x4xf32>, %a: tensor<4xf32>) {
  // expected-error @below {{expects 'lower_bound' to be below 0, but got 0.000000e+00}}
  %g = gdn.decay_gate %x, %a {lower_bound = 0.0 : f32}
      : (tensor<2x8x4xf32>, tensor<4xf32>) -> tensor<2x8x4xf32>
  return
}

// -----

// C5: the result is as long as the input.
func.func @result(%x: tensor<2x8x4xf32>, %a: tensor<4xf32>) {
  // expected-error @below {{expects 'output' to be BxTxH = [2x8x4], but got [2x7x4]}}
  %g = gdn.decay_gate %x, %a : (tensor<2x8x4xf32>, tensor<4xf32>) -> tensor<2x7x4xf32>
  return
}
