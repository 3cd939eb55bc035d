// REQUIRES: jit
// A tensor file of one call is that of the next: names, and argN and resultN without gdn.name.
// RUN: gdn-run %s --entry=make --outputs=%t.x
// RUN: gdn-run %s --entry=double --inputs=%t.x --outputs=%t.y | FileCheck %s --check-prefix=DOUBLE
// DOUBLE: result   x                2x3xf32
// DOUBLE: result   result1          2x3xf32
// RUN: not gdn-run %s --entry=double --inputs=%t.y 2>&1 | FileCheck %s --check-prefix=EXTRA
// EXTRA: gdn-run: error: tensor 'result1' in '{{.*}}.y' is no argument of 'double'
// RUN: not gdn-run %s --entry=wide --inputs=%t.x 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: gdn-run: error: expects argument 'x' of 'wide' to be ?x4xf32, but got 2x3xf32 from '{{.*}}.x'
// RUN: not gdn-run %s --entry=half --inputs=%t.x 2>&1 | FileCheck %s --check-prefix=DTYPE
// DTYPE: gdn-run: error: expects argument 'x' of 'half' to be 2x3xbf16, but got 2x3xf32 from '{{.*}}.x'
// RUN: not gdn-run %s --entry=double 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: gdn-run: error: argument 'x' of 'double' has no value: it is not in --inputs and has no gdn.init
// RUN: not gdn-run %s --entry=two --inputs=%t.x 2>&1 | FileCheck %s --check-prefix=SECOND
// SECOND: gdn-run: error: argument 'arg1' of 'two' has no value

// The bytes of a text, as many as it has.
// RUN: printf 'abc' > %t.text
// RUN: gdn-run %s --entry=text --bytes=text=%t.text | FileCheck %s --check-prefix=TEXT
// TEXT: run      {{.*}} tokens/s
// TEXT: result   text             1x3xi32
// TEXT: checks   1
// RUN: printf '' > %t.empty
// RUN: gdn-run %s --entry=echo --bytes text=%t.empty | FileCheck %s --check-prefix=EMPTY
// EMPTY: result   result0          1x0xi8
// RUN: not gdn-run %s --entry=double --bytes=x=%t.text 2>&1 | FileCheck %s --check-prefix=FLOATS
// FLOATS: gdn-run: error: expects argument 'x' of 'double' to hold integers for --bytes, but it is 2x3xf32
// RUN: not gdn-run %s --entry=pairs --bytes=arg0=%t.text 2>&1 | FileCheck %s --check-prefix=PAIRS
// PAIRS: gdn-run: error: expects argument 'arg0' of 'pairs' to be 2x?xi64, but got 1x3xi64 from '{{.*}}.text'
// RUN: not gdn-run %s --entry=text --bytes=word=%t.text 2>&1 | FileCheck %s --check-prefix=WORD
// WORD: gdn-run: error: --bytes gives 'word', which is no argument of 'text'
// RUN: not gdn-run %s --entry=text --bytes=text=%t.nowhere 2>&1 | FileCheck %s --check-prefix=NOWHERE
// NOWHERE: gdn-run: error: cannot read '{{.*}}.nowhere': no such file or directory

// A name that is long, or would move the cursor, is shortened and escaped.
// RUN: gdn-run %s --entry=escape --compare-with=reference | FileCheck %s --check-prefix=ESCAPE
// ESCAPE: result   a\x0ab            2x3xf32
// ESCAPE: compare  a\x0ab            relative error
// A comparison of nothing says so.
// RUN: gdn-run %s --entry=nothing --compare-with=reference | FileCheck %s --check-prefix=NONE
// NONE: compare  nothing has no results

func.func @escape() -> (tensor<2x3xf32> {gdn.name = "a\0Ab"}) {
  %x = arith.constant dense<1.0> : tensor<2x3xf32>
  return %x : tensor<2x3xf32>
}

func.func @nothing() {
  return
}

func.func @make() -> (tensor<2x3xf32> {gdn.name = "x"}) {
  %x = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  return %x : tensor<2x3xf32>
}

// A result may be an argument, or two results one value: each has its own buffer.
func.func @double(%x: tensor<2x3xf32> {gdn.name = "x"}) -> (tensor<2x3xf32> {gdn.name = "x"}, tensor<2x3xf32>) {
  %y = arith.addf %x, %x : tensor<2x3xf32>
  return %x, %y : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @wide(%x: tensor<?x4xf32> {gdn.name = "x"}) {
  return
}

func.func @half(%x: tensor<2x3xbf16> {gdn.name = "x"}) {
  return
}

func.func @two(%x: tensor<2x3xf32> {gdn.name = "x"}, %y: tensor<2xf32>) {
  return
}

func.func @text(%text: tensor<1x?xi32> {gdn.name = "text", gdn.token_dim = 1 : i64})
    -> (tensor<1x?xi32> {gdn.name = "text"}) {
  %abc = arith.constant dense<[[97, 98, 99]]> : tensor<1x3xi32>
  %cast = tensor.cast %text : tensor<1x?xi32> to tensor<1x3xi32>
  check.expect_equal %cast, %abc : tensor<1x3xi32>
  return %text : tensor<1x?xi32>
}

func.func @echo(%text: tensor<1x?xi8> {gdn.name = "text"}) -> tensor<1x?xi8> {
  return %text : tensor<1x?xi8>
}

func.func @pairs(%text: tensor<2x?xi64>) {
  return
}
