/* icount.c - a plugin of QEMU that counts the instructions a program executes
 * and writes their number to out=NAME at its end: the same each time.
 *
 * Debian ships no header for it; what is used of QEMU's plugin interface,
 * version 1, is declared here. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_info;
enum { ADD_U64 = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id,
    void (*fn)(plugin_id id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb,
    int op, void *at, uint64_t add);
void qemu_plugin_register_atexit_cb(plugin_id id,
    void (*fn)(plugin_id id, void *ctx), void *ctx);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc,
    char **argv);

extern int qemu_plugin_version;
int qemu_plugin_version = 1;

static uint64_t count;
static const char *file;

static void on_block(plugin_id id, struct qemu_plugin_tb *tb)
{
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, ADD_U64, &count,
	    qemu_plugin_tb_n_insns(tb));
}

static void on_exit(plugin_id id, void *ctx)
{
	FILE *f = fopen(file, "w");

	(void)id, (void)ctx;
	if (f == NULL)
		return;
	fprintf(f, "%" PRIu64 "\n", count);
	fclose(f);
}

int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc,
    char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4) != 0)
		return -1;
	file = argv[0] + 4;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_block);
	qemu_plugin_register_atexit_cb(id, on_exit, NULL);
	return 0;
}
