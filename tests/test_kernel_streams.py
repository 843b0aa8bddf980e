"""Noise is a pure function of seed, name and sample, with the right distribution, the same everywhere."""

import math
from statistics import NormalDist

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Philox

from twin.kernel.streams import Stream, normal_quantile

SAMPLES = st.lists(st.integers(0, 2**62), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(SAMPLES, st.integers(1, 14), st.randoms(use_true_random=False))
def test_draws_do_not_depend_on_the_order_or_number_of_other_draws(samples, size, chance):
    near = [sample + offset for sample in samples for offset in (0, 1, 255, 256)]
    worn = Stream(5, "gyro")
    first = {sample: worn.normal(sample, size).tobytes() for sample in near}
    chance.shuffle(near)
    for sample in near:
        worn.uniform(sample, chance.randint(1, 9))
        assert worn.normal(sample, size).tobytes() == first[sample]
        assert Stream(5, "gyro").normal(sample, size).tobytes() == first[sample]


@given(st.integers(0, 2**62), st.integers(1, 9), st.integers(1, 9))
def test_a_longer_draw_begins_with_the_shorter_one(sample, one, other):
    short, long = sorted((one, other))
    draw = Stream(1, "lidar").normal
    assert draw(sample, long)[:short].tobytes() == draw(sample, short).tobytes()


def test_seed_name_sample_and_family_each_make_another_draw():
    draws = [
        Stream(1, "a").normal(0, 4),
        Stream(2, "a").normal(0, 4),
        Stream(1, "b").normal(0, 4),
        Stream(1, "a").normal(1, 4),
        normal_quantile(Stream(1, "a").uniform(0, 4)),
    ]
    assert len({draw.tobytes() for draw in draws}) == len(draws)


def test_seed_and_name_cannot_be_confused():
    assert Stream(1, "2 a").normal(0, 1) != Stream(12, " a").normal(0, 1)


def test_a_draw_is_the_callers_own():
    stream = Stream(1, "a")
    stream.normal(0, 3)[:] = 0.0
    assert stream.normal(0, 3).all()


def test_moments_of_the_normals_are_those_of_the_normal_distribution():
    stream = Stream(3, "moments")
    x = np.array([stream.normal(sample, 8) for sample in range(25_000)])
    n = x.size  # standard errors: 1/sqrt(n), sqrt(2/n), sqrt(15/n), sqrt(96/n); five of them each
    for power, expected, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((x**power).mean() - expected) < 5 * math.sqrt(variance / n)
    assert np.abs(np.corrcoef(x.T) - np.eye(8)).max() < 5 / math.sqrt(len(x))
    assert abs((x[1:] * x[:-1]).mean()) < 5 / math.sqrt(n)


def test_uniforms_fill_the_open_interval_evenly():
    stream = Stream(3, "evenly")
    u = np.array([stream.uniform(sample, 4) for sample in range(25_000)]).ravel()
    counts = np.histogram(u, bins=20, range=(0.0, 1.0))[0]
    assert 0.0 < u.min() < u.max() < 1.0
    assert ((counts - 5000) ** 2 / 5000).sum() < 50  # chi square, 19 degrees: exceeded once in 8,000


def test_quantiles_agree_with_the_error_function():
    p = np.concatenate([10.0 ** -np.linspace(0.31, 15.9, 500), np.linspace(0.01, 0.99, 999)])
    back = np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in normal_quantile(p)])
    # dp / p = x^2 dx / x in the tail: AS 241's 1e-15 in x becomes 7e-14 of p at x = -8.2
    np.testing.assert_allclose(back, p, rtol=7e-14)


def test_quantiles_agree_with_the_standard_librarys_form_of_the_same_algorithm():
    p = np.concatenate([[1e-17, 1e-12, 0.075, 0.0749999], np.linspace(1e-6, 1 - 1e-6, 2001)])
    expected = [NormalDist().inv_cdf(each) for each in p]
    np.testing.assert_allclose(normal_quantile(p), expected, rtol=4e-15, atol=1e-16)


def test_the_cipher_gives_the_published_answers():
    """Random123's known answers for philox4x64-10, counter and key all zeros, then all ones."""
    full = 2**64 - 1
    zeros = Philox(counter=[full] * 4, key=[0, 0]).random_raw(4)  # numpy counts up before it draws
    ones = Philox(counter=[full - 1, full, full, full], key=[full, full]).random_raw(4)
    assert [f"{word:016x}" for word in zeros] == [
        "16554d9eca36314c",
        "db20fe9d672d0fdc",
        "d7e772cee186176b",
        "7e68b68aec7ba23b",
    ]
    assert [f"{word:016x}" for word in ones] == [
        "87b092c3013fe90b",
        "438c3c67be8d0224",
        "9cc7d7c69cd777b6",
        "a09caebf594f0ba0",
    ]


def test_draws_stay_the_same_for_ever():
    """Committed bits: a change here changes every recording's digest and needs a note in the changelog."""
    assert [value.hex() for value in Stream(42, "servicer.camera").normal(1000, 3)] == GOLDEN


GOLDEN = ["0x1.bd2e4031df3d7p-1", "-0x1.8abfd0785ccc8p-3", "0x1.74861677591ffp-1"]
