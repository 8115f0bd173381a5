/* ss_choose.h - ssserver and sslocal, of whichever origin they are meant. */
#ifndef SS_CHOOSE_H
#define SS_CHOOSE_H

/* By a link of that name: as the python original's or rust's. */
int ssserver_main(int argc, char **argv);
int sslocal_main(int argc, char **argv);
/* By `wherry ssserver`: our own. */
int own_ssserver_main(int argc, char **argv);
int own_sslocal_main(int argc, char **argv);

#endif
