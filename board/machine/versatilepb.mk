# QEMU's versatilepb: ARMv5 with the memory of a small NAS.
KERNEL_ARCH := arm
KERNEL_FILE := arch/arm/boot/zImage
KERNEL_CONFIG := common versatilepb
MACHINE := qemu-system-arm -M versatilepb -cpu arm926 -m 32
MACHINE_NET := virtio-net-pci,romfile=
MACHINE_CONSOLE := ttyAMA0
# Of the same kernel; other machines describe themselves.
KERNEL_DTB := arch/arm/boot/dts/versatile-pb.dtb
# It cannot be switched off.
MACHINE_END := INT
