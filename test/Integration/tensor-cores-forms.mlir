// More of the chunked form on tensor cores against the definition in f64: decays that forget, no gates, warpgroups.
// REQUIRES: jit
// RUN: gdn-run %s --target=sim --entry=forgets --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=linear --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=group --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=narrow --compare-with=reference
!q = tensor<2x70x1x128xbf16>
!g = tensor<2x70x1x128xf32>
!s = tensor<2x1x128x128xf32>
!gq = tensor<1x33x1x128xbf16>
!gg = tensor<1x33x1xf32>
!gs = tensor<1x1x128x128xf32>

// Every decay is -inf: each token starts anew, and nothing of the initial state is left.
func.func @forgets(%q: !gq {gdn.init = "normal(0.09)"}, %k: !gq {gdn.init = "normal(0.09)"},
                   %v: !gq {gdn.init = "normal(1)"}, %s0: !gs {gdn.init = "normal(1)"})
    -> (!gq {gdn.rtol = 3.0e-3}, !gs {gdn.rtol = 1.0e-3}) {
  %g = arith.constant dense<0xFF800000> : !gg
  %b = arith.constant dense<0.5> : !gg
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) state(%s0)
      {schedule = #gdn.chunked_schedule<value_channels = 128, chain_warps = 8, prepare_teams = 2, stages = 2, prepared = 2>}
      : (!gq, !gq, !gq, !gg, !gg, !gs) -> (!gq, !gs)
  return %o, %s : !gq, !gs
}

// No gates at all, an output without a final state.
func.func @linear(%q: !gq {gdn.init = "normal(0.09)"}, %k: !gq {gdn.init = "normal(0.09)"},
                  %v: !gq {gdn.init = "normal(1)"}) -> (!gq {gdn.rtol = 3.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v
      {schedule = #gdn.chunked_schedule<value_channels = 128, chain_warps = 8, prepare_teams = 2, stages = 2, prepared = 2>}
      : (!gq, !gq, !gq) -> (!gq, !gs)
  return %o : !gq
}

// The same products by warpgroups.
func.func @group(%q: !q {gdn.init = "normal(0.09)"}, %k: !q {gdn.init = "normal(0.09)"}, %v: !q {gdn.init = "normal(1)"},
                 %g: !g {gdn.init = "uniform(-0.5, 0)"}, %b: !q {gdn.init = "uniform(0, 1)"}, %w: !q {gdn.init = "uniform(0, 1)"},
                 %s0: !s {gdn.init = "normal(0.1)"}) -> (!q {gdn.rtol = 3.0e-3}, !s {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s0)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2, warpgroup = true>}
      : (!q, !q, !q, !g, !q, !q, !s) -> (!q, !s)
  return %o, %s : !q, !s
}

// Rows of 64 bytes.
func.func @narrow(%q: !gq {gdn.init = "normal(0.09)"}, %k: !gq {gdn.init = "normal(0.09)"},
                  %v: tensor<1x33x1x32xbf16> {gdn.init = "normal(1)"}, %g: !gg {gdn.init = "uniform(-0.5, 0)"})
    -> (tensor<1x33x1x32xbf16> {gdn.rtol = 3.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g)
      {schedule = #gdn.chunked_schedule<value_channels = 32, chain_warps = 2, prepare_teams = 2, stages = 2, prepared = 2>}
      : (!gq, !gq, tensor<1x33x1x32xbf16>, !gg) -> (tensor<1x33x1x32xbf16>, tensor<1x1x128x32xf32>)
  return %o : tensor<1x33x1x32xbf16>
}
