# PC, virtual machine, NAS with an x86-64 CPU; the development host.
include board/family/x86-64.mk
PORT := linux
POLL := epoll
SERVICES := ss ftp
# Octets: .data + .bss + stack, and the file.
RAM_MAX := 100663296
FLASH_MAX := 1048576
