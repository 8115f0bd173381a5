/* main.c - chooses the service: by the name it is called by, or the first
 * word. Knows services by their table only. */
#include "base/text.h"
#include "port/out.h"
#include "services.h"

static void put(int fd, const char *s)
{
	port_out_all(fd, s, strlen(s));
}

static const struct service *find(const char *name)
{
	const struct service *s;

	for (s = services; s->name != NULL; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void usage(int fd)
{
	const struct service *s;
	char line[81];

	put(fd, "usage: wherry SERVICE [OPTION]...\n"
	    "       wherry help | version\n"
	    "A link to it that is named like a service is that service.\n\n");
	for (s = services; s->name != NULL; s++) {
		text_fmt(line, sizeof(line), "  %-12s%s\n", s->name, s->help);
		put(fd, line);
	}
	put(fd, "\nwherry SERVICE --help lists the options of a service.\n");
}

static bool is_word(const char *s, const char *word)
{
	return strcmp(s, word) == 0 ||
	    (strncmp(s, "--", 2) == 0 && strcmp(s + 2, word) == 0);
}

static int unknown(const char *name)
{
	char text[80];

	text_safe(text, sizeof(text), name, strlen(name));
	put(2, "wherry: ");
	put(2, text);
	put(2, ": no such service\n");
	usage(2);
	return 1;
}

int main(int argc, char **argv)
{
	const struct service *s = find(argc > 0 ? base_name(argv[0]) : "");

	port_out_open();
	if (s != NULL)
		return s->main(argc, argv);
	if (argc < 2) {
		usage(2);
		return 2;
	}
	s = find(argv[1]);
	if (s != NULL)
		return (s->own != NULL ? s->own : s->main)(argc - 1, argv + 1);
	if (is_word(argv[1], "version")) {
		put(1, "wherry " WHERRY_VERSION "\n");
		return 0;
	}
	if (!is_word(argv[1], "help"))
		return unknown(argv[1]);
	usage(1);
	return 0;
}
