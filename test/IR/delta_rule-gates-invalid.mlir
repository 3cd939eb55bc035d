// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// C6: a decay has key heads or value heads, nothing between.
func.func @decay_of_other_heads(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                                %v: tensor<2x8x8x32xf32>, %g: tensor<2x8x2xf32>) {
  // expected-error @below {{expects 'decay' to be BxTxH = [2x8x4] or BxTxHV = [2x8x8], but got [2x8x2]}}
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>, tensor<2x8x2xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C6: a rank-4 decay is over key channels, so it ends in K, not in V.
func.func @decay_over_value_channels(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                                     %v: tensor<2x8x8x32xf32>, %g: tensor<2x8x8x32xf32>) {
  // expected-error @below {{expects 'decay' to be BxTxHxK = [2x8x4x16] or BxTxHVxK = [2x8x8x16], but got [2x8x8x32]}}
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C7: a rank-4 erase gate covers key channels, so it ends in K, not in V.
func.func @erase_over_value_channels(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                                     %v: tensor<2x8x8x32xf32>, %b: tensor<2x8x4x32xf32>) {
  // expected-error @below {{expects 'erase' to be BxTxHxK = [2x8x4x16] or BxTxHVxK = [2x8x8x16], but got [2x8x4x32]}}
  %o, %s = gdn.delta_rule %q, %k, %v erase(%b)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>, tensor<2x8x4x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C7: where H and HV agree, the error names one shape.
func.func @erase_of_other_tokens(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                                 %v: tensor<2x8x4x32xf32>, %b: tensor<2x9x4xf32>) {
  // expected-error @below {{expects 'erase' to be BxTxH = [2x8x4], but got [2x9x4]}}
  %o, %s = gdn.delta_rule %q, %k, %v erase(%b)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x4x32xf32>, tensor<2x9x4xf32>)
      -> (tensor<2x8x4x32xf32>, tensor<2x4x16x32xf32>)
  return
}

// -----

// C8: what is written belongs to value heads.
func.func @write_of_key_heads(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                              %v: tensor<2x8x8x32xf32>, %w: tensor<2x8x4xf32>) {
  // expected-error @below {{expects 'write' to be BxTxHV = [2x8x8], but got [2x8x4]}}
  %o, %s = gdn.delta_rule %q, %k, %v write(%w)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>, tensor<2x8x4xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C8: a rank-4 write gate covers value channels, so it ends in V, not in K.
func.func @write_over_key_channels(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                                   %v: tensor<2x8x8x32xf32>, %w: tensor<2x8x8x16xf32>) {
  // expected-error @below {{expects 'write' to be BxTxHVxV = [2x8x8x32], but got [2x8x8x16]}}
  %o, %s = gdn.delta_rule %q, %k, %v write(%w)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>, tensor<2x8x8x16xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C9: a gate may be more precise than the queries, not rounded in another way.
func.func @decay_of_other_elements(%q: tensor<2x8x4x16xbf16>, %k: tensor<2x8x4x16xbf16>,
                                   %v: tensor<2x8x8x32xbf16>, %g: tensor<2x8x4xf16>) {
  // expected-error @below {{expects 'decay' to have elements of 'f32' or 'bf16', but got 'f16'}}
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g)
      : (tensor<2x8x4x16xbf16>, tensor<2x8x4x16xbf16>, tensor<2x8x8x32xbf16>, tensor<2x8x4xf16>)
      -> (tensor<2x8x8x32xbf16>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C9: nor less precise than f32 queries.
func.func @write_of_fewer_bits(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                               %v: tensor<2x8x8x32xf32>, %w: tensor<2x8x8xbf16>) {
  // expected-error @below {{expects 'write' to have elements of 'f32', but got 'bf16'}}
  %o, %s = gdn.delta_rule %q, %k, %v write(%w)
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x32xf32>, tensor<2x8x8xbf16>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}
