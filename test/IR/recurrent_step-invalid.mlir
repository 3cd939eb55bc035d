// RUN: gdn-opt %s --split-input-file --verify-diagnostics

// C1: one token at a time.
func.func @step_of_two(%q: tensor<1x8xf32>, %k: tensor<2x8xf32>, %v: tensor<1x6xf32>,
                       %s: tensor<8x6xf32>) {
  // expected-error @below {{expects 'key' to be 1xK = [1x8], but got [2x8]}}
  %o, %s1 = gdn.recurrent_step %q, %k, %v, %s
      : (tensor<1x8xf32>, tensor<2x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>)
      -> (tensor<1x6xf32>, tensor<8x6xf32>)
  return
}

// -----

// C1: keys are static.
func.func @step_dynamic_key(%q: tensor<1x8xf32>, %k: tensor<1x?xf32>, %v: tensor<1x6xf32>,
                            %s: tensor<8x6xf32>) {
  // expected-error @below {{expects 'key' to have static sizes of at least 1, but got 'tensor<1x?xf32>'}}
  %o, %s1 = gdn.recurrent_step %q, %k, %v, %s
      : (tensor<1x8xf32>, tensor<1x?xf32>, tensor<1x6xf32>, tensor<8x6xf32>)
      -> (tensor<1x6xf32>, tensor<8x6xf32>)
  return
}

// -----

// C1: the query meets the key channel by channel.
func.func @step_query(%q: tensor<1x6xf32>, %k: tensor<1x8xf32>, %v: tensor<1x6xf32>,
                      %s: tensor<8x6xf32>) {
  // expected-error @below {{expects 'query' to be 1xK = [1x8], but got [1x6]}}
  %o, %s1 = gdn.recurrent_step %q, %k, %v, %s
      : (tensor<1x6xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>)
      -> (tensor<1x6xf32>, tensor<8x6xf32>)
  return
}

// -----

// C1: erasing goes along key channels.
func.func @step_erase(%q: tensor<1x8xf32>, %k: tensor<1x8xf32>, %v: tensor<1x6xf32>,
                      %s: tensor<8x6xf32>, %e: tensor<1x6xf32>) {
  // expected-error @below {{expects 'erase' to be 1xK = [1x8], but got [1x6]}}
  %o, %s1 = gdn.recurrent_step %q, %k, %v, %s erase(%e)
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>, tensor<1x6xf32>)
      -> (tensor<1x6xf32>, tensor<8x6xf32>)
  return
}

// -----

// C2: one value row.
func.func @step_values(%q: tensor<1x8xf32>, %k: tensor<1x8xf32>, %v: tensor<2x6xf32>,
                       %s: tensor<8x6xf32>) {
  // expected-error @below {{expects 'value' to be 1xV = [1x6], but got [2x6]}}
  %o, %s1 = gdn.recurrent_step %q, %k, %v, %s
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<2x6xf32>, tensor<8x6xf32>)
      -> (tensor<2x6xf32>, tensor<8x6xf32>)
  return
}

// -----

// C2: values are static.
func.func @step_dynamic_value(%q: tensor<1x8xf32>, %k: tensor<1x8xf32>, %v: tensor<1x?xf32>,
                              %s: tensor<8x6xf32>) {
  // expected-error @below {{expects 'value' to have static sizes of at least 1, but got 'tensor<1x?xf32>'}}
  %o, %s1 = gdn.recurrent_step %q, %k, %v, %s
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x?xf32>, tensor<8x6xf32>)
      -> (tensor<1x?xf32>, tensor<8x6xf32>)
  return
}

// -----

// C3: a decay of rank 1 is one factor for all channels.
func.func @step_decay_vector(%q: tensor<1x8xf32>, %k: tensor<1x8xf32>, %v: tensor<1x6xf32>,
                             %s: tensor<8x6xf32>, %a: tensor<8xf32>) {
  // expected-error @below {{expects 'decay' to be 1 = [1], but got [8]}}
  %o, %s1 = gdn.recurrent_step %q, %k, %v, %s decay(%a)
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>, tensor<8xf32>)
      -> (tensor<1x6xf32>, tensor<8x6xf32>)
  return
}

// -----

// C3: a decay of rank 2 is over key channels.
func.func @step_decay_row(%q: tensor<1x8xf32>, %k: tensor<1x8xf32>, %v: tensor<1x6xf32>,
                          %s: tensor<8x6xf32>, %a: tensor<1x6xf32>) {
  // expected-error @below {{expects 'decay' to be 1xK = [1x8], but got [1x6]}}
  %o, %s1 = gdn.recurrent_step %q, %k, %v, %s decay(%a)
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>, tensor<1x6xf32>)
      -> (tensor<1x6xf32>, tensor<8x6xf32>)
  return
}

// -----

// C4: the state is keys by values.
func.func @step_state(%q: tensor<1x8xf32>, %k: tensor<1x8xf32>, %v: tensor<1x6xf32>,
                      %s: tensor<6x8xf32>) {
  // expected-error @below {{expects 'state' to be KxV = [8x6], but got [6x8]}}
  %o, %s1 = gdn.recurrent_step %q, %k, %v, %s
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<6x8xf32>)
      -> (tensor<1x6xf32>, tensor<6x8xf32>)
  return
}

// -----

// C5: a step returns one row of values.
func.func @step_output(%q: tensor<1x8xf32>, %v: tensor<1x6xf32>, %s: tensor<8x6xf32>) {
  // expected-error @below {{expects 'output' to be 1xV = [1x6], but got [1x8]}}
  %o, %s1 = gdn.recurrent_step %q, %q, %v, %s
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>)
      -> (tensor<1x8xf32>, tensor<8x6xf32>)
  return
}

// -----

// C5: and the state as it found it: keys by values.
func.func @step_output_state(%q: tensor<1x8xf32>, %v: tensor<1x6xf32>, %s: tensor<8x6xf32>) {
  // expected-error @below {{expects 'output_state' to be KxV = [8x6], but got [6x8]}}
  %o, %s1 = gdn.recurrent_step %q, %q, %v, %s
      : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x6xf32>, tensor<8x6xf32>)
      -> (tensor<1x6xf32>, tensor<6x8xf32>)
  return
}
