"""The gated delta rule in numpy: a loop over tokens in f64, vectorised over heads.

Written from the rule's definition alone, so that it proves the reference of the compiler too.
"""

import numpy as np


def normalize(x):
    return x / np.sqrt(np.sum(x * x, axis=-1, keepdims=True) + 1e-6)


def per_value_head(x, value_heads, channels=None):
    """`x` (T x heads, or T x heads x channels) as T x value_heads x channels."""
    if x.ndim == 2:
        x = np.repeat(x[:, :, None], channels, axis=2)
    return np.repeat(x, value_heads // x.shape[1], axis=1)


def run_sequence(state, query, key, value, decay, erase, write):
    """All tokens of one sequence; every tensor is T x HV x channels, `state` HV x K x V."""
    outputs = np.zeros(value.shape)
    for t in range(len(value)):
        state = np.exp(decay[t])[:, :, None] * state
        read = np.einsum("hkv,hk->hv", state, erase[t] * key[t])
        state = state + key[t][:, :, None] * (write[t] * value[t] - read)[:, None, :]
        outputs[t] = np.einsum("hkv,hk->hv", state, query[t])
    return outputs, state


def delta_rule(query, key, value, decay=None, erase=None, write=None, initial_state=None, cu_seqlens=None,
               scale=None, qk_l2norm=False):
    """Operands as arrays of f64, shaped as `gdn.delta_rule` says; returns (output, final_state)."""
    batch, tokens, _, key_channels = query.shape
    value_heads, value_channels = value.shape[2:]
    if qk_l2norm:
        query, key = normalize(query), normalize(key)
    query = query * (1 / np.sqrt(key_channels) if scale is None else scale)
    bounds = [(b, 0, tokens) for b in range(batch)]
    if cu_seqlens is not None:
        bounds = [(0, begin, end) for begin, end in zip(cu_seqlens[:-1], cu_seqlens[1:])]

    output = np.zeros(value.shape)
    states = np.zeros((len(bounds), value_heads, key_channels, value_channels))
    if initial_state is not None:
        states += initial_state
    for n, (b, begin, end) in enumerate(bounds):
        def rows(operand, channels, neutral=None):
            if operand is None:
                return np.full((end - begin, value_heads, channels), neutral)
            return per_value_head(operand[b, begin:end], value_heads, channels)

        output[b, begin:end], states[n] = run_sequence(
            states[n], rows(query, key_channels), rows(key, key_channels), rows(value, value_channels),
            rows(decay, key_channels, 0.0), rows(erase, key_channels, 0.0), rows(write, value_channels, 1.0))
    return output, states
