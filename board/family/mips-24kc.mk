# MIPS32r2, big-endian, no FPU.
FAMILY := mips-24kc
TRIPLET := mips-linux-gnu
MUSL_TARGET := mips-linux-musl
ARCHFLAGS := -march=24kc -msoft-float -mabi=32
QEMU := qemu-mips-static -cpu 24Kc
# Folders of src/crypto/alt.
ALT := 32
