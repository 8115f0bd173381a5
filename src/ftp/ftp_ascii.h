/* ftp_ascii.h - the ends of lines of TYPE A: CR LF on the wire, LF in files. */
#ifndef FTP_ASCII_H
#define FTP_ASCII_H

#include "base/base.h"

/*
 * ftp_ascii_down - file to wire: LF becomes CR LF, where it is one already it
 * stays.
 *
 *   out  room for 2 * n octets
 *   in   n octets, anywhere outside of out, or just its upper half
 *   cr   the octet before in was a CR; kept from call to call, false at first
 *
 * Octets put out. Source: RFC 959 3.1.1.1.   Tests: unit/t_ftp_ascii.c
 */
size_t ftp_ascii_down(uint8_t *out, const uint8_t *in, size_t n, bool *cr);

/*
 * ftp_ascii_up - wire to file, in place: CR LF becomes LF, a CR alone stays.
 * A CR at the end is held back, for its LF may follow: *held is then true,
 * and it belongs before what comes next unless that begins with LF.
 *
 * Octets of mem that are left.
 */
size_t ftp_ascii_up(uint8_t *mem, size_t n, bool *held);

#endif
