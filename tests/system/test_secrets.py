"""No branch and no address depends on a key or a text where a processor has
instructions for ciphers: valgrind holds both for not yet written."""

import os
import platform
import subprocess

import pytest

import wherry

ROOT = wherry.ROOT
CAUGHT = 9
FLAGS = ["-std=gnu11", "-O2", "-g", "-I.", "-Iinclude", "-Isrc",
         "-Isrc/crypto/alt", "-isystem", "build/src/mbedtls/include",
         "-DMBEDTLS_CONFIG_FILE=<crypto/mbedtls_config.h>",
         '-DBOARD_LIMITS="board/x86-64/limits.h"']
# Beside those of x86-64: what they fall back to, and what they end with.
FILES = ["src/crypto/alt/chacha_c.c", "src/crypto/alt/64/poly_64.c",
         *(f"src/crypto/alt/x86-64/{name}.c" for name in (
             "chacha_sse2", "chacha_avx2", "chacha_avx512", "poly_avx2",
             "gcm_aesni", "ways")),
         "src/base/wipe.c", "tests/secrets/secrets.c"]

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(platform.machine() != "x86_64",
                       reason="valgrind knows AES of x86-64 only"),
]


def isa(path):
    """The instructions a file may use, from toolchain/variant.mk."""
    name = "ISA_" + os.path.basename(path).removesuffix(".c")
    done = subprocess.run(
        ["make", "-s", f"print-{name}"], cwd=ROOT, check=True, text=True,
        capture_output=True)
    return done.stdout.split()


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secrets")
    objects = []
    for path in FILES:
        objects.append(folder / os.path.basename(path + ".o"))
        subprocess.run(["gcc", *FLAGS, *isa(path), "-c", path, "-o",
                        objects[-1]], cwd=ROOT, check=True)
    subprocess.run(["gcc", *objects, "-o", folder / "secrets"], cwd=ROOT,
                   check=True)
    return folder / "secrets"


def memcheck(program, what):
    return subprocess.run(
        [wherry.peer("valgrind"), "-q", f"--error-exitcode={CAUGHT}", program,
         what], text=True, capture_output=True, timeout=60 * wherry.PATIENCE)


def test_nothing_depends_on_secrets(program):
    done = memcheck(program, "ways")
    assert done.returncode == 0, done.stderr
    for way in ("chacha sse2", "poly 64"):
        assert way in done.stdout
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as f:
        has = f.read().split()
    for word, way in (("pclmulqdq", "gcm aesni"), ("avx2", "chacha avx2"),
                      ("avx2", "poly avx2")):
        assert word not in has or way in done.stdout, way


@pytest.mark.parametrize("what, said", [
    ("branch", "depends on uninitialised"),
    ("address", "Use of uninitialised value")])
def test_one_that_does_is_caught(program, what, said):
    done = memcheck(program, what)
    assert done.returncode == CAUGHT and said in done.stderr
