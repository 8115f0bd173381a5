# Allwinner D1 boards: 512 MB RAM or more.
include board/family/riscv64.mk
PORT := linux
POLL := epoll
SERVICES := ss ftp
# Octets: .data + .bss + stack, and the file.
RAM_MAX := 41943040
FLASH_MAX := 819200
