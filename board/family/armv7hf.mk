# ARMv7-A with the smallest VFP; Thumb-2 halves the code.
FAMILY := armv7hf
TRIPLET := arm-linux-gnueabihf
MUSL_TARGET := arm-linux-musleabihf
ARCHFLAGS := -march=armv7-a -mtune=cortex-a7 -mfpu=vfpv3-d16 -mfloat-abi=hard -mthumb
QEMU := qemu-arm-static -cpu cortex-a7
# Folders of src/crypto/alt.
ALT := arm 32
