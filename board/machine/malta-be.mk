# QEMU's malta, big-endian, with the memory of a small router.
KERNEL_ARCH := mips
KERNEL_FILE := vmlinux
KERNEL_CONFIG := common malta big-endian
MACHINE := qemu-system-mips -M malta -cpu 24Kc -m 32
MACHINE_NET := pcnet,romfile=
MACHINE_CONSOLE := ttyS0
