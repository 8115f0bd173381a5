# Qualcomm IPQ40xx routers: 32 MB flash, 128 MB RAM or more.
include board/family/armv7hf.mk
PORT := linux
POLL := epoll
SERVICES := ss ftp
# Octets: .data + .bss + stack, and the file.
RAM_MAX := 12582912
FLASH_MAX := 716800
include board/machine/virt-armv7.mk
