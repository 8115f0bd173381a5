/* file_info.h - the system's struct stat as struct file_info. */
#ifndef POSIX_FILE_INFO_H
#define POSIX_FILE_INFO_H

#include <sys/stat.h>

#include "port/file.h"

void file_info_from(struct file_info *out, const struct stat *st);

#endif
