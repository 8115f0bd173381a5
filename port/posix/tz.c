/* tz.c - which zone this machine is in, read once. */
#include "base/text.h"
#include "port/file.h"
#include "port/posix/tz.h"
#include "port/proc.h"
#include "port/time.h"

#define ZONE_MAX 8192		/* the longest compiled zone has about 4,000 */

static const char *etc_tz = "/etc/TZ";
static const char *etc_localtime = "/etc/localtime";
static const char *zone_dir = "/usr/share/zoneinfo/";

static struct {
	enum { TZ_UNREAD, TZ_UTC, TZ_RULE, TZ_FILE } form;
	char rule[128];
	size_t len;
	uint8_t file[ZONE_MAX];
} zone;

/* Octets of the file in mem, 0 when there is none or it is longer. */
static size_t load(const char *path, void *mem, size_t room)
{
	size_t len = 0;
	ptrdiff_t n = 0;
	int fd = port_file_open(PORT_FS, path, FILE_READ, 0);

	if (fd < 0)
		return 0;
	while (len < room) {
		n = port_file_read(fd, (int64_t)len, (char *)mem + len,
		    room - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	port_file_close(fd);
	return n == 0 && len < room ? len : 0;
}

static bool take_rule(const char *s)
{
	int32_t offset_s;

	if (tz_rule(s, 0, &offset_s) < 0 ||
	    !text_copy(zone.rule, sizeof zone.rule, s))
		return false;
	zone.form = TZ_RULE;
	return true;
}

static bool take_file(const char *path)
{
	int32_t offset_s;

	zone.len = load(path, zone.file, sizeof zone.file);
	if (tz_file(zone.file, zone.len, 0, &offset_s) < 0)
		return false;
	zone.form = TZ_FILE;
	return true;
}

/* What TZ may say: a rule, or the name of a zone, with or without a colon. */
static bool take_text(const char *s)
{
	char path[PORT_PATH_MAX];

	if (*s == ':')
		s++;
	if (take_rule(s))
		return true;
	if (s[0] == '/')
		return take_file(s);
	if (s[0] == '\0' || strstr(s, "..") != NULL)
		return false;
	(void)text_fmt(path, sizeof path, "%s%s", zone_dir, s);
	return take_file(path);
}

/* OpenWrt's one line. */
static bool take_etc_tz(void)
{
	char line[128];
	size_t len = load(etc_tz, line, sizeof line);

	while (len > 0 && text_is_space(line[len - 1]))
		len--;
	line[len] = '\0';
	return len > 0 && take_rule(line);
}

static void read_zone(void)
{
	const char *tz = port_env("TZ");

	zone.form = TZ_UTC;
	if (tz != NULL)
		(void)take_text(tz);
	else if (!take_etc_tz())
		(void)take_file(etc_localtime);
}

int32_t port_tz_offset(int64_t unix_s)
{
	int32_t offset_s = 0;

	if (zone.form == TZ_UNREAD)
		read_zone();
	if (zone.form == TZ_RULE)
		(void)tz_rule(zone.rule, unix_s, &offset_s);
	else if (zone.form == TZ_FILE)
		(void)tz_file(zone.file, zone.len, unix_s, &offset_s);
	return offset_s;
}
