/* ss_conf_value.c - single values of the configuration: ports, hosts, texts,
 * modes. Knows not which option they belong to. */
#include "base/text.h"
#include "core/log.h"
#include "ss_conf_inner.h"

int ss_conf_alone(struct opt_at *at, const char *member)
{
	return member == NULL ? 0 : opt_fail(at, "must not be an object");
}

int ss_conf_port(struct opt_at *at, const char *value, uint16_t *out)
{
	uint64_t n;

	if (text_u64(value, strlen(value), 65535, &n) != 0 || n == 0)
		return opt_fail(at, "'%.32s' is not within 1..65535", value);
	*out = (uint16_t)n;
	return 0;
}

static int keep(struct ss_conf *conf, struct opt_at *at, const char *s,
    size_t len, const char **out)
{
	if (len >= sizeof(conf->text) - conf->text_n)
		return opt_fail(at, "names and texts are longer than %d "
		    "octets in all (LIMIT_CONF_TEXT)", LIMIT_CONF_TEXT);
	*out = conf->text + conf->text_n;
	text_copy_n(conf->text + conf->text_n, len + 1, s, len);
	conf->text_n += len + 1;
	return 0;
}

int ss_conf_text(struct ss_conf *conf, struct opt_at *at, const char *value,
    const char **out)
{
	/* Read again (the command line is): it stands there already. */
	if (*out != NULL && strcmp(*out, value) == 0)
		return 0;
	return keep(conf, at, value, strlen(value), out);
}

/* An address, or a name: that has a letter and no odd characters. */
static bool is_host(const char *s, size_t len)
{
	struct addr ignored;
	bool letter = false;
	size_t i;

	if (addr_parse(&ignored, s, len) == 0)
		return true;
	for (i = 0; i < len; i++) {
		char c = text_lower(s[i]);

		letter = letter || (c >= 'a' && c <= 'z');
		if ((c < 'a' || c > 'z') && !text_is_digit(c) && c != '-' &&
		    c != '.' && c != '_')
			return false;
	}
	return letter && len < SS_HOST;
}

static int take_host(struct ss_conf *conf, struct opt_at *at, const char *s,
    size_t len, const char **out)
{
	if (!is_host(s, len))
		return opt_fail(at, "'%.*s' is neither an address nor a name",
		    (int)MIN(len, 64), s);
	if (*out != NULL && strlen(*out) == len && memcmp(*out, s, len) == 0)
		return 0;
	return keep(conf, at, s, len, out);
}

int ss_conf_host(struct ss_conf *conf, struct opt_at *at, const char *value,
    const char **out)
{
	return take_host(conf, at, value, strlen(value), out);
}

int ss_conf_host_port(struct ss_conf *conf, struct opt_at *at,
    const char *value, const char **host, uint16_t *port)
{
	const char *colon = strrchr(value, ':');
	size_t len = strlen(value);

	*port = 0;
	if (colon != NULL && (strchr(value, ':') == colon ||
	    (colon > value && colon[-1] == ']'))) {
		if (ss_conf_port(at, colon + 1, port) != 0)
			return -E_INVAL;
		len = (size_t)(colon - value);
	}
	if (len > 2 && value[0] == '[' && value[len - 1] == ']') {
		value++;
		len -= 2;
	}
	return take_host(conf, at, value, len, host);
}

static const struct {
	const char *name;
	enum ss_mode mode;
} modes[] = {
	{ "tcp_only", SS_TCP_ONLY },
	{ "udp_only", SS_UDP_ONLY },
	{ "tcp_and_udp", SS_TCP_AND_UDP },
};

int ss_conf_mode(const struct ss_conf *conf, struct opt_at *at,
    const char *value, uint8_t *out)
{
	size_t i;

	for (i = 0; i < LEN(modes); i++) {
		if (strcmp(modes[i].name, value) == 0) {
			*out = (uint8_t)modes[i].mode;
			return 0;
		}
	}
	if (conf->flavour != SS_LIBEV)
		return opt_fail(at, "'%.32s' is none of tcp_only, udp_only, "
		    "tcp_and_udp", value);
	log_info("ignore unknown mode: %.32s, use tcp_only as fallback",
	    value);
	*out = SS_TCP_ONLY;
	return 0;
}
