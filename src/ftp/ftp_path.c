/* ftp_path.c - the path a client sees: absolute, canonical, as text only.
 * Knows no file system. */
#include "base/text.h"
#include "ftp_path.h"

/* Of NAME in a temporary name: ".in." and ".1234abcd" fit into 255 with it. */
#define TEMP_NAME_MAX 200

/* out without its last part; len is that of out. */
static size_t path_up(const char *out, size_t len)
{
	while (len > 0 && out[len - 1] != '/')
		len--;
	return len > 0 ? len - 1 : 0;
}

int ftp_path_join(char *out, size_t room, const char *cwd, const char *arg)
{
	size_t len = 0, part;

	if (arg[0] != '/' && strcmp(cwd, "/") != 0) {
		len = strlen(cwd);
		if (len >= room)
			return -E_LONG;
		memcpy(out, cwd, len);
	}
	for (; *arg != '\0'; arg += part) {
		if (*arg == '/') {
			part = 1;
			continue;
		}
		part = strcspn(arg, "/");
		if (part == 1 && arg[0] == '.')
			continue;
		if (part == 2 && arg[0] == '.' && arg[1] == '.') {
			len = path_up(out, len);
			continue;
		}
		if (part + 1 >= room - len)
			return -E_LONG;
		out[len++] = '/';
		memcpy(out + len, arg, part);
		len += part;
	}
	if (len == 0)
		out[len++] = '/';
	out[len] = '\0';
	return 0;
}

const char *ftp_path_base(const char *path)
{
	return strrchr(path, '/') + 1;
}

void ftp_path_parent(char *out, size_t room, const char *path)
{
	size_t len = path_up(path, strlen(path));

	text_copy_n(out, room, path, len > 0 ? len : 1);
}

int ftp_path_temp(char *out, size_t room, const char *path, uint32_t salt)
{
	const char *base = ftp_path_base(path);
	size_t name = MIN(strlen(base), TEMP_NAME_MAX);
	size_t dir = (size_t)(base - path);

	if (dir + name + sizeof(".in..12345678") > room)
		return -E_LONG;
	text_fmt(out, room, "%.*s.in.%.*s.%08lx", (int)dir, path, (int)name,
	    base, (unsigned long)salt);
	return 0;
}

bool ftp_path_is_temp(const char *name)
{
	size_t len = strlen(name);

	return len > sizeof(".in..12345678") - 1 &&
	    strncmp(name, ".in.", 4) == 0 && name[len - 9] == '.' &&
	    strspn(name + len - 8, "0123456789abcdef") == 8;
}
