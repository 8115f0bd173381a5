/* sandbox.h - the lists of calls as a filter's program, for the test too. */
#ifndef PORT_LINUX_SANDBOX_H
#define PORT_LINUX_SANDBOX_H

#include <linux/filter.h>

#include "port/sandbox.h"

#define SANDBOX_PROGRAM_MAX 512

/* The program of a list; refused: what it answers to calls off it
 * (SECCOMP_RET_*). Instructions. */
size_t sandbox_program(struct sock_filter out[SANDBOX_PROGRAM_MAX],
    enum sandbox which, uint32_t refused);

#endif
