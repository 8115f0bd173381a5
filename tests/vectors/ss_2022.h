/* ss_2022.h - known answers of SIP022 over TCP. The pre-shared key counts up
 * from 00, the request's salt from 80, the response's from 40; the time is
 * 1700000000; five octets of padding 'P'. */
#ifndef VECTORS_SS_2022_H
#define VECTORS_SS_2022_H

#define SIP022_TIME 1700000000

/* example.com:80, then "GET / HTTP/1.1" and an empty line. */
static const char sip022_plaintext[] =
    "030b6578616d706c652e636f6d0050"
    "474554202f20485454502f312e310d0a0d0a";

static const struct {
	const char *method, *psk, *subkey, *request, *response, *chunk;
} sip022_vectors[] = {
	{ "2022-blake3-aes-128-gcm",
	    "AAECAwQFBgcICQoLDA0ODw==",
	    "722b3033c5d021365a8521bfb41157a3",
	    "808182838485868788898a8b8c8d8e8fa342d2422f3788104ccfa7654b48"
	    "be0d6125a6c25bd812643b478429d3b0438a29361410a8bd8dcaf5f5873e"
	    "e5efb15bdae1a94723aa2daf412642bc21155aafdb7d4071e10a59f55179"
	    "e91b296109e495d351",
	    "404142434445464748494a4b4c4d4e4fb2ccc846e965a2bc87f518dd2691"
	    "7f2cf251ee53dd1e69d00c1749298a5765851afe81db6155385a375811c5"
	    "dd0243a222c0cd042bb36f731cc3f79677cddb890f73e747b0f37ca231fc"
	    "93712370",
	    "37c8ce9d7b477a05eb980c9aea635220fa83bd06bb221d2de9b5c6624610"
	    "90769891e14d5d5c8a" },
	{ "2022-blake3-aes-256-gcm",
	    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	    "11289b9d205255930f83932405c2b0a38ec32be703fe33f290ff25ffeff4"
	    "02f9",
	    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d"
	    "9e9f4ee13038514af6dc2b5931f0e2ac5e96a73fc8f97fcdc62e770a5464"
	    "413f06e7c767427ae7b001d9297def314098d91e4c5f23d19e2fbcebfba7"
	    "37c90c6a457ff69643164a6ef8d87e62c4da4859901624cad4",
	    "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d"
	    "5e5f6874e6d351c385cfde45e5fef44d585662934accd1ed17112b600446"
	    "fbe8e0f22d751e9b2909475308a02590b9f4da18b9ed8b8304aaa8b9e09d"
	    "d8a66ba8ac05dcab0f7be6f4ea05624ca8b8fb52be222b4dcd0168ec9c57"
	    "30af357f2cfe",
	    "5ca81007e3c9fcc284f89e62ff3d1dde75c849de8c9b6a37eb8c4b3bc3b8"
	    "35bb7d5f69b2ea1940" },
	{ "2022-blake3-chacha20-poly1305",
	    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	    "11289b9d205255930f83932405c2b0a38ec32be703fe33f290ff25ffeff4"
	    "02f9",
	    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d"
	    "9e9f3b39f1281acc419b3de8e59ee6b95611957c9925e31275219b375014"
	    "1cff65442db1d9c8413e651a8cc7e809f80bfe7fe4d4d9b8d61fce33c766"
	    "c5f20b1c19b7801d13f55eec5a3926917f1e562aaca6069ef6",
	    "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d"
	    "5e5fd8b69a4c76f623b46d781b670e71c3504e17b7ac64cf5c6d5838a94a"
	    "83bb9bd836f61b0afa2b77e6e7ef6f8603146f5b26bf134b86328cbe0343"
	    "51f69c79c154558e5071c4792813c81379e7d4fdfa02c3405a22bf733796"
	    "b26c4ec3860c",
	    "9dbe96e2471269d3840819f5adf0af3ad627cef11bf564c39a8c89b1e85e"
	    "1137c4b8c8bcce9655" },
};

/* One identity header before it: the identity key counts up from 10. */
static const struct {
	const char *method, *subkey, *hash, *header;
} eih_vectors[] = {
	{ "2022-blake3-aes-128-gcm",
	    "f5d73a5b15d00f4afb646f696e5a8ac0",
	    "a6a492965517a830cb75fdb713465aa4",
	    "83b501266bc6e854e48de8cc3cd78414" },
	{ "2022-blake3-aes-256-gcm",
	    "2a9a49ff676bb9ca961b5d71865cd63ca7f4e55eca9e56ba878957322d73"
	    "d60d",
	    "e528e95798037df410543d9f31e396ec",
	    "f929a3f4691505b0257a430aa89fd651" },
};

#endif
