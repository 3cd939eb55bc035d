// Two CTAs prepare chunks for each other: segments of one, no, three and two chunks, by warpgroups and without, K of 64,
// gates for each channel and for each head.
// REQUIRES: jit
// RUN: gdn-run %s --target=sim --entry=segments --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=heads --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=alone --compare-with=reference
!q = tensor<1x70x1x128xbf16>
!v = tensor<1x70x2x128xbf16>
!g = tensor<1x70x2x128xf32>
!s = tensor<4x2x128x128xf32>
!kq = tensor<2x37x1x64xf16>
!kv = tensor<2x37x1x128xf16>
!kg = tensor<2x37x1xf32>
!ks = tensor<2x1x64x128xf32>

func.func @segments(%q: !q {gdn.init = "normal(0.09)"}, %k: !q {gdn.init = "normal(0.09)"},
                    %v: !v {gdn.init = "normal(1)"}, %g: !g {gdn.init = "uniform(-0.5, 0)"},
                    %b: !v {gdn.init = "uniform(0, 1)"}, %w: !v {gdn.init = "uniform(0, 1)"},
                    %s0: !s {gdn.init = "normal(0.1)"}) -> (!v {gdn.rtol = 3.0e-3}, !s {gdn.rtol = 1.0e-3}) {
  %starts = arith.constant dense<[0, 5, 5, 38, 70]> : tensor<5xi32>
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s0) segments(%starts)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 2, prepared = 4, cluster = 2, warpgroup = true>}
      : (!q, !q, !v, !g, !v, !v, !s, tensor<5xi32>) -> (!v, !s)
  return %o, %s : !v, !s
}

func.func @heads(%q: !kq {gdn.init = "normal(0.12)"}, %k: !kq {gdn.init = "normal(0.12)"},
                 %v: !kv {gdn.init = "normal(1)"}, %g: !kg {gdn.init = "uniform(-0.5, 0)"},
                 %b: !kg {gdn.init = "uniform(0, 1)"}) -> (!kv {gdn.rtol = 3.0e-3}, !ks {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%b)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 4, team_warps = 2, cluster = 2>}
      : (!kq, !kq, !kv, !kg, !kg, !kg) -> (!kv, !ks)
  return %o, %s : !kv, !ks
}

// No gates, one team.
func.func @alone(%q: !kq {gdn.init = "normal(0.12)"}, %k: !kq {gdn.init = "normal(0.12)"},
                 %v: !kv {gdn.init = "normal(1)"}) -> (!kv {gdn.rtol = 3.0e-3}, !ks {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v
      {schedule = #gdn.chunked_schedule<value_channels = 32, chain_warps = 2, prepare_teams = 1, stages = 1, prepared = 2, team_warps = 2, cluster = 2>}
      : (!kq, !kq, !kv) -> (!kv, !ks)
  return %o, %s : !kv, !ks
}
