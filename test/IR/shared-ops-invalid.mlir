// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{expects a swizzle of 32, 64 or 128 bytes, but got 16}}
func.func private @swizzle(!gdn.shared<16x128xbf16, swizzle = 16>)

// -----

// expected-error @below {{expects rows of a multiple of 128 bytes, 8 by 8, for a swizzle of as many}}
func.func private @short_rows(!gdn.shared<16x16xbf16, swizzle = 128>)

// -----

// expected-error @below {{expects at least one of stages and 1 to 1024 arrivals, but got 0 and 2}}
func.func private @no_stage(!gdn.event<stages = 0, arrivals = 2>)

// -----

// expected-error @below {{expects warps to be powers of 2 up to 32}}
func.func private @three_warps(!gdn.tile<48x8xf32, #gdn.mma<warps = [3, 1]>>)

// -----

// expected-error @below {{expects dimension 0 of a tile to be a multiple of 32, but got 16}}
func.func private @few_rows(!gdn.tile<16x8xf32, #gdn.mma<warps = [4, 1]>>)

// -----

// Teams wait for phases by parity: with three stages the second of two teams would miss one.
// expected-error @below {{expects stages to be 1 to 8 and a multiple of the 2 teams that take turns, but got 3}}
func.func private @turns() attributes {s = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 3, prepared = 4>}

// -----

// expected-error @below {{expects value_channels to be a multiple of 128 up to 128, but got 64}}
func.func private @rows() attributes {s = #gdn.chunked_schedule<value_channels = 64, chain_warps = 8, prepare_teams = 2, stages = 4, prepared = 4>}

// -----

func.func @role() {
  // expected-error @below {{expects at least one team of at least one warp, all below warp 32, but got 2 of 4 from 30 on}}
  gdn.warp_role "late" first 30 teams 2 team_warps 4 {
  ^bb0(%team: index):
  }
  return
}

// -----

func.func @offset() {
  // expected-error @below {{expects the offset to be a multiple of 1024, but got 512}}
  %0 = gdn.shared_alloc at 512 : !gdn.shared<16x64xbf16, swizzle = 128>
  return
}

// -----

func.func @copy(%m: memref<?x64xbf16>, %s: !gdn.shared<2x16x128xbf16>, %i: index) {
  // expected-error @below {{expects contiguous rows of 128 elements, a multiple of 16 bytes, but got 'memref<?x64xbf16>'}}
  gdn.copy_in %m[%i] valid %i to %s[%i] : memref<?x64xbf16> to !gdn.shared<2x16x128xbf16>
  return
}

// -----

func.func @load(%s: !gdn.shared<2x16x128xbf16>, %i: index) {
  // expected-error @below {{expects 3 offsets, one for each dimension of 'source', but got 2}}
  %0 = gdn.shared_load %s[%i, %i] : !gdn.shared<2x16x128xbf16> to !gdn.tile<16x128xbf16, #gdn.mma<warps = [1, 1]>>
  return
}

// -----

// Factors must be of the same type.
func.func @mixed(%a: !gdn.tile<16x16xf16, #gdn.mma<warps = [1, 1]>>, %b: !gdn.shared<8x16xbf16>,
                 %c: !gdn.tile<16x8xf32, #gdn.mma<warps = [1, 1]>>, %i: index) {
  // expected-error @below {{expects factors of f16 or of bf16 and sums of f32, but got 'f16', 'bf16' and 'f32'}}
  %0 = gdn.tile_mma %a, %b[%i, %i], %c : !gdn.tile<16x16xf16, #gdn.mma<warps = [1, 1]>>, !gdn.shared<8x16xbf16>,
      !gdn.tile<16x8xf32, #gdn.mma<warps = [1, 1]>>
  return
}

// -----

#lanes = #gdn.blocked<per_lane = [1, 4], lanes = [1, 32], warps = [16, 1]>
func.func @scan(%a: !gdn.tile<16x128xf32, #lanes>) {
  // expected-error @below {{expects each thread to hold all rows of its columns of 'input'}}
  %0 = gdn.tile_scan %a : !gdn.tile<16x128xf32, #lanes>
  return
}

// -----

#rows = #gdn.blocked<per_lane = [16, 2], lanes = [1, 32], warps = [1, 2]>
func.func @pairs(%a: !gdn.tile<16x128xf32, #rows>) {
  // expected-error @below {{expects 'half' to be at least 1 and twice of it to divide 16 rows, but got 3}}
  %0 = gdn.tile_pair_factors %a half 3 : !gdn.tile<16x128xf32, #rows>
  return
}
