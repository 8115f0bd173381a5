/* f_ftp_users.c - any line of a users file; hashes written are read again. */
#include "src/ftp/ftp_users.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	char text[FTP_HASH_TEXT];
	const char *why = NULL;
	struct ftp_user user;
	struct ftp_hash again;

	if (ftp_user_parse(&user, (const char *)mem, len, &why) != 0) {
		HOLDS(why != NULL);
		return 0;
	}
	HOLDS(user.name[0] != '\0');
	if (user.locked)
		return 0;
	ftp_hash_text(text, &user.hash);
	HOLDS(ftp_hash_parse(&again, text, strlen(text)) == 0);
	HOLDS(memcmp(again.hash, user.hash.hash, FTP_HASH) == 0);
	return 0;
}
