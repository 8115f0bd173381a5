/* f_ftp_path.c - any directory and argument: the path is canonical, and so is
 * everything made of it. Input: cwd, NUL, argument. */
#include "src/ftp/ftp_path.c"

#include "port/file.h"
#include "tests/fuzz/fuzz.h"

static bool is_canonical(const char *s)
{
	size_t n = strlen(s);

	if (s[0] != '/' || strstr(s, "//") != NULL)
		return false;
	if (strstr(s, "/./") != NULL || strstr(s, "/../") != NULL)
		return false;
	if (n > 1 && (s[n - 1] == '/' || strcmp(s + n - 2, "/.") == 0))
		return false;
	return n < 3 || strcmp(s + n - 3, "/..") != 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	char cwd[PORT_PATH_MAX], out[PORT_PATH_MAX], more[PORT_PATH_MAX];
	char *s = fuzz_text(mem, len);
	size_t n = strlen(s);

	if (ftp_path_join(cwd, sizeof(cwd), "/", s) == 0) {
		HOLDS(is_canonical(cwd));
		if (ftp_path_join(out, sizeof(out), cwd,
		    n < len ? s + n + 1 : "..") == 0)
			HOLDS(is_canonical(out));
		ftp_path_parent(more, sizeof(more), cwd);
		HOLDS(is_canonical(more));
		HOLDS(strchr(ftp_path_base(cwd), '/') == NULL);
		if (ftp_path_temp(more, sizeof(more), cwd, 1) == 0)
			HOLDS(is_canonical(more));
	}
	free(s);
	return 0;
}
