# make [BOARD=name]   build/name/wherry; `make help` lists the rest.
#
# toolchain/variant.mk has the rules that turn sources into objects, archives and
# tests; they are written once and used for the host (sanitizers, glibc), for the
# board, and for each BSD.

.SUFFIXES:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
# Two jobs, unless -j says otherwise.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j2
endif

VERSION := 0.1.0

# A test runs on the host unless a board is asked for by name.
TESTED := $(if $(filter command environment,$(firstword $(origin BOARD))),$(BOARD),host)
BOARD ?= x86-64
BOARDS := $(patsubst board/%/board.mk,%,$(wildcard board/*/board.mk))
ifeq ($(filter $(BOARD),$(BOARDS)),)
$(error BOARD=$(BOARD) is none of: $(BOARDS))
endif
include board/$(BOARD)/board.mk

.PHONY: all
all: build/$(BOARD)/wherry

# ---- Compilers

# Either a ready toolchain (CROSS_COMPILE=mipsel-openwrt-linux-musl- and, where it
# does not know its own, SYSROOT=folder), or Debian's compiler on our own musl.
ifdef CROSS_COMPILE
CROSS := $(CROSS_COMPILE)
BOARD_READY :=
else
SYSROOT_DIR := build/sysroot/$(FAMILY)
CROSS := $(SYSROOT_DIR)/bin/$(MUSL_TARGET)-
BOARD_READY := $(SYSROOT_DIR)/.ok
endif

WERROR ?= -Werror
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	$(WERROR)
SECTIONS := -ffunction-sections -fdata-sections

# What a variant is: compiler, archiver, flags, port, limits, and what must exist
# before it compiles anything.
HOST_CC ?= gcc
host_CC := $(HOST_CC)
host_AR := ar
host_OPT := -O1
host_FLAGS := -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
host_LDFLAGS := -fsanitize=address,undefined -lcrypt
host_PORT := linux
host_LIMITS := board/x86-64/limits.h
host_POLL := epoll
host_SERVICES := ss ftp
host_ALT := $(patsubst aarch64,aarch64-aes aarch64,$(patsubst x86_64,x86-64, \
	$(filter x86_64 aarch64,$(shell uname -m)))) 64
host_RUN :=

# -g does not change a program's code, and it is stripped of it in the end.
board_CC := $(CROSS)gcc $(if $(SYSROOT),--sysroot=$(SYSROOT))
board_AR := $(CROSS)ar
board_OPT := -Os
board_FLAGS := $(ARCHFLAGS) -g -fno-pie $(SECTIONS) \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-ffile-prefix-map=$(CURDIR)=.
board_LDFLAGS := $(ARCHFLAGS) -static -no-pie -Wl,--gc-sections \
	-Wl,--fatal-warnings -Wl,--build-id=none -Wl,-z,noexecstack \
	$(ARCHLDFLAGS)
board_PORT := $(PORT)
board_LIMITS := board/$(BOARD)/limits.h
board_POLL := $(POLL)
board_SERVICES := $(SERVICES)
board_ALT := $(ALT)
board_COLD := $(COLDFLAGS)
board_READY := $(BOARD_READY)
board_RUN := $(if $(filter $(shell uname -m)-%,$(TRIPLET)),,$(QEMU))

include toolchain/variant.mk
$(eval $(call variant,build/host,host))
$(eval $(call variant,build/$(BOARD),board))

# ---- The product

B := build/$(BOARD)

$B/wherry.elf: $B/src/main.o $(call libs,$B,port) $B/.link
	@echo "  LINK    $@"
	$(Q)$(board_CC) $(board_LDFLAGS) $< $(call link,$B,port) \
		-Wl,-Map=$B/wherry.map -o $@

$B/wherry: $B/wherry.elf toolchain/witness
	$(Q)toolchain/witness $(CROSS) $<
	$(Q)$(CROSS)strip -s $< -o $@
	@echo "  BUILT   $@, $$(wc -c <$@) octets"

$(eval $(call content,$B/.link,$(board_CC) $(board_LDFLAGS)))

# Manual pages, from the tables of options that --help prints.
.PHONY: man
man:
	+@$(MAKE) --no-print-directory BOARD=x86-64
	@python3 toolchain/man.py build/x86-64/wherry build/man

# Of the last commit's time, or as SOURCE_DATE_EPOCH says; without either, none.
.PHONY: package
package: $B/wherry man
	@python3 toolchain/package.py $(BOARD) $(VERSION) \
		"$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 0)}" \
		$B/package

.PHONY: boards sizes repro
boards:
	+@set -e; for b in $(BOARDS); do $(MAKE) --no-print-directory BOARD=$$b; done

sizes: $B/wherry
	@toolchain/sizes $(CROSS) $B $(RAM_MAX) $(FLASH_MAX)

# Everything but the downloads is built a second time in another folder, musl too.
repro: $B/wherry
	@rm -rf build/repro
	@mkdir -p build/repro/another/folder
	@cp -r Makefile board toolchain include src port build/repro/another/folder/
	@ln -s ../../../../dl build/repro/another/folder/dl
	+@$(MAKE) --no-print-directory -C build/repro/another/folder BOARD=$(BOARD)
	@cmp $< build/repro/another/folder/$<
	@echo "repro: $< is the same from two folders"
	@rm -rf build/repro

# ---- Tests

.PHONY: unit sim unit-boards check $(notdir $(TESTS))
ifneq ($(TESTED),host)
TESTED_RUN := $(board_RUN)
build/.ready-to-run: | $(if $(board_RUN),build/.deps-emu)
else
build/.ready-to-run:
endif
.PHONY: build/.ready-to-run
TD := build/$(TESTED)/tests

# One test by name: make t_NAME [BOARD=name].
$(TESTS:%=$(TD)/%): | build/.ready-to-run
$(foreach t,$(TESTS),$(eval $(notdir $t): $(TD)/$t; $$(TESTED_RUN) $(TD)/$t))

unit: $(UNIT_TESTS:%=$(TD)/%)
	@toolchain/run-tests "unit on $(TESTED)" "$(TESTED_RUN)" $^
sim: $(SIM_TESTS:%=$(TD)/%)
	@toolchain/run-tests "sim on $(TESTED)" "$(TESTED_RUN)" $^

check: unit sim

# The long form of what `make test` does in short: seeds by the ten thousand, and
# of each way to compute a cipher a million cases.
.PHONY: campaign
campaign:
	+@SIM_SEEDS=$${SIM_SEEDS:-20000} TEST_TIMEOUT=$${TEST_TIMEOUT:-7200} \
		$(MAKE) --no-print-directory sim
	+@SIM_SEEDS=$${SIM_SEEDS:-10000} \
		$(MAKE) --no-print-directory t_crypto_alt

# The FTP server's tests of many clients, in their long form: some minutes.
.PHONY: campaign-ftp
campaign-ftp: build/.deps-test
	+@$(MAKE) --no-print-directory BOARD=x86-64
	@CAMPAIGN=long /usr/bin/python3 -m pytest -q -s -p no:cacheprovider \
		tests/system/test_ftp_campaign.py

# A few seeds are enough to see a board's own faults; the host does thousands.
unit-boards:
	+@rc=0; for b in $(BOARDS); do \
		SIM_SEEDS=$${SIM_SEEDS:-20} $(MAKE) --no-print-directory \
			BOARD=$$b unit sim || rc=1; \
	done; exit $$rc

# These scripts call make themselves: theirs is a make of its own.
ALONE := exec env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS
.PHONY: lint test run bench
lint: build/.deps-lint
	@$(ALONE) tests/lint/run
test: build/.deps-test
	@$(ALONE) tests/run
run: build/.deps-run
	+@$(MAKE) --no-print-directory BOARD=x86-64
	@exec python3 tests/demo.py build/x86-64/wherry
bench: build/.deps-bench
	+@$(MAKE) --no-print-directory BOARD=x86-64 all insn bench-parts
	@$(ALONE) python3 tests/bench/bench.py $(PART)

# What grows with what, as a table and plots in docs/curves.
.PHONY: curves
curves: build/.deps-bench
	+@$(MAKE) --no-print-directory BOARD=x86-64
	@$(ALONE) python3 tests/bench/curves.py

# Instructions an octet, counted by QEMU: UPDATE=1 writes the table anew.
.PHONY: bench-insn insn bench-parts
insn: $B/tests/bench/insn
bench-parts: $B/tests/bench/acl
build/bench/icount.so: tests/bench/icount.c | build/.deps-insn
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -O2 -fPIC -shared $< -o $@
bench-insn: build/bench/icount.so
	+@set -e; for b in $(filter-out x86-64,$(BOARDS)); do \
		$(MAKE) --no-print-directory BOARD=$$b insn; done
	@$(ALONE) python3 tests/bench/insn.py $(if $(UPDATE),--update)

include toolchain/bsd.mk
include toolchain/image.mk
include toolchain/fuzz.mk

# ---- What comes from outside

SOURCES := musl mbedtls jsmn qrcodegen cmocka builtins
$(SOURCES:%=build/src/%/.ok): build/src/%/.ok: toolchain/sources.lock | build/.deps-build
	$(Q)toolchain/fetch $*

DEPS := build emu lint run test bench bsd fuzz insn image
$(DEPS:%=build/.deps-%): build/.deps-%: toolchain/deps
	@mkdir -p build
	$(Q)toolchain/deps $*
	@touch $@
build/.deps-cross-$(TRIPLET): build/.deps-build toolchain/deps
	$(Q)toolchain/deps cross $(TRIPLET)
	@touch $@
.PHONY: $(DEPS:%=deps-%)
$(DEPS:%=deps-%): deps-%: build/.deps-%

build/sysroot/$(FAMILY)/.ok: toolchain/musl board/family/$(FAMILY).mk \
		build/src/musl/.ok $(if $(filter mips%,$(TRIPLET)),build/src/builtins/.ok) \
		| build/.deps-cross-$(TRIPLET)
	@echo "  MUSL    $(FAMILY)"
	+$(Q)toolchain/musl $(TRIPLET) $(MUSL_TARGET) "$(ARCHFLAGS)" $(@D)
	@touch $@

# ---- The rest

.PHONY: help clean distclean
print-%:
	@echo '$($*)'

clean:
	rm -rf $(BOARDS:%=build/%) build/host build/bsd build/repro

distclean:
	rm -rf build dl

help:
	@echo 'make              build/$(BOARD)/wherry (BOARD=name for another board)'
	@echo 'make boards       all of: $(BOARDS)'
	@echo 'make run          build, start and show a relay and a file server'
	@echo 'make test         everything there is to prove, with a summary'
	@echo 'make check        unit and sim tests on the host, with sanitizers'
	@echo 'make t_NAME       one test of tests/unit or tests/sim (BOARD=name: that board'"'"'s)'
	@echo 'make unit-boards  all of them on every board, under QEMU'
	@echo 'make lint         layers, symbols, format, static analysis'
	@echo 'make campaign     the simulations with 20,000 seeds each'
	@echo 'make campaign-ftp  ten thousand logins, aborts, full disks, deaths'
	@echo 'make fuzz         each fuzzer for T=3 seconds; F=name: that one alone'
	@echo 'make man          manual pages, in build/man'
	@echo 'make package      an .ipk for OpenWrt and Entware, and a .deb, of a BOARD'
	@echo 'make bench        beside the programs wherry replaces; PART=udp a part'
	@echo 'make curves       memory and time by connections, users, rows, names: docs/curves'
	@echo 'make bench-insn   instructions an octet on each board, against the table'
	@echo 'make image        a kernel and wherry for the emulated machine of a BOARD'
	@echo 'make test-images  boots them all; test-image BOARD=x that one'
	@echo 'make sizes        sections and pools against RAM_MAX and FLASH_MAX'
	@echo 'make repro        build twice, compare'
	@echo 'make bsd          compile and link for FreeBSD and NetBSD'
	@echo 'make clean        remove what was built; distclean: what was fetched too'
	@echo
	@echo 'V=1 shows commands. CROSS_COMPILE=prefix- and SYSROOT=folder take a ready'
	@echo 'toolchain. Missing Debian packages are installed, and named.'
