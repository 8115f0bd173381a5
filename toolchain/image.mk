# image.mk - a kernel and an initramfs with wherry as its only program, for the
# emulated machine of a board (board/machine/NAME.mk, named by board.mk).
#
#   make image BOARD=x FILES=folder	build/x/image: kernel, initrd.gz; what is in
#					FILES goes over board/image/files
#   make test-image BOARD=x		boots one and works it from outside
#   make test-images			all boards that have a machine
#
# The kernel is Debian's source, built once into a folder outside the tree.

# Debian's pytest belongs to Debian's Python.
PYTHON := $(firstword $(wildcard /usr/bin/python3) python3)
IMAGE := build/$(BOARD)/image
IMAGES := $(patsubst board/%/board.mk,%,$(shell grep -l board/machine board/*/board.mk))
FILES ?=
comma := ,

$(IMAGE)/init: board/image/init.c $(BOARD_READY)
	@mkdir -p $(@D)
	$(Q)$(board_CC) -std=gnu11 $(WARN) $(board_OPT) $(ARCHFLAGS) -fno-pie $(SECTIONS) \
		$< $(board_LDFLAGS) -s -o $@

.PHONY: image test-image test-images
ifdef MACHINE
image: $B/wherry $(IMAGE)/init | build/.deps-image
	$(Q)rm -rf $(IMAGE)/files
	$(Q)mkdir -p $(IMAGE)/files/bin
	$(Q)cp $(IMAGE)/init $(IMAGE)/files/init
	$(Q)cp $B/wherry $(IMAGE)/files/bin/wherry
	$(Q)toolchain/cpio.py $(IMAGE)/initrd.gz board/image/files $(IMAGE)/files $(FILES)
	$(Q)from=$$(toolchain/kernel $(KERNEL_ARCH) $(TRIPLET)- \
		$(KERNEL_FILE)$(if $(KERNEL_DTB),$(comma)$(KERNEL_DTB)) $(KERNEL_CONFIG)) && \
		cp $$from/$(notdir $(KERNEL_FILE)) $(IMAGE)/kernel \
		$(if $(KERNEL_DTB),&& cp $$from/$(notdir $(KERNEL_DTB)) $(IMAGE)/dtb)
	@echo "  IMAGE   $(IMAGE), kernel $$(wc -c <$(IMAGE)/kernel), initrd" \
		"$$(wc -c <$(IMAGE)/initrd.gz) octets"

# What a test needs besides.
.PHONY: image-parts
image-parts: $(IMAGE)/agent $B/tests/unit/t_port_sandbox \
	$B/tests/unit/t_port_landlock
# QEMU's own network (libslirp) has been seen to die of a signal: then all is said,
# and done once more. What happens to the machine in it is never tried again.
test-image: image image-parts
	+@$(MAKE) --no-print-directory BOARD=x86-64
	@for try in 1 2; do rc=0; rm -f $(IMAGE)/emulator-died; \
		$(ALONE:exec=) WHERRY_IMAGE="$(BOARD)" WHERRY_MACHINE="$(MACHINE)" \
		WHERRY_MACHINE_NET="$(MACHINE_NET)" \
		WHERRY_MACHINE_END="$(MACHINE_END)" \
		WHERRY_MACHINE_CONSOLE="$(MACHINE_CONSOLE)" \
		$(PYTHON) -m pytest -q -s -p no:cacheprovider tests/image \
		>$(IMAGE)/test.log 2>&1 || rc=$$?; \
		[ $$try = 1 ] && [ -e $(IMAGE)/emulator-died ] || break; \
		echo "  NOTE    QEMU itself died of signal" \
			"$$(cat $(IMAGE)/emulator-died), not the machine in it: once more"; \
	done; cat $(IMAGE)/test.log; exit $$rc
$(IMAGE)/agent: tests/image/agent.c $(BOARD_READY)
	@mkdir -p $(@D)
	$(Q)$(board_CC) -std=gnu11 $(WARN) $(board_OPT) $(ARCHFLAGS) -fno-pie $(SECTIONS) \
		$< $(board_LDFLAGS) -s -o $@
else
image test-image:
	@echo "BOARD=$(BOARD) has no machine to be emulated; $(IMAGES) have" >&2; exit 1
endif

test-images:
	+@set -e; for b in $(IMAGES); do \
		$(MAKE) --no-print-directory BOARD=$$b test-image; done
