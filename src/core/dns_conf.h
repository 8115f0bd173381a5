/* dns_conf.h - what /etc/resolv.conf and /etc/hosts say, as they change. */
#ifndef CORE_DNS_CONF_H
#define CORE_DNS_CONF_H

#include "core/dns.h"
#include "port/file.h"

#define DNS_SEARCH_OCTETS 256

struct dns_servers {
	struct addr list[LIMIT_DNS_SERVERS];	/* with port */
	size_t n;
	int32_t timeout_ms, tries;
	char search[DNS_SEARCH_OCTETS];		/* domains, blanks between */
	struct file_info stamp;
};

struct dns_hosts {
	size_t n, text_len;
	struct dns_host {
		struct addr addr;
		uint32_t at;		/* of its name in text */
		uint8_t len;
	} list[LIMIT_DNS_HOSTS];
	char text[LIMIT_DNS_HOSTS * 32];
	struct file_info stamp;
};

/*
 * Read again when the file is another than before (or `again`). A file that
 * cannot be read leaves things as they were; what conf names comes first.
 * True: something changed.
 */
bool dns_servers_read(struct dns_servers *s, const struct dns_conf *conf,
    bool again);
bool dns_hosts_read(struct dns_hosts *h, const struct dns_conf *conf);

/* Addresses of a name (lower case) in the file: how many, at most room. */
size_t dns_hosts_find(const struct dns_hosts *h, const char *name, size_t len,
    uint8_t family, struct addr *out, size_t room);

/* The domain that starts at or behind *at, which moves behind it; 0 = none. */
size_t dns_search_next(const struct dns_servers *s, size_t *at,
    const char **domain);

#endif
