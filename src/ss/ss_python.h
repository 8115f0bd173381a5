/* ss_python.h - ssserver and sslocal as the python original has them. */
#ifndef SS_PYTHON_H
#define SS_PYTHON_H

int ssserver_main(int argc, char **argv);
int sslocal_main(int argc, char **argv);

#endif
