"""Modules with one function around one `gdn.delta_rule`."""

KEYWORDS = {"decay": "decay", "erase": "erase", "write": "write", "initial_state": "state", "cu_seqlens": "segments"}

# Dimensions that a program may leave open: B and T of what has tokens, N of what belongs to sequences.
DYNAMIC_DIMENSIONS = {"initial_state": 1, "final_state": 1, "cu_seqlens": 1}


def tensor_type(name, shape, element, dynamic):
    count = DYNAMIC_DIMENSIONS.get(name, 2) if dynamic else 0
    sizes = ["?"] * count + ["%d" % size for size in shape[count:]]
    return "tensor<%sx%s>" % ("x".join(sizes), element)


def rule_attributes(scale=None, qk_l2norm=False):
    words = ["scale = %.9e : f32" % scale] if scale is not None else []
    words += ["qk_l2norm"] if qk_l2norm else []
    return " {%s}" % ", ".join(words) if words else ""


def rule_module(inputs, scale=None, qk_l2norm=False, dynamic=False):
    """The function `rule` of `inputs` (tensors by ODS name), which returns `output` and `final_state`."""
    types = {name: tensor_type(name, tensor.shape, tensor.element, dynamic) for name, tensor in inputs.items()}
    value, starts = inputs["value"], inputs.get("cu_seqlens")
    sequences = starts.shape[0] - 1 if starts else value.shape[0]
    state_shape = (sequences, value.shape[2], inputs["key"].shape[3], value.shape[3])
    results = (types["value"], tensor_type("final_state", state_shape, "f32", dynamic))

    arguments = ",\n    ".join('%%%s: %s {gdn.name = "%s"}' % (name, type, name) for name, type in types.items())
    operands = "%query, %key, %value" + "".join(
        " %s(%%%s)" % (keyword, name) for name, keyword in KEYWORDS.items() if name in inputs)
    return """func.func @rule(
    %s)
    -> (%s {gdn.name = "output"},
        %s {gdn.name = "final_state"}) {
  %%output, %%final_state = gdn.delta_rule %s%s
      : (%s)
      -> (%s, %s)
  return %%output, %%final_state : %s, %s
}
""" % (arguments, *results, operands, rule_attributes(scale, qk_l2norm), ", ".join(types.values()), *results, *results)
