"""Operands of gdn.delta_rule for property tests, and what tests do with them."""

import numpy as np

from tensors import Tensor

# What holds one value per token, and what holds one per sequence.
TOKEN_OPERANDS = ("query", "key", "value", "decay", "erase", "write")


def make_operands(seed, batch=1, tokens=40, heads=2, key_channels=64, value_channels=64, element="f32"):
    """Gated DeltaNet-2 with an initial state: every gate has a value per channel."""
    random = np.random.default_rng(seed)
    rows = (batch, tokens, heads)
    keys = [random.standard_normal((*rows, key_channels)) for _ in range(2)]
    query, key = (x / np.linalg.norm(x, axis=-1, keepdims=True) for x in keys)
    values = {
        "query": query,
        "key": key,
        "value": random.standard_normal((*rows, value_channels)),
        "decay": -np.log1p(np.exp(random.normal(-1.5, 1.0, (*rows, key_channels)))),
        "erase": random.random((*rows, key_channels)),
        "write": random.random((*rows, value_channels)),
    }
    operands = {name: Tensor.of(element, value) for name, value in values.items()}
    state = random.standard_normal((batch, heads, key_channels, value_channels))
    operands["initial_state"] = Tensor.of("f32", state)
    return operands


def replace(operands, **others):
    """The operands with some replaced by arrays (rounded to the same element type) or tensors, or dropped (None)."""
    result = dict(operands)
    for name, other in others.items():
        if other is None:
            del result[name]
        elif isinstance(other, Tensor):
            result[name] = other
        else:
            result[name] = Tensor.of(operands[name].element, other)
    return result


def map_bits(operands, change, names=None):
    """The operands with `change` done to the bits of those in `names` (default: all)."""
    return {name: tensor.map(change) if names is None or name in names else tensor
            for name, tensor in operands.items()}


def take_tokens(operands, begin, end):
    return map_bits(operands, lambda bits: bits[:, begin:end], TOKEN_OPERANDS)


def concatenate(tensors, axis):
    return Tensor(tensors[0].element, np.concatenate([tensor.bits for tensor in tensors], axis=axis))


def stack_batch(entries):
    """One batch of several operand dictionaries."""
    return {name: concatenate([entry[name] for entry in entries], axis=0) for name in entries[0]}
