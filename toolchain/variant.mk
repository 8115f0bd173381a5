# variant.mk - from sources to objects, archives and tests, for one compiler.
#
# $(eval $(call variant,FOLDER,NAME)) with NAME_CC, NAME_FLAGS ... set (Makefile):
#   FOLDER/libwherry.a   src/ without main.c
#   FOLDER/libport.a     the port, FOLDER/libsim.a the simulated one
#   FOLDER/libmbedtls.a, libqrcodegen.a, libcmocka.a, libtest.a (tests/lib)
#   FOLDER/tests/unit/t_X, FOLDER/tests/sim/t_X
# A test includes the .c it tests. As that defines every symbol of its namesake in
# the archive, the linker never takes the latter.

Q := $(if $(V),,@)

# A file that holds a text and changes only when the text does: objects depend on
# their flags, archives on their lists. Two makes may look at it at once: what is
# new has the number of the process in its name.
SELF := $(shell echo $$PPID)
define content
$1: FORCE
	$$(shell mkdir -p $$(@D))$$(file >$$@.$(SELF),$2)
	@if cmp -s $$@.$(SELF) $$@; then rm $$@.$(SELF); else mv $$@.$(SELF) $$@; fi
endef
.PHONY: FORCE
FORCE:

SRC := $(filter-out src/main.c,$(wildcard src/*.c src/*/*.c src/*/*/*.c))

# Ciphers: those of every processor, and the folders that a variant names for its
# own, the best first (NAME_ALT); a file there replaces one of its name in the next.
alt_files = $(foreach f,$(sort $(notdir $(wildcard $(1:%=src/crypto/alt/%/*.c)))), \
	$(firstword $(wildcard $(1:%=src/crypto/alt/%/$f))))
SIM_PORT := $(wildcard port/sim/*.c)
TEST_LIB := $(wildcard tests/lib/*.c)
UNIT_TESTS := $(patsubst tests/%.c,%,$(wildcard tests/unit/t_*.c))
SIM_TESTS := $(patsubst tests/%.c,%,$(wildcard tests/sim/t_*.c))
TESTS := $(UNIT_TESTS) $(SIM_TESTS)

# A file in the system's own folder replaces the one of that name in posix.
port_files = $(foreach f,$(sort $(notdir $(wildcard port/$1/*.c port/posix/*.c))), \
	$(firstword $(wildcard port/$1/$f port/posix/$f)))

# Instructions that a file of src/crypto/alt is written for; it is asked at run
# time whether the processor has them.
ISA_chacha_avx2 := -mavx2
ISA_chacha_avx512 := -mavx512f -mavx512vl
ISA_poly_avx2 := -mavx2
ISA_gcm_aesni := -maes -mpclmul -mssse3 -O3
ISA_gcm_aesce := -march=armv8-a+crypto -O3
ISA_chacha_armv7 := -mfpu=neon
# GCC moves products about before it gives out registers, and runs short of them;
# clang does not know the flag.
ISA_poly_neon := -O3 -fno-schedule-insns -Wno-ignored-optimization-argument
ISA_poly_armv7 := -mfpu=neon $(ISA_poly_neon)
ISA_gcm_armv7 := -mfpu=neon

# The parts of mbedTLS that include/crypto/mbedtls_config.h turns on, and those
# that the data itself goes through: these are worth their size at -O2.
MBEDTLS := aes camellia aesni aesce block_cipher gcm chacha20 poly1305 \
	chachapoly md5 sha1 sha256 sha512 constant_time platform_util platform \
	cipher cipher_wrap md hkdf bignum bignum_core ecp ecp_curves ecdh ecdsa rsa \
	rsa_alt_helpers asn1parse asn1write oid base64 pem pk pk_ecc pk_wrap pkparse \
	pkwrite x509 x509_crt x509_create x509write x509write_crt \
	ssl_tls ssl_msg ssl_ciphersuites ssl_ticket ssl_client ssl_tls12_client \
	ssl_tls12_server ssl_tls13_client ssl_tls13_generic ssl_tls13_keys \
	ssl_tls13_server psa_crypto psa_crypto_aead psa_crypto_cipher \
	psa_crypto_client psa_crypto_driver_wrappers_no_static psa_crypto_ecp \
	psa_crypto_hash psa_crypto_mac psa_crypto_rsa psa_crypto_slot_management \
	psa_util
MBEDTLS_FAST := aes aesni aesce gcm chacha20 poly1305

# The path of an octet, of a packet, of a turn of the loop, and of a handshake's
# arithmetic; a family may have a smaller form of instructions for all else
# (NAME_COLD, COLDFLAGS).
HOT := src/base/% src/crypto/% src/core/chan% src/core/buf% src/core/loop.c \
	src/core/pool.c src/core/timer.c src/core/metrics_shared.c \
	src/ss/ss_aead.c src/ss/ss_2022.c \
	src/ss/ss_packet% src/ss/ss_stream.c src/ss/ss_udp% src/ss/ss_assoc% \
	src/ftp/ftp_pump.c
MBEDTLS_HOT := $(MBEDTLS_FAST) camellia chachapoly md5 sha1 sha256 sha512 \
	constant_time bignum bignum_core ecp ecp_curves ssl_msg
cold = $(if $(filter $2,$3),,$($1_COLD))
MBEDTLS_INC := -isystem build/src/mbedtls/include -Isrc/crypto/alt \
	-DMBEDTLS_CONFIG_FILE='<crypto/mbedtls_config.h>'
MBEDTLS_OURS := include/crypto/mbedtls_config.h $(wildcard src/crypto/alt/*_alt.h)

CMOCKA_DEFS := -DHAVE_INTTYPES_H -DHAVE_SIGNAL_H -DHAVE_STRINGS_H -DHAVE_STRSIGNAL \
	-DHAVE_SIGLONGJMP -DHAVE_STRUCT_TIMESPEC -DHAVE_CLOCK_REALTIME \
	-DHAVE_UINTPTR_T -D_GNU_SOURCE=

libs = $(addprefix $1/lib,wherry.a $2.a mbedtls.a qrcodegen.a)
link = -Wl,--start-group $(libs) -Wl,--end-group

# flags of the product: $(call product_flags,NAME)
limits_of = -DBOARD_LIMITS='"$($1_LIMITS)"'
product_flags = $(WARN) -I. -Iinclude -Isrc $(call limits_of,$1) \
	-DBOARD_POLL='"$($1_POLL)"' -DWHERRY_VERSION='"$(VERSION)"' \
	$(foreach s,$($1_SERVICES),-DSERVICE_$s=1) $($1_OPT) $($1_FLAGS)

define archive
$1: $2 $1.list | build/.deps-build $4
	@echo "  AR      $$@"
	@rm -f $$@
	$(Q)$3 qcsD $$@ $2
$(eval $(call content,$1.list,$2))
endef

define variant
$(eval $(call content,$1/.flags,$($2_CC) $(call product_flags,$2) $(MBEDTLS_INC) $(CMOCKA_DEFS) \
	$(if $($2_COLD),$($2_COLD) but $(HOT) $(MBEDTLS_HOT))))

# Again when flags, compiler or foreign headers change. The configuration is named,
# and our contexts are, as dependency files leave out what a foreign header includes.
$1/ready := $1/.flags $($2_READY) build/src/mbedtls/.ok build/src/jsmn/.ok \
	$(MBEDTLS_OURS)

$1/src/%.o: src/%.c $$($1/ready)
	@echo "  CC      $$@"
	@mkdir -p $$(@D)
	$(Q)$($2_CC) -std=c11 $(call product_flags,$2) -isystem build/src/jsmn \
		$$(if $$(filter src/ss/ss_qr.c,$$<),-isystem build/src/qrcodegen/c) \
		$$(if $$(filter src/crypto/%,$$<),$(MBEDTLS_INC)) \
		$$(if $$(filter src/crypto/alt/%,$$<),-O2 $$(ISA_$$(*F))) \
		$$(call cold,$2,$(HOT),$$<) \
		-MMD -MP -c $$< -o $$@
$1/src/ss/ss_qr.o: build/src/qrcodegen/.ok

$1/port/%.o: port/%.c $$($1/ready)
	@echo "  CC      $$@"
	@mkdir -p $$(@D)
	$(Q)$($2_CC) -std=gnu11 -D_GNU_SOURCE= $(call product_flags,$2) -MMD -MP -c $$< -o $$@

$1/tests/%.o: tests/%.c $$($1/ready) build/src/cmocka/.ok
	@echo "  CC      $$@"
	@mkdir -p $$(@D)
	$(Q)$($2_CC) -std=gnu11 -D_GNU_SOURCE= -DHAVE_UINTPTR_T $(call product_flags,$2) \
		-isystem build/src/jsmn -isystem build/src/cmocka/include $(MBEDTLS_INC) \
		-idirafter tests/lib/bsd -MMD -MP -c $$< -o $$@

$(MBEDTLS:%=$1/mbedtls/%.o): $1/mbedtls/%.o: build/src/mbedtls/.ok \
		$(MBEDTLS_OURS) include/base/limits.h \
		$($2_LIMITS) $1/.flags $($2_READY)
	@echo "  CC      $$@"
	@mkdir -p $$(@D)
	$(Q)$($2_CC) -std=gnu11 -I. -Iinclude $(call limits_of,$2) $(MBEDTLS_INC) \
		$$(if $$(filter $$*,$(MBEDTLS_FAST)),-O2,$($2_OPT)) $($2_FLAGS) $($2_MBEDTLS) \
		$$(call cold,$2,$(MBEDTLS_HOT),$$*) \
		-c build/src/mbedtls/library/$$*.c -o $$@

$1/qrcodegen.o: build/src/qrcodegen/.ok $1/.flags $($2_READY)
	@echo "  CC      $$@"
	@mkdir -p $$(@D)
	$(Q)$($2_CC) -std=c11 -w -DNDEBUG $($2_OPT) $($2_FLAGS) \
		-c build/src/qrcodegen/c/qrcodegen.c -o $$@

$1/cmocka.o: build/src/cmocka/.ok $1/.flags $($2_READY)
	@echo "  CC      $$@"
	@mkdir -p $$(@D)
	$(Q)$($2_CC) -std=gnu11 -w $(CMOCKA_DEFS) -Ibuild/src/cmocka/include \
		$($2_OPT) $($2_FLAGS) -c build/src/cmocka/src/cmocka.c -o $$@

$(eval $(call archive,$1/libwherry.a,$(patsubst %.c,$1/%.o,$(SRC) $(call alt_files,$($2_ALT))),$($2_AR),$($2_READY)))
$(eval $(call archive,$1/libport.a,$(patsubst %.c,$1/%.o,$(call port_files,$($2_PORT))),$($2_AR),$($2_READY)))
$(eval $(call archive,$1/libsim.a,$(SIM_PORT:%.c=$1/%.o),$($2_AR),$($2_READY)))
$(eval $(call archive,$1/libmbedtls.a,$(MBEDTLS:%=$1/mbedtls/%.o),$($2_AR),$($2_READY)))
$(eval $(call archive,$1/libqrcodegen.a,$1/qrcodegen.o,$($2_AR),$($2_READY)))
$(eval $(call archive,$1/libcmocka.a,$1/cmocka.o,$($2_AR),$($2_READY)))
$(eval $(call archive,$1/libtest.a,$(TEST_LIB:%.c=$1/%.o),$($2_AR),$($2_READY)))

$(UNIT_TESTS:%=$1/tests/%): $1/libport.a
$(SIM_TESTS:%=$1/tests/%): $1/libsim.a
$(TESTS:%=$1/tests/%): %: %.o $(call libs,$1,test) $1/libcmocka.a
	@echo "  LINK    $$@"
	$(Q)$($2_CC) $($2_LDFLAGS) $$< -Wl,--start-group $$(filter %.a,$$^) \
		-Wl,--end-group -o $$@
$1/tests/bench/insn $1/tests/bench/acl: %: %.o $(call libs,$1,port)
	@echo "  LINK    $$@"
	$(Q)$($2_CC) $($2_LDFLAGS) $$< $(call link,$1,port) -o $$@
.PRECIOUS: $1/tests/%.o

-include $(wildcard $1/src/*.d $1/src/*/*.d $1/src/*/*/*.d $1/src/*/*/*/*.d $1/port/*/*.d $1/tests/*/*.d)
endef
