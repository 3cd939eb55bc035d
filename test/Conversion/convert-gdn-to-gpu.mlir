// RUN: gdn-opt %s --convert-gdn-to-gpu --canonicalize --cse --split-input-file --verify-diagnostics | FileCheck %s
#state = #gdn.blocked<per_lane = [8, 4], lanes = [4, 8], warps = [1, 1]>
#key = #gdn.slice<1, #state>
#value = #gdn.slice<0, #state>

// 16-byte accesses where strides show that they are aligned. The lanes that share a column do not all store a row.
// CHECK-LABEL: func @memory
// CHECK-COUNT-16: vector.load {{.*}} {alignment = 16 : i64} : memref<?x64x32xf32>, vector<4xf32>
// CHECK-COUNT-2:  vector.load {{.*}} {alignment = 16 : i64} : memref<?x64xbf16>, vector<8xbf16>
// CHECK:          vector.load {{.*}} {alignment = 4 : i64} : memref<?x33xf32>, vector<4xf32>
// CHECK:          %[[FIRST:.*]] = arith.cmpi eq
// CHECK:          scf.if %[[FIRST]]
// CHECK-NEXT:       vector.store
// CHECK-NOT:        vector.store
func.func @memory(%s: memref<?x64x32xf32>, %k: memref<?x64xbf16>, %v: memref<?x33xf32>, %n: index)
    -> (!gdn.tile<64x32xf32, #state>, !gdn.tile<64xbf16, #key>) {
  %c0 = arith.constant 0 : index
  %0 = gdn.tile_load %s[%n, %c0, %c0] : memref<?x64x32xf32> to !gdn.tile<64x32xf32, #state>
  %1 = gdn.tile_load %k[%n, %c0] : memref<?x64xbf16> to !gdn.tile<64xbf16, #key>
  %2 = gdn.tile_load %v[%n, %c0] : memref<?x33xf32> to !gdn.tile<32xf32, #value>
  gdn.tile_store %2, %v[%n, %c0] : !gdn.tile<32xf32, #value>, memref<?x33xf32>
  return %0, %1 : !gdn.tile<64x32xf32, #state>, !gdn.tile<64xbf16, #key>
}

// Fused multiply-adds in a thread, then a butterfly over the four lanes of a column.
// CHECK-LABEL: func @contract
// CHECK-COUNT-16: vector.fma
// CHECK-COUNT-8:  gpu.shuffle xor
// CHECK-NOT:      gpu.shuffle
func.func @contract(%k: !gdn.tile<64xf32, #key>, %s: !gdn.tile<64x32xf32, #state>) -> !gdn.tile<32xf32, #value> {
  %0 = gdn.tile_contract %k, %s
      : !gdn.tile<64xf32, #key>, !gdn.tile<64x32xf32, #state> -> !gdn.tile<32xf32, #value>
  return %0 : !gdn.tile<32xf32, #value>
}

// CHECK-LABEL: func @sum
// CHECK:       vector.reduction <add>, %{{.*}} : vector<16xf32> into f32
// CHECK:       gpu.shuffle xor %{{.*}}, %c8_i32, %c32_i32
// CHECK:       gpu.shuffle xor %{{.*}}, %c16_i32, %c32_i32
func.func @sum(%k: !gdn.tile<64xf32, #key>) -> f32 {
  %0 = gdn.tile_sum %k : !gdn.tile<64xf32, #key>
  return %0 : f32
}

// CHECK-LABEL: func @elements
// CHECK:       vector.broadcast %{{.*}} : f32 to vector<16xf32>
// CHECK:       arith.mulf %{{.*}} : vector<16xf32>
// CHECK:       arith.truncf %{{.*}} : vector<16xf32> to vector<16xbf16>
func.func @elements(%x: f32, %k: !gdn.tile<64xf32, #key>) -> !gdn.tile<64xbf16, #key> {
  %0 = gdn.tile_splat %x : f32 to !gdn.tile<64xf32, #key>
  %1 = arith.mulf %0, %k : !gdn.tile<64xf32, #key>
  %2 = gdn.tile_cast %1 : !gdn.tile<64xf32, #key> to !gdn.tile<64xbf16, #key>
  return %2 : !gdn.tile<64xbf16, #key>
}

// -----

#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
// Elements that are no neighbours in memory are loaded one by one.
// CHECK-LABEL: func @scattered
// CHECK-COUNT-4: vector.load {{.*}} : memref<128xf32, strided<[2]>>, vector<1xf32>
func.func @scattered(%m: memref<128xf32, strided<[2]>>) -> !gdn.tile<128xf32, #row> {
  %c0 = arith.constant 0 : index
  %0 = gdn.tile_load %m[%c0] : memref<128xf32, strided<[2]>> to !gdn.tile<128xf32, #row>
  return %0 : !gdn.tile<128xf32, #row>
}

// -----

#matrix = #gdn.blocked<per_lane = [2, 4], lanes = [2, 16], warps = [1, 1]>
// Rows at a pitch of 33 numbers begin at multiples of 4 bytes.
// CHECK-LABEL: func @pitch
// CHECK-COUNT-2: vector.load {{.*}} {alignment = 4 : i64} : memref<4x64xf32, strided<[33, 1]>>, vector<4xf32>
// CHECK-COUNT-2: vector.store {{.*}} {alignment = 4 : i64} : memref<4x64xf32, strided<[33, 1]>>, vector<4xf32>
func.func @pitch(%m: memref<4x64xf32, strided<[33, 1]>>) {
  %c0 = arith.constant 0 : index
  %0 = gdn.tile_load %m[%c0, %c0] : memref<4x64xf32, strided<[33, 1]>> to !gdn.tile<4x64xf32, #matrix>
  gdn.tile_store %0, %m[%c0, %c0] : !gdn.tile<4x64xf32, #matrix>, memref<4x64xf32, strided<[33, 1]>>
  return
}

// At a pitch of 36 they begin at multiples of 16, at one of 34 of 8.
// CHECK-LABEL: func @pitches
// CHECK-COUNT-2: vector.load {{.*}} {alignment = 16 : i64} : memref<4x64xf32, strided<[36, 1]>>, vector<4xf32>
// CHECK-COUNT-2: vector.load {{.*}} {alignment = 8 : i64} : memref<4x64xf32, strided<[34, 1]>>, vector<4xf32>
func.func @pitches(%m: memref<4x64xf32, strided<[36, 1]>>, %n: memref<4x64xf32, strided<[34, 1]>>)
    -> (!gdn.tile<4x64xf32, #matrix>, !gdn.tile<4x64xf32, #matrix>) {
  %c0 = arith.constant 0 : index
  %0 = gdn.tile_load %m[%c0, %c0] : memref<4x64xf32, strided<[36, 1]>> to !gdn.tile<4x64xf32, #matrix>
  %1 = gdn.tile_load %n[%c0, %c0] : memref<4x64xf32, strided<[34, 1]>> to !gdn.tile<4x64xf32, #matrix>
  return %0, %1 : !gdn.tile<4x64xf32, #matrix>, !gdn.tile<4x64xf32, #matrix>
}

// -----

#wide = #gdn.blocked<per_lane = [8], lanes = [32], warps = [1]>
// 8 neighbours in f32 are 32 bytes: two accesses.
// CHECK-LABEL: func @long_runs
// CHECK-COUNT-2: vector.load {{.*}} {alignment = 16 : i64} : memref<256xf32>, vector<4xf32>
// CHECK-COUNT-2: vector.store {{.*}} {alignment = 16 : i64} : memref<256xf32>, vector<4xf32>
// CHECK:         vector.load {{.*}} {alignment = 16 : i64} : memref<256xbf16>, vector<8xbf16>
func.func @long_runs(%m: memref<256xf32>, %n: memref<256xbf16>) -> !gdn.tile<256xbf16, #wide> {
  %c0 = arith.constant 0 : index
  %0 = gdn.tile_load %m[%c0] : memref<256xf32> to !gdn.tile<256xf32, #wide>
  gdn.tile_store %0, %m[%c0] : !gdn.tile<256xf32, #wide>, memref<256xf32>
  %1 = gdn.tile_load %n[%c0] : memref<256xbf16> to !gdn.tile<256xbf16, #wide>
  return %1 : !gdn.tile<256xbf16, #wide>
}

// -----

// CHECK-LABEL: gpu.func @few_registers
// CHECK-SAME:    nvvm.minctasm = 6 : i32
gpu.module @kernels {
  gpu.func @few_registers() kernel {
    gdn.min_ctas 6
    gpu.return
  }
}

// -----

func.func @no_kernel() {
  // expected-error @below {{'gdn.min_ctas' op expects a gpu.func around it; outline the kernels first}}
  gdn.min_ctas 6
  return
}

// -----

#row = #gdn.blocked<per_lane = [4], lanes = [32], warps = [1]>
// A second warp would store behind the tile.
gpu.module @kernels {
  gpu.func @wide(%m: memref<128xf32>, %x: f32) kernel attributes {known_block_size = array<i32: 64, 1, 1>} {
    %c0 = arith.constant 0 : index
    %0 = gdn.tile_splat %x : f32 to <128xf32, #row>
    // expected-error @below {{expects the layout of 'tile' to have the 2 warps that are there, but got 1}}
    gdn.tile_store %0, %m[%c0] : !gdn.tile<128xf32, #row>, memref<128xf32>
    gpu.return
  }
}

// -----

#column = #gdn.slice<1, #gdn.blocked<per_lane = [4, 4], lanes = [8, 4], warps = [1, 4]>>
// The warps of a team count, and those along the dimension that a slice lacks.
gpu.module @kernels {
  gpu.func @roles(%m: memref<128xf32>) kernel attributes {known_block_size = array<i32: 192, 1, 1>} {
    %c0 = arith.constant 0 : index
    gdn.warp_role "four" first 0 teams 1 team_warps 4 {
    ^bb0(%team: index):
      %0 = gdn.tile_load %m[%c0] : memref<128xf32> to !gdn.tile<32xf32, #column>
      gdn.tile_store %0, %m[%c0] : !gdn.tile<32xf32, #column>, memref<128xf32>
    }
    gdn.warp_role "two" first 4 teams 1 team_warps 2 {
    ^bb0(%team: index):
      // expected-error @below {{expects the layout of 'tile' to have the 2 warps that are there, but got 4}}
      %0 = gdn.tile_load %m[%c0] : memref<128xf32> to !gdn.tile<32xf32, #column>
    }
    gpu.return
  }
}
