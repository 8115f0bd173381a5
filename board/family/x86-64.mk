# Any x86-64.
FAMILY := x86-64
TRIPLET := x86_64-linux-gnu
MUSL_TARGET := x86_64-linux-musl
ARCHFLAGS :=
QEMU := qemu-x86_64-static
# Folders of src/crypto/alt.
ALT := x86-64 64
