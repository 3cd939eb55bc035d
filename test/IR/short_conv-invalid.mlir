// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// C1: channels are static: they become vectors.
func.func @dynamic_channels(%x: tensor<1x8x?xf32>, %w: tensor<64x4xf32>) {
  // expected-error @below {{expects D of 'input' to be static and at least 1, but got ?}}
  %y, %s = gdn.short_conv %x, %w : (tensor<1x8x?xf32>, tensor<64x4xf32>)
      -> (tensor<1x8x?xf32>, tensor<1x3x?xf32>)
  return
}

// -----

// C2: one filter for each channel.
func.func @channels_of_weight(%x: tensor<1x8x64xf32>, %w: tensor<32x4xf32>) {
  // expected-error @below {{expects 'weight' to be DxW = [64x4], but got [32x4]}}
  %y, %s = gdn.short_conv %x, %w : (tensor<1x8x64xf32>, tensor<32x4xf32>)
      -> (tensor<1x8x64xf32>, tensor<1x3x64xf32>)
  return
}

// -----

// C2: only B, T and N are left to the run.
func.func @dynamic_channels_of_weight(%x: tensor<1x8x64xf32>, %w: tensor<?x4xf32>) {
  // expected-error @below {{expects 'weight' to be DxW = [64x4], but got [?x4]}}
  %y, %s = gdn.short_conv %x, %w : (tensor<1x8x64xf32>, tensor<?x4xf32>)
      -> (tensor<1x8x64xf32>, tensor<1x3x64xf32>)
  return
}

// -----

// C2: the filter's width is static.
func.func @dynamic_width(%x: tensor<1x8x64xf32>, %w: tensor<64x?xf32>) {
  // expected-error @below {{expects W of 'weight' to be static and at least 1, but got ?}}
  %y, %s = gdn.short_conv %x, %w : (tensor<1x8x64xf32>, tensor<64x?xf32>)
      -> (tensor<1x8x64xf32>, tensor<1x?x64xf32>)
  return
}

// -----

// C2: a filter of one token carries no state.
func.func @narrow(%x: tensor<1x8x64xf32>, %w: tensor<64x1xf32>) {
  // expected-error @below {{expects W of 'weight' to be 2 to 16, but got 1}}
  %y, %s = gdn.short_conv %x, %w : (tensor<1x8x64xf32>, tensor<64x1xf32>)
      -> (tensor<1x8x64xf32>, tensor<1x0x64xf32>)
  return
}

// -----

// C2: every token of the filter is unrolled.
func.func @wide(%x: tensor<1x8x64xf32>, %w: tensor<64x17xf32>) {
  // expected-error @below {{expects W of 'weight' to be 2 to 16, but got 17}}
  %y, %s = gdn.short_conv %x, %w : (tensor<1x8x64xf32>, tensor<64x17xf32>)
      -> (tensor<1x8x64xf32>, tensor<1x16x64xf32>)
  return
}

// -----

// C3: one bias for each channel.
func.func @bias(%x: tensor<1x8x64xf32>, %w: tensor<64x4xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects 'bias' to be D = [64], but got [4]}}
  %y, %s = gdn.short_conv %x, %w bias(%b)
      : (tensor<1x8x64xf32>, tensor<64x4xf32>, tensor<4xf32>)
      -> (tensor<1x8x64xf32>, tensor<1x3x64xf32>)
  return
}

// -----

// C4: the state holds one token less than the filter is wide.
func.func @state_of_w_tokens(%x: tensor<1x8x64xf32>, %w: tensor<64x4xf32>, %s0: tensor<1x4x64xf32>) {
  // expected-error @below {{expects 'initial_state' to be Nx(W-1)xD = [1x3x64], but got [1x4x64]}}
  %y, %s = gdn.short_conv %x, %w state(%s0)
      : (tensor<1x8x64xf32>, tensor<64x4xf32>, tensor<1x4x64xf32>)
      -> (tensor<1x8x64xf32>, tensor<1x3x64xf32>)
  return
}

// -----

// C4: the state holds inputs as they were.
func.func @elements_of_state(%x: tensor<1x8x64xbf16>, %w: tensor<64x4xf32>, %s0: tensor<1x3x64xf32>) {
  // expected-error @below {{expects 'initial_state' to have elements of 'bf16', but got 'f32'}}
  %y, %s = gdn.short_conv %x, %w state(%s0)
      : (tensor<1x8x64xbf16>, tensor<64x4xf32>, tensor<1x3x64xf32>)
      -> (tensor<1x8x64xbf16>, tensor<1x3x64xbf16>)
  return
}

// -----

// C5: the starts cut one batch entry.
func.func @batch_with_segments(%x: tensor<2x8x64xf32>, %w: tensor<64x4xf32>, %cu: tensor<3xi32>) {
  // expected-error @below {{expects B of 'input' to be 1 with 'cu_seqlens', but got 2}}
  %y, %s = gdn.short_conv %x, %w segments(%cu)
      : (tensor<2x8x64xf32>, tensor<64x4xf32>, tensor<3xi32>)
      -> (tensor<2x8x64xf32>, tensor<2x3x64xf32>)
  return
}

// -----

// C5: even no sequences have an end.
func.func @no_starts(%x: tensor<1x8x64xf32>, %w: tensor<64x4xf32>, %cu: tensor<0xi32>) {
  // expected-error @below {{expects 'cu_seqlens' to have N + 1 >= 1 elements, but got 0}}
  %y, %s = gdn.short_conv %x, %w segments(%cu)
      : (tensor<1x8x64xf32>, tensor<64x4xf32>, tensor<0xi32>)
      -> (tensor<1x8x64xf32>, tensor<0x3x64xf32>)
  return
}

// -----

// C6: a parameter is f32 or as precise as the input.
func.func @elements_of_weight(%x: tensor<1x8x64xbf16>, %w: tensor<64x4xf16>) {
  // expected-error @below {{expects 'weight' to have elements of 'f32' or 'bf16', but got 'f16'}}
  %y, %s = gdn.short_conv %x, %w : (tensor<1x8x64xbf16>, tensor<64x4xf16>)
      -> (tensor<1x8x64xbf16>, tensor<1x3x64xbf16>)
  return
}

// -----

// C7: the output is as long as the input.
func.func @output(%x: tensor<1x8x64xf32>, %w: tensor<64x4xf32>) {
  // expected-error @below {{expects 'output' to be BxTxD = [1x8x64], but got [1x5x64]}}
  %y, %s = gdn.short_conv %x, %w : (tensor<1x8x64xf32>, tensor<64x4xf32>)
      -> (tensor<1x5x64xf32>, tensor<1x3x64xf32>)
  return
}

// -----

// C8: a state for each of the two sequences.
func.func @final_state(%x: tensor<1x8x64xf32>, %w: tensor<64x4xf32>, %cu: tensor<3xi32>) {
  // expected-error @below {{expects 'final_state' to be Nx(W-1)xD = [2x3x64], but got [1x3x64]}}
  %y, %s = gdn.short_conv %x, %w segments(%cu)
      : (tensor<1x8x64xf32>, tensor<64x4xf32>, tensor<3xi32>)
      -> (tensor<1x8x64xf32>, tensor<1x3x64xf32>)
  return
}
