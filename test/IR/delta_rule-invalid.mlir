// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// C1: the heads are known when the program is built, and there is one.
func.func @no_heads(%q: tensor<2x8x0x16xf32>, %k: tensor<2x8x0x16xf32>, %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{expects H of 'query' to be static and at least 1, but got 0}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x0x16xf32>, tensor<2x8x0x16xf32>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C1: a dynamic head count could not be divided among value heads.
func.func @dynamic_heads(%q: tensor<2x8x?x16xf32>, %k: tensor<2x8x?x16xf32>,
                         %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{expects H of 'query' to be static and at least 1, but got ?}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x?x16xf32>, tensor<2x8x?x16xf32>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C1: the state has a static size, so its key channels are static.
func.func @dynamic_key_channels(%q: tensor<2x8x4x?xf32>, %k: tensor<2x8x4x?xf32>,
                                %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{expects K of 'query' to be static and at least 1, but got ?}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x?xf32>, tensor<2x8x4x?xf32>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C2: a key meets every query channel by channel.
func.func @key_of_other_channels(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x8xf32>,
                                 %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{expects 'key' to be BxTxHxK = [2x8x4x16], but got [2x8x4x8]}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x8xf32>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C2: only B, T and N are left to the run.
func.func @key_of_dynamic_heads(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x?x16xf32>,
                                %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{expects 'key' to be BxTxHxK = [2x8x4x16], but got [2x8x?x16]}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf32>, tensor<2x8x?x16xf32>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C3: a head writes at least one channel.
func.func @no_value_channels(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                             %v: tensor<2x8x8x0xf32>) {
  // expected-error @below {{expects V of 'value' to be static and at least 1, but got 0}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x8x0xf32>)
      -> (tensor<2x8x8x0xf32>, tensor<2x8x16x0xf32>)
  return
}

// -----

// C3: value heads are static.
func.func @dynamic_value_heads(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                               %v: tensor<2x8x?x32xf32>) {
  // expected-error @below {{expects HV of 'value' to be static and at least 1, but got ?}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x?x32xf32>)
      -> (tensor<2x8x?x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C3: there is a value for each token.
func.func @value_of_other_tokens(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                                 %v: tensor<2x7x8x32xf32>) {
  // expected-error @below {{expects 'value' to be BxTxHVxV = [2x8x8x32], but got [2x7x8x32]}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x7x8x32xf32>)
      -> (tensor<2x7x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C4: every key head serves the same number of value heads.
func.func @uneven_groups(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                         %v: tensor<2x8x6x32xf32>) {
  // expected-error @below {{expects HV of 'value' to be a multiple of H = 4, but got 6}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x6x32xf32>)
      -> (tensor<2x8x6x32xf32>, tensor<2x6x16x32xf32>)
  return
}

// -----

// C4: key heads are not shared out among fewer value heads.
func.func @fewer_value_heads(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xf32>,
                             %v: tensor<2x8x2x32xf32>) {
  // expected-error @below {{expects HV of 'value' to be a multiple of H = 4, but got 2}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xf32>, tensor<2x8x2x32xf32>)
      -> (tensor<2x8x2x32xf32>, tensor<2x2x16x32xf32>)
  return
}

// -----

// C5: keys are rounded as queries are.
func.func @key_of_other_elements(%q: tensor<2x8x4x16xf32>, %k: tensor<2x8x4x16xbf16>,
                                 %v: tensor<2x8x8x32xf32>) {
  // expected-error @below {{expects 'key' to have elements of 'f32', but got 'bf16'}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xf32>, tensor<2x8x4x16xbf16>, tensor<2x8x8x32xf32>)
      -> (tensor<2x8x8x32xf32>, tensor<2x8x16x32xf32>)
  return
}

// -----

// C5: values are rounded as queries are.
func.func @value_of_other_elements(%q: tensor<2x8x4x16xbf16>, %k: tensor<2x8x4x16xbf16>,
                                   %v: tensor<2x8x8x32xf16>) {
  // expected-error @below {{expects 'value' to have elements of 'bf16', but got 'f16'}}
  %o, %s = gdn.delta_rule %q, %k, %v
      : (tensor<2x8x4x16xbf16>, tensor<2x8x4x16xbf16>, tensor<2x8x8x32xf16>)
      -> (tensor<2x8x8x32xf16>, tensor<2x8x16x32xf32>)
  return
}
