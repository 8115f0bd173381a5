# ARMv8-A. AES and SHA instructions are looked for at run time.
FAMILY := aarch64
TRIPLET := aarch64-linux-gnu
MUSL_TARGET := aarch64-linux-musl
ARCHFLAGS := -march=armv8-a -mtune=cortex-a53
QEMU := qemu-aarch64-static -cpu cortex-a53
# The default of 64 KiB pads the file by 50 KiB. 16 KiB still runs on kernels
# with 4 and 16 KiB pages.
ARCHLDFLAGS := -Wl,-z,max-page-size=16384
# Folders of src/crypto/alt.
ALT := aarch64-aes aarch64 64
