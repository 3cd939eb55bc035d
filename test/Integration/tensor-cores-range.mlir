// The chunked form on tensor cores with values of any size: its operands have the range of f32.
// REQUIRES: jit
// RUN: gdn-run %s --target=sim --entry=huge --compare-with=reference
// RUN: gdn-run %s --target=sim --entry=tiny --compare-with=reference
!gs = tensor<1x1x128x128xf32>
!one = tensor<1x33x1x128xbf16>
!decay = tensor<1x33x1x128xf32>

func.func @huge(%q: !one {gdn.init = "normal(0.09)"}, %k: !one {gdn.init = "normal(0.09)"}, %v: !one {gdn.init = "normal(1e30)"},
                %g: !decay {gdn.init = "uniform(-0.5, 0)"}, %b: !one {gdn.init = "uniform(0, 1)"})
    -> (!one {gdn.rtol = 3.0e-3}, !gs {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>}
      : (!one, !one, !one, !decay, !one) -> (!one, !gs)
  return %o, %s : !one, !gs
}

func.func @tiny(%q: !one {gdn.init = "normal(0.09)"}, %k: !one {gdn.init = "normal(0.09)"}, %v: !one {gdn.init = "normal(1e-30)"},
                %g: !decay {gdn.init = "uniform(-0.5, 0)"}, %b: !one {gdn.init = "uniform(0, 1)"})
    -> (!one {gdn.rtol = 3.0e-3}, !gs {gdn.rtol = 1.0e-3}) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>}
      : (!one, !one, !one, !decay, !one) -> (!one, !gs)
  return %o, %s : !one, !gs
}
