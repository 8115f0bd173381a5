# MediaTek MT7621 routers: 16 MB flash, 128 MB RAM or more.
include board/family/mipsel-24kc.mk
PORT := linux
POLL := epoll
SERVICES := ss ftp
# Octets: .data + .bss + stack, and the file.
RAM_MAX := 12582912
FLASH_MAX := 716800
include board/machine/malta-le.mk
