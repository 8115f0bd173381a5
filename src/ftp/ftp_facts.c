/* ftp_facts.c - what MLST and MLSD say of a file. Knows no listing. */
#include "base/text.h"
#include "ftp_facts.h"
#include "ftp_sess.h"
#include "ftp_time.h"

static const char *const names[] = { "type", "size", "modify", "UNIX.mode",
	"unique", "perm" };

/* A letter for each thing that a client may do with it. */
static void facts_perm(char out[12], const struct file_info *info,
    unsigned rights)
{
	static const struct {
		char letter;
		bool dir;
		unsigned rights;
	} perms[] = {
		{ 'a', false, RIGHT_CHANGE },
		{ 'c', true, RIGHT_UPLOAD },
		{ 'd', false, RIGHT_CHANGE },
		{ 'd', true, RIGHT_CHANGE },
		{ 'e', true, 0 },
		{ 'f', false, RIGHT_CHANGE },
		{ 'f', true, RIGHT_CHANGE },
		{ 'l', true, RIGHT_LIST },
		{ 'm', true, RIGHT_MKDIR },
		{ 'p', true, RIGHT_CHANGE },
		{ 'r', false, RIGHT_READ },
		{ 'w', false, RIGHT_UPLOAD | RIGHT_CHANGE },
	};

	for (size_t i = 0; i < LEN(perms); i++)
		if (perms[i].dir == (info->type == FILE_DIR) &&
		    (rights & perms[i].rights) == perms[i].rights)
			*out++ = perms[i].letter;
	*out = '\0';
}

static size_t facts_type(char *out, size_t room, const struct file_info *info,
    const char *link)
{
	static const char *const types[] = {
		[FILE_REGULAR] = "file", [FILE_DIR] = "dir",
		[FILE_LINK] = "OS.unix=slink", [FILE_OTHER] = "OS.unix=special",
	};

	if (info->type == FILE_LINK && link != NULL)
		return text_fmt(out, room, "OS.unix=slink:%s", link);
	return text_fmt(out, room, "%s", types[info->type]);
}

static size_t facts_one(char *out, size_t room, unsigned fact, unsigned rights,
    const struct file_info *info, const char *link)
{
	char text[FTP_TIME_TEXT];
	unsigned m = info->mode;

	switch (fact) {
	case FACT_TYPE:
		return facts_type(out, room, info, link);
	case FACT_SIZE:
		return text_fmt(out, room, "%lld", (long long)info->size);
	case FACT_MODIFY:
		ftp_time_text(text, info->mtime_s);
		return text_fmt(out, room, "%s", text);
	case FACT_MODE:
		return text_fmt(out, room, "0%u%u%u", m >> 6u & 7u,
		    m >> 3u & 7u, m & 7u);
	case FACT_UNIQUE:
		return text_fmt(out, room, "%llxx%llx",
		    (unsigned long long)info->dev,
		    (unsigned long long)info->ino);
	}
	facts_perm(text, info, rights);
	return text_fmt(out, room, "%s", text);
}

size_t ftp_facts(char *out, size_t room, unsigned facts, unsigned rights,
    const struct file_info *info, const char *link)
{
	size_t n = 0;

	for (unsigned i = 0; i < LEN(names); i++) {
		if (!(facts & 1u << i))
			continue;
		n += text_fmt(out + n, room - n, "%s=", names[i]);
		n += facts_one(out + n, room - n, 1u << i, rights, info, link);
		n += text_fmt(out + n, room - n, ";");
	}
	return n;
}

size_t ftp_facts_names(char *out, size_t room, unsigned facts, bool stars)
{
	size_t n = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < LEN(names); i++) {
		bool on = facts & 1u << i;

		if (on || stars)
			n += text_fmt(out + n, room - n, "%s%s;", names[i],
			    on && stars ? "*" : "");
	}
	return n;
}

unsigned ftp_facts_parse(const char *list)
{
	unsigned facts = 0;
	char name[16];

	while (*list != '\0') {
		size_t n = strcspn(list, ";");

		text_copy_n(name, sizeof(name), list, n);
		for (unsigned i = 0; i < LEN(names); i++)
			if (text_eq_nocase(names[i], name))
				facts |= 1u << i;
		list += n + (list[n] == ';');
	}
	return facts;
}
