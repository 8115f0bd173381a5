/* dns_conf.c - reads resolv.conf and hosts, line by line. Asks nobody. */
#include "dns_conf.h"
#include "base/text.h"
#include "core/log.h"
#include "core/text_file.h"

#define TIMEOUT_MS 3000
#define TRIES 2
#define DNS_PORT 53

/* ---- lines and words ---- */

#define LINE 512

/* The next line without comment, in lower case. */
static bool next_line(struct text_file *l, char line[LINE])
{
	ptrdiff_t n = text_file_next(l, line, LINE);

	if (n < 0)
		return false;
	line[strcspn(line, "#;")] = '\0';
	for (char *p = line; *p != '\0'; p++)
		*p = text_lower(*p);
	return true;
}

/* The next word of *s; 0 = no more. */
static size_t next_word(const char **s, const char **word)
{
	const char *p = *s;

	while (text_is_space(*p))
		p++;
	*word = p;
	while (*p != '\0' && !text_is_space(*p))
		p++;
	*s = p;
	return (size_t)(p - *word);
}

static bool word_is(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && memcmp(word, text, len) == 0;
}

/* ---- files ---- */

static bool is_same(const struct file_info *a, const struct file_info *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	    a->mtime_s == b->mtime_s;
}

/* Opens path when it is another file than *stamp remembers. */
static bool open_changed(struct text_file *l, const char *path,
    struct file_info *stamp, bool again)
{
	struct file_info now;

	if (port_path_info(PORT_FS, path, true, &now) != 0)
		return false;
	if (!again && is_same(&now, stamp))
		return false;
	if (text_file_open(l, path) != 0)
		return false;
	*stamp = now;
	return true;
}

/* ---- resolv.conf ---- */

static void add_server(struct dns_servers *s, const struct addr *a)
{
	if (s->n == LEN(s->list))
		return;
	s->list[s->n] = *a;
	if (a->port == 0)
		s->list[s->n].port = DNS_PORT;
	s->n++;
}

static void read_option(struct dns_servers *s, const char *word, size_t len)
{
	uint64_t n;

	if (len > 8 && memcmp(word, "timeout:", 8) == 0 &&
	    text_u64(word + 8, len - 8, 30, &n) == 0)
		s->timeout_ms = (int32_t)MAX(n, 1) * 1000;
	if (len > 9 && memcmp(word, "attempts:", 9) == 0 &&
	    text_u64(word + 9, len - 9, 5, &n) == 0)
		s->tries = (int32_t)MAX(n, 1);
}

static void read_resolv_line(struct dns_servers *s, const char *words,
    bool want_servers)
{
	const char *key, *word;
	size_t key_len = next_word(&words, &key), len;
	struct addr a;

	if (word_is(key, key_len, "search") || word_is(key, key_len, "domain"))
		(void)text_copy(s->search, sizeof(s->search), words);
	while (key_len > 0 && (len = next_word(&words, &word)) > 0) {
		if (word_is(key, key_len, "options"))
			read_option(s, word, len);
		if (want_servers && word_is(key, key_len, "nameserver") &&
		    addr_parse(&a, word, len) == 0)
			add_server(s, &a);
	}
}

static void add_servers(struct dns_servers *s, const struct addr *list,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_server(s, &list[i]);
}

bool dns_servers_read(struct dns_servers *s, const struct dns_conf *conf,
    bool again)
{
	const char *path = conf->resolv_conf;
	char words[LINE];
	struct text_file l;
	bool is_open = open_changed(&l, path != NULL ? path :
	    "/etc/resolv.conf", &s->stamp, again || s->n == 0);

	if (!is_open && s->n > 0)
		return false;
	s->n = 0;
	s->timeout_ms = TIMEOUT_MS;
	s->tries = TRIES;
	s->search[0] = '\0';
	add_servers(s, conf->servers, conf->servers_n);
	while (is_open && next_line(&l, words))
		read_resolv_line(s, words, conf->servers_n == 0);
	if (is_open)
		text_file_close(&l);
	if (s->n == 0)
		add_servers(s, conf->fallback, conf->fallback_n);
	if (conf->timeout_ms > 0)
		s->timeout_ms = conf->timeout_ms;
	if (conf->tries > 0)
		s->tries = conf->tries;
	return true;
}

size_t dns_search_next(const struct dns_servers *s, size_t *at,
    const char **domain)
{
	const char *rest = s->search + *at;
	size_t len = next_word(&rest, domain);

	*at = (size_t)(rest - s->search);
	return len;
}

/* ---- hosts ---- */

static bool add_host(struct dns_hosts *h, const struct addr *a,
    const char *name, size_t len)
{
	struct dns_host *to = &h->list[h->n];

	if (len > DNS_NAME_MAX)
		return true;
	if (h->n == LEN(h->list) || len > sizeof(h->text) - h->text_len)
		return false;
	*to = (struct dns_host){ *a, (uint32_t)h->text_len, (uint8_t)len };
	memcpy(h->text + h->text_len, name, len);
	h->text_len += len;
	h->n++;
	return true;
}

static bool read_hosts_line(struct dns_hosts *h, const char *words)
{
	const char *word;
	size_t len = next_word(&words, &word);
	struct addr a;
	bool fits = true;

	if (addr_parse(&a, word, len) != 0)
		return true;
	while (fits && (len = next_word(&words, &word)) > 0)
		fits = add_host(h, &a, word, len);
	return fits;
}

bool dns_hosts_read(struct dns_hosts *h, const struct dns_conf *conf)
{
	const char *path = conf->hosts != NULL ? conf->hosts : "/etc/hosts";
	struct text_file l;
	char words[LINE];

	if (!open_changed(&l, path, &h->stamp, false))
		return false;
	h->n = h->text_len = 0;
	while (next_line(&l, words)) {
		if (read_hosts_line(h, words))
			continue;
		log_warn("dns: only the first %zu names of %s are used "
		    "(LIMIT_DNS_HOSTS)", h->n, path);
		break;
	}
	text_file_close(&l);
	return true;
}

size_t dns_hosts_find(const struct dns_hosts *h, const char *name, size_t len,
    uint8_t family, struct addr *out, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n && n < room; i++) {
		const struct dns_host *x = &h->list[i];

		if (x->addr.family == family && x->len == len &&
		    memcmp(h->text + x->at, name, len) == 0)
			out[n++] = x->addr;
	}
	return n;
}
