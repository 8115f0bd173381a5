# QEMU's virt as an ARMv7 router.
KERNEL_ARCH := arm
KERNEL_FILE := arch/arm/boot/zImage
KERNEL_CONFIG := common virt-armv7
MACHINE := qemu-system-arm -M virt -cpu cortex-a7 -m 64
MACHINE_NET := virtio-net-device
MACHINE_CONSOLE := ttyAMA0
