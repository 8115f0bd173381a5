# RV64GC with hardware double.
FAMILY := riscv64
TRIPLET := riscv64-linux-gnu
MUSL_TARGET := riscv64-linux-musl
ARCHFLAGS := -march=rv64gc -mabi=lp64d
QEMU := qemu-riscv64-static
# Folders of src/crypto/alt.
ALT := 64
