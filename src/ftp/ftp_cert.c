/* ftp_cert.c - the certificate of the server, from its files or made once.
 * Knows no connection. */
#include "base/text.h"
#include "core/log.h"
#include "ftp_cert.h"
#include "ftp_conf.h"
#include "port/file.h"

#define CERT_USUAL "/usr/share/ssl/certs/vsftpd.pem"
#define CERT_OURS "/etc/wherry.pem"
/* A board's clock may be wrong at its first start, so it has no say. */
#define MADE_FROM "20200101000000"
#define MADE_TO "20491231235959"
#define MADE_MAX 2048
#define FILE_MAX 12288

/* Of each generation of a monitor (ftp_monitor.h), or: in use, before, next. */
static struct ftp_cert certs[3];

/* Of the files, with a terminator. */
static struct texts {
	char cert[FILE_MAX], key[FILE_MAX], ca[FILE_MAX];
} texts;

static int cert_read(const char *path, char *out, struct tls_pem *pem)
{
	int fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	ptrdiff_t n = fd;
	size_t len = 0;

	if (fd < 0)
		return fd;
	while (len < FILE_MAX &&
	    (n = port_file_read(fd, (int64_t)len, out + len,
	    FILE_MAX - len)) > 0)
		len += (size_t)n;
	port_file_close(fd);
	if (n < 0)
		return (int)n;
	if (len == FILE_MAX)
		return -E_LONG;
	out[len] = '\0';
	*pem = (struct tls_pem){ out, len };
	return 0;
}

static int cert_write(const char *path, const char *text, size_t len)
{
	int fd = port_file_open(PORT_FS, path,
	    FILE_WRITE | FILE_CREATE | FILE_EXCL, 0600);
	ptrdiff_t n = 0;
	size_t off = 0;

	if (fd < 0)
		return fd;
	while (off < len && (n = port_file_write(fd, (int64_t)off, text + off,
	    len - off)) > 0)
		off += (size_t)n;
	if (n >= 0)
		n = port_file_sync(fd);
	port_file_close(fd);
	if (n < 0)
		(void)port_path_remove(PORT_FS, path);
	return n < 0 ? (int)n : 0;
}

static int cert_make(struct ftp_cert *c, const char *path)
{
	char made[MADE_MAX];
	int rc = tls_make_cert(&c->shared, "wherry", MADE_FROM, MADE_TO, made,
	    sizeof(made));

	if (rc > 0)
		rc = cert_write(path, made, (size_t)rc);
	wipe(made, sizeof(made));
	if (rc == 0)
		log_warn("%s was not there: a certificate was made, and its "
		    "key", path);
	return rc;
}

static void cert_say(const struct ftp_cert *c, const char *path)
{
	uint8_t print[32];
	char hex[3 * sizeof(print) + 1] = "";
	size_t n = 0;

	tls_shared_fingerprint(&c->shared, print);
	for (size_t i = 0; i < sizeof(print); i++)
		n += text_fmt(hex + n, sizeof(hex) - n, "%s%02x",
		    i > 0 ? ":" : "", print[i]);
	log_info("certificate %s SHA-256 %s", path, hex);
}

static int cert_bad(char *why, size_t room, const char *key,
    const char *path, int rc)
{
	text_fmt(why, room, "%s: %s: %s", key, path, err_text(rc));
	return rc;
}

/* The path of it, which is there or was made now, and its text. */
static int cert_own(struct ftp_cert *c, const struct ftp_conf *conf,
    const char **path, struct tls_pem *pem)
{
	bool usual = strcmp(conf->rsa_cert_file, CERT_USUAL) == 0;
	int rc;

	*path = conf->rsa_cert_file;
	rc = cert_read(*path, texts.cert, pem);
	if (rc == -E_NOENT && usual) {
		*path = CERT_OURS;
		rc = cert_read(*path, texts.cert, pem);
	}
	if (rc != -E_NOENT || conf->rsa_private_key_file[0] != '\0')
		return rc;
	rc = cert_make(c, *path);
	return rc < 0 ? rc : cert_read(*path, texts.cert, pem);
}

static void cert_ciphers(struct ftp_cert *c, const char *names)
{
	unsigned unknown;

	if (tls_shared_ciphers(&c->shared, names, &unknown) == 0 &&
	    names[0] != '\0')
		log_warn("ssl_ciphers: none of them is known: all of ours");
	else if (unknown > 0)
		log_warn("ssl_ciphers: %u of them are not known", unknown);
}

static int cert_load(struct ftp_cert *c, const struct ftp_conf *conf,
    char *why, size_t room)
{
	const char *path;
	struct tls_pem cert, key, ca;
	bool has_key = conf->rsa_private_key_file[0] != '\0';
	bool has_ca = conf->ca_certs_file[0] != '\0';
	char text[160];
	int rc = cert_own(c, conf, &path, &cert);

	if (rc < 0)
		return cert_bad(why, room, "rsa_cert_file", path, rc);
	rc = has_key ? cert_read(conf->rsa_private_key_file, texts.key, &key) :
	    0;
	if (rc < 0)
		return cert_bad(why, room, "rsa_private_key_file",
		    conf->rsa_private_key_file, rc);
	rc = has_ca ? cert_read(conf->ca_certs_file, texts.ca, &ca) : 0;
	if (rc < 0)
		return cert_bad(why, room, "ca_certs_file",
		    conf->ca_certs_file, rc);
	rc = tls_shared_open(&c->shared, &cert, has_key ? &key : NULL,
	    has_ca ? &ca : NULL, text, sizeof(text));
	if (rc < 0) {
		text_fmt(why, room, "rsa_cert_file: %s: %s", path, text);
		return rc;
	}
	cert_ciphers(c, conf->ssl_ciphers);
	cert_say(c, path);
	return 0;
}

int ftp_cert_open(struct ftp_cert **out, const struct ftp_conf *conf,
    char *why, size_t room)
{
	struct ftp_cert *c = certs;
	int rc;

	while (c < certs + LEN(certs) && c->users > 0)
		c++;
	if (c == certs + LEN(certs)) {
		text_fmt(why, room, "sessions use the certificate before "
		    "the last one");
		return -E_BUSY;
	}
	tls_shared_close(&c->shared);
	rc = cert_load(c, conf, why, room);
	wipe(&texts, sizeof(texts));
	if (rc < 0)
		return rc;
	ftp_cert_close(out);
	c->users++;
	*out = c;
	return 0;
}

void ftp_cert_close(struct ftp_cert **c)
{
	if (*c != NULL)
		(*c)->users--;
	*c = NULL;
}

void ftp_cert_forget(const struct ftp_cert *but)
{
	for (size_t i = 0; i < LEN(certs); i++)
		if (&certs[i] != but && certs[i].users > 0)
			tls_shared_forget_key(&certs[i].shared);
}
