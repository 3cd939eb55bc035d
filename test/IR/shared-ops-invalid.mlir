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

// expected-error @below {{expects dimension 0 of a tile to be a multiple of 64, but got 16}}
func.func private @few_rows(!gdn.tile<16x8xf32, #gdn.mma<warps = [4, 1]>>)

// -----

// Teams wait for phases by parity: with three stages the second of two teams would miss one.
// expected-error @below {{expects stages and prepared to be 1 to 8 and multiples of the 2 teams that take turns, but got 3 and 4}}
func.func private @turns() attributes {s = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 3, prepared = 4>}

// -----

// expected-error @below {{expects value_channels to be a multiple of 128 up to 128, but got 64}}
func.func private @rows() attributes {s = #gdn.chunked_schedule<value_channels = 64, chain_warps = 8, prepare_teams = 2, stages = 4, prepared = 2>}

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

// expected-error @below {{expects 4 or 8 chain_warps of 16 value channels for a warpgroup, but got 2 for 64}}
func.func private @group() attributes {s = #gdn.chunked_schedule<value_channels = 64, chain_warps = 2, prepare_teams = 2, stages = 4, prepared = 2, warpgroup = true>}

// -----

// expected-error @below {{expects elements of tf32 in cores and nowhere else}}
func.func private @rounded(!gdn.shared<16x16xtf32>)

// -----

// expected-error @below {{expects cores to be two multiples of 16 from 128 on, and no swizzle with them}}
func.func private @overlap(!gdn.shared<16x16xtf32, cores = [64, 128]>)

// -----

// expected-error @below {{expects rows by 8 and columns by 16 for cores, but got 16 and 8}}
func.func private @narrow(!gdn.shared<16x8xtf32, cores = [128, 256]>)

// -----

// expected-error @below {{expects a multiple of 8 columns, no swizzle and no cores where columns are interleaved}}
func.func private @twelve(!gdn.shared<2x12xf32, interleaved>)

// -----

// expected-error @below {{expects a pitch to be a multiple of 16 bytes and as long as a row, and no swizzle and no cores with it}}
func.func private @short_pitch(!gdn.shared<16x128xbf16, pitch = 240>)

// -----

// expected-error @below {{expects two dimensions or more for a swizzle, a pitch or cores}}
func.func private @no_rows(!gdn.shared<128xbf16, pitch = 272>)

// -----

func.func @half_group() {
  // expected-error @below {{expects a multiple of 8 from 24 to 256 registers for whole warpgroups, but got 56 for 2 warps from 4 on}}
  gdn.warp_role "half" first 4 teams 1 team_warps 2 registers 56 {
  ^bb0(%team: index):
  }
  return
}

// -----

// Factors must be of tf32, and the second one in core matrices.
func.func @mixed(%a: !gdn.tile<16x16xf16, #gdn.mma<warps = [1, 1]>>, %b: !gdn.shared<8x16xf32>,
                 %c: !gdn.tile<16x8xf32, #gdn.mma<warps = [1, 1]>>, %i: index) {
  // expected-error @below {{expects factors of tf32, the second one in cores, and sums of f32, but got 'f16'}}
  %0 = gdn.tile_mma %a, %b[%i, %i], %c : !gdn.tile<16x16xf16, #gdn.mma<warps = [1, 1]>>, !gdn.shared<8x16xf32>,
      !gdn.tile<16x8xf32, #gdn.mma<warps = [1, 1]>>
  return
}

// -----

#two = #gdn.mma<warps = [2, 1]>
func.func @two_warps(%a: !gdn.tile<32x16xf32, #two>, %b: !gdn.shared<8x16xtf32, cores = [128, 128]>,
                     %c: !gdn.tile<32x8xf32, #two>, %i: index) {
  // expected-error @below {{expects 16 rows in each of four warps, or of a multiple of four, and at most 256 columns for a warpgroup, but got}}
  %0 = gdn.tile_mma %a, %b[%i, %i], %c warpgroup : !gdn.tile<32x16xf32, #two>,
      !gdn.shared<8x16xtf32, cores = [128, 128]>, !gdn.tile<32x8xf32, #two>
  return
}

// -----

#chain = #gdn.mma<warps = [4, 1]>
func.func @columns(%a: !gdn.tile<64x16xf32, #chain>) {
  // expected-error @below {{expects a multiple of 8 as the first of 16 columns, but got 8}}
  %0 = gdn.tile_columns %a from 8 : !gdn.tile<64x16xf32, #chain> to !gdn.tile<64x16xf32, #chain>
  return
}

// -----

#chain = #gdn.mma<warps = [4, 1]>
func.func @join(%a: !gdn.tile<64x16xf32, #chain>) {
  // expected-error @below {{expects tiles of the same rows, elements and #gdn.mma layout, with warps along the rows alone, and their columns in the output, but got}}
  %0 = gdn.tile_join %a, %a : !gdn.tile<64x16xf32, #chain>, !gdn.tile<64x16xf32, #chain> to !gdn.tile<64x24xf32, #chain>
  return
}

// -----

#tokens = #gdn.factor<warps = 4>
func.func @three(%a: !gdn.tile<8x128xf32, #tokens>) {
  // expected-error @below {{expects blocks of 1, 2 or 4 rows, but got 3}}
  %0 = gdn.tile_swap_blocks %a blocks 3 : !gdn.tile<8x128xf32, #tokens>
  return
}

// -----

#mma = #gdn.mma<warps = [1, 1]>
func.func @decay_sums(%a: !gdn.tile<16x8xf32, #mma>) {
  // expected-error @below {{expects f32 in a #gdn.factor layout, but got}}
  %0 = gdn.tile_decay_half %a by %a blocks 4 : !gdn.tile<16x8xf32, #mma>
  return
}

// -----

#tokens = #gdn.factor<warps = 4>
func.func @narrow_decay(%a: !gdn.tile<8x128xf16, #tokens>) {
  // expected-error @below {{expects f32 in a #gdn.factor layout, but got}}
  %0 = gdn.tile_swap_blocks %a blocks 1 : !gdn.tile<8x128xf16, #tokens>
  return
}

// -----

#tokens = #gdn.factor<warps = 4>
func.func @column(%a: !gdn.tile<8x128xf32, #tokens>) {
  // expected-error @below {{expects rows, and one of them in their layout less its rows, but got}}
  %0 = gdn.tile_common_row %a : !gdn.tile<8x128xf32, #tokens> to !gdn.tile<8xf32, #gdn.slice<1, #tokens>>
  return
}

// -----

#tokens = #gdn.factor<warps = 4>
func.func @columns_differ(%a: !gdn.tile<8x128xbf16, #tokens>, %b: !gdn.tile<8x256xbf16, #tokens>) {
  // expected-error @below {{expects one or two left factors of the type of the right one, but got}}
  %0 = gdn.tile_pair_mma %a with %b
      : (!gdn.tile<8x128xbf16, #tokens>, !gdn.tile<8x256xbf16, #tokens>) -> !gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>>
  return
}

// -----

#tokens = #gdn.factor<warps = 4>
func.func @many_rows(%a: !gdn.tile<16x128xbf16, #tokens>) {
  // expected-error @below {{expects 8 rows of f16 or of bf16 in a #gdn.factor layout, but got}}
  %0 = gdn.tile_pair_mma %a with %a
      : (!gdn.tile<16x128xbf16, #tokens>, !gdn.tile<16x128xbf16, #tokens>) -> !gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>>
  return
}

// -----

#tokens = #gdn.factor<warps = 4>
func.func @other_warps(%a: !gdn.tile<8x128xbf16, #tokens>) {
  // expected-error @below {{expects '!gdn.tile<4x8x8xf32, #gdn.pairs<warps = 4>>' for each left factor, but got}}
  %0 = gdn.tile_pair_mma %a with %a
      : (!gdn.tile<8x128xbf16, #tokens>, !gdn.tile<8x128xbf16, #tokens>) -> !gdn.tile<2x8x8xf32, #gdn.pairs<warps = 2>>
  return
}

// -----

#pairs = #gdn.pairs<warps = 1>
func.func @select_eight(%a: !gdn.tile<1x8x8xf32, #pairs>) {
  // expected-error @below {{expects blocks of 0, 1, 2 or 4 rows, but got 8}}
  %0 = gdn.tile_select_pairs %a, %a blocks 8 : !gdn.tile<1x8x8xf32, #pairs>
  return
}

// -----

#pairs = #gdn.pairs<warps = 1>
func.func @select_many(%a: !gdn.tile<1x16x8xf32, #pairs>) {
  // expected-error @below {{expects 8 x 8 pairs for each warp in a #gdn.pairs layout, but got}}
  %0 = gdn.tile_select_pairs %a, %a blocks 4 : !gdn.tile<1x16x8xf32, #pairs>
  return
}

// -----

// expected-error @below {{expects a matrix for each of 4 warps, but got 2}}
func.func private @few_matrices(!gdn.tile<2x8x8xf32, #gdn.pairs<warps = 4>>)

// -----

// expected-error @below {{expects dimension 1 of a tile to be a multiple of 128, but got 64}}
func.func private @few_columns(!gdn.tile<8x64xf32, #gdn.factor<warps = 4>>)

// -----

// expected-error @below {{expects warps to be a power of 2 up to 32, but got 3}}
func.func private @three_warps(!gdn.tile<8x96xf32, #gdn.factor<warps = 3>>)

// -----

func.func @copies_there(%e: !gdn.event<stages = 2, arrivals = 1>, %i: index) {
  // expected-error @below {{expects copies to complete in the CTA that issues them, but got a rank}}
  gdn.event_arrive %e[%i] copies at %i : !gdn.event<stages = 2, arrivals = 1>
  return
}

// -----

func.func @odd_place(%s: !gdn.shared<2x3xf32>, %e: !gdn.event<stages = 2, arrivals = 1>, %i: index) {
  // expected-error @below {{expects places of a multiple of 16 bytes in two or three dimensions, but got}}
  gdn.shared_send %s [%i] to %i, %e[%i] : !gdn.shared<2x3xf32> to !gdn.event<stages = 2, arrivals = 1>
  return
}

// -----

// expected-error @below {{expects cluster to be 1 or 2, but got 4}}
func.func private @clusters() attributes {s = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 2, prepared = 4, cluster = 4>}

// -----

// expected-error @below {{expects stages and prepared to be 1 to 8 and multiples of the 2 teams that take turns in each CTA, but got 2 and 2}}
func.func private @places() attributes {s = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 2, prepared = 2, cluster = 2>}

// -----

// expected-error @below {{expects team_warps to be 1, 2 or 4, but got 3}}
func.func private @warps() attributes {s = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 2, prepared = 2, team_warps = 3>}

// -----

llvm.func @nine(%a: vector<8xi32>, %b: !llvm.ptr<3>, %c: vector<9xf32>) {
  // expected-error @below {{expects sums of up to 256 columns, 8 by 8, and four registers for each 8 columns of 'lhs', but got}}
  %0 = gdn.ptx_wgmma %a, %b, %c stride 144 leading 288 : vector<8xi32>, !llvm.ptr<3>, vector<9xf32>
  llvm.return
}

// -----

llvm.func @steps(%a: vector<8xi32>, %b: !llvm.ptr<3>, %c: vector<8xf32>) {
  // expected-error @below {{expects 'stride' and 'leading' to be multiples of 16 below 256 KiB, but got 100 and 288}}
  %0 = gdn.ptx_wgmma %a, %b, %c stride 100 leading 288 : vector<8xi32>, !llvm.ptr<3>, vector<8xf32>
  llvm.return
}

// -----

#one = #gdn.mma<warps = [1, 1]>
func.func @place(%a: !gdn.tile<16x16xf32, #one>, %b: !gdn.shared<2x16x16xtf32, cores = [144, 288]>,
                 %c: !gdn.tile<16x8xf32, #one>) {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  // expected-error @below {{expects a multiple of 8 as the offset in dimension 1 of 'rhs' = [16], with 8 elements behind it, but got 3}}
  %0 = gdn.tile_mma %a, %b[%c0, %c3, %c0], %c
      : !gdn.tile<16x16xf32, #one>, !gdn.shared<2x16x16xtf32, cores = [144, 288]>, !gdn.tile<16x8xf32, #one>
  return
}

// -----

// A warp's second block of 8 rows comes before the next warp's first one.
// expected-error @below {{expects dimension 0 of a tile to be a multiple of 32, but got 16}}
func.func private @half_a_warp(!gdn.tile<16x8xf32, #gdn.mma<warps = [2, 1]>>)

// -----

func.func @nested() {
  gdn.warp_role "outer" first 0 teams 1 team_warps 2 {
  ^bb0(%team: index):
    // expected-error @below {{expects its warps among those of the role around it, but got 1 from 8 on}}
    gdn.warp_role "inner" first 8 teams 1 team_warps 1 {
    ^bb0(%inner: index):
    }
  }
  return
}

// -----

#columns = #gdn.blocked<per_lane = [3, 1], lanes = [2, 16], warps = [1, 1]>
func.func @six_rows(%t: !gdn.shared<2x6x16xf32>, %i: index) {
  // expected-error @below {{expects a square matrix of f32 and stages of its size, of a multiple of 4 rows that begin at multiples of 16 bytes, but got}}
  %0 = gdn.tile_unit_inverse %t[%i] : !gdn.shared<2x6x16xf32> to !gdn.tile<6x16xf32, #columns>
  return
}

// -----

func.func @scalars(%m: memref<?xbf16>, %i: index) {
  // expected-error @below {{expects 'tile' to have rank 1 and the element type of 'source', but got}}
  %0 = gdn.load_scalars %m[%i] valid %i
      : memref<?xbf16> to !gdn.tile<16xf32, #gdn.slice<0, #gdn.blocked<per_lane = [1, 1], lanes = [2, 16], warps = [1, 1]>>>
  return
}

// -----

#halves = #gdn.blocked<per_lane = [8, 1], lanes = [1, 16], warps = [1, 1]>
func.func @inverse(%t: !gdn.shared<2x16x16xf32>, %i: index) {
  // expected-error @below {{expects the rows of 'output' side by side in the lanes of one warp, but got}}
  %0 = gdn.tile_unit_inverse %t[%i] : !gdn.shared<2x16x16xf32> to !gdn.tile<16x16xf32, #halves>
  return
}
