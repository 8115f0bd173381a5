"""Fixtures of the tests that run the whole program."""

import os
import pathlib
import random
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))

import wherry  # noqa: E402

wherry.more_descriptors()


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "host: too much for an emulator, or measures the host")
    config.addinivalue_line(
        "markers", "generation: one method of each, for other boards too")


def pytest_collection_modifyitems(items):
    """Under an emulator what is marked for the host is not there at all."""
    if wherry.EMULATED:
        items[:] = [i for i in items if not i.get_closest_marker("host")]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    fleet = getattr(item, "funcargs", {}).get("fleet")
    if report.failed and fleet:
        for p in fleet.programs:
            report.sections.append((" ".join(p.command), p.text()[-8000:]))


@pytest.fixture
def fleet(tmp_path):
    """Programs of a test; none may have died, all must end when asked."""
    f = wherry.Fleet(tmp_path)
    try:
        yield f
        f.stop()
    finally:
        f.kill()


@pytest.fixture(scope="session")
def payload(tmp_path_factory):
    """A file of random octets: 200 MB, under an emulator 4 MB."""
    path = tmp_path_factory.mktemp("payload") / "payload"
    size = 4_000_000 if wherry.EMULATED else 200_000_000
    with open(path, "wb") as f:
        while size:
            n = min(size, 1 << 20)
            f.write(os.urandom(n))
            size -= n
    yield path
    path.unlink()


@pytest.fixture
def seeded(request):
    """A random.Random whose seed is shown when the test fails."""
    seed = int(os.environ.get("SEED") or random.randrange(1 << 32))
    print(f"SEED={seed}")
    return random.Random(seed)
