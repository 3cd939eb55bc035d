// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// C1
func.func @key(%q: tensor<?x128xbf16>, %k: tensor<?x64xbf16>, %v: tensor<?x64xbf16>, %o: tensor<?x64xbf16>) {
  // expected-error @below {{expects 'key' to have rows of 128 channels, but got 'tensor<?x64xbf16>'}}
  %0 = gdn.sequence_rule %q, %k, %v outs(%o) {scale = 1.0 : f32, schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>}
      : (tensor<?x128xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
  return
}

// -----

// C4
func.func @state(%q: tensor<?x128xbf16>, %v: tensor<?x64xbf16>, %o: tensor<?x64xbf16>, %s: tensor<64x128xf32>) {
  // expected-error @below {{expects 'initial_state' to be KxV = [128x64] of f32, but got 'tensor<64x128xf32>'}}
  %0 = gdn.sequence_rule %q, %q, %v state(%s) outs(%o) {scale = 1.0 : f32, schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>}
      : (tensor<?x128xbf16>, tensor<?x128xbf16>, tensor<?x64xbf16>, tensor<64x128xf32>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
  return
}

// -----

// C5
func.func @results(%q: tensor<?x128xbf16>, %v: tensor<?x64xbf16>, %o: tensor<?x64xbf16>) {
  // expected-error @below {{expects a result for each of 'output' and 'final_state' that is a tensor}}
  gdn.sequence_rule %q, %q, %v outs(%o) {scale = 1.0 : f32, schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>}
      : (tensor<?x128xbf16>, tensor<?x128xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>) -> ()
  return
}
