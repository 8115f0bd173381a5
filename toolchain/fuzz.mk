# fuzz.mk - libFuzzer (clang) on every parser that sees octets of the network or of
# a file: tests/fuzz/f_NAME.c, with what it begins from in tests/fuzz/corpus/NAME.
#
#   make fuzz F=NAME T=SECONDS	one of them; what it finds is build/fuzz/NAME-*
#   make fuzz T=SECONDS		each of them, two at a time
#
# What a run has learnt stays in build/fuzz/corpus/NAME. They are linked to the
# simulated system: nothing they do reaches the machine.

FUZZERS := $(patsubst tests/fuzz/f_%.c,%,$(wildcard tests/fuzz/f_*.c))
T ?= 3

fuzz_CC := clang
fuzz_AR := ar
fuzz_OPT := -O1
fuzz_FLAGS := -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=fuzzer-no-link,address,undefined -Wno-unused-command-line-argument
fuzz_PORT := linux
fuzz_LIMITS := board/ath79/limits.h
fuzz_POLL := epoll
fuzz_SERVICES := ss ftp
fuzz_ALT := $(host_ALT)
fuzz_READY := build/.deps-fuzz
$(eval $(call variant,build/fuzz,fuzz))

$(FUZZERS:%=build/fuzz/%): build/fuzz/%: build/fuzz/tests/fuzz/f_%.o \
		$(call libs,build/fuzz,sim) build/fuzz/libtest.a build/fuzz/libcmocka.a
	@echo "  LINK    $@"
	$(Q)$(fuzz_CC) -fsanitize=fuzzer,address,undefined $< -Wl,--start-group \
		$(filter %.a,$^) -Wl,--end-group -o $@

.PHONY: fuzz
fuzz: $(if $(F),$(F:%=build/fuzz/%),$(FUZZERS:%=build/fuzz/%))
	@toolchain/run-fuzz $(T) $(if $(F),$(F),$(FUZZERS))
