/* ss_libev.h - the programs of shadowsocks-libev. */
#ifndef SS_LIBEV_H
#define SS_LIBEV_H

#include "ss_program.h"

extern const struct ss_program ss_redir_program;

int ss_server_main(int argc, char **argv);
int ss_local_main(int argc, char **argv);
int ss_tunnel_main(int argc, char **argv);
int ss_redir_main(int argc, char **argv);
int ss_manager_main(int argc, char **argv);

#endif
