// RUN: gdn-opt %s --split-input-file --verify-diagnostics
#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
// C1: an offset for each dimension.
func.func @offsets(%m: memref<2x128xf32>, %i: index) {
  // expected-error @below {{expects 2 offsets, one for each dimension of 'source', but got 1}}
  %0 = gdn.tile_load %m[%i] : memref<2x128xf32> to !gdn.tile<128xf32, #row>
  return
}

// -----
#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
// C2: a load does not convert.
func.func @elements(%m: memref<128xbf16>, %i: index) {
  // expected-error @below {{expects 'tile' to have the element type of 'source' and at most its rank 1}}
  %0 = gdn.tile_load %m[%i] : memref<128xbf16> to !gdn.tile<128xf32, #row>
  return
}

// -----
#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
// C3: the tile is longer than its source.
func.func @bounds(%m: memref<64xf32>, %i: index) {
  // expected-error @below {{expects 'tile' to end within dimension 0 of 'source' = [64], but got [0] + [128]}}
  %0 = gdn.tile_load %m[%i] : memref<64xf32> to !gdn.tile<128xf32, #row>
  return
}

// -----
#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
// C3: it begins too late.
func.func @late(%m: memref<128xf32>, %t: !gdn.tile<128xf32, #row>) {
  %c4 = arith.constant 4 : index
  // expected-error @below {{expects 'tile' to end within dimension 0 of 'dest' = [128], but got [4] + [128]}}
  gdn.tile_store %t, %m[%c4] : !gdn.tile<128xf32, #row>, memref<128xf32>
  return
}

// -----
#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
// C4: a changed tensor is a result.
func.func @result(%m: tensor<128xf32>, %t: !gdn.tile<128xf32, #row>, %i: index) {
  // expected-error @below {{expects a result of the type of 'dest' for a tensor and none for a memref}}
  gdn.tile_store %t, %m[%i] : !gdn.tile<128xf32, #row>, tensor<128xf32>
  return
}

// -----
#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
func.func @splat(%x: f32) {
  // expected-error @below {{expects 'tile' to have elements of 'f32', but got 'bf16'}}
  %0 = gdn.tile_splat %x : f32 to !gdn.tile<128xbf16, #row>
  return
}

// -----
#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
func.func @cast(%x: !gdn.tile<128xf32, #row>) {
  // expected-error @below {{expects 'output' to be 'input' with floats of another width}}
  %0 = gdn.tile_cast %x : !gdn.tile<128xf32, #row> to !gdn.tile<128xf32, #row>
  return
}

// -----
#state = #gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>
// C2: only the slice of a layout lies where its tile lies.
func.func @expand(%x: !gdn.tile<32xf32, #gdn.slice<0, #state>>) {
  // expected-error @below {{expects 'input' to be 'output' without dimension 1}}
  %0 = gdn.tile_expand %x dim 1 : !gdn.tile<32xf32, #gdn.slice<0, #state>> to !gdn.tile<64x32xf32, #state>
  return
}

// -----
#two = #gdn.blocked<per_lane = [4], lanes = [32], warps = [2]>
// C1: lanes of one warp only exchange values.
func.func @sum(%x: !gdn.tile<256xf32, #two>) {
  // expected-error @below {{expects one warp to cover 'input', but got 2}}
  %0 = gdn.tile_sum %x : !gdn.tile<256xf32, #two>
  return
}

// -----
#state = #gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>
// C1: a vector over the rows.
func.func @contract(%v: !gdn.tile<32xf32, #gdn.slice<0, #state>>, %m: !gdn.tile<64x32xf32, #state>) {
  // expected-error @below {{expects 'vector' to be '!gdn.tile<64xf32, #gdn.slice<1,}}
  %0 = gdn.tile_contract %v, %m : !gdn.tile<32xf32, #gdn.slice<0, #state>>, !gdn.tile<64x32xf32, #state>
      -> !gdn.tile<32xf32, #gdn.slice<0, #state>>
  return
}

// -----
// expected-error @below {{expects lanes to multiply to at most 32, but got 64}}
func.func private @lanes(!gdn.tile<256xf32, #gdn.blocked<per_lane = [1, 1], lanes = [32, 2], warps = [1, 1]>>)

// -----
// expected-error @below {{expects per_lane and warps to be 1 to 1024, and lanes to be powers of 2}}
func.func private @large(!gdn.tile<64xf32, #gdn.blocked<per_lane = [4611686018427387904], lanes = [32], warps = [1]>>)

// -----
// expected-error @below {{expects dimension 0 of a tile to be a multiple of 128, but got 64}}
func.func private @short(!gdn.tile<64xf32, #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>>)

// -----
// expected-error @below {{expects key_lanes to be a power of 2 from 1 to 32, but got 3}}
func.func private @three() attributes {s = #gdn.schedule<recurrent, key_lanes = 3, warps = 1>}

// -----
// C15: rows of the state divide over the lanes.
func.func @schedule(%x: tensor<1x1x1x32xf32>) {
  // expected-error @below {{expects V to be a multiple of 64 for #gdn.schedule<recurrent, key_lanes = 2, warps = 1>, but got 32}}
  %o, %s = gdn.delta_rule %x, %x, %x {schedule = #gdn.schedule<recurrent, key_lanes = 2, warps = 1>}
      : (tensor<1x1x1x32xf32>, tensor<1x1x1x32xf32>, tensor<1x1x1x32xf32>) -> (tensor<1x1x1x32xf32>, tensor<1x1x32x32xf32>)
  return
}

// -----

// expected-error @below {{expects stages to be 1 to 8, but got 9}}
func.func private @nine() attributes {s = #gdn.schedule<recurrent, key_lanes = 4, warps = 1, stages = 9>}

// -----

// expected-error @below {{expects min_ctas to be 0 to 16 for 4 warps, but got 17}}
func.func private @many() attributes {s = #gdn.schedule<recurrent, key_lanes = 4, warps = 4, min_ctas = 17>}

// -----

func.func @beyond(%m: memref<4x128xf32>) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  // expected-error @below {{expects 'tile' to end within dimension 0 of 'source' = [4], but got [4] + [1]}}
  %0 = gdn.tile_load %m[%c4, %c0] : memref<4x128xf32> to !gdn.tile<128xf32, #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>>
  return
}

// -----

func.func @deep(%m: memref<2x8x32xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @below {{expects 'tile' to have at most two dimensions, but got}}
  %0 = gdn.tile_load %m[%c0, %c0, %c0] : memref<2x8x32xf32>
      to !gdn.tile<2x8x32xf32, #gdn.blocked<per_lane = [1, 1, 1], lanes = [1, 1, 32], warps = [1, 1, 1]>>
  return
}

// -----

// expected-error @below {{expects idle_shared to be 0 to 232448, but got -1}}
func.func private @less() attributes {s = #gdn.schedule<recurrent, key_lanes = 4, warps = 1, idle_shared = -1>}

// -----

#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
func.func @round_twice(%x: !gdn.tile<128xbf16, #row>) {
  // expected-error @below {{expects tf32 to be made of f32, and into nothing else, but got 'bf16' and 'tf32'}}
  %0 = gdn.tile_cast %x : !gdn.tile<128xbf16, #row> to !gdn.tile<128xtf32, #row>
  return
}
