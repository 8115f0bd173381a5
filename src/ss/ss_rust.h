/* ss_rust.h - the programs of shadowsocks-rust. */
#ifndef SS_RUST_H
#define SS_RUST_H

#include "ss_program.h"

extern const struct ss_program ss_rust_server, ss_rust_local;

int ssmanager_main(int argc, char **argv);
/* ssservice local|server|manager|genkey ... */
int ssservice_main(int argc, char **argv);

#endif
