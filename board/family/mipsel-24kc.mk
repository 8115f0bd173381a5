# MIPS32r2, little-endian, no FPU.
FAMILY := mipsel-24kc
TRIPLET := mipsel-linux-gnu
MUSL_TARGET := mipsel-linux-musl
ARCHFLAGS := -march=24kc -msoft-float -mabi=32
QEMU := qemu-mipsel-static -cpu 24Kc
# Folders of src/crypto/alt.
ALT := 32
