# Qualcomm Atheros AR71xx to QCA95xx routers: 16 MB flash, 64 MB RAM or less.
include board/family/mips-24kc.mk
PORT := linux
POLL := epoll
SERVICES := ss ftp
# Octets: .data + .bss + stack, and the file.
RAM_MAX := 6291456
FLASH_MAX := 716800
include board/machine/malta-be.mk
