// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// C10: the state is keys by values, not the other way round.
func.func @transposed_state(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                            %v: tensor<2x8x8x32xf32>, %s0: tensor<2x8x32x16xf32>) {
  // expected-error @below {{expects 'initial_state' to be NxHVxKxV = [2x8x16x32], but got [2x8x32x16]}}
  %o, %s = gdn.delta_rule %q, %k, %v state(%s0)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>, tensor<2x8x32x16xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C10: without segments, every batch entry is a sequence.
func.func @states_of_other_sequences(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                                     %v: tensor<2x8x8x32xf32>, %s0: tensor<3x8x16x32xf32>) {
  // expected-error @below {{expects 'initial_state' to be NxHVxKxV = [2x8x16x32], but got [3x8x16x32]}}
  %o, %s = gdn.delta_rule %q, %k, %v state(%s0)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>, tensor<3x8x16x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C11: segments cut one batch entry.
func.func @segments_of_a_batch(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                               %v: tensor<2x8x8x32xf32>, %cu: tensor<3xi32>) {
  // expected-error @below {{expects B of 'query' to be 1 with 'cu_seqlens', but got 2}}
  %o, %s = gdn.delta_rule %q, %k, %v segments(%cu)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>, tensor<3xi32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C11: even no sequence has a first start.
func.func @no_starts(%q: tensor<1x8x4x16xf32>, %k: tensor<1x8x4x16xf32>, %v: tensor<1x8x8x32xf32>,
                     %cu: tensor<0xi32>) {
  // expected-error @below {{expects 'cu_seqlens' to have N + 1 >= 1 elements, but got 0}}
  %o, %s = gdn.delta_rule %q, %k, %v segments(%cu)
      : (tensor<1x8x4x16xf32>, tensor<1x8x4x16xf32>, tensor<1x8x8x32xf32>, tensor<0xi32>)
      -> (tensor<1x8x8x32xf32>, tensor<0x8x16x32xf32>)
  return
}

// -----

// C12: the output has the shape of the values.
func.func @output_of_key_heads(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                               %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{expects 'output' to be BxTxHVxV = [2x8x8x32], but got [2x8x4x32]}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x4x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C12: the output may not know T better than the values do.
func.func @output_of_guessed_tokens(%q: tensor<2x?x4x16xf32>, %k: tensor<2x?x4x16xf32>,
                                    %v: tensor<2x?x8x32xf32>) {
  // expected-error @below {{expects 'output' to be BxTxHVxV = [2x?x8x32], but got [2x8x8x32]}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x?x4x16xf32>, tensor<2x?x4x16xf32>, tensor<2x?x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C12: the output is rounded as the values are.
func.func @output_of_other_elements(%q: tensor<2x8x4x16xbf16>, %k: tensor<2x8x4x16xbf16>,
                                    %v: tensor<2x8x8x32xbf16>) {
  // expected-error @below {{expects 'output' to have elements of 'bf16', but got 'f32'}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xbf16>, tensor<2x8x4x16xbf16>, tensor<2x8x8x32xbf16>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C13: segments count the states.
func.func @final_states_of_other_sequences(%q: tensor<1x8x4x16xf32>, %k: tensor<1x8x4x16xf32>,
                                           %v: tensor<1x8x8x32xf32>, %cu: tensor<4xi32>) {
  // expected-error @below {{expects 'final_state' to be NxHVxKxV = [3x8x16x32], but got [1x8x16x32]}}
  %o, %s = gdn.delta_rule %q, %k, %v segments(%cu)
      : (tensor<1x8x4x16xf32>, tensor<1x8x4x16xf32>, tensor<1x8x8x32xf32>, tensor<4xi32>)
      -> (tensor<1x8x8x32xf32>, tensor<1x8x16x32xf32>)
  return
}

// -----

// C13: the final state may not know N better than the operands do.
func.func @final_states_of_guessed_sequences(%q: tensor<?x8x4x16xf32>, %k: tensor<?x8x4x16xf32>,
                                             %v: tensor<?x8x8x32xf32>) {
  // expected-error @below {{expects 'final_state' to be NxHVxKxV = [?x8x16x32], but got [2x8x16x32]}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<?x8x4x16xf32>, tensor<?x8x4x16xf32>, tensor<?x8x8x32xf32>)
      -> (tensor<?x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C13: nor worse.
func.func @final_states_forgotten(%q: tensor<?x8x4x16xf32>, %k: tensor<?x8x4x16xf32>,
                                  %v: tensor<?x8x8x32xf32>, %s0: tensor<2x8x16x32xf32>) {
  // expected-error @below {{expects 'final_state' to be NxHVxKxV = [2x8x16x32], but got [?x8x16x32]}}
  %o, %s = gdn.delta_rule %q, %k, %v state(%s0)
      : (tensor<?x8x4x16xf32>, tensor<?x8x4x16xf32>, tensor<?x8x8x32xf32>, tensor<2x8x16x32xf32>)
      -> (tensor<?x8x8x32xf32>, tensor<?x8x16x32xf32>)
  return
}

// -----

// C14: an infinite scale has no reading.
func.func @infinite_scale(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                          %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{expects 'scale' to be finite}}
  %o, %s = gdn.delta_rule %q, %k, %v {scale = 0x7F800000 : f32}
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C14: nor has NaN.
func.func @nan_scale(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>, %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{expects 'scale' to be finite}}
  %o, %s = gdn.delta_rule %q, %k, %v {scale = 0x7FC00000 : f32}
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}
