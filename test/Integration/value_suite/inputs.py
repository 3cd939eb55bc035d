"""The operands of a case: reproducible values, rounded to their element types."""

import zlib

import numpy as np

from cases import MEMBERS
from tensors import Tensor


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def make_raw(random, shape):
    """Rows that the rule itself normalises: their first token is so small that epsilon counts, a later one is 0."""
    raw = 3.0 * random.standard_normal(shape)
    raw[:, :1] *= 1e-4
    raw[:, shape[1] // 2 + 1 : shape[1] // 2 + 2] = 0.0
    return raw


def make_keys(random, case, shape):
    """Keys of unit norm, unless the rule itself normalises."""
    if case.l2norm:
        return make_raw(random, shape)
    noise = random.standard_normal(shape)
    if case.kind.startswith("near"):
        return unit(unit(random.standard_normal(shape[2:])) + 1e-2 * noise)
    return unit(noise)


def make_queries(random, case, shape):
    return make_raw(random, shape) if case.l2norm else unit(random.standard_normal(shape))


def make_values(random, case, shape):
    values = random.standard_normal(shape)
    if case.kind == "spike":
        spike, forgotten = case.spike
        values[:, spike] = 1e30
        values[:, forgotten:] = 1.0
    return values


def make_decay(random, case, shape):
    """Natural logs of decay factors; `case.decay` names how they are distributed."""
    ordinary = -np.log1p(np.exp(random.normal(-1.5, 1.0, shape)))
    if case.decay == "none":
        ordinary[:] = 0.0
    elif case.decay == "weak":
        ordinary[:] = -1e-3
    elif case.decay == "varied":
        ordinary = -np.exp(random.uniform(np.log(1e-6), np.log(500.0), shape))
    elif case.decay == "strong":
        ordinary = np.where(random.random(shape) < 0.25, random.uniform(-500.0, -20.0, shape), ordinary)
    elif case.decay == "forgets":
        ordinary[random.random(shape) < 0.1] = -np.inf
        ordinary[:, random.random(shape[1]) < 0.1] = -np.inf
    if case.kind == "spike":
        ordinary[:, case.spike[1]] = -np.inf
    return ordinary


def make_erase(random, case, shape):
    if case.kind == "near":
        return np.full(shape, 0.99)
    if case.kind == "near-erase2":
        return np.full(shape, 1.98)
    gates = random.random(shape)
    if case.kind == "erase2":
        return np.where(random.random(shape) < 0.1, 2.0, 2.0 * gates)
    return gates


def make_write(random, case, shape):
    return np.full(shape, 0.99) if case.kind.startswith("near") else random.random(shape)


def make_inputs(case):
    """The operands of `case` by their ODS names, in the op's order."""
    random = np.random.default_rng(zlib.crc32(case.name.encode()))
    key_channels, value_channels = case.channels
    tokens = (case.batch, case.tokens)
    key_shape = (*tokens, case.key_heads, key_channels)
    value_shape = (*tokens, case.value_heads, value_channels)
    inputs = {
        "query": make_queries(random, case, key_shape),
        "key": make_keys(random, case, key_shape),
        "value": make_values(random, case, value_shape),
    }
    inputs = {name: Tensor.of(case.element, values) for name, values in inputs.items()}

    gate_heads = case.key_heads if case.gate_heads == "key" else case.value_heads
    gate_element = "f32" if case.gate_element == "f32" else case.element
    makers = {"decay": (make_decay, gate_heads, key_channels), "erase": (make_erase, gate_heads, key_channels),
              "write": (make_write, case.value_heads, value_channels)}
    for (name, (make, heads, channels)), form in zip(makers.items(), MEMBERS[case.member]):
        if form:
            shape = (*tokens, heads) + ((channels,) if form == "channel" else ())
            inputs[name] = Tensor.of(gate_element, make(random, case, shape))

    if case.state:
        shape = (case.sequences, case.value_heads, key_channels, value_channels)
        inputs["initial_state"] = Tensor.of("f32", random.standard_normal(shape))
    if case.segment_starts is not None:
        inputs["cu_seqlens"] = Tensor.of(case.layout, case.segment_starts)
    return inputs
