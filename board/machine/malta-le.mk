# QEMU's malta, little-endian, with the memory of a small router.
KERNEL_ARCH := mips
KERNEL_FILE := vmlinux
KERNEL_CONFIG := common malta little-endian
MACHINE := qemu-system-mipsel -M malta -cpu 24Kc -m 32
MACHINE_NET := pcnet,romfile=
MACHINE_CONSOLE := ttyS0
