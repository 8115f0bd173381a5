/* limits.h of x86-64 - only what differs from include/base/limits.h. */
#define LIMIT_SESSIONS 20000
#define LIMIT_FDS 58000
#define LIMIT_BUFS 512
#define LIMIT_BIG_BUFS 128
#define LIMIT_SALTS 131072
#define LIMIT_LISTENERS 1024
#define LIMIT_AEAD_CTX 128
#define LIMIT_RC4 4096
#define LIMIT_SEEN 65536
#define LIMIT_DNS_QUERIES 256
#define LIMIT_FTP_SESSIONS 400
#define LIMIT_REMOTES 64
#define LIMIT_ACL_OCTETS (10240 * 1024)
#define LIMIT_ASSOCS 8192
#define LIMIT_UDP_BATCH 32
#define LIMIT_UDP_WAITS 256
