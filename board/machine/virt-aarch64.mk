# QEMU's virt as an AArch64 router.
KERNEL_ARCH := arm64
KERNEL_FILE := arch/arm64/boot/Image
KERNEL_CONFIG := common virt-aarch64
MACHINE := qemu-system-aarch64 -M virt -cpu cortex-a53 -m 128
MACHINE_NET := virtio-net-device
MACHINE_CONSOLE := ttyAMA0
