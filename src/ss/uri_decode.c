/* uri_decode.c - the configuration that an ss:// address stands for. */
#include "base/text.h"
#include "core/log.h"
#include "port/out.h"
#include "ss_method.h"
#include "ss_qr.h"
#include "ss_uri.h"
#include "uri.h"

int uri_fail(const char *what)
{
	log_early("ERROR", "%s", what);
	return 1;
}

void uri_say(const char *s)
{
	port_out_all(1, s, strlen(s));
}

static void say_string(const char *s)
{
	char text[6 * sizeof(((struct ss_uri *)0)->plugin) + 3];

	text_json(text, sizeof(text), s);
	uri_say(text);
	wipe(text, sizeof(text));
}

static void say_member(const char *key, const char *value)
{
	char head[40];

	if (value[0] == '\0')
		return;
	text_fmt(head, sizeof(head), ",\n    \"%s\": ", key);
	uri_say(head);
	say_string(value);
}

static void say_all(struct ss_uri *u)
{
	char *opts_at = strchr(u->plugin, ';');
	char port[48];

	if (opts_at != NULL)
		*opts_at++ = '\0';
	uri_say("{\n    \"server\": ");
	say_string(u->host);
	text_fmt(port, sizeof(port), ",\n    \"server_port\": %u", u->port);
	uri_say(port);
	say_member("method", u->method);
	say_member("password", u->password);
	say_member("plugin", u->plugin);
	say_member("plugin_opts", opts_at != NULL ? opts_at : "");
	say_member("prefix", u->prefix);
	say_member("remarks", u->tag);
	uri_say("\n}\n");
}

int uri_decode(const char *address, bool qr)
{
	const char *why;
	struct ss_uri u;
	char text[160];

	if (ss_uri_parse(&u, address, &why) != 0) {
		text_fmt(text, sizeof(text), "no ss:// address: %s", why);
		return uri_fail(text);
	}
	if (ss_method_find(u.method) == NULL) {
		text_safe(text, 60, u.method, strlen(u.method));
		log_early("ERROR", "method %s not supported", text);
		return 1;
	}
	if (qr)
		return ss_qr_say(address) == 0 ? 0 : uri_fail(URI_TOO_LONG);
	say_all(&u);
	wipe(&u, sizeof(u));
	return 0;
}
