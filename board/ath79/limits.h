/* limits.h of ath79 - only what differs from include/base/limits.h. */
#define LIMIT_SESSIONS 1000
#define LIMIT_FDS 3200
#define LIMIT_BUFS 32
#define LIMIT_BIG_BUFS 6
#define LIMIT_RC4 16
#define LIMIT_SEEN 8192
#define LIMIT_SALTS 4096
#define LIMIT_LISTENERS 128
#define LIMIT_USERS 256
#define LIMIT_CONF_TEXT 8192
#define LIMIT_FTP_SESSIONS 32
#define LIMIT_FTP_TLS 12
#define LIMIT_REMOTES 16
#define LIMIT_ACL_OCTETS (384 * 1024)
#define LIMIT_ASSOCS 512
#define LIMIT_GHOSTS 1024
#define LIMIT_UDP_OCTETS 16384
#define LIMIT_UDP_WAITS 16
#define LIMIT_PLUGINS 4
