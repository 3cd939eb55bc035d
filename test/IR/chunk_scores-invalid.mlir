// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// C1: keys are static.
func.func @scores_dynamic_key(%q: tensor<4x8xf32>, %k: tensor<4x?xf32>) {
  // expected-error @below {{expects 'key' to have static sizes of at least 1, but got 'tensor<4x?xf32>'}}
  %r:2 = gdn.chunk_scores %q, %k
      : (tensor<4x8xf32>, tensor<4x?xf32>)
      -> (tensor<4x4xf32>, tensor<8x4xf32>)
  return
}

// -----

// C1: no channel makes no product.
func.func @scores_no_channels(%q: tensor<4x0xf32>, %k: tensor<4x0xf32>) {
  // expected-error @below {{expects 'key' to have static sizes of at least 1, but got 'tensor<4x0xf32>'}}
  %r:2 = gdn.chunk_scores %q, %k
      : (tensor<4x0xf32>, tensor<4x0xf32>)
      -> (tensor<4x4xf32>, tensor<0x4xf32>)
  return
}

// -----

// C1: queries meet keys channel by channel.
func.func @scores_query(%q: tensor<4x6xf32>, %k: tensor<4x8xf32>) {
  // expected-error @below {{expects 'query' to be CxK = [4x8], but got [4x6]}}
  %r:2 = gdn.chunk_scores %q, %k
      : (tensor<4x6xf32>, tensor<4x8xf32>)
      -> (tensor<4x4xf32>, tensor<8x4xf32>)
  return
}

// -----

// C1: static keys ask for static queries.
func.func @scores_dynamic_query(%q: tensor<?x8xf32>, %k: tensor<4x8xf32>) {
  // expected-error @below {{expects 'query' to be CxK = [4x8], but got [?x8]}}
  %r:2 = gdn.chunk_scores %q, %k
      : (tensor<?x8xf32>, tensor<4x8xf32>)
      -> (tensor<4x4xf32>, tensor<8x4xf32>)
  return
}

// -----

// C1: there is an erase row for each token.
func.func @scores_erase(%q: tensor<4x8xf32>, %k: tensor<4x8xf32>, %e: tensor<3x8xf32>) {
  // expected-error @below {{expects 'erase' to be CxK = [4x8], but got [3x8]}}
  %r:3 = gdn.chunk_scores %q, %k erase(%e)
      : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<3x8xf32>)
      -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<8x4xf32>)
  return
}

// -----

// C2: a decay of rank 1 is per token, not per channel.
func.func @scores_decay_of_channels(%q: tensor<4x8xf32>, %k: tensor<4x8xf32>, %a: tensor<8xf32>) {
  // expected-error @below {{expects 'decay' to be C = [4], but got [8]}}
  %r:2 = gdn.chunk_scores %q, %k decay(%a)
      : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<8xf32>)
      -> (tensor<4x4xf32>, tensor<8x4xf32>)
  return
}

// -----

// C2: a decay of rank 2 is per token and channel.
func.func @scores_decay(%q: tensor<4x8xf32>, %k: tensor<4x8xf32>, %a: tensor<4x4xf32>) {
  // expected-error @below {{expects 'decay' to be CxK = [4x8], but got [4x4]}}
  %r:2 = gdn.chunk_scores %q, %k decay(%a)
      : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x4xf32>)
      -> (tensor<4x4xf32>, tensor<8x4xf32>)
  return
}

// -----

// C3: scores are tokens by tokens.
func.func @scores_result(%q: tensor<4x8xf32>, %k: tensor<4x8xf32>) {
  // expected-error @below {{expects 'scores' to be CxC = [4x4], but got [4x8]}}
  %r:2 = gdn.chunk_scores %q, %k
      : (tensor<4x8xf32>, tensor<4x8xf32>)
      -> (tensor<4x8xf32>, tensor<8x4xf32>)
  return
}

// -----

// C3: so is what is erased.
func.func @scores_erased(%q: tensor<4x8xf32>, %k: tensor<4x8xf32>, %e: tensor<4x8xf32>) {
  // expected-error @below {{expects 'erased' to be CxC = [4x4], but got [8x4]}}
  %r:3 = gdn.chunk_scores %q, %k erase(%e)
      : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>)
      -> (tensor<4x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>)
  return
}

// -----

// C3: the tail is ready for a product: channels by tokens.
func.func @scores_tail(%q: tensor<4x8xf32>, %k: tensor<4x8xf32>) {
  // expected-error @below {{expects 'tail' to be KxC = [8x4], but got [4x8]}}
  %r:2 = gdn.chunk_scores %q, %k
      : (tensor<4x8xf32>, tensor<4x8xf32>)
      -> (tensor<4x4xf32>, tensor<4x8xf32>)
  return
}

// -----

// C3: nothing is erased without an erase gate.
func.func @scores_erased_of_nothing(%q: tensor<4x8xf32>, %k: tensor<4x8xf32>) {
  // expected-error @below {{expects 'erased' exactly when there is 'erase'}}
  %r:3 = gdn.chunk_scores %q, %k
      : (tensor<4x8xf32>, tensor<4x8xf32>)
      -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<8x4xf32>)
  return
}

// -----

// C3: what an erase gate reads is returned.
func.func @scores_erased_missing(%q: tensor<4x8xf32>, %k: tensor<4x8xf32>, %e: tensor<4x8xf32>) {
  // expected-error @below {{expects 'erased' exactly when there is 'erase'}}
  %r:2 = gdn.chunk_scores %q, %k erase(%e)
      : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>)
      -> (tensor<4x4xf32>, tensor<8x4xf32>)
  return
}
