/* ftp_facts.h - what MLST and MLSD say of a file. */
#ifndef FTP_FACTS_H
#define FTP_FACTS_H

#include "port/file.h"

/* In the order they are told. */
#define FACT_TYPE    1u
#define FACT_SIZE    2u
#define FACT_MODIFY  4u
#define FACT_MODE    8u
#define FACT_UNIQUE 16u
#define FACT_PERM   32u
#define FACTS_ALL   63u

/* All facts but the text of a symbolic link. */
#define FACTS_ROOM 192

/*
 * "type=file;size=5;...;" of those asked for. rights: RIGHT_* of the session,
 * which perm= tells. link: text of a symbolic link, or NULL. Octets.
 * Source: RFC 3659 7.5.   Tests: unit/t_ftp_facts.c
 */
size_t ftp_facts(char *out, size_t room, unsigned facts, unsigned rights,
    const struct file_info *info, const char *link);

/* "type*;size*;..." for FEAT: a star behind those in facts; or without those
 * that are not in it and without stars, as OPTS answers. Octets. */
size_t ftp_facts_names(char *out, size_t room, unsigned facts, bool stars);

/* The facts that "type;size;" names; unknown ones are left out. */
unsigned ftp_facts_parse(const char *names);

#endif
