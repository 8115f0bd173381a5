/* ftp_enter.h - how a session's process gives up root. */
#ifndef FTP_ENTER_H
#define FTP_ENTER_H

#include "ftp_account.h"
#include "ftp_child.h"

/* Before login: nobody in an empty directory. 0 or -E_*; then it must end. */
int ftp_enter_guest(const struct ftp_birth *b);

/*
 * Checks the password as root; if it is right, reads what user_config_dir says
 * of the user and becomes him for good. A descriptor of what is "/" to him, or
 * -E_AUTH (wrong), or another -E_* with the reason in the log.
 */
int ftp_enter_user(const struct ftp_birth *b, const struct ftp_ask *login,
    struct ftp_account *a);

#endif
