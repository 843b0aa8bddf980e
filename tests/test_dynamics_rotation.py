"""Quaternions: algebra, conversions, and the promise that stored ones have w >= 0."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.dynamics.rotation import (
    canonical,
    conj,
    from_matrix,
    from_rotation_vector,
    matrix,
    mul,
    rotate,
    rotation_vector,
)

ROUNDING = 1e-13  # a few dozen operations on numbers of size 1 to 10
parts = st.floats(-10.0, 10.0)
vectors = st.tuples(parts, parts, parts)
quaternions = (
    st.tuples(parts, parts, parts, parts).filter(lambda q: sum(x * x for x in q) > 1e-2).map(canonical)
)


@given(quaternions, quaternions, vectors)
def test_a_product_rotates_like_one_after_the_other(q_a_from_b, q_b_from_c, v_c):
    both = rotate(mul(q_a_from_b, q_b_from_c), v_c)
    assert np.allclose(both, rotate(q_a_from_b, rotate(q_b_from_c, v_c)), atol=ROUNDING * 10)


@given(quaternions, vectors)
def test_matrix_and_quaternion_rotate_alike(q_a_from_b, v_b):
    assert np.allclose(matrix(q_a_from_b) @ np.array(v_b), rotate(q_a_from_b, v_b), atol=ROUNDING * 10)


@given(quaternions, vectors)
def test_the_conjugate_undoes_a_rotation_and_lengths_stay(q_a_from_b, v_b):
    v_a = rotate(q_a_from_b, v_b)
    assert np.allclose(rotate(conj(q_a_from_b), v_a), v_b, atol=ROUNDING * 10)
    assert abs(np.linalg.norm(v_a) - np.linalg.norm(v_b)) < ROUNDING * 10


@given(quaternions)
def test_a_quaternion_survives_its_matrix(q):
    # At w = 0 both signs are canonical.
    back = np.array(from_matrix(matrix(q)))
    assert min(np.abs(back - q).max(), np.abs(back + q).max()) < 1e-12


@given(vectors)
def test_a_rotation_vector_shorter_than_half_a_turn_comes_back(v):
    short = np.array(v) * (3.0 / max(3.0, np.linalg.norm(v)))
    assert np.allclose(rotation_vector(from_rotation_vector(short)), short, atol=1e-12)


@given(st.floats(-9, -2).map(lambda e: 10.0**e))
def test_tiny_rotation_vectors_keep_their_digits(size):
    v = size * np.array((0.6, 0.0, 0.8))
    assert np.allclose(rotation_vector(from_rotation_vector(v)), v, rtol=1e-12, atol=0.0)


@given(quaternions)
def test_canonical_has_length_one_and_no_negative_scalar(q):
    stored = canonical(-3.0 * np.array(q))
    assert stored[0] >= 0.0
    assert abs(np.linalg.norm(stored) - 1.0) < ROUNDING


def test_a_quarter_turn_about_z_takes_x_to_y():
    assert np.allclose(rotate(from_rotation_vector((0.0, 0.0, np.pi / 2)), (1.0, 0.0, 0.0)), (0.0, 1.0, 0.0))
