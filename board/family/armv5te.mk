# ARMv5te, no FPU; ARM code, as Thumb-1 is slow and without 64-bit multiply.
FAMILY := armv5te
TRIPLET := arm-linux-gnueabi
MUSL_TARGET := arm-linux-musleabi
ARCHFLAGS := -march=armv5te -mfloat-abi=soft -marm
# What no octet of the data passes through: 16-bit instructions, a third smaller.
COLDFLAGS := -mthumb
QEMU := qemu-arm-static -cpu arm926
# Folders of src/crypto/alt.
ALT := 32
