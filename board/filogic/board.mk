# MediaTek Filogic (MT7981, MT7986) routers: 128 MB flash, 256 MB RAM or more.
include board/family/aarch64.mk
PORT := linux
POLL := epoll
SERVICES := ss ftp
# Octets: .data + .bss + stack, and the file.
RAM_MAX := 41943040
FLASH_MAX := 819200
include board/machine/virt-aarch64.mk
