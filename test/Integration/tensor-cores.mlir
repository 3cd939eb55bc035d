// The chunked form on tensor cores against the definition in f64: members, sizes, last chunks that are not full, segments
// (one of them empty), grouped values. Operands of the chain are tf32, so the bars are those of tensor cores.
// REQUIRES: jit
// What is printed of the roles can be read again.
// RUN: gdn-opt %s --gdn-to-gpu=until=specialized | gdn-opt -o /dev/null
// RUN: gdn-run %s --target=sim --entry=gdn2 --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=kda --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=gdn --compare-with=reference
// RUN: %if cuda %{ gdn-run %s --target=cuda --entry=gdn2 --compare-with=reference %}
!q = tensor<2x70x1x128xbf16>
!g = tensor<2x70x1x128xf32>
!s = tensor<2x1x128x128xf32>
!kq = tensor<1x60x1x64xf16>
!kv = tensor<1x60x2x64xf16>
!kg = tensor<1x60x2x64xf32>
!kb = tensor<1x60x2xf16>
!ks = tensor<3x2x64x64xf32>
!gq = tensor<1x33x1x128xbf16>
!gg = tensor<1x33x1xf32>
!gs = tensor<1x1x128x128xf32>

func.func @gdn2(%q: !q {gdn.init = "normal(0.09)"}, %k: !q {gdn.init = "normal(0.09)"}, %v: !q {gdn.init = "normal(1)"},
                %g: !g {gdn.init = "uniform(-0.5, 0)"}, %b: !q {gdn.init = "uniform(0, 1)"}, %w: !q {gdn.init = "uniform(0, 1)"},
                %s0: !s {gdn.init = "normal(0.1)"}) -> (!q {gdn.rtol = 3.0e-3}, !s {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s0)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>}
      : (!q, !q, !q, !g, !q, !q, !s) -> (!q, !s)
  return %o, %s : !q, !s
}

func.func @kda(%q: !kq {gdn.init = "normal(0.12)"}, %k: !kq {gdn.init = "normal(0.12)"}, %v: !kv {gdn.init = "normal(1)"},
               %g: !kg {gdn.init = "uniform(-3, 0)"}, %b: !kb {gdn.init = "uniform(0, 1)"})
    -> (!kv {gdn.rtol = 3.0e-3}, !ks {gdn.rtol = 1.0e-3}) {
  %starts = arith.constant dense<[0, 21, 21, 60]> : tensor<4xi32>
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%b) segments(%starts)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 1, stages = 2, prepared = 2, team_warps = 2>}
      : (!kq, !kq, !kv, !kg, !kb, !kb, tensor<4xi32>) -> (!kv, !ks)
  return %o, %s : !kv, !ks
}

func.func @gdn(%q: !gq {gdn.init = "normal(0.09)"}, %k: !gq {gdn.init = "normal(0.09)"}, %v: !gq {gdn.init = "normal(1)"},
               %g: !gg {gdn.init = "uniform(-0.2, 0)"}, %b: !gg {gdn.init = "uniform(0, 1)"},
               %s0: !gs {gdn.init = "normal(0.1)"}) -> (!gq {gdn.rtol = 3.0e-3}, !gs {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%b) state(%s0)
      {schedule = #gdn.chunked_schedule<value_channels = 128, chain_warps = 8, prepare_teams = 2, stages = 2, prepared = 2>}
      : (!gq, !gq, !gq, !gg, !gg, !gg, !gs) -> (!gq, !gs)
  return %o, %s : !gq, !gs
}
