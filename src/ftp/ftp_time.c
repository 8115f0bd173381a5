/* ftp_time.c - times of files: told by MDTM, set by MFMT, and by MDTM as old
 * clients do it. Always UTC. */
#include "base/civil.h"
#include "base/text.h"
#include "ftp_cmd.h"
#include "ftp_time.h"

void ftp_time_text(char out[FTP_TIME_TEXT], int64_t unix_s)
{
	struct civil c;

	civil_from_unix(&c, unix_s);
	text_fmt(out, FTP_TIME_TEXT, "%04d%02d%02d%02d%02d%02d", (int)c.year,
	    c.month, c.day, c.hour, c.min, c.sec);
}

static uint8_t time_two(const char *s)
{
	return (uint8_t)((s[0] - '0') * 10 + s[1] - '0');
}

size_t ftp_time_parse(const char *s, int64_t *unix_s)
{
	char again[FTP_TIME_TEXT];
	size_t n = 0;
	struct civil c;

	while (text_is_digit(s[n]))
		n++;
	if (n != 14)
		return 0;
	c = (struct civil){ .year = time_two(s) * 100 + time_two(s + 2),
		.month = time_two(s + 4), .day = time_two(s + 6),
		.hour = time_two(s + 8), .min = time_two(s + 10),
		.sec = time_two(s + 12) };
	if (c.year < 1970 || c.month < 1 || c.month > 12)
		return 0;
	*unix_s = civil_to_unix(&c);
	ftp_time_text(again, *unix_s);
	if (memcmp(again, s, n) != 0)
		return 0;
	if (s[n] == '.')
		for (n++; text_is_digit(s[n]); n++)
			;
	return n;
}

/* Of "TIME PATH": the path as it was given, and the time; or NULL. */
static const char *time_and_path(const char *arg, int64_t *unix_s)
{
	size_t n = ftp_time_parse(arg, unix_s);

	return n > 0 && arg[n] == ' ' && arg[n + 1] != '\0' ? arg + n + 1 :
	    NULL;
}

static bool time_set(struct ftp_sess *s, const char *name, int64_t unix_s)
{
	if (!ftp_cmd_path(s, s->xfer.path, name))
		return false;
	if (port_path_set_time(s->root, s->xfer.path, unix_s) == 0)
		return true;
	ftp_reply(s, 550, "Could not set file modification time.");
	return false;
}

static void time_tell(struct ftp_sess *s)
{
	char text[FTP_TIME_TEXT];
	struct file_info info;

	if (port_path_info(s->root, s->xfer.path, true, &info) < 0 ||
	    info.type != FILE_REGULAR) {
		ftp_reply(s, 550, "Could not get file modification time.");
		return;
	}
	ftp_time_text(text, info.mtime_s);
	ftp_reply(s, 213, "%s", text);
}

/* Who may not set a time asks for that of a file with an odd name. */
void ftp_verb_mdtm(struct ftp_sess *s, char *arg)
{
	int64_t unix_s;
	const char *name = time_and_path(arg, &unix_s);

	if (name == NULL || !(s->rights & RIGHT_TIME))
		time_tell(s);
	else if (time_set(s, name, unix_s))
		ftp_reply(s, 213, "File modification time set.");
}

void ftp_verb_mfmt(struct ftp_sess *s, char *arg)
{
	char text[FTP_TIME_TEXT], fact[FTP_TIME_TEXT + 16];
	int64_t unix_s;
	const char *name = time_and_path(arg, &unix_s);

	if (name == NULL) {
		ftp_reply(s, 501, "MFMT needs YYYYMMDDHHMMSS and a name.");
		return;
	}
	if (!time_set(s, name, unix_s))
		return;
	ftp_time_text(text, unix_s);
	text_fmt(fact, sizeof(fact), "Modify=%s;", text);
	ftp_reply_name(s, 213, fact, name);
}

/* The last word of arg, cut off; NULL: it has but one. */
static char *time_last_word(char *arg)
{
	char *space = strrchr(arg, ' ');

	if (space == NULL || space[1] == '\0')
		return NULL;
	*space = '\0';
	return space + 1;
}

/* "PATH ATIME MTIME CTIME UTC", all but the last taken from the end. */
static const char *time_of_three(char *arg, int64_t *unix_s)
{
	const char *zone = time_last_word(arg);
	const char *ctime = zone != NULL ? time_last_word(arg) : NULL;
	const char *mtime = ctime != NULL ? time_last_word(arg) : NULL;
	const char *atime = mtime != NULL ? time_last_word(arg) : NULL;

	if (atime == NULL || strcmp(zone, "UTC") != 0 ||
	    ftp_time_parse(mtime, unix_s) != strlen(mtime) ||
	    ftp_time_parse(ctime, unix_s) == 0 ||
	    ftp_time_parse(atime, unix_s) == 0)
		return NULL;
	(void)ftp_time_parse(mtime, unix_s);
	return arg;
}

/* "YYYYMMDDhhmm[ss] PATH": ncftp leaves out the seconds. */
static const char *time_short(const char *arg, int64_t *unix_s)
{
	char whole[16];
	size_t len = strcspn(arg, " ");

	if (len != 12 || arg[12] != ' ' || arg[13] == '\0')
		return time_and_path(arg, unix_s);
	text_fmt(whole, sizeof(whole), "%.12s00", arg);
	return ftp_time_parse(whole, unix_s) == 14 ? arg + 13 : NULL;
}

void ftp_site_utime(struct ftp_sess *s, char *arg)
{
	int64_t unix_s;
	const char *name = time_short(arg, &unix_s);

	if (name == NULL)
		name = time_of_three(arg, &unix_s);
	if (name == NULL)
		ftp_reply(s, 501, "UTIME needs YYYYMMDDhhmmss and a name.");
	else if (time_set(s, name, unix_s))
		ftp_reply(s, 200, "UTIME command successful.");
}
