/* ss_python.h - ssserver and sslocal as the python original has them, and the
 * own programs, which take its flags. */
#ifndef SS_PYTHON_H
#define SS_PYTHON_H

#include "ss_program.h"

extern const struct ss_program ss_python_server, ss_python_local;
extern const struct ss_program ss_own_server, ss_own_local;

#endif
