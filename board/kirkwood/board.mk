# Marvell Kirkwood NAS boxes: 128 MB RAM or more.
include board/family/armv5te.mk
PORT := linux
POLL := epoll
SERVICES := ss ftp
# Octets: .data + .bss + stack, and the file.
RAM_MAX := 12582912
FLASH_MAX := 716800
include board/machine/versatilepb.mk
