/* keygen.h - `wherry keygen METHOD`. */
#ifndef KEYGEN_H
#define KEYGEN_H

/* 0, or 1: said on stderr. */
int keygen_main(int argc, char **argv);

#endif
