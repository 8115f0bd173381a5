/* limits.h of d1 - only what differs from include/base/limits.h. */
#define LIMIT_SESSIONS 8000
#define LIMIT_HALF_OPEN 2048
#define LIMIT_HALF_PER_SOURCE 512
#define LIMIT_FDS 16640
#define LIMIT_BUFS 128
#define LIMIT_BIG_BUFS 24
#define LIMIT_SALTS 32768
#define LIMIT_AEAD_CTX 64
#define LIMIT_FTP_SESSIONS 128
#define LIMIT_FTP_TLS 48
#define LIMIT_ACL_OCTETS (10240 * 1024)
#define LIMIT_TLS_RECORD 16384
