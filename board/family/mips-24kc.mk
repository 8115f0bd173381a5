# MIPS32r2, big-endian, no FPU.
FAMILY := mips-24kc
TRIPLET := mips-linux-gnu
MUSL_TARGET := mips-linux-musl
# Calls are direct: nothing here is ever shared.
ARCHFLAGS := -march=24kc -msoft-float -mabi=32 -mno-shared -mplt -minterlink-mips16
# What no octet of the data passes through: 16-bit instructions, a third smaller.
COLDFLAGS := -mips16
QEMU := qemu-mips-static -cpu 24Kc
# Folders of src/crypto/alt.
ALT := 32
