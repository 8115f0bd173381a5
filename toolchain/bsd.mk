# bsd.mk - compile and link the whole product for the BSDs, by Zig's compiler with
# the libc headers and stubs it carries. Nobody here can run the result; what is
# shown is that it builds without a warning.

BSD_TARGETS := x86_64-freebsd aarch64-freebsd x86_64-netbsd aarch64-netbsd
ZIG := ZIG_GLOBAL_CACHE_DIR=build/zig/cache build/zig/bin/python -m ziglang

build/zig/.ok: toolchain/zig.txt | build/.deps-bsd
	@echo "  ZIG     $(@D)"
	$(Q)rm -rf $(@D) && python3 -m venv $(@D)
	$(Q)$(@D)/bin/pip -q --disable-pip-version-check install --require-hashes -r $<
	@touch $@

# zig cc turns the undefined-behaviour sanitizer on by default. mbedTLS uses FreeBSD's
# explicit_bzero() but hides its declaration by asking for plain POSIX: declare it first.
# Nobody there can be asked what a processor has: plain C on x86-64, on AArch64 what
# each of them has.
define bsd
bsd_$1_CC := $(ZIG) cc -target $1
bsd_$1_AR := $(ZIG) ar
bsd_$1_OPT := -Os
bsd_$1_FLAGS := -g $(SECTIONS) -fno-sanitize=undefined
bsd_$1_LDFLAGS := -Wl,--gc-sections
bsd_$1_MBEDTLS := -include strings.h
bsd_$1_PORT := bsd
bsd_$1_LIMITS := board/x86-64/limits.h
bsd_$1_POLL := kqueue
bsd_$1_SERVICES := ss ftp
bsd_$1_ALT := $(filter aarch64,$(firstword $(subst -, ,$1))) 64
bsd_$1_READY := build/zig/.ok
endef

define bsd_product
build/bsd/$1/wherry: build/bsd/$1/src/main.o $(call libs,build/bsd/$1,port)
	@echo "  LINK    $$@"
	$(Q)$(bsd_$1_CC) $(bsd_$1_LDFLAGS) $$< $(call link,build/bsd/$1,port) -o $$@
	@echo "  BUILT   $$@, $$$$(wc -c <$$@) octets"
endef

$(foreach t,$(BSD_TARGETS),$(eval $(call bsd,$t)))
$(foreach t,$(BSD_TARGETS),$(eval $(call variant,build/bsd/$t,bsd_$t)))
$(foreach t,$(BSD_TARGETS),$(eval $(call bsd_product,$t)))

.PHONY: bsd
bsd: $(BSD_TARGETS:%=build/bsd/%/wherry)
