/* ss_qr.h - a text as a QR code, for a terminal. */
#ifndef SS_QR_H
#define SS_QR_H

#include "base/base.h"

/*
 * ss_qr_say - the code on standard output: two rows of it in a line, in black
 * on white whatever the terminal's colours are, a margin of four around it
 * (ISO/IEC 18004). -E_LONG: more octets than a code takes, which are 2,953.
 */
int ss_qr_say(const char *text);

#endif
