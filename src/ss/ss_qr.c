/* ss_qr.c - a text as a QR code, for a terminal. Knows not what it says. */
#include "ss_qr.h"

#include <qrcodegen.h>

#include "base/text.h"
#include "port/out.h"

#define MARGIN 4
#define SIDE_MAX (17 + 4 * qrcodegen_VERSION_MAX + 2 * MARGIN)
#define MEM qrcodegen_BUFFER_LEN_MAX

/* Black and white by number: those by name are what a theme makes of them. */
#define INK "\033[38;5;16;48;5;231m"
#define AS_BEFORE "\033[0m\n"

/* Outside of the code nothing is dark. */
static bool dark(const uint8_t *code, int x, int y)
{
	return qrcodegen_getModule(code, x - MARGIN, y - MARGIN);
}

/* Rows y and y + 1. */
static void say_line(const uint8_t *code, int side, int y)
{
	/* By the upper one and the lower: light, dark. */
	static const char *const halves[2][2] = {
		{ " ", "\xe2\x96\x84" }, { "\xe2\x96\x80", "\xe2\x96\x88" },
	};
	char line[sizeof(INK) + 3 * SIDE_MAX + sizeof(AS_BEFORE)];
	struct text_out o = { .mem = line, .room = sizeof(line) };
	int x;

	text_put(&o, INK);
	for (x = 0; x < side; x++)
		text_put(&o, "%s",
		    halves[dark(code, x, y)][dark(code, x, y + 1)]);
	text_put(&o, AS_BEFORE);
	port_out_all(1, line, o.len);
}

int ss_qr_say(const char *text)
{
	uint8_t octets[MEM], code[MEM];
	size_t len = strlen(text);
	int side, y;
	bool fits;

	if (len > sizeof(octets))
		return -E_LONG;
	memcpy(octets, text, len);
	fits = qrcodegen_encodeBinary(octets, len, code, qrcodegen_Ecc_LOW,
	    qrcodegen_VERSION_MIN, qrcodegen_VERSION_MAX, qrcodegen_Mask_AUTO,
	    true);
	if (fits) {
		side = qrcodegen_getSize(code) + 2 * MARGIN;
		for (y = 0; y < side; y += 2)
			say_line(code, side, y);
	}
	wipe(octets, sizeof(octets));
	wipe(code, sizeof(code));
	return fits ? 0 : -E_LONG;
}
