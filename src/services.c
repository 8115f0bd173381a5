/* services.c - the only file that knows which services there are. */
#include "services.h"

#include "run/run.h"

#include <stddef.h>

/* All that is known of them. */
#ifdef SERVICE_ss
int ssserver_main(int argc, char **argv);
int sslocal_main(int argc, char **argv);
int own_ssserver_main(int argc, char **argv);
int own_sslocal_main(int argc, char **argv);
int ss_server_main(int argc, char **argv);
int ss_local_main(int argc, char **argv);
int ss_tunnel_main(int argc, char **argv);
int ss_redir_main(int argc, char **argv);
int ss_manager_main(int argc, char **argv);
int ssmanager_main(int argc, char **argv);
int ssservice_main(int argc, char **argv);
int keygen_main(int argc, char **argv);
int uri_main(int argc, char **argv);
int rules_main(int argc, char **argv);
#endif
#ifdef SERVICE_ftp
int ftpd_main(int argc, char **argv);
int passwd_main(int argc, char **argv);
#endif

static int run_services(int argc, char **argv);
static int check_services(int argc, char **argv);

/* What wherry run gives a service: its configuration's file, and what keeps it
 * in the foreground. */
#define RUNS_C true, "-c", NULL
#define RUNS_FTPD true, NULL, "-obackground=NO"
#define NO_RUN false, NULL, NULL

const struct service services[] = {
#ifdef SERVICE_ss
	{ "ssserver", ssserver_main, "Shadowsocks server", own_ssserver_main,
	    RUNS_C },
	{ "sslocal", sslocal_main, "Shadowsocks client: a SOCKS proxy",
	    own_sslocal_main, RUNS_C },
	{ "ss-server", ss_server_main, "ssserver with libev's options", NULL,
	    RUNS_C },
	{ "ss-local", ss_local_main, "sslocal with libev's options", NULL,
	    RUNS_C },
	{ "ss-tunnel", ss_tunnel_main, "a port that leads to one place", NULL,
	    RUNS_C },
	{ "ss-redir", ss_redir_main, "a transparent proxy, for a router", NULL,
	    RUNS_C },
	{ "ss-manager", ss_manager_main, "libev's server of many ports", NULL,
	    RUNS_C },
	{ "ssmanager", ssmanager_main, "rust's server of many ports", NULL,
	    RUNS_C },
	{ "ssservice", ssservice_main, "rust's programs by their first word",
	    NULL, NO_RUN },
	{ "keygen", keygen_main, "makes a key for a Shadowsocks method", NULL,
	    NO_RUN },
	{ "uri", uri_main, "a server's ss:// address, read and written", NULL,
	    NO_RUN },
	{ "ssurl", uri_main, "the same", NULL, NO_RUN },
	{ "rules", rules_main, "what a firewall does for a transparent proxy",
	    NULL, NO_RUN },
#endif
#ifdef SERVICE_ftp
	{ "ftpd", ftpd_main, "FTP server", NULL, RUNS_FTPD },
	{ "vsftpd", ftpd_main, "the same", NULL, RUNS_FTPD },
	{ "passwd", passwd_main, "makes a line of ftpd's users file", NULL,
	    NO_RUN },
#endif
	{ "run", run_services, "all services of one file, kept running", NULL,
	    NO_RUN },
	{ "check", check_services, "says what is wrong in a configuration",
	    NULL, NO_RUN },
	{ "import", import_main, "others' configuration as one of `wherry run`",
	    NULL, NO_RUN },
	{ NULL, NULL, NULL, NULL, NO_RUN },
};

static struct run_kinds kinds_that_run(void)
{
	static struct run_kind kind[LEN(services)];
	struct run_kinds kinds = { kind, 0 };
	const struct service *s;

	for (s = services; s->name != NULL; s++)
		if (s->runs)
			kind[kinds.n++] = (struct run_kind){ s->name,
				s->before_file, s->behind_file,
				s->own != NULL ? s->own : s->main };
	return kinds;
}

static int run_services(int argc, char **argv)
{
	struct run_kinds kinds = kinds_that_run();

	return run_main(argc, argv, &kinds);
}

static int check_services(int argc, char **argv)
{
	struct run_kinds kinds = kinds_that_run();

	return check_main(argc, argv, &kinds);
}
