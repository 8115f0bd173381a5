/* ss_check.h - small requests through each of several servers, for who chooses
 * by latency. Nothing is sent where there is one server, or where it is left
 * to chance. */
#ifndef SS_CHECK_H
#define SS_CHECK_H

struct ss;

/* After ss->remotes are there; and when they go. */
void ss_checks_begin(struct ss *ss);
void ss_checks_end(struct ss *ss);

#endif
