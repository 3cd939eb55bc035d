// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// Arguments are passed by name.
// expected-error @below {{expects 'gdn.name' to be a string}}
func.func @name(%x: tensor<4xf32> {gdn.name = 1}) {
  return
}

// -----

// expected-error @below {{expects 'gdn.name' to be a string}}
func.func @name_of_result(%x: tensor<4xf32>) -> (tensor<4xf32> {gdn.name = 1.0}) {
  return %x : tensor<4xf32>
}

// -----

// expected-error @below {{expects 'gdn.init' to be a string}}
func.func @init(%x: tensor<4xf32> {gdn.init = 0.5}) {
  return
}

// -----

// Results are not filled.
// expected-error @below {{has an unknown attribute 'gdn.init' on a result}}
func.func @init_of_result(%x: tensor<4xf32>) -> (tensor<4xf32> {gdn.init = "normal"}) {
  return %x : tensor<4xf32>
}

// -----

// expected-error @below {{expects 'gdn.token_dim' to be an integer}}
func.func @token_dim(%x: tensor<4xf32> {gdn.token_dim = "T"}) {
  return
}

// -----

// expected-error @below {{expects 'gdn.token_dim' to be an integer}}
func.func @token_dim_of_result(%x: tensor<4xf32>) -> (tensor<4xf32> {gdn.token_dim = 1.0}) {
  return %x : tensor<4xf32>
}

// -----

// Arguments are given, not compared.
// expected-error @below {{has an unknown attribute 'gdn.rtol' on an argument}}
func.func @rtol_of_argument(%x: tensor<4xf32> {gdn.rtol = 1.0e-3}) {
  return
}

// -----

// expected-error @below {{expects 'gdn.rtol' to be a number of at least 0}}
func.func @rtol(%x: tensor<4xf32>) -> (tensor<4xf32> {gdn.rtol = 1}) {
  return %x : tensor<4xf32>
}

// -----

// expected-error @below {{expects 'gdn.rtol' to be a number of at least 0}}
func.func @rtol_below_zero(%x: tensor<4xf32>) -> (tensor<4xf32> {gdn.rtol = -1.0e-3}) {
  return %x : tensor<4xf32>
}

// -----

// Nothing is within a tolerance of NaN.
// expected-error @below {{expects 'gdn.rtol' to be a number of at least 0}}
func.func @rtol_nan(%x: tensor<4xf32>) -> (tensor<4xf32> {gdn.rtol = 0x7FC00000 : f32}) {
  return %x : tensor<4xf32>
}

// -----

// A misspelt name must not pass in silence.
// expected-error @below {{has an unknown attribute 'gdn.nam' on an argument}}
func.func @unknown_on_argument(%x: tensor<4xf32> {gdn.nam = "x"}) {
  return
}

// -----

// expected-error @below {{has an unknown attribute 'gdn.tolerance' on a result}}
func.func @unknown_on_result(%x: tensor<4xf32>) -> (tensor<4xf32> {gdn.tolerance = 1.0}) {
  return %x : tensor<4xf32>
}

// -----

// Names belong to arguments and results, not to operations.
// expected-error @below {{has an unknown attribute 'gdn.name'}}
func.func @operation() attributes {gdn.name = "f"} {
  return
}

// -----

// Attributes of ops inside of functions.
func.func @schedule(%n: index) {
  // expected-error @below {{expects 'gdn.schedule' to be a schedule on an scf.forall, but got #gdn.schedule<recurrent, key_lanes = 8, warps = 1>}}
  scf.for %i = %n to %n step %n {
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1>}
  return
}

// -----

func.func @no_schedule(%n: index) {
  // expected-error @below {{expects 'gdn.schedule' to be a schedule on an scf.forall, but got "fast"}}
  scf.forall (%i) in (%n) {
  } {gdn.schedule = "fast"}
  return
}
