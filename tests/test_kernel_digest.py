"""The digest changes with every event, its bytes and its place, and with nothing else."""

from hashlib import blake2b

from kernel_toys import digest, fly

from twin.kernel.digest import Digests

TRACE = fly(4, 40)


def test_the_chain_is_what_its_docstring_says():
    digests, run, chains = Digests(), bytes(16), {}
    for event, raw in TRACE:
        digests.update(event, raw)
        source = chains.get(event.source, bytes(16))
        chains[event.source] = source = blake2b(source + raw, digest_size=16).digest()
        run = blake2b(run + source, digest_size=16).digest()
    assert digests.run_hex == run.hex()
    assert digests.by_source == {name: chains[name].hex() for name in sorted(chains)}


def test_leaving_out_swapping_or_touching_any_event_changes_the_run():
    whole = digest(TRACE)
    for index, (event, raw) in enumerate(TRACE[:-1]):
        swapped = [*TRACE[:index], TRACE[index + 1], TRACE[index], *TRACE[index + 2 :]]
        touched = [*TRACE[:index], (event, raw[:-1] + bytes([raw[-1] ^ 1])), *TRACE[index + 1 :]]
        for other in (TRACE[:index] + TRACE[index + 1 :], swapped, touched):
            assert digest(other) != whole


def test_a_source_keeps_its_digest_when_another_one_says_more():
    plain, longer = Digests(), Digests()
    for event, raw in TRACE:
        plain.update(event, raw)
        longer.update(event, raw)
        if event.source == "beta":
            longer.update(event, raw)
    assert plain.by_source["alpha"] == longer.by_source["alpha"]
    assert plain.by_source["beta"] != longer.by_source["beta"]
    assert plain.run_hex != longer.run_hex
