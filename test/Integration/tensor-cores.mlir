// The chunked form on tensor cores against the definition in f64: members, sizes, last chunks that are not full, segments
// (one of them empty), grouped values, values of any size. Operands of the chain are tf32, so the bars are those of tensor
// cores.
// REQUIRES: jit
// RUN: gdn-run %s --target=sim --entry=gdn2 --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=kda --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=gdn --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=forgets --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=linear --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=group --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=huge --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=tiny --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=causal
// RUN: gdn-run %s --target=sim --entry=doubled
// RUN: gdn-run %s --target=sim --entry=anew
// RUN: %if cuda %{ gdn-run %s --target=cuda --entry=gdn2 --compare-with=reference %}
!q = tensor<2x70x1x128xbf16>
!g = tensor<2x70x1x128xf32>
!s = tensor<2x1x128x128xf32>
func.func @gdn2(%q: !q {gdn.init = "normal(0.09)"}, %k: !q {gdn.init = "normal(0.09)"}, %v: !q {gdn.init = "normal(1)"},
                %g: !g {gdn.init = "uniform(-0.5, 0)"}, %b: !q {gdn.init = "uniform(0, 1)"}, %w: !q {gdn.init = "uniform(0, 1)"},
                %s0: !s {gdn.init = "normal(0.1)"}) -> (!q {gdn.rtol = 3.0e-3}, !s {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s0)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 4>}
      : (!q, !q, !q, !g, !q, !q, !s) -> (!q, !s)
  return %o, %s : !q, !s
}

!kq = tensor<1x60x1x64xf16>
!kv = tensor<1x60x2x64xf16>
!kg = tensor<1x60x2x64xf32>
!kb = tensor<1x60x2xf16>
!ks = tensor<3x2x64x64xf32>
func.func @kda(%q: !kq {gdn.init = "normal(0.12)"}, %k: !kq {gdn.init = "normal(0.12)"}, %v: !kv {gdn.init = "normal(1)"},
               %g: !kg {gdn.init = "uniform(-3, 0)"}, %b: !kb {gdn.init = "uniform(0, 1)"})
    -> (!kv {gdn.rtol = 3.0e-3}, !ks {gdn.rtol = 1.0e-3}) {
  %starts = arith.constant dense<[0, 21, 21, 60]> : tensor<4xi32>
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%b) segments(%starts)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 1, stages = 2, prepared = 2>}
      : (!kq, !kq, !kv, !kg, !kb, !kb, tensor<4xi32>) -> (!kv, !ks)
  return %o, %s : !kv, !ks
}

!gq = tensor<1x33x1x128xbf16>
!gg = tensor<1x33x1xf32>
!gs = tensor<1x1x128x128xf32>
func.func @gdn(%q: !gq {gdn.init = "normal(0.09)"}, %k: !gq {gdn.init = "normal(0.09)"}, %v: !gq {gdn.init = "normal(1)"},
               %g: !gg {gdn.init = "uniform(-0.2, 0)"}, %b: !gg {gdn.init = "uniform(0, 1)"},
               %s0: !gs {gdn.init = "normal(0.1)"}) -> (!gq {gdn.rtol = 3.0e-3}, !gs {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%b) state(%s0)
      {schedule = #gdn.chunked_schedule<value_channels = 128, chain_warps = 8, prepare_teams = 2, stages = 4, prepared = 4>}
      : (!gq, !gq, !gq, !gg, !gg, !gg, !gs) -> (!gq, !gs)
  return %o, %s : !gq, !gs
}

// Every decay is -inf: each token starts anew, and nothing of the initial state is left.
func.func @forgets(%q: !gq {gdn.init = "normal(0.09)"}, %k: !gq {gdn.init = "normal(0.09)"},
                   %v: !gq {gdn.init = "normal(1)"}, %s0: !gs {gdn.init = "normal(1)"})
    -> (!gq {gdn.rtol = 3.0e-3}, !gs {gdn.rtol = 1.0e-3}) {
  %g = arith.constant dense<0xFF800000> : !gg
  %b = arith.constant dense<0.5> : !gg
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) state(%s0)
      {schedule = #gdn.chunked_schedule<value_channels = 128, chain_warps = 8, prepare_teams = 2, stages = 4, prepared = 4>}
      : (!gq, !gq, !gq, !gg, !gg, !gs) -> (!gq, !gs)
  return %o, %s : !gq, !gs
}

// No gates at all, an output without a final state.
func.func @linear(%q: !gq {gdn.init = "normal(0.09)"}, %k: !gq {gdn.init = "normal(0.09)"},
                  %v: !gq {gdn.init = "normal(1)"}) -> (!gq {gdn.rtol = 3.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v
      {schedule = #gdn.chunked_schedule<value_channels = 128, chain_warps = 8, prepare_teams = 2, stages = 4, prepared = 4>}
      : (!gq, !gq, !gq) -> (!gq, !gs)
  return %o : !gq
}

// The same products by warpgroups.
func.func @group(%q: !q {gdn.init = "normal(0.09)"}, %k: !q {gdn.init = "normal(0.09)"}, %v: !q {gdn.init = "normal(1)"},
                 %g: !g {gdn.init = "uniform(-0.5, 0)"}, %b: !q {gdn.init = "uniform(0, 1)"}, %w: !q {gdn.init = "uniform(0, 1)"},
                 %s0: !s {gdn.init = "normal(0.1)"}) -> (!q {gdn.rtol = 3.0e-3}, !s {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s0)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 2, prepared = 4, warpgroup = true>}
      : (!q, !q, !q, !g, !q, !q, !s) -> (!q, !s)
  return %o, %s : !q, !s
}

!one = tensor<1x33x1x128xbf16>
!decay = tensor<1x33x1x128xf32>
func.func @huge(%q: !one {gdn.init = "normal(0.09)"}, %k: !one {gdn.init = "normal(0.09)"}, %v: !one {gdn.init = "normal(1e30)"},
                %g: !decay {gdn.init = "uniform(-0.5, 0)"}, %b: !one {gdn.init = "uniform(0, 1)"})
    -> (!one {gdn.rtol = 3.0e-3}, !gs {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 4>}
      : (!one, !one, !one, !decay, !one) -> (!one, !gs)
  return %o, %s : !one, !gs
}

func.func @tiny(%q: !one {gdn.init = "normal(0.09)"}, %k: !one {gdn.init = "normal(0.09)"}, %v: !one {gdn.init = "normal(1e-30)"},
                %g: !decay {gdn.init = "uniform(-0.5, 0)"}, %b: !one {gdn.init = "uniform(0, 1)"})
    -> (!one {gdn.rtol = 3.0e-3}, !gs {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 4>}
      : (!one, !one, !one, !decay, !one) -> (!one, !gs)
  return %o, %s : !one, !gs
}

func.func private @rule(%q: !one, %k: !one, %v: !one, %g: !decay, %b: !one) -> !one {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 4>}
      : (!one, !one, !one, !decay, !one) -> (!one, !gs)
  return %o : !one
}

// Values 2^60 times as large from token 20 on change no bit before it.
func.func @causal(%q: !one {gdn.init = "normal(0.09)"}, %k: !one {gdn.init = "normal(0.09)"}, %v: !one {gdn.init = "normal(1)"},
                  %g: !decay {gdn.init = "uniform(-0.5, 0)"}, %b: !one {gdn.init = "uniform(0, 1)"}) {
  %large = arith.constant 0x5D80 : bf16
  %late = tensor.extract_slice %v[0, 20, 0, 0] [1, 13, 1, 128] [1, 1, 1, 1] : !one to tensor<1x13x1x128xbf16>
  %factor = tensor.splat %large : tensor<1x13x1x128xbf16>
  %scaled = arith.mulf %late, %factor : tensor<1x13x1x128xbf16>
  %changed = tensor.insert_slice %scaled into %v[0, 20, 0, 0] [1, 13, 1, 128] [1, 1, 1, 1] : tensor<1x13x1x128xbf16> into !one
  %o0 = call @rule(%q, %k, %v, %g, %b) : (!one, !one, !one, !decay, !one) -> !one
  %o1 = call @rule(%q, %k, %changed, %g, %b) : (!one, !one, !one, !decay, !one) -> !one
  %e0 = tensor.extract_slice %o0[0, 0, 0, 0] [1, 20, 1, 128] [1, 1, 1, 1] : !one to tensor<1x20x1x128xbf16>
  %e1 = tensor.extract_slice %o1[0, 0, 0, 0] [1, 20, 1, 128] [1, 1, 1, 1] : !one to tensor<1x20x1x128xbf16>
  check.expect_equal %e0, %e1 : tensor<1x20x1x128xbf16>
  return
}

// Twice the values give twice the outputs, bit for bit.
func.func @doubled(%q: !one {gdn.init = "normal(0.09)"}, %k: !one {gdn.init = "normal(0.09)"}, %v: !one {gdn.init = "normal(1)"},
                   %g: !decay {gdn.init = "uniform(-0.5, 0)"}, %b: !one {gdn.init = "uniform(0, 1)"}) {
  %twice = arith.addf %v, %v : !one
  %o0 = call @rule(%q, %k, %v, %g, %b) : (!one, !one, !one, !decay, !one) -> !one
  %o1 = call @rule(%q, %k, %twice, %g, %b) : (!one, !one, !one, !decay, !one) -> !one
  %expected = arith.addf %o0, %o0 : !one
  check.expect_equal %o1, %expected : !one
  return
}

// A decay of -inf at token 21, in the middle of a chunk: values of 1e30 before it do not show behind it.
func.func @anew(%q: !one {gdn.init = "normal(0.09)"}, %k: !one {gdn.init = "normal(0.09)"}, %v: !one {gdn.init = "normal(1)"},
                %g: !decay {gdn.init = "uniform(-0.5, 0)"}, %b: !one {gdn.init = "uniform(0, 1)"}) {
  %forget = arith.constant dense<0xFF800000> : tensor<1x1x1x128xf32>
  %gate = tensor.insert_slice %forget into %g[0, 21, 0, 0] [1, 1, 1, 128] [1, 1, 1, 1] : tensor<1x1x1x128xf32> into !decay
  %large = arith.constant 0x7149 : bf16
  %early = tensor.extract_slice %v[0, 0, 0, 0] [1, 21, 1, 128] [1, 1, 1, 1] : !one to tensor<1x21x1x128xbf16>
  %factor = tensor.splat %large : tensor<1x21x1x128xbf16>
  %scaled = arith.mulf %early, %factor : tensor<1x21x1x128xbf16>
  %changed = tensor.insert_slice %scaled into %v[0, 0, 0, 0] [1, 21, 1, 128] [1, 1, 1, 1] : tensor<1x21x1x128xbf16> into !one
  %o0 = call @rule(%q, %k, %v, %gate, %b) : (!one, !one, !one, !decay, !one) -> !one
  %o1 = call @rule(%q, %k, %changed, %gate, %b) : (!one, !one, !one, !decay, !one) -> !one
  %e0 = tensor.extract_slice %o0[0, 21, 0, 0] [1, 12, 1, 128] [1, 1, 1, 1] : !one to tensor<1x12x1x128xbf16>
  %e1 = tensor.extract_slice %o1[0, 21, 0, 0] [1, 12, 1, 128] [1, 1, 1, 1] : !one to tensor<1x12x1x128xbf16>
  check.expect_equal %e0, %e1 : tensor<1x12x1x128xbf16>
  return
}
